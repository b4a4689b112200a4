"""Going through the stages of the sealed protocol: what is kept, what is refused, what is never undone."""

import json
from pathlib import Path

import pytest

from reviewer.domain.covering import COVER
from reviewer.domain.errors import UserError
from reviewer.domain.judgements import Judgement
from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Origin, Protocol, Role, Setting, Stage, Verdict
from reviewer.store import events
from reviewer.store.annotations import current_judgement
from reviewer.store.protocols import sees_evidence, sees_others, stage_of
from reviewer.workflow import browsing, judging
from reviewer.workflow.browsing import Asked
from reviewer.workflow.sealing import require_evidence, require_nothing_sealed
from reviewer.workflow.session import Session
from reviewer.workflow.views import ProblemReader
from reviewer.workflow.waiting_acts import WaitingAct, do_now, text_of
from tests.builders import act, build_session, context, held, judge, measured, record, table
from tests.workflow.sealed_stores import go_on, go_through, put_under, say, sealed_store


@pytest.fixture
def kim(tmp_path: Path) -> Session:
    """kim, in a sealed store of two proposals with numbers and three baselines."""
    store = sealed_store(
        tmp_path,
        *(
            record(f"p{i}", agent="agent-7", run="run-9", family="ue", claims=("It wins.",), hypothesis="It is so.",
                   measurements=(measured(0.5 + i / 10, setting=Setting.LAB),))
            for i in (1, 2)
        ),
        *(record(f"b{i}", Role.BASELINE, measurements=(measured(i / 10, setting=Setting.LAB),)) for i in (1, 3, 2)),
    )  # fmt: skip
    return build_session(store)


def stage(session: Session, method_id: int = 1) -> Stage | None:
    return stage_of(session.store.connection(), method_id, session.reviewer_id)


def test_a_stage_is_an_event_that_leaves_the_judgement_as_it_is(kim: Session) -> None:
    say(kim, 1, Stage.IDEA, 0.6, Verdict.SURVIVES)
    before = held(kim, 1)
    done = go_on(kim, 1, Stage.EVIDENCE)
    assert done is not None
    (event,) = done.events
    assert (event.kind, event.stage, event.snapshot) == (Act.REVEAL, Stage.EVIDENCE, before)
    assert held(kim, 1) == before
    assert stage(kim) is Stage.EVIDENCE
    assert [e.stage for e in events.history(kim.store.connection(), 1, kim.reviewer_id)] == ["idea", "idea", "evidence"]
    assert judging.describe_act([event], before) == "went on to the evidence"


def test_a_stage_is_gone_on_to_once_in_whichever_window(kim: Session) -> None:
    say(kim, 1, Stage.IDEA, 0.6, Verdict.SURVIVES)
    assert go_on(kim, 1, Stage.EVIDENCE) is not None
    assert go_on(kim, 1, Stage.EVIDENCE) is None
    assert go_on(kim, 1, Stage.OTHERS) is not None
    assert go_on(kim, 1, Stage.EVIDENCE) is None, "a window that was not refreshed"
    assert stage(kim) is Stage.OTHERS
    put_under(kim.store, Protocol.BLIND, now="2027-01-01")
    assert go_on(kim, 2, Stage.EVIDENCE) is None, "where it is not sealed there is nothing to go on to"


@pytest.mark.parametrize(("forecast", "verdict", "missing"), [
    (None, None, "forecast and verdict"), (0.5, None, "verdict"), (None, Verdict.FAILS, "forecast"),
])  # fmt: skip
def test_nothing_is_shown_before_a_forecast_and_a_verdict(
    kim: Session, forecast: float | None, verdict: Verdict | None, missing: str
) -> None:
    if forecast is not None:
        act(kim, 1, Act.FORECAST, judging.set_forecast(forecast))
    if verdict is not None:
        act(kim, 1, Act.VERDICT, judging.give_verdict(verdict))
        # As one that was given at a stage: without one it would be of before the store was sealed.
        act(kim, 1, Act.FLAG, judging.set_flag(True))
        kim.store.connection().execute("UPDATE current_judgements SET stage = 'idea'")
    with pytest.raises(UserError, match=f"before your own {missing}"):
        go_on(kim, 1, Stage.EVIDENCE)
    assert stage(kim) is Stage.IDEA


def test_undo_passes_over_what_was_seen_and_closes_nothing(kim: Session) -> None:
    go_through(kim, 1, (0.6, 0.3))
    reads = kim.store.connection()
    assert (sees_evidence(reads, 1, kim.reviewer_id), sees_others(reads, 1, kim.reviewer_id)) == (True, False)
    undone = []
    while (done := judging.undo(kim)) is not None:
        undone.append(done.words)
    assert undone == ["forecast 30 %", "fails", "forecast 60 %"]
    assert held(kim, 1) == Judgement()
    assert stage(kim) is Stage.EVIDENCE
    assert sees_evidence(reads, 1, kim.reviewer_id)
    again = []
    while (done := judging.redo(kim)) is not None:
        again.append(done.words)
    assert again == ["forecast 60 %", "fails", "forecast 30 %"]
    assert held(kim, 1).forecast == 0.3


def test_what_was_judged_before_it_was_sealed_stays_open_when_the_verdict_is_undone(kim: Session) -> None:
    put_under(kim.store, Protocol.BLIND, now="2026-01-01")
    judge(kim, 1)
    put_under(kim.store, Protocol.SEALED, now="2026-01-02")
    assert stage(kim) is Stage.OTHERS
    judging.undo(kim)
    assert stage(kim) is Stage.OTHERS


def test_a_stage_that_waited_beside_the_store_is_gone_on_to_once(kim: Session) -> None:
    say(kim, 1, Stage.IDEA, 0.6, Verdict.SURVIVES)
    now = held(kim, 1)
    (uuid,) = table(kim.store, "SELECT uuid FROM methods WHERE id = 1")[0]
    seen = context(kim, 1, stage=Stage.EVIDENCE, visible={"stage": "evidence"})
    waiting = text_of(WaitingAct("0" * 32, uuid, Act.REVEAL, now, now, seen, "evidence", 1.0))
    done = do_now(kim, waiting)
    assert done is not None
    assert (done.events[0].stage, stage(kim)) == (Stage.EVIDENCE, Stage.EVIDENCE)
    again = do_now(kim, waiting)
    assert again is not None
    assert [e.event_id for e in again.events] == [e.event_id for e in done.events]


def test_of_the_idea_its_text_alone_is_there(kim: Session) -> None:
    view = ProblemReader(kim, 1).view(1)
    assert (view.stage, view.protocol, view.is_sealed) == (Stage.IDEA, Protocol.SEALED, True)
    for method in (view.proposal, *(ranked.method for ranked in view.baselines)):
        assert (method.namespace, method.external_id, method.agent, method.run, method.family) == ("",) * 5
        assert (method.claims, method.measurements, method.origin) == ((), (), Origin.UNKNOWN)
        assert method.title
        assert method.body
        assert not any(method.provenance)
    assert view.proposal.hypothesis == "It is so."
    ids = [ranked.method.id for ranked in view.baselines]
    assert ids == sorted(ids), "in the order of their import"
    assert {ranked.method.title for ranked in view.baselines} == {f"Title of {COVER}"}
    assert {(ranked.value, ranked.reason) for ranked in view.baselines} == {(None, "")}
    assert (view.references, view.remarks, view.questions, view.outcome, view.seen) == ((), (), (), None, None)
    assert view.missing_for_next == ("forecast", "verdict")


def test_each_stage_shows_more(kim: Session) -> None:
    go_through(kim, 1, (0.6, 0.4))
    view = ProblemReader(kim, 1).view(1)
    assert (view.stage, view.is_sealed, view.sees_others, view.on_left) == (Stage.EVIDENCE, False, False, True)
    assert view.proposal.agent == "agent-7"
    assert view.proposal.measurements[0].value == 0.6
    assert view.baselines[0].method.external_id == "b3"
    go_on(kim, 1, Stage.OTHERS)
    view = ProblemReader(kim, 1).view(1)
    assert (view.stage, view.sees_others, view.next_stage) == (Stage.OTHERS, True, None)


def test_a_side_is_drawn_for_each_reviewer_and_proposal_and_stays(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, *(record(f"p{i}") for i in range(40)), record("b", Role.BASELINE))
    kim, lee = build_session(store), build_session(store, "lee")
    sides = [[ProblemReader(who, 1).view(i).on_left for i in range(1, 41)] for who in (kim, lee, kim)]
    assert sides[0] == sides[2] != sides[1]
    assert {True, False} == set(sides[0]) == set(sides[1])


def test_an_idea_that_stands_alone_stands_left(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, *(record(f"p{i}") for i in range(20)))
    kim = build_session(store)
    assert all(ProblemReader(kim, 1).view(i).on_left for i in range(1, 21))


def test_what_shows_all_is_refused_until_all_is_opened(kim: Session) -> None:
    with pytest.raises(UserError, match="judged sealed"):
        require_evidence(kim.store, 1, kim.reviewer_id)
    require_evidence(kim.store, 1, None)
    go_through(kim, 1, (0.6, 0.4))
    require_evidence(kim.store, 1, kim.reviewer_id)
    with pytest.raises(UserError, match="evidence of all of them"):
        require_nothing_sealed(kim.store, 1, kim.reviewer_id)
    go_through(kim, 2, (0.6, 0.4))
    require_nothing_sealed(kim.store, 1, kim.reviewer_id)
    require_nothing_sealed(kim.store, 1, None)


def test_what_was_before_the_reviewer_is_told_of_an_undo_too(kim: Session) -> None:
    say(kim, 1, Stage.IDEA, 0.6, Verdict.SURVIVES)
    go_on(kim, 1, Stage.EVIDENCE)
    judging.undo(kim)
    rows = table(kim.store, "SELECT kind, stage, visible FROM annotations ORDER BY id")
    assert [(kind, at) for kind, at, _ in rows][-2:] == [("reveal", "evidence"), ("undo", "evidence")]
    assert all(json.loads(visible) == {} for _, _, visible in rows)
    current = current_judgement(kim.store.connection(), 1, kim.reviewer_id)
    assert current is not None
    assert current.stage is Stage.EVIDENCE


def test_the_names_of_all_agents_are_covered_in_every_text_and_title(tmp_path: Path) -> None:
    records = [
        record(f"p{i}", agent=agent, title=f"{word} after gannet", body="It builds on Gannet and strix, in 4 layers.")
        for i, (agent, word) in enumerate((("strix", "One"), ("gannet", "Two"), ("", "Three"), ("Strix", "Four")), 1)
    ]
    kim = build_session(sealed_store(tmp_path, *records, record("b1", Role.BASELINE, body="Unlike strix.")))
    view = ProblemReader(kim, 1).view(1)
    assert view.proposal.title == f"One after {COVER}"
    assert view.proposal.body == f"It builds on {COVER} and {COVER}, in 4 layers."
    assert view.baselines[0].method.body == f"Unlike {COVER}."
    page = browsing.first_page(kim, Asked(1, QueueFilter(), Sort.IMPORTED), 9)
    assert [row.title for row in page.rows] == [f"{word} after {COVER}" for word in ("One", "Two", "Three", "Four")]
    found = {text: len(browsing.first_page(kim, Asked(1, QueueFilter(text=text), Sort.IMPORTED), 9).rows)
             for text in ("gannet", "strix", "builds")}  # fmt: skip
    assert found == {"gannet": 0, "strix": 0, "builds": 4}
