"""Who reviews, in which store, by which rubric."""

from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.errors import StoreBusyError, UserError
from reviewer.store.connection import Store
from reviewer.workflow.session import NAME_LIMIT, begin_session, clean_name
from tests.builders import RUBRIC, TickingClock, build_store, table


@pytest.mark.parametrize("name", ["", "  ", "x" * (NAME_LIMIT + 1), "a\nb", "a\x1b[31m", "a\u202eb", "\udcff"])
def test_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        clean_name(name)


def test_name_loses_its_blanks_alone() -> None:
    assert clean_name("  Kim Ångström ") == "Kim Ångström"
    assert clean_name("x" * NAME_LIMIT) == "x" * NAME_LIMIT


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
