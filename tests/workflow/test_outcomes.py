"""Saying what became of proposals: saved, corrected, taken back, and taken in from a file, twice."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UserError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Problem, Target
from reviewer.domain.vocabulary import Act, Protocol, Resolution, Result, Setting
from reviewer.store.connection import Store
from reviewer.workflow.grouping import group_all
from reviewer.workflow.judging import set_resolves_on
from reviewer.workflow.outcomes import import_outcomes, outcome_state, record_outcome, retract_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.targets import write_target
from tests.builders import RUBRIC, act, build_session, build_store, import_records, judge, record, table
from tests.workflow.alike_stores import idea
from tests.workflow.sealed_stores import put_under

FAILED = Outcome(Result.FAILED, date(2026, 1, 1))
UUIDS = "SELECT uuid FROM outcomes ORDER BY id"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, *(record(f"p{i}") for i in range(1, 4)))


@pytest.fixture
def kim(store: Store) -> Session:
    return build_session(store)


def test_an_outcome_is_saved_once_and_again_where_it_is_another(store: Store, kim: Session) -> None:
    first = record_outcome(kim, 1, FAILED)
    assert first is not None
    assert record_outcome(kim, 1, FAILED) is None
    assert record_outcome(build_session(store, "noor"), 1, FAILED) is not None, "somebody else says so too"
    again = record_outcome(kim, 1, replace(FAILED, result=Result.SURVIVED))
    assert again is not None
    state = outcome_state(store, 1, 1, kim.clock)
    assert [e.said_by for e in state.events] == ["kim", "noor", "kim"]
    assert state.current == again
    assert state.resolution is Resolution.RESOLVED


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        (replace(FAILED, happened_on=date(2026, 1, 3)), "2026-01-03 is in the future"),
        (replace(FAILED, constraint="luck"), "There is no constraint 'luck'; there are scale, cost, signals"),
        (replace(FAILED, standard_error=1.0), "belongs to an effect"),
    ],
)
def test_what_can_be_no_outcome_is_not_saved(store: Store, kim: Session, outcome: Outcome, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        record_outcome(kim, 1, outcome)
    assert table(store, UUIDS) == []


def test_today_is_that_of_utc(kim: Session) -> None:
    from zoneinfo import ZoneInfo

    tokyo = replace(kim, clock=lambda: datetime(2026, 5, 7, 3, tzinfo=ZoneInfo("Asia/Tokyo")))
    assert record_outcome(tokyo, 1, replace(FAILED, happened_on=date(2026, 5, 6)))
    with pytest.raises(UserError, match=r"is in the future \(today is 2026-05-06 in UTC\)"):
        record_outcome(tokyo, 1, replace(FAILED, happened_on=date(2026, 5, 7)))


def test_what_was_said_is_taken_back_with_the_reason_and_only_where_something_was(store: Store, kim: Session) -> None:
    with pytest.raises(UserError, match="nothing to take back"):
        retract_outcome(kim, 1)
    record_outcome(kim, 1, FAILED)
    retract_outcome(kim, 1, "another one")
    state = outcome_state(store, 1, 1, kim.clock)
    assert (state.current, state.resolution, state.events[-1].note) == (None, Resolution.OPEN, "another one")
    assert record_outcome(kim, 1, FAILED) is not None


def test_what_has_passed_its_day_is_unresolved(store: Store, kim: Session) -> None:
    def at(year: int, month: int, day: int) -> Resolution:
        return outcome_state(store, 1, 1, lambda: datetime(year, month, day, tzinfo=UTC)).resolution

    assert at(2030, 1, 1) is Resolution.OPEN, "nobody has said by when"
    write_target(kim, 1, Target("gain", months=6))
    assert at(2030, 1, 1) is Resolution.OPEN, "nobody has judged it"
    judge(kim, 1)
    assert outcome_state(store, 1, 0).due is None, "that somebody has judged it is seen once one has done so oneself"
    assert outcome_state(store, 1, 0).months == 6
    assert at(2026, 7, 2) is Resolution.OPEN
    assert at(2026, 7, 3) is Resolution.UNRESOLVED
    write_target(kim, 1, Target("gain", horizon="2026-12-31"))
    assert at(2026, 7, 3) is Resolution.OPEN, "the target that holds now says when"
    assert outcome_state(store, 1, 1).due == date(2026, 12, 31)
    act(kim, 1, Act.RESOLVES_ON, set_resolves_on(date(2026, 7, 1)))
    assert at(2026, 7, 1) is Resolution.OPEN
    assert at(2026, 7, 2) is Resolution.UNRESOLVED, "a day of one's own goes before the target's"
    own, others = outcome_state(store, 1, 1), outcome_state(store, 1, 0)
    assert (own.due, own.is_own, own.months) == (date(2026, 7, 1), True, None)
    assert (others.due, others.is_own) == (date(2026, 12, 31), False), "for oneself alone"
    record_outcome(kim, 1, replace(FAILED, result=Result.WITHDRAWN))
    assert at(2030, 1, 1) is Resolution.RESOLVED, "known, although it is not scored"


def write(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "outcomes.csv"
    path.write_text("\n".join(["proposal,result,date,effect,constraint,by", *rows, ""]))
    return path


def test_a_file_is_taken_in_with_what_cannot_be_told_by_line(store: Store, kim: Session, tmp_path: Path) -> None:
    (uuid,) = table(store, "SELECT uuid FROM methods WHERE id = 2")[0]
    path = write(
        tmp_path,
        "run-1/p1,failed,2026-01-01,-0.5,cost,noor",
        f"{uuid},survived,2026-01-02",
        "run-1/p9,failed,2026-01-01",
        "p3,failed,2026-01-03,,,noor",
        "p3,failed,2026-01-01,,luck,noor",
        "p3,failed,2026-01-01,nan,,noor",
        f"{uuid[-8:]},failed,2026-01-01,,,noor",
    )
    done = import_outcomes(store, path, RUBRIC, by="kim", clock=kim.clock)
    assert (done.new, done.corrected, done.unchanged) == (3, 1, 0)
    assert [(r.place, r.reason.partition(";")[0].partition(" (")[0]) for r in done.rejects] == [
        ("line 4", f"There is no proposal “run-1/p9” in {store.path}. Y in the app copies an id"),
        ("line 5", "2026-01-03 is in the future"),
        ("line 6", "There is no constraint 'luck'"),
        ("line 7", "The effect nan is no number that can be measured."),
    ]
    assert [(e.said_by, e.outcome and e.outcome.result) for e in outcome_state(store, 2, 1).events] == [
        ("kim", Result.SURVIVED), ("noor", Result.FAILED)
    ]  # fmt: skip
    before = table(store, UUIDS)
    again = import_outcomes(store, path, RUBRIC, by="kim", clock=kim.clock)
    assert (again.new, again.unchanged, again.rejects) == (0, 3, done.rejects)
    assert table(store, UUIDS) == before


def test_a_file_that_is_taken_in_again_does_not_undo_what_was_corrected_since(
    store: Store, kim: Session, tmp_path: Path
) -> None:
    path = write(tmp_path, "run-1/p1,failed,2026-01-01,,,kim", "run-1/p2,failed,2026-01-01,,,kim")
    assert import_outcomes(store, path, RUBRIC, clock=kim.clock).new == 2
    record_outcome(kim, 1, replace(FAILED, result=Result.SURVIVED))
    retract_outcome(kim, 2)
    assert import_outcomes(store, path, RUBRIC, clock=kim.clock).unchanged == 2
    current = outcome_state(store, 1, 1).current
    assert current is not None
    assert current.outcome == replace(FAILED, result=Result.SURVIVED)
    assert outcome_state(store, 2, 1).current is None


def test_who_says_so_is_asked_for(store: Store, kim: Session, tmp_path: Path) -> None:
    path = write(tmp_path, "run-1/p1,failed,2026-01-01", f"run-1/p2,failed,2026-01-01,,,{'x' * 81}")
    done = import_outcomes(store, path, RUBRIC, clock=kim.clock)
    assert [r.reason for r in done.rejects] == [
        "It does not say who says so; --by NAME does for such rows.",
        "A reviewer's name has at most 80 printable characters.",
    ]
    assert done.new == 0


def test_the_problem_tells_namesakes_apart_and_names_may_have_slashes(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("a/b"), record("p1"))
    other = Problem("other", title="Other")
    import_records(store, record("p1", problem="other"), problem=other)
    path = tmp_path / "o.csv"
    path.write_text(
        "problem,proposal,result,date,by\n,run-1/a/b,failed,2026-01-01,kim\n,run-1/p1,failed,2026-01-01,kim\n"
        "other,run-1/p1,failed,2026-01-01,kim\n"
    )
    done = import_outcomes(store, path, RUBRIC)
    assert done.new == 2
    assert "names 2 proposals" in done.rejects[0].reason
    assert table(store, "SELECT method_id FROM outcomes ORDER BY 1") == [(1,), (3,)]


def test_one_proposal_that_was_met_twice_has_no_two_outcomes_in_one_file(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2"), idea("p3", about=2))
    group_all(store)
    assert table(store, "SELECT id, first_id FROM sightings") == [(2, 1)]
    said = (("p1", "survived"), ("p2", "failed"), ("p2", "survived"), ("p3", "failed"), ("p3", "survived"))
    rows = [f"run-1/{name},{result},2026-01-01" for name, result in said]
    done = import_outcomes(store, write(tmp_path, *rows), RUBRIC, by="kim")
    assert [(reject.place, reject.reason) for reject in done.rejects] == [
        (
            "line 3",
            "It is the same proposal as run-1/p1 in line 2, met again, and has another outcome: that line goes "
            "before this one.",
        )
    ]
    current = "SELECT method_id, result FROM current_outcomes ORDER BY 1"
    assert table(store, current) == [(1, "survived"), (3, "survived")]


def test_that_an_outcome_gives_way_is_told_alike_of_one_id_and_of_a_sighting(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2"), idea("p3", about=2))
    group_all(store)
    first = write(tmp_path, "run-1/p1,survived,2026-01-01", "run-1/p3,survived,2026-01-01")
    assert import_outcomes(store, first, RUBRIC, by="kim").corrections == ()
    later = write(tmp_path, "run-1/p2,failed,2026-01-02", "run-1/p3,failed,2026-01-02,-0.5")
    done = import_outcomes(store, later, RUBRIC, by="kim")
    assert done.corrections == (
        "line 2: the outcome of run-1/p2 (failed, 2026-01-02), which is the same proposal as run-1/p1, met again, "
        "takes the place of what was said before (survived, 2026-01-01, said by kim).",
        "line 3: the outcome of run-1/p3 (failed, 2026-01-02, effect -0.5) takes the place of what was said before "
        "(survived, 2026-01-01, said by kim).",
    )
    assert (done.new, done.corrected) == (2, 2)
    assert import_outcomes(store, later, RUBRIC, by="kim").corrections == ()


def test_of_what_is_sealed_no_outcome_tells_which_have_the_same_numbers(tmp_path: Path) -> None:
    store = build_store(tmp_path, idea("p1"), idea("p2"))
    group_all(store)
    put_under(store, Protocol.SEALED)
    both = write(tmp_path, "run-1/p1,survived,2026-01-01", "run-1/p2,failed,2026-01-01")
    (reject,) = import_outcomes(store, both, RUBRIC, by="kim").rejects
    assert reject.reason == (
        "An earlier line gives another outcome of the same proposal by another name: that one goes before it."
    )
    later = write(tmp_path, "run-1/p2,failed,2026-01-02")
    assert import_outcomes(store, later, RUBRIC, by="kim").corrections == (
        "line 2: the outcome of run-1/p2 (failed, 2026-01-02) takes the place of what was said before.",
    )


def test_a_row_in_a_file_costs_look_ups_and_no_walk(store: Store, kim: Session, tmp_path: Path) -> None:
    seen: list[str] = []
    store.connection().set_trace_callback(seen.append)
    import_outcomes(store, write(tmp_path, "run-1/p1,failed,2026-01-01,,,kim"), RUBRIC, clock=kim.clock)
    store.connection().set_trace_callback(None)
    plans = [
        row[3]
        for sql in seen
        if sql.lstrip().startswith("SELECT") and " methods " in sql
        for row in store.connection().execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    ]
    assert plans
    assert not [plan for plan in plans if plan.startswith("SCAN m")]


ROWS = st.lists(
    st.tuples(st.sampled_from(["p1", "p2", "p3"]), st.sampled_from(list(Result)), st.integers(1, 2)), max_size=6
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("twice")


@settings(max_examples=40)
@given(rows=ROWS)
def test_twice_is_once(folder: Path, rows: list[tuple[str, Result, int]]) -> None:
    store = build_store(folder)
    if not table(store, "SELECT 1 FROM methods"):
        import_records(store, *(record(f"p{i}") for i in range(1, 4)))
    kim = build_session(store)
    path = write(folder, *(f"run-1/{name},{result},2026-01-0{day},,,kim" for name, result, day in rows))
    first = import_outcomes(store, path, RUBRIC, clock=kim.clock)
    assert first.new + first.unchanged == len(rows)
    before = list(store.connection().iterdump())
    assert import_outcomes(store, path, RUBRIC, clock=kim.clock).unchanged == len(rows)
    assert list(store.connection().iterdump()) == before


def test_a_setting_that_is_named_comes_back(store: Store, kim: Session) -> None:
    told = replace(FAILED, effect=0.0, setting=Setting.PILOT)
    event = record_outcome(kim, 1, told)
    assert event is not None
    assert event.outcome == told
