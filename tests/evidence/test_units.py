"""In which unit a metric is, where its baselines and references speak against its name."""

import pytest

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Direction, Origin, Role, Setting
from reviewer.evidence.metrics import PerCent, beneath, is_of_examples, is_share, whole
from reviewer.evidence.units import as_measured, as_valued
from tests.builders import measured, method

ACC = Metric("acc", Direction.HIGHER)
PGR = Metric("pgr", Direction.HIGHER, derived_from=("acc",))
PROBLEM = Problem("p", metrics=(ACC, PGR))
LAB, HELD_OUT = Setting.LAB, Setting.HELD_OUT


def by(origin: Origin, *measurements: Measurement) -> Method:
    return method("b", *measurements, role=Role.BASELINE, origin=origin)


def as_measured_by_agents(problem: Problem, measurements: list[Measurement]) -> Problem:
    return as_measured(problem, [by(Origin.AGENT, m) for m in measurements])


@pytest.mark.parametrize(
    ("values", "per_cent"),
    [
        ((), False),
        ((0.5, 0.6), False),
        ((0.5, 60.0), False),
        ((0.5, 60.0, 70.0), True),
        ((60.0,), True),
        ((-999.0, -999.0, 0.6), False),
        ((-1.0,), False),
        ((-1.0, -1.0, 0.61), False),
        ((6600.0,), False),
        ((1e13, -999.0), False),
    ],
)
def test_most_of_the_values_decide(values: tuple[float, ...], per_cent: bool) -> None:
    assert isinstance(as_valued(ACC, values), PerCent) is per_cent


def test_what_is_in_per_cent_is_known_by_what_all_of_it_is() -> None:
    told = as_measured_by_agents(
        PROBLEM, [measured(60.0, metric="acc"), measured(80.0, metric="pgr"), measured(7.0, metric="x")]
    )
    acc, pgr = (told.metric_at(name, "chat", Setting.UNKNOWN, "") for name in ("acc", "pgr"))
    assert (is_share(ACC), beneath(PGR)) == (True, "acc")
    assert (is_share(acc), beneath(pgr)) == (False, "acc")
    assert (is_of_examples(acc), is_of_examples(pgr)) == (True, False)
    assert [whole(m) for m in (ACC, PGR, acc, pgr)] == [1, 1, 100, 100]
    assert (acc.direction, acc.name) == (Direction.HIGHER, "acc")


def test_each_place_decides_for_itself_and_others_where_nothing_was_measured_by_agents() -> None:
    told = as_measured_by_agents(
        PROBLEM,
        [
            *(measured(60.0, dataset, metric="acc", setting=LAB) for dataset in ("chat", "code", "code")),
            measured(0.6, "math", metric="acc", setting=LAB),
            measured(0.7, "chat", metric="acc", setting=HELD_OUT),
        ],
    )

    def per_cent(dataset: str, setting: Setting = LAB) -> bool:
        return isinstance(told.metric_at("acc", dataset, setting, ""), PerCent)

    assert per_cent("chat")
    assert not per_cent("math")
    assert not per_cent("chat", HELD_OUT)
    assert per_cent("code", HELD_OUT), "as the dataset is elsewhere"
    assert per_cent("new"), "as most of it is"


def test_an_arm_with_a_run_that_failed_tells_nothing() -> None:
    seeds = tuple(SeedValue(i, v) for i, v in enumerate((0.60, -999.0, 61.0)))
    assert as_measured_by_agents(PROBLEM, [measured(60.0, metric="acc", seeds=seeds)]) is PROBLEM


def test_runs_that_are_listed_decide_and_not_what_is_stated_of_them() -> None:
    seeds = tuple(SeedValue(i, v) for i, v in enumerate((0.60, 0.61)))
    assert as_measured_by_agents(PROBLEM, [measured(60.5, metric="acc", seeds=seeds)]) is PROBLEM


def test_a_metric_that_nobody_described_is_told_too_and_a_unit_that_is_stated_holds() -> None:
    told = as_measured_by_agents(Problem("p"), [measured(60.0, metric="accuracy")])
    assert isinstance(told.metric_at("accuracy", "chat", Setting.UNKNOWN, ""), PerCent)
    stated = Problem("p", metrics=(Metric("acc", unit="%"), Metric("loss")))
    told = as_measured_by_agents(stated, [measured(0.6, metric="acc"), measured(60.0, metric="loss")])
    assert isinstance(told.metric_at("acc", "chat", Setting.UNKNOWN, ""), PerCent)
    assert told.metric_at("loss", "chat", Setting.UNKNOWN, "") == Metric("loss")


def test_a_unit_that_is_stated_holds_where_nothing_was_measured() -> None:
    told = as_measured(Problem("p", metrics=(Metric("pgr", unit="%", derived_from=("acc",)),)))
    assert whole(told.metric_at("pgr", "chat", Setting.UNKNOWN, "")) == 100


def test_where_a_human_measured_no_agent_decides() -> None:
    by_agents = [by(Origin.AGENT, measured(60.0, metric="acc")) for _ in range(3)]
    human = by(Origin.HUMAN, measured(0.6, metric="acc"), measured(0.7, "math", metric="acc"))
    told = as_measured(PROBLEM, [*by_agents, by(Origin.AGENT, measured(70.0, "code", metric="acc")), human])
    found = [whole(told.metric_at("acc", dataset, Setting.UNKNOWN, "")) for dataset in ("chat", "math", "code")]
    assert found == [1, 1, 100]


def test_subsets_and_missing_values_tell_nothing() -> None:
    rows = [measured(60.0, metric="acc", subset="a"), measured(None, metric="acc")]
    assert as_measured_by_agents(PROBLEM, rows) is PROBLEM


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("error_rate", True),
        ("win rate", True),
        ("learning_rate", False),
        ("rate", False),
        ("balanced_error_rate", False),
        ("word_error_rate", False),
        ("equal error rate", False),
    ],
)
def test_rates_of_errors_and_successes_are_shares(name: str, share: bool) -> None:
    assert is_share(Metric(name)) is share
