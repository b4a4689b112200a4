"""The interval of a difference of two means whose variances differ."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Arm:
    """A mean, its standard error (above 0 for at least one arm of a pair), and over how many seeds (at least 2)."""

    mean: float
    error: float
    n: int


def welch(ours: Arm, theirs: Arm, confidence: float) -> tuple[float, float]:
    """Return the lower and upper end of Welch's interval of ``ours`` minus ``theirs``."""
    from scipy.special import stdtrit  # over 0.2 s, which only whoever computes an interval need pay

    variances = ours.error**2, theirs.error**2
    total = sum(variances)
    freedom = total**2 / (variances[0] ** 2 / (ours.n - 1) + variances[1] ** 2 / (theirs.n - 1))
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(total)
    difference = ours.mean - theirs.mean
    return difference - half, difference + half
