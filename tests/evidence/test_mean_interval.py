"""The interval of one method's mean: by a published example, against scipy, and where there is none."""

import math

import pytest
from hypothesis import given
from scipy import stats

from reviewer.evidence.arms import Arm
from reviewer.evidence.difference import ASSUMPTIONS, Procedure
from reviewer.evidence.mean_interval import mean_interval
from tests.evidence.arms import VALUES, of_seeds


def test_students_sleep_data() -> None:
    """Student (1908), the differences of his two drugs, as R prints them: ``t.test`` of ten values, mean 1.58."""
    m = mean_interval(of_seeds([1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]))
    assert m.value == pytest.approx(1.58)
    assert m.limits == pytest.approx((0.7001142, 2.4598858), abs=5e-8)
    assert (m.df, m.reason, m.caution) == (9, "", "")


@given(values=VALUES)
def test_it_is_that_of_scipy(values: list[float]) -> None:
    m = mean_interval(of_seeds(values))
    assert m.limits is not None
    interval = stats.ttest_1samp(values, 0).confidence_interval()
    assert m.limits == pytest.approx((interval.low, interval.high), rel=1e-6, abs=1e-9)


def test_an_error_without_its_number_is_normal_and_says_so() -> None:
    m = mean_interval(Arm(0.5, 0.1))
    assert m.limits == pytest.approx((0.5 - 0.1959964, 0.5 + 0.1959964))
    assert m.df is None
    assert m.caution == ASSUMPTIONS[Procedure.NORMAL]


@pytest.mark.parametrize(
    ("arm", "reason"),
    [
        (Arm(0.5), "no error between seeds is stated"),
        (Arm(0.5, n=5), "no error between seeds is stated"),
        (Arm(0.5, n=1), "one run says nothing"),
        (Arm(0.5, n=5, flaw="its error is negative (-1)"), "since its error is negative (-1)"),
    ],
)
def test_where_there_is_none_one_sentence_says_why(arm: Arm, reason: str) -> None:
    m = mean_interval(arm)
    assert (m.value, m.limits, m.caution) == (0.5, None, "")
    assert reason in m.reason
    assert m.reason.endswith(".")


def test_very_many_runs_come_near_the_normal() -> None:
    m = mean_interval(Arm(0.0, 1.0, 10**7))
    assert m.limits is not None
    assert math.isclose(m.limits[1], 1.959964, rel_tol=1e-5)
