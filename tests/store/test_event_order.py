"""Events that are put back get row ids among those that are there, so that what decides what is held is the last."""

import sqlite3
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.event_turns import in_turn
from reviewer.store.event_order import NO_ID, EventOrder, _Placed


def event(row_id: int, at: str, method: int = 1, supersedes: str | None = None, name: str = "") -> dict[str, Any]:
    return {
        "uuid": name or f"come-{row_id}-{method}", "id": row_id, "created_at": at, "reviewer_id": 1,
        "method_id": method, "supersedes": supersedes, "visible": "{}",
    }  # fmt: skip


def order(*there: dict[str, Any]) -> EventOrder:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE annotations "
        "(id INTEGER PRIMARY KEY, uuid, created_at, reviewer_id, method_id, supersedes, visible)"
    )
    connection.executemany(
        "INSERT INTO annotations VALUES (:id, :uuid, :created_at, :reviewer_id, :method_id, :supersedes, :visible)",
        there,
    )
    return EventOrder(connection)


def here(row_id: int, at: str, method: int = 1, supersedes: str | None = None) -> dict[str, Any]:
    return event(row_id, at, method, supersedes, f"here-{row_id}")


def test_in_a_store_without_events_each_keeps_its_own() -> None:
    assert order().take_in([event(3, "10"), event(7, "20")]) == [3, 7]


def test_one_keeps_its_own_where_it_is_free_and_in_order() -> None:
    assert order(here(1, "10"), here(9, "30")).take_in([event(5, "20")]) == [5]


def test_one_that_is_later_than_all_goes_behind_them() -> None:
    assert order(here(1, "10"), here(2, "20")).take_in([event(2, "30")]) == [3]


def test_those_that_are_earlier_than_all_go_below_them_and_none_is_the_id_of_no_row() -> None:
    taken = order(here(1, "50"), here(2, "60")).take_in([event(1, "10"), event(2, "20"), event(3, "70")])
    assert taken == [-4, -3, 3]
    assert NO_ID not in taken


def test_what_decides_is_the_last_of_its_pair_although_the_reviewer_did_something_else_later() -> None:
    there = order(here(1, "10"), here(2, "30", method=2))
    assert there.take_in([event(2, "20", supersedes="here-1")]) == [3]


def test_one_without_room_between_two_of_its_pair_goes_below_and_the_last_stays_the_last() -> None:
    assert order(here(1, "10"), here(2, "30")).take_in([event(2, "20")]) == [-2]


def test_what_was_superseded_goes_before_what_supersedes_it_although_a_clock_went_back() -> None:
    there = order(here(1, "10", method=2))
    first = event(1, "50", name="first")
    assert there.take_in([event(2, "40", supersedes="first"), first]) == [3, 2]


@given(st.data())
def test_the_last_of_each_pair_always_has_the_highest_id_of_it_and_all_ids_differ(data: st.DataObject) -> None:
    written: list[dict[str, Any]] = []
    for n in range(data.draw(st.integers(1, 14))):
        method = data.draw(st.integers(1, 2))
        own = [each["uuid"] for each in written if each["method_id"] == method]
        before = data.draw(st.sampled_from([None, *own]))
        written.append(event(n + 1, str(data.draw(st.integers(10, 30))), method, before, f"e{n}"))
    there = [each for each in written if data.draw(st.booleans())]
    while True:  # A store has whatever its events supersede.
        ids = {each["uuid"] for each in there}
        lacking = [e for e in written if e["uuid"] in {t["supersedes"] for t in there} - ids]
        if not lacking:
            break
        there += lacking
    come = [each for each in written if each["uuid"] not in ids]
    numbered = [each | {"id": n} for n, each in enumerate(_as_numbered(there), start=1)]
    given_ids = order(*numbered).take_in(come)
    every = [*numbered, *(each | {"id": row_id} for each, row_id in zip(come, given_ids, strict=True))]
    assert len({each["id"] for each in every}) == len(every)
    assert NO_ID not in given_ids
    for method in (1, 2):
        of_pair = _turns([each for each in every if each["method_id"] == method])
        if of_pair:
            assert of_pair[-1].row_id == max(placed.row_id or 0 for placed in of_pair)


def _as_numbered(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In an order in which the last one of each pair is the last, as a store numbers them."""
    placed = [turn.event_id for method in (1, 2) for turn in _turns([e for e in events if e["method_id"] == method])]
    return sorted(events, key=lambda each: placed.index(each["uuid"]))


def _turns(events: list[dict[str, Any]]) -> list[_Placed]:
    return in_turn(_Placed(e["uuid"], e["supersedes"], e["created_at"], e["id"]) for e in events)
