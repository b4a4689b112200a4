"""The store full of hostile texts: made once, and copied for who writes to it."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hostile.contents import Contents, contents_in, make_contents


@pytest.fixture(scope="session")
def contents(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Contents:
    base = tmp_path_factory.getbasetemp()
    # Workers share the folder above their own.
    folder = (base if worker_id == "master" else base.parent) / "hostile"
    with _one_at_a_time(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            folder.mkdir()
            make_contents(folder)
            (folder / "done").touch()
    return contents_in(folder)


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture
def own_store(contents: Contents, tmp_path: Path) -> Path:
    """A copy of the store that a test may change."""
    shutil.copy(contents.store, tmp_path / "store.db")
    return tmp_path / "store.db"
