"""The ways in which sqlite-utils 4 and SQLite lose writes: each that this code could meet, with its guard taken away.

Each test names the guard, shows that what is written stays, and shows the loss when the guard is gone.

Not met here, because the store uses sqlite-utils for its migrations alone (the last test holds it to that):

- 2, ``insert_all`` commits every batch of 100: no ``insert_all`` is called. Its likeness, a batch that fails half-way
  outside a transaction, is tested.
- 5, ``upsert_all`` with differing keys writes NULL over values: no upsert of sqlite-utils is called. What silence
  does to a value that is known is tested in ``test_recording``.
"""

import contextlib
import functools
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

import reviewer
from reviewer.domain.errors import ReviewerError, StoreBusyError, StoreError
from reviewer.domain.identity import utc_now
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Role
from reviewer.store import (
    annotations,
    connection,
    events,
    imports,
    methods,
    migrations,
    prepared,
    problems,
    queue,
    queue_rows,
)
from reviewer.store.connection import KnownConnection, Store
from reviewer.store.migrations import SCHEMA_VERSION, open_store
from reviewer.store.withdrawing import withdraw_import
from tests.builders import build_session, build_store, import_records, judge, record, table

REAL_CONNECT = sqlite3.connect


def titles(path: Path) -> list[str]:
    """The problems' titles as a connection that comes later sees them."""
    later = REAL_CONNECT(path)
    rows = later.execute("SELECT title FROM problems ORDER BY id").fetchall()
    later.close()
    return [title for (title,) in rows]


def rename(on: sqlite3.Connection, title: str) -> None:
    on.execute("UPDATE problems SET title = ?", (title,))


def connect_with(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Let the store open its connections with other arguments than it asks for."""

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        opened: sqlite3.Connection = REAL_CONNECT(*args, **(options | changed))
        return opened

    monkeypatch.setattr(sqlite3, "connect", connect)


# 1: a statement outside a transaction opens one that later writes join, and that is lost at close.


def forgotten_writes(path: Path) -> None:
    store = Store(path)
    bare = store.connection()
    bare.executemany("UPDATE problems SET description = ? WHERE id = ?", [("x", 1)])
    bare.execute("INSERT INTO datasets (problem_id, name) VALUES (1, 'later') RETURNING id").fetchone()
    rename(bare, "written")
    store.close()


def test_1_no_write_waits_for_a_commit_that_nobody_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``isolation_level=None`` in ``connect``, so that no statement opens a transaction by itself."""
    path = build_store(tmp_path, record()).path
    forgotten_writes(path)
    assert titles(path) == ["written"]

    other = build_store(tmp_path, record(), name="other.db").path
    connect_with(monkeypatch, isolation_level="")
    forgotten_writes(other)
    assert titles(other) == ["Weak-to-strong supervision"], "without the guard the write is lost"


# 2: a batch that fails half-way leaves its first half.


def insert_until_one_is_refused(on: sqlite3.Connection) -> None:
    for reason in [*["bad"] * 250, None]:
        on.execute("INSERT INTO rejects (import_id, file, place, reason, raw) VALUES (1, '', '', ?, '')", (reason,))


def test_2_batch_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """Guard: ``Store.write``, one transaction that is rolled back on any error."""
    store = build_store(tmp_path, record())
    with pytest.raises(ReviewerError, match="NOT NULL"), store.write() as within:
        insert_until_one_is_refused(within)
    assert table(store, "SELECT count(*) FROM rejects") == [(0,)]

    with pytest.raises(sqlite3.IntegrityError):
        insert_until_one_is_refused(store.connection())
    assert table(store, "SELECT count(*) FROM rejects") == [(250,)], "without the guard a part of it stays"


# 3: a commit inside a transaction ends it, and what follows is written whether or not the rest succeeds.


class SilentCommit(KnownConnection):
    """Ends transactions by the module's ``commit``, which says nothing when there is none."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql == "COMMIT":
            self.commit()
            return self.cursor()
        return super().execute(sql, parameters)


def write_with_a_commit_in_it(path: Path) -> None:
    store = Store(path)
    try:
        with store.write() as within:
            rename(within, "first half")
            within.commit()
    finally:
        store.close()


def test_3_commit_in_the_middle_of_a_transaction_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``Store.write`` ends by the statement COMMIT, which fails where the transaction has ended already."""
    path = build_store(tmp_path, record()).path
    with pytest.raises(ReviewerError, match="no transaction is active"):
        write_with_a_commit_in_it(path)

    connect_with(monkeypatch, factory=SilentCommit)
    write_with_a_commit_in_it(path)  # Without the guard nobody is told.


def test_3_migration_that_commits_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: every step runs in a savepoint of ``atomic``, which is gone after a commit."""

    def careless(db: Database) -> None:
        db.execute("ALTER TABLE problems ADD COLUMN mood TEXT")
        db.conn.commit()

    build_store(tmp_path, record()).close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, careless))
    with pytest.raises(ReviewerError):
        open_store(tmp_path / "reviewer.db")


# 4: a transaction that reads and then writes fails at once where another process wrote in between.


class Deferred(KnownConnection):
    """Takes the write lock only when it writes."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        return super().execute("BEGIN" if sql == "BEGIN IMMEDIATE" else sql, parameters)


def read_then_write_beside_another(path: Path) -> type[Exception] | None:
    """Return what the other writer met, which comes between our reading and our writing."""
    ours, theirs = Store(path), Store(path, busy_timeout=0.01)
    met: type[Exception] | None = None
    try:
        with ours.write() as within:
            found = within.execute("SELECT title FROM problems").fetchone()[0]
            try:
                with theirs.write() as other:
                    other.execute("UPDATE problems SET description = 'theirs'")
            except StoreBusyError as error:
                met = type(error)
            rename(within, f"{found}, changed")
    finally:
        ours.close()
        theirs.close()
    return met


def test_4_reading_then_writing_is_safe_beside_another_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``BEGIN IMMEDIATE`` in ``Store.write``: the other waits, ours goes through."""
    path = build_store(tmp_path, record()).path
    assert read_then_write_beside_another(path) is StoreBusyError
    assert titles(path) == ["Weak-to-strong supervision, changed"]

    connect_with(monkeypatch, factory=Deferred)
    with pytest.raises(StoreBusyError):  # Without the guard it is ours that fails, without having waited.
        read_then_write_beside_another(path)
    assert titles(path) == ["Weak-to-strong supervision, changed"]


# 6: threads that share a connection share its transaction.


def write_from_a_thread_while_ours_is_rolled_back(store: "OwnStore | SharedStore") -> None:
    def theirs() -> None:
        store.connection().execute("PRAGMA busy_timeout = 1000")
        go_on.set()
        store.connection().execute("UPDATE problems SET description = 'theirs'")

    go_on = threading.Event()
    thread = threading.Thread(target=theirs)
    with contextlib.suppress(RuntimeError), store.write() as within:
        rename(within, "ours")
        thread.start()
        go_on.wait()
        if store.shares:
            thread.join()
        raise RuntimeError("ours fails")
    thread.join()


class SharedStore(Store):
    """One connection for all threads."""

    shares = True

    def connection(self) -> sqlite3.Connection:
        if not self._connections:
            self._connections.append(connection.connect(self.path))
        return self._connections[0]


class OwnStore(Store):
    shares = False


def test_6_thread_keeps_what_it_wrote_when_another_fails(tmp_path: Path) -> None:
    """Guard: ``Store.connection`` gives every thread a connection of its own."""
    path = build_store(tmp_path, record()).path
    for kind, description in ((SharedStore, ""), (OwnStore, "theirs")):
        store = kind(path)
        write_from_a_thread_while_ours_is_rolled_back(store)
        assert table(store, "SELECT description FROM problems") == [(description,)], kind
        store.close()


# 7: a query that was not read to its end holds a snapshot: the WAL cannot be emptied and only grows.


def frames_left(path: Path) -> int:
    """How many pages of the WAL a checkpoint could not write back, because somebody still reads an older state."""
    other = REAL_CONNECT(path, timeout=0.01)
    busy, in_wal, written = other.execute("PRAGMA wal_checkpoint(RESTART)").fetchone()
    other.close()
    return int(in_wal - written if not busy else max(in_wal - written, 1))


def test_7_no_reader_is_left_open(tmp_path: Path) -> None:
    """Guard: every query of the store is fetched to its end, or its cursor dies with the statement."""
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(200)))
    kim = build_session(store)
    judge(kim, 1)
    c = store.connection()
    asked: list[Callable[[], object]] = [
        lambda: queue.first_page(c, 1, 1, QueueFilter(text="title"), Sort.CLAIM, 10),
        lambda: queue.queue_row(c, 1, 1, Sort.CLAIM, 1),
        lambda: queue.count_queue(c, 1, 1, QueueFilter()),
        lambda: queue.facets(c, 1, 1),
        lambda: queue.own_tags(c, 1),
        lambda: methods.methods_of_role(c, 1, Role.PROPOSAL),
        lambda: methods.method_by_id(c, 1),
        lambda: methods.revisions_of(c, 1),
        lambda: methods.find_methods(c, "p1"),
        lambda: problems.list_problems(c),
        lambda: problems.counts(c, 1, 1),
        lambda: events.history(c, 1, 1),
        lambda: events.last_act_to_undo(c, 1),
        lambda: events.last_act_to_redo(c, 1),
        lambda: events.last_judged(c, 1, 1),
        lambda: annotations.current_judgement(c, 1, 1),
        lambda: imports.list_imports(c),
        lambda: imports.imports_stamp(c),
        lambda: imports.interrupted_import(c, "x"),
    ]
    kept = []
    for ask in asked:
        kept.append(ask())
        with Store(store.path).write() as other:
            rename(other, "so that there is something to write back")
        assert frames_left(store.path) == 0

    half_read = c.execute("SELECT * FROM methods")
    half_read.fetchone()
    with Store(store.path).write() as other:
        rename(other, "once more")
    assert frames_left(store.path) > 0, "without the guard"
    half_read.close()


# 8: transform() drops the triggers of the table that it rebuilds.


def rebuild_annotations(db: Database) -> None:
    db.execute("DELETE FROM current_judgements")  # They point at rows of the table that is rebuilt.
    db.table("annotations").transform(rename={"seconds": "seconds_spent"})


def test_8_migration_that_loses_a_trigger_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``_migrate`` looks for ``TRIGGER_NAMES`` before it commits."""
    store = build_store(tmp_path, record())
    judge(build_session(store), 1)
    store.close()
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, rebuild_annotations))
    with pytest.raises(
        StoreError,
        match="lost annotations_are_never_replaced, annotations_never_change, annotations_never_go, "
        "sightings_told_of_in_annotations_come_out; nothing",
    ):
        open_store(tmp_path / "reviewer.db")
    untouched = Store(tmp_path / "reviewer.db")
    assert table(untouched, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
        untouched.connection().execute("DELETE FROM annotations")
    untouched.close()

    monkeypatch.setattr(migrations, "TRIGGER_NAMES", frozenset[str]())
    unguarded = open_store(tmp_path / "reviewer.db")
    unguarded.connection().execute("UPDATE annotations SET seconds_spent = 99")
    assert table(unguarded, "SELECT seconds_spent FROM annotations") == [(99.0,)], "without it events can be rewritten"


# 9: two processes that migrate at once both find the step undone.


class DeferredTogether(Deferred):
    """Reads before it takes the lock, as ``Migrations.apply`` alone does, and meets the other there."""

    meeting = threading.Barrier(2)

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor = super().execute(sql, parameters)
        if sql == "BEGIN IMMEDIATE":
            super().execute("SELECT count(*) FROM sqlite_master").fetchone()
            self.meeting.wait(timeout=10)
        return cursor


def open_twice_at_once(path: Path) -> list[str]:
    """Return what the two met that migrated at the same time."""
    together = threading.Barrier(2)
    met: list[str] = []

    def migrate() -> None:
        together.wait(timeout=10)
        store = Store(path)
        try:
            migrations._migrate(store, utc_now())
        except Exception as error:
            met.append(type(error).__name__)
        store.close()

    threads = [threading.Thread(target=migrate) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return met


def test_9_migrations_at_once_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``_migrate`` takes the write lock before it looks at what was applied."""
    ran = []

    def step(db: Database) -> None:
        ran.append(1)
        db.execute("ALTER TABLE problems ADD COLUMN mood TEXT")

    monkeypatch.setattr(migrations, "_back_up", lambda *_: None)
    paths = [build_store(tmp_path, record(), name=name).path for name in ("one.db", "two.db")]
    monkeypatch.setattr(migrations, "MIGRATIONS", (*migrations.MIGRATIONS, step))
    assert open_twice_at_once(paths[0]) == []
    assert ran == [1]

    connect_with(monkeypatch, factory=DeferredTogether)
    assert open_twice_at_once(paths[1]) == ["StoreBusyError"], "without the guard one of them fails"


# 10: VACUUM numbers the rows of a table anew that has no key of its own, and the search index points at others.


def found(path: Path, table_name: str, index: str, word: str, key: str = "rowid") -> list[str]:
    later = REAL_CONNECT(path)
    rows = later.execute(
        f"SELECT body FROM {table_name} WHERE {key} IN (SELECT rowid FROM {index} WHERE {index} MATCH ?)", (word,)
    ).fetchall()
    later.close()
    return [body for (body,) in rows]


def test_10_search_finds_the_same_after_vacuum(tmp_path: Path) -> None:
    """Guard: every table has ``INTEGER PRIMARY KEY``, which VACUUM leaves alone."""
    store = build_store(tmp_path)
    for i in range(5):
        import_records(store, record(f"p{i}", body=f"word{i}"))
    withdraw_import(store, 2, "2026-01-02T00:00:00.000Z")
    store.connection().execute(f"VACUUM INTO '{tmp_path / 'copy.db'}'")
    store.connection().execute("VACUUM")
    for path in (store.path, tmp_path / "copy.db"):
        assert found(path, "searchable", "search_index", "word4", "id") == ["word4"]
    keys = table(
        store,
        "SELECT t.name, c.name, c.type FROM pragma_table_list t, pragma_table_info(t.name) c "
        "WHERE t.schema = 'main' AND t.type = 'table' AND t.strict AND c.pk = 1",
    )
    strict = table(
        store, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name"
    )
    assert sorted(keys) == [(name, "id", "INTEGER") for (name,) in strict]

    bare = REAL_CONNECT(tmp_path / "bare.db", isolation_level=None)
    bare.execute("CREATE TABLE texts (body)")
    bare.execute("CREATE VIRTUAL TABLE texts_fts USING fts5 (body, content = 'texts')")
    for i in range(5):
        bare.execute("INSERT INTO texts VALUES (?)", (f"word{i}",))
    bare.execute("INSERT INTO texts_fts (texts_fts) VALUES ('rebuild')")
    bare.execute("DELETE FROM texts WHERE body = 'word1'")
    bare.execute("VACUUM")
    bare.close()
    assert found(tmp_path / "bare.db", "texts", "texts_fts", "word3") == ["word4"], "without the guard: another's text"


# 11: what a person types is an expression to FTS5.


def test_11_what_is_typed_is_never_an_expression(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: ``search_expression`` quotes each word."""
    store = build_store(tmp_path, record("p1", body="fine-tuning"))

    def search(text: str) -> int:
        return len(queue.first_page(store.connection(), 1, 1, QueueFilter(text=text), Sort.IMPORTED, 9).rows)

    assert [search(t) for t in ("fine-tuning", "title:x", '"', "tuning AND", "fine OR no", "(")] == [1, 0, 1, 0, 0, 1]

    monkeypatch.setattr(queue_rows, "search_expression", str)
    with pytest.raises(sqlite3.OperationalError, match="no such column: tuning"):
        search("fine-tuning")


# 12: what JSON cannot say is stored as its repr, and nobody is told.


class Thing:
    def __repr__(self) -> str:
        return "<a thing>"


def test_12_what_json_cannot_say_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guard: the encoder in ``prepared`` has no ``default``; the record is refused whole."""
    store = build_store(tmp_path)
    with pytest.raises(TypeError, match="not JSON serializable"):
        import_records(store, record("p1", raw={"a": Thing()}))
    assert table(store, "SELECT count(*) FROM methods") == [(0,)]
    assert table(store, "SELECT count(*) FROM imports") == [(0,)]

    monkeypatch.setattr(prepared, "_to_json", functools.partial(json.dumps, separators=(",", ":"), default=repr))
    import_records(store, record("p1", raw={"a": Thing()}))
    assert table(store, "SELECT raw FROM revisions") == [('{"a":"<a thing>"}',)], "without the guard: text"


def test_sqlite_utils_is_used_for_migrations_alone() -> None:
    """Its inserts, upserts, queries and transactions are the pitfalls that are not tested above."""
    package = Path(reviewer.__file__).parent
    users: Iterable[str] = (
        str(path.relative_to(package)) for path in package.rglob("*.py") if "sqlite_utils" in path.read_text()
    )
    assert sorted(users) == ["store/migrations.py"]
