"""Opening the store for the commands that only read it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import click

from reviewer.domain.text import safe_line
from reviewer.store.connection import Store, is_frozen
from reviewer.store.migrations import open_store, open_to_read


def open_to_look(path: Path) -> Store:
    """Open the store to be read, and say so where changes by others are not seen meanwhile.

    Raises:
        StoreError: when there is none, or it cannot be read.
    """
    store = open_to_read(path)
    if is_frozen(path):
        click.echo(
            safe_line(
                f"The store {path} lies on a read-only file system: it is read as it lies there, and what others "
                "change meanwhile is not seen."
            ),
            err=True,
        )
    return store


@contextmanager
def store_aside() -> Iterator[Store]:
    """Give a store that goes away again, for looking at what a store that is not there yet would hold."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="reviewer-") as folder, closing(open_store(Path(folder, "aside.db"))) as store:
        yield store


def is_missing(store: Path) -> bool:
    """Return whether there is no store at a path yet."""
    return not store.exists() or (store.is_file() and not store.stat().st_size)
