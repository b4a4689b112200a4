"""Nothing that is looked at takes away the locks that this process has on a store and its drafts."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.domain.errors import SourceError, UserError
from reviewer.exports.output import is_export, to_file
from reviewer.sources.registry import recognise
from reviewer.store.drafts import Draft, Drafts
from reviewer.store.health import examine_store
from reviewer.store.migrations import open_store
from tests.builders import build_store, record

LEAVE = """
import sys
from pathlib import Path
from reviewer.store.migrations import open_store
store = open_store(Path(sys.argv[1]))
with store.write() as connection:
    connection.execute("UPDATE problems SET title = 'as another process says'")
store.close()
"""


def leave_as_the_last(path: Path) -> None:
    """Write in another process and close the store: SQLite deletes the log then, unless somebody has it open."""
    subprocess.run([sys.executable, "-c", LEAVE, str(path)], check=True)


def look_into_folder(path: Path) -> None:
    with pytest.raises(SourceError, match="no file"):
        recognise(path.parent)


def look_at_store(path: Path) -> None:
    with pytest.raises(SourceError, match="belongs to the store that is open"):
        recognise(path)


def open_again(path: Path) -> None:
    open_store(path).close()


def examine(path: Path) -> None:
    assert examine_store(path).looked_over


def export_over_it(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal")):
        assert not is_export(name)
        with pytest.raises(UserError, match="belongs to the store itself"), to_file(name):
            raise AssertionError("it was opened")


@pytest.mark.parametrize("look", [look_into_folder, look_at_store, open_again, examine, export_over_it])
def test_a_store_that_is_open_keeps_its_locks_whatever_is_looked_at(
    tmp_path: Path, look: Callable[[Path], None]
) -> None:
    store = build_store(tmp_path, record())
    with closing(Drafts(store.path)) as drafts:
        drafts.keep("kim", Draft("p", "rationale", "half a sen"))
        look(store.path)
        leave_as_the_last(store.path)
        assert store.path.with_name("reviewer.db-wal").exists()
        with store.write() as connection:
            connection.execute("UPDATE methods SET agent = title || ' of this process'")
        with closing(sqlite3.connect(store.path)) as other:
            assert other.execute("SELECT agent FROM methods").fetchall() == [("Title of p1 of this process",)]
    store.close()
    open_store(store.path).close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["reviewer.db", "reviewer.db-drafts"]
