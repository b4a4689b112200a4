"""In which unit a metric is, where its baselines and references speak against its name."""

import pytest

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Bound, Direction, Origin, Role, Setting
from reviewer.evidence.metrics import (
    CountedShare,
    DoubtfulUnit,
    PerCent,
    UntoldUnit,
    beneath,
    is_of_examples,
    is_share,
    states_per_cent,
    whole,
)
from reviewer.evidence.odd_values import reach
from reviewer.evidence.units import as_measured
from tests.builders import measured, method

ACC = Metric("acc", Direction.HIGHER)
PGR = Metric("pgr", Direction.HIGHER, derived_from=("acc",))
PROBLEM = Problem("p", metrics=(ACC, PGR))
LAB, HELD_OUT = Setting.LAB, Setting.HELD_OUT


def by(origin: Origin, *measurements: Measurement) -> Method:
    return method("b", *measurements, role=Role.BASELINE, origin=origin)


def end(bound: Bound, *measurements: Measurement) -> Method:
    return method(bound, *measurements, role=Role.REFERENCE, bound=bound)


def as_measured_by_agents(problem: Problem, measurements: list[Measurement]) -> Problem:
    return as_measured(problem, [by(Origin.AGENT, m) for m in measurements])


def kind(problem: Problem, metric: str, dataset: str = "chat", setting: Setting = Setting.UNKNOWN) -> type[Metric]:
    return type(problem.metric_at(metric, dataset, setting, ""))


@pytest.mark.parametrize(
    ("metric", "values", "told"),
    [
        ("acc", (), UntoldUnit),
        ("acc", (0.0,), UntoldUnit),
        ("acc", (0.5, 0.6), Metric),
        ("acc", (0.5, 60.0), Metric),
        ("acc", (0.6, 0.61, 60.0), Metric),
        ("acc", (0.5, 60.0, 70.0), PerCent),
        ("acc", (0.0, 60.0), PerCent),
        ("acc", (60.0,), PerCent),
        ("acc", (-999.0, -999.0, 0.6), Metric),
        ("acc", (-1.0, -1.0, 0.61), Metric),
        ("acc", (-1.0,), UntoldUnit),
        ("acc", (6600.0,), UntoldUnit),
        ("acc", (1e13, -999.0), UntoldUnit),
        ("pgr", (7.5, 4.1), UntoldUnit),
        ("pgr", (7.5, 4.1, 45.0), PerCent),
        ("pgr", (7.5, 0.6), Metric),
        ("pgr", (-0.4, 0.6, 82.0), Metric),
        ("pgr", (-340.0, 6.0), PerCent),
    ],
)
def test_what_can_be_in_one_unit_alone_decides(metric: str, values: tuple[float, ...], told: type[Metric]) -> None:
    rows = [measured(value, metric=metric) for value in values]
    assert kind(as_measured_by_agents(PROBLEM, rows), metric) is told


FLOOR_AND_CEILING = (end(Bound.FLOOR, measured(0.5, metric="acc")), end(Bound.CEILING, measured(0.7, metric="acc")))


@pytest.mark.parametrize(("stated", "told"), [(8.0, PerCent), (0.08, Metric), (3.0, UntoldUnit)])
def test_the_parts_of_a_share_prove_its_unit(stated: float, told: type[Metric]) -> None:
    human = by(Origin.HUMAN, measured(stated, metric="pgr"), measured(0.516, metric="acc"))
    assert kind(as_measured(PROBLEM, [human], FLOOR_AND_CEILING), "pgr") is told


def test_what_is_proved_goes_before_what_most_speaks_for_and_a_human_before_agents() -> None:
    proved = by(Origin.HUMAN, measured(8.0, metric="pgr"), measured(0.516, metric="acc"))
    shares = [by(Origin.AGENT, measured(value, metric="pgr")) for value in (0.3, 0.4, 0.5)]
    assert kind(as_measured(PROBLEM, [proved, *shares], FLOOR_AND_CEILING), "pgr") is PerCent
    slip = by(Origin.AGENT, measured(45.0, metric="pgr"), measured(0.59, metric="acc"))
    human = by(Origin.HUMAN, measured(0.2, metric="pgr"))
    assert kind(as_measured(PROBLEM, [slip, human], FLOOR_AND_CEILING), "pgr") is Metric


def test_an_error_of_many_gaps_is_one_in_per_cent() -> None:
    human = by(Origin.HUMAN, measured(0.4, metric="pgr", standard_error=4.0, n_seeds=5))
    assert kind(as_measured(PROBLEM, [human]), "pgr") is PerCent


@pytest.mark.parametrize(
    ("name", "value"), [("cpu_utilization", 240.0), ("wer", 104.0), ("accuracy_delta", -0.8), ("compression", 140.0)]
)
def test_per_cents_of_other_things_are_as_they_are_stated(name: str, value: float) -> None:
    problem = Problem("p", metrics=(Metric(name, Direction.HIGHER, "%"),))
    told = as_measured_by_agents(problem, [measured(value, metric=name, n_test=500)])
    metric = told.metric_at(name, "chat", LAB, "")
    assert not is_of_examples(metric)
    assert reach(metric).odd(value, 0.0, ()) is None


def test_a_small_per_cent_is_one_where_the_unit_is_stated_or_errors_stand_on_either_side_of_1() -> None:
    stated = Problem("p", metrics=(Metric("error_rate", Direction.LOWER, "%"),))
    told = as_measured_by_agents(stated, [measured(42.0, metric="error_rate")])
    assert reach(told.metric_at("error_rate", "chat", LAB, "")).odd(0.71, 0.03, ()) is None
    untold = Problem("p", metrics=(Metric("error_rate", Direction.LOWER),))
    small = [measured(value, metric="error_rate") for value in (0.83, 0.95, 1.12)]
    assert kind(as_measured_by_agents(untold, small), "error_rate") is PerCent
    slip = [measured(value, metric="error_rate") for value in (0.3, 0.4, 31.0)]
    assert kind(as_measured_by_agents(untold, slip), "error_rate") is Metric


@pytest.mark.parametrize(("ceiling", "told"), [(100.0, PerCent), (1.0, Metric)])
def test_the_ceiling_of_a_gap_tells_what_all_of_it_is(ceiling: float, told: type[Metric]) -> None:
    ends = [end(Bound.FLOOR, measured(0.0, metric="pgr")), end(Bound.CEILING, measured(ceiling, metric="pgr"))]
    assert kind(as_measured(PROBLEM, [by(Origin.HUMAN, measured(6.0, metric="pgr"))], ends), "pgr") is told


@pytest.mark.parametrize(("value", "told"), [(0.65, CountedShare), (65.0, PerCent), (7.0, Metric)])
def test_right_answers_that_come_to_a_value_show_that_it_is_a_share_whatever_its_name(
    value: float, told: type[Metric]
) -> None:
    counted = measured(value, metric="helpful", n_correct=325, n_test=500)
    told_by_it = as_measured_by_agents(PROBLEM, [counted]).metric_at("helpful", "math", LAB, "")
    assert type(told_by_it) is told
    assert is_of_examples(told_by_it) is (told is not Metric)


@pytest.mark.parametrize(
    ("values", "told"),
    [((0.632, 0.6), DoubtfulUnit), ((0.8, 12.0), PerCent), ((60.0,), PerCent), ((), PerCent), ((0.0,), PerCent)],
)
def test_a_unit_that_is_stated_holds_unless_all_values_are_from_0_to_1(
    values: tuple[float, ...], told: type[Metric]
) -> None:
    stated = Problem("p", metrics=(Metric("acc", Direction.HIGHER, "%"),))
    assert kind(as_measured_by_agents(stated, [measured(value, metric="acc") for value in values]), "acc") is told


@pytest.mark.parametrize(("correct", "told"), [(316, CountedShare), (3, PerCent)])
def test_counted_answers_settle_a_doubtful_unit(correct: int, told: type[Metric]) -> None:
    stated = Problem("p", metrics=(Metric("acc", Direction.HIGHER, "%"),))
    value = 0.632 if correct == 316 else 0.6
    counted = measured(value, metric="acc", n_correct=correct, n_test=500)
    assert kind(as_measured_by_agents(stated, [counted]), "acc") is told


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


def test_each_place_decides_for_itself_and_where_they_agree_for_others_too() -> None:
    told = as_measured_by_agents(
        PROBLEM,
        [
            *(measured(60.0, dataset, metric="acc", setting=LAB) for dataset in ("chat", "code", "code")),
            measured(0.6, "math", metric="acc", setting=LAB),
            measured(0.7, "chat", metric="acc", setting=HELD_OUT),
            measured(45.0, "math", metric="pgr", setting=LAB),
            measured(7.0, "chat", metric="pgr", setting=LAB),
        ],
    )
    assert kind(told, "acc", setting=LAB) is PerCent
    assert kind(told, "acc", "math", LAB) is Metric
    assert kind(told, "acc", setting=HELD_OUT) is Metric
    assert kind(told, "acc", "code", HELD_OUT) is PerCent, "as the dataset is elsewhere"
    assert kind(told, "acc", "new") is UntoldUnit, "since the datasets differ"
    assert kind(told, "pgr", setting=LAB) is PerCent, "since what is there could be either"


def test_an_arm_with_a_run_that_failed_tells_nothing() -> None:
    seeds = tuple(SeedValue(i, v) for i, v in enumerate((0.60, -999.0, 61.0)))
    assert kind(as_measured_by_agents(PROBLEM, [measured(60.0, metric="acc", seeds=seeds)]), "acc") is UntoldUnit


def test_runs_that_are_listed_decide_and_not_what_is_stated_of_them() -> None:
    seeds = tuple(SeedValue(i, v) for i, v in enumerate((0.60, 0.61)))
    assert kind(as_measured_by_agents(PROBLEM, [measured(60.5, metric="acc", seeds=seeds)]), "acc") is Metric


def test_a_metric_that_nobody_described_is_told_too_and_a_unit_that_is_stated_holds() -> None:
    told = as_measured_by_agents(Problem("p"), [measured(60.0, metric="accuracy")])
    assert isinstance(told.metric_at("accuracy", "chat", Setting.UNKNOWN, ""), PerCent)
    stated = Problem("p", metrics=(Metric("acc", unit="%"), Metric("loss")))
    told = as_measured_by_agents(stated, [measured(6.0, metric="acc"), measured(60.0, metric="loss")])
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
    silent = by(Origin.HUMAN, measured(6.0, metric="pgr"))
    by_agent = by(Origin.AGENT, measured(45.0, metric="pgr"))
    assert kind(as_measured(PROBLEM, [silent, by_agent]), "pgr") is PerCent


def test_subsets_and_missing_values_tell_nothing() -> None:
    rows = [measured(60.0, metric="acc", subset="a"), measured(None, metric="acc")]
    assert kind(as_measured_by_agents(PROBLEM, rows), "acc") is UntoldUnit


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("error_rate", True),
        ("win rate", True),
        ("conversion_rate", True),
        ("click-through rate", True),
        ("CTR", True),
        ("refusal_rate", True),
        ("learning_rate", False),
        ("rate", False),
        ("balanced_error_rate", False),
        ("word_error_rate", False),
        ("equal error rate", False),
    ],
)
def test_rates_of_errors_and_successes_are_shares(name: str, share: bool) -> None:
    assert is_share(Metric(name)) is share


@pytest.mark.parametrize(
    ("name", "share", "of_examples"),
    [
        ("exact_match", True, True),
        ("balanced_accuracy", True, False),
        ("macro_f1", True, False),
        ("word_error_rate", False, False),
        ("relative improvement", False, False),
    ],
)
def test_a_unit_says_of_most_names_that_it_is_a_share_and_of_weighed_ones_the_range_alone(
    name: str, share: bool, of_examples: bool
) -> None:
    metric, per_cent = Metric(name, unit="share"), Metric(name, unit="%")
    assert (is_share(metric), is_of_examples(metric)) == (share, of_examples)
    for measurements in ([], [measured(60.0, metric=name)]):
        told = as_measured_by_agents(Problem("p", metrics=(per_cent,)), measurements).metric_at(name, "chat", LAB, "")
        assert (isinstance(told, PerCent), is_of_examples(told)) == (share, of_examples)


@pytest.mark.parametrize(
    "unit", ["%", "percent", "Per cent", "pct", "pct.", "percentage points", "%-points", "pp", "% of the gap"]
)
def test_per_cent_is_spelled_in_many_ways(unit: str) -> None:
    assert states_per_cent(Metric("acc", unit=unit))
    assert not states_per_cent(Metric("acc", unit="% of the baseline"))
