"""Rows between being read and being joined: on the disk, since those of one method may stand anywhere in a file.

They lie in a database of its own, which SQLite keeps in a temporary file and takes away by itself.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple, Self

from reviewer.domain.errors import HinderedError
from reviewer.sources.json_rows import flat_cells, flat_numbers
from reviewer.sources.raw_rows import RawRow

_TABLES = (
    "PRAGMA journal_mode = OFF",
    "CREATE TABLE methods (number INTEGER PRIMARY KEY, problem TEXT, namespace TEXT, id TEXT, digest TEXT, place TEXT, "
    "UNIQUE (problem, namespace, id))",
    "CREATE TABLE rows (method INTEGER, number INTEGER, row TEXT, PRIMARY KEY (method, number)) WITHOUT ROWID",
    "BEGIN",
)


Key = tuple[str, str, str]
"""How a method is known: by its problem, its namespace and its id."""


class Seen(NamedTuple):
    """What was seen of a method first: the hash of what it says, and where."""

    digest: str
    place: str


class RowsAside:
    """The rows of one file, put aside by their methods. Every method raises HinderedError when there is no room."""

    def __init__(self) -> None:
        with _in_words():
            self._connection = sqlite3.connect("", isolation_level=None)
            for statement in _TABLES:
                self._connection.execute(statement)
        self._number = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def first_sight(self, key: Key, digest: str, place: str) -> Seen | None:
        """Return what was seen of a method before; None where this is the first of it."""
        with _in_words():
            if self._connection.execute(
                "INSERT OR IGNORE INTO methods (problem, namespace, id, digest, place) VALUES (?, ?, ?, ?, ?)",
                (*key, digest, place),
            ).rowcount:
                return None
            found = self._connection.execute(
                "SELECT digest, place FROM methods WHERE problem = ? AND namespace = ? AND id = ?", key
            ).fetchone()
        return Seen(*found)

    def put(self, key: Key, row: RawRow) -> None:
        """Put a row aside, among those of its method."""
        self._number += 1
        with _in_words():
            self._connection.execute("INSERT OR IGNORE INTO methods (problem, namespace, id) VALUES (?, ?, ?)", key)
            self._connection.execute(
                "INSERT INTO rows SELECT number, ?, ? FROM methods WHERE problem = ? AND namespace = ? AND id = ?",
                (self._number, _written(row), *key),
            )

    def methods(self) -> Iterator[Iterator[RawRow]]:
        """Yield the rows of each method, in the order in which the methods, and the rows of each, were put aside."""
        with _in_words():
            numbers = self._connection.execute("SELECT number FROM methods ORDER BY number")
            for (number,) in numbers:
                yield self._rows(number)

    def _rows(self, method: int) -> Iterator[RawRow]:
        with _in_words():
            found = self._connection.execute("SELECT row FROM rows WHERE method = ? ORDER BY number", (method,))
            for (row,) in found:
                yield _raw_row(row)


def _written(row: RawRow) -> str:
    return json.dumps([row.place, row.record, row.record is row.cells])


def _raw_row(written: str) -> RawRow:
    place, record, is_cells = json.loads(written)
    return (
        RawRow(place, record, record) if is_cells else RawRow(place, flat_cells(record), record, flat_numbers(record))
    )


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise HinderedError(
            f"The rows could not be put aside ({error}); make room where temporary files lie, or name another folder "
            "by SQLITE_TMPDIR."
        ) from error
