"""Which constraints are rated apart."""

from reviewer.domain.judgements import ConstraintRating, Judgement
from reviewer.domain.vocabulary import Rating
from reviewer.judgement.rated_apart import RatedApart, rated_apart


def rated(**ratings: Rating | None) -> Judgement:
    return Judgement(ratings={slug: ConstraintRating(rating, "a note") for slug, rating in ratings.items()})


def test_the_widest_comes_first_and_says_who_rates_it_how() -> None:
    found = rated_apart(
        [
            ("ann", rated(cost=Rating.PASS, scale=Rating.BLOCKER, signals=Rating.PASS)),
            ("bo", rated(cost=Rating.CONCERN, scale=Rating.PASS, signals=Rating.PASS)),
            ("cy", rated(cost=Rating.PASS, scale=Rating.CONCERN)),
        ]
    )
    assert found == (
        RatedApart("scale", 1.0, ((Rating.PASS, ("bo",)), (Rating.CONCERN, ("cy",)), (Rating.BLOCKER, ("ann",)))),
        RatedApart("cost", 0.5, ((Rating.PASS, ("ann", "cy")), (Rating.CONCERN, ("bo",)))),
    )


def test_who_does_not_know_takes_no_side() -> None:
    assert rated_apart([("a", rated(x=Rating.UNKNOWN, y=None)), ("b", rated(x=Rating.BLOCKER, y=Rating.PASS))]) == ()
    assert rated_apart([("a", rated(x=Rating.NOT_APPLICABLE)), ("b", rated(x=Rating.PASS))]) == ()
    assert rated_apart([]) == ()
