"""Short texts by key, any number of them in little memory: the latest here, the rest in a temporary file of SQLite's.

A reader keeps so what it must remember of every record until it has read all: ids, commits, the names of ideas.
"""

import sqlite3
from typing import Any

from reviewer.domain.errors import SourceError

KEPT = 16_384
"""Texts held in memory before they are put aside."""

_BYTES = (1 << 20) - 1
_PUT = "INSERT OR REPLACE INTO texts (key, text) VALUES (?, ?)"


class TextsAside:
    """Texts by key, which may be anything with a hash. It is held by that hash of 64 bits: the keys are not kept."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._latest: dict[int, str] = {}
        self._aside: sqlite3.Connection | None = None
        self._filter = bytearray()
        """A bit for each key that may be aside, so that what is met for the first time needs no look there."""

    def __setitem__(self, key: Any, text: str) -> None:
        """Keep a text; one that was there goes."""
        self._latest[hash(key)] = text
        if len(self._latest) >= self._kept:
            self._put_aside()

    def get(self, key: Any, default: str = "") -> str:
        """Return the text of a key."""
        number = hash(key)
        found = self._latest.get(number)
        if found is None and self._aside is not None and self._may_be_aside(number):
            found = self._looked_up(self._aside, number)
        return default if found is None else found

    def setdefault(self, key: Any, text: str) -> str:
        """Return the text of a key; where there is none, keep this one."""
        number = hash(key)
        found = self._latest.get(number)
        if found is None and self._aside is not None and self._may_be_aside(number):
            found = self._looked_up(self._aside, number)
        if found is not None:
            return found
        self._latest[number] = text
        if len(self._latest) >= self._kept:
            self._put_aside()
        return text

    def _may_be_aside(self, number: int) -> bool:
        return bool(self._filter[number >> 3 & _BYTES] & 1 << (number & 7))

    def _looked_up(self, aside: sqlite3.Connection, number: int) -> str | None:
        row = aside.execute("SELECT text FROM texts WHERE key = ?", (number,)).fetchone()
        return None if row is None else row[0].decode("utf-8", "surrogatepass")

    def _put_aside(self) -> None:
        try:
            aside = self._aside = self._aside or _temporary()
            # In one transaction, and in the order of the keys, which spares most of the way through the file.
            aside.execute("BEGIN")
            aside.executemany(_PUT, ((key, _encoded(text)) for key, text in sorted(self._latest.items())))
            aside.execute("COMMIT")
        except sqlite3.Error as error:
            raise SourceError(
                f"What is known of the records so far could not be put into a temporary file ({error}); make room for "
                "it, or name another folder by SQLITE_TMPDIR."
            ) from error
        self._filter = self._filter or bytearray(_BYTES + 1)
        held = self._filter
        for number in self._latest:
            held[number >> 3 & _BYTES] |= 1 << (number & 7)
        self._latest.clear()


def _encoded(text: str) -> bytes:
    # The name of a file need not be UTF-8, which a text of SQLite's must.
    return text.encode("utf-8", "surrogatepass")


def _temporary() -> sqlite3.Connection:
    """Return a database that SQLite keeps in a file without a name, which goes with the connection."""
    connection = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -3000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE texts (key INTEGER PRIMARY KEY, text BLOB NOT NULL)")
    return connection
