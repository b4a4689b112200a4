"""The ledger in order: what lost most first, one metric before the others, and what may be said of all."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from reviewer.domain.outcomes import Outcome
from reviewer.domain.vocabulary import Act, Result, Role, Setting
from reviewer.judgement.vanishing import FOR_FIGURES
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.leaderboard import UnwantedError
from reviewer.workflow.ledger_board import LedgerBoard, board_of, read_rows
from reviewer.workflow.outcomes import record_outcome
from reviewer.workflow.session import Session
from tests.builders import act, build_session, build_store, judge, measured, record

LAB, HELD_OUT, PRODUCTION = Setting.LAB, Setting.HELD_OUT, Setting.PRODUCTION
ENDED = Outcome(Result.FAILED, date(2026, 1, 1), "pgr", 0.1, 0.02, PRODUCTION)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    def lab(value: float, metric: str = "pgr") -> tuple[object, ...]:
        return (measured(value, metric=metric, setting=LAB, standard_error=0.02, n_seeds=5),)

    return build_store(
        tmp_path,
        record("p1", measurements=lab(0.5)),
        record("p2", measurements=lab(0.9)),
        record("p3", measurements=(*lab(0.7), measured(0.3, setting=PRODUCTION, standard_error=0.01, n_seeds=3))),
        record("p4", measurements=lab(0.4, "loss")),
        record("p5"),
        record("p6", measurements=lab(0.99)),
        record("b1", Role.BASELINE, measurements=(
            *lab(0.2), *lab(0.8, "loss"), measured(0.2, setting=PRODUCTION, standard_error=0.01, n_seeds=3))),
    )  # fmt: skip


@pytest.fixture
def kim(store: Store) -> Session:
    kim = build_session(store)
    record_outcome(kim, 1, ENDED)
    record_outcome(kim, 2, replace(ENDED, effect=0.0))
    record_outcome(kim, 4, replace(ENDED, metric="loss", effect=-0.1))
    record_outcome(kim, 5, replace(ENDED, metric="", effect=None, standard_error=None))
    return kim


def board(store: Store, viewer: int, metric: str | None = None) -> LedgerBoard:
    return board_of(read_rows(store, 1, viewer), metric)


def test_what_lost_most_stands_first_and_what_only_ran_in_production_among_them(store: Store, kim: Session) -> None:
    found = board(store, kim.reviewer_id)
    names = [row.entry.external_id for row in found.rows]
    assert names == ["p2", "p3", "p1", "p5", "p4"], "p5 has nothing lost, p4 is of another metric, p6 has no end"
    assert [row.lost and round(row.lost.value, 3) for row in found.rows] == [0.7, 0.4, 0.2, None, 0.3]
    ran = found.rows[1]
    assert (ran.entry.result, ran.entry.standing, ran.forecasts) == ("", 0, ())
    assert ran.effect is not None
    assert ran.effect.value == pytest.approx(0.1)


def test_the_points_are_of_one_metric_alone_and_know_their_rows(store: Store, kim: Session) -> None:
    found = board(store, kim.reviewer_id)
    assert (found.metric, found.metrics, found.elsewhere) == ("pgr", ("pgr", "loss"), 1)
    assert [point.place for point in found.points] == [0, 1, 2]
    assert [round(point.pair.lab.value, 3) for point in found.points] == [0.7, 0.5, 0.3]
    other = board(store, kim.reviewer_id, "loss")
    assert (other.metric, other.elsewhere) == ("loss", 3)
    assert [row.entry.external_id for row in other.rows][:1] == ["p4"]
    assert other.rows[0].lost is not None
    assert other.rows[0].lost.value == pytest.approx(0.3), "the loss fell by .4 in the lab and by .1 in the end"
    assert board(store, kim.reviewer_id, "taste").metric == "pgr"


def test_the_scale_holds_every_value_and_zero(store: Store, kim: Session) -> None:
    found = board(store, kim.reviewer_id)
    assert found.scale is not None
    for point in found.points:
        for effect in (point.pair.lab, point.pair.production):
            assert 0 <= found.scale.place(effect.value) <= 1
    assert 0 < found.scale.place(0.0) < 1


def test_too_few_are_told_as_missing_and_no_figure_is_shown(store: Store, kim: Session) -> None:
    found = board(store, kim.reviewer_id)
    assert found.vanishing.correlation.value is None
    assert f"they need {FOR_FIGURES}" in found.vanishing.missing


def test_others_forecasts_stay_hidden_before_ones_own_verdict(store: Store) -> None:
    kim, ann = build_session(store), build_session(store, "ann")
    act(ann, 1, Act.FORECAST, judging.set_forecast(0.3))
    act(kim, 1, Act.FORECAST, judging.set_forecast(0.6))
    record_outcome(ann, 1, ENDED)

    def seen() -> list[str]:
        rows = read_rows(store, 1, kim.reviewer_id)
        return [h.reviewer for row in rows if row.entry.external_id == "p1" for h in row.forecasts]

    assert seen() == ["kim"]
    judge(kim, 1)
    assert sorted(seen()) == ["ann", "kim"]


def test_the_limits_rest_on_the_runs_of_each_side(store: Store, kim: Session) -> None:
    found = board(store, kim.reviewer_id)
    runs = {found.rows[p.place].entry.external_id: (p.pair.lab.n, p.pair.production.n) for p in found.points}
    assert runs == {"p2": (5, None), "p3": (5, 3), "p1": (5, None)}, "nobody says how many runs a told effect rests on"
    assert all(p.pair.lab.limits and p.pair.production.limits for p in found.points)


def test_an_empty_ledger_is_one(tmp_path: Path) -> None:
    found = board(build_store(tmp_path, record("p1")), 0)
    assert (found.rows, found.metric, found.points, found.scale) == ((), "", (), None)


def test_reading_says_how_far_it_is_and_ends_where_nobody_waits(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(45)))
    kim = build_session(store)
    for method_id in range(1, 46):
        record_outcome(kim, method_id, ENDED)
    told: list[tuple[int, int]] = []
    read_rows(store, 1, kim.reviewer_id, told=lambda read, of: told.append((read, of)))
    assert told == [(20, 45), (40, 45)]
    with pytest.raises(UnwantedError):
        read_rows(store, 1, kim.reviewer_id, lambda: False)
