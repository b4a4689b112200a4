"""How often the intervals of base rates, and of how far aggregates are to be moved, hold the truth."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from statistics import NormalDist, fmean

from reviewer.domain.log_odds import log_odds, probability
from reviewer.judgement.aggregate import learn_extremising
from reviewer.judgement.survival import group_rates
from tests.benchmarks.coverage import Case, Limits

Rates = Callable[[random.Random], float]
"""Draws the true rate of one group."""


def cases() -> Iterator[Case]:
    """Yield the cases of both."""
    yield from _alone()
    yield from _groups()
    yield from _moves()


def _around(truth: float, limits: tuple[float, float]) -> Limits:
    """Return the limits from a truth that is another one in each run."""
    return limits[0] - truth, limits[1] - truth


def _survivors(rng: random.Random, n: int, rate: float) -> int:
    return sum(rng.random() < rate for _ in range(n))


_SMALL = "counts are whole numbers, so that at one rate it holds too often and at another too seldom"


def _alone() -> Iterator[Case]:
    def case(n: int, rate: float | None) -> Case:
        def once(rng: random.Random) -> Limits:
            truth = rng.random() if rate is None else rate
            found = group_rates({"all": (_survivors(rng, n, truth), n)})
            return _around(truth, found.groups[0].limits)

        where = "any rate alike" if rate is None else f"rate {rate:g}"
        return Case(
            "Jeffreys, base rate of one group", f"{n} outcomes, {where}", 0, once, known="" if rate is None else _SMALL
        )

    for n in (5, 10, 30, 100):
        yield case(n, None)
        yield case(n, 0.1)
        yield case(n, 0.4)


def _groups() -> Iterator[Case]:
    def case(what: str, sizes: Sequence[int], draw: Rates, known: str = "", which: str = "any") -> Case:
        def once(rng: random.Random) -> Limits:
            truths = [draw(rng) for _ in sizes]
            if which == "odd":
                truths[0] = 0.8
            counts = {str(i): (_survivors(rng, n, p), n) for i, (n, p) in enumerate(zip(sizes, truths, strict=True))}
            found = group_rates(counts)
            if found.weight is None:
                return None
            one = rng.randrange(len(sizes)) if which == "any" else 0
            if which == "best":
                one = max(range(len(sizes)), key=lambda i: found.groups[i].rate)
            return _around(truths[one], found.groups[one].limits)

        of = {"any": "any", "best": "the best", "odd": "the odd one"}[which]
        return Case("beta-binomial, base rates by group", f"{of} of {len(sizes)} groups, {what}", 0, once, known=known)

    def spread(mean: float, weight: float) -> Rates:
        return lambda rng: rng.betavariate(mean * weight, (1 - mean) * weight)

    few = (3, 5, 6, 8, 10, 12)
    usual = spread(0.35, 10)
    yield case("3 to 12 outcomes, moderate spread", few, usual, _KNOWN)
    yield case("3 to 12 outcomes, all equal", few, lambda _rng: 0.35, _KNOWN)
    yield case("3 to 12 outcomes, large spread", few, spread(0.35, 2), _KNOWN)
    yield case("3 to 12 outcomes, moderate spread", few, usual, _KNOWN, "best")
    yield case("3 to 12 outcomes, moderate spread around 10 %", few, spread(0.1, 10), _KNOWN)
    for groups, n in ((2, 10), (3, 5), (3, 20), (6, 30), (20, 10), (50, 30)):
        yield case(f"{n} outcomes each, moderate spread", (n,) * groups, usual, _KNOWN)
    yield case("10 outcomes each, the others at 30 %, it at 80 %", (10,) * 6, lambda _rng: 0.3, _ODD, "odd")


_KNOWN = "too wide where groups are alike, too narrow where they differ very much; `how` says so"
_ODD = "a group unlike all others is taken too far towards them; `how` says so, and the raw share stands beside it"


def _moves() -> Iterator[Case]:
    def case(n: int, factor: float | None, base: float = 0.3, known: str = "") -> Case:
        b = log_odds(base)

        def once(rng: random.Random) -> Limits:
            a = math.exp(rng.gauss(0, 0.3)) if factor is None else factor
            middle = _middle(a, b)
            off = [rng.gauss(middle, 1) for _ in range(n)]
            past = [(probability(b + x), rng.random() < probability(b + a * x)) for x in off]
            limits = learn_extremising(past).limits
            return None if limits is None else _around(math.log(a), (math.log(limits[0]), math.log(limits[1])))

        where = "a from the prior" if factor is None else f"a = {factor:g}"
        return Case(
            "posterior of ln a, extremising", f"{n} outcomes, {where}, base rate {base:g}", 0, once, known=known
        )

    safe = "the prior has it near 1: errors on the safe side"
    taken = "the base rate is taken as known; its caution says so, and how often it holds"
    far = "the prior has it near 1, so that too little is learnt of a large a; its caution says so"
    for n in (50, 100, 400):
        yield case(n, None, known=taken if n < 400 else "")
        yield case(n, 0.77, known=safe)
        yield case(n, 1.0, known=safe)
        yield case(n, 1.5, known=far)
        yield case(n, 2.2, known=far)
    yield case(
        100,
        None,
        0.1,
        known="with few survivors the base rate is hardly known; its caution says that it is taken as known",
    )


@lru_cache(maxsize=4)
def _middle(a: float, b: float) -> float:
    """Return around which distance from the base rate aggregates lie for so many to survive as it says."""
    low, high = -10.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        too_many = fmean(probability(b + a * (middle + z)) for z in _QUANTILES) > probability(b)
        low, high = (low, middle) if too_many else (middle, high)
    return low


_QUANTILES = [NormalDist().inv_cdf((i + 0.5) / 60) for i in range(60)]
