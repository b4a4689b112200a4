"""Which proposal next: what one more review of each is worth.

A proposal's true log odds of surviving are N(m₀, τ²) before any review, each forecast's log odds are those plus
N(0, σ_r²). A decision is taken at a threshold, and a wrong one costs as much as the truth lies on its other side. Then
one more review is worth V·σ̃·[φ(z) − z(1−Φ(z))]/cost (Raiffa and Schlaifer 1961; as the knowledge gradient, Frazier,
Powell and Dayanik 2008), which is largest for what is uncertain and near the threshold. It is a function of the number
of forecasts and the sum of their log odds alone, so that a store can keep it beside each proposal.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from reviewer.domain.log_odds import log_odds, percent, probability
from reviewer.judgement.drawing import RANDOM_SHARE
from reviewer.judgement.enough import are_missing
from reviewer.judgement.variance import UnitSums, components_of

LEAST_DOUBLE = 30
"""Before so many proposals have two forecasts or more, how much reviewers and proposals vary is not learnt."""

USUAL_DEVIATION = 1.0
"""What σ_r and τ are taken for until then, in log odds."""


class ForecastSums(NamedTuple):
    """What is kept of a proposal's forecasts: how many, and the sum of their log odds and of the squares of these."""

    n: int
    total: float
    squares: float = 0.0

    def plus(self, forecast: float) -> "ForecastSums":
        """Return the sums with one more forecast, from 0 to 1.

        Raises:
            ValueError: when it is no number from 0 to 1.
        """
        value = log_odds(forecast)
        return ForecastSums(self.n + 1, self.total + value, self.squares + value**2)

    @property
    def unit(self) -> UnitSums:
        """Return it as a unit of an analysis of variance; it has a forecast or more."""
        mean = self.total / self.n
        # The squares may come out a rounding below what the mean accounts for.
        return UnitSums(self.n, mean, max(0.0, self.squares - self.total * mean))


NO_FORECASTS = ForecastSums(0, 0.0)
"""What a proposal begins with."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How proposals and reviewers vary, in log odds; ``sentence`` says whether that was learnt or is taken so."""

    mean: float = 0.0
    """m₀: of a proposal before any review; 0 is 50 %."""
    proposals: float = USUAL_DEVIATION
    """τ: the deviation of the proposals' true values."""
    reviewers: float = USUAL_DEVIATION
    """σ_r: the deviation of one forecast from the proposal's true value, a reviewer's leniency included."""
    sentence: str = ""


def learn_spread(proposals: Iterable[ForecastSums], mean: float = 0.0) -> Spread:
    """Return how proposals and reviewers vary, by the one-way analysis of variance behind the ICC.

    σ_r² is what varies within proposals, τ² what varies between them, those with one forecast included, m₀ the mean
    over proposals. ``mean`` stands for m₀ until 30 proposals have two forecasts. They should be those that assignment
    or chance chose: priority chooses such as lie near the threshold, which makes all look more alike.
    """
    groups = [sums for sums in proposals if sums.n]
    double = sum(sums.n > 1 for sums in groups)
    found = components_of(sums.unit for sums in groups)
    if found is None or double < LEAST_DOUBLE:
        short = are_missing(LEAST_DOUBLE - double, "such proposal")
        return Spread(
            mean,
            sentence="Reviewers and proposals are taken to vary by 1 in log odds each: that is learnt from "
            f"{LEAST_DOUBLE} proposals with two forecasts on, and {short}.",
        )
    if found.within < _LEAST_VARIANCE or found.between < _LEAST_VARIANCE:
        why = (
            "reviewers all agree"
            if found.within < _LEAST_VARIANCE
            else "forecasts of one proposal differ as those of several"
        )
        return Spread(
            mean, sentence=f"Reviewers and proposals are taken to vary by 1 in log odds each, since so far {why}."
        )
    learnt = fmean(sums.total / sums.n for sums in groups)
    tau, sigma = math.sqrt(found.between), math.sqrt(found.within)
    return Spread(
        learnt,
        tau,
        sigma,
        f"Learnt from {double:,} proposals with two forecasts or more: proposals vary by {tau:.2f} in log odds around "
        f"{percent(probability(learnt))}, forecasts of one proposal by {sigma:.2f}.",
    )


_LEAST_VARIANCE = 1e-4
"""A variance in squared log odds that is no more than the rounding of forecasts to whole per cents."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What one more review of a proposal would do."""

    estimate: float
    """μ: the proposal's log odds as they are now believed."""
    deviation: float
    """√v: how sure that is."""
    move: float
    """σ̃: the deviation of what one more review would move the estimate by."""
    z: float
    """Distance of the estimate from the threshold, in such moves."""
    priority: float
    """V·σ̃·[φ(z) − z(1−Φ(z))]/cost."""

    @property
    def turns(self) -> float:
        """Return the probability that one more review takes the estimate to the other side of the threshold."""
        return _above(self.z)


def worth(
    n: int, total: float, *, decision: float = 0.5, spread: Spread | None = None, value: float = 1.0, cost: float = 1.0
) -> Worth:
    """Return what one more review of a proposal is worth, of whose ``n`` forecasts the log odds add up to ``total``.

    ``decision`` is the probability at which people would decide the other way, ``value`` what one unit of log odds on
    the wrong side costs, ``cost`` what a review takes, in minutes or in anything else that is the same for all.

    Raises:
        ValueError: when the cost is not positive, or ``decision`` no number from 0 to 1.
    """
    if not cost > 0:
        raise ValueError(f"a review costs more than nothing, not {cost}")
    known = spread or _USUAL
    within = known.reviewers**2
    variance = 1 / (1 / known.proposals**2 + n / within)
    estimate = variance * (known.mean / known.proposals**2 + total / within)
    move = variance / math.sqrt(variance + within)
    z = abs(estimate - log_odds(decision)) / move
    gain = move * max(0.0, math.exp(-z * z / 2) / math.sqrt(2 * math.pi) - z * _above(z))
    return Worth(estimate, math.sqrt(variance), move, z, value * gain / cost)


_USUAL = Spread()


def _above(z: float) -> float:
    return math.erfc(z / math.sqrt(2)) / 2


@dataclass(frozen=True, slots=True)
class Why:
    """Why a proposal stands where it does, as numbers; ``sentence`` says it.

    ``lowest`` and ``highest`` are of the forecasts so far, None without any. ``probability`` is the one with which it
    came next. Where the order shows nothing of what others said, :attr:`blind_sentence` is told.
    """

    n: int
    lowest: float | None
    highest: float | None
    decision: float
    worth: Worth
    by_chance: bool = False
    probability: float | None = None

    @property
    def sentence(self) -> str:
        """Return why it is here, in one sentence."""
        if self.by_chance:
            return self.blind_sentence
        return f"{self._forecasts}; {self._effect}."

    @property
    def blind_sentence(self) -> str:
        """Return as much of it as gives nothing away of what others have said."""
        if self.by_chance:
            return f"Drawn by chance, as {percent(RANDOM_SHARE)} of places are, so that what is learnt holds for all."
        return "Here by its claim: before your own judgement the order shows nothing of what others hold."

    @property
    def _forecasts(self) -> str:
        if self.lowest is None or self.highest is None:
            return "No forecast yet"
        if self.n == 1:
            return f"1 forecast, of {percent(self.lowest)}"
        if self.lowest == self.highest:
            return f"{self.n:,} forecasts, all of {percent(self.lowest)}"
        return f"{self.n:,} forecasts between {percent(self.lowest)} and {percent(self.highest)}"

    @property
    def _effect(self) -> str:
        chance, at = self.worth.turns, percent(self.decision)
        if chance < _HARDLY:
            return f"one more review would hardly change the decision at {at}"
        return f"one more review may change the decision at {at}, with a probability of {percent(chance)}"


_HARDLY = 0.01
