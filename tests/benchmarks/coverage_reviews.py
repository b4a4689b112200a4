"""How often the intervals of figures of imported reviews hold the truth: drawn as reviews, not as plain numbers.

Several reviewers see a proposal, each of whom sees many and is lenient or strict in all of them; some review one twice,
of which the last counts; cells are missing; the scores are whole numbers between two ends. The truth is that of other
proposals and other reviewers of the same kind, had by integration, since both scores of a review are cut from latent
normal qualities.
"""

import math
import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from reviewer.domain.intervals import Limits
from reviewer.judgement.agreement import agreement_of
from reviewer.judgement.clustered import (
    Review,
    in_columns,
    sureness_of_correlation,
    sureness_of_difference,
    sureness_of_mean,
)
from reviewer.judgement.correlation import Coefficient, correlation_of
from reviewer.judgement.groups import mean_of
from reviewer.judgement.tallies import RatingScale, ScaleKind, whole_numbers
from tests.benchmarks.coverage import Case
from tests.benchmarks.coverage_agreement import EVEN, TEN, VERDICTS, World
from tests.judgement.rated import tallied
from tests.judgement.reviewed import means_of_proposals

FIVE = (0.1, 0.2, 0.3, 0.25, 0.15)
UNEVEN = (1, 1, 2, 3, 3, 4, 6)
"""How many reviewers a proposal has, equally likely."""
TWICE, MISSING = 0.08, 0.09
"""How often a reviewer reviews a proposal twice, and how often a cell is empty."""


class Scores(NamedTuple):
    """What one review scored on two scales; None in an empty cell."""

    proposal: int
    reviewer: int
    first: float | None
    second: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """Who reviews what, and how much of a score is the proposal's merit, and how much the reviewer's leniency."""

    proposals: int
    reviewers: int
    merit: float = 0.4
    leniency: float = 0.15
    sizes: Sequence[int] = UNEVEN
    halo: float = 0.5
    """How far the rest of a review goes together on both scales."""
    busy: bool = False
    """Whether some reviewers take far more than others."""
    shares: tuple[float, ...] = FIVE

    @property
    def together(self) -> float:
        """Return how far the latent scores of one review go together on two scales."""
        return self.merit + self.leniency + (1 - self.merit - self.leniency) * self.halo

    @property
    def said(self) -> str:
        """Return in a few words what it is."""
        of = f"{len(self.shares)} steps, {self.proposals} proposals, {self.reviewers} reviewers"
        lenient = f"{100 * self.leniency:.0f} % leniency" if self.leniency else "no leniency"
        return f"{of}{', some of them busy' if self.busy else ''}, {lenient}"

    def drawn(self, rng: random.Random, *, shift: float = 0.0, nested: bool = False) -> list[Scores]:
        """Return the reviews that count; those of the second half of the proposals are better by ``shift``.

        ``nested``: either half has reviewers of its own.
        """
        cuts = World(whole_numbers(1, len(self.shares)), self.shares, 0.0).cuts
        lenient = [math.sqrt(self.leniency) * rng.gauss(0, 1) for _ in range(self.reviewers)]
        rest = math.sqrt(1 - self.merit - self.leniency)
        own = math.sqrt(1 - self.halo**2)
        found: dict[tuple[int, int], Scores] = {}
        for proposal in range(self.proposals):
            second_half = proposal >= self.proposals // 2
            merit = math.sqrt(self.merit) * rng.gauss(0, 1) + shift * second_half
            people = range(self.reviewers)
            if nested:
                half = self.reviewers // 2
                people = range(half, self.reviewers) if second_half else range(half)
            for reviewer in self._chosen(rng, people):
                for _ in range(2 if rng.random() < TWICE else 1):
                    noise = rng.gauss(0, 1)
                    other = self.halo * noise + own * rng.gauss(0, 1)
                    first, second = (
                        None
                        if rng.random() < MISSING
                        else 1.0 + bisect_left(cuts, merit + lenient[reviewer] + rest * e)
                        for e in (noise, other)
                    )
                    found[proposal, reviewer] = Scores(proposal, reviewer, first, second)
        return list(found.values())

    def _chosen(self, rng: random.Random, people: Sequence[int]) -> list[int]:
        n = min(rng.choice(self.sizes), len(people))
        if not self.busy:
            return rng.sample(people, n)
        # Each next one takes less.
        chosen: set[int] = set()
        while len(chosen) < n:
            chosen.add(people[min(len(people) - 1, int(rng.expovariate(4 / len(people))))])
        return sorted(chosen)

    def mean(self, shift: float = 0.0) -> float:
        """Return the true mean score where proposals are better by so much."""
        from scipy.special import ndtr

        cuts = World(whole_numbers(1, len(self.shares)), self.shares, 0.0).cuts
        return 1 + math.fsum(1 - float(ndtr(cut - shift)) for cut in cuts)

    def correlation(self, coefficient: Coefficient) -> float:
        """Return how far both scores of a review truly go together."""
        scale = whole_numbers(1, len(self.shares))
        both = World(scale, self.shares, self.together).together()
        scores = scale.values
        if coefficient is Coefficient.SPEARMAN:
            scores = tuple(math.fsum(self.shares[:place]) + share / 2 for place, share in enumerate(self.shares))
        mean = math.fsum(share * score for share, score in zip(self.shares, scores, strict=True))
        off = [score - mean for score in scores]
        covariance = math.fsum(p * off[k] * off[m] for k, row in enumerate(both) for m, p in enumerate(row))
        return covariance / math.fsum(share * x * x for share, x in zip(self.shares, off, strict=True))


SMALL, FEW, MIDDLE, LARGE = Panel(20, 8), Panel(40, 5), Panel(40, 12), Panel(100, 17)
BUSY, MANY = replace(LARGE, busy=True), Panel(40, 40, sizes=(1, 2, 3))


def cases() -> Iterator[Case]:
    """Yield every case."""
    for panel in (SMALL, FEW, MIDDLE, LARGE, BUSY, MANY, _alike(FEW), _alike(MIDDLE), replace(MIDDLE, shares=TEN)):
        yield _mean(panel, of_proposals=False)
    for panel in (SMALL, FEW, BUSY):
        yield _mean(panel, of_proposals=True)
    for panel in (SMALL, FEW, MIDDLE, BUSY, _alike(MIDDLE)):
        yield _difference(panel, of_proposals=False, known=_SAFE)
    for panel in (SMALL, FEW):
        yield _difference(panel, of_proposals=True)
    yield _difference(MIDDLE, of_proposals=False, nested=True)
    for panel in (SMALL, FEW, MIDDLE, BUSY):
        for coefficient in Coefficient:
            yield _correlation(panel, coefficient, _SAFE)
    yield from _agreement()


_SAFE = "few proposals or reviewers: errors on the safe side"


def _alike(panel: Panel) -> Panel:
    """Return a panel of reviewers who are all as lenient."""
    return replace(panel, leniency=0.0)


def _mean(panel: Panel, *, of_proposals: bool, known: str = "") -> Case:
    def once(rng: random.Random) -> Limits | None:
        reviews = _reviews(panel.drawn(rng))
        found = mean_of(means_of_proposals(reviews) if of_proposals else [one.score for one in reviews])
        return sureness_of_mean(found, *in_columns(reviews), of_proposals=of_proposals).limits

    of = "mean of proposals" if of_proposals else "mean of reviews"
    return Case(f"clustered t, {of}", panel.said, panel.mean(), once, known=known)


def _difference(panel: Panel, *, of_proposals: bool, nested: bool = False, known: str = "") -> Case:
    shift = 0.5

    def once(rng: random.Random) -> Limits | None:
        reviews = _reviews(panel.drawn(rng, shift=shift, nested=nested))
        half = panel.proposals // 2
        ours = [one for one in reviews if isinstance(one.proposal, int) and one.proposal >= half]
        theirs = [one for one in reviews if isinstance(one.proposal, int) and one.proposal < half]
        return sureness_of_difference(*in_columns(ours, theirs), of_proposals=of_proposals).limits

    of = "proposals" if of_proposals else "reviews"
    said = f"two groups, {panel.said}{', each group its own' if nested else ''}"
    truth = panel.mean(shift) - panel.mean()
    return Case(f"clustered t, difference of {of}", said, truth, once, known=known)


def _correlation(panel: Panel, coefficient: Coefficient, known: str = "") -> Case:
    def once(rng: random.Random) -> Limits | None:
        both = [one for one in panel.drawn(rng) if one.first is not None and one.second is not None]
        pairs = [(one.first, one.second) for one in both if one.first is not None and one.second is not None]
        found = correlation_of(coefficient, pairs)
        (whose,) = in_columns([Review(0.0, one.proposal, one.reviewer) for one in both])
        return sureness_of_correlation(found, [x for x, _ in pairs], [y for _, y in pairs], whose).limits

    truth = panel.correlation(coefficient)
    return Case(f"clustered t, {coefficient}", f"{panel.said}, {truth:.2f}", truth, once, known=known)


def _reviews(drawn: Sequence[Scores]) -> list[Review]:
    return [Review(one.first, one.proposal, one.reviewer) for one in drawn if one.first is not None]


_SAME = "the same reviewers throughout, some stricter; the sentence beside it says how often it holds"
_WIDE = "too wide where proposals have more than two: errors on the safe side"


def _agreement() -> Iterator[Case]:
    """Yield agreement among reviewers who are lenient or strict in all that they review."""
    ordinal = whole_numbers(1, 5, ScaleKind.ORDINAL)
    for panel in (FEW, MIDDLE, BUSY, _alike(MIDDLE)):
        yield _agreed(panel, ordinal, "α", _SAME)
    for panel in (FEW, MIDDLE, BUSY):
        yield _agreed(replace(panel, shares=EVEN), VERDICTS, "α", _SAME)
    yield _agreed(replace(MIDDLE, shares=TEN), whole_numbers(1, 10), "α", _SAME)
    for panel in (MIDDLE, BUSY):
        yield _agreed(replace(panel, shares=EVEN), VERDICTS, "percent agreement", _WIDE)


def _agreed(panel: Panel, scale: RatingScale, figure: str, known: str = "") -> Case:
    world = World(scale, panel.shares, panel.merit)
    truth = world.alpha() if figure == "α" else world.percent()

    def once(rng: random.Random) -> Limits | None:
        rows = [(one.proposal, int(one.first) - 1) for one in panel.drawn(rng) if one.first is not None]
        figures = agreement_of(tallied(scale, rows)).figures
        return next((one.limits for one in figures if one.name == figure), None)

    method = f"{scale.kind} α of reviews" if figure == "α" else f"{figure} of reviews"
    return Case(method, f"{panel.said}, {figure} = {truth:.2f}", truth, once, known=known)
