"""What a method's own columns said before an import changed them, so that withdrawing the import sets them back."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from reviewer.domain.vocabulary import Role
from reviewer.store.problems import ROLE_COUNT, add_to_count

Connection = sqlite3.Connection
Heading = tuple[Any, ...]
"""A method's own columns, in the order of ``HEADING``."""

HEADING = ("role", "origin", "bound", "title", "agent", "run", "parent", "idea", "family", "created_at")
_COLUMNS = ", ".join(HEADING)


def heading(connection: Connection, method_id: int) -> Heading:
    """Return what a method's own columns say now."""
    row: Heading = connection.execute(f"SELECT {_COLUMNS} FROM methods WHERE id = ?", (method_id,)).fetchone()
    return row


def correct_heading(connection: Connection, method_id: int, after: Heading, *, import_id: int) -> None:
    """Set a method's own columns, keep what they said before, and count the method under its role.

    What says the same as before is kept too: it holds when the import that said it first is withdrawn.
    """
    before = heading(connection, method_id)
    connection.execute(
        f"INSERT INTO method_history (method_id, import_id, {_COLUMNS}) VALUES (?, ?{', ?' * len(HEADING)})",
        (method_id, import_id, *before),
    )
    _set(connection, method_id, before, after)


def take_back_heading(connection: Connection, method_id: int, import_id: int) -> None:
    """Set back what an import changed of a method's own columns; what a later import made of them stands."""
    rows: Sequence[tuple[Any, ...]] = connection.execute(
        f"SELECT id, import_id, {_COLUMNS} FROM method_history WHERE method_id = ? ORDER BY id DESC", (method_id,)
    ).fetchall()
    later = None
    for row_id, changed_by, *said in rows:
        if changed_by != import_id:
            later = row_id
            continue
        if later is None:
            _set(connection, method_id, heading(connection, method_id), tuple(said))
        else:
            assignments = ", ".join(f"{column} = ?" for column in HEADING)
            connection.execute(f"UPDATE method_history SET {assignments} WHERE id = ?", (*said, later))
        connection.execute("DELETE FROM method_history WHERE id = ?", (row_id,))


def _set(connection: Connection, method_id: int, before: Heading, after: Heading) -> None:
    if after == before:
        return
    assignments = ", ".join(f"{column} = ?" for column in HEADING)
    connection.execute(f"UPDATE methods SET {assignments} WHERE id = ?", (*after, method_id))
    if after[0] != before[0]:
        (problem_id,) = connection.execute("SELECT problem_id FROM methods WHERE id = ?", (method_id,)).fetchone()
        add_to_count(connection, problem_id, 0, ROLE_COUNT[Role(before[0])], -1)
        add_to_count(connection, problem_id, 0, ROLE_COUNT[Role(after[0])], 1)
