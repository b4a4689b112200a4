"""Verdicts by agent: all of one's own, and others' as far as they may be seen."""

from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.store.verdict_counts import verdict_counts
from tests.builders import NOW, build_session, build_store, judge, record


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = build_store(tmp_path, *(record(f"p{i}", agent=f"agent-{i % 2}") for i in range(1, 5)))
    kim, noor = build_session(store), build_session(store, "noor")
    judge(kim, 1, Verdict.FAILS)
    judge(kim, 2, Verdict.CANNOT_TELL)
    judge(noor, 1, Verdict.SURVIVES)
    judge(noor, 3, Verdict.SURVIVES)
    return store


def test_others_are_counted_of_what_one_has_judged_oneself(store: Store) -> None:
    assert list(verdict_counts(store.connection(), 1, 1)) == [
        ("agent-0", 1, "cannot_tell", 1),
        ("agent-1", 0, "survives", 1),
        ("agent-1", 1, "fails", 1),
    ]
    assert list(verdict_counts(store.connection(), 1, 99)) == []


def test_everyone_and_an_open_protocol_show_all(store: Store) -> None:
    with_all = [("agent-1", 0, "survives", 2), ("agent-1", 1, "fails", 1)]
    assert list(verdict_counts(store.connection(), 1, 1, everyone=True))[1:] == with_all
    with store.write() as connection:
        set_protocol(connection, 1, Protocol.OPEN, set_by="kim", now=NOW)
    assert list(verdict_counts(store.connection(), 1, 1))[1:] == with_all


def test_while_sealed_ones_own_verdicts_do_not_tell_who_put_it_forward(store: Store) -> None:
    with store.write() as connection:
        set_protocol(connection, 1, Protocol.SEALED, set_by="kim", now=NOW)
        connection.execute("UPDATE current_judgements SET stage = 'idea' WHERE reviewer_id = 1 AND method_id = 1")
        connection.execute("UPDATE current_judgements SET stage = 'evidence' WHERE reviewer_id = 1 AND method_id = 2")
    assert list(verdict_counts(store.connection(), 1, 1)) == [
        (None, 1, "fails", 1),
        ("agent-0", 1, "cannot_tell", 1),
    ]
