"""The rows of a damaged store, written into a new one as far as they can be read, and what is known of lost ones.

What indexes have of rows stands beside each table in a temporary one, ``seen_`` and its name, while the store is open.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from reviewer.domain.pieces import in_pieces
from reviewer.store.connection import Store
from reviewer.store.salvage import Salvage, insertion

ROWS_AT_ONCE = 2000


class SalvagedRows:
    """How many rows of each table were read, and how many there are known to have been."""

    def __init__(self, salvage: Salvage, store: Store) -> None:
        self._salvage = salvage
        self._store = store
        self.read: dict[str, int] = {}
        self.known: dict[str, int] = {}
        self._unlisted: set[str] = set()
        """Tables with rows that were read and that no index has."""

    def take_rows(self, tables: Sequence[str]) -> None:
        """Write every row that can be read, and what indexes have of the others."""
        connection = self._store.connection()
        triggers = drop_triggers(connection)
        for name in tables:
            shape = self._salvage.shapes[name]
            for some in in_pieces(self._salvage.rows(name), ROWS_AT_ONCE):
                with self._store.write(durable=False):
                    for row in some:
                        try_to_write(connection, *insertion(shape, row))
            self.read[name] = how_many(connection, name)
            columns = ", ".join(f"{c} INTEGER PRIMARY KEY" if c == "id" else c for c in shape.columns)
            connection.execute(f"CREATE TEMP TABLE seen_{name} ({columns})")
            if not self._salvage.is_whole:
                self._take_entries(name)
                if how_many(connection, name, f"id NOT IN (SELECT id FROM seen_{name})"):
                    self._unlisted.add(name)
            self.known[name] = self.read[name] + how_many(
                connection, f"seen_{name}", f"id NOT IN (SELECT id FROM {name})"
            )
        if not self._salvage.is_whole:
            self._see_events_elsewhere()
        with self._store.write(durable=False):
            for statement in triggers:
                connection.execute(statement)

    def _take_entries(self, name: str) -> None:
        connection = self._store.connection()
        for index, columns in self._salvage.shapes[name].indexes.items():
            own = [column for column in columns if column != "id"]
            places = [columns.index(column) for column in own]
            changes = ", ".join(f"{c} = excluded.{c}" for c in own)
            statement = (
                f"INSERT INTO seen_{name} ({', '.join(['id', *own])}) VALUES ({', '.join('?' * (1 + len(own)))}) "
                f"ON CONFLICT (id) DO UPDATE SET {changes}"
            )
            for page in self._salvage.entries(name, index):
                entries = [(row_id, *(values[place] for place in places)) for row_id, values in page]
                if _agree(connection, name, own, entries):
                    for entry in entries:
                        try_to_write(connection, statement, entry)

    def _see_events_elsewhere(self) -> None:
        """Know of events by the judgements that they add up to, and by their numbers, of which none is left out."""
        connection = self._store.connection()
        known = {
            row_id
            for (row_id,) in connection.execute("SELECT id FROM annotations UNION SELECT id FROM seen_annotations")
        }
        columns = self._salvage.shapes["current_judgements"].columns
        place = columns.index("annotation_id")
        for row in self._salvage.rows("current_judgements"):
            if len(row.values) == len(columns) and isinstance(event := row.values[place], int):
                known.add(event)
        at_least = max(known) if known and min(known) > 0 else 0
        self.known["annotations"] = max(len(known), at_least)

    def may_lack(self, table: str) -> bool:
        """Return whether rows of a table may be lost of which no index tells."""
        if self._salvage.is_whole:
            return False
        if not self.read[table]:
            # A root that looks like that of an empty table may be one of the pages that are broken.
            return True
        broken = self._salvage.reading.broken_in
        # So may that of an index, which then lacks rows that are there.
        lacks = table in self._unlisted or not broken.isdisjoint(self._salvage.shapes[table].indexes)
        return table in broken and lacks


def drop_triggers(connection: sqlite3.Connection) -> list[str]:
    """Drop every trigger, and return what creates them again."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def _agree(connection: sqlite3.Connection, table: str, columns: Sequence[str], entries: Sequence[Any]) -> bool:
    """Return whether entries of an index are of this table: of the rows that are there, most say the same.

    One alone may do so by chance, where a page of another table's index lies in the place of one.
    """
    select = f"SELECT {', '.join(['id', *columns])} FROM {table} WHERE id = ?"
    there = [(entry, row) for entry in entries if (row := connection.execute(select, entry[:1]).fetchone())]
    return 2 * sum(bool(entry == row) for entry, row in there) >= len(there)


def try_to_write(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> bool:
    """Write a row where it is such as the table takes; return whether it was written."""
    try:
        return connection.execute(statement, values).rowcount > 0
    except (sqlite3.IntegrityError, OverflowError):
        return False


def how_many(connection: sqlite3.Connection, table: str, where: str = "true") -> int:
    """Return how many rows of a table meet a condition."""
    n: int = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()[0]
    return n
