"""Where events that are put back go among those that are there: their row ids, which say what is undone before what.

What a reviewer holds follows from the events themselves (:mod:`reviewer.domain.event_turns`). The one that decides it
has the highest row id of its reviewer and proposal, as if it had been written here. All others may stand anywhere
before it: rows have no room between one another, and an event never changes.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from reviewer.domain.event_turns import in_turn
from reviewer.store.acts import Record
from reviewer.store.turns import TURN, turn_of

NO_ID = -1
"""What SQLite shows a trigger as the id of a row that has none yet: an event of this id would seem to be there anew."""


def id_below(connection: sqlite3.Connection) -> int:
    """Return a row id below those of all events."""
    lowest: int | None = connection.execute("SELECT min(id) FROM annotations").fetchone()[0]
    return min(lowest or 0, NO_ID) - 1


class _Placed(NamedTuple):
    event_id: str
    supersedes: str | None
    turn: str
    row_id: int | None
    """None of one that is still to get its id."""


def _placed(connection: sqlite3.Connection, pair: tuple[int, int]) -> list[_Placed]:
    rows = connection.execute(
        f"SELECT uuid, supersedes, {TURN.format(x='')}, id FROM annotations WHERE method_id = ? AND reviewer_id = ?",
        pair,
    )
    return [_Placed(*row) for row in rows]


def comes_last(
    connection: sqlite3.Connection, pair: tuple[int, int], event_id: str, supersedes: str | None, turn: str
) -> bool:
    """Return whether a new event of a proposal and a reviewer comes after all that are there."""
    turns = in_turn([*_placed(connection, pair), _Placed(event_id, supersedes, turn, None)])
    return turns[-1].event_id == event_id


class EventOrder:
    """The row ids that events get in a store which has others: of one reviewer what was done last is undone first."""

    def __init__(self, connection: sqlite3.Connection, room: int = 0) -> None:
        """Begin with the events that the store has now; ``room`` is how many are to come in all."""
        self._connection = connection
        self._room = room
        self._ends = self._ends_now()
        self._is_empty = self._ends == (None, None)
        self._lowest = self._highest = self._below = 0
        self._begin_at(*self._ends)
        self._taken: set[int] = set()
        self._newest: dict[int, str] = {}
        self._newest_of_all = self._one(
            "SELECT created_at FROM annotations WHERE id >= ? ORDER BY id DESC LIMIT 1", self._lowest
        )

    def _ends_now(self) -> tuple[int | None, int | None]:
        lowest, highest = self._connection.execute("SELECT min(id), max(id) FROM annotations").fetchone()
        return lowest, highest

    def _begin_at(self, lowest: int | None, highest: int | None) -> None:
        self._lowest, self._highest = min(lowest or 0, NO_ID), highest or 0
        self._below = self._lowest - self._room

    def take_in(self, events: Sequence[Record]) -> list[int]:
        """Return the row id for each event, given in their order; they are written before the next part comes.

        Each keeps its own where the order allows that, as mostly in a store without events. Else it comes behind all
        that are there, where its reviewer did nothing later here, and where not, before them all; of a reviewer who
        did nothing here yet, where nobody did anything later.
        """
        if (ends := self._ends_now()) != self._ends:
            # Somebody else wrote since the last part.
            self._is_empty = False
            self._begin_at(*ends)
        first = min(self._below, self._lowest - len(events))
        self._below, self._room = first + len(events), max(self._room - len(events), 0)
        below = iter(range(first, self._below))
        self._taken.clear()
        pairs = self._pairs_in_turn(events)
        given = {
            event["uuid"]: event["id"] if self._is_empty else self._place(event, pairs[_pair(event)], next(below))
            for event in events
        }
        _let_the_last_be_last(pairs, given)
        if every := [*given.values(), *(end for end in self._ends if end is not None)]:
            self._ends = min(every), max(every)
        return [given[event["uuid"]] for event in events]

    def _pairs_in_turn(self, events: Sequence[Record]) -> dict[tuple[int, int], list[_Placed]]:
        """Return for each proposal and reviewer all events in turn, those that are there and those that come."""
        pairs: dict[tuple[int, int], list[_Placed]] = {}
        for event in events:
            pair = _pair(event)
            if pair not in pairs:
                pairs[pair] = _placed(self._connection, pair)
            pairs[pair].append(_Placed(event["uuid"], event["supersedes"], turn_of(event), None))
        return {pair: in_turn(placed) for pair, placed in pairs.items()}

    def _place(self, event: Record, turns: Sequence[_Placed], below: int) -> int:
        last = turns[-1]
        here = [placed.row_id for placed in turns if placed.row_id is not None]
        comes_last = last.event_id == event["uuid"]
        if self._keeps_its_own(event) and (
            event["id"] < (last.row_id or 0) if last.row_id is not None else not here or event["id"] > max(here)
        ):
            self._taken.add(event["id"])
            self._highest = max(self._highest, event["id"])
            return int(event["id"])
        if last.row_id is None and ((comes_last and here) or self._is_newest(event)):
            self._highest += 1
            self._taken.add(self._highest)
            return self._highest
        return below

    def _keeps_its_own(self, event: Record) -> bool:
        """Return whether the event's own id is free, with what was done before and after it on either side."""
        own = event["id"]
        if own == NO_ID or own in self._taken or own <= self._lowest:
            return False
        before = self._one("SELECT created_at FROM annotations WHERE id < ? ORDER BY id DESC LIMIT 1", own)
        after = self._one("SELECT created_at FROM annotations WHERE id > ? ORDER BY id LIMIT 1", own)
        return (
            self._one("SELECT 1 FROM annotations WHERE id = ?", own) is None
            and (before is None or before <= event["created_at"])
            and (after is None or event["created_at"] <= after)
        )

    def _is_newest(self, event: Record) -> bool:
        """Return whether the reviewer did nothing here later than that."""
        reviewer = event["reviewer_id"]
        if reviewer not in self._newest:
            self._newest[reviewer] = (
                self._one("SELECT created_at FROM annotations WHERE reviewer_id = ? ORDER BY id DESC LIMIT 1", reviewer)
                or self._newest_of_all
                or ""
            )
        return bool(event["created_at"] >= self._newest[reviewer])

    def _one(self, sql: str, value: int) -> str | None:
        row = self._connection.execute(sql, (value,)).fetchone()
        return None if row is None else row[0]


def _let_the_last_be_last(pairs: Mapping[tuple[int, int], Sequence[_Placed]], given: dict[str, int]) -> None:
    """Give the ids that the events of a pair got to the same events in turn."""
    for turns in pairs.values():
        come = [placed.event_id for placed in turns if placed.row_id is None]
        given.update(zip(come, sorted(given[event_id] for event_id in come), strict=True))


def _pair(event: Record) -> tuple[int, int]:
    return event["method_id"], event["reviewer_id"]
