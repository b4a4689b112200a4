"""What SQLite refuses is told in sentences that name the store and what to do."""

import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import (
    DamagedDraftsError,
    DamagedStoreError,
    HinderedError,
    StoreBusyError,
    StoreError,
)
from reviewer.domain.unfinished_files import unfinished_file
from reviewer.store.connection import Store
from reviewer.store.drafts import Drafts, drafts_path
from reviewer.store.migrations import open_store
from reviewer.store.refusals import plain_sentences
from tests.as_nobody import as_nobody
from tests.builders import build_store, record, table

TITLE = "Weak-to-strong supervision"


def test_full_disk_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    pages = table(store, "PRAGMA page_count")[0][0]
    store.connection().execute(f"PRAGMA max_page_count = {pages}")
    with (
        pytest.raises(StoreError, match=r"The disk of .* is full, so that what came last was not written"),
        store.write() as connection,
    ):
        connection.execute("UPDATE problems SET title = 'first', description = ?", ("x" * 1_000_000,))
    assert table(store, "SELECT title, description FROM problems") == [(TITLE, "")]


def test_a_disk_that_is_full_is_told_of_the_file_that_was_named(tmp_path: Path) -> None:
    path = tmp_path / "new.db"

    def fill() -> None:
        with unfinished_file(path) as part, closing(sqlite3.connect(part)) as connection, plain_sentences(part):
            connection.execute("PRAGMA max_page_count = 1")
            connection.execute("CREATE TABLE t (x)")

    with pytest.raises(HinderedError) as told:
        fill()
    assert str(told.value) == f"The disk of {path} is full, so that it was not written; make room and try again."


@pytest.mark.parametrize("of", ["store", "drafts"])
def test_a_schema_of_which_sqlite_says_what_is_no_text_is_damage(tmp_path: Path, of: str) -> None:
    store = build_store(tmp_path, record())
    store.close()
    path = store.path
    Drafts(path).close()
    file = path if of == "store" else drafts_path(path)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    data = file.read_bytes()
    schema = b"CREATE TABLE imports" if of == "store" else b"CREATE TABLE places"
    assert data.count(schema) == 1
    file.write_bytes(data.replace(schema, schema.replace(b"TABLE", b"T\xe1\xe1LE")))
    with pytest.raises(DamagedStoreError if of == "store" else DamagedDraftsError, match="malformed database schema"):
        open_store(path) if of == "store" else Drafts(path)


def test_store_that_may_not_be_written_can_be_read_and_says_so() -> None:
    with tempfile.TemporaryDirectory() as name:  # Not tmp_path, which nobody else may enter.
        folder = Path(name)
        folder.chmod(0o777)
        build_store(folder, record()).close()
        path = folder / "reviewer.db"
        path.chmod(0o444)

        def read_then_write() -> None:
            store = open_store(path)
            assert table(store, "SELECT count(*) FROM methods") == [(1,)]
            with store.write() as connection:
                connection.execute("UPDATE problems SET title = ''")

        assert as_nobody(read_then_write).startswith(f"HinderedError: The store {path} is read-only; make it writable")

        def make_elsewhere() -> None:
            open_store(folder / "closed" / "new.db")

        (folder / "closed").mkdir(mode=0o755)
        assert as_nobody(make_elsewhere).startswith("StoreError: Cannot make a store at")
        path.chmod(0o000)
        assert "may not be read by you" in as_nobody(lambda: open_store(path).close())


def test_store_opened_readonly_refuses_writes_in_a_sentence(tmp_path: Path) -> None:
    build_store(tmp_path, record()).close()
    store = open_store(tmp_path / "reviewer.db", readonly=True)
    with pytest.raises(StoreError, match="is read-only"), store.write() as connection:
        connection.execute("DELETE FROM remarks")


def test_locked_store_is_told_soon_and_nothing_is_written(tmp_path: Path) -> None:
    store = build_store(tmp_path, record(), busy_timeout=0.05)
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    with pytest.raises(StoreBusyError, match="locked by another program") as told, store.write() as connection:
        connection.execute("DELETE FROM remarks")
    assert time.monotonic() - started < 1
    assert told.value.exit_status == 2
    assert table(store, "SELECT count(*) FROM methods") == [(1,)], "reading goes on"
    other.execute("ROLLBACK")
    other.close()
    with store.write() as connection:
        connection.execute("UPDATE problems SET title = 'free again'")
    assert table(store, "SELECT title FROM problems") == [("free again",)]


def test_damage_that_shows_in_the_middle_of_a_read_is_told(tmp_path: Path) -> None:
    build_store(tmp_path, *(record(f"p{i}", body="word " * 4000) for i in range(20))).close()
    path = tmp_path / "reviewer.db"
    raw = bytearray(path.read_bytes())
    raw[16384 * 5 :] = b"\xff" * (len(raw) - 16384 * 5)
    path.write_bytes(raw)
    store = Store(path)
    with pytest.raises(StoreError, match="damaged"), store.read() as connection:
        connection.execute("SELECT sum(length(body)) FROM revisions").fetchall()
