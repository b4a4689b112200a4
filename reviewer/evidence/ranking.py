"""Making the leaderboard: the methods in order, each proposal tested, the p values adjusted and the top shrunken."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, repeat
from typing import NamedTuple

from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.arms import arm_of
from reviewer.evidence.baselines import Ground, Standing, standing
from reviewer.evidence.comparison import find_bounds
from reviewer.evidence.contenders import Contender, Found, bounds_beneath, derive, ends_beneath, find, with_shares
from reviewer.evidence.difference import Procedure
from reviewer.evidence.examples import error_by_examples
from reviewer.evidence.leaderboard import TOP, Leaderboard, LeaderboardRow, Scale, compared_arms, is_doubtful
from reviewer.evidence.left_out import left_out
from reviewer.evidence.many import Shrinkage, Shrunken, adjusted_apart, shrink_arms
from reviewer.evidence.metrics import beneath, whole
from reviewer.evidence.odd_values import LeftOut, odd
from reviewer.evidence.recovered import Pair, can_be_parts, no_parts
from reviewer.evidence.tested import pair_difference
from reviewer.evidence.units import as_ranked


def build_leaderboard(
    contenders: Iterable[Contender],
    ground: Ground,
    metric: Metric,
    *,
    base: Metric | None = None,
    shared_seeds: bool = False,
) -> Leaderboard:
    """Return the table of all methods that have a value on the ground, the best first.

    ``base`` is the metric beneath, where ``metric`` says how much of a gap was recovered: methods are then compared on
    it, as far as it is known of them.

    ``shared_seeds`` says that runs of the same seed number share that seed's artefacts, in every method of the problem.

    Where the metric's direction is unknown the rows stand by name. Floor and ceiling may come from another setting
    where the ground's own has none, as in a comparison.
    """
    found: list[Found] = []
    references: list[Contender] = []
    without: list[Contender] = []
    for contender in contenders:
        if contender.role is Role.REFERENCE:
            references.append(contender)
        if (one := find(contender, ground, metric, base)) is not None:
            found.append(one)
        elif contender.role is not Role.REFERENCE:
            without.append(contender)
    n_not_recomputed, why_not_recomputed = 0, ""
    derived: list[Found] = []
    if base is not None and beneath(metric) is not None:
        found += (derived := _derived(without, references, ground, metric, base))
        found = with_shares(found, references, ground, base, whole(metric), shared_seeds)
        if not any(one.unresolved for one in found):
            n_not_recomputed, why_not_recomputed = _not_recomputed(found, references, ground, base)
    unmeasured = len(without) - len(derived)
    metric = as_ranked(metric, [one.arm.mean for one in found])
    why = left_out(found, metric)
    rows, baseline, shrinkage = _rows(found, metric, shared_seeds, why)
    floor, ceiling, setting, made_up = _bounds(references, ground, metric, base)
    if found and all(one.unresolved for one in found):
        # Shares of no gap have no ends to be drawn between.
        floor, ceiling, setting, made_up = None, None, None, frozenset()
    lines = [x for x in (floor, ceiling, None if baseline is None else baseline.value) if x is not None]
    tested = sum(row.p is not None for row in rows)
    scale = _scale([row for row in rows if row.left_out in (None, LeftOut.UNRESOLVED)], lines)
    return Leaderboard(
        ground,
        metric,
        rows,
        scale,
        baseline,
        _outdone_by(rows, baseline, metric),
        floor,
        ceiling,
        setting,
        tested,
        shrinkage,
        unmeasured,
        shared_seeds,
        made_up,
        any(one.beneath for one in found),
        n_not_recomputed,
        why_not_recomputed,
        base.name if base else "",
        _usual_error(rows, metric),
    )


def _derived(
    without: Iterable[Contender], references: Sequence[Contender], ground: Ground, metric: Metric, base: Metric
) -> list[Found]:
    """Return those without a value of their own whose value of the metric beneath comes to one."""
    floor, ceiling = ends_beneath(references, ground, base)
    if floor is None or ceiling is None:
        return []
    derived = (derive(each, (floor, ceiling), ground, metric, base) for each in without if each.beneath)
    return [one for one in derived if one is not None]


def _usual_error(rows: Iterable[LeaderboardRow], metric: Metric) -> float | None:
    known = (row.arm for row in rows if row.left_out is None)
    each = (arm.standard_error or error_by_examples(metric, arm.mean, arm.n_test) for arm in known)
    errors = sorted(filter(None, each))
    return errors[len(errors) // 2] if errors else None


def _not_recomputed(
    found: Sequence[Found], references: Sequence[Contender], ground: Ground, base: Metric
) -> tuple[int, str]:
    """Return how many shares stand as they are stated since a part is no value that it can have, and why."""
    floor, ceiling = ends_beneath(references, ground, base)
    if floor is None or ceiling is None:
        return 0, ""
    known = [one.beneath for one in found if one.beneath is not None]
    if why := no_parts(base, floor=floor, ceiling=ceiling):
        return len(known), why
    odd = [arm for arm in known if not can_be_parts(base, arm)]
    return len(odd), no_parts(base, value=odd[0]) if odd else ""


def _outdone_by(
    rows: Iterable[LeaderboardRow], baseline: LeaderboardRow | None, metric: Metric
) -> LeaderboardRow | None:
    """Return the best baseline of a better rank than the one that everything is held against; None for none."""
    if baseline is None or baseline.rank is None:
        return None
    ranked = [row for row in rows if row.role is Role.BASELINE and row.rank is not None]
    best = min(ranked, key=lambda row: (standing(row.arm, row.value, metric.direction), row.method_id))
    return best if best.rank is not None and best.rank < baseline.rank else None


def _rows(
    found: list[Found], metric: Metric, shared_seeds: bool, why: Mapping[int, LeftOut]
) -> tuple[tuple[LeaderboardRow, ...], LeaderboardRow | None, Shrinkage | None]:
    """Return the rows in order, the best baseline, and what shrinkage made of the proposals."""
    if metric.direction is Direction.UNKNOWN:
        found.sort(key=lambda f: (f.title.casefold(), f.method_id))
        rows = tuple(_row(one, left_out=why.get(one.method_id), seeds=shared_seeds) for one in found)
        reason = "Nothing is shrunken: nothing is best, so that nothing is on top by luck."
        return rows, None, Shrinkage((), reason=reason) if rows else None
    odd = {method_id for method_id, reason in why.items() if reason is not LeftOut.UNRESOLVED}

    def stands(f: Found) -> tuple[bool, Standing]:
        # Of a gap that is not resolved what is stated and what the parts come to are not on one scale.
        lacks_parts = f.unresolved and f.order is None
        return lacks_parts, standing(f.arm, f.arm.mean if f.order is None else f.order, metric.direction)

    def place(f: Found) -> tuple[bool, bool, float, str, int]:
        lacks_parts, (value, *_) = stands(f)
        return f.method_id in odd, lacks_parts, value, f.title.casefold(), f.method_id

    found.sort(key=place)
    # The best, as in the evidence: a human's where there is one, and of equal ones that of which most can be said.
    sound = [f for f in found if f.role is Role.BASELINE and f.method_id not in odd]
    baselines = sorted(sound, key=lambda f: (not f.human, stands(f), f.method_id))
    best = baselines[0] if baselines and not baselines[0].unresolved else None
    proposals = [f for f in found if f.role is Role.PROPOSAL]
    taking_part = [f.method_id not in why for f in proposals]
    tests = [
        _test(compared_arms(f, best), metric, shared_seeds) if best is not None and part else _UNTESTED
        for f, part in zip(proposals, taking_part, strict=True)
    ]
    shrinkage = _shrunken(proposals, taking_part) if proposals else None
    shown = shrinkage.values if shrinkage else ()
    adjusted = adjusted_apart([t.p for t in tests], [is_doubtful(t.procedure, lopsided=t.lopsided) for t in tests])
    of_proposals = zip(tests, adjusted, chain(shown, repeat(None)), strict=False)
    made, rank, before, counted = [], 0, None, 0
    for one in found:
        left = why.get(one.method_id)
        if one.role is Role.REFERENCE:
            made.append(_row(one, left_out=left))
            continue
        if left is not None:
            next(of_proposals, None) if one.role is Role.PROPOSAL else None
            made.append(_row(one, left_out=left, seeds=shared_seeds))
            continue
        counted += 1
        if before is None or not math.isclose(one.arm.mean, before, rel_tol=1e-12):
            rank, before = counted, one.arm.mean
        told = next(of_proposals) if one.role is Role.PROPOSAL else ()
        made.append(_row(one, rank, *told, seeds=shared_seeds))
    return tuple(made), next((row for row in made if best and row.method_id == best.method_id), None), shrinkage


def _shrunken(proposals: Sequence[Found], taking_part: Sequence[bool]) -> Shrinkage:
    """Return the proposals' values after shrinkage, as far as the top reaches: so many of those that take part."""

    every = shrink_arms([f.arm if part else None for f, part in zip(proposals, taking_part, strict=True)])
    top = next(islice((i for i, part in enumerate(taking_part) if part), TOP, None), None)
    return replace(every, values=every.values[:top])


def _row(
    one: Found,
    rank: int | None = None,
    test: "_Test | None" = None,
    adjusted: float | None = None,
    shrunken: Shrunken | None = None,
    *,
    left_out: LeftOut | None = None,
    seeds: bool = False,
) -> LeaderboardRow:
    values = tuple([value for _, value in one.arm.seeds])
    arm, shares = one.arm, one.shares
    if not seeds:  # What has none is left as it is: of a hundred thousand a copy each takes seconds.
        arm = replace(arm, seeds=()) if arm.seeds else arm
        shares = replace(shares, seeds=()) if shares and shares.seeds else shares
    p, procedure, why_untested, lopsided = test or _UNTESTED
    return LeaderboardRow(
        *one[:5],
        arm,
        values,
        one.basis,
        rank,
        p,
        adjusted,
        shrunken,
        shares,
        one.recovered,
        procedure,
        left_out,
        one.own,
        one.stated,
        one.namespace,
        one.external_id,
        why_untested,
        lopsided,
    )


class _Test(NamedTuple):
    """The p of being better than the baseline, one-sided, and what it is of; else why there is none."""

    p: float | None = None
    procedure: Procedure | None = None
    reason: str = ""
    lopsided: bool = False


_UNTESTED = _Test()


def _test(pair: Pair, metric: Metric, paired: bool) -> _Test:
    """Return the test of "better than the baseline".

    A baseline that all proposals share makes their tests depend on one another, which the adjustment bears where they
    are one-sided.
    """
    difference = pair_difference(pair, metric, paired=paired)
    if difference.interval is None:
        return _Test(reason=difference.reason)
    half = difference.interval.p / 2
    p = half if (difference.value > 0) is (metric.direction is Direction.HIGHER) else 1 - half
    return _Test(p, difference.interval.procedure, lopsided=difference.interval.lopsided)


def _bounds(
    references: Sequence[Contender], ground: Ground, metric: Metric, base: Metric | None
) -> tuple[float | None, float | None, Setting | None, frozenset[Bound]]:
    """Return floor and ceiling on the ground, their setting where that is another one, and which are illustrative.

    Of a share of the gap between the two they are 0 and all of it.
    """
    sighted = find_bounds(references, ground.metric, ground.dataset, ground.setting, ground.split)
    floor, ceiling = (
        None
        if one is None or (arm := arm_of(one.measurement, metric)) is None or odd(arm, metric) is not None
        else arm.mean
        for one in sighted
    )
    if floor is None and ceiling is None and references and beneath(metric) is not None:
        ends = () if base is None else bounds_beneath(references, ground, base)
        settings = {end.measurement.setting for end in ends if end is not None} - {ground.setting}
        return 0.0, whole(metric), next(iter(settings), None), frozenset()
    setting = next((one.measurement.setting for one in sighted if one is not None), ground.setting)
    made_up = frozenset(
        bound
        for bound, one in zip((Bound.FLOOR, Bound.CEILING), sighted, strict=True)
        if one is not None and one.measurement.basis is Basis.ILLUSTRATIVE
    )
    return floor, ceiling, None if setting is ground.setting else setting, made_up


def _scale(rows: Sequence[LeaderboardRow], lines: Sequence[float]) -> Scale:
    """Return a scale on which the rows and the lines can be told apart.

    What lies very far from the rest, or has a very wide interval, is left to reach beyond it.
    """
    values = sorted(row.value for row in rows)
    if not values and not lines:
        return Scale(0.0, 1.0)
    shown = values or sorted(lines)
    low, high = shown[len(shown) // 4], shown[-1 - len(shown) // 4]
    reach = 3 * (high - low)
    nearest, furthest = min([low - reach, *lines]), max([high + reach, *lines])
    ends = [x for row in rows for x in (row.value, *(row.interval.limits or ()))] + list(lines)
    low, high = max(nearest, min(ends)), min(furthest, max(ends))
    size = max(abs(low), abs(high))
    if not high - low > max(1e-12 * size, _LEAST_SPAN):
        # Half as much again to either side, so that the one value stands in the middle.
        around = size / 2 if size > _LEAST_SPAN else 0.5
        low, high = low - around, high + around
    return Scale(low, high)


_LEAST_SPAN = 1e-150
"""Whatever is measured, divided by this, is still a number."""
