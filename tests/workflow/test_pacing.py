"""Batches are written in parts where the machine is slow, and whole where it is not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reviewer.workflow.pacing import LONGEST_SECONDS, Pace


def sizes(pace: Pace, records: int) -> list[int]:
    batch: Any = list(range(records))
    return [len(part) for part in pace.parts(batch)]


def test_a_batch_is_whole_until_it_is_known_to_take_too_long() -> None:
    pace = Pace()
    assert sizes(pace, 400) == [400]
    pace.took(0.02, 400)
    assert sizes(pace, 400) == [400]
    for _ in range(20):
        pace.took(0.08, 400)
    assert sizes(pace, 400) == [200, 200]
    for _ in range(20):
        pace.took(0.02, 400)
    assert sizes(pace, 400) == [400], "and whole again once the machine is free"


def test_one_slow_transaction_among_quick_ones_changes_nothing() -> None:
    pace = Pace()
    for _ in range(10):
        pace.took(0.02, 400)
    pace.took(0.08, 400)
    assert sizes(pace, 400) == [400]


def test_however_slow_a_disk_is_some_records_go_together() -> None:
    pace = Pace()
    pace.took(10.0, 10)
    assert sizes(pace, 100) == [25, 25, 25, 25]


@given(st.integers(0, 500), st.floats(1e-6, 1.0), st.integers(0, 400))
def test_parts_are_the_batch_in_its_order(records: int, seconds: float, held: int) -> None:
    pace = Pace()
    pace.took(seconds, held)
    batch: Any = list(range(records))
    parts = list(pace.parts(batch))
    assert [record for part in parts for record in part] == batch
    if held and seconds / held * 25 < LONGEST_SECONDS:
        assert all(len(part) * seconds / held <= LONGEST_SECONDS + 1e-9 for part in parts)
