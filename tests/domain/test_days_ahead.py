"""Days to come as people write them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.days_ahead import day_ahead
from reviewer.domain.errors import UserError

TODAY = date(2026, 8, 31)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-31", date(2027, 3, 31)),
        (" 2026-08-31 ", TODAY),
        ("in 6 months", date(2027, 2, 28)),
        ("6 months", date(2027, 2, 28)),
        ("In A Year", date(2027, 8, 31)),
        ("in 2 weeks", date(2026, 9, 14)),
        ("in 1 day", date(2026, 9, 1)),
        ("in 0 days", TODAY),
    ],
)
def test_a_day_is_written_by_itself_or_by_how_far_off_it_is(text: str, day: date) -> None:
    assert day_ahead(text, TODAY) == day


def test_what_has_passed_is_refused_today_has_not() -> None:
    with pytest.raises(UserError, match=r"^2026-08-30 has passed \(today is 2026-08-31 in UTC\); write"):
        day_ahead("2026-08-30", TODAY)


@pytest.mark.parametrize(
    "text", ["", "soon", "31.3.2027", "2027-02-30", "20270331", "in 9999 years", "in 6", "in -1 days", "in 6 moons\x1b"]
)
def test_what_is_no_day_is_refused_in_one_safe_sentence(text: str) -> None:
    with pytest.raises(UserError, match="is no day; write it as 2027-03-31, or in 6 months") as told:
        day_ahead(text, TODAY)
    assert "\x1b" not in str(told.value)


@given(st.text(max_size=20), st.dates(max_value=date(2100, 1, 1)))
def test_whatever_is_written_it_is_a_day_to_come_or_refused(text: str, today: date) -> None:
    with suppress(UserError):
        assert day_ahead(text, today) >= today
