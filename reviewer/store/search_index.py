"""The search index over the text that methods show: new and changed ones wait for it, and are put into it in batches.

A method whose text was just written stands in ``unindexed`` (a trigger sees to that, whoever wrote it), and search does
not find it. Whoever wants it found calls one of these: an import at its end, the app when it opens, doctor.
"""

import sqlite3
from collections.abc import Callable

from reviewer.store.connection import Store

INDEXED_AT_ONCE = 200
"""Methods put into the index in one transaction; with ``CHARACTERS_AT_ONCE`` they hold the lock for some 15 ms."""

CHARACTERS_AT_ONCE = 200_000


def unindexed(connection: sqlite3.Connection) -> int:
    """Return how many methods search does not find yet. It is quick: they have a table of their own."""
    n: int = connection.execute("SELECT count(*) FROM unindexed").fetchone()[0]
    return n


def index_some(connection: sqlite3.Connection, limit: int = INDEXED_AT_ONCE, characters: int | None = None) -> int:
    """Put up to ``limit`` waiting methods into the search index, oldest first; return how many.

    It runs inside the caller's transaction and takes fewer where their texts have more than so many ``characters``, or
    else ``CHARACTERS_AT_ONCE``. 0 means that none waits.
    """
    # Not by the view ``searchable``: at the right of an outer join SQLite would make it whole, for every batch. And as
    # one row: for each that it fetches a thread waits for the others anew.
    n, last = connection.execute(
        "SELECT count(*), max(id) FROM (SELECT id, sum(characters) OVER (ORDER BY id) - characters AS before FROM "
        "(SELECT u.id, coalesce(length(r.hypothesis) + length(r.body), 0) AS characters FROM unindexed u "
        "LEFT JOIN methods m ON m.id = u.id LEFT JOIN revisions r ON r.id = m.revision_id ORDER BY u.id LIMIT ?)) "
        "WHERE before < ?",
        (limit, characters or CHARACTERS_AT_ONCE),
    ).fetchone()
    if n:
        connection.execute(
            "INSERT INTO search_index (rowid, title, hypothesis, body) SELECT m.id, r.title, r.hypothesis, r.body "
            "FROM unindexed u CROSS JOIN methods m ON m.id = u.id CROSS JOIN revisions r ON r.id = m.revision_id "
            "WHERE u.id <= ? ORDER BY u.id",
            (last,),
        )
        connection.execute("DELETE FROM unindexed WHERE id <= ?", (last,))
    return int(n)


def index_all(
    store: Store, cancelled: Callable[[], bool] = lambda: False, progress: Callable[[int], object] = lambda done: None
) -> int:
    """Put every waiting method into the search index, batch by batch, until ``cancelled``; return how many.

    ``progress`` is told after each batch how many there are so far.

    Raises:
        StoreError: when the store cannot be written; what was indexed before stays.
    """
    total = 0
    while not cancelled():
        with store.write(durable=False) as connection:
            n = index_some(connection)
        if not n:
            break
        total += n
        progress(total)
    return total


def rebuild_index(connection: sqlite3.Connection) -> None:
    """Make the search index anew from every method's text, in the caller's transaction: some 14 s for 100,000."""
    connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    connection.execute("DELETE FROM unindexed")
