"""One act on several proposals that are alike: an event for each, undone as one, and nothing written over."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.judgements import Judgement
from reviewer.domain.vocabulary import Act, Protocol, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.events import history
from reviewer.store.health import examine_store
from reviewer.store.problems import counts
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow.grouping import group_all
from reviewer.workflow.judging import (
    Done,
    describe_act,
    give_verdict,
    perform,
    redo,
    set_condition,
    set_forecast,
    set_rationale,
    undo,
)
from reviewer.workflow.judging_alike import Along
from reviewer.workflow.session import Session
from reviewer.workflow.views import ProblemReader
from reviewer.workflow.waiting_acts import WaitingAct, do_now, text_of
from tests.builders import NOW, act, build_session, build_store, context, held, import_records, judge, table
from tests.workflow.alike_stores import idea
from tests.workflow.sealed_stores import go_on, put_under, say


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Four that stand together, each of an import of its own, and one that stands alone."""
    store = build_store(tmp_path)
    for i in range(4):
        import_records(store, idea(f"p{i}", value=i / 10))
    import_records(store, idea("alone", about=2))
    group_all(store)
    assert table(store, "SELECT id FROM alike ORDER BY id") == [(1,), (2,), (3,), (4,)]
    return store


@pytest.fixture
def kim(store: Store) -> Session:
    return build_session(store)


def along(session: Session, *method_ids: int, stage: Stage | None = None) -> list[Along]:
    uuids = dict(table(session.store, "SELECT id, uuid FROM methods"))
    return [
        Along(i, uuids[i], context(session, i, visible={"along": {"of": uuids[1]}}, stage=stage)) for i in method_ids
    ]


def judge_all(
    session: Session, verdict: Verdict = Verdict.SURVIVES, others: tuple[int, ...] = (2, 3, 4)
) -> Done | None:
    seen = context(session, 1)
    return perform(
        session, 1, Act.VERDICT, give_verdict(verdict), seen, words="", seconds=9.0, act_id="one",
        along=along(session, *others),
    )  # fmt: skip


def verdicts(session: Session) -> list[Verdict | None]:
    return [held(session, i).verdict for i in (1, 2, 3, 4)]


def test_an_act_on_several_is_an_event_for_each_with_its_own_revision_and_what_was_seen(kim: Session) -> None:
    done = judge_all(kim)
    assert done is not None
    assert [event.method_id for event in done.events] == [1, 2, 3, 4]
    rows = table(
        kim.store,
        "SELECT a.act, a.method_id, a.revision_id = m.revision_id, a.seconds, a.baseline_id, a.visible "
        "FROM annotations a JOIN methods m ON m.id = a.method_id ORDER BY a.id",
    )
    assert {row[0] for row in rows} == {"one"}
    assert [row[1:4] for row in rows] == [(1, 1, 9.0), (2, 1, 0.0), (3, 1, 0.0), (4, 1, 0.0)]
    assert ["along" in json.loads(row[5]) for row in rows] == [False, True, True, True]
    assert verdicts(kim) == [Verdict.SURVIVES] * 4
    assert counts(kim.store.connection(), 1, kim.reviewer_id).judged == 4
    assert examine_store(kim.store.path).stale_judgements == 0


def test_one_undo_takes_all_of_it_back_and_one_redo_does_it_again(kim: Session) -> None:
    act(kim, 3, Act.RATIONALE, set_rationale("Said before."))
    judge_all(kim)
    undone = undo(kim)
    assert undone is not None
    assert undone.words == "survives on 4 that are alike"
    assert [event.method_id for event in undone.events] == [1, 2, 3, 4]
    assert verdicts(kim) == [None] * 4
    assert held(kim, 3).rationale == "Said before."
    done = redo(kim)
    assert done is not None
    assert done.words == "survives on 4 that are alike"
    assert verdicts(kim) == [Verdict.SURVIVES] * 4
    undo(kim)
    undo(kim)
    assert held(kim, 3) == Judgement()
    assert undo(kim) is None


def test_what_was_said_of_one_by_itself_stands(kim: Session) -> None:
    judge(kim, 2, Verdict.FAILS)
    act(kim, 3, Act.FORECAST, set_forecast(0.9))
    perform(kim, 1, Act.FORECAST, set_forecast(0.2), context(kim, 1), words="", act_id="f", along=along(kim, 2, 3, 4))
    assert [held(kim, i).forecast for i in (1, 2, 3, 4)] == [0.2, None, 0.9, 0.2]
    judge_all(kim)
    assert verdicts(kim) == [Verdict.SURVIVES, Verdict.FAILS, Verdict.SURVIVES, Verdict.SURVIVES]
    assert held(kim, 3).forecast == 0.9
    undo(kim)
    assert verdicts(kim) == [None, Verdict.FAILS, None, None]


def test_a_condition_goes_with_the_verdict_that_was_given_to_all(kim: Session) -> None:
    judge(kim, 2, Verdict.FAILS)
    judge_all(kim, Verdict.CONDITIONAL)
    told = set_condition("the labels are clean", "a pilot")
    perform(kim, 1, Act.CONDITION, told, context(kim, 1), words="", act_id="c", along=along(kim, 2, 3, 4))
    assert [held(kim, i).condition for i in (1, 2, 3, 4)] == [
        "the labels are clean", "", "the labels are clean", "the labels are clean",
    ]  # fmt: skip
    other = set_condition("another", "")
    perform(kim, 1, Act.CONDITION, other, context(kim, 1), words="", act_id="d", along=along(kim, 3))
    assert held(kim, 3).condition == "the labels are clean"


def test_what_changed_or_went_meanwhile_is_left_out(kim: Session) -> None:
    others = along(kim, 2, 3, 4)
    import_records(kim.store, idea("p1", value=0.77))
    withdraw_import(kim.store, 3, NOW)
    perform(kim, 1, Act.VERDICT, give_verdict(Verdict.FAILS), context(kim, 1), words="", act_id="x", along=others)
    assert [held(kim, i).verdict for i in (1, 2, 4)] == [Verdict.FAILS, None, Verdict.FAILS]
    assert table(kim.store, "SELECT count(*) FROM annotations WHERE method_id = 3") == [(0,)]


def test_tried_again_it_is_there_once(kim: Session) -> None:
    first, again = judge_all(kim), judge_all(kim)
    assert again is not None
    assert first is not None
    assert [event.event_id for event in again.events] == [event.event_id for event in first.events]
    assert table(kim.store, "SELECT count(*) FROM annotations") == [(4,)]


def forecast_all(session: Session, forecast: float, act_id: str) -> Done | None:
    return perform(
        session, 1, Act.FORECAST, set_forecast(forecast), context(session, 1), words="", act_id=act_id,
        along=along(session, 2, 3, 4), part_of="all",
    )  # fmt: skip


def fail_all(session: Session) -> Done | None:
    return perform(
        session, 1, Act.VERDICT, give_verdict(Verdict.FAILS), context(session, 1), words="", act_id="v",
        along=along(session, 2, 3, 4), part_of="all",
    )  # fmt: skip


def said(session: Session) -> list[tuple[float | None, Verdict | None]]:
    return [(held(session, i).forecast, held(session, i).verdict) for i in (1, 2, 3, 4)]


def test_a_forecast_its_correction_and_the_verdict_are_one_act(kim: Session) -> None:
    act(kim, 3, Act.FORECAST, set_forecast(0.9))
    forecast_all(kim, 0.4, "f")
    forecast_all(kim, 0.7, "g")
    fail_all(kim)
    assert {act_id for (act_id,) in table(kim.store, "SELECT act FROM annotations WHERE id > 1")} == {"all"}
    judged = [(0.7, Verdict.FAILS), (0.7, Verdict.FAILS), (0.9, Verdict.FAILS), (0.7, Verdict.FAILS)]
    assert said(kim) == judged
    undone = undo(kim)
    assert undone is not None
    assert undone.words == "forecast 70 %, fails on 4 that are alike"
    assert said(kim) == [(None, None), (None, None), (0.9, None), (None, None)]
    redo(kim)
    assert said(kim) == judged


def test_each_part_tried_again_is_there_once(kim: Session) -> None:
    for _ in range(2):
        forecast_all(kim, 0.4, "f")
    for _ in range(2):
        done = fail_all(kim)
        assert done is not None
        assert [(event.method_id, event.kind) for event in done.events] == [(i, Act.VERDICT) for i in (1, 2, 3, 4)]
    assert table(kim.store, "SELECT count(*) FROM annotations") == [(8,)]


def test_what_another_window_said_in_between_is_undone_by_itself(kim: Session) -> None:
    forecast_all(kim, 0.4, "f")
    act(kim, 2, Act.RATIONALE, set_rationale("From the other window."))
    for _ in range(2):
        done = fail_all(kim)
        assert done is not None
        assert done.act_id == "v"
    undo(kim)
    assert said(kim) == [(0.4, None)] * 4
    assert held(kim, 2).rationale == "From the other window."


def test_nobody_elses_judgement_is_touched(kim: Session) -> None:
    noor = build_session(kim.store, "noor")
    judge(noor, 2, Verdict.FAILS)
    judge_all(kim)
    assert verdicts(noor) == [None, Verdict.FAILS, None, None]
    assert verdicts(kim) == [Verdict.SURVIVES] * 4


def test_in_the_sealed_protocol_only_those_at_the_same_stage_are_judged(kim: Session) -> None:
    put_under(kim.store, Protocol.SEALED)
    say(kim, 2, Stage.IDEA, 0.4, Verdict.FAILS)
    undo(kim)
    say(kim, 3, Stage.IDEA, 0.4, Verdict.FAILS)
    go_on(kim, 3, Stage.EVIDENCE)
    undo(kim)
    assert verdicts(kim) == [None] * 4
    seen = context(kim, 1, stage=Stage.IDEA)
    done = perform(
        kim, 1, Act.VERDICT, give_verdict(Verdict.SURVIVES), seen, words="", act_id="one",
        along=along(kim, 2, 3, 4, stage=Stage.IDEA),
    )  # fmt: skip
    assert done is not None
    assert [(event.method_id, event.stage) for event in done.events] == [
        (1, Stage.IDEA), (2, Stage.IDEA), (4, Stage.IDEA),
    ]  # fmt: skip
    assert held(kim, 3).verdict is None


def test_the_view_of_a_proposal_knows_with_whom_it_stands(kim: Session) -> None:
    judge(kim, 3, Verdict.FAILS)
    view = ProblemReader(kim, 1).view(1)
    assert [(mate.method_id, mate.verdict) for mate in view.alike] == [(2, None), (3, Verdict.FAILS), (4, None)]
    assert ProblemReader(kim, 1).view(5).alike == ()


def test_an_act_on_several_that_had_to_wait_is_done_on_all(kim: Session) -> None:
    judgement = Judgement()
    act_ = WaitingAct(
        "later",
        table(kim.store, "SELECT uuid FROM methods WHERE id = 1")[0][0],
        Act.VERDICT,
        judgement,
        replace(judgement, verdict=Verdict.FAILS),
        context(kim, 1),
        "fails",
        3.0,
        along=tuple(along(kim, 2, 3)),
        part_of="all",
    )
    for _ in range(2):
        done = do_now(kim, text_of(act_))
        assert done is not None
        assert [(event.method_id, event.act_id) for event in done.events] == [(1, "all"), (2, "all"), (3, "all")]
    assert verdicts(kim) == [Verdict.FAILS, Verdict.FAILS, Verdict.FAILS, None]
    undo(kim)
    assert verdicts(kim) == [None] * 4


def test_the_history_of_each_has_its_own_event(kim: Session) -> None:
    judge_all(kim)
    (event,) = history(kim.store.connection(), 4, kim.reviewer_id)
    assert (event.kind, event.snapshot.verdict, event.act_id) == (Act.VERDICT, Verdict.SURVIVES, "one")
    assert describe_act((event,), Judgement()) == "survives"


def test_what_waited_for_one_that_was_found_to_be_a_sighting_meanwhile_is_said_of_that_one(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    import_records(store, idea("p1", namespace="a"))
    import_records(store, idea("p2", namespace="b"))
    kim = build_session(store)
    judge(kim, 1, Verdict.SURVIVES)
    ((uuid,),) = table(store, "SELECT uuid FROM methods WHERE id = 2")
    nothing = Judgement()
    after = give_verdict(Verdict.FAILS)(nothing)
    waiting = text_of(WaitingAct("one", uuid, Act.VERDICT, nothing, after, context(kim, 2), "", 1.0))
    group_all(store)
    assert table(store, "SELECT id, first_id FROM sightings") == [(2, 1)]
    assert do_now(kim, waiting) is not None
    group_all(store)
    assert (held(kim, 1).verdict, held(kim, 2).verdict) == (Verdict.SURVIVES, Verdict.FAILS)
    assert table(store, "SELECT id FROM sightings") == []
