"""How sure figures of reviews are that are not independent: several are of one proposal, several by one reviewer.

A figure varies as the sum of what each review adds to it, its influence. Those of one proposal go together, and so do
those by one reviewer. So its variance is that of sums by proposal, or that of sums by reviewer where it is larger, and
what the other one is above that of single reviews, which is in both (Cameron, Gelbach and Miller 2011, with nothing
below 0). Each sum is enlarged by what it takes itself from the mean (as Bell and McCaffrey 2002 do), so that of
independent reviews s²/n comes out to the letter. The degrees of freedom are those of Satterthwaite (1946) for the two,
either of which has fewer the more unequal its sums are.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from reviewer.domain.intervals import Limits, critical_value
from reviewer.judgement.correlation import Coefficient, Correlation, mid_ranks
from reviewer.judgement.enough import are_missing
from reviewer.judgement.estimates import limits_around
from reviewer.judgement.groups import GroupMean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

FOR_INTERVAL = 5
"""From so many proposals and reviewers on there is an interval: fewer tell too little of how they vary."""

_ALL = 1 - 1e-9

CLUSTERED = "t interval, errors clustered by proposal and reviewer"


@dataclass(frozen=True, slots=True)
class Reviews:
    """Scores in columns of one length, with the numbers of the proposals that they are of and of who gave them."""

    scores: Sequence[float]
    proposals: Sequence[int]
    reviewers: Sequence[int]


class Review(NamedTuple):
    """A score with the proposal that it is of and the reviewer who gave it, for few of them."""

    score: float
    proposal: Hashable
    reviewer: Hashable


def in_columns(*groups: Sequence[Review]) -> tuple[Reviews, ...]:
    """Return groups of reviews in columns; who is the same in several groups has the same number in each."""
    proposals: dict[Hashable, int] = {}
    reviewers: dict[Hashable, int] = {}
    return tuple(
        Reviews(
            [one.score for one in group],
            [proposals.setdefault(one.proposal, len(proposals)) for one in group],
            [reviewers.setdefault(one.reviewer, len(reviewers)) for one in group],
        )
        for group in groups
    )


class _Influences(NamedTuple):
    """What each review adds to a figure: its share in a mean, of which there may be two, and how far it moves it."""

    proposals: "Numbers"
    reviewers: "Numbers"
    means: "Numbers"
    shares: "Floats"
    moves: "Floats"


@dataclass(frozen=True, slots=True)
class Sureness:
    """The limits of a figure; where they are None ``reason`` says why in a sentence."""

    limits: Limits | None = None
    reason: str = ""


def sureness_of_mean(found: GroupMean, reviews: Reviews, *, of_proposals: bool = False) -> Sureness:
    """Return how sure the mean of reviews is, or that of the means of proposals, as it was ``found``."""
    if found.limits is None:
        return Sureness(reason=found.reason)
    return _around(*_mean(reviews, 0, of_proposals))


def sureness_of_difference(ours: Reviews, theirs: Reviews, *, of_proposals: bool = False) -> Sureness:
    """Return how sure the difference of two means is; not both are of scores that are all the same."""
    import numpy as np

    mean, influences = _mean(ours, 0, of_proposals)
    other, others = _mean(theirs, 1, of_proposals)
    turned = others._replace(moves=-others.moves)
    both = _Influences(*(np.concatenate(columns) for columns in zip(influences, turned, strict=True)))
    return _around(mean - other, both)


def sureness_of_correlation(found: Correlation, xs: Sequence[float], ys: Sequence[float], of: Reviews) -> Sureness:
    """Return how sure a correlation is as it was ``found``, on the scale of Fisher's z; ``of`` says whose pairs are.

    Of independent pairs it has Fisher's own interval.
    """
    import numpy as np

    if found.limits is None or found.value is None or _are_independent(of):
        return Sureness(found.limits, found.reason)
    n = len(xs)
    a, b = np.asarray(xs, dtype=float), np.asarray(ys, dtype=float)
    moves = _spearman_moves(a, b) if found.coefficient is Coefficient.SPEARMAN else _pearson_moves(a, b)
    error = _error(
        _Influences(_numbers(of.proposals), _numbers(of.reviewers), np.zeros(n, int), np.full(n, 1 / n), moves / n)
    )
    if isinstance(error, str):
        return Sureness(reason=error)
    middle, half = math.atanh(found.value), critical_value(error.df) * math.sqrt(error.variance) / (1 - found.value**2)
    return Sureness((math.tanh(middle - half), math.tanh(middle + half)))


def _are_independent(reviews: Reviews) -> bool:
    """Return whether no two reviews are of one proposal, or by one reviewer."""
    n = len(reviews.proposals)
    return all(_numbers(of).max(initial=-1) + 1 == n for of in (reviews.proposals, reviews.reviewers))


def _numbers(of: Sequence[int]) -> "Numbers":
    """Return the same numbers from 0 on, none left out."""
    import numpy as np

    found: Numbers = np.unique(np.asarray(of, dtype=np.int64), return_inverse=True)[1]
    return found


def _mean(reviews: Reviews, mean: int, of_proposals: bool) -> tuple[float, _Influences]:
    """Return the mean, and what each review adds to it; each proposal weighs the same where it is one of proposals."""
    import numpy as np

    scores = np.asarray(reviews.scores, dtype=float)
    proposals, n = _numbers(reviews.proposals), len(scores)
    many = np.bincount(proposals)
    shares = 1 / (len(many) * many[proposals]) if of_proposals else np.full(n, 1 / n)
    value = float(np.sum(shares * scores))
    # Who reviews on both sides of a difference is one person, and what is reviewed is one proposal.
    of = np.asarray(reviews.proposals, dtype=np.int64), np.asarray(reviews.reviewers, dtype=np.int64)
    return value, _Influences(*of, np.full(n, mean), shares, shares * (scores - value))


def _around(value: float, influences: _Influences) -> Sureness:
    error = _error(influences)
    if isinstance(error, str):
        return Sureness(reason=error)
    return Sureness(limits_around(value, math.sqrt(error.variance), error.df))


class _Varies(NamedTuple):
    """A variance with its degrees of freedom."""

    variance: float
    df: float


class _Sums(NamedTuple):
    """How sums of influences vary, how many they are, and of the mean that has the fewest how many."""

    varies: _Varies
    every: int
    fewest: int


def _error(influences: _Influences) -> _Varies | str:
    """Return how a figure varies, or the sentence why nobody can tell."""
    import numpy as np

    if np.any(influences.shares > _ALL):
        return "No interval: one score says nothing of how far others lie."
    enlarged = influences.moves / np.sqrt(1 - influences.shares)
    single = _together(
        [
            _spread(enlarged[influences.means == mean], influences.shares[influences.means == mean])
            for mean in np.unique(influences.means)
        ]
    )
    clustered = []
    for name, of in (("proposal", influences.proposals), ("reviewer", influences.reviewers)):
        sums = _sums(influences, _numbers(of))  # type: ignore[arg-type]
        if sums is None or sums.varies.df < 1:
            return f"No interval: one {name} has all the scores or nearly, and nothing says how far others would lie."
        if sums.every == len(influences.moves):
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


def _sums(influences: _Influences, whose: "Numbers") -> _Sums | None:
    """Return how sums vary by whose they are; None where one has all of a mean."""
    import numpy as np

    n = int(whose.max()) + 1
    place = 2 * whose + influences.means
    shares, moves, many = (
        np.bincount(place, weights=weights, minlength=2 * n).reshape(n, 2)
        for weights in (influences.shares, influences.moves, None)
    )
    if np.any(shares > _ALL):
        return None
    there, enlarged = many > 0, moves / np.sqrt(1 - shares)
    means = [mean for mean in (0, 1) if there[:, mean].any()]
    if np.all(there.sum(axis=1) == 1):
        # Each mean varies by itself, as the two of Welch (1947) do.
        varies = _together([_spread(enlarged[there[:, m], m], shares[there[:, m], m]) for m in means])
    else:
        varies = _spread(enlarged.sum(axis=1), np.hypot(shares[:, 0], shares[:, 1]))
    return _Sums(varies, n, min(int(there[:, mean].sum()) for mean in means))


def _spread(moves: "Floats", shares: "Floats") -> _Varies:
    """Return how a sum of sums varies; there are as many degrees of freedom as sums less one where all weigh alike.

    ``moves`` are how far each moves the figure, enlarged by what it takes itself from the mean.
    """
    squares = shares**2
    df = float(squares.sum() ** 2 / (squares**2).sum()) - 1
    return _Varies(float((moves**2).sum()), round(df, 6))


def _pearson_moves(xs: "Floats", ys: "Floats") -> "Floats":
    """Return n times what each pair adds to Pearson's r: its influence function."""
    a, b = ((values - values.mean()) / values.std() for values in (xs, ys))
    r = (a * b).mean()
    return a * b - r / 2 * (a * a + b * b)  # type: ignore[no-any-return]


def _spearman_moves(xs: "Floats", ys: "Floats") -> "Floats":
    """Return n times what each pair adds to Spearman's ρ: by its own ranks, and by the ranks that it gives others."""
    a, b = _centred(xs), _centred(ys)
    xa, xb, ya, yb = _ranked_above(xs, a), _ranked_above(xs, b), _ranked_above(ys, a), _ranked_above(ys, b)
    products, x_squares, y_squares = a * b + xb + ya, a * a + 2 * xa, b * b + 2 * yb
    c, v, w = (a * b).mean(), (a * a).mean(), (b * b).mean()
    rho = c / math.sqrt(v * w)
    moves = products / math.sqrt(v * w) - rho / 2 * (x_squares / v + y_squares / w)
    return moves - moves.mean()  # type: ignore[no-any-return]


def _centred(values: "Floats") -> "Floats":
    """Return ranks as shares of all, about their mean."""
    import numpy as np

    ranks: Floats = np.asarray(mid_ranks(values))  # type: ignore[arg-type]
    return (ranks - ranks.mean()) / len(ranks)  # type: ignore[no-any-return]


def _ranked_above(values: "Floats", weights: "Floats") -> "Floats":
    """Return for each value the mean over all of the weight of those above it, of equal ones counting half."""
    import numpy as np

    _, place = np.unique(values, return_inverse=True)
    same = np.bincount(place, weights=weights)
    above = np.cumsum(same[::-1])[::-1] - same
    return (above + same / 2)[place] / len(values)
