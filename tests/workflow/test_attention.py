"""Time spent: it counts while the last input is not long ago, each second for one proposal."""

from hypothesis import given
from hypothesis import strategies as st

from reviewer.workflow.attention import Attention


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_goes_to_the_proposal_that_is_looked_at_and_is_taken_once() -> None:
    clock = Clock()
    attention = Attention(clock, 180)
    attention.look_at(1)
    clock.now += 10
    attention.look_at(2)
    clock.now += 5
    assert (attention.take(1), attention.take(2), attention.take(2)) == (10, 5, 0)


def test_time_stops_when_the_last_input_is_too_long_ago() -> None:
    clock = Clock()
    attention = Attention(clock, 180)
    attention.look_at(1)
    clock.now += 1000
    assert attention.take(1) == 180
    clock.now += 1000
    attention.input()
    clock.now += 7
    assert attention.take(1) == 7


def test_nothing_is_counted_where_nothing_is_looked_at() -> None:
    clock = Clock()
    attention = Attention(clock, 180)
    clock.now += 10
    attention.look_at(1)
    assert attention.take(1) == 0
    attention.look_at(None)
    clock.now += 10
    assert attention.take(1) == 0


@given(st.lists(st.tuples(st.sampled_from(["look 1", "look 2", "input", "take"]), st.floats(0, 400))))
def test_no_more_is_ever_counted_than_went_by(steps: list[tuple[str, float]]) -> None:
    clock = Clock()
    attention = Attention(clock, 180)
    attention.look_at(1)
    taken = 0.0
    for step, passed in steps:
        clock.now += passed
        if step == "input":
            attention.input()
        elif step == "take":
            spent = attention.take(1)
            assert spent >= 0
            taken += spent
        else:
            attention.look_at(int(step[-1]))
    taken += attention.take(1) + attention.take(2)
    assert taken <= clock.now - 100 + 0.001 * (len(steps) + 2)
