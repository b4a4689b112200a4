"""Shares of a gap that no source states although their parts are there."""

from dataclasses import replace

import pytest

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.appraisal import appraise
from reviewer.evidence.comparison import compare
from reviewer.evidence.derived import Derivation
from reviewer.evidence.units import as_measured
from tests.builders import measured, method
from tests.evidence.checks.cases import STUDY

ACCURACY = Metric("accuracy", Direction.HIGHER)


def correct(value: float | None, dataset: str = "chat", setting: Setting = Setting.LAB, **more: object) -> Measurement:
    return measured(value, dataset, metric="accuracy", setting=setting, **more)


def end(bound: Bound, value: float) -> Method:
    made = method(bound, correct(value, standard_error=0.002, n_seeds=5), role=Role.REFERENCE)
    return replace(made, bound=bound)


ENDS = end(Bound.FLOOR, 0.5), end(Bound.CEILING, 0.9)


def shares_of(of: Method, *references: Method) -> list[Measurement]:
    completed = Derivation(as_measured(STUDY, (), references), references).complete(of)
    return [m for m in completed.measurements if m.metric == STUDY.metrics[0].name]


def test_a_share_that_is_not_stated_is_what_its_parts_come_to() -> None:
    (share,) = shares_of(method("p", correct(0.7)), *ENDS)
    assert share.value == pytest.approx(0.5)
    assert (share.dataset, share.setting, share.basis) == ("chat", Setting.LAB, Basis.RECOMPUTED)
    assert share.source == "from accuracy, floor and ceiling"


def test_what_is_stated_or_said_to_be_missing_stays_as_it_is() -> None:
    pgr = STUDY.metrics[0].name
    for value in (0.3, None):
        of = method("p", correct(0.7), measured(value, metric=pgr, setting=Setting.LAB))
        assert [m.value for m in shares_of(of, *ENDS)] == [value]


@pytest.mark.parametrize(
    ("of", "references"),
    [
        (method("p", correct(0.7)), ()),
        (method("p", correct(0.7)), ENDS[:1]),
        (method("p", correct(0.7)), (end(Bound.FLOOR, 0.9), end(Bound.CEILING, 0.9))),
        (method("p", correct(0.7, "another")), ENDS),
        (method("p", correct(None)), ENDS),
        (method("p", correct(-999.0)), ENDS),
        (method("p", correct(0.7, subset="a")), ENDS),
        (ENDS[0], ENDS),
    ],
)
def test_nothing_is_derived_where_a_part_is_missing_or_none(of: Method, references: tuple[Method, ...]) -> None:
    assert shares_of(of, *references) == []


def test_a_derived_share_is_compared_with_its_interval_and_tested_on_the_metric_beneath() -> None:
    ours, theirs = (
        method(name, correct(value, standard_error=0.004, n_seeds=5), role=role)
        for name, value, role in (("p", 0.7, Role.PROPOSAL), ("b", 0.6, Role.BASELINE))
    )
    problem = as_measured(STUDY, (theirs,), ENDS)
    derivation = Derivation(problem, ENDS)
    rows = appraise(compare(derivation.complete(ours), derivation.complete(theirs), ENDS, problem))
    (row,) = (row for row in rows if row.row.metric.name == STUDY.metrics[0].name and row.proposal is not None)
    assert row.proposal is not None
    assert row.proposal.recovered is not None
    assert row.proposal.recovered.limits is not None
    assert row.proposal.stated_otherwise is None
    assert row.difference is not None
    assert row.difference.value == pytest.approx(0.25)
    assert row.tested_on == "accuracy"


def test_it_is_in_per_cent_where_the_others_are() -> None:
    pgr = STUDY.metrics[0]
    per_cent = replace(STUDY, metrics=(replace(pgr, unit="%"), *STUDY.metrics[1:]))
    stated = method("b", measured(40.0, metric=pgr.name, setting=Setting.LAB), correct(0.66), role=Role.BASELINE)
    problem = as_measured(per_cent, (stated,), ENDS)
    completed = Derivation(problem, ENDS).complete(method("p", correct(0.7)))
    assert [m.value for m in completed.measurements if m.metric == pgr.name] == [pytest.approx(50.0)]
