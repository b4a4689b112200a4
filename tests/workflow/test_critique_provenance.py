"""Where a call to Claude came from and what came of it, as data and as lines."""

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.critic.settings import LONGEST_DEADLINE
from reviewer.domain.critiques import Usage
from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_text
from reviewer.store.connection import Store
from reviewer.store.critiques import Ended, StoredAttempt, attempts_at
from reviewer.workflow.critic_state import critic_state, is_cut_off
from reviewer.workflow.critique_provenance import attempts_named, provenance, provenance_lines
from tests.attempts import HOSTILE, answered, failed, kept
from tests.builders import NOW, build_session, build_store, record

SENT = datetime.fromisoformat(NOW)
SOON = SENT + timedelta(seconds=LONGEST_DEADLINE)
LATER = SOON + timedelta(seconds=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record())
    build_session(store)
    yield store
    store.close()


def one(store: Store, ended: Ended | None, **more: object) -> StoredAttempt:
    with store.write() as connection:
        kept(connection, ended, call="call-00000001", **more)
    return attempts_at(store.connection(), "call-00000001")[-1]


def lines(attempt: StoredAttempt, now: datetime = LATER) -> dict[str, str]:
    """The labelled lines, by their labels."""
    told = list(provenance_lines(attempt, now))
    return {line[:10].rstrip(): line[10:] for line in told[: told.index("")]}


def test_an_answer_is_told_with_all_that_it_came_from_and_its_raw_text_last(store: Store) -> None:
    raw = 'first\n{"critiques": []}'
    attempt = one(store, answered(raw=raw, usage=Usage(1_000, 2_500, 10, 0, 300)), reserved=1_250_000)
    assert lines(attempt) == {
        "call": "call-00000001, attempt 1",
        "asked": f"{NOW} by kim",
        "model": "claude-test, effort high; anthropic 2.12.0",
        "prompt": f"second-reader-1, sha256 {'a' * 16}; form {'b' * 16}",
        "request": f"sha256 {'c' * 16}; proposal {'d' * 16}; rubric test@1",
        "set aside": "$1.25 at 5 in, 25 out, dated 2026-01-01",
        "ended": "2026-01-02T03:04:50.000Z, answered, after 45.0 s",
        "answer": "claude-test-20260101, message msg_1, request req_1, ended with end_turn",
        "tokens": "1,310 in, 2,500 out",
        "cost": "$0.0100",
    }
    assert list(provenance_lines(attempt, LATER))[-4:] == ["", "first", '{"critiques": []}', ""]


def test_a_failure_says_what_it_was_and_that_its_cost_is_not_known(store: Store) -> None:
    told = lines(one(store, failed("timed_out", detail="no end came", spent=None, seconds=None)))
    assert told["ended"] == "2026-01-02T03:04:50.000Z, timed out no end came, after 0.0 s"
    assert told["answer"] == "no model, message none, request none, ended with nothing"
    assert (told["tokens"], told["cost"]) == ("none told", "not known: what was set aside counts")


@pytest.mark.parametrize(
    ("batch", "now", "sentence"),
    [
        (None, SOON, "nothing was heard of it yet: what was set aside counts as spent"),
        (None, LATER, "cut off: who waited for it is gone, and what was set aside stays counted as spent"),
        ("b", LATER, "it is in a batch, and nothing was heard of it yet: what was set aside counts as spent"),
    ],
)
def test_an_attempt_without_an_end_says_whether_one_can_still_come(
    store: Store, batch: str | None, now: datetime, sentence: str
) -> None:
    attempt = one(store, None, batch=batch)
    assert lines(attempt, now)["ended"] == sentence
    assert provenance(attempt, now)["cut_off"] is sentence.startswith("cut off")
    assert provenance(attempt, now)["state"] == "sent"


def test_as_data_it_has_every_column_and_amounts_in_dollars(store: Store) -> None:
    told = provenance(one(store, answered(spent=12_500), reserved=400_000), LATER)
    assert (told["call"], told["requested_by"], told["state"], told["cut_off"]) == (
        "call-00000001", "kim", "answered", False,
    )  # fmt: skip
    assert (told["reserved_usd"], told["spent_usd"], told["raw"]) == (0.4, 0.0125, '{"critiques":[]}')
    columns = {name for (name,) in store.connection().execute("SELECT name FROM pragma_table_info('critiques')")}
    assert columns - {"id", "uuid"} <= set(told), "nothing that is kept is left out"
    assert provenance(one(store, failed(spent=None), attempt=2), LATER)["spent_usd"] is None


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_whatever_came_back_its_lines_are_safe_to_show_and_its_data_is_json(raw: str, detail: str, model: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder), record())
        build_session(store)
        attempt = one(store, failed(raw=raw, detail=detail, model=model, stop_reason=detail))
        for line in provenance_lines(attempt, LATER):
            assert line == safe_text(line, keep_newlines=False)
        assert (
            json.loads(json.dumps(provenance(attempt, LATER)))["raw"]
            == raw.encode("utf-8", "backslashreplace").decode()
        )
        store.close()


def test_a_call_is_found_by_the_end_of_its_id(store: Store) -> None:
    with store.write() as connection:
        for number, call in enumerate(("aa-12345678", "bb-12345678", "cc-87654321", "dd-87654321x"), 1):
            kept(connection, failed(), call=call)
            kept(connection, answered(), call=call, attempt=2)
            assert number
    found = attempts_named(store, " 87654321 ")
    assert [(each.sent.call, each.sent.attempt) for each in found] == [("cc-87654321", 1), ("cc-87654321", 2)]
    with pytest.raises(UserError, match="“12345678” names more than one call: give more"):
        attempts_named(store, "12345678")
    for nothing in ("54321", "", "%%%%%%", "______", "99999999", "a" * 10_000):
        with pytest.raises(UserError, match="There is no call"):
            attempts_named(store, nothing)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 2 * LONGEST_DEADLINE), st.booleans(), st.sampled_from(("sent", "failed", "answered"))),
        max_size=8,
    )
)
def test_what_is_cut_off_is_counted_with_what_stays_set_aside(attempts: list[tuple[int, bool, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder), record())
        build_session(store)
        cut_off = under_way = lost = 0
        now = datetime(2026, 3, 1, 12, tzinfo=UTC)
        with store.write() as connection:
            for n, (age, in_batch, state) in enumerate(attempts, 1):
                at = (now - timedelta(seconds=age)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
                ended = {"sent": None, "failed": failed(), "answered": answered()}[state]
                kept(connection, ended, sent_at=at, reserved=10**n, batch="b" if in_batch else None)
                if state == "sent" and not in_batch:
                    gone = age > LONGEST_DEADLINE
                    cut_off, under_way, lost = cut_off + gone, under_way + (not gone), lost + gone * 10**n
        found = critic_state(store, now)
        assert (found.cut_off, found.under_way, found.lost_to_them) == (cut_off, under_way, lost)
        assert found.spent.calls == len(attempts)
        assert found.spent.set_aside >= lost
        store.close()


def test_an_attempt_that_ended_is_not_cut_off(store: Store) -> None:
    assert not is_cut_off(one(store, failed(spent=None)), LATER)
