"""How sure figures of reviews are that are not independent: several are of one proposal, several by one reviewer.

A figure varies as the sum of what each review adds to it, its influence. Those of one proposal go together, and so do
those by one reviewer. So its variance is that of sums by proposal, or that of sums by reviewer where it is larger, and
what the other one is above that of single reviews, which is in both (Cameron, Gelbach and Miller 2011, with nothing
below 0). Each sum is enlarged by what it takes itself from the mean (as Bell and McCaffrey 2002 do), so that of
independent reviews s²/n comes out to the letter. The degrees of freedom are those of Satterthwaite (1946) for the two,
either of which has fewer the more unequal its sums are.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean
from typing import NamedTuple

from reviewer.domain.intervals import Limits, critical_value
from reviewer.judgement.correlation import Coefficient, Correlation, mid_ranks
from reviewer.judgement.enough import are_missing
from reviewer.judgement.estimates import limits_around
from reviewer.judgement.groups import GroupMean

FOR_INTERVAL = 5
"""From so many proposals and reviewers on there is an interval: fewer tell too little of how they vary."""

_ALL = 1 - 1e-9

CLUSTERED = "t interval, errors clustered by proposal and reviewer"


class Review(NamedTuple):
    """A score with the proposal that it is of and the reviewer who gave it."""

    score: float
    proposal: Hashable
    reviewer: Hashable


class Influence(NamedTuple):
    """What a review adds to a figure: its share in a mean, of which there may be several, and how far it moves it."""

    proposal: Hashable
    reviewer: Hashable
    mean: int
    share: float
    moves: float


@dataclass(frozen=True, slots=True)
class Sureness:
    """The limits of a figure; where they are None ``reason`` says why in a sentence."""

    limits: Limits | None = None
    reason: str = ""


def sureness_of_mean(found: GroupMean, reviews: Sequence[Review], *, of_proposals: bool = False) -> Sureness:
    """Return how sure the mean of reviews is, or that of the means of proposals, as it was ``found``."""
    if found.limits is None:
        return Sureness(reason=found.reason)
    return _around(*_mean(reviews, 0, of_proposals))


def sureness_of_difference(ours: Sequence[Review], theirs: Sequence[Review], *, of_proposals: bool = False) -> Sureness:
    """Return how sure the difference of two means is; not both are of scores that are all the same."""
    mean, influences = _mean(ours, 0, of_proposals)
    other, others = _mean(theirs, 1, of_proposals)
    return _around(mean - other, [*influences, *(each._replace(moves=-each.moves) for each in others)])


def sureness_of_correlation(found: Correlation, pairs: Sequence[tuple[float, float]], of: Sequence[Review]) -> Sureness:
    """Return how sure a correlation is as it was ``found``, on the scale of Fisher's z; ``of`` says whose pairs are.

    Of independent pairs it has Fisher's own interval.
    """
    if found.limits is None or found.value is None or _are_independent(of):
        return Sureness(found.limits, found.reason)
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    moves = _spearman_moves(xs, ys) if found.coefficient is Coefficient.SPEARMAN else _pearson_moves(xs, ys)
    n = len(pairs)
    error = _error(
        [Influence(one.proposal, one.reviewer, 0, 1 / n, move / n) for one, move in zip(of, moves, strict=True)]
    )
    if isinstance(error, str):
        return Sureness(reason=error)
    middle, half = math.atanh(found.value), critical_value(error.df) * math.sqrt(error.variance) / (1 - found.value**2)
    return Sureness((math.tanh(middle - half), math.tanh(middle + half)))


def _are_independent(reviews: Sequence[Review]) -> bool:
    """Return whether no two reviews are of one proposal, or by one reviewer."""
    return len({one.proposal for one in reviews}) == len({one.reviewer for one in reviews}) == len(reviews)


def _mean(reviews: Sequence[Review], mean: int, of_proposals: bool) -> tuple[float, list[Influence]]:
    """Return the mean, and what each review adds to it; each proposal weighs the same where it is one of proposals."""
    many: dict[Hashable, int] = defaultdict(int)
    for one in reviews:
        many[one.proposal] += 1
    shares = [1 / (len(many) * many[one.proposal]) if of_proposals else 1 / len(reviews) for one in reviews]
    value = math.fsum(share * one.score for share, one in zip(shares, reviews, strict=True))
    return value, [
        Influence(one.proposal, one.reviewer, mean, share, share * (one.score - value))
        for share, one in zip(shares, reviews, strict=True)
    ]


def _around(value: float, influences: Sequence[Influence]) -> Sureness:
    error = _error(influences)
    return (
        Sureness(reason=error)
        if isinstance(error, str)
        else Sureness(limits_around(value, math.sqrt(error.variance), error.df))
    )


class _Varies(NamedTuple):
    """A variance with its degrees of freedom."""

    variance: float
    df: float


class _Sums(NamedTuple):
    """How sums of influences vary, how many they are, and of the mean that has the fewest how many."""

    varies: _Varies
    every: int
    fewest: int


class _Sum(NamedTuple):
    """How far one proposal or reviewer moves a figure, enlarged by what it takes from the mean, and its share in it."""

    moves: float
    share: float


def _error(influences: Sequence[Influence]) -> _Varies | str:
    """Return how a figure varies, or the sentence why nobody can tell."""
    if any(one.share > _ALL for one in influences):
        return "No interval: one score says nothing of how far others lie."
    means = sorted({one.mean for one in influences})
    single = _together(
        [
            _spread([_Sum(one.moves / math.sqrt(1 - one.share), one.share) for one in influences if one.mean == mean])
            for mean in means
        ]
    )
    clustered = []
    of = {
        "proposal": _sums(influences, lambda one: one.proposal),
        "reviewer": _sums(influences, lambda one: one.reviewer),
    }
    for name, sums in of.items():
        if sums is None or sums.varies.df < 1:
            return f"No interval: one {name} has all the scores or nearly, and nothing says how far others would lie."
        if sums.every == len(influences):
            continue
        if sums.fewest < FOR_INTERVAL:
            return f"No interval: it needs {FOR_INTERVAL} {name}s, and {are_missing(FOR_INTERVAL - sums.fewest)}."
        clustered.append(sums.varies)
    if not clustered:
        return single
    largest, *others = sorted(clustered, reverse=True)
    alone = single.variance
    above = [_Varies(max(0.0, other.variance - alone), other.df) for other in others]
    return _together([largest._replace(variance=max(largest.variance, alone)), *above])


def _together(parts: Sequence[_Varies]) -> _Varies:
    """Return how a sum of what varies independently does (Satterthwaite 1946)."""
    variance = math.fsum(part.variance for part in parts)
    if not variance:
        return _Varies(0.0, min(part.df for part in parts))
    return _Varies(variance, 1 / math.fsum((part.variance / variance) ** 2 / part.df for part in parts))


def _sums(influences: Sequence[Influence], whose: Callable[[Influence], Hashable]) -> _Sums | None:
    """Return how sums vary by whose they are; None where one has all of a mean."""
    own: dict[Hashable, dict[int, tuple[float, float]]] = defaultdict(dict)
    for one in influences:
        moves, share = own[whose(one)].get(one.mean, (0.0, 0.0))
        own[whose(one)][one.mean] = moves + one.moves, share + one.share
    if any(share > _ALL for of in own.values() for _, share in of.values()):
        return None
    sums = [{mean: _Sum(m / math.sqrt(1 - share), share) for mean, (m, share) in of.items()} for of in own.values()]
    means = sorted({one.mean for one in influences})
    if all(len(of) == 1 for of in sums):
        # Each mean varies by itself, as the two of Welch (1947) do.
        varies = _together([_spread([of[mean] for of in sums if mean in of]) for mean in means])
    else:
        varies = _spread([_joined(of.values()) for of in sums])
    return _Sums(varies, len(sums), min(sum(mean in of for of in sums) for mean in means))


def _joined(of: Iterable[_Sum]) -> _Sum:
    """Return how far one moves all means together."""
    every = list(of)
    return _Sum(math.fsum(one.moves for one in every), math.hypot(*(one.share for one in every)))


def _spread(sums: Sequence[_Sum]) -> _Varies:
    """Return how a sum of sums varies; there are as many degrees of freedom as sums less one where all weigh alike."""
    squares = [one.share**2 for one in sums]
    df = math.fsum(squares) ** 2 / math.fsum(square**2 for square in squares) - 1
    return _Varies(math.fsum(one.moves**2 for one in sums), round(df, 6))


def _pearson_moves(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """Return n times what each pair adds to Pearson's r: its influence function."""
    a, b = _standard(xs), _standard(ys)
    r = fmean(x * y for x, y in zip(a, b, strict=True))
    return [x * y - r / 2 * (x * x + y * y) for x, y in zip(a, b, strict=True)]


def _standard(values: Sequence[float]) -> list[float]:
    mean = fmean(values)
    deviation = math.sqrt(fmean((value - mean) ** 2 for value in values))
    return [(value - mean) / deviation for value in values]


def _spearman_moves(xs: Sequence[float], ys: Sequence[float]) -> list[float]:
    """Return n times what each pair adds to Spearman's ρ: by its own ranks, and by the ranks that it gives others."""
    n = len(xs)
    a, b = (_centred(mid_ranks(values)) for values in (xs, ys))
    own = _ranked_above(xs, a), _ranked_above(xs, b), _ranked_above(ys, a), _ranked_above(ys, b)
    products = [x * y + (xb + ya) for x, y, xb, ya in zip(a, b, own[1], own[2], strict=True)]
    x_squares = [x * x + 2 * xa for x, xa in zip(a, own[0], strict=True)]
    y_squares = [y * y + 2 * yb for y, yb in zip(b, own[3], strict=True)]
    c, v, w = (math.fsum(x * y for x, y in zip(p, q, strict=True)) / n for p, q in ((a, b), (a, a), (b, b)))
    rho = c / math.sqrt(v * w)
    moves = [
        p / math.sqrt(v * w) - rho / 2 * (x / v + y / w) for p, x, y in zip(products, x_squares, y_squares, strict=True)
    ]
    mean = fmean(moves)
    return [move - mean for move in moves]


def _centred(ranks: Sequence[float]) -> list[float]:
    """Return ranks as shares of all, about their mean."""
    mean = fmean(ranks)
    return [(rank - mean) / len(ranks) for rank in ranks]


def _ranked_above(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return for each value the mean over all of the weight of those above it, of equal ones counting half."""
    n = len(values)
    above, found = 0.0, [0.0] * n
    order = sorted(range(n), key=values.__getitem__, reverse=True)
    for _, group in groupby(order, key=values.__getitem__):
        places = list(group)
        same = math.fsum(weights[place] for place in places)
        for place in places:
            found[place] = (above + same / 2) / n
        above += same
    return found
