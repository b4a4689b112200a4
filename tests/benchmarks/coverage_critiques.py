"""How often the intervals on what changes after Claude's critique hold the truth: cases for the simulation of coverage.

Several reviewers read the critique of a proposal. How readily a judgement changes is partly the proposal's, partly the
reviewer's habit. From five reviewers on the truth is that of other reviewers too, below that of those who judged.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.critique_effects import CritiquedPair, OfferedForecast, effect_figures, offer_figures
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.resolved import Resolved
from reviewer.judgement.scores import Rule
from tests.benchmarks.coverage import Case, Limits
from tests.benchmarks.coverage_judging import CHANGES
from tests.benchmarks.coverage_scores import USUAL, Forecast, bold, calibrated, expected, log_odds, middling, share

_SKEWED = "too narrow with few proposals, since changes are skewed; the figure's caution says so"
_WHOLE = "Wilson's limits are of whole numbers, and hold more or less often by where the rate lies between them"
_SCORES = "too narrow with few outcomes, since scores are skewed; the figure's caution says so"


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _one_reviewers()
    yield from _panels()
    yield from _marks()
    yield from _changed_scores()
    yield from _offers()


def _one_reviewers() -> Iterator[Case]:
    """Yield changes by one reviewer, most of them none."""
    truths = {
        "change of the forecast": 100 * fmean(CHANGES),
        "size of the change": 100 * fmean(map(abs, CHANGES)),
        "forecast changed after": fmean(change != 0 for change in CHANGES),
    }

    def case(n: int, name: str, known: str) -> Case:
        def once(rng: random.Random) -> Limits:
            pairs = [CritiquedPair(i, "kim", 0.5, 0.5 + rng.choice(CHANGES)) for i in range(n)]
            return _named(effect_figures(pairs, n), name).limits

        what = f"one reviewer, {n} proposals"
        return Case(f"after Claude's questions, {name}", what, truths[name], once, known=known)

    for n in (10, 30, 100):
        yield case(n, "change of the forecast", _SKEWED if n == 10 else "")
        yield case(n, "size of the change", _SKEWED if n < 100 else "")
        yield case(n, "forecast changed after", _WHOLE)


@dataclass(frozen=True, slots=True)
class _Panel:
    """So many proposals, each judged by some of so many reviewers, and how much of what changes is whose."""

    proposals: int
    each: int
    reviewers: int
    habit: float = 0.2
    merit: float = 0.3
    share: float = 0.3
    """How often a verdict changes in the mean; then the forecast moves towards the verdict."""

    @property
    def of_others(self) -> bool:
        """Return whether the truth is that of other reviewers too."""
        return self.reviewers >= 5

    @property
    def said(self) -> str:
        """Return in a few words what it is."""
        whose = "of other reviewers too" if self.of_others else "of these reviewers"
        habit = f", {100 * self.habit:.0f} % habit" if self.habit else ""
        return f"{self.proposals} proposals, {self.each} of {self.reviewers} each{habit}, {whose}"

    def drawn(self, rng: random.Random) -> tuple[list[tuple[int, int, float]], list[float]]:
        """Return for each judgement how strongly it is drawn to change, of mean 0 and variance 1, and the habits."""
        habits = [math.sqrt(self.habit) * rng.gauss(0, 1) for _ in range(self.reviewers)]
        rest = math.sqrt(1 - self.habit - self.merit)
        drawn = []
        for proposal in range(self.proposals):
            readily = math.sqrt(self.merit) * rng.gauss(0, 1)
            for reviewer in rng.sample(range(self.reviewers), self.each):
                drawn.append((proposal, reviewer, readily + habits[reviewer] + rest * rng.gauss(0, 1)))
        return drawn, habits


def _panels() -> Iterator[Case]:
    from scipy.special import ndtr, ndtri

    def verdicts(panel: _Panel, known: str = "") -> Case:
        cut = float(ndtri(1 - panel.share))

        def once(rng: random.Random) -> Limits:
            drawn, habits = panel.drawn(rng)
            pairs = [
                CritiquedPair(i, str(who), None, None, Verdict.SURVIVES, Verdict.FAILS if x > cut else Verdict.SURVIVES)
                for i, who, x in drawn
            ]
            own = fmean(1 - float(ndtr((cut - habit) / math.sqrt(1 - panel.habit))) for habit in habits)
            return _around(_named(effect_figures(pairs, 1), "verdict changed after"), panel.share, own, panel)

        return Case("after Claude's questions, verdict changed after", panel.said, 0, once, known=known)

    def forecasts(panel: _Panel, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            drawn, habits = panel.drawn(rng)
            pairs = [CritiquedPair(i, str(who), 0.5, min(1.0, max(0.0, 0.45 + 0.1 * x))) for i, who, x in drawn]
            found = _named(effect_figures(pairs, 1), "change of the forecast")
            return _around(found, -5, -5 + 10 * fmean(habits), panel)

        return Case("after Claude's questions, change of the forecast", panel.said, 0, once, known=known)

    wide = "the larger of the clusterings counts whole: errors on the safe side"
    for panel in (_Panel(12, 2, 3), _Panel(40, 2, 3), _Panel(12, 2, 8), _Panel(40, 2, 8), _Panel(40, 3, 12, habit=0.0)):
        yield verdicts(panel, wide if panel.of_others else _WHOLE)
        yield forecasts(panel, wide if panel.of_others else "")


def _around(figure: Estimate, truth: float, own: float, panel: _Panel) -> Limits:
    """Return the limits about the truth that they are of."""
    middle = truth if panel.of_others else own
    return None if figure.limits is None else (figure.limits[0] - middle, figure.limits[1] - middle)


def _marks() -> Iterator[Case]:
    """Yield items that are marked, of which those of one critique go together."""
    from scipy.special import ndtri

    def case(n: int, known: str = "") -> Case:
        cut = float(ndtri(0.6))

        def once(rng: random.Random) -> Limits:
            pairs = []
            for proposal in range(n):
                good = math.sqrt(0.4) * rng.gauss(0, 1)
                marks = [good + math.sqrt(0.6) * rng.gauss(0, 1) > cut for _ in range(rng.choice((1, 2, 3, 5)))]
                useful = sum(marks)
                pairs.append(CritiquedPair(proposal, "kim", None, None, useful=useful, not_useful=len(marks) - useful))
            return _named(effect_figures(pairs, n), "share marked useful").limits

        return Case("share marked useful", f"one reviewer, {n} critiques of 1 to 5 items", 0.4, once, known=known)

    for n in (10, 30, 100):
        yield case(
            n, "too wide with few critiques, since their items go together: errors on the safe side" if n == 10 else ""
        )


def _changed_scores() -> Iterator[Case]:
    """Yield scores of forecasts that changed from one that knows little to a calibrated one."""

    def case(rule: Rule, n: int, before: Forecast, words: str) -> Case:
        def once(rng: random.Random) -> Limits:
            pairs = []
            for proposal in range(n):
                chance = rng.choice(USUAL)
                survived = rng.random() < chance
                pairs.append(CritiquedPair(proposal, "kim", before(chance), calibrated(chance), survived=survived))
            return _named(effect_figures(pairs, n), f"change of the {rule}").limits

        truth = fmean(expected(rule, calibrated(c), c) - expected(rule, before(c), c) for c in USUAL)
        return Case(f"change of the {rule} after Claude's questions", f"{n} outcomes, {words} before", truth, once,
                    known=_SCORES)  # fmt: skip

    for rule in Rule:
        for n in (20, 50, 100):
            yield case(rule, n, middling, "the same each time")
            yield case(rule, n, bold, "too bold")


def _offers() -> Iterator[Case]:
    """Yield scores with the offer and without, of reviewers some of whom are bolder than others."""

    def case(rule: Rule, n: int, m: int, reviewers: int, spread: float, known: str = "") -> Case:
        def said(chance: float, shift: float, offer: bool) -> float:
            return share((1 if offer else 1.6) * log_odds(chance) + shift)

        def once(rng: random.Random) -> Limits:
            shifts = [spread * rng.choice((-1, 1)) for _ in range(reviewers)]
            forecasts = []
            for proposal in range(n + m):
                chance, offer = rng.choice(USUAL), proposal < n
                survived = rng.random() < chance
                for who in rng.sample(range(reviewers), min(2, reviewers)):
                    one = Resolved(proposal, str(who), said(chance, shifts[who], offer), survived)
                    forecasts.append(OfferedForecast(one, offer))
            return _named(offer_figures(forecasts), f"{rule} with the offer − without").limits

        truth = fmean(
            expected(rule, said(c, shift, True), c) - expected(rule, said(c, shift, False), c)
            for c in USUAL for shift in (-spread, spread)
        )  # fmt: skip
        bolder = f", whose log odds differ by {2 * spread:g}" if spread else ""
        what = f"{n} outcomes with, {m} without, {reviewers} reviewer{'s' if reviewers > 1 else ''}{bolder}"
        return Case(f"{rule} with the offer − without", what, truth, once, known=known)

    for rule in Rule:
        for n, m in ((20, 20), (80, 20), (100, 100)):
            yield case(rule, n, m, 1, 0, _SCORES if m == 20 else "")
            yield case(rule, n, m, 8, 0.5, _SCORES if m == 20 else "")


def _named(figures: tuple[Estimate, ...], name: str) -> Estimate:
    (found,) = [one for one in figures if one.name == name]
    return found
