"""What an export reads: whom it leaves in, in which order, and what it costs."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Act, Basis, Rating, Role, Status, Verdict
from reviewer.store.check_results import keep_results
from reviewer.store.connection import Store
from reviewer.store.export_rows import (
    PIECE,
    Selection,
    measured_at,
    reviewers_of,
    stream_events,
    stream_judgements,
)
from reviewer.workflow.judging import rate, set_flag, set_rationale, set_tags, skip, undo
from tests.builders import act, build_session, build_store, import_records, judge, measured, method_ids, record, table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three proposals: kim judged the first and the second, lee the first; lee skipped the third."""
    store = build_store(
        tmp_path,
        record("p1", agent="A1", family="em", body="a noisy channel"),
        record("p2", agent="A2"),
        record("p3", agent="A2"),
    )
    p1, p2, p3 = method_ids(store)
    lee, kim = build_session(store, "lee"), build_session(store, "kim")
    judge(lee, p1, Verdict.FAILS)
    judge(kim, p2, Verdict.SURVIVES)
    judge(kim, p1, Verdict.SURVIVES)
    act(kim, p2, Act.TAGS, set_tags(["scale; later"]))
    act(kim, p2, Act.FLAG, set_flag(True))
    act(lee, p3, Act.SKIP, skip)
    with store.write() as connection:
        keep_results(connection, 1, "", {p1: [CheckResult("few-seeds", Level.ASK, "Would it hold?", {})] * 2}, {})
    return store


EVERYTHING = Selection()


def found(store: Store, selection: Selection = EVERYTHING) -> list[tuple[str, str]]:
    pieces = stream_judgements(store.connection(), selection)
    return [(j.external_id, j.reviewer) for piece in pieces for j in piece]


def test_proposals_stand_in_the_order_of_import_with_all_reviewers_of_each(store: Store) -> None:
    assert found(store) == [("p1", "lee"), ("p1", "kim"), ("p2", "kim"), ("p3", "lee")]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (QueueFilter(status=Status.JUDGED), ["p1", "p1", "p2"]),
        (QueueFilter(status=Status.SKIPPED), ["p3"]),
        (QueueFilter(status=Status.STARTED), []),
        (QueueFilter(status=Status.TO_DO), []),
        (QueueFilter(verdict=Verdict.FAILS), ["p1"]),
        (QueueFilter(agent="a2"), ["p2", "p3"]),
        (QueueFilter(agent="a2", status=Status.JUDGED), ["p2"]),
        (QueueFilter(family="EM"), ["p1", "p1"]),
        (QueueFilter(tag="scale; later"), ["p2"]),
        (QueueFilter(tag="scale"), []),
        (QueueFilter(flagged=True), ["p2"]),
        (QueueFilter(text="noisy chan"), ["p1", "p1"]),
        (QueueFilter(changed=True), []),
        (QueueFilter(check="few-seeds"), ["p1", "p1"]),
        (QueueFilter(check="few-seeds", agent="a2"), []),
        (QueueFilter(check="no-error"), []),
    ],
)
def test_each_filter_is_asked_of_the_judgement_itself(store: Store, asked: QueueFilter, expected: list[str]) -> None:
    assert [p for p, _ in found(store, Selection(asked=asked))] == expected
    events = [e.judgement for piece in stream_events(store.connection(), Selection(asked=asked)) for e in piece]
    assert {j.external_id for j in events} == set(expected)


def test_one_reviewer_and_one_problem_can_be_chosen(store: Store) -> None:
    (lee,) = table(store, "SELECT id FROM reviewers WHERE name = 'lee'")[0]
    (problem,) = table(store, "SELECT id FROM problems")[0]
    assert found(store, Selection(problem, lee)) == [("p1", "lee"), ("p3", "lee")]
    assert found(store, Selection(problem + 1)) == []
    assert reviewers_of(store.connection(), EVERYTHING) == ("lee", "kim")
    assert reviewers_of(store.connection(), Selection(reviewer_id=lee)) == ("lee",)


def test_a_started_judgement_counts_for_what_the_queue_calls_to_do(store: Store) -> None:
    kim = build_session(store, "kim")
    act(kim, method_ids(store)[2], Act.RATIONALE, set_rationale("hm"))
    assert found(store, Selection(asked=QueueFilter(status=Status.TO_DO))) == [("p3", "kim")]


def test_a_judgement_undone_to_nothing_is_none_but_its_events_stay(store: Store) -> None:
    kim = build_session(store, "kim")
    judge(kim, method_ids(store)[2])
    undo(kim)
    assert ("p3", "kim") not in found(store)
    events = [e for piece in stream_events(store.connection(), EVERYTHING) for e in piece]
    assert [(e.kind, e.judgement.status) for e in events[-2:]] == [("verdict", "judged"), ("undo", "to_do")]
    assert (events[-1].reverses, events[-1].supersedes) == (events[-2].act, events[-2].judgement.event)


def test_events_stand_in_the_order_of_writing_with_their_snapshots(store: Store) -> None:
    kim = build_session(store, "kim")
    (p1, *_) = method_ids(store)
    act(kim, p1, Act.RATING, rate("cost", ConstraintRating(Rating.BLOCKER, "nul \0 in it")), seconds=4.5)
    events = [e for piece in stream_events(store.connection(), EVERYTHING) for e in piece]
    assert [e.kind for e in events] == ["verdict", "verdict", "verdict", "tags", "flag", "skip", "rating"]
    last = events[-1].judgement
    assert (last.verdict, last.seconds, last.reviewer, last.external_id) == ("survives", 4.5, "kim", "p1")
    assert last.first_at == last.updated_at
    assert "nul \\u0000 in it" in last.ratings
    current = [j for piece in stream_judgements(store.connection(), EVERYTHING) for j in piece]
    assert (current[1].ratings, current[1].event) == (last.ratings, last.event)


def test_what_was_judged_is_told_from_what_counts_now(store: Store) -> None:
    import_records(store, record("p2", agent="A2", title="Another title", body="changed"))
    old = next(stream_judgements(store.connection(), Selection(asked=QueueFilter(changed=True))))
    assert [(j.external_id, j.title, j.revision_is_current) for j in old] == [("p2", "Title of p2", 0)]


def test_more_rows_than_a_piece_all_come_once(tmp_path: Path) -> None:
    n = 2 * PIECE + 1
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(n)))
    session = build_session(store)
    for method_id in method_ids(store):
        judge(session, method_id)
    pieces = list(stream_judgements(store.connection(), EVERYTHING))
    assert [len(p) for p in pieces] == [PIECE, PIECE, 1]
    assert len({j.event for p in pieces for j in p}) == n


class Explaining:
    """A connection that keeps the plan of each query."""

    def __init__(self, store: Store) -> None:
        self._connection = store.connection()
        self.plan: list[str] = []

    def execute(self, sql: str, values: Any = ()) -> Any:
        self.plan += [row[3] for row in self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
        return self._connection.execute(sql, values)


@pytest.mark.parametrize("stream", [stream_judgements, stream_events])
@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(1),
        Selection(None, 1),
        Selection(1, 1, QueueFilter(status=Status.JUDGED)),
        Selection(1, None, QueueFilter(agent="a", text="b", tag="c", flagged=True, verdict=Verdict.FAILS)),
        Selection(1, None, QueueFilter(check="few-seeds", agent="a")),
    ],
)
def test_nothing_is_sorted_since_that_would_take_memory_for_every_row(
    store: Store, stream: Any, selection: Selection
) -> None:
    explaining = Explaining(store)
    list(stream(explaining, selection))
    assert explaining.plan
    assert not [step for step in explaining.plan if "TEMP B-TREE" in step]


def values(store: Store, revision_id: int) -> list[tuple[str, str, float | None]]:
    measurements = measured_at(store.connection(), [revision_id])[revision_id]
    return [(m.metric, m.dataset, m.value) for m in measurements]


def revisions(store: Store, external_id: str) -> list[int]:
    rows = table(
        store,
        "SELECT r.id FROM revisions r JOIN methods m ON m.id = r.method_id WHERE m.external_id = ? ORDER BY r.id",
        (external_id,),
    )
    return [revision_id for (revision_id,) in rows]


def test_numbers_are_those_of_the_revision_asked_for(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1", measurements=(measured(0.25),)))
    import_records(store, record("p1", measurements=(measured(0.75),)))
    old, new = revisions(store, "p1")
    assert values(store, old) == [("pgr", "chat", 0.25)]
    assert values(store, new) == [("pgr", "chat", 0.75)]


def test_other_parts_of_a_method_count_as_they_are_now(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("b", Role.BASELINE, part="chat", measurements=(measured(0.25, "math"),)))
    import_records(store, record("b", Role.BASELINE, part="math", measurements=(measured(0.5, "code"),)))
    first, second = revisions(store, "b")
    assert sorted(values(store, first)) == sorted(values(store, second)) == [
        ("pgr", "code", 0.5), ("pgr", "math", 0.25),
    ]  # fmt: skip


def test_the_primary_value_alone_is_read_where_there_is_one_and_everything_else_where_there_is_none(
    tmp_path: Path,
) -> None:
    more = (measured(0.5, "math"), measured(0.5, metric="loss"), measured(0.1, subset="hard"))
    store = build_store(
        tmp_path,
        record("has", measurements=(*more, measured(0.7), measured(0.8, basis=Basis.RECOMPUTED))),
        record("null", measurements=(*more, measured(None))),
        record("none"),
    )
    assert values(store, revisions(store, "has")[0]) == [("pgr", "chat", 0.7), ("pgr", "chat", 0.8)]
    assert values(store, revisions(store, "null")[0]) == [
        ("pgr", "math", 0.5), ("loss", "chat", 0.5), ("pgr", "chat", None),
    ]  # fmt: skip
    assert values(store, revisions(store, "none")[0]) == []
