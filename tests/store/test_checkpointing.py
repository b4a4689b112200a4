"""Copying the log into the store beside the writing: all of it arrives, the log stays short, and nobody waits."""

import sqlite3
import threading
from pathlib import Path

import pytest

from reviewer.store import checkpointing
from reviewer.store.checkpointing import copied_beside
from reviewer.store.connection import Store
from tests.builders import build_store, import_records, record, table


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(checkpointing, "PAUSE_SECONDS", 0.002)
    return build_store(tmp_path)


def write(store: Store, number: int) -> None:
    import_records(store, record(f"p{number}", body="words " * 20_000))


def log_bytes(store: Store) -> int:
    return store.path.with_name(f"{store.path.name}-wal").stat().st_size


def copying_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "copying the log"]


def test_the_log_is_begun_anew_when_it_is_too_long_and_cut_back_at_the_end(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpointing, "MOST_BYTES", 2_000_000)
    monkeypatch.setattr(checkpointing, "LEFT_BYTES", 1_000_000)
    longest = 0
    with copied_beside(store) as written:
        for i in range(120):
            write(store, i)
            written()
            longest = max(longest, log_bytes(store))
    assert 2_000_000 < longest < 20_000_000, "some 40 MB were written"
    assert log_bytes(store) == 0
    assert table(store, "SELECT count(*), min(length(body)) FROM revisions") == [(120, 120_000)]
    assert table(store, "PRAGMA integrity_check") == [("ok",)]


def test_without_it_sqlite_copies_by_itself_again(store: Store) -> None:
    with copied_beside(store):
        assert table(store, "PRAGMA wal_autocheckpoint") == [(0,)]
        assert copying_threads()
    assert table(store, "PRAGMA wal_autocheckpoint") == [(1000,)]
    assert not copying_threads()


def test_an_error_of_the_writing_ends_it_too(store: Store) -> None:
    def fail() -> None:
        with copied_beside(store) as written:
            write(store, 1)
            written()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert table(store, "PRAGMA wal_autocheckpoint") == [(1000,)]
    assert not copying_threads()


def test_readers_and_writers_of_other_programs_are_neither_held_up_nor_a_hindrance(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MOST_BYTES", "LEFT_BYTES"):
        monkeypatch.setattr(checkpointing, name, 100_000)
    write(store, 0)
    other = sqlite3.connect(store.path, isolation_level=None, timeout=0)
    with copied_beside(store) as written:
        other.execute("BEGIN")
        assert other.execute("SELECT count(*) FROM methods").fetchone() == (1,)
        for i in range(1, 20):
            write(store, i)
            written()
        assert other.execute("SELECT count(*) FROM methods").fetchone() == (1,), "it sees what it saw"
        other.execute("COMMIT")
        for i in range(20):
            other.execute("BEGIN IMMEDIATE")
            other.execute("UPDATE problems SET description = ?", (str(i),))
            other.execute("COMMIT")
        other.execute("BEGIN IMMEDIATE")  # And holds the lock while the copying ends.
    other.execute("COMMIT")
    other.close()
    assert table(store, "SELECT count(*) FROM methods") == [(20,)]
    assert table(store, "SELECT description FROM problems") == [("19",)]
