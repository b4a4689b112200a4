import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.sources.written_numbers import number_in
from reviewer.sources.written_times import time_in


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.5", 0.5), ("-1", -1), ("+.5", 0.5), ("1.", 1), ("1e-3", 0.001), ("4E+263", 4e263), ("1e400", math.inf),
     ("inf", math.inf), ("-Infinity", -math.inf), (".inf", math.inf)],
)  # fmt: skip
def test_a_number_is_what_is_written_as_one(text: str, value: float) -> None:
    assert number_in(text) == value


@pytest.mark.parametrize("text", ["nan", "NaN", "-nan", ".nan"])
def test_nan_is_none_that_can_be_compared(text: str) -> None:
    assert math.isnan(number_in(text) or 0.0)


@pytest.mark.parametrize("text", ["", "-", "1,234", "5%", "1_000", "0x1f", "٣", "1e", "keep", " 1", "12a"])
def test_everything_else_is_no_number(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-05-04T10:00:00Z", "2026-05-04T10:00:00Z"),
        ("2026-05-04T10:00:00+02:00", "2026-05-04T08:00:00Z"),
        ("2026-05-04 10:00", "2026-05-04 10:00"),
        ("2026-05-04", "2026-05-04"),
        ("Monday", "Monday"),
        ("1767225600", "2026-01-01T00:00:00Z"),
        ("1767225600.5", "2026-01-01T00:00:00.500000Z"),
        ("1767225600000", "2026-01-01T00:00:00Z"),
        ("12", ""),
        ("20260504100000", ""),
        ("202605041000", ""),
        ("nan", ""),
        ("1e300", ""),
        ("", ""),
        ("x" * 101, ""),
        ("0001-01-01T00:00:00+10:00", "0001-01-01T00:00:00+10:00"),
    ],
)
def test_a_time_is_in_utc_where_it_says_its_zone_and_else_as_it_stands_there(text: str, time: str) -> None:
    assert time_in(text) == time


@given(st.text() | st.floats().map(str))
def test_whatever_is_written_is_a_short_text(text: str) -> None:
    assert len(time_in(text)) <= 100
