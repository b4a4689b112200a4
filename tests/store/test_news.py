"""What was brought and told so far, and that it costs little to ask."""

from datetime import date
from pathlib import Path

from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Result, Role
from reviewer.store.connection import Store
from reviewer.store.imports import data_version
from reviewer.store.news import Brought, brought_so_far, note_telling
from reviewer.store.problems import save_target
from reviewer.workflow.outcomes import record_outcome
from tests.builders import build_session, build_store, import_records, record


def test_what_was_brought_so_far_grows_with_each_import(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    with store.read() as connection:
        assert brought_so_far(connection, 1, 1) == Brought(2, 2)
        before = data_version(connection)
        assert data_version(connection) == before
    other = Store(store.path)
    import_records(other, record("p1", body="Changed."), record("p3"), record("b", Role.BASELINE))
    with store.read() as connection:
        assert brought_so_far(connection, 1, 1) == Brought(3, 5)
        assert brought_so_far(connection, 99, 1).proposals == 0
        assert data_version(connection) != before
    other.close()
    store.close()


def test_what_was_told_is_numbered_problem_by_problem_and_the_version_of_the_target_with_it(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    with store.write() as connection:
        note_telling(connection, 1)
        note_telling(connection, 1)
        note_telling(connection, 11)
        save_target(connection, 1, Target("it wins"), written_by="kim", now="2026-01-01T00:00:00Z")
        assert brought_so_far(connection, 1, 1) == Brought(1, 1, told=2, target=1)
        assert brought_so_far(connection, 11, 1).told == 1
    store.close()


def test_asking_reads_no_measurement(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    asked: list[str] = []
    with store.read() as connection:
        connection.set_trace_callback(asked.append)
        brought_so_far(connection, 1, 1)
        connection.set_trace_callback(None)
        for sql in asked:
            plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
            scans = {step for step in plan if step.startswith("SCAN")}
            # Of outcomes the last few alone, and nobody sets many protocols.
            assert scans <= {"SCAN CONSTANT ROW", "SCAN imports", "SCAN outcomes", "SCAN o", "SCAN protocols"}
    store.close()


def test_what_others_say_of_outcomes_is_news_and_ones_own_is_not(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("p1"))
    kim, lee = build_session(store, "kim"), build_session(store, "lee")

    def brought(problem_id: int = 1) -> int:
        with store.read() as connection:
            return brought_so_far(connection, problem_id, kim.reviewer_id).outcome

    record_outcome(kim, 1, Outcome(Result.FAILED, date(2026, 1, 1)))
    assert brought() == 0
    record_outcome(lee, 1, Outcome(Result.SURVIVED, date(2026, 1, 1)))
    assert (brought(), brought(2)) == (2, 0)
