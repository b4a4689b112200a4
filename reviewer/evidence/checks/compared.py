"""What a row comes to against its baseline: the arms and the difference that the evidence beside it shows."""

from typing import NamedTuple

from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Direction
from reviewer.evidence.arms import Arm, Shares, arm_of
from reviewer.evidence.checks.sane import sane
from reviewer.evidence.difference import Difference
from reviewer.evidence.recovered import can_be_parts, gap_unresolved, in_shares, pair_of, recovered
from reviewer.evidence.tested import pair_difference


class Gap(NamedTuple):
    """Floor and ceiling of a metric, and whether they cannot be told apart."""

    floor: Arm
    ceiling: Arm
    base: Metric
    unresolved: bool


class Side(NamedTuple):
    """What is stated of one side, and of a share of a gap what its metric beneath comes to in shares.

    ``unresolved`` says that it is a share of a gap that cannot be told from nothing.
    """

    stated: Arm
    shares: Shares | None = None
    unresolved: bool = False


class Compared(NamedTuple):
    """Both arms as they are compared, in the unit of the row's metric, and how they differ.

    Of shares of a gap that cannot be told from nothing there is no difference to speak of.
    """

    ours: Arm
    theirs: Arm
    difference: Difference | None

    def gain(self, direction: Direction) -> float | None:
        """Return by how much the proposal is better, None where there is no difference to speak of."""
        if self.difference is None or direction is Direction.UNKNOWN:
            return None
        return self.difference.value if direction is Direction.HIGHER else -self.difference.value

    @property
    def is_noise(self) -> bool:
        """Return whether the difference is none, or may be none by its interval; without one nobody knows."""
        if self.difference is None:
            return True
        interval = self.difference.interval
        return interval is not None and not interval.resolved


def gap_between(
    floor: Measurement | None, ceiling: Measurement | None, base: Metric, *, shared_seeds: bool
) -> Gap | None:
    """Return the gap between two measurements of a metric, or None where either has no number that it can have."""
    low, high = _sane(arm_of(floor, base)), _sane(arm_of(ceiling, base))
    if low is None or high is None or not can_be_parts(base, low, high):
        return None
    unresolved = gap_unresolved(low, high, shared_seeds=shared_seeds, direction=base.direction)
    return Gap(low, high, base, unresolved is not None)


def side_of(
    stated: Arm | None, beneath: Arm | None, gap: Gap | None, whole: float, *, shared_seeds: bool
) -> Side | None:
    """Return one side of a row, ``beneath`` of the metric whose ``gap`` it is a share of; None without a number.

    ``whole`` is what all of the gap is in the unit of the share.
    """
    stated, arm = _sane(stated), _sane(beneath)
    if stated is None:
        return None
    if gap is None or gap.unresolved:
        return Side(stated, unresolved=gap is not None)
    if arm is None or not can_be_parts(gap.base, arm):
        return Side(stated)
    share = recovered(arm, gap.floor, gap.ceiling, shared_seeds=shared_seeds, direction=gap.base.direction, whole=whole)
    return Side(stated, in_shares(arm, gap.floor, gap.ceiling, share, whole))


def _sane(arm: Arm | None) -> Arm | None:
    """Return an arm, where all of it can be computed with."""
    if arm is None or not sane(arm.mean) or not sane(arm.standard_error or 0.0):
        return None
    return arm if all(sane(value) for _, value in arm.seeds) else None


def compared(ours: Side, theirs: Side, metric: Metric, *, shared_seeds: bool) -> Compared:
    """Return what two sides come to, on the metric beneath where the evidence tests them there."""
    if ours.unresolved or theirs.unresolved:
        return Compared(ours.stated, theirs.stated, None)
    pair = pair_of(ours.stated, ours.shares, theirs.stated, theirs.shares)
    return Compared(pair.ours, pair.theirs, pair_difference(pair, metric, paired=shared_seeds))
