"""The ticks of an axis: round numbers within its ends, each told apart from the next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.exports.ticks import MOST_TICKS, ticks

ENDS = st.floats(-1e12, 1e12, allow_subnormal=False)


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (0.0, 1.0, ("0.0", "0.2", "0.4", "0.6", "0.8", "1.0")),
        (-0.0121, 0.573, ("0.0", "0.2", "0.4")),
        (-0.3, 0.7, ("−0.2", "0.0", "0.2", "0.4", "0.6")),
        (0.0, 126.0, ("0", "50", "100")),
        (0.001, 0.0021, ("0.00100", "0.00125", "0.00150", "0.00175", "0.00200")),
        (0.0, 6e8, ("0", "2e+08", "4e+08", "6e+08")),
        (0.5, 0.5, ("0.5",)),
        (1e9, 1e9 + 1e-7, ("1e+09",)),
    ],
)
def test_they_are_as_people_would_write_them(low: float, high: float, written: tuple[str, ...]) -> None:
    assert tuple(label for _, label in ticks(low, high)) == written


@given(ENDS, ENDS)
def test_they_lie_within_the_ends_and_are_told_apart(one: float, other: float) -> None:
    low, high = sorted((one, other))
    found = ticks(low, high)
    values = [value for value, _ in found]
    room = 1e-6 * (high - low)
    assert 1 <= len(found) <= MOST_TICKS + 1
    assert values == sorted(set(values))
    assert all(low - room <= value <= high + room for value in values)
    if high - low > max(1e-3 * max(abs(low), abs(high)), 1e-100):
        assert len({label for _, label in found}) == len(found) >= 2
