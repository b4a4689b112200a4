"""Who had a critique before them, when, for how long, and at which event their judgement stood before."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from reviewer.domain.identity import new_id

Connection = sqlite3.Connection

READING_COLUMNS = ("uuid", "critique_id", "reviewer_id", "judgement", "shown_at", "seconds")


class CritiqueReading(NamedTuple):
    """One look at a critique. ``judgement`` is the event that the reviewer's judgement stood at before, or None."""

    uuid: str
    critique_id: int
    reviewer_id: int
    judgement: str | None
    shown_at: str
    seconds: float


def note_reading(
    connection: Connection,
    critique_id: int,
    reviewer_id: int,
    judgement: str | None,
    shown_at: str,
    seconds: float,
) -> None:
    """Write down that a reviewer had a critique before them, in the caller's transaction."""
    connection.execute(
        f"INSERT INTO critique_readings ({', '.join(READING_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
        (new_id(), critique_id, reviewer_id, judgement, shown_at, seconds),
    )


def readings_of(connection: Connection, critique_id: int, reviewer_id: int) -> tuple[CritiqueReading, ...]:
    """Return every time that a reviewer had a critique before them, the first first."""
    return _read(connection, "r.critique_id = ? AND r.reviewer_id = ?", (critique_id, reviewer_id))


def readings_on(connection: Connection, method_id: int, reviewer_id: int) -> tuple[CritiqueReading, ...]:
    """Return every time that a reviewer had a critique of a proposal before them, the first first."""
    return _read(connection, "c.method_id = ? AND r.reviewer_id = ?", (method_id, reviewer_id))


def last_call_shown(connection: Connection, method_id: int, reviewer_id: int) -> str | None:
    """Return the call whose critique of a proposal a reviewer had before them last, or None where there was none."""
    row = connection.execute(
        "SELECT c.call FROM critiques c JOIN critique_readings r ON r.critique_id = c.id "
        "WHERE c.method_id = ? AND r.reviewer_id = ? ORDER BY r.shown_at DESC, r.uuid DESC LIMIT 1",
        (method_id, reviewer_id),
    ).fetchone()
    return None if row is None else str(row[0])


def _read(connection: Connection, which: str, values: Sequence[int]) -> tuple[CritiqueReading, ...]:
    rows = connection.execute(
        f"SELECT {', '.join(f'r.{name}' for name in READING_COLUMNS)} FROM critiques c "
        f"JOIN critique_readings r ON r.critique_id = c.id WHERE {which} ORDER BY r.shown_at, r.uuid",
        values,
    ).fetchall()
    return tuple(map(CritiqueReading._make, rows))
