"""Log odds of forecasts: there and back, within their limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from reviewer.domain.log_odds import clip, is_clipped, log_odds, percent, probability


@given(p=st.floats(0, 1))
def test_it_is_that_of_scipy_within_a_hundredth_of_either_end(p: float) -> None:
    assert log_odds(p) == pytest.approx(float(logit(min(0.99, max(0.01, p)))), abs=1e-12)
    assert probability(log_odds(p)) == pytest.approx(clip(p))


@given(odds=st.floats(-800, 800))
def test_no_log_odds_are_too_large(odds: float) -> None:
    assert probability(odds) == pytest.approx(float(expit(odds)))


@pytest.mark.parametrize(
    ("forecast", "counts"), [(0.0, 0.01), (0.009, 0.01), (0.01, 0.01), (0.5, 0.5), (0.99, 0.99), (0.991, 0.99)]
)
def test_what_counts_as_another_forecast_is_clipped(forecast: float, counts: float) -> None:
    assert clip(forecast) == counts
    assert is_clipped(forecast) is (forecast != counts)


@pytest.mark.parametrize("forecast", [-0.1, 1.1, math.nan])
def test_what_is_no_forecast_is_refused(forecast: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        log_odds(forecast)


def test_a_share_is_read_in_per_cent() -> None:
    assert (percent(0.354), percent(0), percent(1)) == ("35 %", "0 %", "100 %")
