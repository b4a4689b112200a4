"""What a person has typed and not yet saved, and where they were, in a file of its own beside the store.

It is written before the letter is echoed, so it must be quick: it is in WAL mode and never waits for the disk while
letters are typed, which survives the death of the process. What has come together in the log is copied into the file
by ``shorten_log``, in a thread that may wait, and when the file is closed.
"""

import os
import re
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.errors import StoreError
from reviewer.domain.files_in_use import BESIDE
from reviewer.store.connection import KnownConnection, identity_of
from reviewer.store.refusals import damaged_drafts, sentences_of_drafts

BUSY_TIMEOUT_SECONDS = 0.05
"""Drafts are written between two letters, so whoever writes them waits no longer than this."""

LOOKED_OVER_BYTES = 16 << 20
"""A file up to so large is looked over when it is opened: some hundredths of a second at the most."""

LONG_LOG_BYTES = 4 << 20
"""A log that is longer is copied into the file and cut back: some five hundred letters of a text of a page."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An unsaved text: the field that it is for, and where the cursor stood."""

    proposal: str
    field: str
    text: str
    row: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The proposal that was seen last in a problem: the problem's name and the proposal's id."""

    problem: str
    proposal: str


@dataclass(frozen=True, slots=True)
class WaitingText:
    """An act that could not be saved yet: its id, and in a text all that it takes to do it later."""

    act_id: str
    text: str


def drafts_path(store: Path) -> Path:
    """Return where the drafts of a store lie."""
    return store.with_name(f"{store.name}-drafts")


def broken_path(store: Path, number: int = 1) -> Path:
    """Return where a file of drafts is set aside that is damaged, the first one or a later one."""
    return store.with_name(f"{store.name}-drafts-broken" + (f"-{number}" if number > 1 else ""))


def set_aside_before(store: Path) -> list[Path]:
    """Return the damaged files of drafts that were set aside beside a store."""
    known = re.compile(rf"{re.escape(broken_path(store).name)}(-\d+)?")
    with suppress(OSError):
        return sorted(file for file in store.parent.iterdir() if known.fullmatch(file.name))
    return []


def files_of(store: Path) -> list[Path]:
    """Return the files that belong to a store: itself, its drafts, and what SQLite keeps beside each."""
    files = (store, drafts_path(store), *set_aside_before(store))
    return [Path(f"{file}{suffix}") for file in files for suffix in ("", *BESIDE)]


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a file of drafts where they are not there yet."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS drafts (reviewer TEXT NOT NULL, proposal TEXT NOT NULL, "
        "field TEXT NOT NULL, text TEXT NOT NULL, line INTEGER NOT NULL, place INTEGER NOT NULL, "
        "PRIMARY KEY (reviewer, proposal, field)) STRICT"
    )
    connection.execute(
        "CREATE TABLE IF NOT EXISTS places (reviewer TEXT NOT NULL, problem TEXT NOT NULL, "
        "proposal TEXT NOT NULL, PRIMARY KEY (reviewer, problem)) STRICT"
    )
    connection.execute(
        "CREATE TABLE IF NOT EXISTS waiting (number INTEGER PRIMARY KEY, act TEXT NOT NULL UNIQUE, "
        "reviewer TEXT NOT NULL, text TEXT NOT NULL) STRICT"
    )


def require_plain(path: Path) -> None:
    """Check what SQLite would not: that it is a file, and not empty beside a log, which would be deleted then.

    Raises:
        DamagedDraftsError: when it is otherwise.
    """
    if not path.exists():
        return
    if not path.is_file():
        raise damaged_drafts(path, "it is no plain file")
    log = path.with_name(f"{path.name}-wal")
    if not path.stat().st_size and log.exists() and log.stat().st_size:
        raise damaged_drafts(path, "it is empty, and the log beside it is not")


def require_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Check every page of a file of drafts, unless it is very large, and that its tables are ours.

    Raises:
        DamagedDraftsError: when something is wrong with it.
    """
    with sentences_of_drafts(path):
        if path.stat().st_size <= LOOKED_OVER_BYTES:
            line: str = connection.execute("PRAGMA quick_check (1)").fetchone()[0]
            if line != "ok":
                raise damaged_drafts(path, line.splitlines()[-1])
        for table, columns in _TABLES.items():
            connection.execute(f"SELECT {columns} FROM {table} LIMIT 0")


_TABLES = {
    "drafts": "reviewer, proposal, field, text, line, place",
    "places": "reviewer, problem, proposal",
    "waiting": "number, act, reviewer, text",
}


class Drafts:
    """The drafts of one store, used by the one thread that opened them."""

    def __init__(self, store: Path) -> None:
        """Open the file of drafts, or make it, for its owner alone.

        Raises:
            DamagedDraftsError: when it is damaged, or none of ours.
            StoreError: when it cannot be made or opened.
        """
        self._path = drafts_path(store)
        require_plain(self._path)
        try:
            if not self._path.exists():
                os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        except OSError as error:
            raise StoreError(f"Cannot keep drafts in {self._path}: {error.strerror}; check its folder.") from error
        with sentences_of_drafts(self._path):
            self._connection = sqlite3.connect(
                self._path, isolation_level=None, timeout=BUSY_TIMEOUT_SECONDS, factory=KnownConnection
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise
            self._connection.use(self._path)
            # Not even NORMAL: it waits for the disk when it begins the log anew, and when it copies it.
            self._connection.execute("PRAGMA synchronous = OFF")
            self._connection.execute("PRAGMA wal_autocheckpoint = 0")

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        make_tables(self._connection)
        require_whole(self._connection, self._path)

    @property
    def is_in_place(self) -> bool:
        """Return whether the file that is open still lies beside the store: else nobody would find what is written."""
        return bool(identity_of(self._path) == self._connection.identity)

    def keep(self, reviewer: str, draft: Draft) -> None:
        """Write the draft, in place of what stood in the same field before.

        Raises:
            StoreError: when it cannot be written.
        """
        text = draft.text if draft.text.isascii() else draft.text.encode("utf-8", "replace").decode("utf-8")
        with sentences_of_drafts(self._path):
            self._connection.execute(
                "INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?)",
                (reviewer, draft.proposal, draft.field, text, draft.row, draft.column),
            )

    def drop(self, reviewer: str, proposal: str, field: str) -> None:
        """Forget a draft: its text has been saved, or thrown away on purpose.

        Raises:
            StoreError: when the file cannot be written.
        """
        with sentences_of_drafts(self._path):
            self._connection.execute(
                "DELETE FROM drafts WHERE reviewer = ? AND proposal = ? AND field = ?", (reviewer, proposal, field)
            )

    def find(self, reviewer: str, proposal: str, field: str) -> Draft | None:
        """Return the draft of a field, or None.

        Raises:
            StoreError: when the file cannot be read.
        """
        with sentences_of_drafts(self._path):
            row = self._connection.execute(
                "SELECT proposal, field, text, line, place FROM drafts "
                "WHERE reviewer = ? AND proposal = ? AND field = ?",
                (reviewer, proposal, field),
            ).fetchone()
        return None if row is None else Draft(*row)

    def all_of(self, reviewer: str) -> tuple[Draft, ...]:
        """Return every draft of a reviewer, the last written first.

        Raises:
            StoreError: when the file cannot be read.
        """
        with sentences_of_drafts(self._path):
            rows = self._connection.execute(
                "SELECT proposal, field, text, line, place FROM drafts WHERE reviewer = ? ORDER BY rowid DESC",
                (reviewer,),
            ).fetchall()
        return tuple(Draft(*row) for row in rows)

    def keep_place(self, reviewer: str, place: Place) -> None:
        """Write down the proposal seen last in a problem, in place of the one before.

        Raises:
            StoreError: when it cannot be written.
        """
        with sentences_of_drafts(self._path):
            self._connection.execute(
                "INSERT OR REPLACE INTO places VALUES (?, ?, ?)", (reviewer, place.problem, place.proposal)
            )

    def places_of(self, reviewer: str) -> tuple[Place, ...]:
        """Return the proposal seen last in each problem, the problem seen last first.

        Raises:
            StoreError: when the file cannot be read.
        """
        with sentences_of_drafts(self._path):
            rows = self._connection.execute(
                "SELECT problem, proposal FROM places WHERE reviewer = ? ORDER BY rowid DESC", (reviewer,)
            ).fetchall()
        return tuple(Place(*row) for row in rows)

    def keep_act(self, reviewer: str, act: WaitingText) -> None:
        """Write down an act that cannot be saved, behind those that are there.

        Raises:
            StoreError: when it cannot be written.
        """
        with sentences_of_drafts(self._path):
            self._connection.execute(
                "INSERT OR IGNORE INTO waiting (act, reviewer, text) VALUES (?, ?, ?)", (act.act_id, reviewer, act.text)
            )

    def drop_act(self, act_id: str) -> None:
        """Forget an act: it is saved, or was refused.

        Raises:
            StoreError: when the file cannot be written.
        """
        with sentences_of_drafts(self._path):
            self._connection.execute("DELETE FROM waiting WHERE act = ?", (act_id,))

    def acts_of(self, reviewer: str) -> tuple[WaitingText, ...]:
        """Return the acts of a reviewer that wait, the first one first.

        Raises:
            StoreError: when the file cannot be read.
        """
        with sentences_of_drafts(self._path):
            rows = self._connection.execute(
                "SELECT act, text FROM waiting WHERE reviewer = ? ORDER BY number", (reviewer,)
            ).fetchall()
        return tuple(WaitingText(*row) for row in rows)

    def close(self) -> None:
        """Close the file, and see to it that what it holds is on the disk."""
        with suppress(sqlite3.Error):
            self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.close()


def shorten_log(store: Path) -> None:
    """Copy what the log of the drafts holds into their file where it is long, and cut it back. This waits for the disk.

    Raises:
        StoreError: when that cannot be done now.
    """
    path = drafts_path(store)
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size < LONG_LOG_BYTES:
        return
    with sentences_of_drafts(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=0, factory=KnownConnection
        )
        try:
            connection.use(path)
            # The first one waits and holds up nobody. The second one would, and finds next to nothing left to wait for.
            for how in ("PASSIVE", "TRUNCATE"):
                connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
        finally:
            connection.close()
