"""Every reader is fed with files that are almost good."""

import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from reviewer.domain.methods import UnknownFields
from reviewer.sources import registry
from reviewer.sources.contract import Read
from tests.fuzz.fuzzing import Fuzz, tried
from tests.fuzz.mutations import Damage, as_json, damaged, damages, edited
from tests.fuzz.samples import FINDING_LIST, NATIVE, ROWS, SEEDS
from tests.fuzz.whole_way import goes_the_whole_way
from tests.sources.aar_server_fixture import SCHEMA

AIM = 1_000_000
"""Inputs for all readers together."""

MOST_AT_ONCE = 40
"""Records in one file: what is done once for each store costs as much as some ten of them."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A file of our own format, line by line."""

    lines: tuple[bytes, ...]


@st.composite
def _lines(draw: st.DrawFn) -> Lines:
    return Lines(tuple(_line(draw) for _ in range(draw(st.integers(1, MOST_AT_ONCE)))))


def _line(draw: st.DrawFn) -> bytes:
    record = draw(edited(NATIVE))
    known_as = record.get("id") if isinstance(record, dict) else None
    if isinstance(known_as, str) and isinstance(record, dict) and record.get("type") != "problem":
        record["id"] = known_as + draw(_TELLS_APART)
    return damaged(as_json(record, ascii=draw(st.booleans())), draw(damages))


_TELLS_APART = st.integers(0, 9999).map(str)


def native(folder: Path, given: Lines) -> int:
    """Read a file of our own format: each line that is not blank is a record or a reject that names it."""
    path = folder / "lines.jsonl"
    path.write_bytes(b"\n".join(given.lines))
    found = _read(path, "native")
    lines = path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    filled = sum(1 for line in lines if line and not line.isspace())
    told = [r for r in found if not isinstance(r, UnknownFields)]
    assert len(told) == filled, f"{filled} lines, and {len(told)} records and rejects"
    goes_the_whole_way(folder, path, format_name="native")
    return len(given.lines)


def _read(path: Path, format_name: str) -> list[Read]:
    (plan,) = registry.planned(path, format_name=format_name).plans
    try:
        return [*registry.read(plan)]
    except registry.SourceError:
        return []


Cell = bytes | str | int | float | None


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of the study server's tables, by the table; in columns of its own types, or of none."""

    rows: tuple[tuple[str, Mapping[str, Any]], ...]
    typed: bool = False


@st.composite
def _rows(draw: st.DrawFn) -> Rows:
    rows = []
    for _ in range(draw(st.integers(1, MOST_AT_ONCE))):
        table = draw(st.sampled_from(("findings", "findings", "findings", *ROWS)))
        row = draw(edited(ROWS[table]))
        if isinstance(row, dict):
            if isinstance(post := row.get("post_id"), str):
                row["post_id"] = post + draw(_TELLS_APART)
            rows.append((table, row))
    return Rows(tuple(rows), draw(st.booleans()))


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
        loose = re.sub(
            r"NOT NULL(?! PRIMARY)|CREATE UNIQUE INDEX [^;]*;|, FOREIGN KEY[^)]*\) REFERENCES [^)]*\)", "", SCHEMA
        )
        return loose, columns
    made = (
        f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, {', '.join(n for n in names if n != 'id')});"
        for table, names in columns.items()
    )
    return "".join(made), columns


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


def database(folder: Path, given: Rows) -> int:
    """Read the study server's database: each finding is a record or a reject."""
    path = folder / "experiments.db"
    schema, columns = _tables(given.typed)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executescript(schema)
        for table, row in given.rows:
            cells = {name: _cell(value) for name, value in row.items() if name in columns[table] and name != "id"}
            names, marks = ", ".join(cells), ", ".join(mark for mark, _ in cells.values())
            sql = f"INSERT INTO {table} ({names}) VALUES ({marks})" if cells else f"INSERT INTO {table} DEFAULT VALUES"
            connection.execute(sql, [value for _, value in cells.values()])
        connection.commit()
    told = Counter(_place(r).partition(" #")[0] for r in _read(path, "aar-db"))
    findings = sum(table == "findings" for table, _ in given.rows)
    assert told["findings"] == findings, f"{findings} findings, and {told['findings']} records and rejects"
    goes_the_whole_way(folder, path, format_name="aar-db")
    return len(given.rows)


def _place(record: Any) -> str:
    place: str = record.provenance.place if hasattr(record, "provenance") else getattr(record, "place", "")
    return place


@dataclass(frozen=True, slots=True)
class Findings:
    """Files of shared findings, each whole; a document of many is one of them."""

    files: tuple[bytes, ...]


@st.composite
def _findings(draw: st.DrawFn) -> tuple[Findings, int]:
    files, n = [], 0
    for _ in range(draw(st.integers(1, MOST_AT_ONCE // 4))):
        several = [_finding(draw) for _ in range(draw(st.integers(1, 4)))]
        n += len(several)
        whole: Any = several[0] if len(several) == 1 else several
        if draw(st.booleans()):
            whole = {"findings": several}
        files.append(damaged(as_json(whole, ascii=draw(st.booleans())), draw(damages)))
    return Findings(tuple(files)), n


def _finding(draw: st.DrawFn) -> Any:
    finding = draw(edited(FINDING_LIST))
    if isinstance(finding, dict) and isinstance(post := finding.get("post_id"), str):
        finding["post_id"] = post + draw(_TELLS_APART)
    return finding


def findings(folder: Path, given: tuple[Findings, int]) -> int:
    """Read a folder of shared findings."""
    shared = folder / "shared_findings"
    shared.mkdir(parents=True)
    for number, data in enumerate(given[0].files, 1):
        (shared / f"{number}_idea.json").write_bytes(data)
    goes_the_whole_way(folder, shared, format_name="aar-findings")
    return given[1]


@dataclass(frozen=True, slots=True)
class Seeds:
    """Files of the cache, by the path beneath it."""

    files: Mapping[str, bytes]


_FOLDERS = ("chat_vanilla_w2s/cfg", "chat_vanilla_w2s/other", "chat_weak_artifacts/cfg", "chat_train_ceiling/cfg", "math_critic",
            "math_critic/cfg", "chat-0115_ue_zeroshot/e5", "odd", "x_y/z", "_/_", "code_\u202eodd/c", "chat_/x")  # fmt: skip


@st.composite
def _seeds(draw: st.DrawFn) -> Seeds:
    files = {}
    for _ in range(draw(st.integers(1, MOST_AT_ONCE))):
        path = (
            f"{draw(st.sampled_from(_FOLDERS))}/seed_{draw(st.sampled_from((0, 1, 42, 43, 44, 45, 999_999_999)))}.json"
        )
        files[path] = damaged(as_json(draw(edited(SEEDS)), ascii=draw(st.booleans())), draw(damages))
    return Seeds(files)


def cache_of_seeds(folder: Path, given: Seeds) -> int:
    """Read a folder of cached results."""
    root = folder / "cache"
    for name, data in given.files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    goes_the_whole_way(folder, root, format_name="aar-cache")
    return len(given.files)


@dataclass(frozen=True, slots=True)
class Files:
    """Files of any kind, by their names, each imported by itself and known by its content."""

    files: Mapping[str, bytes]


_NAMES = ("lines.jsonl", "experiments.db", "12_idea.json", "chat_vanilla_w2s/c/seed_42.json", "noname", "x.db-wal")


@cache
def whole_files() -> tuple[bytes, ...]:
    """Return one good file of each format, and beginnings of files that are of none."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA page_size = 1024")
        connection.executescript(_tables(True)[0])
        for table, rows in ROWS.items():
            for row in rows[:3]:
                cells = {name: _cell(value) for name, value in row.items()}
                marks = ", ".join(mark for mark, _ in cells.values())
                connection.execute(
                    f"INSERT INTO {table} ({', '.join(cells)}) VALUES ({marks})", [value for _, value in cells.values()]
                )
        connection.commit()
        made: bytes = connection.serialize()
    return (
        b"\n".join(as_json(record) for record in NATIVE[:6]),
        made,
        as_json({"findings": list(FINDING_LIST[:4])}),
        as_json(SEEDS[0]),
        b"PK\x03\x04", b"\x1f\x8b", b"\xff\xfe{\x00", b"", b"\xef\xbb\xbf", b"commit\tval_bpb\nabc\t0.97\n",
    )  # fmt: skip


@st.composite
def _files(draw: st.DrawFn) -> Files:
    files = {}
    for _ in range(draw(st.integers(1, 8))):
        data = draw(st.sampled_from(range(len(whole_files()))).map(whole_files().__getitem__) | st.binary(max_size=64))
        done: list[Damage] = draw(damages)
        files[draw(st.sampled_from(_NAMES))] = damaged(data, done)
    return Files(files)


def any_file(folder: Path, given: Files) -> int:
    """Import files one after the other, each by what stands in it."""
    paths = []
    for name, data in given.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        paths.append(path)
    goes_the_whole_way(folder, *paths)
    return len(paths)


PER_ROUND = 1_000
"""Inputs of one round, some seconds."""


def _reader(name: str, what: str, strategy: st.SearchStrategy[Any], holds: Any, at_once: float) -> Fuzz:
    return Fuzz(
        name,
        what,
        "records",
        tried(strategy, holds, round(PER_ROUND / at_once)),
        every=PER_ROUND,
        briefly=tried(strategy, holds, 4),
        aim=AIM // 5,
    )


FUZZES = (
    _reader("native", "our own JSON Lines", _lines(), native, 15),
    _reader("database", "the study server's database, row by row", _rows(), database, 15),
    _reader("findings", "shared findings", _findings(), findings, 12),
    _reader("cache", "cached results", _seeds(), cache_of_seeds, 12),
    _reader("files", "files of any kind, known by their content", _files(), any_file, 4),
)
