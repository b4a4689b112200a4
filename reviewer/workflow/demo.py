"""The sample study: where it lies, and the copy of it that people play with."""

from importlib import resources
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import


def sample_data() -> Path:
    """Return the folder of the sample data: in the installed package, or in a checkout beside it.

    Raises:
        ReviewerError: when it is in neither.
    """
    package = Path(str(resources.files("reviewer")))
    for place in (package / "sample_data", package.parent / "sample_data"):
        if (place / "00_study.jsonl").is_file():
            return place
    raise ReviewerError("The sample data is missing from this installation of reviewer; install it again.")


def demo_path(store: Path) -> Path:
    """Return where the demo's copy lies: beside the store, so that it never mixes with real judgements."""
    return store.with_name("demo.db")


def open_demo(path: Path, *, fresh: bool = False) -> Store:
    """Open the copy of the sample study at ``path``, making it where there is none; ``fresh`` starts over.

    An older copy that is started over is kept under another name until the next time, since it may hold judgements.

    Raises:
        StoreError: when the copy cannot be made or opened.
    """
    if fresh:
        for suffix in ("", "-wal", "-shm", "-drafts"):
            old = path.with_name(path.name + suffix)
            if old.exists():
                old.replace(path.with_name(path.name + ".previous" + suffix))
    made = not path.exists()
    store = open_store(path)
    if made:
        run_import(store, [sample_data()])
    return store
