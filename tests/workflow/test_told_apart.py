"""Two files of one import that say different things of one id."""

import json
from pathlib import Path

import pytest

from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.importing import run_import
from tests.builders import table


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store.db")


def written(path: Path, title: str, *, part: str = "", namespace: str | None = "run") -> Path:
    path.parent.mkdir(exist_ok=True)
    line = {"type": "proposal", "id": "x", "problem": "p", "title": title, "namespace": namespace, "part": part}
    path.write_text(json.dumps(line) + "\n")
    return path


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("namespace", ["run", None])
def test_the_second_file_is_refused_with_both_places_and_the_same_import_again_changes_nothing(
    store: Store, tmp_path: Path, dry_run: bool, namespace: str | None
) -> None:
    first, second = (written(tmp_path / name / "ideas.jsonl", name, namespace=namespace) for name in ("one", "two"))
    report = run_import(store, [first, second], dry_run=dry_run)
    assert (report.new, report.changed, report.rejected) == (1, 0, 1)
    (reject,) = report.rejects
    assert (reject.file, reject.place) == (str(second), "line 1")
    said = f"has the same id as line 1 in {first}, 'x'" if namespace else f"1 id that are in line 1 in {first} as well"
    assert said in reject.reason
    assert '"two"' in reject.raw
    if not dry_run:
        again = run_import(store, [first, second])
        assert (again.new, again.changed, again.unchanged, again.rejected) == (0, 0, 1, 1)
        assert table(store, "SELECT title FROM methods") == [("one",)]


@pytest.mark.parametrize("dry_run", [True, False])
def test_of_a_folder_of_runs_no_row_of_one_gets_into_another(store: Store, tmp_path: Path, dry_run: bool) -> None:
    begin = "commit\tval_bpb\tmemory_gb\tstatus\tdescription\nabc1234\t0.99\t44.0\tkeep\tbaseline\n"
    for name, rest in (
        ("1", "abc1235\t0.98\t44.0\tkeep\twider\n"),
        ("2", "abc1235\t0.11\t44.0\tkeep\tdeeper\naaa0001\t0.97\t44.0\tkeep\tnew\naaa0002\t0.96\t44.0\tkeep\tx\n"),
    ):
        (tmp_path / "runs" / name).mkdir(parents=True)
        (tmp_path / "runs" / name / "results.tsv").write_text(begin + rest)
    report = run_import(store, [tmp_path / "runs"], dry_run=dry_run)
    assert (report.new, report.changed, report.unchanged, report.rejected) == (2, 0, 0, 1)
    (reject,) = report.rejects
    assert "says something else of 1 of the 2 ids" in reject.reason
    assert "nothing of it was taken" in reject.reason
    assert reject.file.endswith("2/results.tsv")


def test_of_a_file_that_differs_in_little_the_rest_is_taken(store: Store, tmp_path: Path) -> None:
    def lines(path: Path, **said: str) -> Path:
        every = ({"type": "proposal", "id": i, "problem": "p", "title": title} for i, title in said.items())
        path.write_text("".join(json.dumps(each) + "\n" for each in every))
        return path

    first = lines(tmp_path / "a.jsonl", a="A", b="B", c="C")
    second = lines(tmp_path / "b.jsonl", a="A", b="B", c="other", d="D")
    report = run_import(store, [first, second])
    assert (report.new, report.unchanged, report.rejected) == (4, 2, 1)
    assert "has the same id as line 3" in report.rejects[0].reason


def test_a_newer_file_by_itself_is_a_revision(store: Store, tmp_path: Path) -> None:
    run_import(store, [written(tmp_path / "one" / "ideas.jsonl", "one")])
    report = run_import(store, [written(tmp_path / "two" / "ideas.jsonl", "two")])
    assert (report.changed, report.rejected) == (1, 0)


def test_parts_of_one_method_and_what_says_the_same_come_from_several_files(store: Store, tmp_path: Path) -> None:
    files = [written(tmp_path / name / "ideas.jsonl", "one", part=name) for name in ("chat", "math")]
    files.append(written(tmp_path / "copy" / "ideas.jsonl", "one", part="chat"))
    report = run_import(store, files)
    assert report.rejected == 0
    assert table(store, "SELECT count(*) FROM revisions WHERE current") == [(2,)]
