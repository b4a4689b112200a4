"""Values that no method can have measured, as far as the metric tells: each by itself, whatever stands beside it."""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.metrics import DoubtfulUnit, PerCent, UntoldUnit, beneath, is_share

LARGEST = 1e12
"""From this size on stands what a program wrote in place of a value."""

STANDS_FOR_NONE = -999
"""Stands for no value in real files."""

MOST_OF_GAP = 10
"""A share of a gap that is more in size is in per cent, or none."""

_WIDER = 2.0
"""As a share a value would be among the others up to so many times beyond the lowest and the highest of them."""


class LeftOut(StrEnum):
    """Why a value is left out, as the part of a sentence that follows a colon."""

    UNRESOLVED = "the gap between floor and ceiling is not resolved"
    TOO_LARGE = f"nothing is measured that is {LARGEST:.0e} or more in size".replace("+", "")
    NO_SHARE = "a share of the examples and its error are from 0 to 1"
    NO_SHARE_OF_GAP = f"a share of more than {MOST_OF_GAP} gaps says nothing of one"
    NO_PER_CENT = "a per cent of the examples is from 0 to 100"
    HUNDREDTH = "as a share it would be among the others, which are in per cent"
    SMALL = "the others are above 1, and nobody knows in what unit"
    LARGE = "the others are from 0 to 1, and nobody knows in what unit"
    HUNDREDFOLD = "in per cent it would be among the others, which are from 0 to 1"
    STANDS_FOR_NONE = f"\N{MINUS SIGN}{-STANDS_FOR_NONE} stands for no value"


class Reach(NamedTuple):
    """Between which values a metric can be, its largest error, and why another one is left out.

    What is above 0 and up to 1 is left out too where a hundred times as much is within ``hundredth``, and what is above
    1 where a hundredth of it is within ``hundredfold``: it is in another unit than the rest.
    """

    low: float
    high: float
    error: float
    why: LeftOut
    hundredth: tuple[float, float] = (0.0, 0.0)
    hundredfold: tuple[float, float] = (0.0, 0.0)
    why_hundredth: LeftOut = LeftOut.HUNDREDTH
    beside_small: float = math.inf
    """What is more is left out where the others are from 0 to 1, and may be shares."""

    def odd(self, value: float, error: float, seeds: Iterable[float]) -> LeftOut | None:
        """Return why such a value, such an error, or the values of such seeds cannot be; None where they can."""
        if value == STANDS_FOR_NONE or STANDS_FOR_NONE in seeds:
            return LeftOut.STANDS_FOR_NONE
        if abs(value) >= LARGEST or error >= LARGEST:
            return LeftOut.TOO_LARGE
        if not self.low <= value <= self.high or error > self.error:
            return self.why
        if value > 1:
            low, high = self.hundredfold
            if low <= value / 100 <= high:
                return LeftOut.HUNDREDFOLD
            return LeftOut.LARGE if value > self.beside_small else None
        low, high = self.hundredth
        return self.why_hundredth if value > 0 and low <= 100 * value <= high else None


def reach(metric: Metric) -> Reach:
    """Return between which values a metric can be, as far as it tells."""
    if is_share(metric):
        return Reach(0, 1, 1, LeftOut.NO_SHARE)
    if isinstance(metric, (PerCent, UntoldUnit, DoubtfulUnit)):
        most, why = (100 * MOST_OF_GAP, LeftOut.NO_SHARE_OF_GAP) if metric.derived_from else (100, LeftOut.NO_PER_CENT)
        widest = Reach(-most if metric.derived_from else 0, most, most, why)
        among = metric.lowest / _WIDER, metric.highest * _WIDER
        if isinstance(metric, DoubtfulUnit):
            return widest._replace(hundredfold=among, beside_small=max(1.0, among[1]))
        if isinstance(metric, PerCent):
            return widest._replace(hundredth=among)
        # Beside what is above 1 it is not told whether so small a one is a share or very little in per cent.
        mixed = (among[0], most) if metric.highest else (0.0, 0.0)
        return widest._replace(hundredth=mixed, why_hundredth=LeftOut.SMALL)
    if beneath(metric) is not None:
        return Reach(-MOST_OF_GAP, MOST_OF_GAP, MOST_OF_GAP, LeftOut.NO_SHARE_OF_GAP)
    return Reach(-LARGEST, LARGEST, LARGEST, LeftOut.TOO_LARGE)


def odd(arm: Arm, metric: Metric) -> LeftOut | None:
    """Return why a metric cannot have such a value or such an error, as far as it tells; None where it can."""
    return reach(metric).odd(arm.mean, arm.standard_error or 0.0, [value for _, value in arm.seeds])
