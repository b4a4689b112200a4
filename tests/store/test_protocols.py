from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Protocol, Stage, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import (
    protocol_history,
    protocol_of,
    sees_evidence,
    sees_others,
    set_protocol,
    stage_of,
)
from tests.builders import build_session, build_store, judge, method_ids, record

PROBLEM_ID = 1


def put(store: Store, protocol: Protocol | None, problem_id: int | None, at: str) -> None:
    with store.write() as connection:
        set_protocol(connection, problem_id, protocol, set_by="kim", now=at)


def test_a_problems_own_protocol_holds_else_the_stores_else_blind(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    connection = store.connection()
    assert protocol_of(connection, PROBLEM_ID) is Protocol.BLIND
    put(store, Protocol.OPEN, None, "2026-01-01")
    assert protocol_of(connection, PROBLEM_ID) is Protocol.OPEN
    put(store, Protocol.SEALED, PROBLEM_ID, "2026-01-02")
    put(store, Protocol.BLIND, None, "2026-01-03")
    assert protocol_of(connection, PROBLEM_ID) is Protocol.SEALED
    put(store, None, PROBLEM_ID, "2026-01-04")
    assert protocol_of(connection, PROBLEM_ID) is Protocol.BLIND
    said = [(each.problem, each.protocol) for each in protocol_history(connection)]
    assert said == [(None, "open"), ("weak_to_strong", "sealed"), (None, "blind"), ("weak_to_strong", None)]


@pytest.mark.parametrize(
    ("protocol", "before", "after"),
    [
        (Protocol.OPEN, (True, True), (True, True)),
        (Protocol.BLIND, (False, True), (True, True)),
        # Who judged before it was sealed has seen what there was.
        (Protocol.SEALED, (False, False), (True, True)),
    ],
)
def test_what_a_viewer_may_see_before_and_after_their_own_verdict(
    tmp_path: Path, protocol: Protocol, before: tuple[bool, bool], after: tuple[bool, bool]
) -> None:
    store = build_store(tmp_path, record("p1"))
    (method_id,) = method_ids(store)
    kim, lee = build_session(store, "kim"), build_session(store, "lee")
    judge(kim, method_id, Verdict.FAILS)
    put(store, protocol, None, "2026-01-01")
    connection = store.connection()

    def seen(viewer_id: int) -> tuple[bool, bool]:
        return sees_others(connection, method_id, viewer_id), sees_evidence(connection, method_id, viewer_id)

    assert seen(lee.reviewer_id) == before
    assert seen(kim.reviewer_id) == after


def test_of_the_sealed_protocol_everybody_begins_with_the_idea(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    (method_id,) = method_ids(store)
    assert stage_of(store.connection(), method_id, 1) is None
    put(store, Protocol.SEALED, None, "2026-01-01")
    assert stage_of(store.connection(), method_id, 1) is Stage.IDEA
