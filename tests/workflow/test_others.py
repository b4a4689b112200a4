"""What others hold of a proposal: all of it to whoever may see it, and nothing that depends on them before."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.covering import COVER
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Protocol, Rating, Verdict
from reviewer.judgement.aggregate import LEAST_OUTCOMES, Extremising
from reviewer.store.connection import Store
from reviewer.store.others import HeldScore
from reviewer.store.protocols import set_protocol
from reviewer.workflow.adjudicating import adjudicate
from reviewer.workflow.judging import rate, set_forecast, undo
from reviewer.workflow.others import Others, how_far_apart, learnt_of, moved_words, others_on
from tests.builders import NOW, act, build_session, build_store, import_records, judge, record
from tests.workflow.judged_stores import end, give


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record(), record("p2"))
    yield store
    store.close()


def set_to(store: Store, protocol: Protocol) -> None:
    with store.write() as connection:
        set_protocol(connection, None, protocol, set_by="kim", now=NOW)


def rate_as(store: Store, name: str, rating: Rating) -> None:
    session = build_session(store, name)
    act(session, 1, Act.RATING, rate("scale", ConstraintRating(rating)))


def test_each_judgement_is_there_ones_own_first_with_what_they_come_to(store: Store) -> None:
    kim, ann, bo = (build_session(store, name) for name in ("kim", "ann", "bo"))
    give(kim, 1, 0.2, Verdict.FAILS)
    give(ann, 1, 0.8)
    judge(bo, 1, Verdict.CONDITIONAL)
    rate_as(store, "ann", Rating.PASS)
    rate_as(store, "bo", Rating.BLOCKER)
    seen = others_on(store, 1, kim.reviewer_id)
    assert seen.why_not == ""
    assert [(one.held.reviewer, one.is_own, one.of_older_text) for one in seen.judgements] == [
        ("kim", True, False), ("ann", False, False), ("bo", False, False),
    ]  # fmt: skip
    assert seen.aggregate is not None
    assert (seen.aggregate.n, seen.aggregate.lowest, seen.aggregate.highest) == (2, 0.2, 0.8)
    assert seen.aggregate.odds_mean == pytest.approx(0.5)
    assert seen.width == 1.0
    assert how_far_apart(seen) == "They are as far apart as they could be: verdicts from survives to fails."
    assert [(one.slug, one.width) for one in seen.apart] == [("scale", 1.0)]
    assert len(seen.events) == 3


def test_before_ones_own_verdict_there_is_the_sentence_alone_whatever_others_say(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    act(kim, 1, Act.FORECAST, set_forecast(0.4))
    before = others_on(store, 1, kim.reviewer_id)
    assert before == Others("Title of p1", "Others' judgements are shown after your own verdict.")
    give(ann, 1, 0.8)
    rate_as(store, "ann", Rating.BLOCKER)
    adjudicate(ann, 1, Adjudication(Verdict.FAILS))
    assert others_on(store, 1, kim.reviewer_id) == before
    assert others_on(store, 1, 0) == before
    judge(kim, 1)
    assert len(others_on(store, 1, kim.reviewer_id).judgements) == 2
    undo(kim)
    assert others_on(store, 1, kim.reviewer_id) == before


def test_the_sealed_protocol_says_that_it_is_after_the_last_stage_and_the_open_one_hides_nothing(store: Store) -> None:
    judge(build_session(store, "ann"), 1)
    set_to(store, Protocol.SEALED)
    sealed = others_on(store, 1, build_session(store).reviewer_id)
    assert "after the last stage" in sealed.why_not
    assert sealed == Others(f"Title of {COVER}", sealed.why_not)
    set_to(store, Protocol.OPEN)
    assert len(others_on(store, 1, 0).judgements) == 1


def test_what_is_of_an_older_text_is_marked_and_numbered(store: Store) -> None:
    kim = build_session(store)
    judge(kim, 1)
    import_records(store, record(body="Another body."))
    seen = others_on(store, 1, kim.reviewer_id)
    (one,) = seen.judgements
    assert one.of_older_text
    assert (seen.numbers[one.held.revision_id], seen.numbers[seen.revision_id]) == (1, 2)


def test_what_came_in_a_file_is_marked_with_its_scores_on_their_own_scales(store: Store) -> None:
    kim, r1 = build_session(store), build_session(store, "R1")
    judge(kim, 1)
    judge(r1, 1, Verdict.FAILS)
    act(r1, 1, Act.FORECAST, set_forecast(0.3))
    with store.write() as connection:
        connection.execute("UPDATE reviewers SET imported_from = 'reviews.csv' WHERE name = 'R1'")
        for name, words, value, lowest, highest in (
            ("score", "[]", 7.5, 1, 10), ("sound", '["no", "yes"]', 1, None, None),
        ):  # fmt: skip
            scale = connection.execute(
                "INSERT INTO scales (problem_id, name, kind, lowest, highest, words) VALUES (1, ?, 'ordinal', ?, ?, ?)",
                (name, lowest, highest, words),
            ).lastrowid
            # Of the first event: what was said elsewhere stays, whatever is said later.
            connection.execute("INSERT INTO scores (annotation_id, scale_id, value) VALUES (2, ?, ?)", (scale, value))
    ours, theirs = others_on(store, 1, kim.reviewer_id).judgements
    assert (ours.held.imported_from, ours.scores) == (None, ())
    assert theirs.held.imported_from == "reviews.csv"
    assert theirs.scores == (HeldScore("score", 7.5, 1.0, 10.0, ""), HeldScore("sound", 1.0, None, None, "yes"))


def test_how_far_they_stand_apart_is_said_of_verdicts_or_forecasts_whichever_is_more(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    give(kim, 1, 0.2)
    assert how_far_apart(others_on(store, 1, kim.reviewer_id)) == ""
    give(ann, 1, 0.2)
    assert how_far_apart(others_on(store, 1, kim.reviewer_id)) == "They do not stand apart in verdict or forecast."
    act(ann, 1, Act.FORECAST, set_forecast(0.9))
    told = how_far_apart(others_on(store, 1, kim.reviewer_id))
    assert told == "They are 70 % as far apart as they could be: forecasts from 20 % to 90 %."


def test_the_aggregate_is_moved_by_nothing_before_50_outcomes_that_the_viewer_may_see(tmp_path: Path) -> None:
    n = LEAST_OUTCOMES
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(n + 1)), name="many.db")
    kim, ann = build_session(store), build_session(store, "ann")
    for method_id in range(1, n + 1):
        survived = method_id % 3 != 0
        give(ann, method_id, 0.65 if survived else 0.4)
        if method_id > 1:
            judge(kim, method_id)
        end(store, method_id, survived)
    give(kim, n + 1, 0.7)
    seen = others_on(store, n + 1, kim.reviewer_id)
    short = learnt_of(store, n + 1, kim.reviewer_id)
    assert (short.outcomes, short.a) == (n - 1, None)
    assert moved_words(seen, short).endswith("1 outcome is missing.")
    judge(kim, 1)
    learnt = learnt_of(store, n + 1, kim.reviewer_id)
    assert learnt.outcomes == n
    assert learnt.a is not None
    assert learnt.a > 1
    assert "It would be 7" in moved_words(seen, learnt)
    assert learnt.caution in moved_words(seen, learnt)
    assert moved_words(Others("x"), Extremising(0)) == ""
    store.close()
