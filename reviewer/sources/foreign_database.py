"""Opening SQLite databases that belong to somebody else: for reading only, and leaving nothing behind beside them."""

import sqlite3
from pathlib import Path
from urllib.parse import quote

from reviewer.domain.errors import SourceError
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import head_of

MAGIC = b"SQLite format 3\x00"

MAX_ROW = 32 * 1024 * 1024
"""Bytes that a row may have."""


def connect(path: Path) -> sqlite3.Connection:
    """Open a foreign database for reading, leaving nothing behind beside it.

    A database in WAL mode that nobody has open is read as a file that does not change; to open it in the ordinary way
    would need the right to write, and leave two files there.

    Raises:
        SourceError: when it is in WAL mode with changes that cannot be read from where it lies.
        sqlite3.Error: when it is no database.
    """
    wal = path.with_name(path.name + "-wal")
    pending = wal.exists() and wal.stat().st_size > 0
    mode = "mode=ro" if pending or not _is_wal(path) else "mode=ro&immutable=1"
    connection = sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, isolation_level=None, timeout=5)
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_ROW)
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
    head = head_of(path)
    header = head.start[:100]
    if not header.startswith(MAGIC) or len(header) < 100:
        raise SourceError(f"{path}: is not a SQLite database, or is cut short within its first 100 bytes.")
    page = int.from_bytes(header[16:18], "big")
    page = 65536 if page == 1 else page
    stated = page * int.from_bytes(header[28:32], "big")
    size = head.size
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


def row_of(connection: sqlite3.Connection, table: str, number: int, wanted: str = "*") -> Fields:
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


def _is_wal(path: Path) -> bool:
    return head_of(path).start[18:20] == b"\x02\x02"
