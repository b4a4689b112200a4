"""Opening SQLite databases that belong to somebody else: for reading only, and leaving nothing behind beside them."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from reviewer.domain.errors import SourceError
from reviewer.sources.contract import RECOGNITION_BYTES, Head
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import reason as why_refused
from reviewer.sources.files import size_of

MAGIC = b"SQLite format 3\x00"

MAX_ROW = 32 * 1024 * 1024
"""Bytes that a row may have."""

SCHEMA_BYTES = RECOGNITION_BYTES // 4
"""How much is read of a database's schema to find out whose it is, some ten times what one has."""

_STEPS_A_TABLE = 8
"""Steps of SQLite's machine, at least, for each table or index that it reads in a schema."""


def connect(path: Path, *, as_it_lies: bool = False, most_bytes: int | None = None) -> sqlite3.Connection:
    """Open a foreign database for reading, leaving nothing behind beside it.

    A database in WAL mode that nobody has open is read as a file that does not change; to open it in the ordinary way
    would need the right to write, and leave two files there. So is any one with ``as_it_lies``, whatever stands in the
    files beside it. ``most_bytes`` is about as much as a query may read.

    Raises:
        SourceError: when it is in WAL mode with changes that cannot be read from where it lies.
        sqlite3.Error: when it is no database, or more would have to be read.
    """
    wal = path.with_name(path.name + "-wal")
    pending = not as_it_lies and _has_pending_changes(path)
    mode = "mode=ro" if pending or not (as_it_lies or _is_wal(path)) else "mode=ro&immutable=1"
    steps = None if most_bytes is None else _STEPS_A_TABLE * most_bytes // _page_bytes(path)
    connection = sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, isolation_level=None, timeout=5)
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most_bytes or MAX_ROW)
        if steps is not None:
            connection.set_progress_handler(lambda: 1, steps)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:
        connection.close()
        # SQLite quotes what is wrong with a schema letter by letter, and Python takes every error for a text.
        raise sqlite3.DatabaseError("malformed database schema") from error
    except sqlite3.Error as error:
        connection.close()
        if pending and isinstance(error, sqlite3.OperationalError):
            raise SourceError(
                f"{path}: the last changes stand in {wal.name} and cannot be read from this folder ({error}); "
                "copy both files to a folder of your own and import that."
            ) from error
        raise
    return connection


def refuse_truncated(path: Path) -> None:
    """Raise SourceError when the file is shorter than its own header says; SQLite finds out only on the way."""
    header = _header(path)
    if not header.startswith(MAGIC) or len(header) < 100:
        raise SourceError(f"{path}: is not a SQLite database, or is cut short within its first 100 bytes.")
    stated = _page_bytes(path) * int.from_bytes(header[28:32], "big")
    size = size_of((path,))
    # The count of pages counts only where the same write set both change counters (SQLite file format, 1.3.7).
    if header[24:28] == header[92:96] and size < stated:
        raise SourceError(
            f"{path}: is cut short: the database says {stated:,} bytes, the file has {size:,}; fetch it again."
        )


def mend_text(connection: sqlite3.Connection) -> list[bytes]:
    """Have text that is not UTF-8 read with U+FFFD in its place; return a list that then has an entry for each such."""
    mended: list[bytes] = []

    def decoded(value: bytes) -> str:
        try:
            return value.decode()
        except UnicodeDecodeError:
            mended.append(value[:1])
            return value.decode("utf-8", "replace")

    connection.text_factory = decoded
    return mended


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """Return the names of a table's columns; none where there is no such table."""
    return [row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def row_numbers(connection: sqlite3.Connection, table: str) -> list[int]:
    """Return the row numbers of a table, none where there is no such table."""
    if not columns(connection, table):
        return []
    return [row[0] for row in connection.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')]


def database_row(connection: sqlite3.Connection, table: str, number: int, wanted: str = "*") -> Fields:
    """Return one row; ``wanted`` has the columns as SQL.

    Raises:
        BadFieldError: when it is no longer there.
    """
    # One query a row: a row that is too large or damaged then costs itself alone, not all that follow it.
    row = connection.execute(f'SELECT {wanted} FROM "{table}" WHERE rowid = ?', (number,)).fetchone()
    if row is None:
        raise BadFieldError("was deleted while the file was read")
    return dict(row)


def reason(error: Exception) -> str:
    """Return why a row could not be taken, without its place."""
    if isinstance(error, sqlite3.DataError):
        return f"a field is longer than {MAX_ROW // 2**20} MiB"
    return f"cannot be read: {error}" if isinstance(error, sqlite3.Error) else str(error)


def holds_table(head: Head, table: str, needed: Collection[str], marks: Collection[bytes]) -> bool:
    """Tell whether a file is a SQLite database that has a table with the columns that are needed.

    Where it cannot be opened, the text of its schema at the beginning of the file decides, by all of the ``marks``: so
    a damaged one is told as such and not as a file of no known format.
    """
    if not head.start.startswith(MAGIC):
        return False
    for as_it_lies in (True, False):
        try:
            with closing(connect(head.path, as_it_lies=as_it_lies, most_bytes=SCHEMA_BYTES)) as connection:
                if set(columns(connection, table)) >= set(needed):
                    return True
        except (sqlite3.Error, SourceError):
            if all(mark in head.start for mark in marks):
                return True
        if not _has_pending_changes(head.path):
            return False
    return False


def _has_pending_changes(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _is_wal(path: Path) -> bool:
    return _header(path)[18:20] == b"\x02\x02"


def _header(path: Path) -> bytes:
    """Return the first 100 bytes, in which a database says what it is; fewer where the file has not so many."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(100)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({why_refused(error)}); check its permissions.") from error


def _page_bytes(path: Path) -> int:
    stated = int.from_bytes(_header(path)[16:18], "big")
    return 65536 if stated <= 1 else stated
