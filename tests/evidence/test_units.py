"""In which unit a metric is, where its baselines and references speak against its name."""

import pytest

from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Direction
from reviewer.evidence.metrics import PER_CENT_BY_ITS_VALUES, beneath, is_share
from reviewer.evidence.units import as_measured, as_valued
from tests.builders import measured

ACC = Metric("acc", Direction.HIGHER)
PGR = Metric("pgr", Direction.HIGHER, derived_from=("acc",))
PROBLEM = Problem("p", metrics=(ACC, PGR))


@pytest.mark.parametrize(
    ("values", "per_cent"),
    [
        ((), False),
        ((0.5, 0.6), False),
        ((0.5, 60.0), False),
        ((0.5, 60.0, 70.0), True),
        ((60.0,), True),
        ((-999.0, -999.0, 0.6), False),
        ((1e13, -999.0), False),
    ],
)
def test_most_of_the_values_decide(values: tuple[float, ...], per_cent: bool) -> None:
    assert (as_valued(ACC, values).unit == PER_CENT_BY_ITS_VALUES) is per_cent


def test_what_is_in_per_cent_is_neither_a_share_of_examples_nor_one_of_a_gap() -> None:
    told = as_measured(PROBLEM, [measured(60.0, metric="acc"), measured(80.0, metric="pgr"), measured(7.0, metric="x")])
    acc, pgr = told.metrics
    assert (is_share(ACC), beneath(PGR)) == (True, "acc")
    assert (is_share(acc), beneath(pgr)) == (False, None)
    assert told.primary_metric == PROBLEM.primary_metric


def test_a_metric_that_nobody_described_is_told_too_and_a_unit_that_is_stated_holds() -> None:
    told = as_measured(Problem("p"), [measured(60.0, metric="accuracy")])
    assert told.metric("accuracy").unit == PER_CENT_BY_ITS_VALUES
    stated = Problem("p", metrics=(Metric("acc", unit="%"), Metric("loss")))
    assert as_measured(stated, [measured(60.0, metric="acc"), measured(60.0, metric="loss")]) is stated


def test_subsets_and_missing_values_tell_nothing() -> None:
    rows = [measured(60.0, metric="acc", subset="a"), measured(None, metric="acc")]
    assert as_measured(PROBLEM, rows) is PROBLEM


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("error_rate", True),
        ("win rate", True),
        ("learning_rate", False),
        ("rate", False),
        ("balanced_error_rate", False),
    ],
)
def test_rates_of_errors_and_successes_are_shares(name: str, share: bool) -> None:
    assert is_share(Metric(name)) is share
