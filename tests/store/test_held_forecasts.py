"""Which forecasts may be scored: those that were held before anything of the outcome could be seen."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.outcomes import ForecastCounts, HeldForecast, LeftOut, Outcome, Seen
from reviewer.domain.vocabulary import Act, Rating, Result, Setting, Verdict
from reviewer.store.connection import Store
from reviewer.store.held_forecasts import (
    count_forecasts,
    scorable_forecasts,
    seen_from,
    stream_held_forecasts,
    what_is_seen,
)
from reviewer.store.outcomes import append_outcome
from reviewer.workflow import judging
from reviewer.workflow.outcomes import record_outcome, retract_outcome
from reviewer.workflow.session import Session
from tests.attempts import answered, kept, look
from tests.builders import act, build_session, build_store, context, import_records, judge, measured, record

DAY = datetime(2026, 3, 1, tzinfo=UTC)
FAILED = Outcome(Result.FAILED, DAY.date(), constraint="cost")


def at(session: Session, day: float) -> Session:
    """The session on so many days after the first."""
    moment = DAY + timedelta(days=day)
    return replace(session, clock=lambda: moment)


def forecast(session: Session, value: float | None, method_id: int = 1) -> None:
    act(session, method_id, Act.FORECAST, judging.set_forecast(value))


def end(session: Session, outcome: Outcome | None = FAILED, method_id: int = 1) -> None:
    with session.store.write() as connection:
        append_outcome(connection, method_id, outcome, reviewer_id=session.reviewer_id, now=session.now())


def held(store: Store) -> list[HeldForecast]:
    return list(stream_held_forecasts(store.connection(), 1))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1"), record("p2"), record("p3"))


def test_what_was_held_last_before_the_outcome_counts_with_verdict_and_blockers(store: Store) -> None:
    kim = build_session(store)
    forecast(at(kim, 0), 0.8)
    forecast(at(kim, 1), 0.35)
    act(at(kim, 2), 1, Act.RATING, judging.rate("cost", ConstraintRating(Rating.BLOCKER)))
    act(at(kim, 2), 1, Act.RATING, judging.rate("scale", ConstraintRating(Rating.CONCERN)))
    judge(at(kim, 3), 1, Verdict.FAILS)
    end(at(kim, 4))
    forecast(at(kim, 5), 0.01)
    act(at(kim, 5), 1, Act.RATING, judging.rate("signals", ConstraintRating(Rating.BLOCKER)))
    (found,) = held(store)
    assert (found.forecast, found.forecast_at) == (0.35, "2026-03-02T00:00:00.000Z")
    assert (found.verdict, found.blockers) == (Verdict.FAILS, ("cost",))
    assert (found.result, found.constraint, found.happened_on) == (Result.FAILED, "cost", date(2026, 3, 1))
    assert found.seen_from == "2026-03-05T00:00:00.000Z"
    assert (found.reviewer, found.left_out, found.changed_afterwards, found.after_the_fact) == ("kim", None, True, True)
    events = store.connection().execute("SELECT uuid FROM annotations ORDER BY id").fetchall()
    assert found.forecast_event == events[1][0]


def test_a_forecast_on_a_text_that_has_changed_since_is_scored_and_counted(store: Store) -> None:
    forecast(at(build_session(store), 0), 0.8)
    end(at(build_session(store), 4))
    assert [one.earlier_text for one in held(store)] == [False]
    import_records(store, record("p1", body="Rewritten."))
    (found,) = held(store)
    assert (found.left_out, found.earlier_text) == (None, True)
    assert count_forecasts(store.connection(), 1).earlier_text == 1


def test_a_forecast_that_was_undone_before_the_outcome_is_none_and_one_undone_after_it_is_one(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    forecast(at(kim, 0), 0.8)
    judging.undo(at(kim, 1))
    forecast(at(noor, 0), 0.8)
    end(at(kim, 2))
    judging.undo(at(noor, 3))
    first, second = held(store)
    assert (first.reviewer, first.forecast, first.left_out) == ("kim", None, LeftOut.NO_FORECAST)
    assert (second.reviewer, second.forecast, second.left_out) == ("noor", 0.8, None)
    assert not second.changed_afterwards, "taken back is no other forecast"
    assert list(scorable_forecasts(store.connection(), 1)) == [second]


def test_an_undo_of_a_later_forecast_brings_back_the_one_before(store: Store) -> None:
    kim = build_session(store)
    forecast(at(kim, 0), 0.8)
    forecast(at(kim, 1), 0.1)
    judging.undo(at(kim, 2))
    end(at(kim, 3))
    (found,) = held(store)
    assert (found.forecast, found.forecast_at) == (0.8, "2026-03-03T00:00:00.000Z"), "held anew since the undo"


def test_what_is_given_with_the_outcome_or_after_it_is_not_scored(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    judge(at(kim, 0), 1)
    end(at(kim, 2))
    forecast(at(kim, 2), 0.2)
    forecast(at(noor, 2.5), 0.2)
    assert [(f.reviewer, f.forecast, f.left_out) for f in held(store)] == [
        ("kim", None, LeftOut.MADE_AFTERWARDS),
        ("noor", None, LeftOut.MADE_AFTERWARDS),
    ]


def test_a_measurement_in_production_could_be_seen_before_the_outcome(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    forecast(at(kim, 0), 0.7)
    live = record("p1", measurements=(measured(0.1, setting=Setting.PRODUCTION),))
    import_records(store, live, now=at(kim, 1).now())
    forecast(at(noor, 2), 0.1)
    forecast(at(kim, 2), 0.1)
    end(at(kim, 3))
    one, two = held(store)
    assert (one.forecast, one.seen_from, one.changed_afterwards) == (0.7, "2026-03-02T00:00:00.000Z", True)
    assert two.left_out is LeftOut.MADE_AFTERWARDS


def test_an_outcome_that_was_taken_back_or_corrected_could_be_seen_all_the_same(store: Store) -> None:
    kim = build_session(store)
    end(at(kim, 1))
    end(at(kim, 2), None)
    forecast(at(kim, 3), 0.3)
    assert held(store) == [], "nothing is known of it now"
    end(at(kim, 4), replace(FAILED, result=Result.SURVIVED))
    (found,) = held(store)
    assert (found.result, found.left_out) == (Result.SURVIVED, LeftOut.MADE_AFTERWARDS)


def test_since_when_a_forecast_is_not_scored_is_known_before_it_is_given(store: Store) -> None:
    kim = build_session(store)
    connection = store.connection()
    assert seen_from(connection, 1) is None
    end(at(kim, 2))
    end(at(kim, 3), None)
    assert seen_from(connection, 1) == "2026-03-03T00:00:00.000Z"
    live = record("p1", measurements=(measured(0.1, setting=Setting.PRODUCTION),))
    import_records(store, live, now=at(kim, 1).now())
    assert seen_from(connection, 1) == "2026-03-02T00:00:00.000Z"
    assert seen_from(connection, 2) is None


def test_all_that_is_left_out_is_counted_by_its_reason(store: Store) -> None:
    kim, noor, lee = (build_session(store, name) for name in ("kim", "noor", "lee"))
    for method_id in (1, 2, 3):
        forecast(at(kim, 0), 0.3, method_id)
    forecast(at(noor, 0), 0.3)
    judge(at(lee, 0), 1)
    for method_id, result in ((1, Result.FAILED), (2, Result.PARTLY), (3, Result.WITHDRAWN)):
        end(at(kim, 1), replace(FAILED, result=result, happened_on=date(2026, 5, 4 - method_id)), method_id)
    forecast(at(lee, 2), 0.3, 2)
    connection = store.connection()
    each_once = dict.fromkeys(LeftOut, 1) | {LeftOut.AFTER_CRITIQUE: 0}
    assert count_forecasts(connection, 1) == ForecastCounts(2, 0, 0, 0, each_once)
    assert count_forecasts(connection, 1, kim.reviewer_id).scored == 1
    assert count_forecasts(connection, 2) == ForecastCounts()
    assert [f.method_id for f in held(store)] == [3, 2, 2, 1, 1, 1], "the oldest outcome first"
    assert [f.reviewer for f in scorable_forecasts(connection, 1, noor.reviewer_id)] == ["noor"]


def in_the_end(store: Store) -> list[HeldForecast]:
    return list(stream_held_forecasts(store.connection(), 1, after_claude=True))


def test_what_was_held_before_claudes_critique_is_scored_and_what_came_after_it_where_that_is_asked(
    store: Store,
) -> None:
    kim = build_session(store)
    forecast(at(kim, 0), 0.8)
    judge(at(kim, 0.5), 1, Verdict.SURVIVES)
    look(at(kim, 1), 1)
    forecast(at(kim, 2), 0.3)
    judge(at(kim, 2), 1, Verdict.FAILS)
    look(at(kim, 3), 1)
    forecast(at(kim, 4), 0.2)
    end(at(kim, 5))
    forecast(at(kim, 6), 0.01)
    (found,), (after,) = held(store), in_the_end(store)
    assert (found.forecast, found.verdict, found.left_out) == (0.8, Verdict.SURVIVES, None)
    assert (found.critique_from, found.after_critique) == (at(kim, 1).now(), 0.2)
    assert (found.given_after_critique, found.changed_afterwards) == (False, True)
    assert (after.forecast, after.verdict, after.after_critique) == (0.2, Verdict.FAILS, None)
    assert (after.forecast_at, after.given_after_critique) == (at(kim, 4).now(), True)
    assert count_forecasts(store.connection(), 1).unscored_after_critique == 1


def test_a_forecast_that_was_first_given_after_claudes_critique_is_left_out_and_counted(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    for session in (kim, noor):
        look(at(session, 1), 1)
    forecast(at(kim, 1), 0.3)
    forecast(at(noor, 0), 0.4)
    end(at(kim, 5))
    assert [(f.forecast, f.left_out, f.after_critique) for f in held(store)] == [
        (None, LeftOut.AFTER_CRITIQUE, 0.3), (0.4, None, None)]  # fmt: skip
    assert [(f.forecast, f.left_out) for f in in_the_end(store)] == [(0.3, None), (0.4, None)]
    counts = count_forecasts(store.connection(), 1)
    assert (counts.scored, counts.unscored_after_critique) == (1, 1)


@pytest.mark.parametrize(("result", "why"), [(Result.PARTLY, LeftOut.PARTLY), (Result.WITHDRAWN, LeftOut.WITHDRAWN)])
def test_what_is_scored_in_no_way_is_not_left_out_for_claude(store: Store, result: Result, why: LeftOut) -> None:
    kim = build_session(store)
    look(at(kim, 0), 1)
    forecast(at(kim, 1), 0.3)
    end(at(kim, 2), replace(FAILED, result=result))
    assert [f.left_out for f in held(store)] == [why]


def test_a_look_that_was_never_written_down_is_known_by_what_was_said_after_it(store: Store) -> None:
    kim = build_session(store)
    forecast(at(kim, 0), 0.8)
    with store.write() as connection:
        kept(connection, answered(), call="call-1")
    seen = context(kim, 1, visible={"critique": "call-1"})
    judging.perform(at(kim, 1), 1, Act.FORECAST, judging.set_forecast(0.2), seen, words="")
    end(at(kim, 2))
    (found,) = held(store)
    assert (found.forecast, found.critique_from, found.after_critique) == (0.8, at(kim, 1).now(), 0.2)


def test_critiques_that_others_read_or_nobody_did_change_nothing(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    forecast(at(kim, 0), 0.8)
    end(at(kim, 5))
    before = held(store)
    look(at(noor, 1), 1)
    look(at(kim, 1), method_id=2)
    assert held(store) == before == in_the_end(store)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("forecast"), st.sampled_from([0.1, 0.5, 0.9, None])),
        st.tuples(st.sampled_from(["undo", "redo", "flag", "end", "retract", "look"]), st.none()),
    ),
    max_size=14,
)
NAMES = iter(range(10**6))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], tuple[Session, int]]:
    store = build_store(tmp_path_factory.mktemp("many"))

    def begin() -> tuple[Session, int]:
        number = next(NAMES)
        (done,) = import_records(store, record(f"q{number}"))
        return build_session(store, f"reviewer {number}"), done.method_id

    return begin


@settings(max_examples=50)
@given(steps=STEPS)
def test_what_is_scored_is_what_stood_when_the_first_outcome_was_told(
    many: Callable[[], tuple[Session, int]], steps: list[tuple[str, float | None]]
) -> None:
    kim, method_id = many()
    seen: list[float | None] = []
    before: list[float | None] = []
    ended = False
    later: list[float | None] = []
    for day, (what, value) in enumerate(steps):
        session = at(kim, day)
        if what == "forecast":
            forecast(session, value, method_id)
        elif what == "undo":
            judging.undo(session)
        elif what == "redo":
            judging.redo(session)
        elif what == "flag":
            act(session, method_id, Act.FLAG, lambda j: replace(j, flagged=not j.flagged))
        elif what == "look":
            before = before or [_forecast(kim, method_id)]
            look(session, method_id)
        elif what == "end":
            end(session, replace(FAILED, note=str(day)), method_id)
            seen, ended = seen or [_forecast(kim, method_id)], True
            before = before or seen
        elif ended:
            end(session, None, method_id)
            ended = False
        if seen:
            later.append(_forecast(kim, method_id))

    def of_kim(after_claude: bool = False) -> list[HeldForecast]:
        every = stream_held_forecasts(kim.store.connection(), 1, kim.reviewer_id, after_claude=after_claude)
        return [f for f in every if f.method_id == method_id]

    found = of_kim()
    touched = (
        kim.store.connection()
        .execute("SELECT count(*) FROM annotations WHERE reviewer_id = ?", (kim.reviewer_id,))
        .fetchone()[0]
    )
    assert len(found) == (ended and touched > 0)
    if found:
        assert found[0].forecast == before[0]
        assert found[0].after_critique == (None if seen[0] == before[0] else seen[0])
        assert found[0].changed_afterwards == any(f not in (None, seen[0]) for f in later)
        (after,) = of_kim(after_claude=True)
        assert (after.forecast, after.after_critique) == (seen[0], None)
        assert after.changed_afterwards == any(f not in (None, seen[0]) for f in later)


def _forecast(session: Session, method_id: int) -> float | None:
    row = (
        session.store.connection()
        .execute(
            "SELECT forecast FROM current_judgements WHERE reviewer_id = ? AND method_id = ?",
            (session.reviewer_id, method_id),
        )
        .fetchone()
    )
    return row[0] if row else None


def test_what_is_seen_of_an_end_is_the_outcome_that_one_was_taken_back_or_production(tmp_path: Path) -> None:
    ran = record("p2", measurements=(measured(0.4, setting=Setting.PRODUCTION),))
    store = build_store(tmp_path, record("p1"), ran)
    kim = build_session(store)
    seen = [what_is_seen(store.connection(), method_id) for method_id in (1, 2)]
    assert seen == [(None, None), (None, Seen.PRODUCTION)]
    event = record_outcome(kim, 1, Outcome(Result.FAILED, date(2026, 1, 1)))
    assert what_is_seen(store.connection(), 1) == (event, Seen.OUTCOME)
    retract_outcome(kim, 1)
    assert what_is_seen(store.connection(), 1) == (None, Seen.TAKEN_BACK)
