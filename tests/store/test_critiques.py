"""Attempts at asking Claude: written before they are sent, ended once, never changed and never lost."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.critiques import Usage
from reviewer.domain.errors import ReviewerError
from reviewer.domain.identity import new_id
from reviewer.store.annotations import save_reviewer
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Status, add_batch, set_status
from reviewer.store.critic_settings import CriticOffer, critic_offer, offer_history, set_critic_offer
from reviewer.store.critique_marks import set_mark
from reviewer.store.critique_readings import note_reading
from reviewer.store.critiques import (
    answered_on,
    attempts_at,
    attempts_on,
    calls_named,
    end,
    reserve,
    unended,
)
from reviewer.store.spending import stop_spending
from tests.attempts import HOSTILE, answered, failed, kept, sent
from tests.builders import NOW, build_session, build_store, record, table

OTHER = "'other'"
TABLES = ("critiques", "critic_settings", "spending_stops", "critique_readings", "critique_marks")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record(), record("p2"))
    build_session(store)
    yield store
    store.close()


def day(n: int) -> str:
    return f"2026-02-{n:02}T00:00:00.000Z"


def test_what_is_sent_stands_in_the_store_before_anything_comes_back(store: Store) -> None:
    about = sent(call="call-1", batch="batch-1")
    with store.write() as connection:
        row_id = reserve(connection, about)
    (found,) = attempts_at(store.connection(), "call-1")
    assert (found.id, found.sent, found.requested_by, found.ended) == (row_id, about, "kim", None)


def test_how_it_ended_comes_back_whole(store: Store) -> None:
    whole = answered(usage=Usage(1, 2, 3, 4, 5), status=200, category="violence", detail="é", seconds=0.25)
    nothing = failed("connection", detail="reset", status=None, spent=None, seconds=None)
    with store.write() as connection:
        kept(connection, nothing, call="call-1", attempt=1)
        kept(connection, whole, call="call-1", attempt=2)
    first, second = attempts_at(store.connection(), "call-1")
    assert (first.ended, second.ended) == (nothing, whole)
    assert (first.sent.attempt, second.sent.attempt) == (1, 2)
    assert table(store, "SELECT state, spent FROM critiques ORDER BY id") == [("failed", None), ("answered", 10_000)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_an_answer_holds_is_kept(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    store = build_store(tmp_path_factory.mktemp("hostile"), record())
    build_session(store)
    said = {name: data.draw(HOSTILE, name) for name in ("raw", "detail", "model", "stop_reason", "request_id")}
    with store.write() as connection:
        kept(connection, answered(**said), call="call-1")
    (found,) = attempts_at(store.connection(), "call-1")
    assert found.ended is not None
    for name, text in said.items():
        assert getattr(found.ended, name) == text.encode("utf-8", "backslashreplace").decode()
    store.close()


def test_half_of_a_pair_of_surrogates_is_kept_as_its_escape(store: Store) -> None:
    with store.write() as connection:
        kept(connection, answered(raw="a\ud83d b"), call="call-1")
    (found,) = attempts_at(store.connection(), "call-1")
    assert found.ended is not None
    assert found.ended.raw == "a\\ud83d b"


def test_an_attempt_ends_once(store: Store) -> None:
    with store.write() as connection:
        row_id = kept(connection, failed())
    with pytest.raises(ReviewerError, match="an attempt ends once"), store.write() as connection:
        end(connection, row_id, answered())
    assert table(store, "SELECT state, failure FROM critiques") == [("failed", "overloaded")]


def test_one_attempt_of_a_call_has_its_number_alone(store: Store) -> None:
    with store.write() as connection:
        reserve(connection, sent(call="call-1"))
    with pytest.raises(ReviewerError, match="never replaced"), store.write() as connection:
        reserve(connection, sent(call="call-1"))
    columns = ", ".join(column for (column,) in table(store, "SELECT name FROM pragma_table_info('critiques')")[2:])
    other = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.IntegrityError, match="never replaced"):
        other.execute(f"REPLACE INTO critiques (uuid, {columns}) SELECT 'new', {columns} FROM critiques")
    other.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("reserved", 0), ("call", "'other'"), ("attempt", 9), ("revision_id", 2), ("request_hash", "'x'"),
     ("uuid", "'x'"), ("proposal_hash", "'x'"), ("sent", "'x'"), ("model_asked", "'x'"), ("price", "'x'"),
     ("method_id", 2), ("reviewer_id", 2), ("sent_at", "'x'"), ("batch", "'x'"), ("rubric", "'x'"),
     ("constraints", "'[]'"), ("template_hash", "'x'"), ("schema_hash", "'x'"), ("template", "'x'"),
     ("removed", 5), ("sdk", "'x'"), ("effort", "'x'")],
)  # fmt: skip
def test_what_was_sent_stays_as_it_is_also_when_it_ends(store: Store, column: str, value: object) -> None:
    with store.write() as connection:
        save_reviewer(connection, "lee", NOW)
        reserve(connection, sent())
    before = table(store, "SELECT * FROM critiques")
    for ending in ("", f", state = 'failed', failure = 'x', ended_at = '{NOW}'"):
        with pytest.raises(sqlite3.IntegrityError, match="ends once"):
            store.connection().execute(f"UPDATE critiques SET {column} = {value}{ending}")
    assert table(store, "SELECT * FROM critiques") == before


def one_of_each(store: Store) -> None:
    with store.write() as connection:
        critique = kept(connection, answered())
        set_critic_offer(connection, CriticOffer(False, 0.5, 3), set_by="kim", now=NOW)
        stop_spending(connection, "the account is empty", said_by="kim", now=NOW)
        note_reading(connection, critique, 1, None, NOW, 1.0)
        set_mark(connection, critique, 1, "scale/0", True, NOW)


def test_a_batch_is_never_deleted_or_replaced_and_stays_what_it_was_made_as(store: Store) -> None:
    with store.write() as connection:
        batch = new_id()
        add_batch(connection, batch, requested_by="kim", asked="all", most=5, now=NOW)
        assert set_status(connection, batch, Status.IN_PROGRESS, NOW, was=(Status.PREPARING,), api_id="api-1")
    before = table(store, "SELECT * FROM critic_batches")
    columns = [column for (column,) in table(store, "SELECT name FROM pragma_table_info('critic_batches')")]
    others = ", ".join(columns[1:])
    by_api_id = others.replace("uuid", "'new'")
    other = sqlite3.connect(store.path)
    for statement in (
        "DELETE FROM critic_batches",
        "REPLACE INTO critic_batches SELECT * FROM critic_batches",
        f"REPLACE INTO critic_batches ({others}) SELECT {others} FROM critic_batches",
        f"REPLACE INTO critic_batches ({others}) SELECT {by_api_id} FROM critic_batches",
        *(
            f"UPDATE critic_batches SET {column} = {9 if column in ('id', 'max_usd', 'requests') else OTHER}"
            for column in columns
            if column not in ("status", "status_at")
        ),
    ):
        with pytest.raises(sqlite3.IntegrityError, match=r"never deleted|never replaced|stays what it was made as"):
            other.execute(statement)
    other.close()
    assert table(store, "SELECT * FROM critic_batches") == before


@pytest.mark.parametrize("name", TABLES)
def test_no_row_of_the_critic_is_changed_deleted_or_replaced(store: Store, name: str) -> None:
    one_of_each(store)
    columns = [column for (column,) in table(store, "SELECT name FROM pragma_table_info(?)", (name,))]
    before = table(store, f"SELECT * FROM {name}")
    assert len(before) == 1
    others = ", ".join(columns[1:])
    by_uuid = f"REPLACE INTO {name} ({others}) SELECT {others} FROM {name}"
    statements = [
        *(f"UPDATE {name} SET {column} = {column}" for column in columns),
        f"DELETE FROM {name}",
        f"REPLACE INTO {name} SELECT * FROM {name}",
        f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}",
        by_uuid,
    ]
    # As the sqlite3 shell is set, where no trigger of a deletion fires, too.
    other = sqlite3.connect(store.path)
    for connection in (store.connection(), other):
        for statement in statements:
            with pytest.raises(sqlite3.IntegrityError, match=r"never (updated|deleted|replaced)|ends once"):
                connection.execute(statement)
    other.close()
    assert table(store, f"SELECT * FROM {name}") == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "'answered'", "ended_at": "NULL"},
        {"state": "'sent'", "ended_at": f"'{NOW}'"},
        {"state": "'failed'", "ended_at": f"'{NOW}'"},
        {"state": "'answered'", "ended_at": f"'{NOW}'", "failure": "'x'"},
        {"state": "'lost'", "ended_at": f"'{NOW}'"},
        {"reserved": "-1"},
        {"spent": "-1"},
        {"usage": "'{'"},
        {"constraints": "'['"},
        {"attempt": "0"},
    ],
)
def test_a_row_that_could_not_be_is_refused(store: Store, wrong: dict[str, str]) -> None:
    with store.write() as connection:
        reserve(connection, sent())
    columns = [column for (column,) in table(store, "SELECT name FROM pragma_table_info('critiques')")][2:]
    values = [wrong.get(column, "'other'" if column == "call" else column) for column in columns]
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        store.connection().execute(
            f"INSERT INTO critiques (uuid, {', '.join(columns)}) SELECT 'new', {', '.join(values)} FROM critiques"
        )


def test_attempts_on_a_proposal_are_its_own_the_oldest_first(store: Store) -> None:
    with store.write() as connection:
        second = kept(connection, failed(), sent_at=day(2))
        first = kept(connection, None, sent_at=day(1))
        other = kept(connection, answered(), method_id=2, revision_id=2)
    reading = store.connection()
    assert [attempt.id for attempt in attempts_on(reading, 1)] == [first, second]
    assert [attempt.id for attempt in attempts_on(reading, 2)] == [other]
    assert attempts_on(reading, 9) == attempts_at(reading, "none") == ()


def test_of_the_answers_on_a_text_the_newest_is_taken_whoever_asked(store: Store) -> None:
    with store.write() as connection:
        lee = save_reviewer(connection, "lee", NOW)
        kept(connection, answered(), sent_at=day(1))
        newest = kept(connection, answered(), sent_at=day(3), reviewer_id=lee)
        kept(connection, answered(), sent_at=day(2))
        kept(connection, failed(), sent_at=day(4))
        kept(connection, None, sent_at=day(5))
        kept(connection, answered(), method_id=2, revision_id=2, sent_at=day(6))
    found = answered_on(store.connection(), 1, 1)
    assert found is not None
    assert (found.id, found.requested_by) == (newest, "lee")
    assert answered_on(store.connection(), 1, 2) is None


def test_a_call_is_named_by_its_end(store: Store) -> None:
    with store.write() as connection:
        for call in ("aa-12345678", "bb-12345678", "cc-87654321", "per%cent_"):
            kept(connection, failed(), call=call)
            kept(connection, answered(), call=call, attempt=2)
    reading = store.connection()
    assert calls_named(reading, "cc-87654321") == calls_named(reading, "654321") == ("cc-87654321",)
    assert sorted(calls_named(reading, "12345678")) == ["aa-12345678", "bb-12345678"]
    assert calls_named(reading, "aa-1234") == calls_named(reading, "%") == calls_named(reading, "______") == ()


def test_attempts_without_an_end_are_told_save_those_of_batches(store: Store) -> None:
    with store.write() as connection:
        two = kept(connection, None, sent_at=day(2))
        one = kept(connection, None, sent_at=day(1))
        kept(connection, None, sent_at=day(1), batch="batch-1")
        kept(connection, failed(), sent_at=day(1))
    assert [attempt.id for attempt in unended(store.connection())] == [one, two]


_OFFERS = st.builds(
    CriticOffer, st.booleans(), st.floats(0, 1, exclude_max=True, allow_subnormal=False), st.integers(0, 2**60)
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(_OFFERS, st.integers(1, 28)), max_size=6))
def test_of_what_was_said_of_the_offer_the_latest_holds(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[CriticOffer, int]]
) -> None:
    store = build_store(tmp_path_factory.mktemp("offers"))
    with store.write() as connection:
        for offer, at in said:
            set_critic_offer(connection, offer, set_by="kim", now=day(at))
    in_order = [offer for offer, _ in sorted(said, key=lambda each: each[1])]
    assert [each.offer for each in offer_history(store.connection())] == in_order
    assert critic_offer(store.connection()) == (in_order[-1] if in_order else CriticOffer(True, 0.0, 0))
    store.close()


@pytest.mark.parametrize("share", [1.0, -0.1, 2.0])
def test_a_share_that_leaves_nothing_or_is_none_is_refused(store: Store, share: float) -> None:
    with pytest.raises(ReviewerError, match="CHECK"), store.write() as connection:
        set_critic_offer(connection, CriticOffer(True, share, 0), set_by="kim", now=NOW)


def test_a_mark_is_yes_or_no_or_taken_back(store: Store) -> None:
    values: dict[str, Any] = {"uuid": "u", "critique": 1, "now": NOW}
    with store.write() as connection:
        kept(connection, answered())
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        store.connection().execute(
            "INSERT INTO critique_marks (uuid, critique_id, reviewer_id, item, useful, at) "
            "VALUES (:uuid, :critique, 1, 'scale/0', 2, :now)",
            values,
        )
