"""Judgements and their snapshots."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.domain.judgements import (
    ConstraintRating,
    Judgement,
    carried_over,
    judgement_from_data,
    judgement_to_data,
)
from reviewer.domain.vocabulary import Rating, Status, Verdict
from tests.builders import RUBRIC

RATINGS = st.builds(ConstraintRating, st.none() | st.sampled_from(Rating), st.text(max_size=5))
JUDGEMENTS = st.builds(
    Judgement,
    verdict=st.none() | st.sampled_from(Verdict),
    condition=st.text(max_size=5),
    next_experiment=st.text(max_size=5),
    forecast=st.none() | st.floats(0, 1),
    ratings=st.dictionaries(st.sampled_from(["scale", "cost", "signals"]), RATINGS),
    rationale=st.text(max_size=20),
    tags=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    flagged=st.booleans(),
    skipped=st.booleans(),
    resolves_on=st.none() | st.dates().map(date.isoformat),
    shareable=st.booleans(),
)


@given(judgement=JUDGEMENTS)
def test_snapshot_gives_the_judgement_back(judgement: Judgement) -> None:
    import json

    text = json.dumps(judgement_to_data(judgement))
    assert judgement_from_data(json.loads(text)) == judgement


@pytest.mark.parametrize(
    ("judgement", "status"),
    [
        (Judgement(), Status.TO_DO),
        (Judgement(forecast=0.0), Status.STARTED),
        (Judgement(flagged=True), Status.STARTED),
        (Judgement(rationale=" "), Status.STARTED),
        (Judgement(skipped=True), Status.SKIPPED),
        (Judgement(skipped=True, rationale="later"), Status.SKIPPED),
        (Judgement(Verdict.CANNOT_TELL, skipped=True), Status.JUDGED),
    ],
)
def test_status(judgement: Judgement, status: Status) -> None:
    assert judgement.status is status


def test_empty_rating_takes_a_constraint_out() -> None:
    rated = Judgement().with_rating("scale", ConstraintRating(Rating.BLOCKER)).with_rating(
        "cost", ConstraintRating(note="how much?")
    )  # fmt: skip
    assert (rated.blockers, rated.rated) == (("scale",), 1)
    cleared = rated.with_rating("scale", ConstraintRating()).with_rating("cost", ConstraintRating())
    assert cleared == Judgement()
    assert cleared.status is Status.TO_DO


def test_missing_fields_come_in_the_rubrics_order() -> None:
    rubric = replace(RUBRIC, required=("ratings", "rationale", "forecast"))
    judgement = Judgement(Verdict.FAILS, rationale=" \n")
    assert judgement.missing(RUBRIC) == ()
    assert judgement.missing(rubric) == ("ratings", "rationale", "forecast")
    for constraint in RUBRIC.constraints:
        assert "ratings" in judgement.missing(rubric)
        judgement = judgement.with_rating(constraint.slug, ConstraintRating(Rating.NOT_APPLICABLE))
    assert judgement.missing(rubric) == ("rationale", "forecast")
    assert replace(judgement, rationale="Because.", forecast=0.0).missing(rubric) == ()


def test_note_alone_is_no_rating() -> None:
    rubric = replace(RUBRIC, required=("ratings",))
    noted = Judgement(ratings={c.slug: ConstraintRating(note="hm") for c in RUBRIC.constraints})
    assert noted.missing(rubric) == ("ratings",)


@given(before=JUDGEMENTS, after=JUDGEMENTS, onto=JUDGEMENTS)
def test_no_act_that_is_carried_over_shares_a_rationale_that_nobody_marked(
    before: Judgement, after: Judgement, onto: Judgement
) -> None:
    made = carried_over(before, after, onto)
    assert not made.shareable or made.rationale in {j.rationale for j in (after, onto) if j.shareable}


def test_a_mark_on_a_rationale_is_carried_over_where_the_rationale_is_still_the_same() -> None:
    before = Judgement(rationale="why")
    marked = replace(before, shareable=True)
    assert carried_over(before, marked, replace(before, flagged=True)) == replace(marked, flagged=True)
    assert carried_over(before, marked, Judgement(rationale="another")) == Judgement(rationale="another")
    assert carried_over(before, Judgement(rationale="another"), marked) == Judgement(rationale="another")
    assert carried_over(before, replace(before, flagged=True), marked) == replace(marked, flagged=True)


def test_an_act_is_carried_over_to_a_judgement_that_changed_meanwhile() -> None:
    cost, scale = ConstraintRating(Rating.BLOCKER, "dear"), ConstraintRating(Rating.CONCERN)
    before = Judgement(tags=("a",), ratings={"cost": cost, "scale": scale}, rationale="old")
    after = replace(before, verdict=Verdict.FAILS, ratings={"scale": ConstraintRating(Rating.PASS)}, tags=())
    onto = Judgement(forecast=0.2, ratings={"cost": cost, "signals": scale}, rationale="new", tags=("b",))
    assert carried_over(before, after, onto) == Judgement(
        Verdict.FAILS,
        forecast=0.2,
        ratings={"signals": scale, "scale": ConstraintRating(Rating.PASS)},
        rationale="new",
    )
    assert carried_over(before, before, onto) == onto
    day = replace(before, resolves_on="2027-03-31")
    assert carried_over(before, day, onto) == replace(onto, resolves_on="2027-03-31")
    assert carried_over(day, before, replace(onto, resolves_on="2027-03-31")) == onto
