"""A folder of many findings: stopped on the way, completed by running it again, and withdrawn."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import SourceError
from reviewer.domain.how_far import HowFar
from reviewer.store.connection import Store
from reviewer.store.imports import list_imports
from reviewer.store.migrations import open_store
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow.importing import run_import
from reviewer.workflow.reading import BATCH_RECORDS
from tests.builders import NOW

FINDINGS = 2 * BATCH_RECORDS + 50


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "shared_findings"
    folder.mkdir()
    for n in range(1, FINDINGS + 1):
        finding = {
            "id": n, "post_id": f"p{n}", "title": f"Finding {n}", "content": f"Text {n}.", "run_id": f"run-{n % 3}",
            "finding_type": "result" if n % 4 else "insight", "idea_name": f"idea_{n % 7}", "dataset": "chat",
            "pgr": n / FINDINGS, "commit_id": f"c{n}", "parent_commit_id": f"c{FINDINGS + 1 - n}",
        }  # fmt: skip
        (folder / f"{n}_idea_{n % 7}.json").write_text(json.dumps(finding), encoding="utf-8")
    (folder / f"{FINDINGS + 1}_cut.json").write_text('{"id": 1, "title": "', encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "s.db")) as store:
        yield store


def contents(store: Store) -> dict[str, set[Any]]:
    with store.read() as connection:
        methods = "SELECT namespace, external_id, title, parent, idea, revisions FROM methods"
        measured = "SELECT content_hash, metric, value FROM measurements JOIN revisions ON revision_id = revisions.id"
        remarks = "SELECT namespace, external_id, content_hash FROM remarks"
        return {sql: set(connection.execute(sql).fetchall()) for sql in (methods, measured, remarks)}


def states(store: Store) -> list[str]:
    with store.read() as connection:
        return [row.state for row in reversed(list_imports(connection))]


def test_one_that_is_stopped_keeps_what_came_and_is_completed_by_running_it_again(
    folder: Path, store: Store, tmp_path: Path
) -> None:
    report = run_import(store, [folder], cancelled=lambda: True)
    assert report.interrupted
    assert 0 < report.new <= BATCH_RECORDS
    assert states(store) == ["interrupted"]
    again = run_import(store, [folder])
    assert (again.new, again.unchanged, again.changed) == (FINDINGS - report.new, report.new, 0)
    assert "was cut off; this one completes it" in again.sentences[0]
    assert states(store) == ["interrupted", "complete"]
    with closing(open_store(tmp_path / "at-once.db")) as at_once:
        run_import(at_once, [folder])
        assert contents(store) == contents(at_once)


def test_it_is_withdrawn_whole_also_where_it_was_stopped_and_completed(folder: Path, store: Store) -> None:
    run_import(store, [folder], cancelled=lambda: True)
    run_import(store, [folder])
    for number in (2, 1):
        assert withdraw_import(store, number, NOW) is not None
    assert not any(contents(store).values())
    assert states(store) == ["withdrawn", "withdrawn"]


def test_rows_and_rejects_are_told_on_the_way_and_met_at_the_end(folder: Path, store: Store) -> None:
    told: list[HowFar] = []
    report = run_import(store, [folder], progress=told.append)
    reading = [each for each in told if each.doing == "reading"]
    assert [each.done for each in reading] == sorted(each.done for each in reading)
    assert [each.rows for each in reading] == sorted(each.rows for each in reading)
    assert reading[-1].done == reading[-1].total
    assert told[-1].doing == "checking"
    assert told[-1].done == told[-1].total == report.proposals
    assert (told[-1].rows, told[-1].rejects) == (report.new + report.rejected, report.rejected) == (FINDINGS + 1, 1)


@pytest.mark.parametrize("dry_run", [False, True])
def test_ideas_of_one_title_in_two_folders_are_not_taken_for_one_another(
    *, dry_run: bool, store: Store, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for n in range(2):
            (tmp_path / name / f"{n}.md").write_text(f"---\ntitle: Idea {n}\n---\n{name}\n")
    report = run_import(store, [tmp_path / "one", tmp_path / "two"], problem="p", dry_run=dry_run)
    assert (report.new, report.changed, report.rejected) == (2, 0, 2)
    assert all("but says something else, and one import reads both" in each.reason for each in report.rejects)


def test_a_file_of_a_folder_that_cannot_be_read_keeps_none_of_the_others_out(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    line = {"type": "proposal", "id": "a", "title": "A", "problem": "p"}
    (folder / "a.json").write_text('{"answer_of_the_study_server":')
    (folder / "b.jsonl").write_text(json.dumps(line) + "\n")
    report = run_import(store, [folder])
    assert report.new == 1
    assert [(reject.file, reject.reason) for reject in report.rejects] == [
        (str(folder / "a.json"), "is not JSON: expecting value (column 31).")
    ]
    with pytest.raises(SourceError, match="is not JSON"):
        run_import(store, [folder / "a.json"])
