"""Where events that are put back go among those that are there: their row ids, which say what was done after what."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from reviewer.store.acts import Record

NO_ID = -1
"""What SQLite shows a trigger as the id of a row that has none yet: an event of this id would seem to be there anew."""


class EventOrder:
    """The row ids of events, whose order is that of the acts: what was done last is undone first, and what counts."""

    def __init__(self, there: Sequence[tuple[int, str, int, int]]) -> None:
        """Begin with the events of a store: row id, time, reviewer and method of each, in the order of their ids."""
        self._ids = [row_id for row_id, *_ in there]
        self._times = [at for _, at, *_ in there]
        self._of_pair: dict[tuple[int, int], list[tuple[str, int]]] = {}
        for row_id, at, *pair in there:
            self._of_pair.setdefault((pair[0], pair[1]), []).append((at, row_id))

    def take_in(self, events: Sequence[Record]) -> list[int | None]:
        """Return the row id for each event, given in their order; None where there is no room for one.

        Each keeps its own where the order allows that. Where the store has events of its own that are later, as after
        a new import, the others come before them all, if need be below 0. Where two stores were judged in side by
        side, at least the events of one reviewer on one proposal are in order.
        """
        if not self._ids:
            return [event["id"] for event in events]
        earlier = [event for event in events if event["created_at"] < self._times[0]]
        below = {}
        if any(event["id"] >= self._ids[0] for event in earlier):
            first = min(self._ids[0], NO_ID) - len(earlier)
            below = {event["uuid"]: first + n for n, event in enumerate(earlier)}
        found: list[int | None] = []
        for n, event in enumerate(events):
            row_id = below.get(event["uuid"])
            if row_id is None:
                row_id = self._fitting(event)
            if row_id is None:
                row_id = self._beside_its_own(event, len(events) - n)
            if row_id is not None:
                self._enter(row_id, event)
            found.append(row_id)
        return found

    def _enter(self, row_id: int, event: Record) -> None:
        place = bisect_left(self._ids, row_id)
        self._ids.insert(place, row_id)
        self._times.insert(place, event["created_at"])
        own = self._of_pair.setdefault((event["reviewer_id"], event["method_id"]), [])
        own.append((event["created_at"], row_id))

    def _fitting(self, event: Record) -> int | None:
        """Return an id between those of what was done before and after, or None."""
        ids, times, own, at = self._ids, self._times, int(event["id"]), event["created_at"]
        place = bisect_left(ids, own)
        before, after = place - 1, place
        if self._is_free(own) and (not place or times[before] <= at) and (after == len(ids) or at <= times[after]):
            return own
        after = bisect_right(times, at)
        if after == len(ids):
            return ids[-1] + 1
        if not after:
            return min(ids[0], NO_ID) - 1
        return next(filter(self._is_free, range(ids[after - 1] + 1, ids[after])), None)

    def _beside_its_own(self, event: Record, left: int) -> int | None:
        """Return an id in the order of one reviewer's events on one proposal, with room for those ``left``, or None."""
        own = self._of_pair.get((event["reviewer_id"], event["method_id"]), [])
        earlier = [row_id for at, row_id in own if at <= event["created_at"]]
        later = [row_id for at, row_id in own if at > event["created_at"]]
        if not later:
            return self._ids[-1] + 1
        if not earlier:
            return min(self._ids[0], NO_ID) - left
        return next(filter(self._is_free, range(max(earlier) + 1, min(later))), None)

    def _is_free(self, row_id: int) -> bool:
        place = bisect_left(self._ids, row_id)
        return row_id != NO_ID and (place == len(self._ids) or self._ids[place] != row_id)
