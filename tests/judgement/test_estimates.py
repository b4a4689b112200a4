"""Limits of figures: published ones, against scipy and statsmodels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from reviewer.judgement.estimates import limits_around, wilson_limits


@given(value=st.floats(-100, 100), error=st.floats(0.01, 10), df=st.floats(1, 1000))
def test_limits_around_a_figure_are_those_of_scipy(value: float, error: float, df: float) -> None:
    assert limits_around(value, error, df) == pytest.approx(stats.t.interval(0.95, df, value, error), abs=1e-6)
    assert limits_around(value, error) == pytest.approx(stats.norm.interval(0.95, value, error), abs=1e-9)


@pytest.mark.parametrize(
    ("survived", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_table_of_newcombe(survived: int, n: int, low: float, high: float) -> None:
    """Newcombe (1998), table I, the score method without continuity correction."""
    assert wilson_limits(survived / n, n) == pytest.approx((low, high), abs=5e-5)


@given(n=st.integers(1, 5000), data=st.data())
def test_it_is_that_of_statsmodels_and_stays_within_0_and_1(n: int, data: st.DataObject) -> None:
    survived = data.draw(st.integers(0, n))
    low, high = wilson_limits(survived / n, n)
    assert (low, high) == pytest.approx(proportion_confint(survived, n, method="wilson"), abs=1e-9)
    assert 0 <= low <= survived / n <= high <= 1


@given(share=st.floats(0, 1), n=st.integers(1, 10**9))
def test_rounding_leaves_no_share_out(share: float, n: int) -> None:
    low, high = wilson_limits(share, n)
    assert 0 <= low <= share <= high <= 1


def test_no_trial_has_no_limits() -> None:
    with pytest.raises(ValueError, match="one trial or more"):
        wilson_limits(0.5, 0)
