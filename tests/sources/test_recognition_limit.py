"""How much is read of a file to find out its format: a megabyte at most, counted by the system."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError
from reviewer.sources import aar_database, registry
from reviewer.sources.contract import RECOGNITION_BYTES
from reviewer.sources.files import head_of

from .aar_server_fixture import build_server_database
from .ai_scientist_fixture import SECOND_IDEA, attempt, block, idea, journal, node
from .inspect_fixture import STORED, log, write_archive
from .openevolve_fixture import PROGRAMS
from .shinka_fixture import build_database as build_programs

GOOD = {"type": "proposal", "id": "a", "title": "A", "problem": "p"}
MB = 1_000_000


def _database(path: Path) -> None:
    build_server_database(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE padding (text)")
        connection.execute("INSERT INTO padding VALUES (zeroblob(?))", (3 * MB,))
        connection.commit()


def _many_tables(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for number in range(1500):
            connection.execute(f"CREATE TABLE t{number} ({', '.join(f'column_{n}' for n in range(80))})")
        connection.commit()


def _programs(path: Path) -> None:
    build_programs(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE programs SET code = ?", ("x" * 3 * MB,))
        connection.commit()


FILES: dict[str, Callable[[Path], object]] = {
    "lines.jsonl": lambda path: path.write_text(f"{json.dumps(GOOD)}\n" + "x" * 3 * MB),
    "first_line.jsonl": lambda path: path.write_text(json.dumps({**GOOD, "method": "x" * 3 * MB}) + "\n"),
    "one_line.log": lambda path: path.write_text("x" * 3 * MB),
    "list.json": lambda path: path.write_text(json.dumps([{"finding_type": "result", "content": "x"}] * 60_000)),
    "1_long.json": lambda path: path.write_text(json.dumps({"content": "x" * 3 * MB, "finding_type": "result"})),
    "deep.json": lambda path: path.write_text("[" * 3 * MB),
    "zeros.bin": lambda path: path.write_bytes(bytes(3 * MB)),
    "server.db": _database,
    "tables.db": _many_tables,
    "archive.zip": lambda path: path.write_bytes(b"PK\x03\x04" + b"\xff" * 3 * MB),
    "programs.sqlite": _programs,
    "table.csv": lambda path: path.write_text("name,acc\n" + "a,1\n" * MB),
    "table.parquet": lambda path: path.write_bytes(b"PAR1" + bytes(3 * MB) + b"PAR1"),
    "results.tsv": lambda path: path.write_text(
        "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n" + "aa8f408\t0.97\t60.2\tkeep\tfaster\n" * 100_000
    ),
    "idea.md": lambda path: path.write_text("---\ntitle: A\nproblem: p\n---\n" + "x\n" * 2 * MB),
    "ideas.json": lambda path: path.write_text(json.dumps([idea(f"idea_{n}") for n in range(20_000)])),
    "run_1/final_info.json": lambda path: path.write_text(json.dumps({"text8": {**block(0.5), "x": "x" * 3 * MB}})),
    "idea.json": lambda path: path.write_text(json.dumps({**SECOND_IDEA, "Abstract": "x" * 3 * MB})),
    "aide/journal.json": lambda path: path.write_text(json.dumps(journal([node(0, code="x" * 3 * MB)], {}))),
    "stage_1/journal.json": lambda path: path.write_text(json.dumps(journal([attempt(0, code="x" * 3 * MB)], {}))),
    "log.json": lambda path: path.write_text(json.dumps({**log(), "samples": ["x" * 3 * MB]})),
    "log.eval": lambda path: write_archive(
        path, {"samples/1.json": b"x" * 3 * MB, "header.json": json.dumps(log()).encode()}, method=STORED
    ),
    "best_program_info.json": lambda path: path.write_text(json.dumps({**PROGRAMS[0], "code": "x" * 3 * MB})),
    "answers.jsonl": lambda path: path.write_text('{"answer_of_the_study_server": "findings", "x": "' + "x" * 3 * MB),
    "chat_vanilla_w2s/c/seed_1.json": lambda path: path.write_text('{"transfer_acc": 0.5, "x": "' + "x" * 3 * MB),
}


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path: Path = tmp_path / "in" / request.param
    path.parent.mkdir(parents=True)
    FILES[request.param](path)
    assert path.stat().st_size > 2 * RECOGNITION_BYTES
    return path


def bytes_read(work: Callable[[], object]) -> int:
    """Return how many bytes this process reads for a piece of work, as the system counts it; of three times the least.

    What else the process may read meanwhile is none of it.
    """

    def so_far() -> int:
        return int(Path("/proc/self/io").read_text().split()[1])

    counts = []
    for _ in range(3):
        before = so_far()
        with suppress(SourceError):
            work()
        counts.append(so_far() - before)
    return min(counts)


def test_no_more_than_a_megabyte_of_a_file_is_read_to_find_its_format(file: Path, tmp_path: Path) -> None:
    """Named itself, and met in a folder: until it is planned, so that only the reading comes after that."""
    counting = bytes_read(lambda: None)
    for named in (file, tmp_path / "in"):
        assert 0 < bytes_read(partial(registry.planned, named)) - counting <= RECOGNITION_BYTES


def test_what_is_found_with_a_megabyte(file: Path) -> None:
    expected = {
        "lines.jsonl": "native",
        "first_line.jsonl": "native",
        "list.json": "aar-findings",
        "server.db": "aar-db",
        "seed_1.json": "aar-cache",
        "programs.sqlite": "shinka",
        "table.csv": "table",
        "table.parquet": "table",
        "results.tsv": "autoresearch",
        "idea.md": "markdown",
        "ideas.json": "ai-scientist",
        "log.json": "inspect",
        "log.eval": "inspect",
        "best_program_info.json": "openevolve",
        "final_info.json": "ai-scientist",
        "answers.jsonl": "aar-server",
        "idea.json": "ai-scientist-v2",
    }
    found = [each.source.name for each in registry.recognise(file).found] if file.name in expected else []
    assert found == [name for name in [expected.get(file.name)] if name]
    if not found:
        with pytest.raises(SourceError):
            registry.recognise(file)


@pytest.mark.parametrize(("before", "is_known"), [(400_000, True), (500_000, False)])
def test_a_type_behind_a_long_text_counts_where_it_stands_in_the_first_450_kb(
    tmp_path: Path, before: int, is_known: bool
) -> None:
    path = tmp_path / "file"
    path.write_text(json.dumps({"method": "x" * before, **GOOD}) + "\n")
    head = head_of(path)
    assert registry.by_name("native").recognise(head) is is_known
    assert len(head.start) + len(head.beyond) < RECOGNITION_BYTES
    assert len(list(registry.read(registry.planned(path, format_name="native").plans[0]))) == 1


def test_what_follows_the_head_is_read_only_where_one_line_of_text_fills_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"x" * 65_536, b"x\n" + b"x" * MB, b"\0" + b"x" * MB, b"x"):
        path.write_bytes(content)
        assert head_of(path).beyond == b""
    path.write_bytes(b"x" * 65_536 + b"yz")
    head = head_of(path)
    assert head.beyond == b"yz"
    again = head_of(path)
    path.unlink()
    assert again.beyond == b""
    assert head.beyond == b"yz"


def test_a_database_whose_tables_stand_in_the_file_beside_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "experiments.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE other (x)")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("CREATE TABLE findings (id INTEGER PRIMARY KEY, post_id, title, content, finding_type)")
        connection.commit()
        assert aar_database.recognise(head_of(path))
