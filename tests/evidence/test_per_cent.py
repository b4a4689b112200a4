"""A study that is in per cent says what the same study says in shares."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Setting
from reviewer.evidence.appraisal import Appraised, appraise
from reviewer.evidence.baselines import Ground, best_baselines
from reviewer.evidence.checks.case import Case
from reviewer.evidence.comparison import compare
from reviewer.evidence.contenders import Contender
from reviewer.evidence.leaderboard import Leaderboard, build_leaderboard
from reviewer.evidence.odd_values import STANDS_FOR_NONE
from reviewer.evidence.units import as_measured
from tests.evidence.checks.cases import asked, case
from tests.evidence.checks.test_rules import EXAMPLES

IN_PER_CENT = [("pgr",), ("accuracy",), ("pgr", "accuracy")]


def hundredfold(m: Measurement, metrics: Collection[str]) -> Measurement:
    if m.metric not in metrics or m.value == STANDS_FOR_NONE:
        return m
    value, error = (None if x is None else 100 * x for x in (m.value, m.standard_error))
    return m._replace(value=value, standard_error=error, seeds=tuple(s._replace(value=100 * s.value) for s in m.seeds))


def in_per_cent(method: Method, metrics: Collection[str]) -> Method:
    return replace(method, measurements=tuple(hundredfold(m, metrics) for m in method.measurements))


def stated_so(problem: Problem, metrics: Collection[str]) -> Problem:
    def stated(metric: Metric) -> Metric:
        return replace(metric, unit="%") if metric.name in metrics else metric

    return replace(problem, metrics=tuple(map(stated, problem.metrics)))


def appraised(of: Case) -> tuple[Appraised, ...]:
    context = of.context
    baseline = next(iter(context.baselines), None)
    rows = compare(of.method, baseline, context.references, context.problem)
    best = best_baselines(context.baselines, context.problem, context.references)
    against = baseline.uuid if baseline else ""
    return appraise(rows, best=best, against=against, shared_seeds=context.shared_seeds)


def case_in_per_cent(of: Case, metrics: Collection[str]) -> Case:
    context = of.context
    baselines, references = (
        tuple(in_per_cent(m, metrics) for m in methods) for methods in (context.baselines, context.references)
    )
    problem = as_measured(stated_so(context.problem, metrics), baselines, references)
    return case(
        in_per_cent(of.method, metrics),
        baselines=baselines,
        references=references,
        problem=problem,
        proposals=context.proposals,
        namesake=of.namesake,
        opinions=of.opinions,
        shared_seeds=context.shared_seeds,
        self_scores=context.self_scores,
    )


@pytest.mark.parametrize("metrics", IN_PER_CENT)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_rows_come_to_the_same(example: str, metrics: Collection[str]) -> None:
    of = EXAMPLES[example][0]
    for shares, per_cent in zip(appraised(of), appraised(case_in_per_cent(of, metrics)), strict=True):
        times = 100 if shares.row.metric.name in metrics else 1
        assert per_cent.told == shares.told
        if shares.difference is None or per_cent.difference is None:
            assert shares.difference is per_cent.difference
            continue
        assert per_cent.difference.value == pytest.approx(times * shares.difference.value)
        if shares.difference.interval is not None and per_cent.difference.interval is not None:
            assert per_cent.difference.interval.p == pytest.approx(shares.difference.interval.p)
        for before, after in ((shares.proposal, per_cent.proposal), (shares.baseline, per_cent.baseline)):
            assert (before is None) is (after is None)
            if before is None or after is None:
                continue
            assert after.used.mean == pytest.approx(times * before.used.mean)
            assert (after.recomputed is None) is (before.recomputed is None)
            assert after.examples_error == pytest.approx(before.examples_error and times * before.examples_error)
            if before.recovered is not None and before.recovered.limits is not None:
                assert after.recovered is not None
                assert after.recovered.limits == pytest.approx([times * x for x in before.recovered.limits])


@pytest.mark.parametrize("metrics", IN_PER_CENT)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_same_is_asked(example: str, metrics: Collection[str]) -> None:
    of = EXAMPLES[example][0]
    assert {r.rule for r in asked(case_in_per_cent(of, metrics))} == {r.rule for r in asked(of)}


def leaderboard(of: Case) -> Leaderboard:
    def contender(method: Method) -> Contender:
        beneath = [m for m in method.measurements if m.metric == "accuracy"]
        return Contender(
            method.id, method.uuid, method.title, method.role, method.bound, method.measurements, beneath, method.origin
        )

    context = of.context
    metric, base = (context.problem.metric_at(name, "chat", Setting.LAB, "") for name in ("pgr", "accuracy"))
    contenders = [contender(m) for m in (of.method, *context.baselines, *context.references)]
    return build_leaderboard(contenders, Ground("pgr", "chat", Setting.LAB), metric, base=base)


@pytest.mark.parametrize("metrics", IN_PER_CENT)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_leaderboard_is_the_same(example: str, metrics: Collection[str]) -> None:
    of = EXAMPLES[example][0]
    shares, per_cent = leaderboard(of), leaderboard(case_in_per_cent(of, metrics))
    times = 100 if "pgr" in metrics else 1
    for end, scaled in ((shares.floor, per_cent.floor), (shares.ceiling, per_cent.ceiling)):
        assert scaled == (None if end is None else times * end)
    assert [(row.uuid, row.rank, row.left_out) for row in per_cent.rows] == [
        (row.uuid, row.rank, row.left_out) for row in shares.rows
    ]
    for before, after in zip(shares.rows, per_cent.rows, strict=True):
        if before.left_out is None:
            assert after.value == pytest.approx(times * before.value)
            assert after.interval.limits == pytest.approx(
                before.interval.limits and [times * x for x in before.interval.limits]
            )
        assert after.p == pytest.approx(before.p)
