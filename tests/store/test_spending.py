"""What Claude has cost, and whether spending is stopped."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.store.connection import Store
from reviewer.store.spending import Spent, spent_so_far, stop_spending, stopped_for
from tests.attempts import answered, failed, kept
from tests.builders import build_session, build_store, record


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = build_store(tmp_path, record())
    build_session(store)
    yield store
    store.close()


def day(n: int) -> str:
    return f"2026-02-{n:02}T00:00:00.000Z"


def test_nothing_was_spent_where_nothing_was_sent(store: Store) -> None:
    assert spent_so_far(store.connection(), day(1)) == Spent(0, 0, 0, 0)


def test_what_was_set_aside_counts_until_what_was_billed_is_known(store: Store) -> None:
    with store.write() as connection:
        kept(connection, None, reserved=500, sent_at=day(2))
        kept(connection, answered(spent=70), reserved=500, sent_at=day(2))
        kept(connection, failed("timed_out", spent=None), reserved=900, sent_at=day(1))
        kept(connection, failed(spent=0), reserved=500, sent_at=day(1))
    assert spent_so_far(store.connection(), day(2)) == Spent(day=570, whole=1470, set_aside=1400, calls=4)
    assert spent_so_far(store.connection(), day(3)).day == 0


_ATTEMPTS = st.lists(
    st.tuples(
        st.integers(0, 10**9),
        st.sampled_from(("sent", "answered", "failed")),
        st.none() | st.integers(0, 10**9),
        st.integers(1, 9),
    ),
    max_size=12,
)


@settings(max_examples=30, deadline=None)
@given(_ATTEMPTS, st.integers(1, 9))
def test_every_attempt_is_in_the_sum_at_what_is_known_of_it(
    attempts: list[tuple[int, str, int | None, int]], today: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = build_store(Path(folder), record())
        build_session(store)
        whole = of_day = aside = 0
        with store.write() as connection:
            for reserved, state, spent, at in attempts:
                ends = {"sent": None, "answered": answered(spent=spent), "failed": failed(spent=spent)}
                kept(connection, ends[state], reserved=reserved, sent_at=day(at))
                known = spent if state != "sent" else None
                counts = reserved if known is None else known
                whole += counts
                of_day += counts if at >= today else 0
                aside += reserved if known is None else 0
        assert spent_so_far(store.connection(), day(today)) == Spent(of_day, whole, aside, len(attempts))
        store.close()


def test_sums_are_read_from_an_index_however_long_the_answers_are(store: Store) -> None:
    plan = store.connection().execute(
        "EXPLAIN QUERY PLAN SELECT sum(coalesce(spent, reserved)), count(*) FROM critiques"
    ).fetchall()  # fmt: skip
    assert [row[3] for row in plan] == ["SCAN critiques USING COVERING INDEX critiques_by_time"]


def test_spending_is_stopped_until_somebody_says_go_on(store: Store) -> None:
    assert stopped_for(store.connection()) == ""
    with store.write() as connection:
        stop_spending(connection, "the account is empty", said_by="kim", now=day(1))
    assert stopped_for(store.connection()) == "the account is empty"
    with store.write() as connection:
        stop_spending(connection, "", said_by="lee", now=day(2))
    assert stopped_for(store.connection()) == ""
    with store.write() as connection:
        stop_spending(connection, "a limit of the month", said_by="kim", now=day(2))
    assert stopped_for(store.connection()) == "a limit of the month", "said later in the same moment"


def test_of_stops_that_came_from_two_stores_the_latest_holds(store: Store) -> None:
    with store.write() as connection:
        stop_spending(connection, "", said_by="lee", now=day(3))
        stop_spending(connection, "the account is empty", said_by="kim", now=day(2))
    assert stopped_for(store.connection()) == ""
