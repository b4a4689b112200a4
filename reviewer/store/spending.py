"""What Claude has cost, where what was set aside counts until the bill is known; and whether spending is stopped."""

import sqlite3
from typing import NamedTuple

from reviewer.domain.identity import new_id

Connection = sqlite3.Connection

STOP_COLUMNS = ("uuid", "reason", "said_by", "at")


class Spent(NamedTuple):
    """What was spent in millionths of a dollar, since the beginning of a day and in all.

    ``set_aside`` is how much of the whole is not known to have been billed: what was set aside for it counts.
    """

    day: int
    whole: int
    set_aside: int
    calls: int


def spent_so_far(connection: Connection, day_began: str) -> Spent:
    """Return what was spent since ``day_began``, a time as it is written down, and in all."""
    row = connection.execute(
        "SELECT coalesce(sum(CASE WHEN sent_at >= ? THEN coalesce(spent, reserved) END), 0), "
        "coalesce(sum(coalesce(spent, reserved)), 0), coalesce(sum(CASE WHEN spent IS NULL THEN reserved END), 0), "
        "count(*) FROM critiques",
        (day_began,),
    ).fetchone()
    return Spent(*row)


def stopped_for(connection: Connection) -> str:
    """Return why nothing is sent; empty where nothing stops it."""
    row = connection.execute("SELECT reason FROM spending_stops ORDER BY at DESC, uuid DESC LIMIT 1").fetchone()
    return row[0] if row else ""


def stop_spending(connection: Connection, reason: str, *, said_by: str, now: str) -> None:
    """Send nothing more until somebody says go on, which an empty reason does; in the caller's transaction."""
    connection.execute(
        f"INSERT INTO spending_stops ({', '.join(STOP_COLUMNS)}) VALUES (?, ?, ?, ?)", (new_id(), reason, said_by, now)
    )
