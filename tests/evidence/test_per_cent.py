"""A study that is in per cent says what the same study says in shares."""

import math
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

import pytest

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Setting
from reviewer.evidence.appraisal import Appraised, appraise
from reviewer.evidence.baselines import Ground, best_baselines
from reviewer.evidence.checks.case import Case
from reviewer.evidence.comparison import compare
from reviewer.evidence.contenders import Contender
from reviewer.evidence.leaderboard import Leaderboard
from reviewer.evidence.odd_values import STANDS_FOR_NONE
from reviewer.evidence.ranking import build_leaderboard
from reviewer.evidence.units import as_measured
from tests.evidence.checks.cases import BASELINE, PROPOSAL, REFERENCES, asked, case, changed, number, seeds
from tests.evidence.checks.test_rules import EXAMPLES

IN_PER_CENT = [("pgr",), ("accuracy",), ("pgr", "accuracy")]


def of_parts(pgr: float, accuracy: float, floor: float, ceiling: float, error: float | None = 0.004) -> Case:
    """A study of which nothing is known but what a table with few digits says."""

    def told(of: Method, **values: float) -> Method:
        rows = (number(x, name, standard_error=error, seeds=(), n_test=None) for name, x in values.items())
        return replace(of, measurements=tuple(rows))

    ends = tuple(told(end, accuracy=x) for end, x in zip(REFERENCES, (floor, ceiling), strict=True))
    ours, theirs = told(PROPOSAL, pgr=pgr, accuracy=accuracy), told(BASELINE, pgr=0.412, accuracy=0.588)
    return case(ours, baselines=(theirs,), references=ends)


def of_runs(stated: float, *runs: float, metric: str = "accuracy") -> Case:
    """The clean study, where these are the runs of which a value is stated."""
    listed = tuple(s._replace(value=run) for s, run in zip(seeds(0.0), runs, strict=True))
    return case(changed(PROPOSAL, metric, value=stated, seeds=listed, standard_error=None))


def of_sightings(value: float, other: float) -> Case:
    """The clean study, where another source has another number for the accuracy."""
    again = number(other, "accuracy", basis=Basis.PUBLISHED, seeds=())
    proposal = changed(PROPOSAL, "accuracy", value=value, seeds=())
    return case(replace(proposal, measurements=(*proposal.measurements, again)))


STUDIES = {name: of for name, (of, _, _) in EXAMPLES.items()} | {
    "parts with three digits": of_parts(0.828, 0.609, 0.567, 0.618),
    "parts with two digits": of_parts(0.828, 0.61, 0.57, 0.62),
    "parts with digits at their ends that are zeros": of_parts(0.752, 0.675, 0.6, 0.7),
    "parts with one digit": of_parts(0.497, 0.6, 0.5, 0.7),
    "parts that come to another share": of_parts(0.845, 0.609, 0.567, 0.618),
    "ends of which nobody tells the errors": of_parts(0.828, 0.609, 0.567, 0.568, None),
    "ends that are one as far as their digits go": of_parts(0.828, 0.609, 0.5, 0.5004, None),
    "a mean of three digits": of_runs(0.669, 0.670, 0.664, 0.674, 0.671, 0.666),
    "a mean of two digits": of_runs(0.67, 0.671, 0.664, 0.674, 0.663, 0.665),
    "a mean of one digit": of_runs(0.7, 0.69, 0.7, 0.71, 0.7, 0.69),
    "a mean that is as another source would have it": of_runs(0.669, 0.6703, 0.6668, 0.6672, 0.6721, 0.6766),
    "a mean that is none of the runs": of_runs(0.64, 0.63, 0.636, 0.631, 0.637, 0.636),
    "a mean of shares": of_runs(0.701, 0.7, 0.71, 0.69, 0.7, 0.7, metric="pgr"),
    "two sightings that are one": of_sightings(0.78, 0.7815),
    "two sightings that are two": of_sightings(0.78, 0.783),
}


def hundredfold(m: Measurement, metrics: Collection[str]) -> Measurement:
    if m.metric not in metrics or m.value == STANDS_FOR_NONE:
        return m
    value, error = (None if x is None else in_hundredths(x) for x in (m.value, m.standard_error))
    runs = tuple(s._replace(value=in_hundredths(s.value)) for s in m.seeds)
    return m._replace(value=value, standard_error=error, seeds=runs)


def in_hundredths(value: float) -> float:
    """A hundred times as much, written with two digits fewer after the point, as a person would."""
    return float(f"{Decimal(repr(value)) * 100:f}") if math.isfinite(value) else value


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
@pytest.mark.parametrize("study", STUDIES)
def test_the_rows_come_to_the_same(study: str, metrics: Collection[str]) -> None:
    of = STUDIES[study]
    for shares, per_cent in zip(appraised(of), appraised(case_in_per_cent(of, metrics)), strict=True):
        times = 100 if shares.row.metric.name in metrics else 1
        assert per_cent.told == shares.told
        for one, other in ((shares.row.proposal, per_cent.row.proposal), (shares.row.baseline, per_cent.row.baseline)):
            assert len(one.disagreeing if one else ()) == len(other.disagreeing if other else ())
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
            assert (after.stated_otherwise is None) is (before.stated_otherwise is None)
            assert after.examples_error == pytest.approx(before.examples_error and times * before.examples_error)
            if before.recovered is not None and before.recovered.limits is not None:
                assert after.recovered is not None
                assert after.recovered.limits == pytest.approx([times * x for x in before.recovered.limits])


@pytest.mark.parametrize("metrics", IN_PER_CENT)
@pytest.mark.parametrize("study", STUDIES)
def test_the_same_is_asked(study: str, metrics: Collection[str]) -> None:
    of = STUDIES[study]
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
@pytest.mark.parametrize("study", STUDIES)
def test_the_leaderboard_is_the_same(study: str, metrics: Collection[str]) -> None:
    of = STUDIES[study]
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
        assert (after.stated is None) is (before.stated is None)
