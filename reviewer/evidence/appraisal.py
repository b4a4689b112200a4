"""Rows of evidence with what statistics can say of each: the slow part, which a screen adds to the numbers later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.comparison import AGREEMENT, ComparisonRow, Sighting
from reviewer.evidence.difference import Difference, difference_of
from reviewer.evidence.effect_size import EffectSize, effect_size
from reviewer.evidence.examples import examples_error
from reviewer.evidence.metrics import beneath as base_of
from reviewer.evidence.metrics import is_share
from reviewer.evidence.recovered import Recovered, in_shares, recovered


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
    """One arm of a row with what stands on it alone."""

    arm: Arm
    measurement: Measurement
    recovered: Recovered | None = None
    """Of a derived metric: the share of the gap, computed from the metric beneath."""
    examples_error: float | None = None
    """What another draw of the test examples would make, in the unit of the metric."""
    shares: Arm | None = None
    """Of a derived metric: the arm of the metric beneath in shares of the gap, where that is what is stated."""

    @property
    def recomputed(self) -> float | None:
        """Return the value computed from the metric beneath, where the stored one differs from it."""
        if self.recovered is None or self.recovered.value is None:
            return None
        return self.recovered.value if abs(self.recovered.value - self.arm.mean) > AGREEMENT else None


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


Place = tuple[str, str, Setting, str]


def appraise(rows: Sequence[ComparisonRow], *, shared_seeds: bool = False) -> tuple[Appraised, ...]:
    """Return each row with what can be said of it, in the same order.

    ``shared_seeds`` says that runs of the same seed number share that seed's artefacts, in every method of the problem.
    """
    at = {(row.metric.name, row.dataset, row.setting, row.split): row for row in rows}
    return tuple(_appraised(row, at, shared_seeds) for row in rows)


def _appraised(row: ComparisonRow, at: Mapping[Place, ComparisonRow], shared_seeds: bool) -> Appraised:
    base = base_of(row.metric)
    beneath = None if base is None else at.get((base, row.dataset, row.setting, row.split))
    ours = _side(row.metric, row.proposal, beneath, beneath.proposal if beneath else None, shared_seeds)
    theirs = _side(row.metric, row.baseline, beneath, beneath.baseline if beneath else None, shared_seeds)
    if ours is None or theirs is None:
        return Appraised(row, ours, theirs)
    arms, tested_on = (ours.arm, theirs.arm), ""
    if beneath is not None and ours.shares and theirs.shares:
        arms, tested_on = (ours.shares, theirs.shares), beneath.metric.name
    difference = difference_of(*arms, paired=shared_seeds)
    detectable = difference.interval.detectable if difference.interval else None
    return Appraised(row, ours, theirs, difference, effect_size(*arms), detectable, tested_on)


def _side(
    metric: Metric,
    sighting: Sighting | None,
    beneath: ComparisonRow | None,
    sighted_beneath: Sighting | None,
    shared_seeds: bool,
) -> Side | None:
    arm = arm_of(sighting.measurement if sighting else None)
    if arm is None or sighting is None:
        return None
    measurement = sighting.measurement
    if beneath is None:
        error = _examples_error(metric, arm.mean, measurement.n_test)
        return Side(arm, measurement, examples_error=error)
    value, floor, ceiling = (
        arm_of(found.measurement if found else None) for found in (sighted_beneath, beneath.floor, beneath.ceiling)
    )
    if value is None or floor is None or ceiling is None:
        return Side(arm, measurement)
    share = recovered(value, floor, ceiling, shared_seeds=shared_seeds, direction=beneath.metric.direction)
    gap = abs(ceiling.mean - floor.mean)
    error = _examples_error(beneath.metric, value.mean, value.n_test)
    examples = None if error is None or not gap else error / gap
    return Side(arm, measurement, share, examples, in_shares(value, floor, ceiling, share, arm.mean))


def _examples_error(metric: Metric, share: float, n_test: int | None) -> float | None:
    return examples_error(share, n_test) if n_test is not None and is_share(metric) else None
