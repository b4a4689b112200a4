"""Reviews from elsewhere, taken in piece by piece: however many at a time, it comes to the same."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import SourceError, UserError
from reviewer.sources.judgement_map import read_judgement_map
from reviewer.store import annotations
from reviewer.store.connection import Store
from reviewer.store.export_rows import Selection, stream_judgements
from reviewer.store.others import judgements_on
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import importing_judgements, planning_reviews
from reviewer.workflow.importing_judgements import JudgementsImported, import_judgements
from tests.builders import TickingClock, build_session, build_store, record, table
from tests.workflow.test_merging import is_whole

MAP = """
[proposal]
id = "paper"
namespace_column = "from"
title = "title"
[reviewer]
name = "by"
[time]
column = "at"
[scales.overall]
column = "overall"
lowest = 1
highest = 10
[[text]]
column = "said"
[group]
columns = ["condition"]
"""


def rows() -> list[dict[str, Any]]:
    """Reviews out of order, some twice, of proposals that are there and that are not, and some that are no good."""
    made = [
        {"paper": f"p{i * 7 % 12}" if i % 5 else f"e{i % 3}", "from": "" if i % 5 else "elsewhere",
         "title": f"Title {i}", "by": f"person {i % 4}", "at": f"2025-01-{1 + i * 11 % 28:02}",
         "overall": 1 + i % 10, "said": f"Said {i}.", "condition": "AI" if i % 2 else "human"}
        for i in range(60)
    ]  # fmt: skip
    bad = [made[1] | {"overall": 11}, made[2] | {"paper": ""}, made[3] | {"at": "2999-01-01"}, made[4] | {"paper": "x"}]
    return [*made[:20], bad[0], *made[20:40], *made[5:9], *bad[1:3], *made[40:], bad[3], *made[:3]]


def write(folder: Path, said: list[dict[str, Any]], name: str = "reviews.jsonl") -> Path:
    (folder / "map.toml").write_text(MAP)
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in said))
    return path


def take(store: Store, path: Path, *, make: bool = True, dry_run: bool = False) -> JudgementsImported:
    mapping = read_judgement_map(path.with_name("map.toml"))
    return import_judgements(store, path, mapping, make_missing=make, dry_run=dry_run, clock=TickingClock())


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {
        "events": table(
            store,
            "SELECT a.uuid, m.namespace, m.external_id, w.name, a.snapshot, a.visible, a.created_at, a.supersedes "
            "FROM annotations a JOIN methods m ON m.id = a.method_id JOIN reviewers w ON w.id = a.reviewer_id "
            "ORDER BY a.id",
        ),
        "held": table(
            store,
            "SELECT method_id, reviewer_id, annotation_id, status, first_at FROM current_judgements ORDER BY 1, 2",
        ),
        "scores": table(store, "SELECT annotation_id, scale_id, value FROM scores ORDER BY 1, 2"),
        "proposals": table(store, "SELECT namespace, external_id, title FROM methods ORDER BY id"),
        "rejects": table(store, "SELECT place, reason, raw FROM rejects ORDER BY id"),
        "imports": table(store, "SELECT state, new, changed, unchanged, rejected FROM imports ORDER BY id"),
    }


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with some of the proposals, in which one of those who reviewed judges too."""
    built = build_store(tmp_path, *(record(f"p{i}") for i in range(8)))
    build_session(built, "person 2")
    return built


@pytest.mark.parametrize(("read", "names", "written"), [(1, 1, 1), (3, 2, 7), (7, 5, 60)])
def test_how_many_are_read_looked_up_and_written_at_a_time_changes_nothing(
    read: int, names: int, written: int, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = build_store(tmp_path, *(record(f"p{i}") for i in range(8)), name="other.db")
    build_session(other, "person 2")
    path = write(tmp_path, rows())
    told = take(store, path)
    monkeypatch.setattr(planning_reviews, "ROWS_AT_ONCE", read)
    monkeypatch.setattr(planning_reviews, "NAMES_AT_ONCE", names)
    monkeypatch.setattr(importing_judgements, "AT_ONCE", written)
    assert take(other, path) == told
    assert contents(other) == contents(store)
    assert (told.new, told.unchanged, told.rejected, told.reviewers) == (61, 7, 3, 4)
    assert told.renamed == {"person 2": "person 2 (reviews.jsonl)"}
    assert [row[0] for row in contents(store)["rejects"]] == [f"line {n}" for n in (21, 46, 47)]
    assert take(other, path).unchanged == 68
    assert contents(other)["events"] == contents(store)["events"]


@pytest.mark.parametrize("days", [(1, 2, 3, 4), (1, 2, 4, 3), (None,) * 4])
def test_all_that_was_said_of_a_proposal_is_gone_through_where_something_came_between_alone(
    days: tuple[int | None, ...], store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[tuple[int, int]] = []
    refresh = annotations.refresh_judgements

    def noted(connection: annotations.Connection, pairs: Collection[tuple[int, int]]) -> None:
        gone.extend(pairs)
        refresh(connection, pairs)

    monkeypatch.setattr(annotations, "refresh_judgements", noted)
    said = [
        rows()[1] | {"paper": "p1", "by": "one", "said": f"{n}", "at": "" if day is None else f"2025-01-0{day}"}
        for n, day in enumerate(days)
    ]
    take(store, write(tmp_path, said))
    assert not gone
    is_whole(store)
    take(store, write(tmp_path, [said[0] | {"at": "2024-12-31"}], "earlier.jsonl"))
    assert len(gone) == (days[0] is not None)
    is_whole(store)


def test_a_dry_run_counts_what_would_be(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, rows())
    would = take(store, path, dry_run=True)
    assert contents(store)["imports"][-1][0] == "complete"
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]
    did = take(store, path)
    assert (would.new, would.unchanged, would.rejected, would.proposals, would.reviewers) == (
        did.new, did.unchanged, did.rejected, did.proposals, did.reviewers,
    )  # fmt: skip
    assert did.proposals == len(contents(store)["proposals"]) - 8


def test_what_is_broken_off_is_interrupted_and_completed_when_it_is_run_again(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, rows())
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importing_judgements, "rest", rest)
        with pytest.raises(KeyboardInterrupt):
            take(store, path)
    # The rejects and two pieces of reviews were written by then, and are counted.
    assert contents(store)["imports"][-1] == ("interrupted", 50 + made(store), 0, 7, 3)
    assert take(store, path).new == 11
    assert contents(store)["imports"][-1][0] == "complete"
    assert table(store, "SELECT count(*), count(DISTINCT uuid) FROM annotations") == [(61, 61)]


def made(store: Store) -> int:
    """Count the proposals that reviews were of and that were not there."""
    ((n,),) = table(store, "SELECT count(*) FROM methods WHERE namespace <> 'run-1'")
    return int(n)


def test_nothing_is_taken_in_of_a_file_that_is_broken_near_its_end(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, rows())
    path.write_bytes(path.read_bytes() + b'{"paper": "\xff"}\n')
    with pytest.raises(SourceError, match="is not UTF-8 in line 72"):
        take(store, path)
    assert table(store, "SELECT count(*) FROM annotations") == [(0,)]
    assert len(contents(store)["imports"]) == 1


def test_of_many_rejects_the_first_are_told_and_all_are_kept(store: Store, tmp_path: Path) -> None:
    bad = [rows()[0] | {"overall": 11, "said": f"{i}"} for i in range(60)]
    told = take(store, write(tmp_path, [*bad, rows()[0]]))
    assert (told.new, told.rejected, len(told.rejects), told.is_kept) == (1, 60, 20, True)
    assert [reject.place for reject in told.rejects[:2]] == ["line 1", "line 2"]
    assert len(contents(store)["rejects"]) == 60
    again = take(store, write(tmp_path, bad, "bad.jsonl"))
    assert (again.new, again.rejected, again.is_kept) == (0, 60, False)


def said_by(paper: str, at: str, overall: int) -> dict[str, Any]:
    return {"paper": paper, "from": "", "title": "", "by": "person", "at": at, "overall": overall, "said": "",
            "condition": ""}  # fmt: skip


def scores_of(store: Store) -> list[float]:
    found = table(
        store,
        "SELECT s.value FROM current_judgements j JOIN scores s ON s.annotation_id = j.annotation_id "
        "ORDER BY j.method_id",
    )
    return [value for (value,) in found]


@pytest.mark.parametrize("at", ["2025-01-03", ""])
def test_what_a_corrected_file_says_holds_in_place_of_what_it_said(store: Store, tmp_path: Path, at: str) -> None:
    said = [said_by(f"p{i}", at, 3) for i in range(12)]
    take(store, write(tmp_path, said))
    found = take(store, write(tmp_path, [row | {"overall": 3 + i % 2} for i, row in enumerate(said)]))
    assert (found.new, found.unchanged) == (6, 6)
    assert scores_of(store) == [3, 4] * 6


def test_a_review_of_an_earlier_day_corrects_nothing_of_a_later_one(store: Store, tmp_path: Path) -> None:
    said = [said_by(f"p{i}", "2025-01-03", 3) for i in range(6)]
    take(store, write(tmp_path, said))
    take(store, write(tmp_path, [row | {"overall": 9, "at": "2025-01-02"} for row in said]))
    assert scores_of(store) == [3] * 6


def test_judgements_are_not_withdrawn(store: Store, tmp_path: Path) -> None:
    take(store, write(tmp_path, rows()))
    ((import_id,),) = table(store, "SELECT id FROM imports WHERE source = 'judgements'")
    with pytest.raises(UserError, match="took in judgements, which are never taken out again"):
        withdraw_import(store, import_id, "2026-01-01T00:00:00.000Z")
    assert table(store, "SELECT state FROM imports WHERE source = 'judgements'") == [("complete",)]


def test_a_review_without_a_time_is_shown_and_exported_without_one(store: Store, tmp_path: Path) -> None:
    take(store, write(tmp_path, [said_by(*each, 3) | {"said": "Fine."} for each in (("p1", ""), ("p2", "2025-01-03"))]))
    connection = store.connection()
    of = dict(table(store, "SELECT external_id, id FROM methods WHERE external_id IN ('p1', 'p2')"))
    said = {name: judgements_on(connection, method_id)[0].updated_at for name, method_id in of.items()}
    assert said == {"p1": "", "p2": "2025-01-03T00:00:00.000Z"}
    rows = [row for piece in stream_judgements(connection, Selection()) for row in piece]
    assert {row.external_id: (row.first_at, row.updated_at) for row in rows} == {
        "p1": ("", ""),
        "p2": (said["p2"], said["p2"]),
    }
