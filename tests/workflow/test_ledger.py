"""The ledger: what was measured, forecast and lost, as one viewer may see it, and the outcomes as a CSV."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from reviewer.domain.outcomes import LeftOut, Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Direction, Resolution, Result, Role, Setting
from reviewer.evidence.stages import Gain
from reviewer.store.connection import Store
from reviewer.store.problems import list_problems
from reviewer.workflow import judging
from reviewer.workflow.ledger import LedgerRow, export_outcomes, ledger, row_as_data, standing_today
from reviewer.workflow.outcomes import import_outcomes, record_outcome, retract_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.targets import write_target
from tests.builders import RUBRIC, act, build_session, build_store, import_records, judge, measured, record, table

FAILED = Outcome(Result.FAILED, date(2026, 1, 1))
DAY = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    lab, held_out = Setting.LAB, Setting.HELD_OUT
    return build_store(
        tmp_path,
        record("p1", measurements=(measured(0.8, setting=lab, standard_error=0.03, n_seeds=5),
                                   measured(0.5, "math", setting=held_out, standard_error=0.04, n_seeds=5))),
        record("p2", measurements=(measured(0.7, setting=lab),
                                   measured(0.4, setting=Setting.PRODUCTION))),
        record("p3"),
        record("b1", Role.BASELINE, measurements=(
            measured(0.2, setting=lab, standard_error=0.04, n_seeds=5),
            measured(0.3, "math", setting=held_out, standard_error=0.03, n_seeds=5),
            measured(0.3, setting=Setting.PRODUCTION))),
    )  # fmt: skip


def at(session: Session, day: float) -> Session:
    moment = DAY + timedelta(days=day)
    return replace(session, clock=lambda: moment)


def seen(store: Store, viewer: int) -> list[LedgerRow]:
    return list(ledger(store.connection(), 1, viewer))


def test_lab_held_out_and_effect_stand_side_by_side_with_what_was_lost(store: Store) -> None:
    kim = at(build_session(store), 0)
    record_outcome(kim, 1, replace(FAILED, metric="pgr", effect=0.05, standard_error=0.04, setting=Setting.PRODUCTION))
    (row,) = seen(store, kim.reviewer_id)
    assert (row.entry.external_id, row.entry.result, row.metric, row.direction) == (
        "p1", "failed", "pgr", Direction.HIGHER,
    )  # fmt: skip
    assert list(row.stages) == [Setting.LAB, Setting.HELD_OUT]
    assert row.effect == Gain(0.05, 0.04)
    for gain, value, error in (
        (row.stages[Setting.LAB].gain, 0.6, 0.05),
        (row.stages[Setting.HELD_OUT].gain, 0.2, 0.05),
        (row.lost_held_out, 0.4, 0.05 * 2**0.5),
        (row.lost_in_production, 0.15, (0.05**2 + 0.04**2) ** 0.5),
    ):
        assert gain is not None
        assert gain.value == pytest.approx(value)
        assert gain.standard_error == pytest.approx(error)


def test_a_measurement_in_production_stands_for_an_effect_that_nobody_told(store: Store) -> None:
    kim = at(build_session(store), 0)
    record_outcome(kim, 2, FAILED)
    (row,) = seen(store, kim.reviewer_id)
    assert row.effect is not None
    assert row.effect.value == pytest.approx(0.1)
    assert row.lost_held_out is None
    assert row.lost_in_production is not None
    assert row.lost_in_production.value == pytest.approx(0.4), "of the gain in the lab, since it was not held out"


@pytest.mark.parametrize("setting", [None, Setting.LAB, Setting.PILOT])
def test_an_effect_that_nobody_says_is_of_production_is_not_taken_for_it(store: Store, setting: Setting | None) -> None:
    kim = at(build_session(store), 0)
    record_outcome(kim, 1, replace(FAILED, metric="pgr", effect=0.05, standard_error=0.04, setting=setting))
    (row,) = seen(store, kim.reviewer_id)
    assert (row.effect, row.lost_in_production, row.entry.effect) == (None, None, 0.05)


def test_an_effect_of_nobody_knows_what_is_held_against_nothing(store: Store) -> None:
    kim = at(build_session(store), 0)
    record_outcome(kim, 2, replace(FAILED, effect=0.05))
    record_outcome(kim, 3, replace(FAILED, effect=0.05, metric="clicks", setting=Setting.PRODUCTION))
    one, two = seen(store, kim.reviewer_id)
    assert (one.effect, one.lost_in_production, one.entry.effect) == (None, None, 0.05)
    assert (two.metric, two.direction, two.stages, two.lost_in_production) == ("clicks", Direction.UNKNOWN, {}, None)


def test_others_forecasts_are_seen_once_one_has_given_a_verdict(store: Store) -> None:
    kim, noor, lee = (build_session(store, name) for name in ("kim", "noor", "lee"))
    for session, value in ((kim, 0.2), (noor, 0.7)):
        act(at(session, 0), 1, Act.FORECAST, judging.set_forecast(value))
    record_outcome(at(kim, 1), 1, FAILED)

    def forecasts(session: Session | None) -> tuple[list[tuple[str, float | None]], bool]:
        (row,) = seen(store, session.reviewer_id if session else 0)
        return [(held.reviewer, held.forecast) for held in row.forecasts], row.hidden

    assert forecasts(kim) == ([("kim", 0.2)], True), "a forecast is no verdict"
    assert forecasts(lee) == ([], True)
    assert forecasts(None) == ([], True)
    judge(at(kim, 2), 1)
    assert forecasts(kim) == ([("kim", 0.2), ("noor", 0.7)], False)
    judge(at(lee, 2), 1)
    assert forecasts(lee) == ([("kim", 0.2), ("noor", 0.7), ("lee", None)], False)
    judging.undo(at(lee, 3))
    assert forecasts(lee)[1]


def test_who_organises_the_reviews_may_ask_for_what_all_hold(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    act(at(noor, 0), 1, Act.FORECAST, judging.set_forecast(0.7))
    record_outcome(at(kim, 1), 1, FAILED)
    for viewer_id in (0, kim.reviewer_id):
        (row,) = ledger(store.connection(), 1, viewer_id, everyone=True)
        assert ([held.forecast for held in row.forecasts], row.hidden) == ([0.7], False)


def test_nothing_of_a_forecast_that_is_kept_back_is_in_the_data(store: Store) -> None:
    kim, noor = build_session(store), build_session(store, "noor")
    act(at(noor, 0), 1, Act.FORECAST, judging.set_forecast(0.7))
    record_outcome(at(kim, 1), 1, FAILED)
    with_noor = row_as_data(seen(store, kim.reviewer_id)[0])
    assert (with_noor["forecasts"], with_noor["forecasts_hidden"]) == ([], True)
    record_outcome(at(kim, 1), 3, FAILED)
    nobody = row_as_data(seen(store, kim.reviewer_id)[1])
    assert (nobody["forecasts"], nobody["forecasts_hidden"]) == ([], True), "it looks the same where there is none"
    judge(at(kim, 2), 1)
    told = row_as_data(seen(store, kim.reviewer_id)[0])["forecasts"]
    assert [(f["reviewer"], f["forecast"], f["left_out"]) for f in told] == [
        ("kim", None, LeftOut.NO_FORECAST),
        ("noor", 0.7, None),
    ]


def test_what_was_taken_back_is_not_listed_and_the_oldest_comes_first(store: Store) -> None:
    kim = at(build_session(store), 0)
    for method_id, day in ((1, 3), (2, 1), (3, 2)):
        record_outcome(kim, method_id, replace(FAILED, happened_on=date(2026, 1, day)))
    assert [row.entry.external_id for row in seen(store, 0)] == ["p2", "p3", "p1"]
    retract_outcome(kim, 3)
    assert [row.entry.external_id for row in seen(store, 0)] == ["p2", "p1"]


def test_how_ones_own_judged_proposals_stand(store: Store) -> None:
    kim, noor = at(build_session(store), 0), at(build_session(store, "noor"), 0)
    for method_id in (1, 2, 3):
        judge(kim, method_id)
    act(noor, 1, Act.FLAG, judging.set_flag(True))
    record_outcome(kim, 1, FAILED)

    def standing(session: Session, day: int) -> list[int]:
        (stored,) = list_problems(store.connection())
        found = standing_today(store, stored, session.reviewer_id, at(kim, day).clock)
        return [found.judged, *(found.by[r] for r in (Resolution.RESOLVED, Resolution.OPEN, Resolution.UNRESOLVED))]

    assert standing(kim, 0) == [3, 1, 2, 0]
    write_target(kim, 1, Target("gain", months=1))
    assert standing(kim, 31) == [3, 1, 2, 0]
    assert standing(kim, 32) == [3, 1, 0, 2]
    act(kim, 2, Act.RESOLVES_ON, judging.set_resolves_on((DAY + timedelta(days=90)).date()))
    assert standing(kim, 32) == [3, 1, 1, 1], "a day of one's own goes before the target's"
    assert standing(kim, 100) == [3, 1, 0, 2]
    assert standing(noor, 32) == [0, 0, 0, 0], "what others judged is not told"


def test_outcomes_go_out_as_a_csv_with_guarded_cells_and_come_in_again(store: Store, tmp_path: Path) -> None:
    kim = at(build_session(store), 0)
    whole = Outcome(
        Result.SURVIVED,
        date(2026, 1, 2),
        "=pgr",
        -0.5,
        0.25,
        Setting.PRODUCTION,
        "scale",
        "@x",
        "'=1+1\nä;\t",
        0.3,
    )
    record_outcome(kim, 1, whole)
    record_outcome(kim, 2, FAILED)
    path = tmp_path / "outcomes.csv"
    assert export_outcomes(store, list_problems(store.connection()), path) == 2
    with path.open(newline="", encoding="utf-8") as file:
        one, two = csv.DictReader(file)
    assert (one["effect"], one["error"], one["result"], one["date"]) == ("", "", "failed", "2026-01-01")
    assert (two["metric"], two["effect"], two["evidence"], two["note"]) == ("'=pgr", "-0.5", "'@x", "''=1+1\nä;")
    assert (one["chosen_with"], two["chosen_with"]) == ("", "0.3")
    assert (two["by"], two["external_id"], two["problem"]) == ("kim", "p1", "weak_to_strong")
    again = import_outcomes(store, path, RUBRIC, clock=kim.clock)
    assert (again.new, again.unchanged, again.rejects, again.unknown_columns) == (0, 2, (), ())
    (tmp_path / "new").mkdir()
    new = build_store(tmp_path / "new", record("p2"), record("p1"))
    assert import_outcomes(new, path, RUBRIC, clock=kim.clock).new == 2
    said = (
        "SELECT result, happened_on, metric, effect, standard_error, setting, constraint_slug, evidence, note, "
        "chosen_with FROM outcomes ORDER BY result"
    )
    assert table(new, said) == table(store, said)


def test_a_ledger_of_many_is_read_piece_by_piece(tmp_path: Path) -> None:
    store = build_store(tmp_path)
    import_records(store, *(record(f"q{i}") for i in range(130)))
    kim = at(build_session(store), 0)
    for method_id in range(1, 131):
        if method_id % 3:
            act(kim, method_id, Act.FORECAST, judging.set_forecast(method_id / 200))
        record_outcome(at(kim, 1), method_id, FAILED)
    rows = seen(store, kim.reviewer_id)
    assert [row.entry.method_id for row in rows] == list(range(1, 131))
    assert [[h.forecast for h in row.forecasts] for row in rows] == [[n / 200] if n % 3 else [] for n in range(1, 131)]
