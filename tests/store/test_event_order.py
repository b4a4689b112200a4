"""Events that are put back get row ids in the order of their times, among those that are there."""

from typing import Any

from reviewer.store.event_order import NO_ID, EventOrder


def event(row_id: int, at: str, method: int = 1) -> dict[str, Any]:
    return {"uuid": f"e{row_id}", "id": row_id, "created_at": at, "reviewer_id": 1, "method_id": method}


def there(*events: tuple[int, str]) -> EventOrder:
    return EventOrder([(row_id, at, 1, 1) for row_id, at in events])


def test_in_a_store_without_events_each_keeps_its_own() -> None:
    assert there().take_in([event(3, "10"), event(7, "20")]) == [3, 7]


def test_one_keeps_its_own_where_it_is_free_and_in_order() -> None:
    assert there((1, "10"), (9, "30")).take_in([event(5, "20")]) == [5]


def test_one_whose_id_is_taken_goes_where_its_time_is() -> None:
    assert there((1, "10"), (2, "20"), (9, "40")).take_in([event(2, "30")]) == [3]
    assert there((1, "10"), (2, "20")).take_in([event(2, "30")]) == [3]


def test_those_that_are_earlier_than_all_go_below_them_and_none_is_the_id_of_no_row() -> None:
    taken = there((1, "50"), (2, "60")).take_in([event(1, "10"), event(2, "20"), event(3, "70")])
    assert taken == [-3, -2, 3]
    assert NO_ID not in taken


def test_one_without_room_at_its_time_goes_in_order_with_those_of_its_reviewer_and_proposal_alone() -> None:
    order = EventOrder([(1, "10", 1, 1), (2, "30", 1, 2), (3, "30", 1, 1)])
    assert order.take_in([event(1, "20", method=2)]) == [-2]
    assert order.take_in([event(1, "20", method=3)]) == [4]


def test_one_without_any_room_gets_none() -> None:
    assert there((1, "10"), (2, "30")).take_in([event(2, "20")]) == [None]
