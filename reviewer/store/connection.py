"""Opening the store: one connection a thread, explicit transactions, and refusals in plain sentences."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reviewer.domain.errors import (
    DamagedStoreError,
    HinderedError,
    NoStoreError,
    ReviewerError,
    StoreBusyError,
    StoreError,
    StoreGoneError,
)
from reviewer.domain.files_in_use import give_up, is_in_use, take_into_use
from reviewer.domain.folders import make_private_folder

APPLICATION_ID = 0x72767772
"""Marks a SQLite file as a store of ours (``PRAGMA application_id``), so that a foreign file is never migrated."""

MARK_ENDS_AT = 72
"""Bytes of a SQLite file up to the end of its application id."""

BUSY_TIMEOUT_SECONDS = 5.0
PAGE_SIZE = 16384

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
                    connection.execute("COMMIT")

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


class KnownConnection(sqlite3.Connection):
    """A connection that has its file known as in use until it is closed."""

    _name = ""
    identity: tuple[int, int] | None = None
    """What the file system knows the file by that was opened."""

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
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA recursive_triggers = ON")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute("PRAGMA cache_size = -16000")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            connection.close()
            raise
        return connection


def find_damage(path: Path, most_bytes: int = LOOKED_OVER_BYTES) -> str:
    """Return the first thing that SQLite finds wrong with the pages of a store; empty where it finds nothing.

    One of more bytes is not looked over, which would take longer than somebody waits.
    """
    try:
        if path.stat().st_size > most_bytes:
            return ""
        connection = connect(path, readonly=True)
        try:
            line: str = connection.execute("PRAGMA quick_check (1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        return str(error) if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else ""
    except (OSError, ReviewerError):
        return ""
    return "" if line == "ok" else line.splitlines()[-1]


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


def read_only(path: Path) -> HinderedError:
    """Return the error that says so of a store."""
    return HinderedError(f"The store {path} is read-only; make it writable, or copy it and name the copy by --store.")


def require_writable(path: Path) -> None:
    """Check that a store may be written.

    Raises:
        StoreError: when it may only be read.
    """
    if not os.access(path, os.W_OK):
        raise read_only(path)


def create_file(path: Path) -> None:
    """Create an empty store file that only its owner can read; do nothing where there is a file already.

    Page size, WAL and the mark of a store are set under another name first, so that a second process never opens a
    file that lacks them.

    Raises:
        StoreError: when the folder cannot be made or written.
    """
    import tempfile

    try:
        make_private_folder(path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        os.close(handle)
        prepared = Path(name)
        try:
            prepare_file(prepared)
            _put_in_place(prepared, path)
        finally:
            prepared.unlink(missing_ok=True)
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


def bears_our_mark(path: Path) -> bool:
    """Return whether the file has the mark of a store where SQLite keeps it, whatever else has become of it.

    One that this process has open had it when it was opened.
    """
    if is_in_use(path):
        return True
    try:
        with path.open("rb") as file:
            return file.read(MARK_ENDS_AT)[-4:] == APPLICATION_ID.to_bytes(4, "big")
    except OSError:
        return False


def damaged(path: Path, why: str) -> DamagedStoreError:
    """Return the error that says so of a store."""
    return DamagedStoreError(
        f"The store {path} is damaged ({why}); `reviewer recover OUT` saves what can be saved of it."
    )


def no_database(path: Path) -> StoreError:
    """Return the error that says so of a file."""
    return StoreError(
        f"{path} is not a SQLite database; --store names the store's file. Of a store whose beginning is lost, "
        "`reviewer recover OUT` saves what can be saved."
    )


@contextmanager
def plain_sentences(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into sentences that name the store and what to do."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _as_store_error(path, error) from error


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
        return HinderedError(
            f"The disk of {path} is full, so that what came last was not written; make room and try again."
        )
    unwritable = path.exists() and not os.access(path.parent, os.W_OK)
    if extended == sqlite3.SQLITE_READONLY_DIRECTORY or (code == sqlite3.SQLITE_CANTOPEN and unwritable):
        return HinderedError(
            f"The store {path} lies in a folder that cannot be written, where SQLite cannot open it; copy it, and "
            f"{path.name}-wal where that is there, to another folder and name the copy by --store."
        )
    if code == sqlite3.SQLITE_READONLY:
        return read_only(path)
    if code == sqlite3.SQLITE_IOERR:
        return HinderedError(
            f"The store {path} could not be read or written ({error}); look at its disk, and try again."
        )
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return HinderedError(
            f"The store {path} cannot be opened ({error}); check the path, its folder and permissions."
        )
    return ReviewerError(f"The store {path} refused: {error}.")
