"""What rules hold against noise is what the evidence beside their questions shows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.methods import Measurement, Method, SeedValue
from reviewer.domain.vocabulary import Bound, Direction, Role
from reviewer.evidence.appraisal import Appraised, appraise
from reviewer.evidence.checks.case import Case
from reviewer.evidence.comparison import compare
from tests.builders import method
from tests.evidence.checks.cases import STUDY, asked, case, number

NUMBERS = st.one_of(st.just(None), st.integers(0, 1000).map(lambda n: n / 1000))
ERRORS = st.sampled_from([None, 0.0, 0.002, 0.05, 0.3])
RUNS = st.sampled_from([None, 1, 2, 5])
SEEDS = st.lists(st.integers(0, 1000).map(lambda n: n / 1000), max_size=4)


def stated(value: float | None, metric: str, error: float | None = 0.002, n: int | None = 5) -> Measurement:
    return number(value, metric, standard_error=error, n_seeds=n, seeds=())


def of(
    role: Role, pgr: Measurement | None, accuracy: Measurement | None, bound: Bound | None = None, number: int = 1
) -> Method:
    rows = [m for m in (pgr, accuracy) if m is not None]
    return method(f"{role}-{number}", *rows, role=role, bound=bound, id=number)


def held(ours: Method, theirs: Method, floor: Measurement, ceiling: Measurement, shared_seeds: bool = False) -> Case:
    references = (of(Role.REFERENCE, None, floor, Bound.FLOOR, 3), of(Role.REFERENCE, None, ceiling, Bound.CEILING, 4))
    return case(ours, baselines=(theirs,), references=references, shared_seeds=shared_seeds)


def shown(of: Case) -> Appraised:
    """What the evidence shows of the shares in the lab."""
    context = of.context
    rows = compare(of.method, context.baselines[0], context.references, context.problem)
    return appraise(rows, shared_seeds=context.shared_seeds)[0]


def critical() -> Case:
    """Shares that are stated with wide errors, of accuracies that are known well."""
    return held(
        of(Role.PROPOSAL, stated(0.3, "pgr", 0.05), stated(0.66, "accuracy")),
        of(Role.BASELINE, stated(0.2, "pgr", 0.05), stated(0.64, "accuracy"), number=2),
        stated(0.6, "accuracy"),
        stated(0.8, "accuracy"),
    )


def rules(of: Case) -> list[str]:
    return [result.rule for result in asked(of)]


def test_a_gain_that_the_metric_beneath_tells_from_nothing_is_not_held_to_be_noise() -> None:
    of_both = critical()
    assert shown(of_both).tested_on == "accuracy"
    assert shown(of_both).told == "better"
    assert "within-noise" not in rules(of_both)


def test_a_gain_that_the_metric_beneath_cannot_tell_from_nothing_is_asked_about_with_the_interval_shown() -> None:
    wide = replace(critical().method, measurements=(stated(0.3, "pgr", 0.001), stated(0.66, "accuracy", 0.02)))
    context = critical().context
    unclear = case(wide, baselines=context.baselines, references=context.references)
    (found,) = [result for result in asked(unclear) if result.rule == "within-noise"]
    difference = shown(unclear).difference
    assert difference is not None
    assert difference.interval is not None
    assert found.numbers["low"] == pytest.approx(difference.interval.low)
    assert found.numbers["high"] == pytest.approx(difference.interval.high)


@pytest.mark.parametrize("ceiling", [0.6, 0.602, 0.5])
def test_of_shares_of_a_gap_that_is_not_resolved_no_noise_is_asked_about(ceiling: float) -> None:
    first = critical()
    none = held(first.method, first.context.baselines[0], stated(0.6, "accuracy"), stated(ceiling, "accuracy"))
    assert "within-noise" not in rules(none)
    (row,) = [r for r in none.rows if r.ours.dataset == "chat"]
    found = none.compared(row)
    assert found is not None
    assert found.difference is None
    assert found.is_noise
    assert found.gain(Direction.HIGHER) is None


@st.composite
def measured(draw: st.DrawFn, metric: str, *, needed: bool = False) -> Measurement | None:
    value = draw(NUMBERS)
    if value is None and not needed:
        return None
    runs = tuple(SeedValue(42 + i, x) for i, x in enumerate(draw(SEEDS)))
    return number(value or 0.0, metric, standard_error=draw(ERRORS), n_seeds=draw(RUNS), seeds=runs)


@given(st.data(), st.booleans())
def test_what_is_compared_is_what_the_evidence_shows(data: st.DataObject, shared_seeds: bool) -> None:
    ours, theirs = (
        of(role, data.draw(measured("pgr", needed=True)), data.draw(measured("accuracy")), number=i)
        for i, role in enumerate((Role.PROPOSAL, Role.BASELINE), 1)
    )
    floor, ceiling = (data.draw(measured("accuracy", needed=True)) for _ in range(2))
    assert floor is not None
    assert ceiling is not None
    of_both = held(ours, theirs, floor, ceiling, shared_seeds)
    evidence = shown(of_both)
    assert evidence.row.metric.name == STUDY.primary_metric
    assert evidence.difference is not None
    rows = [row for row in of_both.rows if row.ours.metric == STUDY.primary_metric]
    if evidence.difference.odd and "not resolved" not in evidence.difference.reason:
        assert rows == []
        return
    (row,) = rows
    found = of_both.compared(row)
    assert found is not None
    if found.difference is None:
        assert "gap between floor and ceiling is not resolved" in evidence.difference.reason
        return
    assert found.difference.interval == evidence.difference.interval
    assert found.difference.value == evidence.difference.value


@pytest.mark.parametrize("odd", [1e-320, 1e-200, 1e-90, 1e60, 9e99, -9e99])
@pytest.mark.parametrize("shared_seeds", [False, True])
def test_numbers_that_nothing_can_be_computed_from_stop_no_rule(odd: float, shared_seeds: bool) -> None:
    first = critical()
    runs = (SeedValue(42, odd), SeedValue(43, -odd), SeedValue(44, 0.6))
    alike = tuple(SeedValue(42 + i, odd * (1 + i / 1000)) for i in range(5))
    for rows in (
        {"ours": stated(0.7, "accuracy", odd)},
        {"ours": stated(0.7, "accuracy")._replace(seeds=runs)},
        {"ceiling": stated(0.6 + odd, "accuracy")},
        {"floor": stated(0.0, "accuracy"), "ceiling": stated(odd, "accuracy", odd)},
        {"ceiling": stated(0.8, "accuracy")._replace(seeds=runs)},
        {"pgr": stated(0.3, "pgr")._replace(seeds=runs)},
        {"floor": stated(0.6, "accuracy")._replace(seeds=alike), "ours": stated(0.7, "accuracy")._replace(seeds=alike)},
    ):
        of_odd = held(
            of(Role.PROPOSAL, rows.get("pgr", stated(0.3, "pgr")), rows.get("ours", stated(0.66, "accuracy"))),
            first.context.baselines[0],
            rows.get("floor", stated(0.6, "accuracy")),
            rows.get("ceiling", stated(0.8, "accuracy")),
            shared_seeds,
        )
        for result in asked(of_odd):
            assert result.question.endswith("?")
