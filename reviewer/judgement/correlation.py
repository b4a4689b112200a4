"""How far two scores go together: Pearson's r and Spearman's ρ, each with its test and interval.

The test is Student's t of r√(df / (1 − r²)). The interval is Fisher's (1915) on atanh r, with the standard error
1/√(n − 3) for r, and √((1 + ρ²/2) / (n − 3)) for ρ (Bonett and Wright 2000).
"""

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from reviewer.domain.intervals import Limits, critical_value, two_sided_p
from reviewer.domain.pieces import in_pieces
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
    xs, ys, left_out = array("d"), array("d"), 0
    for x, y in pairs:
        if x is None or y is None:
            left_out += 1
        else:
            xs.append(x)
            ys.append(y)
    n = len(xs)
    if n < FOR_TEST:
        reason = f"No correlation: it needs {FOR_TEST} pairs, and {are_missing(FOR_TEST - n)}."
        return Correlation(coefficient, n, left_out, reason=reason)
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


def mid_ranks(values: Sequence[float]) -> "array[float]":
    """Return the ranks of values from 1 on, those of equal ones being their mean."""
    import numpy as np

    _, place, many = np.unique(np.asarray(values, dtype=float), return_inverse=True, return_counts=True)
    last = np.cumsum(many)
    return array("d", (last - (many - 1) / 2)[place].tobytes())


def tied(values: Sequence[float]) -> list[int]:
    """Return of how many values each is that is there more than once."""
    import numpy as np

    many = np.unique(np.asarray(values, dtype=float), return_counts=True)[1]
    return [int(n) for n in many[many > 1]]


def length_of(values: Iterable[float]) -> float:
    """Return the root of the sum of the squares of values, none of which is too large or too small for it."""
    return math.hypot(*(math.hypot(*piece) for piece in in_pieces(values, _AT_ONCE)))


_AT_ONCE = 1_000


def _product_moment(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    from_means = []
    for values in (xs, ys):
        if min(values) == max(values):
            return None
        mean = fmean(values)
        size = length_of(value - mean for value in values)
        # So that no square of a number is too large or too small.
        from_means.append(array("d", ((value - mean) / size for value in values)))
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
