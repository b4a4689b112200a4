"""Reading as far as a damaged store can be read: each part fails by itself, and what follows from the rest is computed.

Nothing of this is done to a store until it is found to be damaged. Of one that is, nothing is written.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from reviewer.domain.errors import DamagedStoreError
from reviewer.store.connection import KnownConnection, Store
from reviewer.store.sql_names import quoted

T = TypeVar("T")


def spared(connection: sqlite3.Connection, part: str, read: Callable[[], T]) -> T | None:
    """Return what is read; in a damaged store, where it cannot be, note that the part is lacking and return None.

    Raises:
        Exception: whatever goes wrong in a store that is not known to be damaged.
    """
    if not isinstance(connection, KnownConnection) or connection.lacking is None:
        return read()
    try:
        return read()
    except Exception:  # A page of noise may pass for rows with anything in them.
        connection.lacking.add(part)
        return None


def is_sparing(connection: sqlite3.Connection) -> bool:
    """Return whether the store is known to be damaged, so that parts are read one by one."""
    return isinstance(connection, KnownConnection) and connection.lacking is not None


def require_unbroken(connection: sqlite3.Connection, table: str) -> None:
    """Check a table of a store that is known to be damaged: one that lost rows may read as one that never had them.

    Raises:
        DamagedStoreError: when it is broken.
    """
    if is_sparing(connection) and not _is_readable(connection, table):
        raise DamagedStoreError(f"The table {table} is broken.")


def lacking(connection: sqlite3.Connection) -> frozenset[str]:
    """Return which parts could not be read since this was last asked."""
    if not isinstance(connection, KnownConnection) or connection.lacking is None:
        return frozenset()
    found = frozenset(connection.lacking)
    connection.lacking.clear()
    return found


def as_far_as_readable(store: Store, read: Callable[[sqlite3.Connection], T]) -> T:
    """Read; where the store is found to be damaged only now, read once more, sparing what can be spared.

    Raises:
        StoreError: when it cannot be read all the same.
    """
    if store.damage is None:
        try:
            with store.read() as connection:
                return read(connection)
        except DamagedStoreError:
            if store.damage is None:  # It is another file at its path.
                raise
    _spare(store.connection())
    with store.read() as connection:
        return read(connection)


def _spare(connection: sqlite3.Connection) -> None:
    """From now on spare what cannot be read; tables of this connection stand in for those that are computed anew."""
    if is_sparing(connection) or not isinstance(connection, KnownConnection):
        return
    connection.lacking = set()
    # Loaded only here, since all that reads a store is loaded before the first paint.
    from reviewer.store.annotations import rebuild_counts, rebuild_judgements

    # Judgements first, since they are counted.
    for table, rebuild in (("current_judgements", rebuild_judgements), ("counts", rebuild_counts)):
        if _is_readable(connection, table):
            continue
        _stand_in(connection, table)
        connection.execute("BEGIN")
        try:
            rebuild(connection)
            connection.execute("COMMIT")
        except Exception:  # A page of noise may pass for rows with anything in them.
            # Half of the events may add up to what nobody ever held: none of them counts then.
            connection.execute("ROLLBACK")


def _is_readable(connection: sqlite3.Connection, table: str) -> bool:
    try:
        return bool(connection.execute(f"PRAGMA main.quick_check ({table})").fetchone() == ("ok",))
    except sqlite3.DatabaseError:
        return False


def _stand_in(connection: sqlite3.Connection, table: str) -> None:
    """Make an empty table of this connection alone, whose name goes before that of the store's."""
    described = connection.execute(f"PRAGMA main.table_info ({table})").fetchall()
    columns = ", ".join(f"{quoted(row[1])}{' INTEGER PRIMARY KEY' if row[5] else ''}" for row in described)
    connection.execute(f"CREATE TEMP TABLE {table} ({columns})")
    for n, (_, name, is_unique, *_) in enumerate(connection.execute(f"PRAGMA main.index_list ({table})").fetchall()):
        if is_unique:
            found = connection.execute(f"PRAGMA main.index_info ({quoted(name)})").fetchall()
            of = ", ".join(quoted(row[2]) for row in found)
            connection.execute(f"CREATE UNIQUE INDEX temp.stand_in_{table}_{n} ON {table} ({of})")
