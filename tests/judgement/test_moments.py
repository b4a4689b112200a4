"""Values that come one by one: as if all had been kept, against numpy and the standard library."""

from statistics import fmean, variance

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.judgement.moments import Moments

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=50)


@given(values=VALUES)
def test_of_few_values_they_are_those_of_all_at_once(values: list[float]) -> None:
    moments = Moments(values)
    assert (len(moments), moments.mean, moments.reach) == (len(values), fmean(values), max(values) - min(values))
    # Values of which the last digit alone differs vary by what a square of that digit tells.
    last_digit = 1e-15 * max(map(abs, values))
    assert moments.variance == pytest.approx(variance(values), rel=1e-9, abs=last_digit**2)


def test_values_that_are_all_the_same_do_not_vary() -> None:
    assert Moments([699051.361898823] * 3).variance == pytest.approx(0, abs=1e-30)


@pytest.mark.parametrize("n", [999, 1000, 1001, 25_500])
def test_of_many_far_from_zero_nothing_is_lost(n: int) -> None:
    values = np.random.default_rng(n).normal(1e6, 1e-3, n)
    moments = Moments(values.tolist())
    assert len(moments) == n
    assert moments.mean == pytest.approx(fmean(values), rel=1e-15)
    assert moments.variance == pytest.approx(float((values - values.mean()).var(ddof=1)), rel=1e-6)
    assert moments.reach == np.ptp(values)


@given(values=VALUES, at=st.integers(0, 50))
def test_looking_in_between_changes_nothing_of_weight(values: list[float], at: int) -> None:
    looked = Moments()
    for place, value in enumerate(values):
        looked.add(value)
        if place == at:
            assert looked.mean == pytest.approx(fmean(values[: at + 1]))
    assert looked.mean == pytest.approx(fmean(values), rel=1e-12, abs=1e-9)
    assert looked.variance == pytest.approx(variance(values), rel=1e-9, abs=1e-6)


def test_one_value_has_no_variance() -> None:
    with pytest.raises(ValueError, match="two values or more"):
        _ = Moments([1.0]).variance
    assert (len(Moments()), Moments().mean, Moments().reach) == (0, 0.0, 0.0)
