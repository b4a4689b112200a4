"""The rows of a file before anything is made of them: CSV, JSON Lines, a JSON document, Parquet.

Rows are read as they are asked for, and none is kept: a file may hold more of them than there is room for. A JSON
document alone is held whole, and is therefore limited.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Reject
from reviewer.sources.contract import Progress, no_progress
from reviewer.sources.files import reason
from reviewer.sources.json_rows import flat_cells, flat_numbers, is_document, rows_of_document
from reviewer.sources.jsontext import BadJsonError, excerpt, parse

DELIMITERS = ",;\t|"
RAW_LIMIT = 2_000
PARQUET_MAGIC = b"PAR1"
LONGEST_LINE = 64 * 1024 * 1024
"""Letters of one line that are held; a JSON document may be one line."""

_LONGEST_CELL = 1 << 24
_TOO_LONG = "field larger than field limit"
"""How Python's reader says that a cell is longer."""

_NAME_A_TABLE = "name a table: CSV, TSV, JSON, JSON Lines or Parquet"
_LINE_ENDS = ("\n", "\r")
_TOLD_EVERY = 1_000
"""Lines between two reports of progress."""

Cells = Mapping[str, str]


class RawRow(NamedTuple):
    """The cells of a row before anything is made of them, and where it stands."""

    place: str
    cells: Cells
    record: Any = None
    """The row as the file has it: its cells, or the object of JSON that they were taken from."""
    numbers: Mapping[str, float] = {}
    """Those cells that the file itself has as numbers, not as a text that may be one."""
    is_ended: bool = True
    """Whether the file shows that the row ends there, and was not cut off."""


class RawRows:
    """The rows of a file, and what cannot be read of it, each as it is asked for.

    ``restore`` takes off a cell of CSV what an export put on it. Objects within an object of JSON are columns of their
    own: ``scores.novelty``. ``delimiter`` is found by the header where it is not given; with ``exact`` a row of CSV
    with fewer cells than the header has columns is refused, as one with more of them always is. ``progress`` is told
    how many bytes have been read.
    """

    def __init__(
        self,
        path: Path,
        restore: Callable[[str], str],
        *,
        delimiter: str = "",
        exact: bool = False,
        progress: Progress = no_progress,
    ) -> None:
        self.path = path
        self._restore = restore
        self._delimiter = delimiter
        self._exact = exact
        self._progress = progress
        self._columns: dict[str, None] = {}
        self.has_header = False
        """Whether the file names all columns before its first row; known from there on."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that were met so far: of all but JSON Lines all of them from the first row on."""
        return tuple(self._columns)

    def __iter__(self) -> Iterator[RawRow | Reject]:
        """Yield the rows.

        Raises:
            SourceError: when the file cannot be read, or is no table; where it has no row, at the end.
        """
        found = False
        for one in self._rows():
            found = True
            yield one
        if not found:
            raise SourceError(f"{self.path}: there is no row in it; what is read has to have one for each.")

    def _rows(self) -> Iterator[RawRow | Reject]:
        if _starts(self.path).startswith(PARQUET_MAGIC):
            return self._parquet()
        begin = first_text(self.path)
        if not begin.lstrip().startswith(("{", "[")):
            return self._csv(begin)
        return self._json_document() if is_document(self.path, begin) else self._json_lines()

    def _csv(self, first: str) -> Iterator[RawRow | Reject]:
        delimiter = self._delimiter or delimiter_of(first)
        csv.field_size_limit(_LONGEST_CELL)
        lines = _Lines(self.path, "", self._progress)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        try:
            # Blank lines before it are none.
            header = next((names for cells in reader if any(names := [cell.strip() for cell in cells])), [])
        except csv.Error as error:
            raise SourceError(f"{self.path}: its first line is no line of CSV ({error}).") from error
        if twice := [name for name in header if name and header.count(name) > 1]:
            raise SourceError(f"{self.path} has two columns {twice[0]!r}; give each a name of its own.")
        if any("\0" in name for name in header):
            raise SourceError(f"{self.path}: its first line has NUL in it, as UTF-16 has; save it in UTF-8.")
        self._columns, self.has_header = dict.fromkeys(filter(None, header)), True
        header, nameless = _told_apart(header)
        while True:
            begin = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                place = _place(begin, reader.line_num)
                if _TOO_LONG in str(error):
                    # The reader would go on in the midst of the cell, and take what it says for rows.
                    reason = (
                        f"It has a cell of more than {_LONGEST_CELL:,} letters: where that ends is not known (a quote "
                        "may be missing), and nothing after it is read."
                    )
                    yield Reject(str(self.path), place, reason, lines.last[:RAW_LIMIT])
                    return
                yield Reject(str(self.path), place, f"It is no CSV: {error}.", lines.last[:RAW_LIMIT])
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header) or (self._exact and len(cells) < len(header)):
                reason = f"It has {_counted(len(cells), 'cell')}, and the first line names {len(header)} columns."
                yield Reject(str(self.path), f"line {begin}", reason, delimiter.join(cells)[:RAW_LIMIT])
            elif len(cells) < len(header) and not lines.last.endswith(_LINE_ENDS):
                reason = may_be_cut_off(len(cells), len(header))
                yield Reject(str(self.path), f"line {begin}", reason, delimiter.join(cells)[:RAW_LIMIT])
            else:
                named = dict(zip(header, (self._restore(_stripped(cell)) for cell in cells), strict=False))
                for column in nameless:
                    if not named.get(column):
                        named.pop(column, None)
                yield RawRow(f"line {begin}", named, named, is_ended=lines.last.endswith(_LINE_ENDS))

    def _json_lines(self) -> Iterator[RawRow | Reject]:
        for number, line in enumerate(_Lines(self.path, "\n", self._progress), start=1):
            if line.strip():
                yield self._object(f"line {number}", line)

    def _object(self, place: str, line: str) -> RawRow | Reject:
        try:
            said, mended = parse(line.rstrip("\r\n").encode())
            if not isinstance(said, dict):
                raise BadJsonError("is no object")
            if mended:
                raise BadJsonError("has half of a surrogate pair in it, which is no letter")
        except BadJsonError as error:
            return Reject(str(self.path), place, f"It {error}.", line.rstrip("\n")[:RAW_LIMIT])
        return self._row(place, said)

    def _json_document(self) -> Iterator[RawRow | Reject]:
        for place, said in rows_of_document(self.path):
            if isinstance(said, dict):
                yield self._row(place, said)
            else:
                yield Reject(str(self.path), place, "It is no object.", json.dumps(said)[:RAW_LIMIT])

    def _parquet(self) -> Iterator[RawRow | Reject]:
        from reviewer.sources.parquet_rows import columns_of, objects_of

        self._columns = dict.fromkeys(columns_of(self.path))
        for number, said in enumerate(objects_of(self.path, self._progress), start=1):
            yield self._row(f"row {number}", said)

    def _row(self, place: str, said: Mapping[str, Any]) -> RawRow | Reject:
        try:
            cells = flat_cells(said)
        except BadJsonError as error:
            return Reject(str(self.path), place, f"It {error}.", excerpt(said))
        self._columns |= dict.fromkeys(cells)
        return RawRow(place, cells, said, flat_numbers(said))


def may_be_cut_off(cells: int, columns: int) -> str:
    """Return why a row is refused that has few cells and no line end: half a number is another one."""
    return (
        f"It has {_counted(cells, 'cell')} where the first line names {columns} columns, and no line end: it may be "
        "cut off. If it is whole, end its line."
    )


def _told_apart(header: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Return the names of the columns, and which of them were made up: of several without one all but the last."""
    without = [place for place, name in enumerate(header) if not name][:-1]
    made = {place: f"(column {place + 1})" for place in without}
    return [made.get(place, name) for place, name in enumerate(header)], tuple(made.values())


def delimiter_of(header: str) -> str:
    """Return what stands between the columns of the first line: what makes most of them, a comma if none does."""

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader([header], delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(DELIMITERS, key=lambda each: (columns(each), -DELIMITERS.index(each)))


def first_text(path: Path) -> str:
    """Return the first line of a text that is not blank; empty where there is none.

    Raises:
        SourceError: when it cannot be read, or is not UTF-8.
    """
    return next((line for line in _Lines(path, "", no_progress) if line.strip()), "")


class _Lines:
    """The lines of a file in UTF-8, with or without a byte order mark, with their ends; ``last`` is the last one."""

    def __init__(self, path: Path, newline: str, progress: Progress) -> None:
        self._path = path
        self._newline = newline
        self._progress = progress
        self.last = ""

    def __iter__(self) -> Iterator[str]:
        """Yield them.

        Raises:
            SourceError: when the file cannot be read, or is not UTF-8.
        """
        try:
            with self._path.open("rb") as file:
                text = TextIOWrapper(file, encoding="utf-8-sig", newline=self._newline)
                number = 0
                while line := text.readline(LONGEST_LINE + 1):
                    number += 1
                    if len(line) > LONGEST_LINE:
                        raise SourceError(
                            f"{self._path}: line {number} is longer than {LONGEST_LINE:,} letters; write a row a line."
                        )
                    self.last = line
                    if number % _TOLD_EVERY == 1:
                        self._progress(file.tell())
                    yield line
        except UnicodeDecodeError as error:
            raise SourceError(_not_utf8(self._path)) from error
        except OSError as error:
            raise SourceError(f"{self._path} cannot be read ({reason(error)}); {_NAME_A_TABLE}.") from error


def _starts(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({reason(error)}); {_NAME_A_TABLE}.") from error


def _not_utf8(path: Path) -> str:
    """Return what a text is that is not UTF-8: a decoder tells no more than where in a piece it stopped."""
    if _starts(path).startswith((b"\xff\xfe", b"\xfe\xff")):
        return f"{path} is UTF-16; save it in UTF-8."
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return f"{path} is not UTF-8 in line {number}; save it in UTF-8."
    return f"{path} is not UTF-8; save it in UTF-8."


def _stripped(cell: str) -> str:
    # The same text with the line ends of another system is the same.
    return cell.strip().replace("\r\n", "\n")


def _place(first: int, last: int) -> str:
    return f"line {first}" if last <= first else f"lines {first} to {last}"


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
