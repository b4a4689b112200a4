"""Every reader is fed with files that are almost good."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any, ClassVar, Protocol

from hypothesis import strategies as st

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Reject, Remark, UnknownFields
from reviewer.domain.text import safe_line
from reviewer.sources import registry
from reviewer.sources.contract import Read, Stated
from reviewer.store.prepared import prepare
from tests.faults.trying import Outcome
from tests.fuzz.fuzzing import Draw, Fuzz, tried, tried_blindly
from tests.fuzz.mutations import as_json, damaged, damages, edited, without_some, yes_or_no
from tests.fuzz.samples import EVOLVED, FINDING_LIST, LOGS, NATIVE, ROWS, SEEDS
from tests.fuzz.search_readers import journals, programs, searched
from tests.fuzz.search_readers import tried as ideas_tried
from tests.fuzz.table_readers import tables
from tests.fuzz.text_readers import documents, log
from tests.fuzz.whole_way import goes_the_whole_way
from tests.sources.aar_server_fixture import SCHEMA

AIM = 200_000
"""Inputs for each reader, of seven."""

MOST_AT_ONCE = 40
"""Records in one file: what is done once for each store costs as much as some ten of them."""

_how_many = st.integers(1, MOST_AT_ONCE)
_few = st.integers(1, 10)
_tells_apart = st.integers(0, 9999).map(str)


class Input(Protocol):
    """Something to read, made of many records or files, of which some can be left out."""

    FORMAT: ClassVar[str | None]
    """The format that the person named; None where it is known by its content."""

    @property
    def size(self) -> int:
        """Return how many inputs it is."""

    def written(self, folder: Path) -> tuple[Path, ...]:
        """Write it into a folder, and return the paths that are imported one after the other."""

    def is_told(self, found: Sequence[Read]) -> None:
        """See that all that stands there was read or refused."""

    def less(self) -> Iterator["Input"]:
        """Yield it without some of what it is made of."""
        ...


def is_read(folder: Path, given: Input) -> int:
    """Read it: whatever is no reject can be stored."""
    _read(folder, given)
    return given.size


def goes_through(folder: Path, given: Input) -> int:
    """Read it, then import it and do with what came in all that the product does."""
    goes_the_whole_way(folder, *_read(folder, given), format_name=given.FORMAT, stated=_stated(given))
    return given.size


def _read(folder: Path, given: Input) -> tuple[Path, ...]:
    paths = given.written(folder)
    for path in paths:
        try:
            plans = registry.planned(path, format_name=given.FORMAT, stated=_stated(given)).plans
            found = [record for plan in plans for record in registry.read(plan)]
        except SourceError as error:
            found = []
            if not str(error).strip():
                raise AssertionError("it cannot be read, and nobody says why") from error
        else:
            given.is_told(found)
        for record in found:
            _can_be_stored(record)
    return paths


def _stated(given: Input) -> Stated | None:
    """Return what the person says of it; nothing of what says all itself."""
    stated: Stated | None = getattr(given, "stated", None)
    return stated


def _can_be_stored(record: Read) -> None:
    match record:
        case Reject():
            assert record.file, record
            assert record.reason.strip(), record
            assert safe_line(record.reason).isprintable()
        case MethodRecord():
            assert safe_line(record.title), "a method without a title"
            assert record.external_id, "a method without an id"
            _fits(prepare(record))
        case Remark():
            _fits((record.external_id, record.text, record.idea, record.about, record.title, record.author))


def _fits(value: Any) -> None:
    if isinstance(value, tuple):
        for each in value:
            _fits(each)
    elif isinstance(value, str):
        value.encode()
    elif isinstance(value, int):
        assert -(2**63) <= value < 2**63, f"{value} is no number for SQLite"
    elif isinstance(value, float):
        assert value - value == 0, f"{value} is stored as a measurement"


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of our own format, line by line."""

    lines: tuple[bytes, ...]
    FORMAT: ClassVar[str | None] = "native"

    @property
    def size(self) -> int:
        return len(self.lines)

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "lines.jsonl"
        path.write_bytes(b"\n".join(self.lines))
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        lines = b"\n".join(self.lines).removeprefix(b"\xef\xbb\xbf").split(b"\n")
        filled = sum(1 for line in lines if line and not line.isspace())
        told = sum(not isinstance(r, UnknownFields) for r in found)
        assert told == filled, f"{filled} lines, and {told} records and rejects"

    def less(self) -> Iterator["Lines"]:
        return (Lines(tuple(some)) for some in without_some(self.lines))


def _lines(draw: Draw) -> Lines:
    return Lines(tuple(_line(draw) for _ in range(draw(_how_many))))


def _line(draw: Draw) -> bytes:
    record = edited(draw, NATIVE)
    known_as = record.get("id") if isinstance(record, dict) else None
    if isinstance(known_as, str) and record.get("type") != "problem":
        record["id"] = known_as + draw(_tells_apart)
    return damaged(as_json(record, ascii=draw(yes_or_no)), draw(damages))


Cell = bytes | str | int | float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the study server's tables, by the table; in columns of its own types, or of none."""

    rows: tuple[tuple[str, Mapping[str, Any]], ...]
    typed: bool = False
    FORMAT: ClassVar[str | None] = "aar-db"

    @property
    def size(self) -> int:
        return len(self.rows)

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "experiments.db"
        schema, columns = _tables(self.typed)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA journal_mode = OFF")
            connection.executescript(schema)
            for table, row in self.rows:
                _insert(
                    connection, table, {name: v for name, v in row.items() if name in columns[table] and name != "id"}
                )
            connection.commit()
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        told = Counter(_place(r).partition(" #")[0] for r in found)["findings"]
        findings = sum(table == "findings" for table, _ in self.rows)
        assert told == findings, f"{findings} findings, and {told} records and rejects"

    def less(self) -> Iterator["Rows"]:
        return (Rows(tuple(some), self.typed) for some in without_some(self.rows))


_row_of = st.sampled_from(("findings", "findings", "findings", *ROWS))


def _rows(draw: Draw) -> Rows:
    rows = []
    for _ in range(draw(_how_many)):
        table = draw(_row_of)
        row = edited(draw, ROWS[table])
        if isinstance(row, dict):
            if isinstance(post := row.get("post_id"), str):
                row["post_id"] = post + draw(_tells_apart)
            rows.append((table, row))
    return Rows(tuple(rows), draw(yes_or_no))


@cache
def _tables(typed: bool) -> tuple[str, Mapping[str, Sequence[str]]]:
    """Return the server's schema, refusing nothing, and the columns of each table."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SCHEMA)
        columns = {
            table: [name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]
            for table in ROWS
        }
    if typed:
        strict = r"NOT NULL(?! PRIMARY)|CREATE UNIQUE INDEX [^;]*;|, FOREIGN KEY[^)]*\) REFERENCES [^)]*\)"
        return re.sub(strict, "", SCHEMA), columns
    made = (
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {', '.join(n for n in names if n != 'id')});"
        for table, names in columns.items()
    )
    return "".join(made), columns


def _insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> None:
    cells = {name: _cell(value) for name, value in row.items()}
    names, marks = ", ".join(cells), ", ".join(mark for mark, _ in cells.values())
    sql = f"INSERT INTO {table} ({names}) VALUES ({marks})" if cells else f"INSERT INTO {table} DEFAULT VALUES"
    connection.execute(sql, [value for _, value in cells.values()])


def _cell(value: Any) -> tuple[str, Cell]:
    """Return how a value is put into a row, and what is put there."""
    if isinstance(value, dict | list):
        return "CAST(? AS TEXT)", as_json(value)
    if isinstance(value, str):
        if value.startswith("@"):
            return ("?", b"\xff\x00") if value == "@blob" else ("CAST(? AS TEXT)", as_json(value))
        return "CAST(? AS TEXT)", value.encode("utf-8", "surrogatepass")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        return "?", str(value) if value.bit_length() < 1000 else "9" * 400
    return "?", value


def _place(record: Any) -> str:
    place: str = record.provenance.place if hasattr(record, "provenance") else getattr(record, "place", "")
    return place


@dataclass(frozen=True, slots=True)
class Findings:
    """Files of shared findings, each whole; a document may hold several, and ``size`` counts all."""

    files: tuple[bytes, ...]
    size: int = 1
    FORMAT: ClassVar[str | None] = "aar-findings"

    def written(self, folder: Path) -> tuple[Path, ...]:
        shared = folder / "shared_findings"
        shared.mkdir()
        for number, data in enumerate(self.files, 1):
            (shared / f"{number}_idea.json").write_bytes(data)
        return (shared,)

    def is_told(self, found: Sequence[Read]) -> None:
        files = {r.provenance.file if isinstance(r, MethodRecord | Remark) else getattr(r, "file", "") for r in found}
        empty = sum(data.strip() in (b"[]", b'{"findings": []}') for data in self.files)
        assert len(files - {""}) >= len(self.files) - empty, "a file of which nothing is told"

    def less(self) -> Iterator["Findings"]:
        return (Findings(tuple(some), len(some)) for some in without_some(self.files))


def _findings(draw: Draw) -> Findings:
    files, n = [], 0
    for _ in range(draw(_few)):
        several = [_finding(draw) for _ in range(draw(_few) % 4 + 1)]
        n += len(several)
        whole: Any = several[0] if len(several) == 1 else several
        if draw(yes_or_no):
            whole = {"findings": several}
        files.append(damaged(as_json(whole, ascii=draw(yes_or_no)), draw(damages)))
    return Findings(tuple(files), n)


def _finding(draw: Draw) -> Any:
    finding = edited(draw, FINDING_LIST)
    if isinstance(finding, dict) and isinstance(post := finding.get("post_id"), str):
        finding["post_id"] = post + draw(_tells_apart)
    return finding


@dataclass(frozen=True, slots=True)
class Seeds:
    """Files of the cache, by the path beneath it."""

    files: Mapping[str, bytes]
    FORMAT: ClassVar[str | None] = "aar-cache"

    @property
    def size(self) -> int:
        return len(self.files)

    def written(self, folder: Path) -> tuple[Path, ...]:
        root = folder / "cache"
        _write_all(root, self.files)
        return (root,)

    def is_told(self, found: Sequence[Read]) -> None:
        told = sum(isinstance(r, Reject | MethodRecord) for r in found)
        assert told >= len({name.rpartition("/")[0] for name in self.files}), "a folder of which nothing is told"

    def less(self) -> Iterator["Seeds"]:
        return (Seeds(dict(some)) for some in without_some([*self.files.items()]))


def _write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return tuple(folder / name for name in files)


_folder = st.sampled_from((
    "chat_vanilla_w2s/cfg", "chat_vanilla_w2s/other", "chat_weak_artifacts/cfg", "chat_train_ceiling/cfg",
    "math_critic",
    "math_critic/cfg", "chat-0115_ue_zeroshot/e5", "odd", "x_y/z", "_/_", "code_\u202eodd/c", "chat_/x",
))  # fmt: skip
_seed = st.sampled_from((0, 1, 42, 43, 44, 45, 999_999_999))


def _seeds(draw: Draw) -> Seeds:
    files = {}
    for _ in range(draw(_how_many)):
        path = f"{draw(_folder)}/seed_{draw(_seed)}.json"
        files[path] = damaged(as_json(edited(draw, SEEDS), ascii=draw(yes_or_no)), draw(damages))
    return Seeds(files)


@dataclass(frozen=True, slots=True)
class Logs:
    """Logs of Inspect as JSON, each of which is one record or one reject."""

    files: Mapping[str, bytes]
    FORMAT: ClassVar[str | None] = "inspect"

    @property
    def size(self) -> int:
        return len(self.files)

    def written(self, folder: Path) -> tuple[Path, ...]:
        return _write_all(folder / "logs", self.files)

    def is_told(self, found: Sequence[Read]) -> None:
        told = sum(isinstance(r, Reject | MethodRecord) for r in found)
        assert told == 1, f"one log, and {told} records and rejects"

    def less(self) -> Iterator["Logs"]:
        return (replace(self, files=dict(some)) for some in without_some([*self.files.items()]))


def _logs(draw: Draw) -> Logs:
    return Logs({f"{n}.json": _document(draw, LOGS) for n in range(draw(_few))})


class Programs(Logs):
    """Programs of OpenEvolve, each of which is one record or one reject."""

    FORMAT: ClassVar[str | None] = "openevolve"


def _programs(draw: Draw) -> Programs:
    return Programs({f"{n}.json": _document(draw, EVOLVED) for n in range(draw(_few))})


def _document(draw: Draw, samples: Sequence[Any]) -> bytes:
    return damaged(as_json(edited(draw, samples), ascii=draw(yes_or_no)), draw(damages))


@dataclass(frozen=True, slots=True)
class Files:
    """Files of any kind, by their names, each imported by itself and known by its content."""

    files: Mapping[str, bytes]
    FORMAT: ClassVar[str | None] = None

    @property
    def size(self) -> int:
        return len(self.files)

    def written(self, folder: Path) -> tuple[Path, ...]:
        return _write_all(folder / "files", self.files)

    def is_told(self, found: Sequence[Read]) -> None:
        """Nothing is known of how much stands in a file of any kind."""

    def less(self) -> Iterator["Files"]:
        return (Files(dict(some)) for some in without_some([*self.files.items()]))


@cache
def whole_files() -> tuple[bytes, ...]:
    """Return one good file of each format, and beginnings of files that are of none."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.executescript(_tables(True)[0])
        for table, rows in ROWS.items():
            for row in rows[:3]:
                _insert(connection, table, row)
        connection.commit()
        made: bytes = connection.serialize()
    return (
        b"\n".join(as_json(record) for record in NATIVE[:6]),
        made,
        as_json({"findings": list(FINDING_LIST[:4])}),
        as_json(SEEDS[0]),
        as_json(LOGS[0]),
        as_json(EVOLVED[0]),
        b"PK\x03\x04", b"\x1f\x8b", b"\xff\xfe{\x00", b"", b"\xef\xbb\xbf", b"commit\tval_bpb\nabc\t0.97\n",
    )  # fmt: skip


_name = st.sampled_from(
    ("lines.jsonl", "experiments.db", "12_idea.json", "chat_vanilla_w2s/c/seed_42.json", "noname", "x.db-wal")
)
_content = st.deferred(lambda: st.sampled_from(whole_files())) | st.binary(max_size=64)


def _files(draw: Draw) -> Files:
    return Files({draw(_name): damaged(draw(_content), draw(damages)) for _ in range(draw(_few))})


PER_ROUND = 1_000
"""Inputs of one round, some seconds."""

EXAMPLES = 2
"""Files of each round that hypothesis makes; the others are made blindly."""

WHOLE_WAY = 16
"""One in so many of the others goes the whole way, which takes ten times as long as reading."""


def _one_round(make: Callable[[Draw], Any], folder: Path, chance: Random) -> Outcome:
    seen = tried(st.composite(make)(), goes_through, EXAMPLES)(folder, chance)
    blind = tried_blindly(make, is_read, PER_ROUND * (WHOLE_WAY - 1) // WHOLE_WAY, lambda given: given.less())
    whole = tried_blindly(make, goes_through, PER_ROUND // WHOLE_WAY, lambda given: given.less())
    rest = [each(folder, chance) for each in (blind, whole)]
    return Outcome(
        tuple(lost for outcome in (seen, *rest) for lost in outcome.lost), sum(o.checked for o in (seen, *rest))
    )


def _reader(name: str, what: str, make: Callable[[Draw], Any]) -> Fuzz:
    return Fuzz(
        name,
        what,
        "records" if name != "files" else "files",
        partial(_one_round, make),
        every=PER_ROUND,
        briefly=tried(st.composite(make)(), goes_through, 2),
        aim=AIM,
    )


FUZZES = (
    _reader("native", "our own JSON Lines, line by line", _lines),
    _reader("database", "the study server's database, row by row", _rows),
    _reader("findings", "shared findings", _findings),
    _reader("cache", "cached results", _seeds),
    _reader("inspect", "logs of Inspect", _logs),
    _reader("openevolve", "programs of OpenEvolve", _programs),
    _reader("logs", "keep-or-discard logs, line by line", log),
    _reader("markdown", "Markdown with front matter", documents),
    _reader("tables", "tables by a map, row by row", tables),
    _reader("ideas", "folders of the AI Scientist's first version", ideas_tried),
    _reader("searches-v2", "runs of the AI Scientist's second version", searched),
    _reader("aide", "journals of AIDE", journals),
    _reader("shinka", "programs of ShinkaEvolve, row by row", programs),
    _reader("files", "files of any kind, known by their content", _files),
)
