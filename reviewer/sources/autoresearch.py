"""Keep-or-discard logs, such as autoresearch writes: one experiment a line, tabs between its cells, in UTF-8.

Agents write them line by line, and change columns, names and verdicts as they see fit. So the columns are found by the
header that stands first, or by what is in them where there is none; a further header counts from its line on. Quotes
are letters like any other. What is no row (text between the rows, cells out of place) is a reject with its line.

- The first row that was kept is the baseline. A row's parent is the one kept last before it, or the one that it names.
- A commit that several rows have, or that is none (``HEAD``, ``n/a``), gets the line's number, which stays the same
  while the file grows.
- keep and discard are what the agent made of it: no outcome, and no judgement.
- No line says which way a metric is better, on what it was measured, or who the agent was.
- The run is known by the header and the first row, but for its last cell, so that it is the same wherever the file
  lies and however far it has grown.
"""

import hashlib
from collections.abc import Iterator
from io import BufferedReader, FileIO
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.identity import content_hash
from reviewer.domain.methods import Notice, PlaceName, Provenance, Reject
from reviewer.sources.autoresearch_columns import (
    Columns,
    cells_of,
    columns_by_content,
    columns_of_header,
    is_distinctive,
    is_verdict,
)
from reviewer.sources.autoresearch_parents import Parents
from reviewer.sources.autoresearch_row import Place, id_of, is_kept, method_of, row_of
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Read, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import head_of, reason, require, size_of
from reviewer.sources.jsontext import MAX_TEXT, excerpt
from reviewer.sources.lines import BOM, MAX_LINE, NOT_ENDED, PIECE, Span, lines_of, not_utf8
from reviewer.sources.shared_ids import in_namespaces_of
from reviewer.sources.written_numbers import number_in

NAME = "autoresearch"
_USUAL_NAME = "results"
_ORPHANS_TOLD = 5
_OTHER_LINE_ENDS = "has carriage returns within it: lines that end in these alone are not told apart; save it with \\n"


def recognise(head: Head) -> bool:
    """Tell whether the beginning of a file is that of such a log.

    Its header has a verdict, a commit or the like and a description; half of the rows below it, where there are any,
    have a verdict, and one of them is such as keep or discard. Without a header, half of the lines are rows with such a
    verdict and a number.
    """
    if b"\t" not in head.start or b"\0" in head.start:
        return False
    lines = _lines_of_head(head)
    header = _header(lines)
    if header is None:
        return columns_by_content([cells_of(line) for line in lines]) is not None
    number, columns = header
    rows = [cells for line in lines[number + 1 :] if len(cells := cells_of(line)) > columns.status]
    verdicts = [cells[columns.status] for cells in rows]
    if not verdicts:
        return columns.commit_named and columns.description is not None and len(columns.names) > 3
    return any(map(is_distinctive, verdicts)) and 2 * sum(map(is_verdict, verdicts)) >= len(verdicts)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the log in it.")
    return Plan(NAME, path, (path,), NAME, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield a method or a reject for each line that is neither blank nor a header.

    What is appended to the file after the reading began is not read: the sha256 is that of the bytes which are.

    Raises:
        SourceError: when the file cannot be read, or no line in its beginning is a header or a row of such a log.
    """
    path = plan.files[0]
    lines = _lines_of_head(head_of(path))
    header = _header(lines)
    columns = None if header else columns_by_content([cells_of(line) for line in lines])
    if header is None and columns is None:
        raise SourceError(
            f"{path}: is no log of experiments; a header with commit, status and description, or rows with tabs and a "
            "verdict such as keep or discard, were looked for."
        )
    try:
        with BufferedReader(FileIO(path), PIECE) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
            file.seek(0)
            log = _Log(path, digest, plan.problem or NAME, columns)
            reported = 0
            for span in lines_of(file, size):
                yield from log.read(span)
                if span.end - reported >= PIECE or span.end >= size:
                    reported = span.end
                    progress(span.end)
            yield from log.notices()
            if not log.has_rows:
                yield Reject(str(path), "", "has the header of a log, and no row yet")
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error


class _Log:
    """What is known of a file while its lines are read."""

    def __init__(self, path: Path, sha256: str, problem: str, columns: Columns | None) -> None:
        self.has_rows = False
        self._path = str(path)
        self._run = PlaceName(path.parent.absolute().name if path.stem.casefold() == _USUAL_NAME else path.stem)
        self._sha256 = sha256
        self._problem = problem
        self._columns = columns
        self._namespace = ""
        self._kept = ""
        self._ids: set[str] = set()
        self._parents = Parents()
        self._orphans: list[str] = []
        """Rows that name a parent which is no row before them: the first of them with place and parent."""
        self._n_orphans = 0

    def read(self, span: Span) -> Iterator[Record]:
        """Yield the method or the reject that a line is; nothing for a header or a blank line."""
        place = f"line {span.number}"
        if span.data is None:
            self.has_rows = True
            yield Reject(self._path, place, f"is longer than {MAX_LINE // 2**20} MiB", excerpt(span.start))
            return
        if not span.data.strip():
            return
        if not span.data.endswith(b"\n"):
            place += f" ({NOT_ENDED})"
        try:
            line = span.data.decode()
            if "\r" in line.rstrip("\r\n"):
                raise BadFieldError(_OTHER_LINE_ENDS)
            if (header := columns_of_header(cells_of(line))) is not None:
                self._columns = header
                return
            self.has_rows = True
            if self._columns is None:
                raise BadFieldError("stands before the header, and is no row")
            if len(line) > MAX_TEXT:
                raise BadFieldError(f"is longer than {MAX_TEXT:,} characters")
            row = row_of(line, self._columns)
        except UnicodeDecodeError as error:
            self.has_rows = True
            yield Reject(self._path, place, not_utf8(error), excerpt(span.data))
            return
        except BadFieldError as error:
            self.has_rows = True
            yield Reject(self._path, place, str(error), excerpt(span.data.rstrip(b"\r\n")))
            return
        if not self._namespace:
            named = self._columns.names if self._columns.is_named else ()
            self._namespace = f"{NAME}-{content_hash([named, row.cells[:-1]])[:12]}"
        if row.by_commas:
            place += " (commas between its cells)"
        known_as = id_of(row, self._columns, span.number, self._ids)
        provenance = Provenance(self._path, self._sha256, place)
        where = Place(span.number, self._kept, self._namespace, self._run, self._problem, provenance)
        method = method_of(row, self._columns, known_as, where, self._parents)
        yield method
        self._ids.add(known_as)
        self._parents.add(row.cells[self._columns.id], known_as)
        if (parent := row.at(self._columns.parent)) and not method.parent:
            self._n_orphans += 1
            if len(self._orphans) < _ORPHANS_TOLD:
                self._orphans.append(f"{place} ({parent[:40]})")
        if is_kept(row, self._columns):
            self._kept = known_as

    def notices(self) -> Iterator[Notice]:
        """Yield what is to be told of the file when it has been read."""
        if n := self._n_orphans:
            more = f" and {n - len(self._orphans):,} more" if n > len(self._orphans) else ""
            rows_name, have = ("1 row names", "it has") if n == 1 else (f"{n:,} rows name", "they have")
            yield Notice(
                self._path,
                f"In {self._path} {rows_name} a parent that is no row before, or may be several, so that {have} none; "
                f"the text tells what it was called: {', '.join(self._orphans)}{more}.",
            )


def _lines_of_head(head: Head) -> list[str]:
    """Return the lines in the beginning of a file that are not blank, without one that is cut by the head's end."""
    lines = head.start.removeprefix(BOM).decode("utf-8", "replace").split("\n")
    if not head.whole:
        lines.pop()
    return [line for line in lines if line.strip()]


def _header(lines: list[str]) -> tuple[int, Columns] | None:
    """Return the number, from 0, and the columns of the first line that is a header, if no row stands before it."""
    for number, line in enumerate(lines):
        cells = cells_of(line)
        if (columns := columns_of_header(cells)) is not None:
            return number, columns
        if any(number_in(cell) is not None for cell in cells) and any(map(is_distinctive, cells)):
            return None
    return None


SOURCE = Source(
    NAME,
    "Keep-or-discard logs of autoresearch and its kin (results.tsv), one experiment a line",
    False,
    recognise,
    plan,
    read,
    sign=(
        "has a header with tabs that names a status (or decision, verdict), a commit (or run, experiment) and a "
        "description, and rows that say keep, discard, revert, crash, …; or no header, and such a word and a number in "
        "at least half of its lines"
    ),
    fields=(
        FieldMeaning(
            "commit",
            "the id; where it is none (HEAD, exp2), with a hash of what the row says",
        ),
        FieldMeaning("description", "the title, and the first paragraph of the text"),
        FieldMeaning("status", "the agent's own verdict, in the text; no outcome, and no judgement"),
        FieldMeaning("first row kept", "the baseline, a human's where it calls itself baseline"),
        FieldMeaning(
            "row kept last before",
            "the parent, unless there is a column parent: a commit there may be shortened, and what is no row before "
            "is told and stands in the text",
        ),
        FieldMeaning(
            "val_bpb, score, memory_gb, *",
            "each number a measurement of that name, of one run; each text a part of the text, under the column's name",
        ),
        FieldMeaning(
            "0 where the run crashed, or for the metric of a row not kept, -999, NaN", "no value, with the reason"
        ),
        FieldMeaning("hypothesis, agent, timestamp", "hypothesis, agent, time"),
        FieldMeaning("file or folder", "the run's name"),
    ),
    cannot_know=(
        "which way a metric is better",
        "on which dataset and in which setting it was measured",
        "whether a difference is noise: every row is one run",
        "who the agent was, unless there is a column agent",
    ),
    example=(
        "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n"
        "0a1b2c3\t0.9979\t44.0\tkeep\tbaseline\n"
        "1b2c3d4\t0.9860\t43.9\tkeep\thalf the batch, twice the steps\n"
        "2c3d4e5\t0.0000\t0.0\tcrash\tdouble width (out of memory)\n"
    ),
    shares_ids=in_namespaces_of(NAME),
    ids="are commits, or hold a hash of what the row says; the first row tells runs apart, which may be alike",
)
