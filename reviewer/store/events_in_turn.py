"""The events of each reviewer on each proposal in turn, from which follows what they hold and what they said first."""

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from reviewer.domain.event_turns import in_turn
from reviewer.store.turns import TURN

PIECE = 1000


class EventRow(NamedTuple):
    """An event as far as what a reviewer holds follows from it."""

    method_id: int
    reviewer_id: int
    id: int
    event_id: str
    supersedes: str | None
    at: str
    snapshot: str
    revision_id: int
    rubric: str
    target_version: int | None
    baseline_id: int | None
    visible: str
    seconds: float
    stage: str | None
    kind: str
    turn: str


_EVENTS = (
    "SELECT method_id, reviewer_id, id, uuid, supersedes, created_at, snapshot, "
    "coalesce(judged_revision_id, revision_id), rubric, target_version, baseline_id, visible, seconds, stage, "
    f"kind, {TURN.format(x='')} FROM annotations"
)


def events_of_pair(connection: sqlite3.Connection, method_id: int, reviewer_id: int) -> list[EventRow]:
    """Return the events of one reviewer on one proposal in turn."""
    rows = connection.execute(
        f"{_EVENTS} WHERE method_id = ? AND reviewer_id = ? ORDER BY id", (method_id, reviewer_id)
    )
    return in_turn(_bridged(map(EventRow._make, rows.fetchall())))


def _bridged(rows: Iterable[EventRow]) -> Iterator[EventRow]:
    """Yield events as they stand; one that superseded what was lost to damage comes after the one before it."""
    written = list(rows)
    there = {row.event_id for row in written}
    for before, row in zip((None, *written), written, strict=False):
        lost = row.supersedes is not None and row.supersedes not in there
        yield row._replace(supersedes=before.event_id if before else None) if lost else row


def all_events_in_turn(connection: sqlite3.Connection) -> Iterator[list[EventRow]]:
    """Yield the events of each reviewer on each proposal in turn, proposal by proposal."""
    for _, rows in groupby(_streamed(connection), key=itemgetter(0, 1)):
        yield in_turn(_bridged(rows))


def _streamed(connection: sqlite3.Connection) -> Iterator[EventRow]:
    # Fetched in pieces: the events of years fit no memory. The index has them in this order, so that nothing is sorted.
    cursor = connection.execute(f"{_EVENTS} ORDER BY method_id, reviewer_id, id")
    while rows := cursor.fetchmany(PIECE):
        yield from map(EventRow._make, rows)
