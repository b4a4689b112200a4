"""Opening the store: one connection a thread, and explicit transactions."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reviewer.domain.errors import DamagedStoreError, NoStoreError, ReviewerError, StoreError, StoreGoneError
from reviewer.domain.files_in_use import give_up, take_into_use
from reviewer.store.covering_functions import teach
from reviewer.store.faults import find_faults, in_short
from reviewer.store.refusals import damaged, plain_sentences

BUSY_TIMEOUT_SECONDS = 5.0

_HOLD_MUCH = "PRAGMA cache_size = -16000"
_HOLD_LITTLE = "PRAGMA cache_size = -2000"
"""How many KiB of the store a connection holds in memory, and how many on a walk over all of it."""

_SORT_IN_MEMORY = "PRAGMA temp_store = MEMORY"
_SORT_IN_FILES = "PRAGMA temp_store = FILE"

LOOKED_OVER_BYTES = 256 << 20
"""A store up to so large is looked over where something fails that never should: some tenths of a second."""


class Store:
    """The one SQLite file that holds everything, opened by as many threads as ask.

    Each thread has its own connection, made at its first use, because transactions of threads that share one mix.
    The connections are in autocommit mode: a transaction is open only inside :meth:`write`, so no write can join one
    that somebody else forgot.
    """

    def __init__(self, path: Path, *, readonly: bool = False, busy_timeout: float = BUSY_TIMEOUT_SECONDS) -> None:
        self.path = path
        self.readonly = readonly
        self.damage: DamagedStoreError | None = None
        """What was found broken on the way; from then on the store is only read."""
        self._busy_timeout = busy_timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._connections: list[KnownConnection] = []
        self._identity: tuple[int, int] | None = None
        """By what the file system knows the file that was opened first: the only one that is read and written."""

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection.

        Raises:
            StoreGoneError: when the file that the others have open is no longer the one at the path.
            StoreError: when the file cannot be opened or is no SQLite database.
        """
        connection: KnownConnection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.require_in_place()
            connection = connect(self.path, readonly=self.readonly, busy_timeout=self._busy_timeout)
            with self._lock:
                self._connections.append(connection)
                self._identity = self._identity or connection.identity
            if connection.identity != self._identity:
                raise self._replaced()
            self._local.connection = connection
        return connection

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Give a connection on which several queries see one state of the store.

        Raises:
            StoreError: when SQLite refuses.
        """
        with self._noticing_damage():
            connection = self.connection()
            inside = connection.in_transaction
            try:
                # In here, since Ctrl-C may come just after it, and would leave the transaction open.
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction and not inside:
                    _end_reading(connection)

    @contextmanager
    def walk(self) -> Iterator[sqlite3.Connection]:
        """Give a connection as :meth:`read` does, for a walk over all of the store.

        Little of what was read is held in memory: none of it is read again, and what the connections of several threads
        hold adds up. So does what SQLite sorts or sets aside of as many rows, which spills over into a file in the
        folder for temporary ones; nobody else can open it, and it is gone with the query.

        Raises:
            StoreError: when SQLite refuses.
        """
        with self.read() as connection:
            connection.execute(_HOLD_LITTLE)
            connection.execute(_SORT_IN_FILES)
            try:
                yield connection
            finally:
                with suppress(sqlite3.Error):
                    connection.execute(_HOLD_MUCH)
                    connection.execute(_SORT_IN_MEMORY)

    @contextmanager
    def write(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Give a connection inside ``BEGIN IMMEDIATE``; commit at the end, roll back on any error.

        The lock is taken at once, since a transaction that reads first and writes later fails without waiting when
        another process wrote in between. A durable commit is on the disk when this returns, in the file at the path:
        one that was moved away or deleted can be written as before, and nobody would find what was.

        Raises:
            StoreBusyError: when another process holds the write lock for longer than the busy timeout.
            StoreGoneError: when the file that is open is no longer the one at the path.
            HinderedError: when the disk is full, read-only or failing.
            StoreError: when the store is damaged.
        """
        if self.damage is not None:
            raise DamagedStoreError(
                f"The store {self.path} is damaged, so it is only read; `reviewer recover OUT` saves what can be saved "
                "of it."
            )
        with self._noticing_damage():
            connection = self.connection()
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            inside = connection.in_transaction
            try:
                # In here for the same reason.
                connection.execute("BEGIN IMMEDIATE")
                self.require_in_place()
                yield connection
                self.require_in_place()
                connection.execute("COMMIT")
                self.require_in_place()
            except BaseException:
                if connection.in_transaction and not inside:
                    connection.execute("ROLLBACK")
                raise

    def require_in_place(self) -> None:
        """Check that the file that is open is still the one at the path.

        Raises:
            StoreGoneError: when it was moved away or deleted, or another one was put in its place.
        """
        if self._identity is None:
            return
        found = identity_of(self.path)
        if found is None:
            raise StoreGoneError(f"The store {self.path} was moved away or deleted while it was open; put it back.")
        if found != self._identity:
            raise self._replaced()

    def note_damage(self, error: DamagedStoreError) -> None:
        """Only read the store from now on, unless it is another file at its path that is no good."""
        if self._identity in (None, identity_of(self.path)):
            self.damage = error

    def _replaced(self) -> StoreGoneError:
        return StoreGoneError(
            f"Another file was put in the place of the store {self.path} while it was open; put the store back, or "
            "leave and open reviewer anew to go on in that file."
        )

    @contextmanager
    def _noticing_damage(self) -> Iterator[None]:
        """Keep in mind that the store is damaged, by what SQLite says or by what nobody had expected to fail."""
        try:
            with plain_sentences(self.path):
                yield
        except DamagedStoreError as error:
            self.note_damage(error)
            raise
        except (ReviewerError, OSError):  # As where nobody takes what is read.
            raise
        except Exception as error:
            # A row that is gone, or has no value where there always is one, may be all that is seen of a broken page.
            if self.damage is not None:
                raise self.damage from error
            found = find_damage(self.path)
            if not found:
                raise
            self.damage = damaged(self.path, found)
            raise self.damage from error

    def close(self) -> None:
        """Close every thread's connection. The store must not be used afterwards."""
        with self._lock:
            connections, self._connections = self._connections, []
            self._identity = None
        for connection in connections:
            connection.close()
        self._local = threading.local()


def _end_reading(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("COMMIT")
    except sqlite3.DatabaseError:
        # It has ended all the same: SQLite tells once more of what failed within it, which was told or spared there.
        if connection.in_transaction:
            raise


class KnownConnection(sqlite3.Connection):
    """A connection that has its file known as in use until it is closed."""

    _name = ""
    identity: tuple[int, int] | None = None
    """What the file system knows the file by that was opened."""
    lacking: set[str] | None = None
    """Parts of a damaged store that could not be read; None as long as it is not known to be damaged."""

    def use(self, path: Path) -> None:
        """Say which file it is."""
        self._name = take_into_use(path)
        self.identity = identity_of(path)

    def close(self) -> None:
        """Close the connection."""
        super().close()
        name, self._name = self._name, ""
        if name:
            give_up(name)


def identity_of(path: Path) -> tuple[int, int] | None:
    """Return what the file system knows the file at a path by, under whatever name; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(path: Path, *, readonly: bool = False, busy_timeout: float = BUSY_TIMEOUT_SECONDS) -> KnownConnection:
    """Open an existing store file with the pragmas that the store relies on.

    One that is frozen is opened to be read as it lies there: SQLite neither makes files beside it nor takes locks.

    Raises:
        NoStoreError: when there is no file.
        DamagedStoreError: when it is damaged.
        StoreError: when it cannot be read, or is no SQLite database.
    """
    with plain_sentences(path):
        if not path.exists():
            raise NoStoreError(f"There is no store at {path}; `reviewer import PATH --store {path}` makes one.")
        if path.is_dir():
            raise StoreError(f"{path} is a folder; --store takes a file.")
        if not os.access(path, os.R_OK):
            raise StoreError(f"The store {path} may not be read by you; check its permissions.")
        mode = ("ro&immutable=1" if is_frozen(path) else "ro") if readonly else "rw"
        # Closing happens from whichever thread ends the app; use stays with the thread that asked.
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=busy_timeout,
            check_same_thread=False,
            factory=KnownConnection,
        )
        try:
            connection.use(path)
            teach(connection)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute(_SORT_IN_MEMORY)
            connection.execute(_HOLD_MUCH)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def find_damage(path: Path, most_bytes: int = LOOKED_OVER_BYTES) -> str:
    """Return in short what SQLite finds wrong with the pages of a store; empty where it finds nothing.

    One of more bytes is not looked over, which would take longer than somebody waits.
    """
    try:
        if path.stat().st_size > most_bytes:
            return ""
        connection = connect(path, readonly=True)
        try:
            faults = find_faults(connection, path, indexes=False)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error) if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else ""
    except (OSError, ReviewerError):
        return ""
    return in_short(faults) if faults else ""


def is_frozen(path: Path) -> bool:
    """Return whether a store lies on a read-only file system, all that was written of it in the one file.

    SQLite can read it only by being told that it does not change, since the files beside it cannot be made. What
    others write meanwhile, through another mount of the same file system, is then not seen.
    """
    try:
        read_only = os.statvfs(path).f_flag & os.ST_RDONLY
    except (AttributeError, OSError):  # Where there is no such call, or no such file.
        return False
    wal, shm = (path.with_name(f"{path.name}{suffix}") for suffix in ("-wal", "-shm"))
    return bool(read_only) and not shm.exists() and not (wal.exists() and wal.stat().st_size)
