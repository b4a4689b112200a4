"""The search index: what waits for it, what goes into it, and that it stays whole whatever is taken out meanwhile."""

import sqlite3
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreError
from reviewer.store import search_index
from reviewer.store.connection import Store
from reviewer.store.health import examine_store, mend
from reviewer.store.search_index import index_all, index_some, unindexed
from reviewer.store.withdrawing import withdraw_import
from tests.builders import NOW, build_store, import_records, record, table

TAKE_OUT = "INSERT INTO search_index (search_index, rowid, title, hypothesis, body) VALUES ('delete', ?, '', '', ?)"


def waiting_store(tmp_path: Path, n: int = 7, body: str = "") -> Store:
    """A store of ``n`` proposals of which search finds none yet, each in an import of its own."""
    store = build_store(tmp_path)
    for i in range(n):
        import_records(store, record(f"p{i}", body=body or f"word{i} shared"), index=False)
    return store


def found(store: Store, word: str) -> list[int]:
    rows = table(store, "SELECT rowid FROM search_index WHERE search_index MATCH ? ORDER BY rowid", (word,))
    return [row[0] for row in rows]


def compare(store: Store) -> None:
    """Let SQLite compare the index with the text that methods show, all of which must be in it."""
    with store.write() as connection:
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


def waiting(store: Store) -> int:
    return unindexed(store.connection())


def test_what_was_just_written_waits_and_is_found_once_it_is_indexed(tmp_path: Path) -> None:
    store = waiting_store(tmp_path)
    assert (waiting(store), found(store, "shared")) == (7, [])
    with store.write() as connection:
        assert index_some(connection, 3) == 3
    assert (waiting(store), found(store, "shared")) == (4, [1, 2, 3])
    assert index_all(store) == 4
    assert (waiting(store), found(store, "shared")) == (0, [1, 2, 3, 4, 5, 6, 7])
    compare(store)
    with store.write() as connection:
        assert index_some(connection, 3) == 0


def test_long_texts_are_indexed_fewer_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path, 5, "x" * 100)
    monkeypatch.setattr(search_index, "CHARACTERS_AT_ONCE", 150)
    with store.write() as connection:
        assert [index_some(connection) for _ in range(4)] == [2, 2, 1, 0]


def test_indexing_can_be_stopped_and_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = waiting_store(tmp_path)
    monkeypatch.setattr(search_index, "CHARACTERS_AT_ONCE", 1)
    asked = iter([False, False, True])
    assert index_all(store, lambda: next(asked)) == 2
    assert waiting(store) == 5
    assert index_all(store) == 5


def test_a_failed_batch_leaves_what_waits_as_it_was(tmp_path: Path) -> None:
    store = waiting_store(tmp_path)

    def fail_after_some() -> None:
        with store.write() as connection:
            index_some(connection, 3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_some()
    assert (waiting(store), found(store, "shared")) == (7, [])


@pytest.mark.parametrize("indexed", [0, 3, 7])
def test_withdrawing_leaves_the_index_whole_whether_it_had_the_text_or_not(tmp_path: Path, indexed: int) -> None:
    store = waiting_store(tmp_path)
    with store.write() as connection:
        index_some(connection, indexed)
    for import_id in (2, 5, 7):
        withdraw_import(store, import_id, NOW)
    assert waiting(store) == len([i for i in (1, 3, 4, 6) if i > indexed])
    import_records(store, record("late", body="shared"), index=False)
    assert table(store, "SELECT max(id) FROM methods") == [(8,)], "a row id is never used again"
    index_all(store)
    assert found(store, "shared") == [1, 3, 4, 6, 8]
    assert found(store, "word1") == found(store, "word6") == []
    compare(store)


def test_taking_out_what_was_never_indexed_would_damage_a_bare_index(tmp_path: Path) -> None:
    """What the trigger's guard is for."""
    store = waiting_store(tmp_path)
    index_all(store)
    with store.write() as connection:
        connection.execute(TAKE_OUT, (99, "shared"))
    with pytest.raises(StoreError, match="damaged"):
        compare(store)


def test_a_store_in_which_some_wait_is_whole_and_mending_completes_its_index(tmp_path: Path) -> None:
    store = waiting_store(tmp_path)
    with store.write() as connection:
        index_some(connection, 2)
    health = examine_store(store.path)
    assert (health.unsearchable, health.unindexed, health.search_damage, health.search_checked) == (0, 5, "", False)
    mended = mend(store)
    assert (mended.indexed, mended.search_index) == (5, False)
    assert found(store, "shared") == [1, 2, 3, 4, 5, 6, 7]
    assert examine_store(store.path).search_checked


@pytest.mark.parametrize(
    "damage",
    [
        "INSERT INTO search_index (search_index) VALUES ('delete-all')",
        "DELETE FROM search_index_docsize WHERE id = 1",
        "DELETE FROM search_index_data WHERE id > 10",
        "UPDATE search_index_docsize SET id = 3 WHERE id = 2",
        "DELETE FROM unindexed WHERE id = 7",
    ],
)
def test_a_damaged_index_is_built_anew_also_while_some_wait(tmp_path: Path, damage: str) -> None:
    store = waiting_store(tmp_path)
    with store.write() as connection:
        index_some(connection, 2)
    with store.write() as connection:
        connection.execute(damage)
    health = examine_store(store.path)
    assert health.unsearchable or health.search_damage
    assert mend(store).search_index
    assert (waiting(store), found(store, "shared")) == (0, [1, 2, 3, 4, 5, 6, 7])
    compare(store)


def test_text_that_the_index_holds_otherwise_is_found_once_all_of_it_can_be_compared(tmp_path: Path) -> None:
    store = waiting_store(tmp_path)
    with store.write() as connection:
        index_some(connection, 2)
        connection.execute(TAKE_OUT, (1, "word0"))
    assert mend(store).search_index
    assert found(store, "word0") == [1]


def test_a_row_that_waits_although_its_revision_is_gone_holds_nothing_up(tmp_path: Path) -> None:
    store = waiting_store(tmp_path)
    outside = sqlite3.connect(store.path)
    outside.execute("DROP TRIGGER revisions_leave_the_index")
    outside.execute("DELETE FROM revisions WHERE id IN (1, 7)")
    outside.commit()
    outside.close()
    index_all(store)
    assert (waiting(store), found(store, "shared")) == (0, [2, 3, 4, 5, 6])


def test_a_changed_text_leaves_the_index_and_waits_for_it_and_one_that_comes_back_too(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 2)
    index_all(store)
    import_records(store, record("p0", body="other words"), index=False)
    assert (waiting(store), found(store, "word0"), found(store, "other")) == (1, [], [])
    index_all(store)
    assert (found(store, "word0"), found(store, "other"), found(store, "shared")) == ([], [1], [2])
    compare(store)
    import_records(store, record("p0", body="word0 shared"), index=False)
    index_all(store)
    assert (found(store, "word0"), found(store, "other")) == ([1], [])
    compare(store)


def test_a_revision_that_somebody_deletes_leaves_the_index_while_its_text_is_known(tmp_path: Path) -> None:
    store = waiting_store(tmp_path, 2)
    index_all(store)
    with store.write() as connection:
        connection.execute("DELETE FROM measurements")
        connection.execute("DELETE FROM revisions WHERE id = 1")
    assert (found(store, "shared"), waiting(store)) == ([2], 0)
    compare(store)


def test_a_batch_costs_what_it_holds_and_not_what_the_store_holds(tmp_path: Path) -> None:
    """At the right of an outer join SQLite would make the view ``searchable`` whole for each batch."""
    store = waiting_store(tmp_path)
    asked: list[str] = []
    with store.write() as connection:
        connection.set_trace_callback(asked.append)
        index_some(connection, 3)
        connection.set_trace_callback(None)
    ours = [sql for sql in asked if "unindexed u" in sql and not sql.startswith("--")]
    assert len(ours) == 2
    for sql in ours:
        plan = [row[3] for row in table(store, f"EXPLAIN QUERY PLAN {sql}")]
        assert not [step for step in plan if "MATERIALIZE" in step or step.startswith(("SCAN m", "SCAN r", "SCAN s"))]
