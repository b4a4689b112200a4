"""The mean of a score: against scipy and statsmodels, and where it has no interval."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer.judgement.means import HOLDS_WITH_FEW, equal_weights, mean_of, mean_over, weights_of
from reviewer.judgement.moments import Moments

LOSS = st.floats(0, 5).map(lambda x: round(x, 3))
LOSSES = st.lists(LOSS, min_size=2, max_size=80).filter(lambda xs: max(xs) - min(xs) > 0.01)


def test_students_sleep_data() -> None:
    """Student (1908), the differences of his two drugs, as R prints them: ``t.test`` of ten values, mean 1.58."""
    m = mean_of(Moments([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]))
    assert m.value == pytest.approx(1.58)
    assert m.limits == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert (m.n, m.df, m.reason) == (10, 9, "")


@given(values=LOSSES)
def test_it_is_that_of_scipy(values: list[float]) -> None:
    m = mean_of(Moments(values))
    interval = stats.ttest_1samp(values, 0).confidence_interval()
    assert m.limits == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-9)
    assert m.df == len(values) - 1


@given(values=LOSSES, weight=st.floats(1, 1000))
def test_equal_weights_change_nothing(values: list[float], weight: float) -> None:
    weighted, plain = mean_over(values, weights_of([weight] * len(values))), mean_of(Moments(values))
    assert weighted.limits == pytest.approx(plain.limits, rel=1e-6, abs=1e-9)


@given(seed=st.integers(0, 10**6))
def test_of_many_weighted_outcomes_it_is_the_sandwich_of_statsmodels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, raw = rng.random(2000), rng.uniform(1, 6, 2000)
    weights = weights_of(raw.tolist())
    fit = sm.WLS(values, np.ones(2000), weights=raw).fit(cov_type="HC2")
    assert weights.mean(values.tolist()) == pytest.approx(float(fit.params[0]))
    error = math.sqrt(weights.covariance(values.tolist(), values.tolist()))
    assert error == pytest.approx(float(fit.bse[0]), rel=2e-3)


def test_its_variance_is_right_in_the_mean_where_all_outcomes_vary_alike() -> None:
    """Of three values that are 0 or 1 with probability one half, over all eight draws."""
    weights = weights_of([1.0, 2.0, 5.0])
    draws = [[i & 1, i >> 1 & 1, i >> 2 & 1] for i in range(8)]
    means = [weights.mean(draw) for draw in draws]
    truth = sum((mean - 0.5) ** 2 for mean in means) / 8
    assert sum(weights.covariance(draw, draw) for draw in draws) / 8 == pytest.approx(truth)


def test_degrees_of_freedom_are_fewer_the_more_unequal_the_weights() -> None:
    assert equal_weights(10).df == 9
    assert weights_of([1.0] * 9 + [3.0]).df < weights_of([1.0] * 9 + [2.0]).df < 9


@pytest.mark.parametrize(
    ("values", "raw", "reason"),
    [
        ([0.3], None, "one outcome says nothing"),
        ([0.3] * 7, None, "all 7 outcomes give the same"),
        ([0.3, 0.1, 0.2], [1.0, 1.0, 100.0], "carry nearly all of the weight"),
    ],
)
def test_where_there_is_no_interval_one_sentence_says_why(
    values: list[float], raw: list[float] | None, reason: str
) -> None:
    m = mean_of(Moments(values)) if raw is None else mean_over(values, weights_of(raw))
    assert m.limits is None
    assert reason in m.reason
    assert m.reason.endswith(".")


def test_few_outcomes_are_cautioned_and_many_are_not() -> None:
    assert mean_of(Moments([0.0, 1.0] * 99 + [0.0])).caution == HOLDS_WITH_FEW
    assert mean_of(Moments([0.0, 1.0] * 100)).caution == ""


def test_no_value_has_no_mean() -> None:
    with pytest.raises(ValueError, match="one value or more"):
        mean_of(Moments())
    with pytest.raises(ValueError, match="one value or more"):
        mean_over([], equal_weights(1))
