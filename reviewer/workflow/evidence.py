"""What is known of a proposal's numbers beside a baseline's, for the command line."""

import dataclasses
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from reviewer.domain.checks import CheckResult, CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.intervals import LEVEL
from reviewer.domain.methods import Method
from reviewer.domain.problems import Problem
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Role
from reviewer.evidence.appraisal import Appraised, Side, appraise
from reviewer.evidence.arms import arm_of
from reviewer.evidence.baselines import BestBaseline, RankedBaseline, best_baselines, rank_baselines
from reviewer.evidence.comparison import Sighting, compare
from reviewer.evidence.derived import Derivation
from reviewer.evidence.units import as_measured
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.methods import method_by_id, methods_of_role
from reviewer.store.problems import problem_by_id
from reviewer.store.refusals import damaged
from reviewer.store.sparing import as_far_as_readable, lacking
from reviewer.workflow.checking import questions_now
from reviewer.workflow.permalinks import find_proposal_at
from reviewer.workflow.sealing import require_evidence


@dataclass(frozen=True, slots=True)
class Evidence:
    """A proposal against a baseline, or none where the problem has none; ``reason`` says why that one.

    The ``baseline`` is another proposal of the problem where the person named one.
    """

    proposal: Method
    baseline: Method | None
    reason: str
    rows: tuple[Appraised, ...]
    questions: tuple[CheckResult, ...]
    """What the checks ask of the proposal as it is now, the most pressing level first."""


_Several = tuple[Method, ...]


def evidence_of(
    store: Store,
    name: str,
    baseline: str | None,
    *,
    shared_seeds: Collection[str] = (),
    checks: CheckSettings | None = None,
    viewer_id: int | None = None,
) -> Evidence:
    """Return the evidence of the proposal that ``name`` names, against what is named, or the best baseline.

    What is named is a baseline by its id or a part of its title, or another proposal of the same problem.

    Nothing is told of another proposal that is sealed for the viewer; None is whoever sees all. That the one that is
    asked for is not, the caller has seen to.

    ``shared_seeds`` are the problems in which runs of one seed number share that seed's artefacts.

    Raises:
        UserError: when there is no such proposal or baseline, or more than one, or the other one is sealed.
        StoreError: when the store cannot be read.
    """
    problem_id, method_id = find_proposal_at(store, name)

    def read(connection: Connection) -> tuple[Method, _Several, _Several, Problem, tuple[CheckResult, ...]]:
        stored = problem_by_id(connection, problem_id)
        proposal = method_by_id(connection, method_id)
        baselines = methods_of_role(connection, problem_id, Role.BASELINE)
        references = methods_of_role(connection, problem_id, Role.REFERENCE)
        if stored.lacking or lacking(connection):
            raise damaged(store.path, "not all of the evidence can be read")
        questions = questions_now(connection, proposal, checks or CheckSettings(), viewer_id)
        return proposal, baselines, references, stored.problem, questions

    proposal, baselines, references, stored, questions = as_far_as_readable(store, read)
    problem = as_measured(stored, baselines, references)
    derivation = Derivation(problem, references)
    proposal, baselines = derivation.complete(proposal), tuple(map(derivation.complete, baselines))
    ranked = rank_baselines(proposal, baselines, problem, references)
    if baseline is None:
        chosen = next(iter(ranked), None)
    else:
        chosen = _named(ranked, baseline) or _other_proposal(store, problem_id, method_id, baseline, viewer_id)
        if chosen is None:
            there = ", ".join(safe_line(r.method.external_id, 60) for r in ranked) or "none"
            raise UserError(
                f"“{safe_line(baseline, 80)}” is no baseline and no other proposal of this problem; "
                f"its baselines are: {there}."
            )
    if chosen is not None and chosen.method.role is Role.PROPOSAL:
        problem = as_measured(stored, baselines, references, (chosen.method,))
        chosen = dataclasses.replace(chosen, method=Derivation(problem, references).complete(chosen.method))
    rows = compare(proposal, chosen.method if chosen else None, references, problem)
    against = chosen.method.uuid if chosen else ""
    best = best_baselines(baselines, problem, references)
    appraised = appraise(rows, shared_seeds=problem.slug in shared_seeds, best=best, against=against)
    return Evidence(proposal, chosen.method if chosen else None, chosen.reason if chosen else "", appraised, questions)


def _named(ranked: tuple[RankedBaseline, ...], name: str) -> RankedBaseline | None:
    asked = name.strip().casefold()
    exact = [r for r in ranked if asked in (r.method.uuid.casefold(), r.method.external_id.casefold())]
    found = exact or [r for r in ranked if asked and asked in r.method.title.casefold()]
    if len(found) > 1:
        those = ", ".join(safe_line(r.method.external_id, 60) for r in found)
        raise UserError(f"“{safe_line(name, 80)}” names more than one baseline of this problem: {those}.")
    return found[0] if found else None


def _other_proposal(
    store: Store, problem_id: int, method_id: int, name: str, viewer_id: int | None
) -> RankedBaseline | None:
    try:
        its_problem, its_id = find_proposal_at(store, name)
    except UserError:
        return None
    if its_id == method_id:
        raise UserError(f"“{safe_line(name, 80)}” is the proposal itself; name another, or a baseline.")
    if its_problem != problem_id:
        raise UserError(f"“{safe_line(name, 80)}” is a proposal of another problem, with which nothing is compared.")
    require_evidence(store, its_id, viewer_id)
    with store.read() as connection:
        return RankedBaseline(method_by_id(connection, its_id), None, "another proposal")


def evidence_as_data(evidence: Evidence) -> dict[str, Any]:
    """Return the evidence as JSON says it; intervals are pairs, what is not known is null."""
    return {
        "proposal": {"id": evidence.proposal.uuid, "title": evidence.proposal.title},
        "baseline": evidence.baseline
        and {
            "id": evidence.baseline.uuid,
            "title": evidence.baseline.title,
            "role": str(evidence.baseline.role),
            "reason": evidence.reason,
        },
        "level": LEVEL,
        "rows": [_row(appraised) for appraised in evidence.rows],
        "questions": [
            {"rule": q.rule, "level": str(q.level), "question": q.question, "numbers": q.numbers}
            for q in evidence.questions
        ],
    }


def _row(appraised: Appraised) -> dict[str, Any]:
    row, difference, size = appraised.row, appraised.difference, appraised.size
    interval = difference.interval if difference else None
    return {
        "metric": row.metric.name,
        "direction": str(row.metric.direction),
        "dataset": row.dataset or None,
        "split": row.split,
        "setting": str(row.setting),
        "proposal": _side(row.proposal, appraised.proposal),
        "baseline": _side(row.baseline, appraised.baseline),
        "floor": _end(row.floor),
        "ceiling": _end(row.ceiling),
        "difference": difference
        and {
            "value": None if difference.odd else difference.value,
            "interval": interval and [interval.low, interval.high],
            "p": interval and interval.p,
            "df": interval and interval.df,
            "procedure": interval and str(interval.procedure),
            "tested_on": (appraised.tested_on or row.metric.name) if interval else None,
            "detectable": appraised.detectable,
            "told": appraised.told and str(appraised.told),
            "caution": appraised.limited or None,
            "unpaired": difference.unpaired,
            "reason": difference.reason or None,
        },
        "best_baseline": _as_data(appraised.stronger),
        "other_baseline": _as_data(appraised.other),
        "effect_size": size and dataclasses.asdict(size),
    }


def _as_data(best: BestBaseline | None) -> dict[str, Any] | None:
    return None if best is None else {"uuid": best.uuid, "title": best.title, "value": best.value}


def _end(sighting: Sighting | None) -> float | None:
    arm = arm_of(sighting.measurement) if sighting else None
    return None if arm is None else arm.mean


def _side(sighting: Sighting | None, side: Side | None) -> dict[str, Any] | None:
    if sighting is None:
        return None
    measurement = sighting.measurement
    share = side.recovered if side else None
    return {
        "value": side.used.mean if side else None,
        "standard_error": side.used.standard_error if side else None,
        "n_seeds": side.used.n if side else measurement.n_seeds,
        "stated": {
            "value": measurement.value,
            "standard_error": measurement.standard_error,
            "n_seeds": measurement.n_seeds,
            "seeds": [{"seed": s.seed, "value": s.value} for s in measurement.seeds if math.isfinite(s.value)],
        },
        "seeds": [{"seed": seed, "value": value} for seed, value in side.used.seeds] if side else [],
        "basis": str(measurement.basis),
        "flaw": (side.arm.flaw or None) if side else (measurement.missing or None),
        "test_set_error": side.examples_error if side else None,
        "not_recomputed": (side.not_recomputed or None) if side else None,
        "recomputed": share
        and {
            "value": share.value,
            "interval": share.limits,
            "by_seed": share.by_seed,
            "unresolved": share.unresolved,
            "reason": share.reason or None,
        },
    }
