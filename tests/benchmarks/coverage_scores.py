"""How often the intervals of forecasts' scores hold the truth: cases for the simulation of coverage.

What is forecast and what then comes is drawn from a few values that are equally likely, so that the truth is a sum.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from statistics import fmean

from reviewer.judgement.corp import BAND, corp
from reviewer.judgement.estimates import wilson_limits
from reviewer.judgement.recalibration import recalibration
from reviewer.judgement.resolved import ForecastOutcomes, Resolved, by_outcome
from reviewer.judgement.right_reason import right_reason
from reviewer.judgement.scores import Rule, difference, score, skill
from tests.benchmarks.coverage import Case, Limits

Forecast = Callable[[float], float]
"""What is forecast where the chance of survival is so much."""

STEPS = tuple(-2 + 0.5 * i for i in range(9))


def share(log_odds: float) -> float:
    """Return the probability with these log odds."""
    return 1 / (1 + math.exp(-log_odds))


def log_odds(p: float) -> float:
    """Return the log odds of a probability."""
    return math.log(p / (1 - p))


USUAL = tuple(share(log_odds(0.3) + step) for step in STEPS)
"""Chances of survival around .3."""

RARE = tuple(share(log_odds(0.07) + step) for step in STEPS)
"""Chances of survival around .07, .11 in the mean."""


def calibrated(chance: float) -> float:
    """Forecast the chance as it is."""
    return chance


def bold(chance: float) -> float:
    """Forecast with twice the log odds."""
    return share(2 * log_odds(chance))


def middling(_chance: float) -> float:
    """Forecast the same each time."""
    return 0.35


def expected(rule: Rule, forecast: float, chance: float) -> float:
    """Return what a forecast scores in the mean."""
    return chance * rule.of(forecast, True) + (1 - chance) * rule.of(forecast, False)


def drawn(rng: random.Random, n: int, chances: Sequence[float], *forecasts: Forecast) -> ForecastOutcomes:
    """Return ``n`` outcomes with the forecasts of so many reviewers, named 0 and up."""
    found = []
    for proposal in range(n):
        chance = rng.choice(chances)
        survived = rng.random() < chance
        found += [Resolved(proposal, str(i), f(chance), survived) for i, f in enumerate(forecasts)]
    return by_outcome(found)


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _scores()
    yield from _of_several()
    yield from _differences()
    yield from _skills()
    yield from _weighted()
    yield from _rates()
    yield from _right_reasons()
    yield from _slopes()
    yield from _bands()


_FEW = "too narrow with few outcomes, since scores are skewed; the figure's caution says so"


def _scores() -> Iterator[Case]:
    def case(rule: Rule, n: int, words: str, chances: Sequence[float], forecast: Forecast, known: str = "") -> Case:
        truth = fmean(expected(rule, forecast(chance), chance) for chance in chances)
        return Case(
            f"t of a mean {rule}", f"{n} outcomes, {words}", truth,
            lambda rng: score(drawn(rng, n, chances, forecast), rule).mean.limits, known=known,
        )  # fmt: skip

    for rule in Rule:
        for n in (20, 50, 100, 200):
            for words, forecast in (("calibrated", calibrated), ("too bold", bold)):
                yield case(rule, n, words, USUAL, forecast, _FEW)
            yield case(rule, n, "calibrated, few survive", RARE, calibrated, _FEW)


def _of_several() -> Iterator[Case]:
    shifts = (-1.0, 0.0, 1.5)

    def case(n: int) -> Case:
        def once(rng: random.Random) -> Limits:
            found = []
            for proposal in range(n):
                chance = rng.choice(USUAL)
                survived = rng.random() < chance
                for i in range(3):
                    forecast = share(log_odds(chance) + rng.choice(shifts))
                    found.append(Resolved(proposal, str(i), forecast, survived))
            return score(by_outcome(found), Rule.BRIER).mean.limits

        truth = fmean(
            expected(Rule.BRIER, share(log_odds(chance) + shift), chance) for chance, shift in product(USUAL, shifts)
        )
        return Case("t of a mean Brier score", f"{n} outcomes, three reviewers each", truth, once, known=_FEW)

    for n in (20, 50, 100):
        yield case(n)


def _differences() -> Iterator[Case]:
    def case(n: int, forecast: Forecast, words: str) -> Case:
        def once(rng: random.Random) -> Limits:
            outcomes = drawn(rng, n, USUAL, calibrated, forecast)
            found = difference(outcomes.by_reviewer()["0"], outcomes.by_reviewer()["1"])
            return None if found is None else found.limits

        truth = fmean(
            expected(Rule.BRIER, chance, chance) - expected(Rule.BRIER, forecast(chance), chance) for chance in USUAL
        )
        return Case("paired t of two Brier scores", f"{n} outcomes, against {words}", truth, once, known=_FEW)

    for n in (20, 50, 125):
        yield case(n, middling, "one who says .35 each time")
        yield case(n, bold, "one who is too bold")


def _skills() -> Iterator[Case]:
    def case(n: int, words: str, chances: Sequence[float], forecast: Forecast) -> Case:
        rate = fmean(chances)
        brier = fmean(expected(Rule.BRIER, forecast(chance), chance) for chance in chances)
        truth = 1 - brier / (rate * (1 - rate) * n / (n - 1))
        return Case(
            "Fieller of the Brier skill", f"{n} outcomes, {words}", truth,
            lambda rng: skill(drawn(rng, n, chances, forecast)).limits, unbounded=True, known=_FEW,
        )  # fmt: skip

    for n in (20, 50, 100):
        yield case(n, "calibrated", USUAL, calibrated)
        yield case(n, "too bold", USUAL, bold)
        yield case(n, "calibrated, few survive", RARE, calibrated)


def _weighted() -> Iterator[Case]:
    def case(judged: int, least: float) -> Case:
        def once(rng: random.Random) -> Limits:
            found = []
            for proposal in range(judged):
                chance = rng.choice(USUAL)
                forecast = share(log_odds(chance) + 0.7)
                approved = min(0.95, max(least, 1.5 * forecast - 0.3))
                if rng.random() < approved:
                    found.append(Resolved(proposal, "kim", forecast, rng.random() < chance, 1 / approved))
            return score(by_outcome(found), Rule.BRIER, weighted=True).mean.limits if found else None

        truth = fmean(expected(Rule.BRIER, share(log_odds(chance) + 0.7), chance) for chance in USUAL)
        what = f"{judged} judged, the bolder forecasts approved, of the others {least:g}"
        return Case("weighted t of a mean Brier score", what, truth, once, known=_FEW)

    for judged, least in ((60, 0.15), (200, 0.05), (200, 0.15), (500, 0.15)):
        yield case(judged, least)


def _rates() -> Iterator[Case]:
    def case(n: int, rate: float) -> Case:
        def once(rng: random.Random) -> Limits:
            return wilson_limits(sum(rng.random() < rate for _ in range(n)) / n, n)

        known = "Wilson's limits are of whole numbers, and hold more or less often by where the rate lies between them"
        return Case("Wilson", f"{n} outcomes, rate {rate:g}", rate, once, known=known)

    for n in (5, 20, 50, 100):
        for rate in (0.1, 0.3, 0.5):
            yield case(n, rate)


def _right_reasons() -> Iterator[Case]:
    asked = ("cost", "latency", "labels", "drift")

    def case(n: int, reviewers: int, named: float) -> Case:
        """The first of the constraints bites; whether it is named varies by proposal, half of them being plain."""

        def once(rng: random.Random) -> Limits:
            found = []
            for proposal in range(n):
                chance = named + rng.choice((-0.25, 0.25))
                for i in range(reviewers):
                    blockers = asked[:1] if rng.random() < chance else asked[1:2]
                    found.append(Resolved(proposal, str(i), 0.2, False, blockers=blockers, bit=asked[0]))
            return right_reason(by_outcome(found), asked).limits

        known = "too wide where several reviewers are averaged: errors on the safe side" if reviewers > 1 else ""
        what = f"{n} failures, {reviewers} reviewer{'s' if reviewers > 1 else ''}, named {named:g}"
        return Case("Wilson of right reasons", what, named, once, known=known)

    yield case(30, 1, 0.5)
    yield case(30, 3, 0.5)
    yield case(30, 3, 0.3)


def _slopes() -> Iterator[Case]:
    def case(n: int, slope: float, intercept: float, of: str) -> Case:
        def once(rng: random.Random) -> Limits:
            found = []
            for proposal in range(n):
                x = log_odds(rng.choice(USUAL))
                survived = rng.random() < share(intercept + slope * x)
                found.append(Resolved(proposal, "kim", share(x), survived))
            fitted = recalibration(by_outcome(found))
            return fitted.slope_limits if of == "slope" else fitted.intercept_limits

        truth = slope if of == "slope" else intercept
        what = f"{n} outcomes, slope {slope:g}, intercept {intercept:g}"
        return Case(f"profile likelihood of Cox's {of}", what, truth, once)

    for of in ("slope", "intercept"):
        yield case(100, 1, 0, of)
        yield case(100, 0.5, -0.5, of)
    yield case(200, 1.5, 0, "slope")


def _bands() -> Iterator[Case]:
    def case(n: int, place: int) -> Case:
        chances = [USUAL[i % len(USUAL)] for i in range(n)]

        def outcomes(rng: random.Random) -> ForecastOutcomes:
            return by_outcome(Resolved(i, "kim", c, rng.random() < c) for i, c in enumerate(chances))

        @cache
        def band() -> tuple[float, float]:
            point = corp(outcomes(random.Random(1)), simulations=4000).points[place]
            return point.low, point.high

        def once(rng: random.Random) -> Limits:
            low, high = band()
            curve = corp(outcomes(rng), simulations=1).points[place].recalibrated
            return low - curve, high - curve

        what = f"{n} outcomes of a calibrated forecaster, at the forecast {USUAL[place]:.2f}"
        return Case(f"{BAND:.0%} band of the reliability curve", what, 0, once, known=_BY_STEPS, bar=(0.88, 0.92))

    for n in (54, 108):
        for place in (0, 4, 8):
            yield case(n, place)


_BY_STEPS = "the curve takes few values, of which more than nine in ten are within: errors on the safe side"
