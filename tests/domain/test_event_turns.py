"""The order of one reviewer's events on one proposal follows from the events alone."""

from random import Random
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.event_turns import in_turn


class Told(NamedTuple):
    event_id: str
    supersedes: str | None
    turn: str


def names(*events: Told) -> str:
    return "".join(event.event_id for event in in_turn(events))


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """Events of several machines, each superseding one that was before it, with clocks that go back."""
    events: list[Told] = []
    for n in range(draw(st.integers(1, 12))):
        before = draw(st.sampled_from([None, *(each.event_id for each in events)]))
        events.append(Told(draw(st.sampled_from("pqrs")) + str(n), before, str(draw(st.integers(10, 15)))))
    return events


def test_events_come_by_their_times() -> None:
    assert names(Told("b", "a", "20"), Told("a", None, "10"), Told("c", "b", "30")) == "abc"


def test_what_supersedes_comes_later_although_the_clock_went_back() -> None:
    assert names(Told("b", "a", "10"), Told("a", None, "20")) == "ab"


def test_of_two_machines_the_later_time_is_the_last() -> None:
    assert names(Told("a", None, "10"), Told("b", "a", "30"), Told("c", "a", "20")) == "acb"


def test_a_ring_that_nobody_of_ours_wrote_ends() -> None:
    assert sorted(names(Told("a", "b", "10"), Told("b", "a", "20"))) == ["a", "b"]


@given(histories(), st.randoms())
def test_the_order_is_the_same_in_whatever_order_they_come(events: list[Told], shuffled: Random) -> None:
    mixed = list(events)
    shuffled.shuffle(mixed)
    assert in_turn(mixed) == in_turn(events)


@given(histories())
def test_every_event_comes_after_the_one_that_it_supersedes(events: list[Told]) -> None:
    turns = [event.event_id for event in in_turn(events)]
    for event in events:
        assert event.supersedes is None or turns.index(event.supersedes) < turns.index(event.event_id)


@given(histories(), st.integers(10, 15))
def test_what_supersedes_the_last_is_the_last(events: list[Told], at: int) -> None:
    new = Told("a-new", in_turn(events)[-1].event_id, str(at))
    assert in_turn([*events, new])[-1] == new


@given(histories())
def test_events_that_come_in_leave_the_order_of_the_others(events: list[Told]) -> None:
    own = events[: len(events) // 2]
    assert [event for event in in_turn(events) if event in own] == in_turn(own)
