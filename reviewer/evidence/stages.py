"""What a proposal gained over its baseline from stage to stage: in the lab, held out, in production."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.vocabulary import Direction, Setting
from reviewer.evidence.arms import apart, arm_of
from reviewer.evidence.comparison import ComparisonRow
from reviewer.evidence.odd_values import odd


class Gain(NamedTuple):
    """A difference in the unit of the metric, with its standard error where that is known."""

    value: float
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A proposal's value in one setting, and what it gained there over the baseline; None where that is not known.

    The gain is proposal minus baseline. Its error takes both to be measured independently.
    """

    setting: Setting
    where: str
    """The dataset and split."""
    value: float
    standard_error: float | None
    n: int | None
    gain: Gain | None


def stage_in(rows: Sequence[ComparisonRow], metric: str, setting: Setting) -> Stage | None:
    """Return the stage of a setting: by the first row of the metric there, as the evidence puts them in order."""
    for row in rows:
        if row.metric.name != metric or row.setting is not setting or row.proposal is None:
            continue
        ours = arm_of(row.proposal.measurement, row.metric)
        if ours is None or odd(ours, row.metric) is not None:
            continue
        theirs = arm_of(row.baseline.measurement, row.metric) if row.baseline else None
        if theirs is not None and odd(theirs, row.metric) is not None:
            theirs = None
        gain = Gain(apart(ours, theirs), _error(ours.standard_error, theirs.standard_error)) if theirs else None
        return Stage(setting, row.where, ours.mean, ours.standard_error, ours.n, gain)
    return None


def _error(one: float | None, other: float | None) -> float | None:
    """Return the standard error of a difference of two that are independent; None where one of both is not known."""
    return None if one is None or other is None else math.hypot(one, other)


def lost(before: Gain | None, after: Gain | None, direction: Direction) -> Gain | None:
    """Return how much of a gain is not left, below 0 where it grew; None where that cannot be said.

    ``direction`` says which way the metric is better: of one that nobody has told nothing is lost or won. Both are
    taken to be measured independently. A gain that was chosen for its size is less the next time without any loss.
    """
    if before is None or after is None or direction is Direction.UNKNOWN:
        return None
    less = before.value - after.value
    return Gain(less if direction is Direction.HIGHER else -less, _error(before.standard_error, after.standard_error))
