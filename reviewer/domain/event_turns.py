"""In which order the events of one reviewer on one proposal come, on whatever machines they were written.

An event names the one that it supersedes: what was before its reviewer, and what it therefore comes after, whatever the
clocks say. Where two machines went on from the same event apart from one another, the later turn decides: as a rule
that is the event's time. So the order follows from the events alone, and is the same in every store that has them, in
whatever order they came there. What supersedes the last one is the last from then on. The events of one reviewer on
all proposals are put in turn likewise: what each did last is what they take back first.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar


class Turn(Protocol):
    """What is asked of an event: its id, the id of the one that it supersedes, and by which time it has its turn."""

    @property
    def event_id(self) -> str: ...  # noqa: D102
    @property
    def supersedes(self) -> str | None: ...  # noqa: D102
    @property
    def turn(self) -> str: ...  # noqa: D102


T = TypeVar("T", bound=Turn)


class _Place(NamedTuple):
    latest: tuple[str, str]
    """The latest turn, with its id, of the event and all that it comes after."""
    after: int
    """How many events on from there it is."""


def in_turn(events: Iterable[T]) -> list[T]:
    """Return the events of one reviewer, on one proposal or on several, the first first."""
    by_id = {event.event_id: event for event in events}
    places: dict[str, _Place] = {}
    for event_id in sorted(by_id):
        before: list[str] = []
        seen: set[str] = set()
        each: str | None = event_id
        # A ring is nothing that we write, and must not keep anybody waiting.
        while each in by_id and each not in places and each not in seen:
            before.append(each)
            seen.add(each)
            each = by_id[each].supersedes
        place = places.get(each or "")
        for each in reversed(before):
            own = by_id[each].turn, each
            place = _Place(own, 0) if place is None or own > place.latest else _Place(place.latest, place.after + 1)
            places[each] = place
    return sorted(by_id.values(), key=lambda event: (*places[event.event_id], event.turn, event.event_id))
