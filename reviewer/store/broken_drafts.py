"""A file of drafts that is damaged: it is set aside, and what can be read of it goes into the next one."""

import os
import sqlite3
import tempfile
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from reviewer.domain.counted import counted
from reviewer.domain.errors import DamagedDraftsError, StoreError
from reviewer.domain.files_in_use import BESIDE
from reviewer.store.connection import identity_of
from reviewer.store.drafts import Drafts, broken_path, drafts_path, make_tables
from reviewer.store.raw_pages import Pages
from reviewer.store.salvage import Salvage

PAGE_SIZE = 4096
"""SQLite's own, which the files of drafts have."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A damaged file of drafts: where it lies now, and how many texts and waiting acts of it are in the next one."""

    file: Path
    texts: int
    acts: int

    @property
    def sentence(self) -> str:
        """Return what a person is told."""
        saved = [counted(n, what) for n, what in ((self.texts, "draft"), (self.acts, "waiting act")) if n]
        rest = f"the new one has the {' and '.join(saved)} that could be read of it"
        return (
            f"The drafts file was damaged, and lies in {self.file} now; "
            f"{rest if saved else 'nothing of it could be read'}."
        )


def open_drafts(store: Path) -> tuple[Drafts, SetAside | None]:
    """Open the drafts of a store; a file that is damaged is set aside first, and what can be read of it is taken over.

    Raises:
        StoreError: when the file cannot be opened, or be set aside.
    """
    try:
        return Drafts(store), None
    except DamagedDraftsError:
        aside = set_aside(store)
        return Drafts(store), aside


def set_aside(store: Path) -> SetAside | None:
    """Give the drafts of a store another name, and put a file with all that can be read of them in their place.

    The damaged file stays as it is, with the log beside it. Return None where another program was first.

    Raises:
        StoreError: when the folder cannot be written.
    """
    path = drafts_path(store)
    identity = identity_of(path)
    aside = next(free for n in count(1) if not os.path.lexists(free := broken_path(store, n)))
    try:
        if not path.is_file():
            path.rename(aside)
            return SetAside(aside, 0, 0)
        # Whole under its new name before anything is gone under the old one: a power cut may come in between.
        for ending in (*BESIDE, ""):
            with suppress(FileNotFoundError):
                _give_second_name(Path(f"{path}{ending}"), Path(f"{aside}{ending}"))
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        try:
            texts, acts = _save(aside, Path(name))
            if identity_of(path) != identity:
                return None
            for ending in BESIDE:
                Path(f"{path}{ending}").unlink(missing_ok=True)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"The drafts file {path} is damaged and cannot be set aside ({error.strerror}); check its folder."
        ) from error
    return SetAside(aside, texts, acts)


def _give_second_name(file: Path, name: Path) -> None:
    try:
        name.hardlink_to(file)
    except FileNotFoundError:
        raise
    except OSError:  # A file system without hard links.
        with os.fdopen(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as copy:
            copy.write(file.read_bytes())


def _save(broken: Path, new: Path) -> tuple[int, int]:
    """Write what can be read of a damaged file into a new one; return how many texts and acts that is."""
    with closing(sqlite3.connect(new, isolation_level=None)) as connection:
        make_tables(connection)
        # Whatever becomes of it: the damaged file is still there, and must not keep anybody from going on.
        with suppress(Exception):
            _take_over(broken, connection)
        drafts, waiting = (
            connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("drafts", "waiting")
        )
        return drafts, waiting


def _take_over(broken: Path, connection: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as empty:
        make_tables(empty)
        pages = Pages(broken, PAGE_SIZE)
        try:
            salvage = Salvage(pages, empty)
            connection.execute("BEGIN")
            for name, shape in salvage.shapes.items():
                columns = shape.columns[shape.has_id :]
                insert = (
                    f"INSERT OR REPLACE INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
                )
                # What was written later has the higher row id, and takes the place of what stood there before.
                for row in sorted(salvage.rows(name), key=lambda row: row.id):
                    with suppress(sqlite3.IntegrityError):
                        connection.execute(insert, row.values[shape.has_id :])
            connection.execute("COMMIT")
        finally:
            with suppress(StoreError):  # Another window may go on writing into it until it sees that it is gone.
                pages.close()
