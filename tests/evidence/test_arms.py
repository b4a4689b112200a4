"""What a measurement gives to compare, and why it gives no more."""

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.problems import Metric
from reviewer.evidence.arms import arm_of, is_restated, is_same, states_otherwise
from reviewer.evidence.metrics import PerCent
from tests.builders import measured
from tests.evidence.arms import VALUES, of_seeds


def test_runs_that_are_listed_give_mean_and_error() -> None:
    arm = of_seeds([1.0, 2.0, 3.0, 4.0])
    assert (arm.mean, arm.n, arm.flaw) == (2.5, 4, "")
    assert arm.standard_error == pytest.approx(math.sqrt(5 / 3) / 2)
    assert arm.deviation == pytest.approx(math.sqrt(5 / 3))


def test_stated_error_and_number_serve_where_no_run_is_listed() -> None:
    arm = arm_of(measured(0.5, standard_error=0.02, n_seeds=4, n_test=900))
    assert arm is not None
    assert (arm.mean, arm.standard_error, arm.n, arm.n_test) == (0.5, 0.02, 4, 900)
    assert arm.deviation == pytest.approx(0.04)


def test_runs_count_only_where_none_was_left_out() -> None:
    seeds = (SeedValue(1, 0.64), SeedValue(2, 0.7))
    arm = arm_of(measured(0.7, standard_error=0.02, n_seeds=5, seeds=seeds))
    assert arm is not None
    assert (arm.mean, arm.standard_error, arm.n, arm.seeds, arm.flaw) == (0.7, 0.02, 5, (), "")


@pytest.mark.parametrize(
    ("seeds", "why"),
    [
        (
            (SeedValue(1, 0.5), SeedValue(2, 0.6)),
            "of its 8 runs 2 are listed; their mean, 0.550, is far from the stated",
        ),
        ((SeedValue(1, 0.5),), "of its 8 runs 1 is listed"),
        ((SeedValue(1, 0.9), SeedValue(1, 0.9)), "seed 1 is listed more than once"),
    ],
)
def test_runs_that_speak_against_what_is_stated_of_all_leave_its_error_unused(
    seeds: tuple[SeedValue, ...], why: str
) -> None:
    arm = arm_of(measured(0.9, standard_error=0.001, n_seeds=8, seeds=seeds))
    assert arm is not None
    assert (arm.mean, arm.standard_error, arm.n) == (0.9, None, 8)
    assert why in arm.flaw


@pytest.mark.parametrize(
    ("measurement", "flaw"),
    [
        (measured(0.5, standard_error=0.0, n_seeds=5), "its error is 0"),
        (measured(0.5, standard_error=-0.1, n_seeds=5), "its error is negative (-0.1)"),
        (measured(0.5, standard_error=math.nan, n_seeds=5), "its error is no number"),
        (measured(0.5, standard_error=math.inf, n_seeds=5), "its error is no number"),
        (measured(0.5, standard_error=0.1, n_seeds=0), "said to rest on 0 seeds"),
        (measured(0.5, seeds=(SeedValue(1, 0.5), SeedValue(1, 0.6))), "seed 1 is listed more than once"),
        (measured(0.5, seeds=(SeedValue(1, 0.5), SeedValue(2, 0.5))), "its 2 runs all have the same value"),
    ],
)
def test_an_error_that_cannot_be_used_is_left_out_with_the_reason(measurement: Measurement, flaw: str) -> None:
    arm = arm_of(measurement)
    assert arm is not None
    assert arm.standard_error is None
    assert flaw in arm.flaw


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_no_value_is_no_arm(value: float | None) -> None:
    assert arm_of(measured(value)) is None
    assert arm_of(None) is None


def test_one_listed_run_is_one_run() -> None:
    arm = arm_of(measured(0.5, seeds=(SeedValue(42, 0.5),)))
    assert arm is not None
    assert (arm.single, arm.standard_error, arm.flaw) == (True, None, "")


def test_the_run_that_is_listed_goes_before_what_is_stated_and_its_error_is_told_as_unused() -> None:
    arm = arm_of(measured(0.78, standard_error=0.02, seeds=(SeedValue(42, 0.5),)))
    assert arm is not None
    assert (arm.mean, arm.n, arm.standard_error) == (0.5, 1, None)
    assert "stated of one run" in arm.unused


def test_a_million_runs_are_taken() -> None:
    arm = of_seeds([0.0, 1.0] * 500_000)
    assert arm.n == 1_000_000
    assert arm.standard_error == pytest.approx(0.0005, rel=1e-5)


@given(values=VALUES, order=st.randoms())
def test_the_order_of_the_runs_is_nothing(values: list[float], order: Random) -> None:
    shuffled = list(values)
    order.shuffle(shuffled)
    first, second = of_seeds(values), of_seeds(shuffled)
    assert first.mean == second.mean
    assert first.standard_error == pytest.approx(second.standard_error)


@given(
    value=st.floats(),
    error=st.none() | st.floats(),
    n=st.none() | st.integers(-3, 10**7),
    seeds=st.lists(st.tuples(st.none() | st.integers(0, 3), st.floats()), max_size=4),
)
def test_whatever_a_file_says_an_arm_has_a_positive_error_or_none(
    value: float, error: float | None, n: int | None, seeds: list[tuple[int | None, float]]
) -> None:
    listed = tuple(SeedValue(seed, x) for seed, x in seeds)
    arm = arm_of(measured(value, standard_error=error, n_seeds=n, seeds=listed))
    if arm is not None:
        assert math.isfinite(arm.mean)
        assert arm.standard_error is None or (arm.standard_error > 0 and math.isfinite(arm.standard_error))
        assert arm.n is None or arm.n >= 1


def test_the_error_that_one_run_states_is_left_out_and_the_run_stays_one() -> None:
    arm = arm_of(measured(0.5, standard_error=0.014, n_seeds=1))
    assert arm is not None
    assert (arm.single, arm.standard_error, arm.flaw) == (True, None, "")
    assert arm.unused == "it is stated of one run, and so is not that between seeds"


ACCURACY, PER_CENT, LOSS = Metric("accuracy"), PerCent("accuracy"), Metric("val_loss")


@pytest.mark.parametrize(
    ("value", "metric", "half"),
    [
        (0.609, ACCURACY, 0.0005),
        (0.6, ACCURACY, 0.0005),
        (0.6094, ACCURACY, 0.00005),
        (60.9, PER_CENT, 0.05),
        (60.0, PER_CENT, 0.05),
        (60.94, PER_CENT, 0.005),
        (0.9, PER_CENT, 0.05),
        (60.9, ACCURACY, 0.05),
        (2.25, LOSS, 0.005),
        (2.0, LOSS, 0.005),
        (17.6, LOSS, 0.05),
        (1200.0, LOSS, 5),
        (0.5, LOSS, 0.0005),
        (0.0, LOSS, 0.0005),
        (1e-7, LOSS, 5e-8),
    ],
)
def test_what_digits_leave_open_is_relative_to_the_unit(value: float, metric: Metric, half: float) -> None:
    arm = arm_of(measured(value), metric)
    assert arm is not None
    assert arm.rounding == pytest.approx(half)


def test_the_digits_of_the_seeds_are_those_that_most_of_them_show() -> None:
    arm = arm_of(measured(66.9, seeds=(SeedValue(0, 67.0), SeedValue(1, 66.4), SeedValue(2, 67.4))), PER_CENT)
    assert arm is not None
    assert arm.rounding == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("stated", "runs", "metric", "otherwise"),
    [
        (66.9, (67.0, 66.4, 67.4), PER_CENT, False),
        (66.9, (67.0, 66.4, 67.4), ACCURACY, False),
        (66.5, (67.0, 66.4, 67.4), PER_CENT, True),
        (67.0, (67.0, 66.4, 67.4), PER_CENT, False),
        (2.25, (2.24, 2.26, 2.26), LOSS, False),
        (2.26, (2.24, 2.26, 2.26), LOSS, False),
        (2.27, (2.24, 2.26, 2.26), LOSS, True),
        (2.3, (2.24, 2.26, 2.26), LOSS, False),
        (17.6, (17.6, 17.5, 17.6), LOSS, False),
        (17.5, (17.6, 17.5, 17.6), LOSS, False),
        (17.4, (17.6, 17.5, 17.6), LOSS, True),
        (0.64, (0.63, 0.636, 0.631, 0.637, 0.636), ACCURACY, True),
        (0.67, (0.672, 0.674, 0.6745), ACCURACY, False),
        (0.671, (0.672, 0.674, 0.6745), ACCURACY, True),
        (0.672, (0.672, 0.674, 0.6745), ACCURACY, False),
    ],
)
def test_what_is_stated_is_another_value_only_beyond_what_was_rounded(
    stated: float, runs: tuple[float, ...], metric: Metric, otherwise: bool
) -> None:
    of = measured(stated, metric=metric.name, seeds=tuple(SeedValue(i, run) for i, run in enumerate(runs)))
    arm = arm_of(of, metric)
    assert arm is not None
    assert states_otherwise(stated, arm) is otherwise
    assert is_restated(of, metric) is otherwise


@pytest.mark.parametrize(
    ("one", "other", "metric", "same"),
    [
        (0.669, 0.6693, ACCURACY, True),
        (0.669, 0.6715, ACCURACY, False),
        (66.9, 66.93, PER_CENT, True),
        (66.9, 67.15, PER_CENT, False),
        (2.25, 2.2533, LOSS, True),
        (2.25, 2.2563, LOSS, False),
        (0.234, 0.2355, None, True),
    ],
)
def test_two_numbers_are_one_as_far_as_their_digits_go(
    one: float, other: float, metric: Metric | None, same: bool
) -> None:
    assert is_same(one, other, metric) is same
    assert is_same(other, one, metric) is same
