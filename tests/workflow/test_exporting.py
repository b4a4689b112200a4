"""What is judged in the app comes out whole, typed and beside the right numbers."""

import csv
import io
import json
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.judgements import Change, ConstraintRating
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.queue import QueueFilter
from reviewer.domain.rubrics import Constraint
from reviewer.domain.vocabulary import Act, Basis, Rating, Role, Setting, Verdict
from reviewer.evidence.baselines import ground_of
from reviewer.evidence.comparison import find_sighting
from reviewer.exports.cells import restore_cell, split_list
from reviewer.exports.columns import COLUMNS, Kind, Shape, pandas_options
from reviewer.exports.formats import Format
from reviewer.store.assignments import add_round
from reviewer.store.connection import Store
from reviewer.store.critique_readings import note_reading
from reviewer.store.export_rows import PIECE
from reviewer.store.methods import method_by_id
from reviewer.store.migrations import open_store
from reviewer.store.rubrics import all_constraint_slugs
from reviewer.workflow import compared_values, exporting
from reviewer.workflow.exporting import ExportOptions, ExportSummary, export
from reviewer.workflow.judging import (
    give_verdict,
    perform,
    rate,
    set_condition,
    set_flag,
    set_forecast,
    set_rationale,
    set_resolves_on,
    set_tags,
    undo,
)
from tests.attempts import answered, failed, kept
from tests.builders import (
    NOW,
    PROBLEM,
    RUBRIC,
    act,
    build_session,
    build_store,
    context,
    import_records,
    judge,
    measured,
    method_ids,
    record,
    table,
)

RATIONALE = '=HYPERLINK("http://x")\nsecond line, with "quotes"; and ünïcode'


def judged_store(tmp_path: Path) -> Store:
    """Two proposals and a baseline; kim has judged the first in full, lee in short; nobody the second."""
    store = build_store(
        tmp_path,
        record(
            "base",
            Role.BASELINE,
            title="Confident labels",
            measurements=(measured(0.25, standard_error=0.05, n_seeds=5, setting=Setting.LAB, basis=Basis.PUBLISHED),),
        ),
        record(
            "p1",
            title="-Noisy channel",
            agent="NA",
            run="run-1",
            family="em",
            measurements=(
                measured(0.5, "math", n_seeds=3, setting=Setting.LAB),
                measured(0.75, standard_error=0.125, n_seeds=4, setting=Setting.LAB),
            ),
        ),
        record("p2"),
    )
    p1, _ = method_ids(store)
    (baseline,) = method_ids(store, Role.BASELINE)
    kim, lee = build_session(store, "kim"), build_session(store, "=Lee")
    seen = context(kim, p1, baseline_id=baseline, target_version=2, visible={"peers": False})

    def do(kind: Act, change: Change, seconds: float = 1.5) -> None:
        assert perform(kim, p1, kind, change, seen, words="", seconds=seconds)

    do(Act.VERDICT, give_verdict(Verdict.CONDITIONAL), 10)
    do(Act.CONDITION, set_condition("holds at 7B", "rerun with 3 seeds"))
    do(Act.FORECAST, set_forecast(0.35))
    do(Act.RATING, rate("cost", ConstraintRating(Rating.BLOCKER, "+40 %")))
    do(Act.RATING, rate("scale", ConstraintRating(Rating.PASS)))
    do(Act.RATIONALE, set_rationale(RATIONALE))
    do(Act.TAGS, set_tags(["a;b", "c"]))
    do(Act.FLAG, set_flag(True))
    judge(lee, p1, Verdict.FAILS)
    return store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return judged_store(tmp_path)


def exported(store: Store, **options: Any) -> list[dict[str, str]]:
    path = store.path.with_name("out.csv")
    export(store, path, ExportOptions(**options))
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline=""), strict=True))


def objects(store: Store, **options: Any) -> list[dict[str, Any]]:
    path = store.path.with_name("out.jsonl")
    export(store, path, ExportOptions(format=Format.JSON_LINES, **options))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]


def test_every_cell_of_a_full_judgement_stands_under_its_name(store: Store) -> None:
    kim, _ = exported(store)
    assert list(kim) == [
        *(c.name for c in COLUMNS[Shape.JUDGEMENTS]),
        "scale", "scale_note", "cost", "cost_note", "signals", "signals_note",
    ]  # fmt: skip
    proposal, revision = table(
        store,
        "SELECT m.uuid, r.content_hash FROM methods m JOIN revisions r ON r.id = m.revision_id "
        "WHERE m.external_id = 'p1'",
    )[0]
    (baseline,) = table(store, "SELECT uuid FROM methods WHERE role = 'baseline'")[0]
    (event,) = table(store, "SELECT uuid FROM annotations WHERE kind = 'flag'")[0]
    assert kim == {
        "proposal_id": proposal,
        "namespace": "run-1",
        "external_id": "p1",
        "revision": revision,
        "revision_is_current": "true",
        "problem": "weak_to_strong",
        "dataset": "chat",
        "title": "'-Noisy channel",
        "agent": "NA",
        "run": "run-1",
        "family": "em",
        "baseline_id": baseline,
        "baseline_title": "Confident labels",
        "metric": "pgr",
        "metric_direction": "higher",
        "setting": "lab",
        "proposal_value": "0.75",
        "proposal_standard_error": "0.125",
        "proposal_n_seeds": "4",
        "proposal_basis": "claimed",
        "baseline_value": "0.25",
        "baseline_standard_error": "0.05",
        "baseline_n_seeds": "5",
        "baseline_basis": "published",
        "difference": "0.5",
        "status": "judged",
        "verdict": "conditional",
        "condition": "holds at 7B",
        "next_experiment": "rerun with 3 seeds",
        "forecast": "0.35",
        "blockers": "cost",
        "tags": "a\\;b;c",
        "flagged": "true",
        "rationale": f"'{RATIONALE}",
        "seconds": "20.5",
        "visible": '{"peers": false}',
        "reviewer": "kim",
        "first_at": "2026-01-02T03:04:06.000Z",
        "updated_at": "2026-01-02T03:04:13.000Z",
        "rubric": "test/1",
        "target_version": "2",
        "event_id": event,
        "schema_version": "1",
        "resolves_on": "",
        "critique_call": "",
        "critique_model": "",
        "critique_prompt_hash": "",
        "critique_shown_at": "",
        "critique_changed": "",
        "shareable": "false",
        "sightings": "",
        "alike_to": "",
        "alike": "",
        "scale": "pass",
        "scale_note": "",
        "cost": "blocker",
        "cost_note": "'+40 %",
        "signals": "",
        "signals_note": "",
    }


def critique_cells(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in row if name.startswith("critique_")) for row in rows]


def test_a_judgement_that_followed_a_critique_says_which_and_whether_it_changed_after_it(store: Store) -> None:
    kim, lee = build_session(store, "kim"), build_session(store, "=Lee")
    p1, p2 = method_ids(store)
    revision = table(store, "SELECT revision_id FROM methods WHERE id = ?", (p1,))[0][0]
    with store.write() as connection:
        ids = [
            kept(connection, answered(model=model), method_id=p1, revision_id=revision, call=call)
            for call, model in (("call-1", "claude-x"), ("call-2", "claude-y"))
        ]
        kept(connection, failed(), method_id=p1, revision_id=revision, call="call-3")
        for minute, attempt in enumerate(ids):
            note_reading(connection, attempt, kim.reviewer_id, None, f"2026-02-01T00:0{minute}:00.000Z", 1.0)
    judge(lee, p2)
    call = ("call-1", "claude-x", "a" * 64, "2026-02-01T00:00:00.000Z")
    nothing = ("",) * 5
    assert critique_cells(exported(store)) == [(*call, "false"), nothing, nothing], "the first that was shown"
    late = replace(kim, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    judge(late, p1, Verdict.FAILS)
    assert critique_cells(exported(store))[0] == (*call, "true")
    assert critique_cells(objects(store)) == [(*call, True), (None,) * 5, (None,) * 5]
    assert [len(row) for row in critique_cells(exported(store, viewer_id=lee.reviewer_id))] == [5, 5, 5]


def test_a_critique_that_an_event_alone_knows_of_is_told_too(store: Store) -> None:
    kim, (p1, _) = build_session(store, "kim"), method_ids(store)
    revision = table(store, "SELECT revision_id FROM methods WHERE id = ?", (p1,))[0][0]
    with store.write() as connection:
        kept(connection, failed(), method_id=p1, revision_id=revision, call="call-1")
        kept(connection, answered(model=""), method_id=p1, revision_id=revision, call="call-1", attempt=2)
    seen = context(kim, p1, visible={"critique": "call-1"})
    late = replace(kim, clock=lambda: datetime(2026, 3, 1, tzinfo=UTC))
    assert perform(late, p1, Act.FORECAST, set_forecast(0.9), seen, words="")
    assert critique_cells(exported(store))[0] == ("call-1", "claude-test", "a" * 64, late.now(), "true")


def test_a_judgement_without_a_baseline_leaves_its_cells_empty(store: Store) -> None:
    _, lee = exported(store)
    assert (lee["reviewer"], lee["verdict"], lee["proposal_value"]) == ("'=Lee", "fails", "0.75")
    assert {lee[k] for k in lee if k.startswith("baseline_")} | {lee["difference"], lee["forecast"]} == {""}


def test_pandas_reads_it_with_the_types_documented(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    export(store, path, ExportOptions(excel=True))
    frame = pd.read_csv(path, **pandas_options(path))
    kim, lee = (frame.iloc[i] for i in range(2))
    assert isinstance(frame["updated_at"].dtype, pd.DatetimeTZDtype)
    assert str(frame["updated_at"].dt.tz) == "UTC"
    for column in COLUMNS[Shape.JUDGEMENTS]:
        if column.kind is not Kind.TIME:
            assert str(frame[column.name].dtype) == pandas_options(path)["dtype"][column.name]
    assert kim["forecast"] == 0.35
    assert pd.isna(lee["forecast"])
    assert bool(kim["flagged"]) is True
    assert (kim["agent"], kim["proposal_n_seeds"], kim["difference"]) == ("NA", 4, 0.5)
    assert restore_cell(kim["rationale"]) == RATIONALE
    assert split_list(kim["tags"]) == ["a;b", "c"]
    assert json.loads(kim["visible"]) == {"peers": False}
    assert pd.isna(lee["baseline_n_seeds"])


def test_raw_cells_and_the_mark_are_as_asked(store: Store, tmp_path: Path) -> None:
    assert exported(store, raw_cells=True)[0]["rationale"] == RATIONALE
    export(store, tmp_path / "excel.csv", ExportOptions(excel=True))
    assert (tmp_path / "excel.csv").read_bytes().startswith(b"\xef\xbb\xbfproposal_id,")


def test_json_lines_have_typed_values_and_the_ratings_in_one_object(store: Store) -> None:
    kim, lee = objects(store)
    assert list(kim) == [*(c.name for c in COLUMNS[Shape.JUDGEMENTS]), "ratings"]
    assert kim["rationale"] == RATIONALE
    assert (kim["forecast"], kim["flagged"], kim["tags"], kim["blockers"]) == (0.35, True, ["a;b", "c"], ["cost"])
    assert kim["visible"] == {"peers": False}
    assert kim["ratings"]["cost"] == {"rating": "blocker", "note": "+40 %"}
    assert (lee["forecast"], lee["ratings"], lee["baseline_id"]) == (None, {}, None)


def test_the_day_by_which_one_expects_to_know_stands_with_the_judgement_and_with_each_event(store: Store) -> None:
    kim, (p1, _) = build_session(store, "kim"), method_ids(store)
    act(kim, p1, Act.RESOLVES_ON, set_resolves_on(date(2027, 3, 31)))
    act(kim, p1, Act.RESOLVES_ON, set_resolves_on(None))
    act(kim, p1, Act.RESOLVES_ON, set_resolves_on(date(2028, 1, 1)))
    assert [row["resolves_on"] for row in exported(store)] == ["2028-01-01", ""]
    events = [row["resolves_on"] for row in objects(store, shape=Shape.HISTORY) if row["kind"] == "resolves_on"]
    assert events == ["2027-03-31", None, "2028-01-01"]


def test_a_history_has_every_event_with_what_was_held_after_it(store: Store) -> None:
    kim = build_session(store, "kim")
    undo(kim, seconds=2.0)
    rows = exported(store, shape=Shape.HISTORY)
    assert [r["kind"] for r in rows] == [
        "verdict", "condition", "forecast", "rating", "rating", "rationale", "tags", "flag", "verdict", "undo",
    ]  # fmt: skip
    assert [r["forecast"] for r in rows[1:3]] == ["", "0.35"]
    assert [(r["reviewer"], r["flagged"]) for r in rows[-3:]] == [
        ("kim", "true"), ("'=Lee", "false"), ("kim", "false"),
    ]  # fmt: skip
    assert (rows[-1]["reverses"], rows[-1]["supersedes"]) == (rows[-3]["act_id"], rows[-3]["event_id"])
    assert (rows[0]["seconds"], rows[-1]["seconds"]) == ("10.0", "2.0")
    assert rows[3]["cost"] == "blocker"
    assert rows[0]["difference"] == "0.5"
    assert list(rows[0])[:45] == [c.name for c in COLUMNS[Shape.HISTORY]][:45]
    assert objects(store, shape=Shape.HISTORY)[3]["ratings"]["cost"]["rating"] == "blocker"


def test_a_long_table_has_one_row_a_rating(store: Store) -> None:
    rows = exported(store, shape=Shape.LONG)
    assert list(rows[0]) == [c.name for c in COLUMNS[Shape.LONG]]
    assert [(r["reviewer"], r["constraint"], r["rating"], r["note"], r["verdict"]) for r in rows] == [
        ("kim", "cost", "blocker", "'+40 %", "conditional"),
        ("kim", "scale", "pass", "", "conditional"),
    ]
    assert objects(store, shape=Shape.LONG)[0]["revision_is_current"] is True


def test_a_wide_table_has_one_row_a_proposal_and_columns_for_each_reviewer(store: Store) -> None:
    lee = build_session(store, "=Lee")
    judge(lee, method_ids(store)[1])
    rows = exported(store, shape=Shape.WIDE)
    assert [(r["external_id"], r["judged"], r["verdict_kim"], r["verdict_lee"]) for r in rows] == [
        ("p1", "2", "conditional", "fails"),
        ("p2", "1", "", "survives"),
    ]
    assert (rows[0]["forecast_kim"], rows[0]["blockers_kim"], rows[0]["forecast_lee"]) == ("0.35", "cost", "")
    wide = objects(store, shape=Shape.WIDE)
    assert wide[0]["reviewers"]["=Lee"]["verdict"] == "fails"
    assert list(wide[1]["reviewers"]) == ["=Lee"]


def test_many_proposals_fill_a_wide_table_once_each(tmp_path: Path) -> None:
    store = build_store(tmp_path, *(record(f"p{i}") for i in range(PIECE + 1)))
    session = build_session(store)
    for method_id in method_ids(store):
        judge(session, method_id)
    assert len({r["external_id"] for r in exported(store, shape=Shape.WIDE)}) == PIECE + 1


def test_one_reviewer_a_filter_and_a_problem_narrow_it(store: Store) -> None:
    kim = build_session(store, "kim")
    assert [r["reviewer"] for r in exported(store, reviewer_id=kim.reviewer_id)] == ["kim"]
    assert [r["reviewer"] for r in exported(store, asked=QueueFilter(verdict=Verdict.FAILS))] == ["'=Lee"]
    assert len(exported(store, problem=PROBLEM.slug)) == 2
    assert exported(store, asked=QueueFilter(assigned=True)) == []
    with store.write() as connection:
        add_round(
            connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
            work={"kim": method_ids(store)}, made_by="kim", now=NOW,
        )  # fmt: skip
    assert [r["reviewer"] for r in exported(store, asked=QueueFilter(assigned=True))] == ["kim"]
    apart = exported(store, asked=QueueFilter(disagreed=True))
    assert [(r["external_id"], r["verdict"]) for r in apart] == [("p1", "conditional"), ("p1", "fails")]
    with pytest.raises(UserError, match="no problem 'nope'; the store has weak_to_strong"):
        exported(store, problem="nope")


def test_the_numbers_are_those_of_the_revision_that_was_judged(store: Store) -> None:
    import_records(
        store, record("p1", title="New title", measurements=(measured(0.9, setting=Setting.LAB),)), problem=PROBLEM
    )
    kim = exported(store)[0]
    assert (kim["proposal_value"], kim["revision_is_current"], kim["title"]) == ("0.75", "false", "'-Noisy channel")


def test_the_constraints_of_every_rubric_have_columns(store: Store) -> None:
    build_session(store, "kim", replace(RUBRIC, version=2, constraints=(Constraint("status", "S", "?"),)))
    assert list(exported(store)[0])[-2:] == ["constraint_status", "constraint_status_note"]


MEASUREMENTS = st.builds(
    Measurement,
    metric=st.sampled_from(["pgr", "loss"]),
    dataset=st.sampled_from(["chat", "math"]),
    value=st.none() | st.sampled_from([0.25, 0.5, 0.75]),
    standard_error=st.none() | st.just(0.1),
    n_seeds=st.none() | st.integers(1, 3),
    setting=st.sampled_from([Setting.LAB, Setting.HELD_OUT, Setting.UNKNOWN]),
    split=st.sampled_from(["", "", "dev"]),
    subset=st.sampled_from(["", "", "hard"]),
    basis=st.sampled_from(list(Basis)),
    seeds=st.sampled_from([(), (SeedValue(1, 0.5),)]),
    n_test=st.none() | st.just(400),
    n_correct=st.none() | st.just(200),
    n_evaluations=st.none() | st.just(7),
    source=st.just(""),
    missing=st.just(""),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ours=st.lists(st.lists(MEASUREMENTS, max_size=5), min_size=1, max_size=4), theirs=st.lists(MEASUREMENTS))
def test_both_values_are_those_that_the_screen_shows(
    tmp_path_factory: pytest.TempPathFactory, ours: list[list[Measurement]], theirs: list[Measurement]
) -> None:
    store = build_store(
        tmp_path_factory.mktemp("store"),
        record("base", Role.BASELINE, measurements=tuple(theirs)),
        *(record(f"p{i}", measurements=tuple(found)) for i, found in enumerate(ours)),
    )
    (baseline_id,) = method_ids(store, Role.BASELINE)
    session = build_session(store)
    for method_id in method_ids(store):
        seen = context(session, method_id, baseline_id=baseline_id)
        assert perform(session, method_id, Act.VERDICT, give_verdict(Verdict.FAILS), seen, words="")
    baseline = method_by_id(store.connection(), baseline_id)
    for row, method_id in zip(objects(store), method_ids(store), strict=True):
        proposal = method_by_id(store.connection(), method_id)
        ground = ground_of(proposal, PROBLEM)
        if ground is None:
            assert (row["metric"], row["dataset"], row["setting"], row["proposal_value"]) == (None,) * 4
            continue
        assert (row["metric"], row["dataset"], row["setting"]) == (ground.metric, ground.dataset, ground.setting)
        for arm, method in (("proposal", proposal), ("baseline", baseline)):
            sighting = find_sighting(method, ground.metric, ground.dataset, ground.setting, split=ground.split)
            m = sighting.measurement if sighting else None
            expected = (m.value, m.standard_error, m.n_seeds, m.basis) if m else (None,) * 4
            got = tuple(row[f"{arm}_{part}"] for part in ("value", "standard_error", "n_seeds", "basis"))
            assert got == expected
    store.close()


@pytest.mark.parametrize(
    ("chosen", "other"),
    [
        (measured(0.5, "math"), measured(None, "math")),
        (measured(0.5, n_seeds=5), measured(0.25, n_seeds=3)),
        (measured(0.5, seeds=(SeedValue(1, 0.5),)), measured(0.25)),
        (measured(0.5, basis=Basis.RECOMPUTED), measured(0.25)),
        (measured(0.5, setting=Setting.LAB), measured(0.25, setting=Setting.HELD_OUT)),
    ],
)
def test_of_several_numbers_the_same_one_counts_in_whatever_order_they_stand(
    tmp_path: Path, chosen: Measurement, other: Measurement
) -> None:
    store = build_store(
        tmp_path, record("p1", measurements=(chosen, other)), record("p2", measurements=(other, chosen))
    )
    session = build_session(store)
    for method_id in method_ids(store):
        judge(session, method_id)
    assert [row["proposal_value"] for row in objects(store)] == [0.5, 0.5]


def test_it_says_how_many_rows_where_and_whether_a_file_gave_way(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert export(store, path, ExportOptions()) == ExportSummary(2, path, replaced=False)
    assert export(store, path, ExportOptions()) == ExportSummary(2, path, replaced=True)


def test_without_a_destination_it_goes_to_standard_output(
    store: Store, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert export(store, None, ExportOptions()).path is None
    export(store, tmp_path / "x.csv", ExportOptions())
    assert capsys.readouterr().out.encode() == (tmp_path / "x.csv").read_bytes()


def test_progress_is_told_from_time_to_time(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "TOLD_EVERY", 1)
    told: list[int] = []
    export(store, tmp_path / "x.csv", ExportOptions(), told.append)
    assert told == [2]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-drafts", "-drafts-wal"])
def test_the_store_and_what_belongs_to_it_are_never_written_over(store: Store, suffix: str) -> None:
    target = store.path.with_name(store.path.name + suffix)
    was_there = target.exists()
    with pytest.raises(UserError, match="belongs to the store"):
        export(store, target, ExportOptions())
    assert target.exists() is was_there
    assert table(store, "PRAGMA integrity_check") == [("ok",)]
    assert len(exported(store)) == 2


def test_a_store_that_is_opened_read_only_can_be_exported(store: Store, tmp_path: Path) -> None:
    store.close()
    reading = open_store(store.path, create=False, readonly=True)
    assert export(reading, tmp_path / "x.csv", ExportOptions()).rows == 2
    reading.close()


def test_an_error_halfway_leaves_the_old_file(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")

    def broken(*_: Any) -> Any:
        raise sqlite3.DatabaseError("disk image is malformed")

    monkeypatch.setattr(compared_values, "measured_at", broken)
    with pytest.raises(ReviewerError, match="malformed"):
        export(store, path, ExportOptions())
    assert path.read_text() == "old"
    assert {p.name for p in tmp_path.iterdir() if p.suffix == ".part"} == set()


def test_all_rows_show_one_state_though_somebody_judges_meanwhile(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    p2 = method_ids(store)[1]
    kim = build_session(store, "kim")

    def judge_meanwhile(connection: sqlite3.Connection) -> tuple[str, ...]:
        found = all_constraint_slugs(connection)
        act(kim, p2, Act.VERDICT, give_verdict(Verdict.FAILS))
        return found

    monkeypatch.setattr("reviewer.workflow.exporting.all_constraint_slugs", judge_meanwhile)
    assert export(store, tmp_path / "x.csv", ExportOptions()).rows == 2
    monkeypatch.undo()
    assert export(store, tmp_path / "x.csv", ExportOptions()).rows == 3


def test_a_filter_by_text_leaves_out_nothing_that_waits_for_the_search_index(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("x", body="alpha one"))
    judge(build_session(store), 1)
    import_records(store, record("x", body="alpha two"), index=False)
    assert [row["external_id"] for row in exported(store, asked=QueueFilter(text="alpha"))] == ["x"]
    assert exported(store, asked=QueueFilter(text="one")) == []


def test_a_filter_by_a_check_leaves_out_nothing_that_waits_to_be_checked(tmp_path: Path) -> None:
    store = build_store(tmp_path, record("x", body="alpha"))
    judge(build_session(store), 1)
    assert [row["external_id"] for row in exported(store, asked=QueueFilter(check="missing-words"))] == ["x"]
    import_records(store, record("x", body="A baseline, seeds, held-out data."))
    assert exported(store, asked=QueueFilter(check="missing-words")) == []
    off = CheckSettings(off=frozenset({"missing-words"}))
    import_records(store, record("x", body="alpha"))
    assert exported(store, asked=QueueFilter(check="missing-words"), checks=off) == []
