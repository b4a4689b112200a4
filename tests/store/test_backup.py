"""Copies of a store in use: of one moment, looked over, and nothing half made is left."""

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.errors import DamagedStoreError, NoStoreError, StoreError, UserError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Result
from reviewer.store import backup
from reviewer.store.backup import copy_store, lacks_nothing_of
from reviewer.store.connection import Store
from reviewer.store.empty_file import PAGE_SIZE, create_file
from reviewer.store.health import examine_store
from reviewer.store.outcomes import append_outcome
from reviewer.workflow.judging import set_flag
from tests.builders import NOW, act, build_session, build_store, import_records, judge, record, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, *(record(f"p{i}", body=f"Body {i}. " * 400) for i in range(60)))


def test_a_copy_holds_what_the_store_does_for_its_owner_alone(store: Store, tmp_path: Path) -> None:
    judge(build_session(store), 1)
    copy = tmp_path / "copy.db"
    made = copy_store(store.path, copy)
    assert (made.proposals, made.events, made.size, made.indexes_checked) == (60, 1, copy.stat().st_size, True)
    assert copy.stat().st_mode & 0o777 == 0o600
    held = Store(copy)
    for each in ("annotations", "methods", "revisions", "current_judgements"):
        assert table(held, f"SELECT * FROM {each}") == table(store, f"SELECT * FROM {each}")
    held.close()
    assert examine_store(copy).looked_over
    assert {p.name for p in tmp_path.iterdir()} - {f"reviewer.db{s}" for s in ("", "-wal", "-shm")} == {"copy.db"}


def test_nobody_waits_while_a_copy_is_made_and_the_copy_is_of_one_moment(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_A_STEP", 1)
    session = build_session(store)
    store.close()
    stop = threading.Event()
    written: list[int] = []

    def judge_on() -> None:
        while not stop.is_set():
            for method_id in range(1, 61):
                act(session, method_id, Act.FLAG, set_flag(len(written) % 120 < 60))
                written.append(method_id)

    writer = threading.Thread(target=judge_on)
    writer.start()
    try:
        while len(written) < 20:
            pass
        before = len(written)
        made = [copy_store(store.path, tmp_path / f"copy{n}.db") for n in range(5)]
        assert len(written) > before, "the writer went on meanwhile"
    finally:
        stop.set()
        writer.join()
    for n, each in enumerate(made):
        found = examine_store(tmp_path / f"copy{n}.db")
        assert (found.damage, found.stale_judgements, found.stale_counts) == ((), 0, 0)
        assert dict(found.tables)["annotations"] == each.events


def test_a_damaged_store_gives_no_copy(store: Store, tmp_path: Path) -> None:
    store.close()
    raw = bytearray(store.path.read_bytes())
    last = len(raw) - PAGE_SIZE
    raw[last:] = b"\xa5" * PAGE_SIZE
    store.path.write_bytes(raw)
    with pytest.raises(DamagedStoreError, match="no copy was made of it; `reviewer recover OUT`"):
        copy_store(store.path, tmp_path / "copy.db")
    assert [p.name for p in tmp_path.iterdir() if "copy" in p.name] == []


def test_what_cannot_be_copied_is_told(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NoStoreError):
        copy_store(tmp_path / "none.db", tmp_path / "copy.db")
    with pytest.raises(StoreError, match=r"There is no folder .*/none; make it"):
        copy_store(store.path, tmp_path / "none" / "copy.db")
    create_file(tmp_path / "cut off.db")
    with pytest.raises(UserError, match="holds nothing yet"):
        copy_store(tmp_path / "cut off.db", tmp_path / "copy.db")
    foreign = tmp_path / "foreign.db"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(StoreError, match="not a store of reviewer"):
        copy_store(foreign, tmp_path / "copy.db")


def test_only_an_earlier_copy_of_the_same_store_lacks_nothing(store: Store, tmp_path: Path) -> None:
    session = build_session(store)
    judge(session, 1)
    copy = tmp_path / "copy.db"
    copy_store(store.path, copy)
    judge(session, 2)
    import_records(store, record("later"))
    assert lacks_nothing_of(copy, store.path)
    judged_there = Store(copy)
    judge(build_session(judged_there), 3)
    assert not lacks_nothing_of(copy, store.path), "somebody has it open"
    judged_there.close()
    assert not lacks_nothing_of(copy, store.path), "it has an event that the store does not"
    other = tmp_path / "other"
    other.mkdir()
    second = build_store(other, record("q"))
    second.close()
    assert not lacks_nothing_of(second.path, store.path)
    (tmp_path / "notes.txt").write_text("notes")
    assert not lacks_nothing_of(tmp_path / "notes.txt", store.path)


def test_a_copy_with_an_outcome_that_the_store_lacks_lacks_something(store: Store, tmp_path: Path) -> None:
    build_session(store)
    copy = tmp_path / "copy.db"
    copy_store(store.path, copy)
    assert lacks_nothing_of(copy, store.path)
    ended = Store(copy)
    with ended.write() as connection:
        append_outcome(connection, 1, Outcome(Result.FAILED, date(2026, 1, 1)), reviewer_id=1, now=NOW)
    ended.close()
    assert not lacks_nothing_of(copy, store.path)


def test_an_earlier_copy_may_know_no_outcomes(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy_store(store.path, copy)
    with sqlite3.connect(copy) as connection:
        for name in ("outcomes_never_change", "outcomes_never_go", "outcomes_are_never_replaced"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE current_outcomes")
        connection.execute("DROP TABLE outcomes")
    connection.close()
    assert lacks_nothing_of(copy, store.path)
