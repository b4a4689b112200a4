"""Cox's recalibration: a published fit, against statsmodels, and where nothing can be fitted."""

import math
import random

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from reviewer.judgement.recalibration import Recalibration, found_half, recalibration
from reviewer.judgement.resolved import by_outcome
from tests.judgement.forecasts import MIXED, Pair, drawn, of, of_several, resolved

HOURS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 1.75, 2, 2.25, 2.5, 2.75, 3, 3.25, 3.5, 4, 4.25, 4.5, 4.75, 5, 5.5]
PASSED = [0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 1, 1]


def of_log_odds(xs: list[float], ys: list[int]) -> list[Pair]:
    return [(1 / (1 + math.exp(-x)), bool(y)) for x, y in zip(xs, ys, strict=True)]


def test_the_twenty_students() -> None:
    """The worked example of logistic regression in Wikipedia: −4.0777 + 1.5046 · hours studied."""
    r = recalibration(of(of_log_odds([hours - 3 for hours in HOURS], PASSED)))
    assert r.slope == pytest.approx(1.5046, abs=5e-5)
    assert r.intercept == pytest.approx(-4.0777 + 3 * 1.5046, abs=2e-4)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), slope=st.sampled_from([0.3, 0.5, 1.0, 2.0]))
def test_it_is_that_of_statsmodels(seed: int, slope: float) -> None:
    pairs = drawn(100, seed, slope=slope)
    x, y = np.array([math.log(p / (1 - p)) for p, _ in pairs]), np.array([float(y) for _, y in pairs])
    r = recalibration(of(pairs))
    fit = sm.Logit(y, sm.add_constant(x)).fit(disp=0)
    assert [r.intercept, r.slope] == pytest.approx(fit.params.tolist(), rel=1e-5, abs=1e-6)
    family = sm.families.Binomial()
    fixed = -sm.Logit(y, x).loglike(np.array([1.0]))
    assert r.ratio == pytest.approx(2 * (fit.llf + fixed), abs=1e-6)
    assert r.p == pytest.approx(stats.chi2.sf(2 * (fit.llf + fixed), 2), rel=1e-4)
    # At either limit the fit of the other part alone is worse by what the test allows.
    allowed = stats.chi2.ppf(0.95, 1)
    for limits, offset, free in (
        (r.slope_limits, x, np.ones_like(x)),
        (r.intercept_limits, np.ones_like(x), x),
    ):
        assert limits is not None
        for limit in limits:
            without = sm.GLM(y, free, family=family, offset=limit * offset).fit()
            assert 2 * (fit.llf - without.llf) == pytest.approx(allowed, abs=1e-3)


def test_a_bold_forecaster_has_a_slope_below_1_and_is_told_so() -> None:
    r = recalibration(of(drawn(400, slope=0.4)))
    assert r.slope_limits is not None
    assert r.slope_limits[1] < 1
    assert r.p is not None
    assert r.p < 0.01


def test_forecasts_that_are_too_low_have_an_intercept_above_0() -> None:
    pairs = [(round(p / 2, 3), y) for p, y in drawn(400)]
    r = recalibration(of(pairs))
    assert r.intercept_limits is not None
    assert r.intercept_limits[0] > 0


@settings(deadline=None)
@given(pairs=MIXED, seed=st.integers(0, 99))
def test_whatever_comes_is_numbers_or_a_reason_and_order_does_not_matter(pairs: list[Pair], seed: int) -> None:
    mixed = resolved(pairs)
    random.Random(seed).shuffle(mixed)
    r = recalibration(of(pairs))
    assert recalibration(by_outcome(mixed)) == r
    assert bool(r.reason) is (r.slope is None)
    if r.slope is None or r.intercept is None or r.slope_limits is None or r.intercept_limits is None:
        assert r == Recalibration(len(pairs), reason=r.reason)
        return
    assert r.slope_limits[0] < r.slope < r.slope_limits[1]
    assert r.intercept_limits[0] < r.intercept < r.intercept_limits[1]
    assert all(map(math.isfinite, (*r.slope_limits, *r.intercept_limits)))
    assert 0 <= (r.p or 0) <= 1


@given(pairs=MIXED)
@settings(deadline=None)
def test_failures_for_survivals_turn_the_intercept_round(pairs: list[Pair]) -> None:
    there = recalibration(of(pairs))
    back = recalibration(of([(1 - p, not y) for p, y in pairs]))
    if there.slope is not None and there.intercept is not None:
        assert back.slope == pytest.approx(there.slope, rel=1e-4, abs=1e-5)
        assert back.intercept == pytest.approx(-there.intercept, rel=1e-4, abs=1e-5)


@pytest.mark.parametrize(
    ("pairs", "reason"),
    [
        ([], "there is no outcome"),
        ([(0.3, True)], "all outcomes agree"),
        ([(0.3, True), (0.6, True)], "all outcomes agree"),
        ([(0.3, True), (0.3, False)], "all forecasts are the same"),
        ([(0.0, False), (0.001, True)], "all forecasts are the same"),
        ([(0.2, False), (0.3, False), (0.4, True)], "no slope is too steep"),
        ([(0.2, False), (0.3, False), (0.3, True), (0.4, True)], "no slope is too steep"),
        ([(0.2, True), (0.3, False), (0.4, False)], "were forecast below all that failed"),
    ],
)
def test_where_nothing_can_be_fitted_one_sentence_says_why(pairs: list[Pair], reason: str) -> None:
    r = recalibration(of(pairs))
    assert (r.slope, r.slope_limits, r.p) == (None, None, None)
    assert reason in r.reason
    assert r.reason.endswith(".")


def test_of_several_reviewers_it_is_of_their_mean_log_odds() -> None:
    pairs = drawn(100)
    apart = [[1 / (1 + math.exp(-(math.log(p / (1 - p)) + d))) for d in (-0.5, 0.5)] for p, _ in pairs]
    r = recalibration(of_several([(ps, y) for ps, (_, y) in zip(apart, pairs, strict=True)]))
    alone = recalibration(of(pairs))
    assert r.aggregated
    assert not alone.aggregated
    assert r.slope == pytest.approx(alone.slope, rel=0.05)


@pytest.mark.parametrize(("outcomes", "found"), [(19, None), (20, 23), (99, 47), (100, 73), (199, 73), (200, 97)])
def test_how_often_a_slope_of_one_half_is_found(outcomes: int, found: int | None) -> None:
    assert found_half(outcomes) == found


def test_a_calibrated_forecaster_is_told_off_one_time_in_twenty() -> None:
    ps = [recalibration(of(drawn(100, seed))).p or 0.0 for seed in range(200)]
    assert sum(p < 0.05 for p in ps) == pytest.approx(10, abs=10)
