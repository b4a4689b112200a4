"""A file that says other things of ids which another file brought: another run, or a newer version of the same."""

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import UserError
from reviewer.sources.contract import Stated
from reviewer.sources.map_table import MapTable
from reviewer.sources.table_map import TableMap, table_map
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.workflow.explaining import explain
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import, take_in
from reviewer.workflow.other_runs import parse_run
from reviewer.workflow.watched_folder import WatchedFolder
from tests.builders import table

MAP = """
[method]
id = "method"
problem = "p"
[[measurement]]
metric = "acc"
column = "acc"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "store.db")) as store:
        yield store


def runs(path: Path, **values: float) -> Path:
    path.parent.mkdir(exist_ok=True)
    rows = {"base": 0.7, **values}
    path.write_text("method,acc\n" + "".join(f"{name},{value}\n" for name, value in rows.items()))
    return path


def mapped(more: str = "") -> TableMap:
    return table_map(MapTable(tomllib.loads(MAP.replace("problem =", f"{more}\nproblem =")), ""))


def take(store: Store, path: Path, *, more: str = "", namespace: str = "", **options: Any) -> ImportReport:
    mapping = mapped(more)
    return run_import(store, [path], stated=Stated(table_map=mapping, namespace=namespace), **options)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.unchanged, report.rejected


def accuracies(store: Store) -> list[tuple[Any, ...]]:
    return table(
        store,
        "SELECT m.external_id, x.value FROM methods m JOIN revisions r ON r.method_id = m.id AND r.current "
        "JOIN measurements x ON x.revision_id = r.id ORDER BY m.id",
    )


def test_another_run_is_refused_whole_with_both_places_and_what_to_do(store: Store, tmp_path: Path) -> None:
    one = runs(tmp_path / "one" / "t.csv", a=0.1, b=0.2)
    two = runs(tmp_path / "two" / "t.csv", a=0.3, b=0.4, c=0.5)
    take(store, one)
    foretold = take(store, two, dry_run=True)
    report = take(store, two)
    assert counts(foretold) == counts(report) == (0, 0, 0, 1)
    assert foretold.rejects == report.rejects
    (reject,) = report.rejects
    assert (reject.file, reject.place) == (str(two), "line 3")
    assert reject.reason == (
        f"says something else of 2 of the 3 ids that are in {one} (line 3 there) as well: 'a', 'b'. It looks like "
        "another run, so that nothing of it was taken. If it is one, give it a name by `--namespace NAME`; if "
        "it is a newer version of the same, say `--newer`."
    )
    assert "0.3" in reject.raw
    assert accuracies(store) == [("base", 0.7), ("a", 0.1), ("b", 0.2)]


def test_a_named_run_stands_beside_the_other_and_grows(store: Store, tmp_path: Path) -> None:
    one, two = (runs(tmp_path / name / "t.csv", a=value) for name, value in (("one", 0.1), ("two", 0.2)))
    take(store, one)
    assert counts(take(store, two, namespace="two")) == (2, 0, 0, 0)
    runs(two, a=0.3, b=0.4)
    assert counts(take(store, two, namespace="two")) == (1, 1, 1, 0)
    assert counts(take(store, one)) == (0, 0, 2, 0)
    assert {name for (name,) in table(store, "SELECT namespace FROM methods")} > {"two"}


def test_a_newer_version_is_a_revision_and_the_older_one_does_not_turn_it_round(store: Store, tmp_path: Path) -> None:
    one, two = (runs(tmp_path / name / "t.csv", a=value) for name, value in (("one", 0.1), ("two", 0.2)))
    take(store, one)
    assert counts(take(store, two, newer=True, dry_run=True)) == (0, 1, 1, 0)
    assert counts(take(store, two, newer=True)) == (0, 1, 1, 0)
    assert counts(take(store, one)) == (0, 0, 0, 1)
    assert counts(take(store, two)) == (0, 0, 2, 0)


def test_what_is_the_same_elsewhere_and_what_differs_in_few_goes_on(store: Store, tmp_path: Path) -> None:
    take(store, runs(tmp_path / "one" / "t.csv", a=0.1, b=0.2))
    assert counts(take(store, runs(tmp_path / "moved" / "t.csv", a=0.1, b=0.2))) == (0, 0, 3, 0)
    assert counts(take(store, runs(tmp_path / "mended" / "t.csv", a=0.1, b=0.3, c=0.4))) == (1, 1, 2, 0)


def test_the_same_path_may_say_anything_by_whatever_name(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = runs(tmp_path / "one" / "t.csv", a=0.1)
    take(store, path)
    runs(tmp_path / "other" / "t.csv", z=1.0)
    take(store, tmp_path / "other" / "t.csv")
    monkeypatch.chdir(path.parent)
    runs(path, a=0.2)
    assert counts(take(store, Path("t.csv"))) == (0, 1, 1, 0)
    runs(path, a=0.3)
    assert counts(take(store, path.parent / ".." / "one" / "t.csv")) == (0, 1, 1, 0)
    monkeypatch.chdir(tmp_path / "other")
    runs(Path("t.csv"), a=0.9)
    assert counts(take(store, Path("t.csv"))) == (0, 0, 0, 1)


def test_a_map_that_names_one_run_for_every_table_says_nothing_of_this_one(store: Store, tmp_path: Path) -> None:
    one, two = (runs(tmp_path / name / "t.csv", a=value) for name, value in (("one", 0.1), ("two", 0.2)))
    take(store, one, more='namespace = "sweep"')
    assert counts(take(store, two, more='namespace = "sweep"')) == (0, 0, 0, 1)
    assert counts(take(store, two, more='namespace = "sweep"', namespace="sweep-2")) == (2, 0, 0, 0)


def test_what_came_before_in_a_long_file_is_told_to_stay(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.workflow.reading.BATCH_RECORDS", 2)

    def said(path: Path, **titles: str) -> Path:
        path.parent.mkdir(exist_ok=True)
        lines = [{"type": "proposal", "id": name, "problem": "p", "title": title} for name, title in titles.items()]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    run_import(store, [said(tmp_path / "one" / "x.jsonl", a="one", b="one")])
    report = run_import(store, [said(tmp_path / "two" / "x.jsonl", c="two", d="two", a="two", b="two")])
    assert counts(report) == (2, 0, 0, 1)
    assert "nothing more of it was taken" in report.rejects[0].reason


def test_a_run_that_a_line_names_is_that_run_wherever_the_line_stands(store: Store, tmp_path: Path) -> None:
    for name, change in (("one", "new"), ("two", "changed")):
        path = tmp_path / f"{name}.jsonl"
        path.write_text(json.dumps({"type": "proposal", "id": "x", "run": "7", "problem": "p", "title": name}))
        assert getattr(run_import(store, [path]), change) == 1


def test_a_run_that_nothing_needs_is_told(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"type": "proposal", "id": "x", "run": "7", "problem": "p", "title": "X"}))
    report = run_import(store, [path], stated=Stated(namespace="mine"))
    assert (report.new, report.unmet_run) == (1, True)
    assert any(
        sentence.startswith("`--namespace mine`: nothing that was read needs it") for sentence in report.sentences
    )


def test_an_explanation_says_it_in_the_same_words(store: Store, tmp_path: Path) -> None:
    one, two = (runs(tmp_path / name / "t.csv", a=value) for name, value in (("one", 0.1), ("two", 0.2)))
    take(store, one)
    stated = Stated(table_map=mapped())
    explained = explain(store, two, stated=stated)
    assert explained.report.rejects == take(store, two).rejects
    (refusals,) = explained.formats[0].refusals.values()
    assert refusals.first == explained.report.rejects[0]


def test_a_folder_that_is_followed_takes_neither_run_for_the_other(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    folder.mkdir()
    stated = Stated(table_map=None)
    for name, title in (("one", "One"), ("two", "Two")):
        path = folder / f"{name}.jsonl"
        path.write_text(json.dumps({"type": "proposal", "id": "x", "problem": "p", "title": title}))
        os.utime(path, (1e9, 1e9))
    watched = WatchedFolder(folder, stated=stated, now=lambda: 1.1e9)
    reading = watched.look()
    assert reading is not None
    with closing(reading):
        assert counts(take_in(store, reading)) == (1, 0, 0, 1)
    assert watched.look() is None
    (folder / "one.jsonl").write_text(json.dumps({"type": "proposal", "id": "x", "problem": "p", "title": "Grown"}))
    os.utime(folder / "one.jsonl", (1e9, 1.01e9))
    reading = watched.look()
    assert reading is not None
    with closing(reading):
        assert counts(take_in(store, reading)) == (0, 1, 0, 0)


@pytest.mark.parametrize("said", ["", "  ", "a/b", "newer", "a\tb", "\x1b[31m", "x" * 201])
def test_what_is_no_name_of_a_run_is_refused(said: str) -> None:
    with pytest.raises(UserError, match="cannot be a run's name"):
        parse_run(said)


def test_a_name_is_taken_without_the_blanks_around_it() -> None:
    assert parse_run(" sweep 3 ") == "sweep 3"
