"""What the priority order gains over others at the same number of reviews: simulated, since nobody has measured it.

Proposals have a true chance to survive, and a decision has to be taken on each: to try it, or not, at a threshold. The
loss is what deciding with the reviews that there are loses against knowing the truth: for each wrong decision the
distance of the true chance from the threshold, in survivors per 100 proposals. All orders meet the same proposals,
reviewers and forecasts, so that their differences are by order alone.
"""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from reviewer.domain.log_odds import log_odds
from reviewer.judgement.drawing import chance_key, draws
from reviewer.judgement.priority import Spread, worth
from tests.benchmarks.table import aligned

RUNS, QUICK_RUNS = 200, 10
PROPOSALS, REVIEWERS = 200, 6
BUDGETS = (0.5, 1.0, 2.0, 3.0)
"""Reviews by proposals."""

Floats = NDArray[np.float64]
Step = tuple[int, int]
"""Who reviews which proposal."""


@dataclass(frozen=True, slots=True)
class World:
    """How proposals, claims and reviewers are: deviations in log odds, ``claim`` the correlation of claim and truth.

    ``believed`` is the usual chance to survive as people take it to be. The deviations of proposals and reviewers are
    taken for 1, as they are until something is learnt, or for what they are where they are ``learnt``.
    """

    words: str
    claim: float = 0.0
    noise: float = 1.0
    leniency: float = 0.0
    usual: float = 0.3
    believed: float = 0.3
    spread: float = 1.0
    decision: float = 0.5
    learnt: bool = False


WORLDS = (
    World("claims say nothing"),
    World("claims say something (r = .6)", claim=0.6),
    World("claims mislead (r = −.4)", claim=-0.4),
    World("claims say nothing, noisy reviewers (2.5)", noise=2.5),
    World("claims say something, noisy reviewers (2.5)", claim=0.6, noise=2.5),
    World("claims say nothing, noisy reviewers (2.5), which is learnt", noise=2.5, learnt=True),
    World("claims say something, noisy reviewers (2.5), which is learnt", claim=0.6, noise=2.5, learnt=True),
    World("claims say something, sure reviewers (.5)", claim=0.6, noise=0.5),
    World("claims say something, lenient and severe reviewers (1)", claim=0.6, leniency=1.0),
    World("claims say nothing, half are worth it", usual=0.5, believed=0.5),
    World("claims say nothing, people believe that half are worth it", believed=0.5),
    World("claims say nothing, proposals much alike (.4)", spread=0.4),
    World("claims say nothing, proposals much alike (.4), threshold at the usual 30 %", spread=0.4, decision=0.3),
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One run of a world: the true log odds, the claims, and what each reviewer would forecast of each proposal."""

    world: World
    truth: Floats
    claims: Floats
    forecasts: Floats
    """Log odds, a row a reviewer; clipped as forecasts are."""
    seed: int


def drawn(world: World, seed: int) -> Drawn:
    """Return a run of a world."""
    rng = np.random.default_rng(seed)
    standard, own = rng.normal(size=PROPOSALS), rng.normal(size=PROPOSALS)
    claims = world.claim * standard + math.sqrt(1 - world.claim**2) * own
    truth = log_odds(world.usual) + world.spread * standard
    lenient = world.leniency * rng.normal(size=(REVIEWERS, 1))
    said = truth + lenient + world.noise * rng.normal(size=(REVIEWERS, PROPOSALS))
    most = log_odds(1)
    return Drawn(world, truth, claims, np.clip(said, -most, most), seed)


Order = Callable[[Drawn], Iterator[Step]]


def by_chance(run: Drawn) -> Iterator[Step]:
    """Each reviewer in an order of chance of their own."""
    rng = np.random.default_rng((run.seed, 1))
    yield from _down([rng.permutation(PROPOSALS).tolist() for _ in range(REVIEWERS)])


def by_claim(run: Drawn) -> Iterator[Step]:
    """Each reviewer down the same list, the best claim first."""
    yield from _down([np.argsort(-run.claims).tolist()] * REVIEWERS)


def _down(lists: Sequence[Sequence[int]]) -> Iterator[Step]:
    for place in range(PROPOSALS):
        for reviewer, order in enumerate(lists):
            yield reviewer, order[place]


def evenly(run: Drawn, *, claim: bool = False) -> Iterator[Step]:
    """Everything once, then everything twice, as an assignment does, in an order of chance or of claims."""
    rng = np.random.default_rng((run.seed, 2))
    order = (np.argsort(-run.claims) if claim else rng.permutation(PROPOSALS)).tolist()
    for turn in range(REVIEWERS):
        for place, proposal in enumerate(order):
            yield (place + turn) % REVIEWERS, proposal


def by_priority(run: Drawn, *, claim: bool = False) -> Iterator[Step]:
    """The next in the product's own queue of each reviewer in turn; what is of equal priority by chance or by claim."""
    rng = np.random.default_rng((run.seed, 3))
    rank = run.claims if claim else rng.normal(size=PROPOSALS)
    ties = _HARDLY * np.argsort(np.argsort(rank)) / PROPOSALS
    n, total = np.zeros(PROPOSALS, int), np.zeros(PROPOSALS)
    priority = np.full(PROPOSALS, _priority(run.world, 0, 0.0))
    left = np.ones((REVIEWERS, PROPOSALS), bool)
    seeds = [run.seed * REVIEWERS + reviewer for reviewer in range(REVIEWERS)]
    shuffled = [sorted(range(PROPOSALS), key=partial(chance_key, seed)) for seed in seeds]
    for place in range(PROPOSALS):
        for reviewer, seed in enumerate(seeds):
            mine = left[reviewer]
            top = int(np.where(mine, priority + ties, -1).argmax())
            others = filter(mine.__getitem__, shuffled[reviewer])
            item = next(draws([top], others, PROPOSALS - place, seed, first=place)).item
            yield reviewer, item
            mine[item] = False
            n[item] += 1
            total[item] += run.forecasts[reviewer, item]
            priority[item] = _priority(run.world, int(n[item]), float(total[item]))


_HARDLY = 1e-9


def _priority(world: World, n: int, total: float) -> float:
    return worth(n, total, decision=world.decision, spread=_spread(world)).priority


def _spread(world: World) -> Spread:
    mean = log_odds(world.believed)
    return Spread(mean, world.spread, math.hypot(world.noise, world.leniency)) if world.learnt else Spread(mean)


ORDERS: Mapping[str, Order] = {
    "chance": by_chance,
    "evenly by chance": evenly,
    "claim": by_claim,
    "evenly by claim": partial(evenly, claim=True),
    "priority": by_priority,
    "priority, then claim": partial(by_priority, claim=True),
}


def losses(run: Drawn, order: Order) -> list[float]:
    """Return the loss of the final decisions after each budget, in survivors per 100 proposals."""
    found = []
    n, total = np.zeros(PROPOSALS), np.zeros(PROPOSALS)
    steps, done = order(run), 0
    for budget in BUDGETS:
        for _ in range(round(budget * PROPOSALS) - done):
            reviewer, item = next(steps)
            n[item] += 1
            total[item] += run.forecasts[reviewer, item]
            done += 1
        found.append(_loss(run, n, total))
    return found


def _loss(run: Drawn, n: Floats, total: Floats) -> float:
    """Return what deciding by what is then believed, with the deviations that the product takes, loses."""
    world, spread = run.world, _spread(run.world)
    precision = 1 / spread.proposals**2 + n / spread.reviewers**2
    estimate = (spread.mean / spread.proposals**2 + total / spread.reviewers**2) / precision
    chance = 1 / (1 + np.exp(-run.truth))
    tried, worth_it = estimate > log_odds(world.decision), chance > world.decision
    return float(100 * np.mean(np.abs(chance - world.decision) * (tried != worth_it)))


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over runs with its standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ± {self.error:.2f}"

    @property
    def signed(self) -> str:
        """Return it with its sign; in bold where it is more than two errors from nothing."""
        text = f"{self.value:+.2f} ± {self.error:.2f}"
        return f"**{text}**" if abs(self.value) > 2 * self.error else text


def mean_of(values: Sequence[float] | Floats) -> Mean:
    """Return the mean of independent runs."""
    each = np.asarray(values)
    return Mean(float(each.mean()), float(each.std(ddof=1) / math.sqrt(len(each))))


def simulated(world: World, runs: int, seed: int = 20_261_129) -> dict[str, Floats]:
    """Return the losses by order: a row a run, a column a budget."""
    rng = random.Random(f"{seed} {world.words}")
    each = [drawn(world, rng.getrandbits(32)) for _ in range(runs)]
    return {name: np.array([losses(run, order) for run in each]) for name, order in ORDERS.items()}


COMPARED = (
    ("priority", "chance"),
    ("priority", "evenly by chance"),
    ("priority", "claim"),
    ("priority, then claim", "claim"),
    ("priority, then claim", "evenly by claim"),
)
HEADINGS = ("world", "reviews a proposal", *ORDERS, *(f"“{ours}” gains over “{theirs}”" for ours, theirs in COMPARED))


def markdown(runs: int, worlds: Sequence[World] = WORLDS) -> str:
    """Return as Markdown the loss by world, budget and order, and what priority gains: bold beyond two errors."""
    cells = [HEADINGS]
    for world in worlds:
        found = simulated(world, runs)
        for i, budget in enumerate(BUDGETS):
            means = [str(mean_of(found[name][:, i])) for name in ORDERS]
            gains = [mean_of(found[theirs][:, i] - found[ours][:, i]).signed for ours, theirs in COMPARED]
            cells.append((world.words, f"{budget:g}", *means, *gains))
    return aligned(cells)
