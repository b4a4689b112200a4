"""Reviews for the tests of figures that go by whose they are and of what."""

from collections.abc import Hashable, Sequence
from statistics import fmean
from typing import NamedTuple

from reviewer.judgement.clustered import Reviews


class Review(NamedTuple):
    """A score with the proposal that it is of and the reviewer who gave it."""

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


def means_of_proposals(reviews: Sequence[Review]) -> list[float]:
    """Return the mean score of each proposal."""
    scores: dict[Hashable, list[float]] = {}
    for one in reviews:
        scores.setdefault(one.proposal, []).append(one.score)
    return list(map(fmean, scores.values()))
