"""Reviews for the tests of figures that go by whose they are and of what."""

from collections.abc import Hashable, Sequence
from statistics import fmean

from reviewer.judgement.clustered import Review


def means_of_proposals(reviews: Sequence[Review]) -> list[float]:
    """Return the mean score of each proposal."""
    scores: dict[Hashable, list[float]] = {}
    for one in reviews:
        scores.setdefault(one.proposal, []).append(one.score)
    return list(map(fmean, scores.values()))
