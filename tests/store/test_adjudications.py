"""Adjudications as events beside the judgements, and which of them holds."""

import sqlite3
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.errors import ReviewerError, TakenOutError
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Verdict
from reviewer.store.adjudications import (
    ADJUDICATION_COLUMNS,
    adjudication_history,
    append_adjudication,
    current_adjudication,
    retract,
    stream_adjudicated,
)
from reviewer.store.connection import Store
from reviewer.store.problems import save_target
from tests.builders import NOW, build_session, build_store, judge, record, table

FAILS = Adjudication(Verdict.FAILS)
WHOLE = Adjudication(Verdict.CONDITIONAL, 0.4, "labels stay", "é\x00 why")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record(), record("p2"))
    build_session(store)
    yield store
    store.close()


def say(store: Store, adjudication: Adjudication, now: str = NOW, **more: Any) -> str:
    about: dict[str, Any] = {"revision_id": 1, "judgements": ("e1", "e2")}
    with store.write() as connection:
        return append_adjudication(connection, 1, adjudication, reviewer_id=1, now=now, **(about | more)).event_id


def test_what_is_said_comes_back_whole_and_a_correction_names_what_it_corrects(store: Store) -> None:
    first = say(store, FAILS, "2026-02-01T00:00:00.000Z")
    with store.write() as connection:
        save_target(connection, 1, Target("gains a point"), written_by="kim", now=NOW)
    second = say(store, WHOLE, "2026-02-02T00:00:00.000Z", judgements=("e3",))
    one, two = adjudication_history(store.connection(), 1)
    assert (one.event_id, one.adjudication, one.supersedes, one.target_version) == (first, FAILS, None, None)
    assert (two.event_id, two.adjudication, two.supersedes, two.target_version) == (second, WHOLE, first, 1)
    assert (one.judgements, two.judgements, two.revision_id) == (("e1", "e2"), ("e3",), 1)
    assert (two.said_by, two.recorded_at, two.note) == ("kim", "2026-02-02T00:00:00.000Z", "")
    assert current_adjudication(store.connection(), 1) == two
    assert current_adjudication(store.connection(), 2) is None


def test_what_is_taken_back_holds_no_more_and_can_be_said_again(store: Store) -> None:
    with pytest.raises(LookupError), store.write() as connection:
        retract(connection, 1, reviewer_id=1, now=NOW)
    first = say(store, WHOLE)
    with store.write() as connection:
        taken = retract(connection, 1, reviewer_id=1, now=NOW, note="too early")
    assert (taken.adjudication, taken.supersedes, taken.note) == (None, first, "too early")
    assert current_adjudication(store.connection(), 1) is None
    say(store, FAILS)
    assert [e.supersedes for e in adjudication_history(store.connection(), 1)] == [None, first, taken.event_id]
    found = current_adjudication(store.connection(), 1)
    assert found is not None
    assert found.adjudication == FAILS


def test_it_is_of_a_text_that_is_there_of_a_proposal_that_is_there(store: Store) -> None:
    with pytest.raises(TakenOutError, match="was taken out of the store meanwhile"):
        say(store, FAILS, revision_id=2)  # that of the other proposal
    with pytest.raises(LookupError), store.write() as connection:
        append_adjudication(connection, 99, FAILS, reviewer_id=1, revision_id=1, judgements=(), now=NOW)
    assert table(store, "SELECT count(*) FROM adjudications") == [(0,)]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE adjudications SET rationale = 'x'", "never updated"),
        ("DELETE FROM adjudications", "never deleted"),
        ("INSERT OR REPLACE INTO adjudications SELECT * FROM adjudications", "never (replaced|deleted)"),
    ],
)
def test_an_adjudication_is_never_changed(store: Store, statement: str, words: str) -> None:
    say(store, FAILS)
    with pytest.raises(ReviewerError, match=words), store.write() as connection:
        connection.execute(statement)


NAMES = count()
SAID = st.lists(
    st.tuples(st.sampled_from([*map(str, Verdict), None]), st.integers(-1, 5), st.integers(0, 2)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(SAID, st.randoms(use_true_random=False))
def test_what_holds_is_the_same_in_whatever_order_the_events_came(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str | None, int, int]], random: Any
) -> None:
    """Each event (None takes back) names an earlier one, or with −1 none; several machines have the same times."""
    rows = [
        {
            "uuid": f"u{i}", "method_id": 1, "reviewer_id": 1, "revision_id": 1, "target_version": None,
            "kind": "retraction" if verdict is None else "adjudication", "verdict": verdict, "forecast": None,
            "supersedes": f"u{before}" if 0 <= before < i else None, "condition": "", "rationale": "",
            "judgements": "[]", "recorded_at": f"2026-01-0{1 + day}T00:00:00.000Z",
        }
        for i, (verdict, before, day) in enumerate(said)
    ]  # fmt: skip
    found = []
    for _ in range(2):
        store = build_store(tmp_path_factory.mktemp(f"a{next(NAMES)}"), record())
        build_session(store)
        with store.write() as connection:
            for row in rows:
                columns = ADJUDICATION_COLUMNS[1:]
                marks = ", ".join(f":{name}" for name in columns)
                connection.execute(f"INSERT INTO adjudications ({', '.join(columns)}) VALUES ({marks})", row)
        event = current_adjudication(store.connection(), 1)
        found.append(event and event.event_id)
        store.close()
        random.shuffle(rows)
    assert found[0] == found[1]
    gone = {row["supersedes"] for row in rows}
    standing = [row for row in rows if row["uuid"] not in gone and row["verdict"]]
    last = max(standing, key=lambda row: (str(row["recorded_at"]), str(row["uuid"])), default=None)
    assert found[0] == (last["uuid"] if last else None)


def test_of_what_stands_beside_one_another_the_last_is_listed_alone_to_whoever_may_see_it(store: Store) -> None:
    say(store, FAILS, "2026-02-01T00:00:00.000Z")
    with store.write() as connection:
        # As from another machine, where nobody knew of the first.
        connection.execute(
            "INSERT INTO adjudications (uuid, method_id, reviewer_id, kind, revision_id, verdict, condition, rationale,"
            " judgements, recorded_at) VALUES ('z', 1, 1, 'adjudication', 1, 'survives', '', '', '[]', ?)",
            ("2026-01-01T00:00:00.000Z",),
        )

    def listed() -> list[str]:
        return [one.verdict for piece in stream_adjudicated(store.connection(), 1, 1) for one in piece]

    assert listed() == []
    judge(build_session(store), 1)
    assert listed() == ["fails"]
    assert list(stream_adjudicated(store.connection(), 2, 1)) == [], "of another problem there is none"


def test_a_verdict_and_a_retraction_cannot_be_one(store: Store) -> None:
    say(store, FAILS)
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"), sqlite3.connect(store.path) as other:
        other.execute(
            "INSERT INTO adjudications (uuid, method_id, reviewer_id, kind, revision_id, verdict, condition, rationale,"
            " judgements, recorded_at) VALUES ('u', 1, 1, 'retraction', 1, 'fails', '', '', '[]', ?)",
            (NOW,),
        )
    other.close()
