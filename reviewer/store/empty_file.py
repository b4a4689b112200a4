"""Making the file of a store, with nothing in it yet but what must be set before the first table."""

import os
import sqlite3
from pathlib import Path

from reviewer.domain.errors import StoreError
from reviewer.domain.folders import make_private_folder
from reviewer.domain.unfinished_files import unfinished_file
from reviewer.store.connection import BUSY_TIMEOUT_SECONDS
from reviewer.store.file_mark import APPLICATION_ID
from reviewer.store.refusals import plain_sentences

PAGE_SIZE = 16384


def create_file(path: Path) -> None:
    """Create an empty store file that only its owner can read; do nothing where there is a file already.

    Page size, WAL and the mark of a store are set under another name first, so that a second process never opens a
    file that lacks them.

    Raises:
        StoreError: when the folder cannot be made or written.
    """
    try:
        make_private_folder(path.parent)
        with unfinished_file(path) as prepared:
            prepare_file(prepared)
            _put_in_place(prepared, path)
    except OSError as error:
        raise StoreError(f"Cannot make a store at {path}: {error.strerror}; --store names another place.") from error


def prepare_file(path: Path) -> None:
    """Set on an empty file what must be set before the first table: page size, WAL, mode 0600 and our mark.

    Raises:
        StoreError: when SQLite refuses.
    """
    path.chmod(0o600)
    with plain_sentences(path):
        connection = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS)
        try:
            connection.execute(f"PRAGMA page_size = {PAGE_SIZE}")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("PRAGMA journal_mode = WAL")
        finally:
            connection.close()


def _put_in_place(prepared: Path, path: Path) -> None:
    """Give the prepared file its name in one step, unless somebody else was first."""
    try:
        path.hardlink_to(prepared)
    except FileExistsError:
        return
    except OSError:  # A file system without hard links.
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(prepared.read_bytes())
        except FileExistsError:
            return
