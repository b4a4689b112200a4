"""The sample study: where it lies, and the copy of it that people play with."""

from collections.abc import Sequence
from importlib import resources
from itertools import count
from pathlib import Path

from reviewer.domain.errors import ReviewerError, UserError
from reviewer.store.connection import Store
from reviewer.store.imports import ImportRow, list_imports
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import

SAMPLE_NAME = "sample_data"
DEMO_NAME = "demo.db"


def sample_data() -> Path:
    """Return the folder of the sample data: in the installed package, or in a checkout beside it.

    Raises:
        ReviewerError: when it is in neither.
    """
    package = Path(str(resources.files("reviewer")))
    for place in (package / SAMPLE_NAME, package.parent / SAMPLE_NAME):
        if (place / "00_study.jsonl").is_file():
            return place
    raise ReviewerError("The sample data is missing from this installation of reviewer; install it again.")


def demo_path(store: Path) -> Path:
    """Return where the demo's copy lies: beside the store, so that it never mixes with real judgements."""
    return store.with_name(DEMO_NAME)


def open_demo(path: Path, *, fresh: bool = False) -> Store:
    """Open the copy of the sample study at ``path``, making it where there is none; ``fresh`` starts over.

    An older copy that is started over is kept under another name, since it may hold judgements. A copy whose making
    was broken off is completed.

    Raises:
        UserError: when what lies there is a store of somebody's own.
        StoreError: when the copy cannot be made or opened.
    """
    if fresh and path.name == DEMO_NAME and path.exists():
        # Without a look at it: it may be damaged, which starting over is a way out of.
        _set_aside(path)
    if path.exists():
        store = open_store(path)
        with store.read() as connection:
            taken = list_imports(connection)
        if not all(map(_of_the_sample, taken)) and path.name != DEMO_NAME:
            store.close()
            raise UserError(
                f"{path} is a store of your own and no copy of the sample study; name a file that is not there yet, "
                "or leave --store out."
            )
        if not fresh:
            _complete(store, taken)
            return store
        store.close()
        _set_aside(path)
    store = open_store(path)
    _complete(store, ())
    return store


def _of_the_sample(taken: ImportRow) -> bool:
    return Path(taken.path).parent.name == SAMPLE_NAME


def _complete(store: Store, taken: Sequence[ImportRow]) -> None:
    """Take in what the copy lacks of the sample study; what somebody took out of it stays out."""
    there = {Path(t.path).name for t in taken if _of_the_sample(t) and t.state in ("complete", "withdrawn")}
    if any(file.name not in there for file in sample_data().glob("*.jsonl")):
        run_import(store, [sample_data()])


def _set_aside(path: Path) -> None:
    """Give a store another name, which nothing has yet, with all that lies beside it."""
    number = count(1)
    while True:
        n = next(number)
        name = f"{path.name}.previous" + (f".{n}" if n > 1 else "")
        if not any(path.with_name(name + suffix).exists() for suffix in _PARTS):
            break
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(name + suffix))


_PARTS = ("", "-wal", "-shm", "-drafts", "-drafts-wal", "-drafts-shm")
"""The files of a store and of its drafts: what is in a log belongs to the file beside it."""
