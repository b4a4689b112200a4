"""When an event has its turn among what its reviewer did, on whatever machines that was.

As a rule that is its time. Where a clock stood behind what the same person had done before, as on another machine, the
event names a later turn itself: what one has just done is what one takes back first. A review from a file that says no
time comes before all others, whenever it was taken in.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import takewhile
from typing import Literal, NamedTuple

from reviewer.domain.event_turns import in_turn
from reviewer.domain.identity import a_moment_later, is_timestamp, milliseconds_of, timestamp_of
from reviewer.store.acts import Record

Connection = sqlite3.Connection

NAMED = "turn"
"""Under which name ``visible`` has the turn of an event that does not go by its time."""

FIRST = ""
"""The turn of what comes before all that has a time."""

TURN = (
    "CASE instr({x}visible, '\"turn\"') WHEN 0 THEN {x}created_at "
    "ELSE coalesce(json_extract({x}visible, '$.turn'), {x}created_at) END"
)
"""The turn of an event in a query, for ``str.format``; ``x`` is the table with its point."""

PAGE = 5000
"""So many events are looked back on: one reaches further back only after as many undos in a row."""


def turn_of(event: Record) -> str:
    """Return the turn of an event as ``acts`` yields it."""
    return str(json.loads(event["visible"]).get(NAMED, event["created_at"]))


def turn_to_name(connection: Connection, reviewer_id: int, event_id: str, now: str) -> str | None:
    """Return the turn that a new event has to name, None where it comes after all of its reviewer by its time."""
    latest = max(_last_written(connection, reviewer_id), (_from_elsewhere(connection, reviewer_id) or FIRST, "~"))
    return None if (now, event_id) > latest else a_moment_later(latest[0])


def _last_written(connection: Connection, reviewer_id: int) -> tuple[str, str]:
    row: tuple[str, str] | None = connection.execute(
        f"SELECT {TURN.format(x='')}, uuid FROM annotations WHERE reviewer_id = ? ORDER BY id DESC LIMIT 1",
        (reviewer_id,),
    ).fetchone()
    # Of a time that is none nothing can be later.
    return row if row and is_timestamp(row[0]) else (FIRST, "")


def _from_elsewhere(connection: Connection, reviewer_id: int) -> str | None:
    """Return the latest turn that was known when events of a reviewer last came from elsewhere, None where none did.

    Of what was done by then the row ids do not say in which order it was.
    """
    row = connection.execute("SELECT last FROM used_ids WHERE name = ?", (_apart(reviewer_id),)).fetchone()
    return None if row is None else timestamp_of(row[0])


def note_from_elsewhere(connection: Connection, events: Iterable[Record]) -> None:
    """Note that these events came from elsewhere, before they are written, in the caller's transaction."""
    latest: dict[int, str] = {}
    for event in events:
        reviewer_id = event["reviewer_id"]
        if reviewer_id not in latest:
            latest[reviewer_id] = _last_written(connection, reviewer_id)[0]
        latest[reviewer_id] = max(latest[reviewer_id], turn_of(event))
    connection.executemany(
        "INSERT INTO used_ids (name, last) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
        [(_apart(reviewer_id), milliseconds_of(turn)) for reviewer_id, turn in latest.items() if turn != FIRST],
    )


def _apart(reviewer_id: int) -> str:
    return f"apart:{reviewer_id}"


class Did(NamedTuple):
    """What a reviewer did by an event."""

    event_id: str
    supersedes: str | None
    turn: str
    act: str
    kind: str
    reverses: str
    method_id: int


_DID = f"""
    SELECT uuid, supersedes, {TURN.format(x="")} AS turn, act, kind, coalesce(reverses, ''), method_id
    FROM annotations a WHERE reviewer_id = ?1
    AND (?2 IS NULL OR EXISTS (SELECT 1 FROM methods m WHERE m.id = a.method_id AND m.problem_id = ?2))
"""


def did_last(connection: Connection, reviewer_id: int, problem_id: int | None) -> Iterator[Did]:
    """Yield the last events of a reviewer, on the proposals of one problem or of all, the last one first."""

    def ordered_by(order: Literal["id DESC", "turn DESC, uuid DESC"]) -> list[Did]:
        rows = connection.execute(f"{_DID} ORDER BY {order} LIMIT {PAGE}", (reviewer_id, problem_id)).fetchall()
        return [Did._make(row) for row in rows]

    # What was written here stands in its order, which an index has.
    here, latest = ordered_by("id DESC"), _from_elsewhere(connection, reviewer_id)
    since = here if latest is None else list(takewhile(lambda did: did.turn > latest, here))
    yield from reversed(in_turn(since))
    if latest is not None:
        known = {did.event_id for did in since}
        every = in_turn(ordered_by("turn DESC, uuid DESC"))
        yield from (did for did in reversed(every) if did.event_id not in known)
