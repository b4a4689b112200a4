"""How often proposals survive, by group: each group's share taken towards that of all, since groups are small.

Beta-binomial by empirical Bayes: the true shares of the groups are Beta(μM, (1−μ)M), μ the pooled share and M the
weight, in outcomes, that the others have in each group's estimate. M is at the maximum of the marginal likelihood, with
ln M ~ N(ln 10, 1) as a penalty since a few groups tell little of it.

The posterior beta of a group that takes μ and M as known is too narrow: in simulations of a few small groups its limits
held the truth 82 to 92 % of the time. So the limits are those of the beta with the mean and the variance that the
group's share has where the two are not known (Kass and Steffey 1989), by integration over both.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.intervals import LEVEL, Limits
from reviewer.domain.log_odds import percent
from reviewer.judgement.arrays import Numbers
from reviewer.judgement.maximum import highest

USUAL_WEIGHT = 10.0
"""The median of M before anything is known; ln M has deviation 1."""

HOW = (
    "middle 95 % of each group's posterior beta distribution, widened by what is unknown of the pooled share and its "
    "weight; approximate: too wide where groups are alike, too narrow where they differ very much (in simulations the "
    "limits held the truth 90 to 99 % of the time), and wrong for one group unlike all others, which it takes too far "
    "towards them"
)
"""How the intervals of several groups are had."""

CAUTION = "Outcomes exist mostly for approved proposals: how many of the others would have survived nobody knows."
"""What has to be known of every base rate."""

HOW_ALONE = "Jeffreys interval"
"""How that of one group is had, or of each where all outcomes are alike."""


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One group's share that survived, raw (None without outcomes) and as estimated with its 95 % limits."""

    group: str
    survived: int
    outcomes: int
    rate: float
    limits: Limits

    @property
    def raw(self) -> float | None:
        """Return the share as counted."""
        return self.survived / self.outcomes if self.outcomes else None

    @property
    def sentence(self) -> str:
        """Return the rate in words, with what it rests on."""
        low, high = (percent(limit) for limit in self.limits)
        counted = f"{self.survived:,} of {self.outcomes:,} survived" if self.outcomes else "no outcome yet"
        return f"{counted}; estimated {percent(self.rate)}, 95 % interval {low} to {high}."


@dataclass(frozen=True, slots=True)
class GroupRates:
    """The groups' shares in the order given, and how they were had.

    ``pooled`` is μ and ``weight`` M, None where nothing was taken towards anything. Where something is missing
    ``reason`` says why in a sentence.
    """

    groups: tuple[GroupRate, ...]
    outcomes: int
    pooled: float | None = None
    weight: float | None = None
    how: str = ""
    reason: str = ""

    @property
    def caution(self) -> str:
        """Return what has to be known before they are believed; empty where there are none."""
        return CAUTION if self.groups else ""


def group_rates(counts: Mapping[str, tuple[int, int]]) -> GroupRates:
    """Return the base rates by group, from how many survived and how many have an outcome (survived or failed).

    A group without an outcome is estimated by the others, unless there is only one other.

    Raises:
        ValueError: when more survived than have an outcome, or a number is negative.
    """
    for group, (survived, outcomes) in counts.items():
        if not 0 <= survived <= outcomes:
            raise ValueError(f"{survived} of {outcomes} cannot have survived in {group}")
    known = {group: pair for group, pair in counts.items() if pair[1]}
    survived, outcomes = (sum(pair[i] for pair in known.values()) for i in (0, 1))
    if not outcomes:
        return GroupRates((), 0, reason="No base rate: no proposal has an outcome that is survived or failed.")
    pooled = survived / outcomes
    if len(known) == 1 or survived in (0, outcomes):
        alone = tuple(_alone(group, *pair) for group, pair in known.items())
        return GroupRates(alone, outcomes, pooled, how=HOW_ALONE, reason=_why_alone(len(known), survived, outcomes))
    weight = _weight(list(known.values()), pooled)
    moments = _moments(list(counts.values()), pooled, weight)
    groups = tuple(_shrunken(group, *pair, pooled, weight, moments[pair]) for group, pair in counts.items())
    return GroupRates(groups, outcomes, pooled, weight, HOW)


def _why_alone(groups: int, survived: int, outcomes: int) -> str:
    if groups == 1:
        return "Nothing is shrunken: only one group has outcomes."
    how = "survived" if survived else "failed"
    return f"Nothing is shrunken: all {outcomes:,} outcomes are alike ({how}), which says nothing of how groups differ."


def _alone(group: str, survived: int, outcomes: int) -> GroupRate:
    """Return one group by itself: Jeffreys, whose limit is the end where all are alike (Brown, Cai, DasGupta 2001)."""
    a, b = survived + 0.5, outcomes - survived + 0.5
    low, high = _limits(a, b)
    return GroupRate(
        group, survived, outcomes, a / (a + b), (low if survived else 0.0, high if survived < outcomes else 1.0)
    )


def _shrunken(
    group: str, survived: int, outcomes: int, pooled: float, weight: float, moments: tuple[float, float]
) -> GroupRate:
    rate = (survived + pooled * weight) / (outcomes + weight)
    mean, variance = moments
    n = mean * (1 - mean) / variance - 1
    low, high = _limits(mean * n, (1 - mean) * n)
    return GroupRate(group, survived, outcomes, rate, (min(low, rate), max(high, rate)))


def _limits(a: float, b: float) -> Limits:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, (1 - LEVEL) / 2)), float(betaincinv(a, b, (1 + LEVEL) / 2))


def _weight(pairs: Sequence[tuple[int, int]], pooled: float) -> float:
    def log_posterior(ln_weight: float) -> float:
        return float(_log_posterior(pairs, pooled, math.exp(ln_weight)))

    middle = math.log(USUAL_WEIGHT)
    return math.exp(highest(log_posterior, middle - _WIDEST, middle + _WIDEST))


_WIDEST = 6.0
"""Deviations of ln M beyond which it is not looked for."""


def _log_posterior(pairs: Sequence[tuple[int, int]], mean: Numbers | float, weight: Numbers | float) -> Numbers:
    """Return the logarithm of the marginal likelihood of μ and M with the penalty, up to a constant."""
    import numpy as np
    from scipy.special import betaln

    a, b = np.asarray(mean * weight), np.asarray((1 - mean) * weight)
    found: Numbers = -((np.log(a + b) - math.log(USUAL_WEIGHT)) ** 2) / 2
    # Groups of the same counts are as likely as one another.
    for (survived, outcomes), times in Counter(pairs).items():
        found = found + times * (betaln(survived + a, outcomes - survived + b) - betaln(a, b))
    return found


def _moments(
    pairs: Sequence[tuple[int, int]], pooled: float, weight: float
) -> dict[tuple[int, int], tuple[float, float]]:
    """Return posterior mean and variance of a group's share, by its counts, by integration over μ and M.

    The prior of μ is that of Jeffreys for a share, that of ln M the penalty.
    """
    import numpy as np

    known = [pair for pair in pairs if pair[1]]
    outcomes = sum(n for _, n in known)
    # Of the pooled share in log odds: what few outcomes and few groups leave unknown of it.
    unsure = math.sqrt((1 / outcomes + 1 / (len(known) * (1 + weight))) / (pooled * (1 - pooled)))
    steps = np.linspace(-_REACH, _REACH, _POINTS)
    means = 1 / (1 + np.exp(-(math.log(pooled / (1 - pooled)) + min(unsure, _MOST_UNSURE) * steps[:, None])))
    weights = USUAL_WEIGHT * np.exp(steps[None, :])
    # Jeffreys' density, in log odds.
    logs = _log_posterior(known, means, weights) + np.log(means * (1 - means)) / 2
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    found = {}
    for survived, n in set(pairs):
        a, b = survived + means * weights, n - survived + (1 - means) * weights
        centres = a / (a + b)
        mean = float((shares * centres).sum())
        variance = centres * (1 - centres) / (a + b + 1) + (centres - mean) ** 2
        found[survived, n] = mean, float((shares * variance).sum())
    return found


_MOST_UNSURE = 2.0
"""In log odds: nobody is more unsure of a share than this."""

_REACH, _POINTS = 5.0, 41
"""How far around the middle it is integrated, in deviations, and in how many steps."""
