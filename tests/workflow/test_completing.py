"""Completing an import: search finds all of it, and the checks were run, in two threads on one store."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from reviewer.store import search_index
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.search_index import unindexed
from reviewer.workflow import checking, completing
from reviewer.workflow.checking import Checked, Checking
from reviewer.workflow.completing import complete
from tests.builders import build_store, import_records, table
from tests.workflow.test_checking import baseline, in_step, proposal


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have both threads write many times."""
    monkeypatch.setattr(checking, "CHECKED_AT_ONCE", 2)
    piece = search_index.index_some
    monkeypatch.setattr(completing, "index_some", lambda connection, *_: piece(connection, 3))


def waiting_store(tmp_path: Path, proposals: int) -> Store:
    store = build_store(tmp_path, baseline())
    import_records(store, *(proposal(f"p{i}", 0.2 + i / 100, title=f"Weak labels {i}") for i in range(proposals)))
    with store.write() as connection:
        connection.execute("INSERT OR IGNORE INTO unindexed SELECT id FROM methods")
        connection.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')")
    return store


def found(store: Store, word: str) -> int:
    return len(table(store, "SELECT rowid FROM search_index WHERE search_index MATCH ?", (word,)))


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("proposals", [0, 1, 9, 40])
def test_all_is_found_and_checked_at_the_end(tmp_path: Path, proposals: int) -> None:
    store = waiting_store(tmp_path, proposals)
    complete(store)
    with store.read() as connection:
        assert unindexed(connection) == 0
    assert Checking(store).waiting() == 0
    assert found(store, "labels") == proposals
    assert in_step(store)


@pytest.mark.usefixtures("small_pieces")
def test_what_the_index_writes_has_nothing_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 20)
    read = 0

    def counting(connection: sqlite3.Connection) -> Sequence[StoredProblem]:
        nonlocal read
        read += 1
        return list_problems(connection)

    monkeypatch.setattr(checking, "list_problems", counting)
    complete(store)
    assert read == 1


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("late", [1, 4, 7])
def test_what_somebody_else_wrote_meanwhile_is_what_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: int
) -> None:
    store = waiting_store(tmp_path, 16)
    other = Store(store.path)
    look = Checking._next
    looked = 0

    def look_and_be_late(self: Checking, connection: sqlite3.Connection, limit: int) -> Checked | None:
        nonlocal looked
        looked += 1
        seen = look(self, connection, limit)
        if looked == late:
            import_records(other, proposal("p1", 0.9), baseline(value=0.95))
        return seen

    monkeypatch.setattr(Checking, "_next", look_and_be_late)
    complete(store)
    other.close()
    assert Checking(store).waiting() == 0
    assert in_step(store)


@pytest.mark.usefixtures("small_pieces")
def test_what_hinders_the_index_is_told_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 4)

    def broken(connection: sqlite3.Connection, *_: int) -> int:
        raise ValueError("no room")

    monkeypatch.setattr(completing, "index_some", broken)
    with pytest.raises(ValueError, match="no room"):
        complete(store)
    monkeypatch.undo()
    complete(store)
    assert found(store, "labels") == 4
