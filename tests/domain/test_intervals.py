"""Critical values, p values and Fieller's limits: against scipy, by what defines them, and where there are none."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from reviewer.domain.intervals import LEVEL, critical_value, fieller_limits, two_sided_p


@given(df=st.floats(0.5, 1e6), level=st.floats(0.5, 0.999))
def test_critical_values_are_those_of_scipy(df: float, level: float) -> None:
    assert critical_value(df, level) == pytest.approx(float(stats.t.ppf((1 + level) / 2, df)), rel=1e-9)
    assert critical_value(level=level) == pytest.approx(float(stats.norm.ppf((1 + level) / 2)), rel=1e-9)


def test_without_a_level_it_is_that_of_every_interval() -> None:
    assert critical_value(4) == critical_value(4, LEVEL) == pytest.approx(2.776445, abs=5e-7)
    assert critical_value() == pytest.approx(1.959964, abs=5e-7)


def test_of_very_many_degrees_of_freedom_it_is_the_normal_one() -> None:
    assert critical_value(1e300) == pytest.approx(critical_value())
    assert critical_value(float("inf")) == pytest.approx(critical_value())


@given(statistic=st.floats(-30, 30), df=st.floats(1, 1e4))
def test_p_values_are_those_of_scipy(statistic: float, df: float) -> None:
    assert two_sided_p(statistic, df) == pytest.approx(2 * float(stats.t.sf(abs(statistic), df)), rel=1e-7, abs=1e-300)
    assert two_sided_p(statistic) == pytest.approx(2 * float(stats.norm.sf(abs(statistic))), rel=1e-9, abs=1e-300)


@given(
    over=st.floats(-3, 3), under=st.floats(1, 3), variances=st.tuples(st.floats(0.001, 0.05), st.floats(0.001, 0.05)),
    correlation=st.floats(-0.9, 0.9),
)  # fmt: skip
def test_at_either_limit_the_test_turns(
    over: float, under: float, variances: tuple[float, float], correlation: float
) -> None:
    above, below = variances
    both = correlation * (above * below) ** 0.5
    limits = fieller_limits(over, under, above, both, below, 1.96)
    assert limits is not None
    assert limits[0] < over / under < limits[1]
    for theta in limits:
        error = (above - 2 * theta * both + theta**2 * below) ** 0.5
        assert abs(over - theta * under) == pytest.approx(1.96 * error, rel=1e-6)


def test_where_the_lower_part_may_be_0_the_ratio_has_no_limits() -> None:
    assert fieller_limits(1.0, 0.19, 0.01, 0.0, 0.01, 1.96) is None
    assert fieller_limits(1.0, 0.20, 0.01, 0.0, 0.01, 1.96) is not None


def test_nothing_heavy_is_loaded_before_it_is_needed() -> None:
    code = "import sys, reviewer.domain.intervals; print({'numpy', 'scipy'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
