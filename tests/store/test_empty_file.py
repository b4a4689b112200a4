"""The file of a new store: made once, whoever else makes it, and whatever the file system lacks."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.store.empty_file import create_file
from reviewer.store.migrations import SCHEMA_VERSION
from tests.builders import build_store, table

OPEN = """
import sys
from pathlib import Path
from reviewer.store.migrations import open_store
sys.stdin.readline()
store = open_store(Path(sys.argv[1]))
c = store.connection()
print(*(c.execute(f"PRAGMA {p}").fetchone()[0] for p in ("user_version", "page_size", "journal_mode")))
"""


def test_processes_that_open_a_new_store_at_once_all_get_one(tmp_path: Path) -> None:
    path = tmp_path / "reviewer.db"
    started = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(path)], stdin=-1, stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    for process in started:  # All wait for their line, so that they set off together.
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=120) for process in started]
    assert answers == [(f"{SCHEMA_VERSION} 16384 wal\n", "")] * 2
    assert [p.name for p in tmp_path.iterdir()] == ["reviewer.db"]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (SCHEMA_VERSION,)
    connection.close()


def test_store_is_made_where_files_cannot_be_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = build_store(tmp_path)
    assert table(store, "PRAGMA page_size") == [(16384,)]
    assert store.path.stat().st_mode & 0o777 == 0o600
    create_file(store.path)
    assert table(store, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
