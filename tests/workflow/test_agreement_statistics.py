"""How far reviewers agree, from the counts of the store."""

from pathlib import Path

import pytest

from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.judgement.alpha import alpha_of
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.agreement_statistics import VERDICT_SCALE, agreement_sections, tallies_of
from reviewer.workflow.critique_statistics import AfterCritiques
from reviewer.workflow.statistic_sections import Section, Viewer
from tests.builders import act, build_session, build_store, judge, record
from tests.judgement.rated import tallied

WORDS = tuple(map(Verdict, VERDICT_SCALE.categories))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, *(record(f"p{i}") for i in range(1, 13)))


def sections(store: Store) -> dict[str, Section]:
    told = agreement_sections(store.connection(), 1, Viewer(everyone=True), AfterCritiques())
    return {section.of: section for section in told}


def test_verdict_forecast_and_each_constraint_are_told_over_first_and_current_judgements(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for session in (kim, noor):
        judge(session, 1, Verdict.FAILS)
        act(session, 1, Act.RATING, judging.rate("cost", ConstraintRating(Rating.PASS)))
    judge(noor, 1, Verdict.SURVIVES)
    found = sections(store)
    assert list(found) == [
        "verdict, first judgements", "verdict, current judgements",
        "forecast, first judgements", "forecast, current judgements",
        "constraint cost, first judgements", "constraint cost, current judgements",
    ]  # fmt: skip
    first, current = (found[f"verdict, {which} judgements"].figures[0] for which in ("first", "current"))
    assert (first.value, current.value, first.n) == (1, 0, 1)
    said = [section.sentences for section in found.values() if section.sentences]
    assert said == [("Agreement does not say who is right, and α counts leniency as disagreement.",)]


@pytest.mark.parametrize(("n", "shown"), [(9, False), (10, True)])
def test_alpha_is_shown_from_ten_doubly_reviewed_proposals_on(store: Store, n: int, shown: bool) -> None:
    for name in ("kim", "noor"):
        session = build_session(store, name)
        for method_id in range(1, n + 1):
            judge(session, method_id, WORDS[(method_id * (len(name) - 1) // 2) % 3])
    alpha = sections(store)["verdict, first judgements"].figures[1]
    assert (alpha.value is not None) is shown
    assert ("1 is missing" in alpha.reason) is not shown


def test_ways_become_the_tallies_that_the_ratings_one_by_one_make() -> None:
    given = [(1, "fails"), (1, "survives"), (2, "survives"), (2, "survives"), (3, "survives"), (3, "fails")]
    ways = {(("fails", 1), ("survives", 1)): 2, (("survives", 2),): 1}
    one_by_one = tallied(VERDICT_SCALE, ((unit, VERDICT_SCALE.place(word)) for unit, word in given))
    assert tallies_of(VERDICT_SCALE, ways) == one_by_one
    assert alpha_of(tallies_of(VERDICT_SCALE, ways)) == alpha_of(one_by_one)


def test_one_reviewer_alone_is_told(store: Store) -> None:
    judge(build_session(store), 1)
    assert sections(store)["verdict, first judgements"].figures[0].reason == (
        "No agreement: one reviewer alone has judged; α needs 10 proposals with two reviews or more."
    )
