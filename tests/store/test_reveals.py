"""What was held before each stage of the sealed protocol and at its end, as the events tell it."""

from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Result, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.reveals import stream_reveals
from tests.builders import build_session, measured, record
from tests.workflow.judged_stores import end
from tests.workflow.sealed_stores import go_on, go_through, say, sealed_store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return sealed_store(tmp_path, *(record(f"p{i}", measurements=(measured(),)) for i in range(1, 5)))


def found(store: Store, viewer_id: int | None = None) -> list[tuple[int, str, str, float | None, float | None]]:
    rows = list(stream_reveals(store.connection(), 1, viewer_id))
    return [(r.method_id, r.reviewer, str(r.stage), r.before.forecast, r.after.forecast) for r in rows]


def test_a_stage_is_from_the_going_on_to_it_to_the_going_on_from_it(store: Store) -> None:
    kim = build_session(store)
    go_through(kim, 1, (0.6, 0.4))
    assert found(store) == [], "the evidence is not done with yet"
    go_on(kim, 1, Stage.OTHERS)
    assert found(store) == [(1, "kim", "evidence", 0.6, 0.4), (1, "kim", "others", 0.4, 0.4)]
    say(kim, 1, Stage.OTHERS, 0.2, Verdict.SURVIVES)
    assert found(store)[1] == (1, "kim", "others", 0.4, 0.2)
    (_, last) = stream_reveals(store.connection(), 1, None)
    assert (last.before.verdict, last.after.verdict) == (Verdict.FAILS, Verdict.SURVIVES)


def test_of_others_those_alone_that_the_viewer_may_see(store: Store) -> None:
    kim, lee = build_session(store), build_session(store, "lee")
    for session in (kim, lee):
        go_through(session, 1, (0.6, 0.4, 0.4))
        go_through(session, 2, (0.6, 0.4))
    go_on(lee, 2, Stage.OTHERS)
    assert {(m, who) for m, who, *_ in found(store)} == {(1, "kim"), (1, "lee"), (2, "lee")}
    assert {(m, who) for m, who, *_ in found(store, kim.reviewer_id)} == {(1, "kim"), (1, "lee")}
    assert found(store, 0) == []


def test_what_is_said_once_an_outcome_can_be_seen_is_not_what_others_changed(store: Store) -> None:
    """The sessions of the tests judge in January; the outcome could be seen in June."""
    kim = build_session(store)
    go_through(kim, 1, (0.6, 0.4, 0.3))
    end(store, 1, False)
    with store.write() as connection:
        connection.execute("UPDATE current_outcomes SET first_at = '2026-01-02T03:30:00.000Z'")
    rows = list(stream_reveals(store.connection(), 1, None))
    assert [(r.after.forecast, r.result, r.is_late) for r in rows] == [
        (0.4, Result.FAILED, False), (0.3, Result.FAILED, False),
    ]  # fmt: skip
    with store.write() as connection:
        connection.execute("UPDATE current_outcomes SET first_at = '2026-01-01T00:00:00.000Z'")
    rows = list(stream_reveals(store.connection(), 1, None))
    assert [(r.after.forecast, r.is_late) for r in rows] == [(0.4, True), (0.4, True)]
