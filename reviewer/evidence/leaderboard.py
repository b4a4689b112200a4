"""All methods of a problem by one metric: who stands where, how sure that is, and how much of it is luck.

A pure table. The p values are adjusted over every proposal of the problem that could be tested, and shrinkage is over
every proposal too, never over a part that somebody looks at.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice, repeat
from typing import NamedTuple

from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Basis, Bound, Direction, Role, Setting
from reviewer.evidence.arms import Arm, Shares, arm_of
from reviewer.evidence.baselines import Ground, Standing, standing
from reviewer.evidence.comparison import find_bounds
from reviewer.evidence.contenders import Contender, Found, ends_beneath, find, with_shares
from reviewer.evidence.difference import LEVEL, Difference, Procedure
from reviewer.evidence.left_out import left_out
from reviewer.evidence.many import FALSE_DISCOVERY_RATE, Shrinkage, Shrunken, adjusted_apart, shrink_arms
from reviewer.evidence.mean_interval import MeanInterval, mean_interval
from reviewer.evidence.metrics import beneath, whole
from reviewer.evidence.odd_values import LeftOut, odd
from reviewer.evidence.recovered import Pair, Recovered, can_be_parts, no_parts, pair_of
from reviewer.evidence.tested import pair_difference
from reviewer.evidence.units import as_ranked

TOP = 20
"""So many of the best proposals are shown with the value after shrinkage: it is there that luck gathers."""


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """A method and its value. ``rank`` counts proposals and baselines alone; equal values share one.

    ``p`` is that of the difference from the best baseline, one-sided: how easily luck alone would make a proposal look
    as much better; ``procedure`` says which test it is of. ``adjusted`` is the same after Benjamini and Hochberg, over
    all that were tested, or, where it is not ``doubtful``, over all that are not.
    ``shrunken`` is there for the top alone. ``left_out`` says why it has part in neither. ``arm`` and ``shares`` are
    without the values by seed, which stand in ``seeds``, unless runs are compared in pairs.
    """

    method_id: int
    uuid: str
    title: str
    role: Role
    bound: Bound | None
    arm: Arm
    seeds: tuple[float, ...]
    basis: Basis
    rank: int | None = None
    p: float | None = None
    adjusted: float | None = None
    shrunken: Shrunken | None = None
    shares: Shares | None = None
    """Of a share of a gap: the metric beneath in such shares, where floor, ceiling and that are what it comes from."""
    recovered: Recovered | None = None
    """The share that these come to, with Fieller's interval, or that the gap is not resolved."""
    procedure: Procedure | None = None
    left_out: LeftOut | None = None
    """Why it has part neither in tests nor in shrinkage; an odd value has no rank either, and stands below the rest."""
    own: Arm | None = None
    """What the source states of a share, where another arm takes its place."""
    stated: float | None = None
    """What the source states, where that is another value than the one that is computed, and compared."""
    namespace: str = ""
    external_id: str = ""
    why_untested: str = ""
    """Why the difference of one that has part in the tests has none all the same."""
    lopsided: bool = False
    """Whether the test is of two or three runs against so many that it finds too much."""

    @property
    def value(self) -> float:
        """Return the value, in the unit of the metric."""
        return self.arm.mean

    @property
    def interval(self) -> MeanInterval:
        """Return the interval of the value, or why there is none; Fieller's of a share, with the errors of the ends."""
        share = self.recovered
        if self.left_out is not None and self.left_out is not LeftOut.UNRESOLVED:
            return MeanInterval(self.arm.mean, reason=f"No interval: {self.left_out}.")
        if share is not None and share.unresolved:
            return MeanInterval(self.arm.mean, reason=f"No interval: {LeftOut.UNRESOLVED}.")
        if share is not None and share.limits is not None:
            how = f"Fieller's interval, from the metric beneath; {share.caution}".removesuffix("; ")
            return MeanInterval(self.arm.mean, share.limits, share.df, caution=f"{how}.")
        if share is not None and self.own is not None:
            # An interval of the metric beneath in shares would take the gap as known.
            return MeanInterval(self.arm.mean, reason=share.reason)
        return mean_interval(self.arm)

    @property
    def stands_out(self) -> bool:
        """Return whether it is better: by the adjusted p, and by the interval of its difference, which leaves 0 out.

        Of few runs against many the smallest p of all is mostly luck, whatever its size.
        """
        if self.p is None or self.adjusted is None or self.lopsided:
            return False
        return self.adjusted <= FALSE_DISCOVERY_RATE and self.p <= (1 - LEVEL) / 2

    @property
    def doubtful(self) -> bool:
        """Return whether p stands on less than it should: few runs, or an error over an unknown number of them."""
        return _is_doubtful(self.procedure, self.lopsided)

    @property
    def illustrative(self) -> bool:
        """Return whether the value is illustrative."""
        return self.basis is Basis.ILLUSTRATIVE


@dataclass(frozen=True, slots=True)
class Scale:
    """What a row of bars reaches from and to, in the unit of the metric; ``low`` is below ``high``."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return where a value stands, 0 at the low end and 1 at the high one; beyond them outside of that."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """The rows in order, and what they are held against.

    ``baseline`` is the best baseline, a human's where there is one of these, None where there is none or nothing is
    best; ``outdone_by`` is a better one of which nobody says that a human made it. ``floor`` and ``ceiling`` are those
    of the metric on the dataset. ``tested`` proposals have a p value, ``shrinkage`` is over all proposals (None where
    there are none), and ``unmeasured`` methods of the problem have no value here.
    """

    ground: Ground
    metric: Metric
    rows: tuple[LeaderboardRow, ...]
    scale: Scale
    baseline: LeaderboardRow | None = None
    outdone_by: LeaderboardRow | None = None
    floor: float | None = None
    ceiling: float | None = None
    bounds_setting: Setting | None = None
    """Where floor and ceiling were measured, if that is another setting than the ground's."""
    tested: int = 0
    shrinkage: Shrinkage | None = None
    unmeasured: int = 0
    shared_seeds: bool = False
    """Whether runs of one seed number are compared in pairs."""
    illustrative_bounds: frozenset[Bound] = frozenset()
    """Those of floor and ceiling whose value is illustrative."""
    known_beneath: bool = False
    """Whether some method has a value of the metric beneath."""
    not_recomputed: int = 0
    """So many shares of a gap are not computed from their parts, since a part is no value that it can have."""
    why_not_recomputed: str = ""
    """Which part that is of the first of them, and what it is."""
    base: str = ""
    """The metric beneath, where the metric says how much of a gap was recovered."""
    usual_error: float | None = None
    """The error that half of those that there are do not exceed."""

    def fineness(self, row: LeaderboardRow) -> float | None:
        """Return how fine a difference is to be seen in the numbers of a row; None where nothing is known of that."""
        own = row.arm.standard_error or None
        if not self.scale.low <= row.value <= self.scale.high:
            return own
        usual = self.usual_error or (self.scale.high - self.scale.low) / _TOLD_APART
        return usual if own is None else min(own, usual)

    @property
    def baseline_words(self) -> str:
        """Return what the baseline is that everything is held against."""
        return "best baseline" if self.outdone_by is None else "best human baseline"

    @property
    def proposals(self) -> int:
        """Return how many proposals have a value here."""
        return sum(row.role is Role.PROPOSAL for row in self.rows)

    @property
    def illustrative(self) -> bool:
        """Return whether any value of a row, or of floor and ceiling, is illustrative."""
        return bool(self.illustrative_bounds) or any(row.illustrative for row in self.rows)

    def difference(self, row: LeaderboardRow) -> Difference | None:
        """Return how a proposal differs from the best baseline; None where there is nothing to hold it against.

        None too where its value is left out: ``untested`` says why.
        """
        if self.baseline is None or row.role is not Role.PROPOSAL or row.left_out:
            return None
        return pair_difference(_pair(row, self.baseline), self.metric, paired=self.shared_seeds)

    def untested(self, row: LeaderboardRow) -> str:
        """Return why a proposal's difference is not tested, or what the test takes for granted; empty for neither."""
        if row.role is not Role.PROPOSAL:
            return ""
        if row.left_out is not None:
            return f"Not tested: {row.left_out}."
        if self.baseline is None:
            return ""
        difference = self.difference(row)
        if difference is None or difference.interval is None:
            return difference.reason if difference else ""
        return difference.interval.caution

    def tested_on(self, row: LeaderboardRow) -> str:
        """Return the metric beneath where a proposal's difference is tested on it; empty where it is not."""
        if row.role is not Role.PROPOSAL or self.baseline is None:
            return ""
        return self.base if not row.left_out and _pair(row, self.baseline).on_shares else ""


def _pair(ours: "LeaderboardRow | Found", theirs: "LeaderboardRow | Found") -> Pair:
    """Return the arms that are compared, as in the evidence."""
    return pair_of(ours.own or ours.arm, ours.shares, theirs.own or theirs.arm, theirs.shares)


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
    unmeasured = 0
    for contender in contenders:
        if contender.role is Role.REFERENCE:
            references.append(contender)
        if (one := find(contender, ground, metric, base)) is not None:
            found.append(one)
        elif contender.role is not Role.REFERENCE:
            unmeasured += 1
    n_not_recomputed, why_not_recomputed = 0, ""
    if base is not None and beneath(metric) is not None:
        found = with_shares(found, references, ground, base, whole(metric), shared_seeds)
        if not any(one.unresolved for one in found):
            n_not_recomputed, why_not_recomputed = _not_recomputed(found, references, ground, base)
    metric = as_ranked(metric, [one.arm.mean for one in found])
    why = left_out(found, metric)
    rows, baseline, shrinkage = _rows(found, metric, shared_seeds, why)
    floor, ceiling, setting, made_up = _bounds(references, ground, metric)
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
        _usual_error(rows),
    )


def _usual_error(rows: Iterable[LeaderboardRow]) -> float | None:
    errors = sorted(row.arm.standard_error for row in rows if row.arm.standard_error and row.left_out is None)
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
        _test(_pair(f, best), metric, shared_seeds) if best is not None and part else _UNTESTED
        for f, part in zip(proposals, taking_part, strict=True)
    ]
    shrinkage = _shrunken(proposals, taking_part) if proposals else None
    shown = shrinkage.values if shrinkage else ()
    adjusted = adjusted_apart([t.p for t in tests], [_is_doubtful(t.procedure, t.lopsided) for t in tests])
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
    if not seeds:
        arm, shares = replace(arm, seeds=()), shares and replace(shares, seeds=())
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


def _is_doubtful(procedure: Procedure | None, lopsided: bool) -> bool:
    return lopsided or procedure in (Procedure.CRAWFORD_HOWELL, Procedure.NORMAL)


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
    references: Sequence[Contender], ground: Ground, metric: Metric
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
        return 0.0, whole(metric), None, frozenset()
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


_TOLD_APART = 40
"""So many values on a scale are told apart by their digits, where nothing is known of errors."""

_LEAST_SPAN = 1e-150
"""Whatever is measured, divided by this, is still a number."""
