"""When proposals were judged and how long that took: one reviewer's, of one problem."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.store.connection import Store
from reviewer.store.pace import judged_and_ended, judged_by_day, judged_in_seconds
from reviewer.store.problems import counts, kept_counts
from reviewer.workflow import judging
from reviewer.workflow.session import Session
from tests.builders import PROBLEM, act, build_session, build_store, import_records, judge, record
from tests.workflow.judged_stores import end
from tests.workflow.sealed_stores import go_through, put_under


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, *(record(f"p{i}") for i in range(1, 6)))


def on_day(session: Session, day: int) -> Session:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=day)
    return replace(session, clock=lambda: moment)


def timed(session: Session, method_id: int, verdict: Verdict, seconds: float) -> None:
    act(session, method_id, Act.VERDICT, judging.give_verdict(verdict), words="", seconds=seconds)


def test_a_proposal_counts_for_the_day_on_which_it_was_first_looked_at(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    act(on_day(kim, 0), 1, Act.FORECAST, judging.set_forecast(0.5))
    judge(on_day(kim, 2), 1)
    judge(on_day(kim, 2), 2)
    judge(on_day(kim, 2), 3)
    act(on_day(kim, 3), 4, Act.FORECAST, judging.set_forecast(0.5))
    judge(on_day(noor, 5), 5)
    connection = store.connection()
    assert list(judged_by_day(connection, 1, kim.reviewer_id)) == [("2026-03-01", 1), ("2026-03-03", 2)]
    assert list(judged_by_day(connection, 1, 99)) == []


def test_seconds_are_counted_by_verdict_and_what_was_not_timed_is_left_out(store: Store) -> None:
    kim = build_session(store)
    timed(kim, 1, Verdict.FAILS, 60.4)
    timed(kim, 2, Verdict.FAILS, 59.6)
    timed(kim, 3, Verdict.SURVIVES, 61.2)
    timed(kim, 4, Verdict.SURVIVES, 0)
    assert judged_in_seconds(store.connection(), 1, kim.reviewer_id) == {"fails": {60: 2}, "survives": {61: 1}}


def test_outcomes_are_counted_of_what_one_has_judged(store: Store) -> None:
    import_records(store, record("q1", problem="other"), problem=replace(PROBLEM, slug="other"))
    kim, noor = build_session(store), build_session(store, "noor")
    for method_id in (1, 2, 6):
        judge(kim, method_id)
    judge(noor, 3)
    for method_id in (1, 3, 6):
        end(store, method_id, True)
    connection = store.connection()
    assert judged_and_ended(connection, 1, kim.reviewer_id, 7) == (7, 7, 1)
    assert judged_and_ended(connection, 2, kim.reviewer_id, 7) == (7, 7, 1)
    assert judged_and_ended(connection, 1, noor.reviewer_id, 7) == (7, 7, 1)


def test_what_is_sealed_counts_as_neither_open_nor_known_and_what_is_half_way_as_not_judged(store: Store) -> None:
    import_records(store, record("q1", problem="other"), problem=replace(PROBLEM, slug="other"))
    kim, noor = build_session(store), build_session(store, "noor")
    judge(kim, 1)
    put_under(store, Protocol.SEALED)
    for method_id, stages in ((2, 1), (3, 2), (4, 3), (6, 3)):
        go_through(kim, method_id, (0.5,) * stages)
    go_through(noor, 5, (0.5,))
    for method_id in (1, 2, 3, 5, 6):
        end(store, method_id, True)
    connection = store.connection()
    kept = kept_counts(connection, 1, kim.reviewer_id)
    assert kept.judged == 4
    # 1 was judged before it was sealed and 4 to the end: that is the last word. Of 1 and 3 the outcome may be seen.
    assert judged_and_ended(connection, 1, kim.reviewer_id, kept.judged) == (2, 2, 2)
    assert judged_and_ended(connection, 2, kim.reviewer_id, 1) == (1, 1, 1)
    assert counts(connection, 1, kim.reviewer_id).judged == 2
    assert sum(n for _, n in judged_by_day(connection, 1, kim.reviewer_id)) == 2
