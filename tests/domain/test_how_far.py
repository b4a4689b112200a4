"""How far something has come: what fits, and what is honest to say of the time left."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.ascii_text import spelled_in_ascii
from reviewer.domain.how_far import HowFar, TimeLeft, progress_line

FAR = HowFar("reading", 900, 2_000, 123_456, 12, 754.0)


@pytest.mark.parametrize(
    ("width", "line"),
    [
        (200, "reading  ██████████──────────────  45 %  123,456 rows  12 rejected  12:34 left"),
        (79, "reading  ██████████──────────────  45 %  123,456 rows  12 rejected  12:34 left"),
        (64, "reading  ████──────  45 %  123,456 rows  12 rejected  12:34 left"),
        (55, "████──────  45 %  123,456 rows  12 rejected  12:34 left"),
        (45, " 45 %  123,456 rows  12 rejected  12:34 left"),
        (39, " 45 %  123,456 rows  12 bad  12:34 left"),
        (35, " 45 %  123,456 rows  12:34 left"),
        (20, " 45 %  12:34 left"),
        (8, " 45 %"),
        (3, ""),
    ],
)
def test_what_fits_is_said(width: int, line: str) -> None:
    assert progress_line(FAR, width) == line


def test_where_nobody_knows_how_much_there_is_only_what_was_met_is_said() -> None:
    assert progress_line(HowFar("reading", 5, None, 1, 0), 80) == "reading  1 row  0 rejected"


def test_the_time_left_is_open_until_there_is_enough_to_tell_it_by() -> None:
    assert progress_line(FAR._replace(seconds_left=None), 30).endswith("– left")
    left = TimeLeft()
    assert left.heard(0.0, 0, 1000) is None
    assert left.heard(1.0, 500, 1000) is None
    assert left.heard(4.0, 500, 1000) == pytest.approx(4.0)
    assert TimeLeft().heard(9.0, 3, None) is None
    slow = TimeLeft()
    slow.heard(0.0, 0, 10**9)
    assert slow.heard(30.0, 1000, 10**9) is None


def test_the_pace_of_the_last_minute_counts() -> None:
    left = TimeLeft()
    for second in range(10):
        left.heard(float(second), 50 * second, 1_000)
    for second in range(10, 200):
        told = left.heard(float(second), 450 + second, 1_000)
    assert told == pytest.approx(1_000 - 649, rel=0.1)


@given(
    st.integers(-5, 10**12), st.none() | st.integers(0, 10**12), st.integers(0, 10**9), st.integers(0, 10**9),
    st.none() | st.floats(0, 1e7), st.integers(0, 120),
)  # fmt: skip
def test_no_line_is_wider_than_it_may_be(
    done: int, total: int | None, rows: int, rejects: int, left: float | None, width: int
) -> None:
    line = progress_line(HowFar("checking", done, total, rows, rejects, left), width)
    assert len(line) <= width
    assert len(spelled_in_ascii(line)) == len(line)
