"""How good forecasts were: the Brier score first, the log score beside it, and what knowing nothing would have scored.

Both are proper: nobody scores better in the long run by saying another probability than the one that they hold. Both
are losses, so that less is better. The unit is the outcome: where several reviewers forecast one proposal, their scores
are averaged first, since what came of it is one observation however many of them saw it coming.
"""

import math
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import sub

from reviewer.domain.intervals import Limits, critical_value, fieller_limits
from reviewer.domain.log_odds import clip, is_clipped
from reviewer.judgement.means import (
    Mean,
    OutcomeWeights,
    equal_weights,
    mean_of,
    mean_over,
    weights_of,
)
from reviewer.judgement.moments import Moments
from reviewer.judgement.resolved import ForecastOutcomes

ALL_ALIKE = "Undefined: all outcomes agree, so that who knew nothing would have been right each time."
"""Why there is no base rate to hold a score against."""

_FEW_FOR_SKILL = 50
_SKILL_HOLDS = "In simulations the interval of a skill held the truth 93 % of the time with 20 outcomes."


class Rule(StrEnum):
    """A proper score."""

    BRIER = "Brier score"
    LOG = "log score"

    def of(self, forecast: float, survived: bool) -> float:
        """Return the loss of one forecast: its squared distance from 1 or 0 (Brier 1950), or −ln of the probability
        that it gave to what came (Good 1952), clipped."""
        if self is Rule.BRIER:
            return (forecast - survived) ** 2
        counts = clip(forecast)
        return -math.log(counts if survived else 1 - counts)


@dataclass(frozen=True, slots=True)
class ForecastScore:
    """A mean score over outcomes, beside what two forecasters who know nothing of the proposals would have had.

    ``even`` says one half each time. ``base_rate`` says each time what share of the *other* outcomes survived; None
    while all outcomes agree, and ``reason`` says so. ``clipped`` is how many forecasts were clipped.
    """

    rule: Rule
    mean: Mean
    even: float
    base_rate: float | None = None
    reason: str = ""
    clipped: int = 0
    weighted: bool = False
    """Whether each outcome counts by one over the recorded chance of having one."""
    effective: float | None = None
    """How many outcomes of equal weight would tell as much as these do by theirs; None where all weigh the same."""


@dataclass(frozen=True, slots=True)
class Skill:
    """What share of the Brier score of the base rate is saved, 1 at most, below 0 where the base rate alone is better.

    The limits are Fieller's (1954). Where there is no value or no interval ``reason`` says why.
    """

    value: float | None
    n: int
    limits: Limits | None = None
    reason: str = ""
    caution: str = ""


def score(outcomes: ForecastOutcomes, rule: Rule, *, weighted: bool = False) -> ForecastScore:
    """Return the mean score of the forecasts.

    ``weighted`` counts each outcome by its weight, and leaves out those without one.

    Raises:
        ValueError: when there is no outcome to score.
    """
    taken, weights = _weighed(outcomes, weighted)
    mean = mean_over(_losses(taken, rule), weights)
    references = _of_base_rate(taken, rule, weights)
    return ForecastScore(
        rule,
        mean,
        even=rule.of(0.5, True),
        base_rate=None if references is None else weights.mean(references),
        reason=ALL_ALIKE if references is None else "",
        clipped=sum(map(is_clipped, taken.forecasts)) if rule is Rule.LOG else 0,
        weighted=weighted,
        effective=weights.effective if weighted else None,
    )


def skill(outcomes: ForecastOutcomes, *, weighted: bool = False) -> Skill:
    """Return the skill 1 − BS/BS_ref against the base rate of the other outcomes.

    Of equal weights BS_ref is (N/(N−1))²·ȳ(1−ȳ): the base rate is learnt from the outcomes, and not from the one that
    it is to forecast.

    Raises:
        ValueError: when there is no outcome to score.
    """
    taken, weights = _weighed(outcomes, weighted)
    n = len(taken)
    losses, references = _losses(taken, Rule.BRIER), _of_base_rate(taken, Rule.BRIER, weights)
    if references is None:
        return Skill(None, n, reason=ALL_ALIKE)
    ours, theirs = weights.mean(losses), weights.mean(references)
    value = 1 - ours / theirs
    if weights.df < 1:
        return Skill(value, n, reason="No interval: one outcome or two carry nearly all of the weight.")
    ratio = fieller_limits(
        ours,
        theirs,
        weights.covariance(losses, losses),
        weights.covariance(losses, references),
        weights.covariance(references, references),
        critical_value(weights.df),
    )
    if ratio is None:
        return Skill(
            value, n, reason="No interval: too few of the outcomes differ from the rest to tell the base rate."
        )
    return Skill(value, n, (1 - ratio[1], 1 - ratio[0]), caution=_SKILL_HOLDS if n < _FEW_FOR_SKILL else "")


def difference(first: ForecastOutcomes, second: ForecastOutcomes, rule: Rule = Rule.BRIER) -> Mean | None:
    """Return the mean score of the first minus that of the second on the proposals that both forecast.

    Below 0 the first is better. It is a paired difference: on other proposals another score would be no merit. None
    where there is no such proposal.

    Raises:
        ValueError: when the two have what both forecast in different orders.
    """
    if first.proposals != second.proposals:
        shared = frozenset(first.proposals).intersection(second.proposals)
        first, second = (
            each.part(row for row, proposal in enumerate(each.proposals) if proposal in shared)
            for each in (first, second)
        )
        if first.proposals != second.proposals:
            raise ValueError("paired differences are of outcomes in one order")
    if not first:
        return None
    return mean_of(Moments(map(sub, _losses(first, rule), _losses(second, rule))))


def _weighed(outcomes: ForecastOutcomes, weighted: bool) -> tuple[ForecastOutcomes, OutcomeWeights]:
    if not weighted:
        if not outcomes:
            raise ValueError("a score is of one outcome or more")
        return outcomes, equal_weights(len(outcomes))
    taken = outcomes.part(row for row, weight in enumerate(outcomes.weights) if not math.isnan(weight))
    if not taken:
        raise ValueError("a weighted score is of one outcome or more with a recorded probability")
    return taken, weights_of(taken.weights)


def _losses(outcomes: ForecastOutcomes, rule: Rule) -> Sequence[float]:
    return outcomes.mean_of_each(rule.of)


def _of_base_rate(outcomes: ForecastOutcomes, rule: Rule, weights: OutcomeWeights) -> Sequence[float] | None:
    """Return what the base rate of the others scores on each outcome; None while all agree."""
    if len(set(outcomes.survived)) < 2:
        return None
    survived = math.fsum(share for share, did in zip(weights.shares, outcomes.survived, strict=True) if did)
    return array(
        "d",
        (
            rule.of(min(1.0, max(0.0, (survived - share * did) / (1 - share))), bool(did))
            for share, did in zip(weights.shares, outcomes.survived, strict=True)
        ),
    )
