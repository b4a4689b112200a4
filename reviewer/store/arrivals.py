"""The order in which imports brought the revisions of a method: for the first time, and again after another one."""

import sqlite3
from typing import NamedTuple

from reviewer.store import rows
from reviewer.store.rows import RETURNS_FROM


class Arrival(NamedTuple):
    """That an import brought a revision of a part, which counts from then on."""

    part: str
    revision_id: int
    import_id: int


def record_return(connection: sqlite3.Connection, revision_id: int, import_id: int) -> None:
    """Write that an import brought an earlier revision again, after all that has come so far."""
    connection.execute(
        "INSERT INTO returns (id, revision_id, import_id) VALUES (?, ?, ?)",
        (RETURNS_FROM + rows.next_id(connection, "revisions"), revision_id, import_id),
    )


def arrivals_of(connection: sqlite3.Connection, method_id: int) -> list[Arrival]:
    """Return what has come of a method and is still there, the first one first.

    Returns without a number, of earlier reviewers, stand behind what their import and those before it brought first.
    """
    first = connection.execute(
        "SELECT id, part, import_id FROM revisions WHERE method_id = ? ORDER BY id", (method_id,)
    ).fetchall()
    again = connection.execute(
        "SELECT b.id, r.part, r.id, b.import_id FROM revisions r CROSS JOIN returns b ON b.revision_id = r.id "
        "WHERE r.method_id = ?",
        (method_id,),
    ).fetchall()
    came = [((row_id, 0), Arrival(part, row_id, import_id)) for row_id, part, import_id in first]
    for row_id, part, revision_id, import_id in again:
        if row_id >= RETURNS_FROM:
            when = (row_id - RETURNS_FROM, 0)
        else:
            when = (max((i for i, _, by in first if by <= import_id), default=0), row_id)
        came.append((when, Arrival(part, revision_id, import_id)))
    return [arrival for _, arrival in sorted(came)]
