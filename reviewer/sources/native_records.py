"""The record that a checked line of our own format stands for."""

import math
from datetime import date
from typing import Any

from reviewer.domain.left_out_errors import is_error, left_out, seeds_left_out
from reviewer.domain.methods import (
    Measurement,
    MethodRecord,
    OutsideReview,
    Provenance,
    Remark,
    SeedValue,
    SelfScore,
)
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Basis, Direction, Origin, Role, Setting
from reviewer.sources import native_schema as schema
from reviewer.sources.fields import BadFieldError
from reviewer.sources.jsontext import float_name

ROLES = {str(role): role for role in Role}
"""What a line of a method says by its type."""

_ORIGINS = {Role.PROPOSAL: Origin.AGENT, Role.BASELINE: Origin.HUMAN, Role.REFERENCE: Origin.UNKNOWN}


def problem_of(line: schema.ProblemLine) -> Problem:
    """Return the problem that a checked line describes.

    Raises:
        BadFieldError: when a name stands twice in it, or a date is none.
    """
    metrics, datasets = line.get("metrics", ()), line.get("datasets", ())
    _refuse_twice("metrics", [m["name"] for m in metrics])
    _refuse_twice("datasets", [d["name"] for d in datasets])
    target = line.get("target")
    return Problem(
        slug=line["id"],
        title=line["title"],
        description=line.get("description") or "",
        primary_metric=line.get("primary_metric"),
        primary_dataset=line.get("primary_dataset"),
        metrics=tuple(map(_metric, metrics)),
        datasets=tuple(Dataset(d["name"], tuple(d.get("aliases", ()))) for d in datasets),
        target=_target(target) if target else None,
    )


def _metric(line: schema.MetricLine) -> Metric:
    return Metric(
        name=line["name"],
        direction=line.get("direction", Direction.UNKNOWN),
        unit=line.get("unit"),
        derived_from=tuple(line.get("derived_from", ())),
        title=line.get("title"),
    )


def _target(line: schema.TargetLine) -> Target:
    horizon = line.get("horizon") or ""
    try:
        date.fromisoformat(horizon or "2000-01-01")
    except ValueError as error:
        raise BadFieldError(f"target.horizon: {horizon} is no date") from error
    return Target(
        criterion=line["criterion"],
        system=line.get("system") or "",
        scale=line.get("scale") or "",
        budget=line.get("budget") or "",
        latency=line.get("latency") or "",
        signals=line.get("signals") or "",
        horizon=horizon,
        months=line.get("months"),
        decider=line.get("decider") or "",
    )


def method_of(line: schema.MethodLine, problem: str, namespace: str, provenance: Provenance, raw: Any) -> MethodRecord:
    """Return the method that a checked line gives; it is of ``namespace`` where it names neither that nor a run.

    Raises:
        BadFieldError: when a measurement has neither a value nor a reason for having none.
    """
    role = ROLES[line["type"]]
    run = line.get("run") or ""
    return MethodRecord(
        namespace=line.get("namespace") or run or namespace,
        external_id=line["id"],
        role=role,
        title=line["title"],
        problem=problem,
        provenance=provenance,
        part=line.get("part") or "",
        origin=line.get("origin") or _ORIGINS[role],
        bound=line["bound"] if line["type"] == "reference" else None,
        agent=line.get("agent") or "",
        run=run,
        parent=line.get("parent") or "",
        idea=line.get("idea") or "",
        family=line.get("family") or "",
        hypothesis=line.get("hypothesis") or "",
        body=line.get("method") or "",
        claims=tuple(line.get("claims", ())),
        created_at=line.get("created_at") or "",
        measurements=tuple(_measurement(m, i) for i, m in enumerate(line.get("measurements", ()))),
        raw=raw,
        rerun_of=line.get("rerun_of") or "",
        self_scores=tuple(map(_self_score, line.get("self_scores", ()))),
        reviews=tuple(map(_review, line.get("reviews", ()))),
    )


def _self_score(line: schema.SelfScoreLine) -> SelfScore:
    return SelfScore(line["name"], line["value"], line.get("most", 10.0))


def _review(line: schema.ReviewLine) -> OutsideReview:
    return OutsideReview(
        line.get("score"), line.get("most", 10.0), line.get("confidence"), line.get("used_ai"), line.get("consent")
    )


def _measurement(line: schema.MeasurementLine, place: int) -> Measurement:
    value, missing, source = line.get("value"), line.get("missing") or "", line.get("source") or ""
    if "value" not in line and not line.get("seeds") and not missing:
        raise BadFieldError(f"measurements[{place}].value: is missing, and there are no seeds to take it from")
    if value is not None and not math.isfinite(value):
        missing = f"{float_name(value)} in the file"
        value = None
    error = line.get("standard_error")
    if error is not None and not is_error(error):
        source, error = left_out(source, error), None
    seeds: tuple[SeedValue, ...] = ()
    if stated := line.get("seeds"):
        seeds = tuple(_seed_value(s) for s in stated if math.isfinite(s["value"]))
        if len(seeds) != len(stated):
            source = seeds_left_out(source, len(stated) - len(seeds), len(stated))
        if value is None and not missing and seeds:
            value = math.fsum(s.value / len(seeds) for s in seeds)
    return Measurement(
        line["metric"], line["dataset"], value, error, line.get("n_seeds"), line.get("n_test"), line.get("n_correct"),
        line.get("setting", Setting.UNKNOWN), line.get("split") or "", line.get("subset") or "",
        line.get("basis", Basis.CLAIMED), source, missing, seeds, line.get("n_evaluations"),
    )  # fmt: skip


def _seed_value(line: schema.SeedLine) -> SeedValue:
    basis = line.get("basis", Basis.CLAIMED)
    seconds, predicted, labelled = (
        x if x is not None and math.isfinite(x) else None
        for x in (line.get("seconds"), line.get("predicted_share"), line.get("label_share"))
    )
    counts = line.get("n_correct"), line.get("n_test")
    return SeedValue(
        line.get("seed"), line["value"], *counts, basis, seconds, predicted, labelled, line.get("says") or "",
        line.get("completed"), line.get("exit_status"),
    )  # fmt: skip


def remark_of(line: schema.RemarkLine, problem: str, namespace: str, provenance: Provenance, raw: Any) -> Remark:
    """Return the remark that a checked line gives."""
    return Remark(
        namespace=line.get("namespace") or namespace,
        external_id=line["id"],
        problem=problem,
        kind=line["kind"],
        text=line["text"],
        provenance=provenance,
        idea=line.get("idea") or "",
        about=line.get("about") or "",
        title=line.get("title") or "",
        author=line.get("author") or "",
        created_at=line.get("created_at") or "",
        raw=raw,
    )


def _refuse_twice(field: str, names: list[str]) -> None:
    folded = [name.casefold() for name in names]
    for name in names:
        if folded.count(name.casefold()) > 1:
            raise BadFieldError(f"{field}: {name!r} is listed twice")
