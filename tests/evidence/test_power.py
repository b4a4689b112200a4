"""The difference that could have been found, against statsmodels and the published figures."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

from reviewer.evidence.power import detectable_difference


@pytest.mark.parametrize(("n", "deviations"), [(2, 5.65), (3, 3.07), (5, 2.02), (10, 1.32), (16, 1.02)])
def test_in_deviations_it_is_what_tables_say(n: int, deviations: float) -> None:
    found = detectable_difference(math.sqrt(2 / n), 2 * n - 2)
    assert found == pytest.approx(deviations, abs=0.006)
    assert found == pytest.approx(TTestIndPower().solve_power(nobs1=n, alpha=0.05, power=0.8), rel=1e-5)


@given(error=st.floats(1e-6, 1e6), df=st.floats(1, 1e6))
def test_it_grows_with_the_error_and_shrinks_with_the_runs(error: float, df: float) -> None:
    found = detectable_difference(error, df)
    assert found == pytest.approx(error * detectable_difference(1.0, df), rel=1e-9)
    assert found >= detectable_difference(error, df + 1) * (1 - 1e-9)
    assert found > 2.8 * error
