"""The statistics of a store: nothing of others before one's own verdict, and plain data of a stable shape."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.vocabulary import Act, Rating, Verdict
from reviewer.store import held_forecasts, ledger, rating_counts, reveals, scale_scores
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.statistic_sections import ProblemStatistics, SectionKind, Viewer
from reviewer.workflow.statistics import statistics, statistics_as_data, viewer_of
from reviewer.workflow.views import overview
from tests.benchmarks.stores import JUDGE, Kind, make_store
from tests.builders import PROBLEM, act, build_session, build_store, import_records, record
from tests.workflow.judged_stores import end, give


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Of three proposals with an outcome kim has judged the first two; noor, whose views are sharp, all of them."""
    store = build_store(tmp_path, record("p1"), record("p2"), record("p3"))
    kim, noor = build_session(store), build_session(store, "noor")
    for method_id, forecast in ((1, 0.11), (2, 0.22), (3, 0.93)):
        give(noor, method_id, forecast, Verdict.FAILS if forecast < 0.5 else Verdict.SURVIVES)
        act(noor, method_id, Act.RATING, judging.rate("cost", ConstraintRating(Rating.BLOCKER)))
    give(kim, 1, 0.5)
    give(kim, 2, 0.6)
    act(kim, 3, Act.FORECAST, judging.set_forecast(0.4))
    for method_id in (1, 2, 3):
        end(store, method_id, method_id == 3)
    return store


def found(store: Store, viewer: Viewer) -> ProblemStatistics:
    (only,) = statistics(store, overview(store, 0).problems, viewer).problems
    return only


def n_of(seen: ProblemStatistics, kind: SectionKind, of: str, name: str) -> int:
    (n,) = {figure.n for section in seen.sections if (section.kind, section.of) == (kind, of)
            for figure in section.figures if figure.name == name}  # fmt: skip
    return n


def test_of_others_only_what_they_hold_of_proposals_with_ones_own_verdict_is_counted(store: Store) -> None:
    viewer = viewer_of(store, "kim")
    seen = found(store, viewer)
    assert seen.judged == 2
    assert n_of(seen, SectionKind.FORECASTS, "kim", "Brier score") == 3, "one's own are all counted"
    assert n_of(seen, SectionKind.FORECASTS, "noor", "Brier score") == 2
    assert n_of(seen, SectionKind.FORECASTS, "", "Brier score") == 3
    assert n_of(seen, SectionKind.AGREEMENT, "verdict, first judgements", "percent agreement") == 2
    assert n_of(seen, SectionKind.SURVIVAL, "constraint called a blocker", "cost") == 2
    assert n_of(seen, SectionKind.SURVIVAL, "agent", "all, as counted") == 3, "outcomes are told to everybody"
    assert "0.93" not in json.dumps(statistics_as_data(statistics(store, overview(store, 0).problems, viewer), viewer))


def test_nothing_that_is_told_to_a_viewer_changes_with_what_others_hold_of_the_rest(store: Store) -> None:
    viewer, problems = viewer_of(store, "kim"), overview(store, 0).problems
    before = statistics_as_data(statistics(store, problems, viewer), viewer)
    noor, lee = build_session(store, "noor"), build_session(store, "lee")
    give(noor, 3, 0.02, Verdict.FAILS)
    give(lee, 3, 0.77, Verdict.CONDITIONAL)
    act(lee, 3, Act.RATING, judging.rate("scale", ConstraintRating(Rating.BLOCKER)))
    assert statistics_as_data(statistics(store, problems, viewer), viewer) == before


@pytest.mark.parametrize("name", [None, "a stranger"])
def test_who_has_judged_nothing_is_told_of_outcomes_alone(store: Store, name: str | None) -> None:
    viewer = viewer_of(store, name)
    seen = found(store, viewer)
    assert {section.kind for section in seen.sections} == {
        SectionKind.SURVIVAL,
        SectionKind.LAB_AGAINST_PRODUCTION,
    }
    data = json.dumps(statistics_as_data(statistics(store, overview(store, 0).problems, viewer), viewer))
    assert "noor" not in data
    assert "kim" not in data


def test_everyone_counts_what_all_hold(store: Store) -> None:
    for name in ("kim", None):
        seen = found(store, viewer_of(store, name, everyone=True))
        assert n_of(seen, SectionKind.FORECASTS, "noor", "Brier score") == 3
        assert n_of(seen, SectionKind.AGREEMENT, "verdict, first judgements", "percent agreement") == 2
        assert n_of(seen, SectionKind.AGREEMENT, "forecast, first judgements", "percent agreement") == 3


def test_of_several_problems_the_base_rates_stand_beside_one_another(store: Store) -> None:
    import_records(store, record("q1", problem="other"), problem=replace(PROBLEM, slug="other"))
    end(store, 4, True)
    (section,) = statistics(store, overview(store, 0).problems, Viewer()).across
    assert [figure.name for figure in section.figures] == [
        "all, as counted", "other", "other, as counted", "weak_to_strong", "weak_to_strong, as counted",
    ]  # fmt: skip
    assert statistics(store, overview(store, 0).problems[:1], Viewer()).across == ()


def test_the_data_is_flat_and_each_figure_has_all_its_parts(store: Store) -> None:
    viewer = viewer_of(store, "kim")
    data = statistics_as_data(statistics(store, overview(store, 0).problems, viewer), viewer)
    assert list(data) == [
        "version", "level", "viewer", "everyone", "after_claude", "judged", "protocols", "figures", "sentences",
        "listed", "curves",
    ]  # fmt: skip
    assert (data["version"], data["level"], data["viewer"], data["everyone"]) == (1, 0.95, "kim", False)
    assert data["judged"] == {"weak_to_strong": 2}
    assert data["protocols"] == {"weak_to_strong": "blind"}
    parts = {
        "problem", "section", "of", "name", "value", "low", "high", "n", "unit", "method", "reason", "caution",
    }  # fmt: skip
    assert all(set(figure) == parts for figure in data["figures"])
    named = [tuple(figure[part] for part in ("problem", "section", "of", "name")) for figure in data["figures"]]
    assert len(set(named)) == len(named), "a figure is found by these"
    assert {"problem": "weak_to_strong", "section": "forecasts", "of": "noor", "namespace": "run-1",
            "external_id": "p1", "forecast": 0.11, "survived": False} in data["listed"]  # fmt: skip
    assert json.loads(json.dumps(data, allow_nan=False)) == data


@pytest.mark.parametrize("piece", [1, 7, 64])
def test_how_many_rows_are_read_at_a_time_changes_no_figure(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store(tmp_path / "made.db", 64, Kind.LEARNT)
    store, viewer = Store(tmp_path / "made.db"), Viewer(1, JUDGE)
    problems = overview(store, 1).problems
    whole = statistics_as_data(statistics(store, problems, viewer), viewer)
    for module in (held_forecasts, ledger, rating_counts, reveals, scale_scores):
        monkeypatch.setattr(module, "PIECE", piece)
    assert statistics_as_data(statistics(store, problems, viewer), viewer) == whole
    shown = {figure["section"] for figure in whole["figures"] if figure["value"] is not None and figure["n"] == 64}
    assert {"record", "forecasts", "aggregation", "reveals", "survival", "lab against production", "scales"} <= shown
