"""Rows of evidence with what statistics can say of each: the slow part, which a screen adds to the numbers later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from reviewer.domain.methods import Measurement
from reviewer.domain.numbers import number
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Direction
from reviewer.evidence.arms import Arm, Shares, apart, arm_of, states_otherwise
from reviewer.evidence.baselines import BestBaseline, metric_label
from reviewer.evidence.comparison import ComparisonRow, Key, Sighting
from reviewer.evidence.difference import Difference, Procedure
from reviewer.evidence.effect_size import EffectSize, effect_size
from reviewer.evidence.examples import error_by_examples
from reviewer.evidence.metrics import whole
from reviewer.evidence.odd_values import LeftOut, odd
from reviewer.evidence.recovered import (
    Recovered,
    can_be_parts,
    compared_at_once,
    gap_unresolved,
    in_shares,
    is_as_stated,
    no_parts,
    pair_of,
    recovered,
    shown,
    surely_unresolved,
)
from reviewer.evidence.tested import odd_of_pair, pair_difference


class Told(StrEnum):
    """What the interval of a difference says."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    """Of a metric whose good direction is unknown."""
    LOWER = "lower"
    UNCLEAR = "not told apart"


@dataclass(frozen=True, slots=True)
class Side:
    """One arm of a row with what stands on it alone.

    ``used`` is the arm that is compared, and shown: of a share of a gap the metric beneath in such shares, where both
    sides have one.
    """

    arm: Arm
    measurement: Measurement
    used: Arm
    recovered: Recovered | None = None
    """Of a derived metric: the share of the gap, computed from the metric beneath."""
    examples_error: float | None = None
    """What another draw of the test examples would make, in the unit of the metric."""
    examples: int | None = None
    """How many these are."""
    shares: Shares | None = None
    """Of a derived metric: the arm of the metric beneath in shares of the gap."""
    not_recomputed: str = ""
    """Of a derived metric whose parts are known: which of them is no value of the metric beneath, so that it is not
    computed from them."""

    @property
    def unresolved(self) -> bool:
        """Return whether it is a share of a gap that cannot be told from nothing."""
        return self.recovered is not None and self.recovered.unresolved

    @property
    def recomputed(self) -> float | None:
        """Return the value computed from the metric beneath, where the stored one is not that, rounded."""
        return None if self.shares is None or is_as_stated(self.arm.mean, self.shares) else self.shares.mean

    @property
    def stated_otherwise(self) -> float | None:
        """Return the value that the source states, where that is neither the one that is used nor that one rounded."""
        stated = self.measurement.value
        fine = self.used.standard_error
        if stated is None or number(stated, fine) == number(self.used.mean, fine):
            return None
        if self.used is self.shares:
            return None if is_as_stated(stated, self.shares) else stated
        return stated if states_otherwise(stated, self.used) else None


@dataclass(frozen=True, slots=True)
class Appraised:
    """A row with both sides, their difference and its size; each None where the row lacks what it needs."""

    row: ComparisonRow
    proposal: Side | None = None
    baseline: Side | None = None
    difference: Difference | None = None
    size: EffectSize | None = None
    detectable: float | None = None
    """The true difference that runs like these would find four times in five; None where that cannot be known."""
    tested_on: str = ""
    """The metric beneath, where the difference was tested on it."""
    stronger: BestBaseline | None = None
    """The best baseline there, where that is another and a better one."""
    other: BestBaseline | None = None
    """A baseline there that is better than the best human one, where nobody says that a human made it; or any, where
    the one in hand was not measured there."""

    @property
    def limited(self) -> str:
        """Return in a word or two what the interval stands on that is less than it should be; empty for nothing."""
        interval = self.difference.interval if self.difference else None
        if interval is None:
            return ""
        return _FEW_AGAINST_MANY if interval.lopsided else _LIMITED.get(interval.procedure, "")

    @property
    def told_words(self) -> str:
        """Return what the difference comes to in words, with what that stands on; empty where it has no interval."""
        if not self.told:
            return ""
        outdone = " than this one" if self.told is Told.BETTER and self.stronger is not None else ""
        return ", ".join(filter(None, (f"{self.told}{outdone}", self.limited)))

    @property
    def told(self) -> Told | None:
        """Return what the difference comes to; None where it has no interval."""
        interval = self.difference.interval if self.difference else None
        if interval is None:
            return None
        if not interval.resolved:
            return Told.UNCLEAR
        up = interval.low > 0
        direction = self.row.metric.direction
        if direction is Direction.UNKNOWN:
            return Told.HIGHER if up else Told.LOWER
        return Told.BETTER if up is (direction is Direction.HIGHER) else Told.WORSE


_FEW_AGAINST_MANY = "few against many"
_LIMITED = {Procedure.CRAWFORD_HOWELL: "by one run", Procedure.NORMAL: "n unknown"}


def appraise(
    rows: Sequence[ComparisonRow],
    *,
    shared_seeds: bool = False,
    best: Mapping[Key, BestBaseline] = MappingProxyType({}),
    against: str = "",
) -> tuple[Appraised, ...]:
    """Return each row with what can be said of it, in the same order.

    ``shared_seeds`` says that runs of the same seed number share that seed's artefacts, in every method of the problem.
    ``best`` are the best baselines of the problem; the one in hand, ``against`` by its id, is not always one of them.
    """
    at = rows_by_place(rows)
    appraised = (_appraised(row, at, shared_seeds) for row in rows)
    return tuple(_with_stronger(one, best.get(_place(one.row)), against) for one in appraised)


def _place(row: ComparisonRow) -> Key:
    return row.metric.name, row.dataset, row.setting, row.split


def _with_stronger(appraised: Appraised, best: BestBaseline | None, against: str) -> Appraised:
    ours, theirs = appraised.proposal, appraised.baseline
    if best is None or ours is None or ours.unresolved:
        return appraised
    if theirs is None or odd(theirs.used, appraised.row.metric) is not None:
        return replace(appraised, other=best) if against and best.uuid != against else appraised
    if theirs.unresolved:
        return appraised
    if best.uuid != against and _is_ahead(best, theirs, appraised.row.metric):
        return replace(appraised, stronger=best)
    other = best.outdone_by
    if other is not None and other.uuid != against and _is_ahead(other, theirs, appraised.row.metric):
        return replace(appraised, other=other)
    return appraised


def _is_ahead(best: BestBaseline, theirs: Side, metric: Metric) -> bool:
    more = best.value - theirs.used.mean
    ahead = more if metric.direction is Direction.HIGHER else -more
    # As far as binary fractions go: of two methods the better one is named, by however little.
    return ahead > 1e-9 * max(abs(best.value), abs(theirs.used.mean))


def _appraised(row: ComparisonRow, at: Mapping[Key, ComparisonRow], shared_seeds: bool) -> Appraised:
    beneath = None if row.base is None else at.get((row.base.name, row.dataset, row.setting, row.split))
    ours = _side(row, row.proposal, beneath.proposal if beneath else None, shared_seeds)
    theirs = _side(row, row.baseline, beneath.baseline if beneath else None, shared_seeds)
    if ours is None or theirs is None:
        return Appraised(row, _alone(ours), _alone(theirs), _too_large(row))
    if ours.unresolved or theirs.unresolved:
        tells = beneath is not None and beneath.difference is not None and _is_sound(beneath)
        told = f"; {_label(beneath)} tells how they differ" if beneath is not None and tells else ""
        reason = f"No difference: {LeftOut.UNRESOLVED}{told}."
        return Appraised(row, ours, theirs, Difference(apart(ours.arm, theirs.arm), reason=reason, odd=True))
    pair = pair_of(ours.arm, ours.shares, theirs.arm, theirs.shares)
    used = replace(ours, used=pair.ours), replace(theirs, used=pair.theirs)
    appraised = _compared(row, *used, pair_difference(pair, row.metric, paired=shared_seeds))
    if beneath is None:
        return appraised
    if pair.on_shares:
        appraised = replace(appraised, tested_on=beneath.metric.name)
    silent = [side for side in used if side.used.standard_error is None]
    if pair.untested or not silent or any(side.used is not side.shares for side in silent):
        return appraised
    difference = appraised.difference
    if difference is None or difference.interval is not None or difference.odd:
        return appraised
    why = difference.reason.removeprefix("No interval: ")
    reason = f"No interval: it is tested on {_label(beneath)}, and of that {why}"
    return replace(appraised, difference=replace(difference, reason=reason))


def _is_sound(row: ComparisonRow) -> bool:
    """Return whether both values of a row are such as its metric can have."""
    arms = [arm_of(one.measurement, row.metric) for one in (row.proposal, row.baseline) if one is not None]
    return all(arm is not None and odd(arm, row.metric) is None for arm in arms)


def _alone(side: Side | None) -> Side | None:
    """Return a side that is held against nothing, as it is shown: of a share what its parts come to."""
    return None if side is None else replace(side, used=shown(side.arm, side.shares))


def _label(row: ComparisonRow) -> str:
    return metric_label(row.metric.title or row.metric.name)


def _too_large(row: ComparisonRow) -> Difference | None:
    """Return the difference of two values of which one is too large to compute with; None where one is missing."""
    if row.difference is None:
        return None
    return Difference(row.difference, reason="No interval: values as large as that are no measurements.")


def _compared(row: ComparisonRow, ours: Side, theirs: Side, difference: Difference) -> Appraised:
    interval = difference.interval
    # Its noncentral t is of independent runs.
    tested_apart = interval is not None and interval.procedure is not Procedure.PAIRED
    size = effect_size(ours.used, theirs.used) if tested_apart else None
    return Appraised(row, ours, theirs, difference, size, interval.detectable if interval else None)


def used_at_once(row: ComparisonRow, at: Mapping[Key, ComparisonRow]) -> tuple[Arm | None, Arm | None]:
    """Return what is compared of either side, as far as arithmetic alone tells it: for a screen that does not wait.

    ``at`` has the rows by their places; of more than a thousand seeds nothing is added up here.
    """
    beneath = None if row.base is None else at.get((row.base.name, row.dataset, row.setting, row.split))
    under = (beneath.proposal, beneath.baseline) if beneath else (None, None)
    ours, theirs = (_at_once(row, *pair) for pair in zip((row.proposal, row.baseline), under, strict=True))
    return ours, theirs


def no_difference_at_once(row: ComparisonRow, ours: Arm, theirs: Arm) -> LeftOut | None:
    """Return why there is no difference to speak of, as far as arithmetic alone tells it; None where it tells nothing.

    The two arms are those of :func:`used_at_once`.
    """
    ends = _ends(row)
    if ends is not None and surely_unresolved(*ends):
        return LeftOut.UNRESOLVED
    return odd_of_pair(ours, theirs, row.metric)


def _ends(row: ComparisonRow) -> tuple[Arm, Arm] | None:
    """Return floor and ceiling of the metric beneath, where there are both and they can be what a share is made of."""
    floor, ceiling = (arm_of(end.measurement if end else None, row.base) for end in row.gap)
    if row.base is None or floor is None or ceiling is None or not can_be_parts(row.base, floor, ceiling):
        return None
    return floor, ceiling


_QUICK_SEEDS = 1000


def _at_once(row: ComparisonRow, sighting: Sighting | None, sighted_beneath: Sighting | None) -> Arm | None:
    parts = [None if found is None else found.measurement for found in (sighting, sighted_beneath, *row.gap)]
    if any(m is not None and len(m.seeds) > _QUICK_SEEDS for m in parts):
        return None
    arm, value, ends = arm_of(parts[0], row.metric), arm_of(parts[1], row.base), _ends(row)
    if arm is None or row.base is None or value is None or ends is None:
        return arm
    if not can_be_parts(row.base, value) or surely_unresolved(*ends):
        return arm
    return compared_at_once(arm, value, *ends, row.base.direction, whole(row.metric))


def rows_by_place(rows: Iterable[ComparisonRow]) -> Mapping[Key, ComparisonRow]:
    """Return rows by what they are of."""
    return {_place(row): row for row in rows}


def _side(
    row: ComparisonRow, sighting: Sighting | None, sighted_beneath: Sighting | None, shared_seeds: bool
) -> Side | None:
    arm = arm_of(sighting.measurement if sighting else None, row.metric)
    if arm is None or sighting is None:
        return None
    measurement = sighting.measurement
    base = row.base
    if base is None:
        error = error_by_examples(row.metric, arm.mean, measurement.n_test, measurement.n_correct)
        return Side(arm, measurement, arm, examples_error=error, examples=measurement.n_test)
    floor, ceiling = (arm_of(found.measurement if found else None, base) for found in row.gap)
    value = arm_of(sighted_beneath.measurement if sighted_beneath else None, base)
    why = no_parts(base, value=value, floor=floor, ceiling=ceiling)
    if floor is None or ceiling is None or not can_be_parts(base, floor, ceiling):
        return Side(arm, measurement, arm, not_recomputed=why)
    direction = base.direction
    unresolved = gap_unresolved(floor, ceiling, shared_seeds=shared_seeds, direction=direction)
    if value is not None and not can_be_parts(base, value):
        value = None
    if value is None or unresolved is not None:
        return Side(arm, measurement, arm, unresolved, not_recomputed="" if unresolved else why)
    all_of_it = whole(row.metric)
    share = recovered(value, floor, ceiling, shared_seeds=shared_seeds, direction=direction, whole=all_of_it)
    n_test = value.n_test or measurement.n_test
    beneath = sighted_beneath.measurement if sighted_beneath else measurement
    error = error_by_examples(base, value.mean, n_test, beneath.n_correct)
    examples_error = None if error is None else all_of_it * error / abs(ceiling.mean - floor.mean)
    shares = in_shares(value, floor, ceiling, share, all_of_it)
    return Side(arm, measurement, arm, share, examples_error, n_test, shares)
