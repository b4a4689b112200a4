"""Acts that could not be saved come back from their text as they were, and are saved once."""

import json
from functools import partial
from pathlib import Path

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.judgements import Change, ConstraintRating, Judgement
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.store.drafts import WaitingText
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from reviewer.workflow.waiting_acts import WaitingAct, WaitingReversal, do_now, text_of
from tests.builders import PROBLEM, act, build_session, build_store, context, held, judge, record, table


@pytest.fixture
def kim(tmp_path: Path) -> Session:
    return build_session(build_store(tmp_path, *(record(f"p{i}") for i in range(1, 4))))


def waits(session: Session, method_id: int, kind: Act, change: Change, **more: object) -> WaitingText:
    """Return an act that was done on what is held now, as it is written down."""
    ((uuid,),) = table(session.store, "SELECT uuid FROM methods WHERE id = ?", (method_id,))
    before = held(session, method_id)
    made = WaitingAct(f"{kind}-{method_id}", uuid, kind, before, change(before), context(session, method_id), "w", 1.5)
    return text_of(WaitingAct(**{name: getattr(made, name) for name in made.__slots__} | more))


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (Act.VERDICT, judging.give_verdict(Verdict.FAILS)),
        (Act.FORECAST, judging.set_forecast(0.35)),
        (Act.RATING, judging.rate("cost", ConstraintRating(Rating.BLOCKER, "too dear"))),
        (Act.RATIONALE, judging.set_rationale("why \u202e it is")),
        (Act.TAGS, judging.set_tags(["a", "b"])),
        (Act.FLAG, judging.set_flag(True)),
        (Act.SKIP, judging.skip),
    ],
)
def test_an_act_is_done_once_and_leaves_alone_what_it_left_alone(kim: Session, kind: Act, change: Change) -> None:
    waiting = waits(kim, 1, kind, change)
    act(kim, 1, Act.CONDITION, judging.set_condition("", "said in another window meanwhile"))
    expected = change(held(kim, 1))
    done = do_now(kim, waiting)
    assert done is not None
    assert held(kim, 1) == expected
    assert (done.events[0].kind, done.events[0].seconds) == (kind, 1.5)
    judging.undo(kim)
    assert do_now(kim, waiting) is not None, "it is there"
    assert held(kim, 1) != expected, "and was undone since"


def test_an_undo_that_waited_takes_back_one_act(kim: Session) -> None:
    judge(kim, 1)
    judge(kim, 2)
    undo = text_of(WaitingReversal("undo-1", PROBLEM.slug, Act.UNDO))
    redo = text_of(WaitingReversal("redo-1", PROBLEM.slug, Act.REDO))
    for waiting, words, expected in ((undo, "survives", None), (redo, "survives", Verdict.SURVIVES)):
        for _ in range(2):
            done = do_now(kim, waiting)
            assert done is not None
            assert (done.words, done.title) == (words, "Title of p2")
            assert [held(kim, m).verdict for m in (1, 2)] == [Verdict.SURVIVES, expected]


def test_a_text_that_was_changed_meanwhile_is_not_written_over(kim: Session) -> None:
    waiting = waits(kim, 1, Act.RATIONALE, judging.set_rationale("mine"), began_with=Judgement())
    act(kim, 1, Act.RATIONALE, judging.set_rationale("theirs"))
    with pytest.raises(UserError, match="changed elsewhere meanwhile"):
        do_now(kim, waiting)
    assert held(kim, 1).rationale == "theirs"


def test_what_is_about_another_store_is_left(kim: Session) -> None:
    waiting = waits(kim, 1, Act.FLAG, judging.set_flag(True))
    elsewhere = WaitingText("a", json.dumps({**json.loads(waiting.text), "proposal": "of another store"}))
    for text in (elsewhere, text_of(WaitingReversal("b", "no problem of ours", Act.UNDO))):
        with pytest.raises(LookupError):
            do_now(kim, text)
    for broken in ("", "{}", json.dumps({"kind": "later"}), json.dumps({"kind": "flag", "proposal": "p"})):
        with pytest.raises((ValueError, KeyError)):
            do_now(kim, WaitingText("c", broken))
    assert table(kim.store, "SELECT count(*) FROM annotations") == [(0,)]


def test_the_same_act_is_there_once(kim: Session) -> None:
    flag = partial(
        judging.perform, kim, 1, Act.FLAG, judging.set_flag(True), context(kim, 1), words="flag", act_id="flag-1"
    )
    first = flag()
    judging.perform(kim, 1, Act.FLAG, judging.set_flag(False), context(kim, 1), words="flag taken off")
    again = flag()
    assert first is not None
    assert again is not None
    assert [event.event_id for event in again.events] == [event.event_id for event in first.events]
    assert not held(kim, 1).flagged
