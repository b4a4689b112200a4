"""Which constraints reviewers of one proposal rate apart, and by how much."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Rating

_PLACES = {Rating.PASS: 0.0, Rating.CONCERN: 0.5, Rating.BLOCKER: 1.0}
"""Where a rating stands between the two ends; ``unknown`` and ``not_applicable`` take no side."""


@dataclass(frozen=True, slots=True)
class RatedApart:
    """One constraint that is rated differently: ``width`` is 1 from pass to blocker, half as much from either to
    concern. ``by`` says who rates it how, the mildest rating first."""

    slug: str
    width: float
    by: tuple[tuple[Rating, tuple[str, ...]], ...]


def rated_apart(judgements: Iterable[tuple[str, Judgement]]) -> tuple[RatedApart, ...]:
    """Return the constraints that reviewers (by name) rate apart, the widest first, then by slug."""
    by_slug: dict[str, dict[Rating, list[str]]] = {}
    for name, judgement in judgements:
        for slug, rating in judgement.ratings.items():
            if rating.rating in _PLACES:
                by_slug.setdefault(slug, {}).setdefault(rating.rating, []).append(name)
    found = [RatedApart(slug, _width(said), _in_order(said)) for slug, said in by_slug.items() if len(said) > 1]
    return tuple(sorted(found, key=lambda one: (-one.width, one.slug)))


def _width(said: Mapping[Rating, object]) -> float:
    places = [_PLACES[rating] for rating in said]
    return max(places) - min(places)


def _in_order(said: Mapping[Rating, Iterable[str]]) -> tuple[tuple[Rating, tuple[str, ...]], ...]:
    return tuple((rating, tuple(said[rating])) for rating in sorted(said, key=lambda rating: _PLACES[rating]))
