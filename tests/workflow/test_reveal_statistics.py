"""The sections on what each reveal changed: one's own first, and all that may be seen."""

from pathlib import Path

import pytest

from reviewer.domain.vocabulary import Verdict
from reviewer.store.problems import list_problems
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer
from reviewer.workflow.statistics import statistics
from tests.builders import build_session, build_store, judge, record
from tests.workflow.judged_stores import end
from tests.workflow.sealed_stores import go_through, sealed_store

N = 12


def sections(store_path: Path, viewer: Viewer) -> list[Section]:
    from reviewer.store.connection import Store

    store = Store(store_path)
    found = statistics(store, list_problems(store.connection()), viewer)
    store.close()
    return [section for section in found.problems[0].sections if section.kind is SectionKind.REVEALS]


def test_ones_own_come_first_then_all(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, *(record(f"p{i}") for i in range(N)))
    kim, lee = build_session(store), build_session(store, "lee")
    for i in range(1, N + 1):
        go_through(kim, i, (0.5, 0.5 + i / 100, 0.4), (Verdict.FAILS, Verdict.SURVIVES, Verdict.SURVIVES))
        if i <= 6:
            go_through(lee, i, (0.5, 0.1, 0.1))
    own, every = sections(store.path, Viewer(kim.reviewer_id, "kim"))
    assert (own.of, every.of) == ("kim", "")
    assert [figure.name for figure in own.figures] == [
        "change by the evidence", "size of the change by the evidence", "verdicts changed by the evidence",
        "change of the Brier score by the evidence",
        "change by what others hold", "size of the change by what others hold",
        "verdicts changed by what others hold", "change of the Brier score by what others hold",
    ]  # fmt: skip
    assert own.figures[0].value == pytest.approx(sum(range(1, N + 1)) / N)
    assert (own.figures[2].value, own.figures[6].value) == (1, 0)
    assert every.figures[0].value != own.figures[0].value
    of_lee = sections(store.path, Viewer(lee.reviewer_id, "lee"))
    assert [section.of for section in of_lee] == ["lee", ""]
    assert {section.figures[0].n for section in of_lee} == {6}, "of kim what lee has come to the end of"
    assert [section.of for section in sections(store.path, Viewer(everyone=True))] == [""]
    assert sections(store.path, Viewer()) == []


def test_what_was_said_with_the_outcome_in_sight_is_left_out_and_told(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, record("p1"))
    kim = build_session(store)
    go_through(kim, 1, (0.5, 0.4, 0.3))
    end(store, 1, True)
    with store.write() as connection:
        connection.execute("UPDATE current_outcomes SET first_at = '2020-01-01T00:00:00.000Z'")
    own, _ = sections(store.path, Viewer(kim.reviewer_id, "kim"))
    assert {figure.n for figure in own.figures} == {0}
    assert own.sentences == ("Left out: 2 stages at whose end something of the outcome could be seen.",)


def test_where_nobody_went_through_a_stage_nothing_is_told(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    kim = build_session(store)
    judge(kim, 1)
    assert sections(store.path, Viewer(kim.reviewer_id, "kim")) == []
