"""How large a difference is beside the noise between seeds: Hedges' g, and how often a run of one side beats the other.

Both assume that the two sides vary equally. Their limits come from the noncentral t distribution (Hedges and Olkin
1985; Cumming and Finch 2001).
"""

import math
from dataclasses import dataclass

from reviewer.domain.intervals import LEVEL
from reviewer.evidence.arms import Arm


@dataclass(frozen=True, slots=True)
class EffectSize:
    """Hedges' g with its 95 % limits, in deviations between seeds, and the probability of superiority with its own.

    ``superiority`` is how often a run of the proposal comes out above a run of the baseline, from 0 to 1: Φ(g/√2). The
    limits of ``g`` are those of the true size, which the small-sample factor does not shrink.
    """

    g: float
    low: float
    high: float
    superiority: float
    superiority_low: float
    superiority_high: float


_MANY = 1000
"""With more degrees of freedom Hedges' own approximation of the factor differs from it by less than a millionth."""


def effect_size(ours: Arm, theirs: Arm) -> EffectSize | None:
    """Return the size of the effect, or None unless both sides have a deviation between seeds that can be told."""
    if ours.deviation is None or theirs.deviation is None or ours.n is None or theirs.n is None:
        return None
    from scipy.special import gammaln, ndtr

    df = ours.n + theirs.n - 2
    pooled = math.sqrt(((ours.n - 1) * ours.deviation**2 + (theirs.n - 1) * theirs.deviation**2) / df)
    if pooled == 0:
        return None
    d = (ours.mean - theirs.mean) / pooled
    scale = math.sqrt(1 / ours.n + 1 / theirs.n)
    limits = _noncentrality_limits(d / scale, df)
    if limits is None:
        return None
    low, high = (limit * scale for limit in limits)
    # Of very many runs the two logarithms are so large that their difference is lost.
    many = df > _MANY
    factor = 1 - 3 / (4 * df - 1) if many else math.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / math.sqrt(df / 2)
    g = d * float(factor)
    return EffectSize(
        g=g,
        low=low,
        high=high,
        superiority=float(ndtr(g / math.sqrt(2))),
        superiority_low=float(ndtr(low / math.sqrt(2))),
        superiority_high=float(ndtr(high / math.sqrt(2))),
    )


def _noncentrality_limits(t: float, df: float) -> tuple[float, float] | None:
    """Return between which noncentralities t would be usual; None where it is too large for them to be had."""
    tail = (1 - LEVEL) / 2
    low, high = _noncentrality(t, df, 1 - tail), _noncentrality(t, df, tail)
    return None if low is None or high is None else (low, high)


def _noncentrality(t: float, df: float, below: float) -> float | None:
    """Return the noncentrality under which t stands above a share ``below`` of what comes out."""
    from scipy.optimize import brentq
    from scipy.special import nctdtr

    def off(noncentrality: float) -> float:
        return float(nctdtr(df, noncentrality, t)) - below

    # Step by step outwards from t: far from its root the distribution function comes back as no number.
    step = 1 + abs(t) / math.sqrt(2 * df)
    near, far = t, t + (step if off(t) > 0 else -step)
    for _ in range(60):
        if not math.isfinite(off(far)):
            return None
        if off(near) * off(far) <= 0:
            return float(brentq(off, min(near, far), max(near, far), xtol=1e-9))
        near, far = far, far + (far - near)
    return None
