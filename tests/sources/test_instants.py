import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.identity import is_timestamp
from reviewer.sources.instants import instant, instant_of


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2025-02-11T15:17:00-05:00", "2025-02-11T20:17:00.000Z"), ("2025-02-11T15:17:00Z", "2025-02-11T15:17:00.000Z"),
        ("2025-02-11T15:17:00", "2025-02-11T15:17:00"), (" yesterday ", "yesterday"), ("", ""),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)  # fmt: skip
def test_a_time_with_a_zone_is_in_utc_and_any_other_stays(written: str, meant: str) -> None:
    assert instant(written) == meant


@given(st.floats() | st.none())
def test_seconds_since_1970_are_an_instant_or_nothing(seconds: float | None) -> None:
    assert instant_of(seconds) == "" or is_timestamp(instant_of(seconds))


def test_seconds_of_a_fraction() -> None:
    assert (instant_of(1767790721.5), instant_of(0.0)) == ("2026-01-07T12:58:41.500Z", "")
