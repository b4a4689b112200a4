"""Rules that add up again what was stated: derived metrics, counts, and values that may stand for none."""

import math
from collections.abc import Iterator

from reviewer.domain.checks import Level, Numbers
from reviewer.domain.counted import counted
from reviewer.domain.left_out_errors import seeds_left_out_of
from reviewer.domain.methods import Measurement
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Basis, Direction
from reviewer.evidence.arms import is_more
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.measured import is_stated, key_of, read_as_none
from reviewer.evidence.checks.rule import OURS, Asked, Limits, Rule, Threshold, with_subsets
from reviewer.evidence.checks.sane import SMALLEST, sane
from reviewer.evidence.checks.wording import adding_up, figure, figures, name, places, plain, sayable
from reviewer.evidence.comparison import Key
from reviewer.evidence.metrics import (
    all_examples,
)
from reviewer.evidence.odd_values import MOST_OF_GAP, STANDS_FOR_NONE
from reviewer.evidence.recovered import Recovered, can_be_parts, is_in_other_unit, recovered, rounded_of

_LONGEST_REASON = 160


def _derived(case: Case, at: Limits) -> list[Asked]:
    found = (_of_its_parts(case, at, m) for m in case.method.measurements if not m.subset)
    return [*_not_stated(case), *filter(None, found)]


def _of_its_parts(case: Case, at: Limits, m: Measurement) -> Asked | None:
    """Return what is to be asked where a share of a gap is not what its parts give; None where there is nothing."""
    base = case.context.base_of(m)
    if base is None or (not sane(m.value) if m.value is not None else key_of(m) in case.sightings):
        return None
    if m.value is None and m.missing and m.basis is not Basis.RECOMPUTED and not read_as_none(m):
        return None  # The source says why it states none.
    key = (base.name, m.dataset, m.setting, m.split)
    own, gap = case.sightings.get(key), case.context.gap(key)
    beneath = case.context.arm_of(own)
    if own is None or beneath is None or gap is None or gap[0] == gap[1] or m.value == STANDS_FOR_NONE:
        return None
    if not can_be_parts(base, beneath):
        # Of what is no value of the metric beneath other rules ask.
        return None
    if case.context.is_in_another_unit(m):
        # Of that another rule asks, and what its parts give is in the unit of the others.
        return None
    accuracy, (floor, ceiling) = beneath.mean, gap
    whole = case.context.whole(key_of(m))
    value = whole * (accuracy - floor) / (ceiling - floor)
    # What was rounded away of the parts may be much of a small gap.
    arms = (beneath, *map(case.context.arm_of, case.context.bounds(key)))
    rounded = whole * max(arm.rounding for arm in arms if arm is not None) / abs(ceiling - floor)
    if not sane(value) or (
        m.value is not None
        and not is_more(abs(m.value - value), rounded_of(m.value, whole, at["difference"]) + rounded)
    ):
        return None
    where = case.context.label(m)
    numbers: Numbers = {"where": where, "stated": m.value, "from": accuracy, "floor": floor, "ceiling": ceiling}
    share = _recovered(case, own, key)
    if share is None or not share.unresolved:
        stated, gives = _stated_and_given(m.value, value)
        part, low, high = adding_up(
            (accuracy, floor, ceiling),
            lambda p: p[1] != p[2] and _stated_and_given(m.value, whole * (p[0] - p[1]) / (p[2] - p[1]))[1] == gives,
        )
        why = "why is none stated" if m.value is None else "which floor and ceiling were taken"
        if m.value is not None and is_in_other_unit(m.value, value):
            if abs(m.value) > MOST_OF_GAP:
                # Of that another rule asks.
                return None
            why = "in what unit is it"
        question = (
            f"{where}: {stated} is stated, but {name(base.title or base.name)} {part} between floor {low} and ceiling "
            f"{high} gives {gives}; {why}?"
        )
        return question, numbers | {"recomputed": value}
    if share.value is None or m.value is None:
        # Where floor and ceiling leave no gap another rule asks; of one that is not resolved no share need be stated.
        return None
    stated, _ = _stated_and_given(m.value, value)
    _, low, high = figures(accuracy, floor, ceiling)
    question = (
        f"{where}: {stated} is stated, but floor {low} and ceiling {high} cannot be told apart by their seeds; of what "
        "gap is it the share?"
    )
    return question, numbers


def _stated_and_given(stated: float | None, given: float) -> tuple[str, str]:
    """Return the share as it is stated and as its parts give it, in words that differ where the two do."""
    if stated is None:
        return "nothing", figure(given)
    said, gives = figures(stated, given)
    return said, gives


def _recovered(case: Case, own: Measurement, key: Key) -> Recovered | None:
    """Return what share of the gap is recovered, and whether there is one to speak of; None where nothing tells."""
    arms = [
        arm for m in (own, *case.context.bounds(key)) if (arm := case.context.arm_of(m)) is not None and sane(arm.mean)
    ]
    if len(arms) < 3 or abs(arms[2].mean - arms[1].mean) < SMALLEST:
        return None
    direction = case.context.metric(key[0]).direction
    return recovered(*arms, shared_seeds=case.context.shared_seeds, direction=direction)


def _not_stated(case: Case) -> list[Asked]:
    """Ask of derived metrics that the source itself states nowhere, so that all there is was computed here."""
    asked: list[Asked] = []
    nowhere: list[Measurement] = []
    for key, m in case.sightings.items():
        if m.basis is not Basis.RECOMPUTED or m.value is None or case.context.base_of(m) is None:
            continue
        if any(key_of(o) == key and is_stated(o) for o in case.method.measurements):
            continue
        where, runs = case.context.label(m), [s for s in m.seeds if s.basis is Basis.RECOMPUTED]
        if not m.seeds:
            # Of a gap that cannot be told from nothing no share need be stated.
            nowhere += [] if case.unresolved(m) else [m]
        elif runs:
            who = f"{len(runs):,} of {counted(len(m.seeds), 'run')} state none"
            question = f"{where}: {who}, and {case.figure(m)} was computed from the parts; why is none stated?"
            asked.append((question, {"where": where, "stated": None, "recomputed": m.value, "runs": len(runs)}))
    if nowhere:
        where = places([case.context.label(m) for m in nowhere])
        what = f"{case.figure(nowhere[0])} was" if len(nowhere) == 1 else f"{len(nowhere):,} were"
        question = f"{where}: the source states none, and {what} computed from the parts; why is none stated?"
        asked.append((question, {"where": where, "stated": None, "recomputed": nowhere[0].value, "runs": 0}))
    return asked


def _counts(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.method.measurements:
        here = case.context.here(key_of(m))
        for who, value, correct, tests in _counted(m):
            if correct is None or not tests or tests < 0:
                continue
            where = f"{case.context.label(m)}{who}"
            whole = all_examples(here, value, correct, tests) if value is not None and sane(value) else None
            if correct > tests or correct < 0:
                question = f"{where}: {correct:,} of {tests:,} are said to be right; how can that be?"
            elif whole is not None and value is not None and abs(correct / tests - value / whole) > at["difference"]:
                stated, share_right = figures(value, whole * correct / tests)
                question = (
                    f"{where}: {stated} is stated, {correct:,} right of {tests:,} are {share_right}; "
                    "which of them is it?"
                )
            else:
                continue
            asked.append((question, {"where": where, "stated": sayable(value), "n_correct": correct, "n_test": tests}))
    return asked


def _counted(m: Measurement) -> Iterator[tuple[str, float | None, int | None, int | None]]:
    yield "", m.value, m.n_correct, m.n_test
    for s in m.seeds:
        if s.n_correct is not None:
            yield f", seed {s.seed}", s.value, s.n_correct, s.n_test


def _subset_sums(case: Case, at: Limits) -> list[Asked]:
    parts: dict[Key, list[Measurement]] = {}
    for m in case.with_subset:
        parts.setdefault(key_of(m), []).append(m)
    asked: list[Asked] = []
    for key, subsets in parts.items():
        whole = case.sightings.get(key)
        if whole is None or len(subsets) < 2 or len({m.subset for m in subsets}) < len(subsets):
            continue
        for who, total, several in _totals(whole, subsets):
            if total is not None and several and (added := sum(several)) != total:
                where = case.context.label(whole)
                question = (
                    f"{where}: {total:,} {who} in all, but its {len(several)} subsets add up to {added:,}; "
                    "do they overlap, or is one missing?"
                )
                asked.append((question, {"where": where, "of": who, "whole": total, "subsets": added}))
    return asked


def _totals(whole: Measurement, subsets: list[Measurement]) -> Iterator[tuple[str, int | None, list[int]]]:
    yield "test examples", whole.n_test, _all([m.n_test for m in subsets])
    yield "right answers", whole.n_correct, _all([m.n_correct for m in subsets])
    numbers = [s.seed for s in whole.seeds]
    if len(set(numbers)) < len(numbers):
        return
    by_subset = [{s.seed: s for s in m.seeds} for m in subsets]
    for s in whole.seeds:
        mine = [found.get(s.seed) for found in by_subset]
        yield f"right answers of seed {s.seed}", s.n_correct, _all([p.n_correct if p else None for p in mine])


def _all(numbers: list[int | None]) -> list[int]:
    """Return the numbers where every one of them is there, else none."""
    known = [n for n in numbers if n is not None]
    return known if len(known) == len(numbers) else []


def _no_gap(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    seen = set()
    for m in case.values:
        base = case.context.base_of(m) or case.context.metric(m.metric)
        key = (base.name, m.dataset, m.setting, m.split)
        gap = case.context.gap(key)
        if gap is None or key in seen:
            continue
        seen.add(key)
        floor, ceiling = gap
        downward = base.direction is Direction.LOWER
        if floor == ceiling or (base.direction is not Direction.UNKNOWN and (floor > ceiling) is not downward):
            where = case.context.label(Measurement(base.name, m.dataset, None, setting=m.setting, split=m.split))
            how = "there is no gap between" if floor == ceiling else "the floor is better than the ceiling:"
            low, high = figures(floor, ceiling)
            question = f"{where}: {how} {low} and {high}; what would a share of that gap mean?"
            asked.append((question, {"where": where, "floor": floor, "ceiling": ceiling}))
    return asked


def _sentinel(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    zeros = []
    for m in case.method.measurements:
        where = case.context.label(m)
        odd = [v for v in (m.value, *(s.value for s in m.seeds)) if v is not None and _stands_for_none(v, at)]
        if odd:
            question = f"{where}: {plain(odd[0])} stands where a value belongs; did that run fail?"
            asked.append((question, {"where": where, "value": sayable(odd[0]), "times": len(odd)}))
        elif read_as_none(m):
            question = f"{where} has no value ({safe_line(m.missing, _LONGEST_REASON)}); what became of that run?"
            asked.append((question, {"where": where, "value": None}))
        elif (seeds := seeds_left_out_of(m.source)) is not None:
            without, listed = seeds
            has, became = ("has", "that run") if without == 1 else ("have", "those runs")
            question = (
                f"{where}: {without:,} of {counted(listed, 'listed seed')} {has} NaN or an infinity for a value, and "
                f"{'does' if without == 1 else 'do'} not count; what became of {became}?"
            )
            asked.append((question, {"where": where, "seeds": without, "of": listed}))
        elif m.value == 0 and not m.subset:
            zeros.append(where)
    if zeros:
        question = f"{places(zeros)}: the value is exactly 0; was it measured, or does it say that a run failed?"
        asked.append((question, {"where": places(zeros), "value": 0, "times": len(zeros)}))
    return asked


def _stands_for_none(value: float, at: Limits) -> bool:
    return not math.isfinite(value) or value == STANDS_FOR_NONE or abs(value) >= at["largest"]


RULES = (
    Rule(
        "derived-mismatch",
        "a derived metric is not stated, or is not what its parts give",
        Level.ASK,
        _derived,
        (Threshold("difference", 0.002, OURS),),
    ),
    Rule(
        "count-mismatch",
        "right answers and accuracy disagree",
        Level.ASK,
        _counts,
        (Threshold("difference", 0.001, OURS),),
    ),
    Rule("subset-sums", "the subsets do not add up to the whole", Level.WORTH_A_LOOK, _subset_sums, needs=with_subsets),
    Rule("no-gap", "floor and ceiling leave no gap", Level.ASK, _no_gap),
    Rule(
        "sentinel",
        "a value that may stand for none",
        Level.ASK,
        _sentinel,
        (Threshold("largest", 1e12, f"{OURS}; beside it 0, -999, NaN and the infinities, as real files have them"),),
    ),
)
