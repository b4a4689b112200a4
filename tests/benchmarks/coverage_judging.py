"""How often the intervals of reviewing itself hold the truth: what a reveal changes, how long what is left takes."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import ActiveDay, pace_of
from reviewer.judgement.reveals import Changes, RevealPair
from tests.benchmarks.coverage import Case, Limits

CHANGES = (-0.45, -0.25, -0.15, -0.1, -0.05, 0.0, 0.0, 0.0, 0.05, 0.1)
"""Changes of a forecast by seeing the evidence, equally likely: mostly small, some far down."""


def cases() -> Iterator[Case]:
    """Yield every case."""
    yield from _reveals()
    yield from _changed_verdicts()
    yield from _pace()


def _reveals() -> Iterator[Case]:
    truth = 100 * sum(CHANGES) / len(CHANGES)
    size = 100 * sum(map(abs, CHANGES)) / len(CHANGES)

    def change(n: int, name: str, truth: float, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            changes = Changes()
            for i in range(n):
                changes.add(RevealPair(i, "kim", 0.5, 0.5 + rng.choice(CHANGES)))
            return _named(changes.figures("evidence"), name).limits

        return Case("t over proposals, change at a reveal", f"{name}, {n} proposals", truth, once, known=known)

    skewed = "too narrow with few proposals, since changes are skewed; the figure's caution says so"
    for n, of_mean, of_size in ((10, skewed, skewed), (30, "", skewed), (100, "", "")):
        yield change(n, "change by evidence", truth, of_mean)
        yield change(n, "size of the change by evidence", size, of_size)


def _changed_verdicts() -> Iterator[Case]:
    """Yield verdicts that a reveal changed, of several reviewers who change theirs more or less readily.

    The truth is that of the reviewers who judged, over proposals of the same kind, or that of other reviewers too.
    """

    def changed(team: "_Team", of_others: bool, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            pairs, truth = team.drawn(rng)
            changes = Changes()
            for pair in pairs:
                changes.add(pair)
            limits = _named(changes.figures("evidence"), "verdicts changed by evidence").limits
            middle = team.share if of_others else truth
            return None if limits is None else (limits[0] - middle, limits[1] - middle)

        whose = "of other reviewers too" if of_others else "of these reviewers"
        return Case("Wilson over proposals, verdicts changed", f"{whose}, {team.said}", 0, once, known=known)

    whole = "Wilson's limits are of whole numbers, and hold more or less often by where the rate lies between them"
    wide = "too wide where several reviewers are averaged: errors on the safe side"
    theirs = "what it holds is the share of those who judged; the figure's caution says how often that of others"
    for n in (10, 30, 100):
        yield changed(_Team(n, 1, 1), of_others=False, known=whole)
        for each, of in ((3, 3), (2, 8)):
            yield changed(_Team(n, each, of, habit=0.3), of_others=False, known=wide)
            yield changed(_Team(n, each, of, habit=0.3), of_others=True, known=theirs)


@dataclass(frozen=True, slots=True)
class _Team:
    """So many proposals, each judged by some of so many reviewers; how readily verdicts change is of both."""

    proposals: int
    each: int
    reviewers: int
    habit: float = 0.0
    """How much of it is the reviewer's."""
    proposal: float = 0.4
    """How much of it is the proposal's."""
    share: float = 0.3

    @property
    def said(self) -> str:
        """Return in a few words what it is."""
        habit = f", {100 * self.habit:.0f} % of it their habit" if self.habit else ""
        return f"{self.proposals} proposals, {self.each} of {self.reviewers} each{habit}"

    def drawn(self, rng: random.Random) -> tuple[list[RevealPair], float]:
        """Return what was held before and after, and how often these reviewers change a verdict."""
        from scipy.special import ndtr, ndtri

        cut = float(ndtri(1 - self.share))
        habits = [math.sqrt(self.habit) * rng.gauss(0, 1) for _ in range(self.reviewers)]
        noise = math.sqrt(1 - self.habit - self.proposal)
        truth = 1 - sum(float(ndtr((cut - habit) / math.sqrt(1 - self.habit))) for habit in habits) / self.reviewers
        pairs = []
        for place in range(self.proposals):
            readily = math.sqrt(self.proposal) * rng.gauss(0, 1)
            for reviewer in rng.sample(range(self.reviewers), self.each):
                changes = readily + habits[reviewer] + noise * rng.gauss(0, 1) > cut
                after = Verdict.FAILS if changes else Verdict.SURVIVES
                pairs.append(RevealPair(place, str(reviewer), None, None, Verdict.SURVIVES, after))
        return pairs, truth


def _pace() -> Iterator[Case]:
    def left(n: int, to_go: int, spread: float, known: str = "") -> Case:
        def once(rng: random.Random) -> Limits:
            def a_day() -> int:
                return max(1, round(rng.gauss(12, 12 * spread)))

            start = date(2026, 1, 1)
            days = [ActiveDay(start + timedelta(i), a_day()) for i in range(n)]
            done = sum(day.judged for day in days)
            took, still = 0, to_go
            while still > 0:
                still -= a_day()
                took += 1
            found = _named(pace_of(days, {}, done, done + to_go, start + timedelta(n)).figures, "active days to go")
            return None if found.limits is None else (found.limits[0] - took, found.limits[1] - took)

        said = f"{to_go} to go after {n} days, which vary by {100 * spread:.0f} %"
        return Case("prediction of the active days to go", said, 0, once, known=known)

    whole = "days are whole numbers: errors on the safe side"
    for n in (5, 14):
        for to_go in (50, 400):
            for spread in (0.3, 0.7):
                yield left(n, to_go, spread, whole)


def _named(figures: tuple[Estimate, ...], name: str) -> Estimate:
    (found,) = [one for one in figures if one.name == name]
    if found.value is not None and not math.isfinite(found.value):
        raise ValueError(f"{found.name} is {found.value}")
    return found
