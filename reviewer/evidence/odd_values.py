"""Values that no method can have measured, as far as the metric tells: each by itself, whatever stands beside it."""

from enum import StrEnum

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.metrics import PER_CENT_BY_ITS_VALUES, beneath, is_share

LARGEST = 1e12
"""From this size on stands what a program wrote in place of a value."""

STANDS_FOR_NONE = -999
"""Stands for no value in real files."""

MOST_OF_GAP = 10
"""A share of a gap that is more in size is in per cent, or none."""


class LeftOut(StrEnum):
    """Why a value is left out, as the part of a sentence that follows a colon."""

    UNRESOLVED = "the gap between floor and ceiling is not resolved"
    TOO_LARGE = f"nothing is measured that is {LARGEST:.0e} or more in size".replace("+", "")
    NO_SHARE = "a share of the examples and its error are from 0 to 1"
    NO_SHARE_OF_GAP = f"nothing recovers {MOST_OF_GAP} times a gap"
    NO_PER_CENT = "it is from 0 to 1, and the baselines' values are in per cent"
    STANDS_FOR_NONE = f"\N{MINUS SIGN}{-STANDS_FOR_NONE} stands for no value"


def odd(arm: Arm, metric: Metric) -> LeftOut | None:
    """Return why a metric cannot have such a value or such an error, as far as it tells; None where it can."""
    size, error = abs(arm.mean), arm.standard_error or 0.0
    if arm.mean == STANDS_FOR_NONE or any(value == STANDS_FOR_NONE for _, value in arm.seeds):
        return LeftOut.STANDS_FOR_NONE
    if size >= LARGEST or error >= LARGEST:
        return LeftOut.TOO_LARGE
    if is_share(metric):
        return None if 0 <= arm.mean <= 1 and error <= 1 else LeftOut.NO_SHARE
    if metric.unit == PER_CENT_BY_ITS_VALUES:
        return LeftOut.NO_PER_CENT if 0 < size <= 1 else None
    if beneath(metric) is not None and (size > MOST_OF_GAP or error > MOST_OF_GAP):
        return LeftOut.NO_SHARE_OF_GAP
    return None
