"""Adjudicating: only once one's own judgement is in, and beside the judgements, which stay to the byte."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.errors import UserError
from reviewer.domain.vocabulary import Act, Protocol, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.workflow.adjudicating import adjudicate, adjudication_words, retract_adjudication
from reviewer.workflow.judging import give_verdict, set_forecast, undo
from reviewer.workflow.others import others_on
from tests.builders import NOW, act, build_session, build_store, judge, record, table

FAILS = Adjudication(Verdict.FAILS, 0.1, rationale="the noise is larger")
ALL_BUT_IT = ("current_judgements", "annotations", "counts", "judgement_sums", "first_judgements")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record(), record("p2"))
    yield store
    store.close()


def rows(store: Store) -> list[list[tuple[object, ...]]]:
    return [table(store, f"SELECT * FROM {name} ORDER BY id") for name in ALL_BUT_IT]


def set_to(store: Store, protocol: Protocol) -> None:
    with store.write() as connection:
        set_protocol(connection, None, protocol, set_by="kim", now=NOW)


def test_it_leaves_every_judgement_as_it_was_the_adjudicators_own_too(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    judge(kim, 1)
    act(kim, 1, Act.FORECAST, set_forecast(0.9))
    judge(ann, 1, Verdict.FAILS)
    before = rows(store)
    event = adjudicate(kim, 1, FAILS)
    assert event is not None
    assert (event.adjudication, event.said_by, len(event.judgements)) == (FAILS, "kim", 2)
    retract_adjudication(kim, 1, " early ")
    assert rows(store) == before
    last = [uuid for (uuid,) in table(store, "SELECT a.uuid FROM current_judgements j JOIN annotations a ON "
                                             "a.id = j.annotation_id ORDER BY j.id")]  # fmt: skip
    assert sorted(event.judgements) == sorted(last)


def test_it_is_refused_before_ones_own_judgement_is_in_and_again_once_that_is_undone(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    judge(ann, 1)
    adjudicate(ann, 1, FAILS)
    act(kim, 1, Act.FORECAST, set_forecast(0.5))
    with pytest.raises(UserError, match="Your own judgement of this proposal is not in"):
        adjudicate(kim, 1, FAILS)
    with pytest.raises(UserError, match="Your own judgement of this proposal is not in"):
        retract_adjudication(kim, 1)
    judge(kim, 1)
    assert adjudicate(kim, 1, FAILS) is not None
    undo(kim)
    with pytest.raises(UserError, match="Your own judgement"):
        retract_adjudication(kim, 1)


def test_in_the_sealed_protocol_it_waits_for_the_last_stage_and_in_the_open_one_for_nothing(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    judge(ann, 1)
    set_to(store, Protocol.SEALED)
    act(kim, 1, Act.VERDICT, give_verdict(Verdict.FAILS))
    # The stage that the verdict was given in, as the sealed screens write it down.
    with store.write() as connection:
        connection.execute("UPDATE current_judgements SET stage = ? WHERE reviewer_id = 1", (Stage.EVIDENCE,))
    with pytest.raises(UserError, match="Your own judgement"):
        adjudicate(kim, 1, FAILS)
    set_to(store, Protocol.OPEN)
    undo(kim)
    assert adjudicate(kim, 1, FAILS) is not None


def test_there_must_be_something_to_adjudicate_and_to_take_back(store: Store) -> None:
    set_to(store, Protocol.OPEN)
    kim = build_session(store)
    with pytest.raises(UserError, match="Nobody has judged this proposal yet"):
        adjudicate(kim, 1, FAILS)
    with pytest.raises(UserError, match="Nobody has adjudicated this proposal"):
        retract_adjudication(kim, 1)


def test_the_same_said_again_changes_nothing_but_of_other_judgements_it_does(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    judge(kim, 1)
    first = adjudicate(kim, 1, FAILS)
    assert first is not None
    assert adjudicate(kim, 1, FAILS) is None
    judge(ann, 1)
    second = adjudicate(kim, 1, FAILS)
    assert second is not None
    assert second.supersedes == first.event_id
    assert others_on(store, 1, kim.reviewer_id).adjudication == second


def test_its_words_are_safe_and_leave_out_what_was_left_out() -> None:
    said = Adjudication(Verdict.CONDITIONAL, 0.4, "labels \x1b[2J stay", "why\nnot")
    assert adjudication_words(said) == "conditional if labels ␛[2J stay, 40 %, “why not”"
    assert adjudication_words(Adjudication(Verdict.CANNOT_TELL)) == "can't tell"
