"""A clean proposal beside its baseline, floor and ceiling, which no rule has anything to ask of."""

from dataclasses import replace
from typing import Any

from reviewer.domain.checks import CheckResult, CheckSettings
from reviewer.domain.methods import Measurement, Method, Opinions, SeedValue
from reviewer.domain.problems import Dataset, Metric, Problem
from reviewer.domain.vocabulary import Bound, Direction, Role, Setting
from reviewer.evidence.checks.case import Case, Namesake
from reviewer.evidence.checks.context import Context
from reviewer.evidence.checks.registry import Checker
from tests.builders import method

STUDY = Problem(
    slug="w2s",
    primary_metric="pgr",
    primary_dataset="chat",
    metrics=(
        Metric("pgr", Direction.HIGHER, "fraction of the gap", ("accuracy",), "PGR"),
        Metric("accuracy", Direction.HIGHER, "fraction"),
        Metric("hours", Direction.LOWER, "hours"),
    ),
    datasets=(Dataset("chat"), Dataset("math")),
)

FLOOR, CEILING = 0.5, 0.9
SPREAD = (-0.01, -0.005, 0.0, 0.005, 0.01)
ERROR = 0.0035355339
"""The standard error of five values that lie around their mean like ``SPREAD``."""

TEXT = "Five seeds each, beside the baseline, and once more on held-out data."


def seeds(mean: float, spread: tuple[float, ...] = SPREAD) -> tuple[SeedValue, ...]:
    return tuple(SeedValue(42 + i, mean + d) for i, d in enumerate(spread))


def number(value: float | None, metric: str = "pgr", dataset: str = "chat", **more: Any) -> Measurement:
    """A measurement of five seeds with everything that belongs to it."""
    whole: dict[str, Any] = {
        "standard_error": ERROR,
        "n_seeds": 5,
        "n_test": 2000,
        "setting": Setting.LAB if dataset == "chat" else Setting.HELD_OUT,
        "seeds": () if value is None else seeds(value),
    }
    return Measurement(metric=metric, dataset=dataset, value=value, **(whole | more))


def arm(external_id: str, pgr: float, role: Role, **more: Any) -> Method:
    """A method with the same PGR in the lab and held out, and the accuracies behind it."""
    accuracy = FLOOR + pgr * (CEILING - FLOOR)
    rows = [number(v, m, d) for d in ("chat", "math") for m, v in (("pgr", pgr), ("accuracy", accuracy))]
    return method(external_id, *rows, role=role, **more)


PROPOSAL = arm("p1", 0.7, Role.PROPOSAL, id=1, body=TEXT)
BASELINE = arm("b1", 0.3, Role.BASELINE, id=2, title="Vanilla")
REFERENCES = tuple(
    method(
        bound,
        *(number(value, "accuracy", d) for d in ("chat", "math")),
        role=Role.REFERENCE,
        bound=bound,
        id=3 + i,
    )
    for i, (bound, value) in enumerate(((Bound.FLOOR, FLOOR), (Bound.CEILING, CEILING)))
)


def changed(of: Method, metric: str = "pgr", dataset: str = "chat", **changes: Any) -> Method:
    """The method with one of its measurements changed."""
    rows = [m._replace(**changes) if (m.metric, m.dataset) == (metric, dataset) else m for m in of.measurements]
    return replace(of, measurements=tuple(rows))


def stating_alone(of: Method) -> Method:
    """The method without the accuracies behind its PGR, so that what it states is compared."""
    return replace(of, measurements=tuple(m for m in of.measurements if m.metric != "accuracy"))


def added(of: Method, *rows: Measurement) -> Method:
    return replace(of, measurements=(*of.measurements, *rows))


def case(
    proposal: Method = PROPOSAL,
    *,
    baselines: tuple[Method, ...] = (BASELINE,),
    references: tuple[Method, ...] = REFERENCES,
    problem: Problem = STUDY,
    proposals: int = 0,
    namesake: Namesake | None = None,
    opinions: Opinions = Opinions(),  # noqa: B008
    **more: Any,
) -> Case:
    return Case(proposal, Context(problem, baselines, references, proposals=proposals, **more), namesake, opinions)


def asked(of: Case, settings: CheckSettings | None = None) -> tuple[CheckResult, ...]:
    return Checker(settings).check(of)
