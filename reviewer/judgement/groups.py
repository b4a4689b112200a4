"""Scores on one scale by group: means, and each two groups against one another.

Means have Student's interval, two groups Welch's t (1947) beside Mann and Whitney's U (1947). The p of U is
exact where one group has few scores and no two are equal, and else normal, corrected for ties and for continuity.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from statistics import fmean

from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits, two_sided_p
from reviewer.judgement.correlation import length_of, mid_ranks, tied
from reviewer.judgement.estimates import limits_around


@dataclass(frozen=True, slots=True)
class GroupMean:
    """The mean of a group's scores; where it, or its limits, are None ``reason`` says why in a sentence.

    ``left_out`` is how many of the group's rows have no score.
    """

    group: str
    n: int
    left_out: int = 0
    mean: float | None = None
    deviation: float | None = None
    limits: Limits | None = None
    reason: str = ""

    @property
    def standard_error(self) -> float | None:
        """Return the standard error of the mean; None of fewer than two scores."""
        return None if self.deviation is None else self.deviation / math.sqrt(self.n)


@dataclass(frozen=True, slots=True)
class Welch:
    """Welch's t of a difference, first minus second, with its two-sided p and its limits in the unit of the scores."""

    difference: float
    limits: Limits
    t: float
    df: float
    p: float


@dataclass(frozen=True, slots=True)
class MannWhitney:
    """How often a score of the first group is above one of the second, equal ones counting half: U of the first.

    ``share`` is U of all pairs, from 0 to 1; ``p`` is two-sided, and ``exact`` says whether it comes from all orders.
    """

    u: float
    share: float
    p: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two groups against one another; a test that cannot be had is None, and ``reason`` says why in a sentence."""

    first: str
    second: str
    numbers: tuple[int, int]
    welch: Welch | None = None
    mann_whitney: MannWhitney | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ByGroup:
    """Groups with their means, by name, and each two of them; ``left_out`` rows have no score."""

    means: tuple[GroupMean, ...]
    contrasts: tuple[Contrast, ...]
    left_out: int

    @property
    def caution(self) -> str:
        """Return how often so many tests find something where nothing is; empty of a single one."""
        tests = sum(one.welch is not None for one in self.contrasts)
        return "" if tests < 2 else f"These are {tests} tests: of every 20 where nothing is, one has a p up to 0.05."


def by_group(rows: Iterable[tuple[str, float | None]]) -> ByGroup:
    """Return what the scores of rows come to, each row a group and a score, or None where there is none."""
    scores: dict[str, array[float]] = {}
    missing: Counter[str] = Counter()
    for group, score in rows:
        values = scores.setdefault(group, array("d"))
        if score is None:
            missing[group] += 1
        else:
            values.append(score)
    names = sorted(scores)
    means = tuple(mean_of(scores[name], group=name, left_out=missing[name]) for name in names)
    pairs = combinations([name for name in names if scores[name]], 2)
    contrasts = tuple(contrast_of(first, scores[first], second, scores[second]) for first, second in pairs)
    return ByGroup(means, contrasts, missing.total())


def mean_of(values: Sequence[float], *, group: str = "", left_out: int = 0) -> GroupMean:
    """Return the mean of scores with Student's interval."""
    n = len(values)
    if n == 0:
        return GroupMean(group, 0, left_out, reason="No mean: there is no score.")
    mean = fmean(values)
    if n == 1:
        return GroupMean(group, 1, left_out, mean, reason="No interval: one score says nothing of how far others lie.")
    deviation = _deviation(values, mean)
    if deviation == 0:
        same = f"No interval: all {counted(n, 'score')} are the same."
        return GroupMean(group, n, left_out, mean, 0.0, reason=same)
    limits = limits_around(mean, deviation / math.sqrt(n), n - 1)
    return GroupMean(group, n, left_out, mean, deviation, limits)


def _deviation(values: Sequence[float], mean: float) -> float:
    if min(values) == max(values):
        return 0.0
    return length_of(value - mean for value in values) / math.sqrt(len(values) - 1)


def contrast_of(first: str, ours: Sequence[float], second: str, theirs: Sequence[float]) -> Contrast:
    """Return one group against another; either has a score at least."""
    numbers = len(ours), len(theirs)
    if min(ours) == max(ours) == min(theirs) == max(theirs):
        return Contrast(first, second, numbers, reason="No test: all scores of the two are the same.")
    welch, reason = welch_of(ours, theirs)
    return Contrast(first, second, numbers, welch, mann_whitney_of(ours, theirs), reason)


def welch_of(ours: Sequence[float], theirs: Sequence[float]) -> tuple[Welch | None, str]:
    """Return Welch's t of two samples, or None with the reason in a sentence."""
    sides = mean_of(ours), mean_of(theirs)
    a, b = (side.standard_error for side in sides)
    if a is None or b is None or sides[0].mean is None or sides[1].mean is None:
        return None, "No t: a group of one score says nothing of how far others lie."
    error = math.hypot(a, b)
    if error == 0:
        return None, "No t: in neither group do scores differ."
    difference = sides[0].mean - sides[1].mean
    # By the shares of the variance, since squares of squares of small errors vanish.
    share = (a / error) ** 2
    df = 1 / (share**2 / (len(ours) - 1) + (1 - share) ** 2 / (len(theirs) - 1))
    limits, p = limits_around(difference, error, df), two_sided_p(difference / error, df)
    return Welch(difference, limits, difference / error, df, p), ""


_EXACT_UP_TO = 8
"""Where the smaller group has no more, and no two scores are equal, p comes from all orders."""
_MOST_ORDERS = 10_000
"""Beyond so many pairs of scores the normal distribution serves all the same."""


def mann_whitney_of(ours: Sequence[float], theirs: Sequence[float]) -> MannWhitney:
    """Return Mann and Whitney's test of two samples of one score at least, not all of them equal."""
    n, m = len(ours), len(theirs)
    both = array("d", chain(ours, theirs))
    u = math.fsum(mid_ranks(both)[:n]) - n * (n + 1) / 2
    ties = tied(both)
    exact = not ties and min(n, m) <= _EXACT_UP_TO and n * m <= _MOST_ORDERS
    p = _exact_p(u, n, m) if exact else _normal_p(u, n, m, ties)
    return MannWhitney(u, u / (n * m), p, exact)


def _exact_p(u: float, n: int, m: int) -> float:
    """Return how often all orders alike give a U as far out, by the recursion of Mann and Whitney."""
    orders = [1] + [0] * (n * m)
    for k in range(1, n + 1):
        for at in range(n * m, m + k - 1, -1):
            orders[at] -= orders[at - m - k]
        for at in range(k, n * m + 1):
            orders[at] += orders[at - k]
    farther = sum(orders[round(max(u, n * m - u)) :])
    return min(1.0, 2 * farther / sum(orders))


def _normal_p(u: float, n: int, m: int, ties: Iterable[int]) -> float:
    total = n + m
    tied = math.fsum(many**3 - many for many in ties) / (total * (total - 1))
    deviation = math.sqrt(n * m / 12 * (total + 1 - tied))
    z = (max(u, n * m - u) - n * m / 2 - 0.5) / deviation
    return two_sided_p(max(0.0, z))
