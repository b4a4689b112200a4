"""The difference of two arms: by published examples, against another implementation, and what must not matter."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from reviewer.evidence.arms import Arm
from reviewer.evidence.difference import ASSUMPTIONS, Interval, Procedure, difference_of
from tests.evidence.arms import VALUES, of_seeds


def outcome(ours: Arm, theirs: Arm, *, paired: bool = False) -> Interval:
    found = difference_of(ours, theirs, paired=paired)
    assert found.interval is not None, found.reason
    return found.interval


SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
"""Cushny and Peebles (1905), by which Student showed his test (1908)."""


def test_welch_on_students_sleep_data() -> None:
    """As R prints it: ``t.test(extra ~ group, data = sleep)``."""
    d = outcome(of_seeds(SLEEP_1), of_seeds(SLEEP_2))
    assert d.procedure is Procedure.WELCH
    assert d.df == pytest.approx(17.776, abs=5e-4)
    assert d.p == pytest.approx(0.07939, abs=5e-6)
    assert [d.low, d.high] == pytest.approx([-3.3654832, 0.2054832], abs=5e-8)
    assert d.resolved is False


def test_paired_on_students_sleep_data() -> None:
    """As R prints it: ``t.test(..., paired = TRUE)``."""
    d = outcome(of_seeds(SLEEP_1), of_seeds(SLEEP_2), paired=True)
    assert (d.procedure, d.df, d.pairs) == (Procedure.PAIRED, 9, 10)
    assert d.p == pytest.approx(0.002833, abs=5e-7)
    assert [d.low, d.high] == pytest.approx([-2.4598858, -0.7001142], abs=5e-8)
    assert d.resolved is True


def test_mean_error_and_number_serve_as_well_as_the_runs() -> None:
    first, second = of_seeds(SLEEP_1), of_seeds(SLEEP_2)
    told = outcome(Arm(first.mean, first.standard_error, 10), Arm(second.mean, second.standard_error, 10))
    assert told == outcome(first, second)


@given(ours=VALUES, theirs=VALUES)
def test_welch_is_that_of_scipy(ours: list[float], theirs: list[float]) -> None:
    d = outcome(of_seeds(ours), of_seeds(theirs))
    result = stats.ttest_ind(ours, theirs, equal_var=False)
    interval = result.confidence_interval()
    assert d.p == pytest.approx(result.pvalue, rel=1e-6, abs=1e-12)
    assert d.df == pytest.approx(result.df, rel=1e-6)
    assert d.low == pytest.approx(interval.low, rel=1e-6, abs=1e-9)
    assert d.high == pytest.approx(interval.high, rel=1e-6, abs=1e-9)


@given(one=st.floats(-100, 100), many=VALUES)
def test_one_run_against_several_is_the_pooled_test_with_one_on_a_side(one: float, many: list[float]) -> None:
    d = outcome(Arm(one, n=1), of_seeds(many))
    result = stats.ttest_ind([one], many, equal_var=True)
    assert d.procedure is Procedure.CRAWFORD_HOWELL
    assert d.caution == ASSUMPTIONS[Procedure.CRAWFORD_HOWELL]
    assert d.df == len(many) - 1
    assert d.p == pytest.approx(result.pvalue, rel=1e-6, abs=1e-12)
    assert d.low == pytest.approx(result.confidence_interval().low, rel=1e-6, abs=1e-7)


@given(ours=VALUES, theirs=VALUES, shift=st.floats(-50, 50), scale=st.floats(0.01, 100))
def test_a_unit_does_not_matter_and_arms_swap(
    ours: list[float], theirs: list[float], shift: float, scale: float
) -> None:
    d = outcome(of_seeds(ours), of_seeds(theirs))
    swapped = outcome(of_seeds(theirs), of_seeds(ours))
    assert [swapped.low, swapped.high] == pytest.approx([-d.high, -d.low])
    assert swapped.p == pytest.approx(d.p)
    moved = (of_seeds([x * scale + shift for x in values]) for values in (ours, theirs))
    other = difference_of(*moved).interval
    assume(other is not None)  # where the shift swallows the deviation
    assert other is not None
    assert other.p == pytest.approx(d.p, rel=1e-4, abs=1e-9)
    assert other.low == pytest.approx(d.low * scale, rel=1e-4, abs=1e-6)


def test_an_error_without_its_number_is_normal_and_says_so() -> None:
    d = outcome(Arm(0.5, 0.03), Arm(0.4, 0.04, 5))
    assert (d.procedure, d.df) == (Procedure.NORMAL, None)
    assert d.detectable == pytest.approx((1.959964 + 0.841621) * 0.05), "at the least"
    assert [d.low, d.high] == pytest.approx([0.1 - 1.959964 * 0.05, 0.1 + 1.959964 * 0.05])
    assert "too narrow if they are few" in d.caution


@pytest.mark.parametrize(
    ("ours", "theirs", "reason"),
    [
        (Arm(0.5), Arm(0.4), "neither side states an error between seeds"),
        (Arm(0.5), Arm(0.4, 0.01, 5), "the proposal states no error and no n."),
        (Arm(0.5, 0.01, 5), Arm(0.4), "the baseline states no error and no n."),
        (Arm(0.5, n=3), Arm(0.4, 0.01, 5), "the proposal states no error between seeds."),
        (Arm(0.5), Arm(0.4), "neither side states an error between seeds."),
        (Arm(0.5, n=1), Arm(0.4, n=1), "one run on either side"),
        (Arm(0.5, n=1), Arm(0.4, n=5), "one run, and the baseline states no error between seeds"),
        (Arm(0.5, n=1), Arm(0.4, 0.01), "one run, and nobody says of how many runs the baseline's error is"),
        (Arm(0.5, n=5, flaw="its error is 0"), Arm(0.4, 0.01, 5), "the proposal's error cannot be used, since its err"),
    ],
)
def test_where_there_is_no_interval_one_sentence_says_why(ours: Arm, theirs: Arm, reason: str) -> None:
    d = difference_of(ours, theirs)
    assert (d.value, d.interval) == (ours.mean - theirs.mean, None)
    assert reason in d.reason
    assert d.reason.index(".") == len(d.reason) - 1


def test_pairs_are_made_by_the_seeds_number_and_only_where_asked() -> None:
    ours, theirs = of_seeds([1.0, 2.1, 2.9], first=1), of_seeds([0.5, 1.6, 2.2], first=1)
    d = outcome(ours, theirs, paired=True)
    assert (d.procedure, d.pairs) == (Procedure.PAIRED, 3)
    assert difference_of(ours, theirs, paired=True).value == pytest.approx((0.5 + 0.5 + 0.7) / 3)
    assert outcome(ours, theirs).procedure is Procedure.WELCH
    assert outcome(ours, of_seeds([1.0, 2.0], first=90), paired=True).procedure is Procedure.WELCH


@pytest.mark.parametrize("more", [[9.0, 0.5, 1.6], [9.0, 0.5, 1.6, 2.2]])
def test_pairs_that_would_leave_runs_out_are_not_made_and_that_is_said(more: list[float]) -> None:
    ours, theirs = of_seeds([1.0, 2.1, 2.9], first=1), of_seeds(more, first=0)
    for arms in ((ours, theirs), (theirs, ours)):
        d, independent = difference_of(*arms, paired=True), difference_of(*arms)
        assert d.interval == independent.interval
        assert d.value == arms[0].mean - arms[1].mean
        assert (d.unpaired, independent.unpaired) == (True, False)


def test_pairs_that_all_differ_by_the_same_have_no_interval() -> None:
    d = difference_of(of_seeds([1.0, 2.0, 3.0]), of_seeds([0.5, 1.5, 2.5]), paired=True)
    assert (d.value, d.interval) == (0.5, None)
    assert "all the same" in d.reason


@given(
    ours=st.tuples(st.floats(-1e6, 1e6), st.none() | st.floats(1e-9, 1e6), st.none() | st.integers(1, 10**6)),
    theirs=st.tuples(st.floats(-1e6, 1e6), st.none() | st.floats(1e-9, 1e6), st.none() | st.integers(1, 10**6)),
)
def test_every_pair_of_arms_has_an_interval_around_its_value_or_a_reason(
    ours: tuple[float, float | None, int | None], theirs: tuple[float, float | None, int | None]
) -> None:
    d = difference_of(*(Arm(mean, None if n == 1 else error, n) for mean, error, n in (ours, theirs)))
    if d.interval is None:
        assert d.reason
        return
    assert not d.reason
    assert d.interval.low <= d.value <= d.interval.high
    assert 0 <= d.interval.p <= 1
    assert d.interval.resolved is (d.interval.p < 0.05) or math.isclose(d.interval.p, 0.05, rel_tol=1e-6)
