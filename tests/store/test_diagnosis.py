"""What is broken in a store is found by reading its pages, also where SQLite says nothing but that it is malformed."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.store.diagnosis import Diagnosis, Lost, diagnose
from reviewer.store.empty_file import PAGE_SIZE
from tests.builders import build_session, build_store, import_records, judge, measured, record


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = build_store(tmp_path_factory.mktemp("whole"))
    import_records(store, *(record(f"p{n}", measurements=(measured(0.5),)) for n in range(20)))
    kim = build_session(store)
    for method_id in range(5, 15):
        judge(kim, method_id)
    store.close()
    return store.path


def broken(whole: Path, tmp_path: Path, table: str, content: bytes) -> Path:
    path = Path(shutil.copy(whole, tmp_path / "broken.db"))
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = content
    path.write_bytes(raw)
    return path


def test_a_store_that_is_whole_has_nothing_that_is_broken(whole: Path) -> None:
    found = diagnose(whole)
    assert found == Diagnosis(found.pages, True)
    assert found.pages > 20


def test_rows_of_a_lost_page_are_counted_by_what_indexes_have_of_them(whole: Path, tmp_path: Path) -> None:
    path = broken(whole, tmp_path, "annotations", random.Random(1).randbytes(PAGE_SIZE))
    before = path.read_bytes()
    found = diagnose(path)
    assert found.broken_pages == 1
    assert found.tables == (Lost("annotations", 0, 10),)
    assert found.indexes == ()
    assert path.read_bytes() == before


def test_a_lost_index_loses_no_rows(whole: Path, tmp_path: Path) -> None:
    found = diagnose(broken(whole, tmp_path, "methods_by_title", bytes(PAGE_SIZE)))
    assert (found.broken_pages, found.tables, found.indexes) == (1, (), ("methods_by_title",))


def test_it_gives_up_where_it_takes_too_long(whole: Path) -> None:
    found = diagnose(whole, most_seconds=-1.0)
    assert not found.in_time
    assert found.broken_pages == 0
