"""Why a store cannot be read or written: what SQLite refuses, in sentences that say what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.domain.errors import (
    DamagedDraftsError,
    DamagedStoreError,
    HinderedError,
    ReviewerError,
    StoreBusyError,
    StoreError,
)
from reviewer.domain.unfinished_files import meant_by
from reviewer.store.file_mark import bears_our_mark


@contextmanager
def plain_sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences that say what to do and name the store, or what an unfinished one becomes."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _as_store_error(path, error) from error
    except UnicodeDecodeError as error:
        # SQLite quotes what is wrong with a schema letter by letter, and Python takes every error for a text.
        raise damaged(path, "malformed database schema") from error


@contextmanager
def sentences_of_drafts(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences that name the file of the drafts: another one can always be begun."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _as_drafts_error(path, error) from error
    except UnicodeDecodeError as error:  # As above.
        raise damaged_drafts(path, "malformed database schema") from error


def _as_drafts_error(path: Path, error: sqlite3.DatabaseError) -> ReviewerError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(f"The drafts file {path} is locked by another program.")
    # Columns that are missing, and letters that are none: our statements are right in every file of ours.
    told_by_python = code == 0 and isinstance(error, sqlite3.OperationalError)
    if told_by_python or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return damaged_drafts(path, str(error))
    if code == sqlite3.SQLITE_FULL:
        return HinderedError(f"The disk of {path} is full; make room.")
    return HinderedError(f"The drafts file {path} cannot be used ({error}); look at its disk, folder and permissions.")


def damaged_drafts(path: Path, why: str) -> DamagedDraftsError:
    """Return the error that says so of a file of drafts."""
    return DamagedDraftsError(
        f"The drafts file {path} is damaged ({why}); the app, opened on this store, sets it aside, saves what can be "
        "read of it, and begins another one."
    )


def _as_store_error(path: Path, error: sqlite3.DatabaseError) -> ReviewerError:
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(f"The store {path} is locked by another program; try again when that has finished.")
    if extended == sqlite3.SQLITE_CORRUPT_VTAB:
        return StoreError(
            f"The search index of the store {path} is damaged; `reviewer doctor --rebuild` builds it anew."
        )
    if code == sqlite3.SQLITE_CORRUPT or (code == sqlite3.SQLITE_NOTADB and bears_our_mark(path)):
        return damaged(path, str(error))
    if code == sqlite3.SQLITE_NOTADB:
        return no_database(path)
    if code == sqlite3.SQLITE_FULL:
        lost = "what came last" if path == meant_by(path) else "it"
        return HinderedError(
            f"The disk of {meant_by(path)} is full, so that {lost} was not written; make room and try again."
        )
    path = meant_by(path)
    unwritable = path.exists() and not os.access(path.parent, os.W_OK)
    if extended == sqlite3.SQLITE_READONLY_DIRECTORY or (code == sqlite3.SQLITE_CANTOPEN and unwritable):
        return HinderedError(
            f"The store {path} lies in a folder that cannot be written, where SQLite cannot open it; copy it, and "
            f"{path.name}-wal where that is there, to another folder and name the copy by --store."
        )
    if code == sqlite3.SQLITE_READONLY:
        return _read_only(path)
    if code == sqlite3.SQLITE_IOERR:
        return HinderedError(
            f"The store {path} could not be read or written ({error}); look at its disk, and try again."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return HinderedError(
            f"The store {path} cannot be opened ({error}); check the path, its folder and permissions."
        )
    return ReviewerError(f"The store {path} refused: {error}.")


def damaged(path: Path, why: str) -> DamagedStoreError:
    """Return the error that says so of a store, what to do before why."""
    return DamagedStoreError(
        f"The store {path} is damaged; `reviewer recover OUT` saves what can be saved of it ({why})."
    )


def no_database(path: Path) -> StoreError:
    """Return the error that says so of a file."""
    return StoreError(
        f"{path} is not a SQLite database; --store names the store's file. Of a store whose beginning is lost, "
        "`reviewer recover OUT` saves what can be saved."
    )


def require_writable(path: Path) -> None:
    """Check that a store may be written.

    Raises:
        StoreError: when it may only be read.
    """
    if not os.access(path, os.W_OK):
        raise _read_only(path)


def _read_only(path: Path) -> HinderedError:
    return HinderedError(f"The store {path} is read-only; make it writable, or copy it and name the copy by --store.")
