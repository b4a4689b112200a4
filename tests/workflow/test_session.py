"""Who reviews, in which store, by which rubric."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreBusyError, UserError
from reviewer.store.connection import Store
from reviewer.workflow.session import begin_session
from tests.builders import RUBRIC, TickingClock, build_store, table


def test_session_enters_reviewer_and_rubric_once(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    first = begin_session(store, " kim ", RUBRIC, TickingClock())
    second = begin_session(store, "kim", RUBRIC, TickingClock())
    assert (first.reviewer, first.reviewer_id) == (second.reviewer, second.reviewer_id) == ("kim", 1)
    assert table(store, "SELECT name, created_at FROM reviewers") == [("kim", "2026-01-02T03:04:05.000Z")]
    assert table(store, "SELECT count(*) FROM rubrics") == [(1,)]
    assert first.now() < first.now()


def test_session_that_cannot_begin_enters_nobody(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    begin_session(store, "kim", RUBRIC)
    with pytest.raises(UserError, match="higher version"):
        begin_session(store, "noor", replace(RUBRIC, constraints=RUBRIC.constraints[:1]))
    with store.write(), pytest.raises(StoreBusyError):
        begin_session(Store(store.path, busy_timeout=0.01), "noor", RUBRIC)
    assert table(store, "SELECT name FROM reviewers") == [("kim",)]
