"""Outcomes as events, and which of them holds."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import ReviewerError
from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Result, Setting
from reviewer.store.connection import Store
from reviewer.store.outcomes import (
    OUTCOME_COLUMNS,
    append_outcome,
    current_outcome,
    outcome_history,
    rebuild_outcomes,
    refresh_outcome,
    stale_outcomes,
)
from reviewer.store.problems import save_target
from tests.builders import NOW, build_session, build_store, record, table

FAILED = Outcome(Result.FAILED, date(2026, 1, 1))
WHOLE = Outcome(
    Result.SURVIVED,
    date(2026, 1, 2),
    "pgr",
    -0.005,
    0.004,
    Setting.PRODUCTION,
    "scale",
    "https://x.test/=1",
    "é\x00",
    0.3,
)
HOLDS = "SELECT method_id, problem_id, outcome_id, result, happened_on, first_at, standing FROM current_outcomes"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = build_store(tmp_path_factory.mktemp("outcomes"), *(record(f"p{i}") for i in range(2)))
    build_session(store)
    yield store
    store.close()


def say(store: Store, method_id: int, outcome: Outcome | None, now: str = NOW, note: str = "") -> str:
    with store.write() as connection:
        return append_outcome(connection, method_id, outcome, reviewer_id=1, now=now, note=note).event_id


def test_what_is_said_comes_back_whole_and_a_correction_names_what_it_corrects(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    build_session(store)
    first = say(store, 1, FAILED, "2026-02-01T00:00:00.000Z")
    with store.write() as connection:
        save_target(connection, 1, Target("gains a point"), written_by="kim", now=NOW)
    second = say(store, 1, WHOLE, "2026-02-02T00:00:00.000Z")
    one, two = outcome_history(store.connection(), 1)
    assert (one.event_id, one.outcome, one.supersedes, one.target_version) == (first, FAILED, None, None)
    assert (two.event_id, two.outcome, two.supersedes, two.target_version) == (second, WHOLE, first, 1)
    assert (two.said_by, two.recorded_at, two.note) == ("kim", "2026-02-02T00:00:00.000Z", "")
    assert current_outcome(store.connection(), 1) == two
    assert table(store, HOLDS) == [(1, 1, 2, "survived", "2026-01-02", "2026-02-01T00:00:00.000Z", 1)]


def test_what_is_taken_back_holds_no_more_and_can_be_said_again(tmp_path: Path) -> None:
    store = build_store(tmp_path, record(), record("p2"))
    build_session(store)
    first = say(store, 1, FAILED)
    taken = say(store, 1, None, note="the wrong proposal")
    assert current_outcome(store.connection(), 1) is None
    assert table(store, HOLDS) == []
    event = outcome_history(store.connection(), 1)[-1]
    assert (event.outcome, event.supersedes, event.note) == (None, first, "the wrong proposal")
    with pytest.raises(LookupError), store.write() as connection:
        append_outcome(connection, 1, None, reviewer_id=1, now=NOW)
    with pytest.raises(LookupError), store.write() as connection:
        append_outcome(connection, 99, FAILED, reviewer_id=1, now=NOW)
    say(store, 1, WHOLE)
    assert [e.supersedes for e in outcome_history(store.connection(), 1)] == [None, first, taken]
    found = current_outcome(store.connection(), 1)
    assert found is not None
    assert found.outcome == WHOLE
    assert len(table(store, "SELECT * FROM outcomes")) == 3


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE outcomes SET note = 'x'", "never updated"),
        ("DELETE FROM outcomes", "never deleted"),
        ("INSERT OR REPLACE INTO outcomes SELECT * FROM outcomes", "never (replaced|deleted)"),
    ],
)
def test_an_outcome_is_never_changed(tmp_path: Path, statement: str, words: str) -> None:
    store = build_store(tmp_path, record())
    build_session(store)
    say(store, 1, FAILED)
    with sqlite3.connect(store.path) as other, pytest.raises(sqlite3.IntegrityError, match=words):
        other.execute(statement)
    other.close()
    with pytest.raises(ReviewerError, match=words), store.write() as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "rumour"}, {"result": "maybe"}, {"result": None}, {"happened_on": None}, {"standard_error": -1.0},
        {"setting": "elsewhere"}, {"kind": "retraction"}, {"chosen_with": 0.0}, {"chosen_with": 1.1},
        {"method_id": 9}, {"reviewer_id": 9},
    ],
)  # fmt: skip
def test_a_row_that_says_nothing_possible_is_refused(tmp_path: Path, values: dict[str, Any]) -> None:
    store = build_store(tmp_path, record())
    build_session(store)
    with pytest.raises(ReviewerError, match="constraint"), store.write() as connection:
        insert(connection, row("u", method_id=1) | values)


def row(uuid: str, **more: Any) -> dict[str, Any]:
    return dict.fromkeys(OUTCOME_COLUMNS[1:]) | {
        "uuid": uuid, "method_id": 1, "reviewer_id": 1, "kind": "outcome", "result": "failed",
        "happened_on": "2026-01-01", "metric": "", "constraint_slug": "", "evidence": "", "note": "",
        "recorded_at": NOW, **more,
    }  # fmt: skip


def insert(connection: sqlite3.Connection, values: dict[str, Any]) -> None:
    connection.execute(
        f"INSERT INTO outcomes ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})", values
    )


@dataclass
class Said:
    """What somebody said, and which of the things said before they meant, by its place; None for none."""

    result: str | None
    of: int | None
    at: int


SAID = st.builds(
    Said,
    st.sampled_from(["survived", "failed", "partly", "withdrawn", None]),
    st.none() | st.integers(0, 6),
    st.integers(0, 3),
)
NAMES = count()


def rows_of(said: Sequence[Said], method_id: int, prefix: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for n, each in enumerate(said):
        before = rows[each.of]["uuid"] if each.of is not None and each.of < len(rows) else None
        more = {"result": each.result} if each.result else {"kind": "retraction", "result": None, "happened_on": None}
        at = f"2026-01-0{1 + each.at}T00:00:00.000Z"
        rows.append(row(f"{prefix}{n}", method_id=method_id, supersedes=before, recorded_at=at, **more))
    return rows


@settings(max_examples=60)
@given(said=st.lists(SAID, max_size=7), order=st.randoms(use_true_random=False))
def test_in_whatever_order_events_come_together_the_same_one_holds(store: Store, said: list[Said], order: Any) -> None:
    """Two proposals of one store, of which the same was said: of the second in another order."""
    number = next(NAMES)
    with store.write() as connection:
        for method_id in (1, 2):
            rows = rows_of(said, method_id, f"{number}-{method_id}-")
            if method_id == 2:
                order.shuffle(rows)
            for each in rows:
                insert(connection, each)
                refresh_outcome(connection, method_id)
        meant = {each.of for n, each in enumerate(said) if each.of is not None and each.of < n}
        standing = [n for n, each in enumerate(said) if each.result and n not in meant]
        found = [
            connection.execute(
                "SELECT o.result, o.recorded_at, substr(o.uuid, -1), c.first_at, c.standing FROM current_outcomes c "
                "JOIN outcomes o ON o.id = c.outcome_id WHERE c.method_id = ?", (method_id,)
            ).fetchall()
            for method_id in (1, 2)
        ]  # fmt: skip
        assert found[0] == found[1]
        last = max(standing, key=lambda n: (said[n].at, n), default=None)
        assert [(r[0], r[2], r[4]) for r in found[0]] == (
            [] if last is None else [(said[last].result, str(last), len(standing))]
        )
        assert stale_outcomes(connection) == 0
        before = connection.execute(f"{HOLDS} ORDER BY method_id").fetchall()
        connection.execute("UPDATE current_outcomes SET result = 'partly', first_at = 'x' WHERE method_id = 1")
        connection.execute("DELETE FROM current_outcomes WHERE method_id = 2")
        assert stale_outcomes(connection) == (2 if found[0] else 0)
        assert rebuild_outcomes(connection) == len(before)
        assert connection.execute(f"{HOLDS} ORDER BY method_id").fetchall() == before
        # A trigger keeps outcomes from being deleted: the next example must begin with none.
        connection.execute("DROP TRIGGER outcomes_never_go")
        connection.execute("DELETE FROM current_outcomes")
        connection.execute("DELETE FROM outcomes")
        connection.execute(
            "CREATE TRIGGER outcomes_never_go BEFORE DELETE ON outcomes "
            "BEGIN SELECT RAISE(ABORT, 'outcomes are never deleted'); END"
        )


def test_of_what_was_said_apart_the_last_holds_and_that_others_stand_is_counted(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    build_session(store)
    with store.write() as connection:
        insert(connection, row("b", recorded_at="2026-01-02T00:00:00.000Z", result="survived"))
        insert(connection, row("a", recorded_at="2026-01-01T00:00:00.000Z"))
        refresh_outcome(connection, 1)
    assert [(r[3], r[5], r[6]) for r in table(store, HOLDS)] == [("survived", "2026-01-01T00:00:00.000Z", 2)]
    say(store, 1, None, "2026-01-03T00:00:00.000Z")
    assert [(r[3], r[6]) for r in table(store, HOLDS)] == [("failed", 1)], "only what was meant is taken back"
    say(store, 1, replace(FAILED, note="again"), "2026-01-04T00:00:00.000Z")
    assert [(r[3], r[6]) for r in table(store, HOLDS)] == [("failed", 1)]
