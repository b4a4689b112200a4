"""Which items of a critique a reviewer found useful. Marks are only added: the last one on an item counts."""

import sqlite3
from collections.abc import Mapping

from reviewer.domain.identity import new_id

Connection = sqlite3.Connection

MARK_COLUMNS = ("uuid", "critique_id", "reviewer_id", "item", "useful", "at")


def item_named(constraint: str, number: int) -> str:
    """Return the name of a failure mode: its constraint, and its place among all that the answer has of it, from 0.

    Those that are not shown count too, so that it is the same however the answer is read.
    """
    return f"{constraint}/{number}"


def set_mark(
    connection: Connection, critique_id: int, reviewer_id: int, item: str, useful: bool | None, now: str
) -> None:
    """Say that an item was useful or was not; None takes back what was said. In the caller's transaction."""
    connection.execute(
        f"INSERT INTO critique_marks ({', '.join(MARK_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
        (new_id(), critique_id, reviewer_id, item, useful, now),
    )


def marks_of(connection: Connection, critique_id: int, reviewer_id: int) -> Mapping[str, bool]:
    """Return what a reviewer says now of the items of a critique; those of which nothing is said are left out."""
    rows = connection.execute(
        "SELECT item, useful FROM critique_marks WHERE critique_id = ? AND reviewer_id = ? ORDER BY at, uuid",
        (critique_id, reviewer_id),
    ).fetchall()
    return {item: bool(useful) for item, useful in dict(rows).items() if useful is not None}
