"""Reading a SQLite file page by page gives what SQLite gives, with what is in the log, and never more than that."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.errors import StoreError
from reviewer.store.connection import Store
from reviewer.store.migrations import SCHEMA_VERSION, empty_as_of
from reviewer.store.raw_pages import Pages
from reviewer.store.raw_records import BrokenRecordError, values_of, varint
from reviewer.store.salvage import Salvage
from tests.builders import build_session, build_store, judge, measured, record, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    long = "A long text, é. " * 4000
    built = build_store(
        tmp_path, *(record(f"p{i}", body=long[: i * 1500], measurements=(measured(i / 7),)) for i in range(60))
    )
    judge(build_session(built), 1)
    return built


def salvaged(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    pages = Pages(path)
    with closing(empty_as_of(SCHEMA_VERSION)) as empty:
        salvage = Salvage(pages, empty)
        found = {name: sorted((row.id, *row.values[1:]) for row in salvage.rows(name)) for name in salvage.shapes}
        assert salvage.is_whole
        for shape in salvage.shapes.values():
            for index in shape.indexes:
                entries = [e for page in salvage.entries(shape.name, index) for e in page]
                assert len({e[0] for e in entries}) == len(entries), index
    pages.close()
    return found


def test_every_row_is_read_as_sqlite_reads_it_from_file_and_log(store: Store) -> None:
    log = store.path.with_name("reviewer.db-wal")
    assert log.stat().st_size > 0
    found = salvaged(store.path)
    assert len(found["methods"]) == 60
    for name, rows in found.items():
        assert rows == table(store, f"SELECT * FROM {name} ORDER BY id"), name
    store.close()
    assert not log.exists()
    assert salvaged(store.path) == found


def test_a_torn_log_is_read_up_to_its_last_whole_commit(store: Store, tmp_path: Path) -> None:
    store.connection().execute("PRAGMA wal_checkpoint (TRUNCATE)")
    kim = build_session(store)
    for method_id in range(1, 21):
        judge(kim, method_id)
    (tmp_path / "torn.db").write_bytes(store.path.read_bytes())
    log = store.path.with_name("reviewer.db-wal").read_bytes()
    for cut in (len(log) - 5000, len(log) // 2, 40, 10, 0):
        (tmp_path / "torn.db-wal").write_bytes(log[:cut])
        ours = salvaged(tmp_path / "torn.db")
        with closing(sqlite3.connect(tmp_path / "torn.db")) as theirs:
            assert ours["annotations"] == theirs.execute("SELECT * FROM annotations ORDER BY id").fetchall()
        (tmp_path / "torn.db").write_bytes(store.path.read_bytes())
    broken = bytearray(log)
    broken[len(log) // 2] ^= 0xFF
    (tmp_path / "torn.db-wal").write_bytes(broken)
    pages = Pages(tmp_path / "torn.db")
    assert pages.torn_log
    pages.close()


def test_a_file_that_changes_meanwhile_is_of_no_one_moment(store: Store) -> None:
    pages = Pages(store.path)
    judge(build_session(store), 2)
    with pytest.raises(StoreError, match="Another program wrote to"):
        pages.close()


@given(st.binary(max_size=300))
def test_no_bytes_are_taken_for_a_record_by_mistake_but_whole_ones(data: bytes) -> None:
    try:
        values = list(values_of(data))
    except BrokenRecordError:
        return
    end, _ = varint(data, 0)
    assert end <= len(data)
    assert all(value is None or isinstance(value, int | float | str | bytes) for value in values)


@pytest.mark.parametrize("seed", range(30))
def test_garbage_is_never_more_than_broken(store: Store, tmp_path: Path, seed: int) -> None:
    store.close()
    rng = random.Random(seed)
    raw = bytearray(store.path.read_bytes())
    for _ in range(rng.choice((1, 50, 5000))):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    path = tmp_path / "garbage.db"
    path.write_bytes(raw)
    pages = Pages(path)
    with closing(empty_as_of(SCHEMA_VERSION)) as empty:
        salvage = Salvage(pages, empty)
        for name in salvage.shapes:
            list(salvage.rows(name))
    pages.close()
