"""Transactions: whole or not at all, one state for a read, and in the file that was opened alone."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import DamagedStoreError, ReviewerError, StoreGoneError
from reviewer.store.connection import Store, find_damage
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.workflow.kept_acts import keep_daily
from tests.builders import build_store, record, table

TITLE = "Weak-to-strong supervision"


def rename(store: Store, title: str) -> None:
    with store.write() as connection:
        connection.execute("UPDATE problems SET title = ?", (title,))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_anything_that_goes_wrong_takes_the_whole_transaction_back(tmp_path: Path, error: type[BaseException]) -> None:
    store = build_store(tmp_path, record())

    def fail() -> None:
        with store.write() as connection:
            connection.execute("UPDATE problems SET title = 'half'")
            raise error

    with pytest.raises(error):
        fail()
    assert table(store, "SELECT title FROM problems") == [(TITLE,)]
    rename(store, "and on it goes")
    assert table(store, "SELECT title FROM problems") == [("and on it goes",)]


def test_read_sees_one_state_while_another_writes(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    with store.read() as connection:
        before = connection.execute("SELECT title FROM problems").fetchone()
        rename(Store(store.path), "theirs")
        assert connection.execute("SELECT title FROM problems").fetchone() == before == (TITLE,)
    assert table(store, "SELECT title FROM problems") == [("theirs",)]


@pytest.mark.parametrize("error", [None, RuntimeError])
def test_a_walk_sees_one_state_and_holds_little_of_the_store(tmp_path: Path, error: type[Exception] | None) -> None:
    store = build_store(tmp_path, record())

    def held() -> int:
        ((kib,),) = table(store, "PRAGMA cache_size")
        return -int(kib)

    def sorts_in_memory() -> bool:
        return table(store, "PRAGMA temp_store") == [(2,)]

    def walk() -> None:
        with store.walk() as connection:
            assert held() < before / 4
            assert not sorts_in_memory()
            title = connection.execute("SELECT title FROM problems").fetchone()
            rename(Store(store.path), "theirs")
            assert connection.execute("SELECT title FROM problems").fetchone() == title == (TITLE,)
            if error is not None:
                raise error

    before = held()
    with pytest.raises(error) if error else nullcontext():
        walk()
    assert held() == before
    assert sorts_in_memory()
    assert table(store, "SELECT title FROM problems") == [("theirs",)]


def test_transaction_within_one_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    with store.read(), pytest.raises(ReviewerError, match="within a transaction"), store.read():
        pass
    with store.write() as connection:
        connection.execute("UPDATE problems SET title = 'outer'")
        with pytest.raises(ReviewerError, match="inside a transaction"):
            rename(store, "inner")
    assert table(store, "SELECT title FROM problems") == [("outer",)]


def test_durable_writes_wait_for_the_disk_and_others_need_not(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    for durable, synchronous in ((True, 2), (False, 1), (True, 2)):
        with store.write(durable=durable) as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (synchronous,)


def test_each_thread_has_a_connection_of_its_own_and_close_closes_all(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    seen = {id(store.connection()): store.connection()}

    def use() -> None:
        with store.read():
            seen[id(store.connection())] = store.connection()

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 4
    assert store.connection() is store.connection()
    store.close()
    for connection in seen.values():
        with pytest.raises(Exception, match="closed"):
            connection.execute("SELECT 1")
    assert not store.path.with_name("reviewer.db-wal").exists(), "nothing is left beside the store"


def test_path_with_odd_characters(tmp_path: Path) -> None:
    for name in ("a b.db", "50%.db", "what?mode=ro#x.db", "größe'\".db", ":memory:"):
        store = build_store(tmp_path, record(), name=name)
        rename(store, name)
        assert table(store, "SELECT title FROM problems") == [(name,)]
        store.close()
        assert (tmp_path / name).stat().st_size > 0


class Interrupted:
    """A connection at which Ctrl-C comes just after a transaction has begun."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def execute(self, sql: str, *values: Any) -> Any:
        done = self.connection.execute(sql, *values)
        if sql.startswith("BEGIN"):
            raise KeyboardInterrupt
        return done


@pytest.mark.parametrize("open_transaction", [Store.read, Store.write])
def test_ctrl_c_just_after_the_beginning_leaves_no_transaction_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_transaction: Callable[[Store], Any]
) -> None:
    store = build_store(tmp_path, record())
    connection = store.connection()
    with monkeypatch.context() as patched:
        patched.setattr(store, "connection", lambda: Interrupted(connection))
        with pytest.raises(KeyboardInterrupt), open_transaction(store):
            pass
    assert not connection.in_transaction
    rename(store, "and on it goes")


def test_reading_within_a_transaction_that_fails_does_not_commit_it(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())

    def read_while_writing() -> None:
        with store.write() as connection:
            connection.execute("UPDATE problems SET title = 'outer'")
            with store.read():
                pass

    with pytest.raises(ReviewerError, match="within a transaction"):
        read_while_writing()
    assert table(store, "SELECT title FROM problems") == [(TITLE,)]


def test_a_store_found_damaged_is_only_read_from_then_on(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    ((root,),) = table(store, "SELECT rootpage FROM sqlite_master WHERE name = 'metrics'")
    store.close()
    raw = bytearray(store.path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = bytes(PAGE_SIZE)
    store.path.write_bytes(raw)
    with store.write() as connection:
        connection.execute("SELECT count(*) FROM methods")
    with pytest.raises(DamagedStoreError, match="`reviewer recover OUT`"), store.read() as connection:
        connection.execute("SELECT * FROM metrics").fetchall()
    assert store.damage is not None
    with pytest.raises(DamagedStoreError, match="is damaged, so it is only read"), store.write():
        raise AssertionError("nothing is written")
    with store.read() as connection:
        assert connection.execute("SELECT count(*) FROM methods").fetchone() == (1,)


def test_what_nobody_expected_to_fail_is_told_as_damage_where_there_is_some(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    with pytest.raises(KeyError), store.read():
        raise KeyError("our own mistake")
    assert store.damage is None
    ((root,),) = table(store, "SELECT rootpage FROM sqlite_master WHERE name = 'rejects'")
    store.close()
    raw = bytearray(store.path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = bytes(PAGE_SIZE)
    store.path.write_bytes(raw)
    with pytest.raises(DamagedStoreError), store.read():
        raise LookupError("no problem 4")
    assert store.damage is not None
    assert find_damage(store.path, most_bytes=10) == "", "one that is larger is not looked over"


def in_another_thread(function: Callable[[], object]) -> BaseException | None:
    """Run a function where the store has no connection yet; return what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return raised[0] if raised else None


ENDINGS = ("", "-wal", "-shm")


def move_away(path: Path) -> None:
    """Move a store away with what SQLite keeps beside it, which else would be taken for that of the next file there."""
    for ending in ENDINGS:
        Path(f"{path}{ending}").rename(f"{path}{ending}.aside")


def put_back(path: Path) -> None:
    for ending in ENDINGS:
        Path(f"{path}{ending}.aside").replace(f"{path}{ending}")


@pytest.mark.parametrize("other", [False, True])
def test_a_store_that_was_moved_away_is_not_written_as_if_it_were_there(tmp_path: Path, other: bool) -> None:
    store = build_store(tmp_path, record())
    rename(store, "before")
    move_away(store.path)
    words = "was moved away or deleted while it was open"
    if other:
        build_store(tmp_path, record("theirs")).close()
        words = "Another file was put in the place of the store"
    with pytest.raises(StoreGoneError, match=words):
        rename(store, "into nowhere")
    raised = in_another_thread(lambda: table(store, "SELECT title FROM problems"))
    assert isinstance(raised, StoreGoneError), "what lies there now is another store, whose row ids say something else"
    put_back(store.path)
    assert table(store, "SELECT title FROM problems") == [("before",)]
    rename(store, "after")
    assert table(Store(store.path), "SELECT title FROM problems") == [("after",)]
    store.close()


def test_what_is_written_while_the_store_is_moved_away_is_no_success(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())

    def write_while_it_goes() -> None:
        with store.write() as connection:
            connection.execute("UPDATE problems SET title = 'half'")
            store.path.rename(tmp_path / "aside.db")

    with pytest.raises(StoreGoneError):
        write_while_it_goes()
    (tmp_path / "aside.db").rename(store.path)
    assert table(store, "SELECT title FROM problems") == [(TITLE,)]
    store.close()


def test_a_file_in_the_place_of_the_store_that_is_none_is_no_damage_of_the_store(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    rename(store, "before")
    move_away(store.path)
    store.path.write_text("no store at all\n" * 100)
    with pytest.raises(StoreGoneError, match="Another file was put in the place"):
        keep_daily(store)
    store.note_damage(DamagedStoreError("what lies there is no database"))
    assert store.damage is None
    put_back(store.path)
    rename(store, "after")
    assert table(store, "SELECT title FROM problems") == [("after",)]
    store.note_damage(error := DamagedStoreError("a page of it is broken"))
    assert store.damage is error
    store.close()
