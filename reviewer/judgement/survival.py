"""How often proposals survive, by group: each group's share taken towards that of all, since groups are small.

Beta-binomial by empirical Bayes: the true shares of the groups are Beta(μM, (1−μ)M), μ the pooled share and M the
weight, in outcomes, that the others have in each group's estimate. M is at the maximum of the marginal likelihood, with
ln M ~ N(ln 10, 1) as a penalty since a few groups tell little of it.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.judgement.log_odds import percent
from reviewer.judgement.maximum import highest

LEVEL = 0.95
"""The confidence of every interval."""

USUAL_WEIGHT = 10.0
"""The median of M before anything is known; ln M has deviation 1."""

HOW = "middle 95 % of the group's posterior beta distribution; the pooled share and its weight are taken as known"
"""How the intervals of several groups are had."""

HOW_ALONE = "Jeffreys interval"
"""How that of one group is had, or of each where all outcomes are alike."""


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One group's share that survived, raw (None without outcomes) and as estimated with its 95 % limits."""

    group: str
    survived: int
    outcomes: int
    rate: float
    limits: tuple[float, float]

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
class BaseRates:
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


def base_rates(counts: Mapping[str, tuple[int, int]]) -> BaseRates:
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
        return BaseRates((), 0, reason="No base rate: no proposal has an outcome that is survived or failed.")
    pooled = survived / outcomes
    if len(known) == 1 or survived in (0, outcomes):
        alone = tuple(_alone(group, *pair) for group, pair in known.items())
        return BaseRates(alone, outcomes, pooled, how=HOW_ALONE, reason=_why_alone(len(known), survived, outcomes))
    weight = _weight(list(known.values()), pooled)
    groups = tuple(_shrunken(group, *pair, pooled, weight) for group, pair in counts.items())
    return BaseRates(groups, outcomes, pooled, weight, HOW)


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


def _shrunken(group: str, survived: int, outcomes: int, pooled: float, weight: float) -> GroupRate:
    a, b = survived + pooled * weight, outcomes - survived + (1 - pooled) * weight
    return GroupRate(group, survived, outcomes, a / (a + b), _limits(a, b))


def _limits(a: float, b: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    return float(betaincinv(a, b, (1 - LEVEL) / 2)), float(betaincinv(a, b, (1 + LEVEL) / 2))


def _weight(pairs: list[tuple[int, int]], pooled: float) -> float:
    import numpy as np
    from scipy.special import betaln

    survived, outcomes = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))

    def log_likelihood(ln_weight: float) -> float:
        a, b = pooled * math.exp(ln_weight), (1 - pooled) * math.exp(ln_weight)
        fit = float(np.sum(betaln(survived + a, outcomes - survived + b) - betaln(a, b)))
        return fit - (ln_weight - math.log(USUAL_WEIGHT)) ** 2 / 2

    middle = math.log(USUAL_WEIGHT)
    return math.exp(highest(log_likelihood, middle - _WIDEST, middle + _WIDEST))


_WIDEST = 6.0
"""Deviations of ln M beyond which it is not looked for."""
