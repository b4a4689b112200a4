"""How far two scores go together: Pearson's r and Spearman's ρ, each with its test and interval.

The test is Student's t of r√(df / (1 − r²)). The interval is Fisher's (1915) on atanh r, with the standard error
1/√(n − 3) for r, and √((1 + ρ²/2) / (n − 3)) for ρ (Bonett and Wright 2000).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from statistics import fmean

from reviewer.domain.intervals import Limits, critical_value, two_sided_p
from reviewer.judgement.enough import are_missing


class Coefficient(StrEnum):
    """Which correlation it is."""

    PEARSON = "Pearson r"
    SPEARMAN = "Spearman ρ"


FOR_TEST, FOR_INTERVAL = 3, 4
"""From how many pairs on there can be a correlation with its test, and an interval of it."""


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation of ``n`` pairs; where it or its limits are None ``reason`` says why in a sentence.

    ``p`` is two-sided. ``left_out`` is how many pairs lacked one of their values.
    """

    coefficient: Coefficient
    n: int
    left_out: int = 0
    value: float | None = None
    p: float | None = None
    limits: Limits | None = None
    reason: str = ""


def correlation_of(coefficient: Coefficient, pairs: Iterable[tuple[float | None, float | None]]) -> Correlation:
    """Return how far the values of pairs go together; a pair that lacks one is left out."""
    every = list(pairs)
    both = [(x, y) for x, y in every if x is not None and y is not None]
    n, left_out = len(both), len(every) - len(both)
    if n < FOR_TEST:
        reason = f"No correlation: it needs {FOR_TEST} pairs, and {are_missing(FOR_TEST - n)}."
        return Correlation(coefficient, n, left_out, reason=reason)
    xs, ys = [x for x, _ in both], [y for _, y in both]
    if coefficient is Coefficient.SPEARMAN:
        xs, ys = mid_ranks(xs), mid_ranks(ys)
    value = _product_moment(xs, ys)
    if value is None:
        return Correlation(coefficient, n, left_out, reason="No correlation: all values of one side are the same.")
    p = _p(value, n)
    if abs(value) == 1:
        reason = "No interval: the order is the same throughout, so that nothing says how far it would vary."
        return Correlation(coefficient, n, left_out, value, p, reason=reason)
    if n < FOR_INTERVAL:
        return Correlation(coefficient, n, left_out, value, p, reason=f"No interval: it needs {FOR_INTERVAL} pairs.")
    return Correlation(coefficient, n, left_out, value, p, _limits(coefficient, value, n))


def mid_ranks(values: Sequence[float]) -> list[float]:
    """Return the ranks of values from 1 on, those of equal ones being their mean."""
    ranks = [0.0] * len(values)
    before = 0
    for _, group in groupby(sorted(range(len(values)), key=values.__getitem__), key=values.__getitem__):
        places = list(group)
        for place in places:
            ranks[place] = before + (len(places) + 1) / 2
        before += len(places)
    return ranks


def _product_moment(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    from_means = []
    for values in (xs, ys):
        if min(values) == max(values):
            return None
        mean = fmean(values)
        off = [value - mean for value in values]
        size = math.hypot(*off)
        # So that no square of a number is too large or too small.
        from_means.append([each / size for each in off])
    r = math.fsum(x * y for x, y in zip(*from_means, strict=True))
    return math.copysign(1.0, r) if abs(r) > 1 - 1e-14 else r


def _p(r: float, n: int) -> float:
    if abs(r) == 1:
        return 0.0
    df = n - 2
    return two_sided_p(r * math.sqrt(df / ((1 - r) * (1 + r))), df)


def _limits(coefficient: Coefficient, r: float, n: int) -> Limits:
    more = 1 + r * r / 2 if coefficient is Coefficient.SPEARMAN else 1
    half = critical_value() * math.sqrt(more / (n - 3))
    return math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)
