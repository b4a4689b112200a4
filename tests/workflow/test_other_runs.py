"""A file that says other things of ids which another file brought: another run, or a newer version of the same."""

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import UserError
from reviewer.domain.identity import utc_now
from reviewer.sources.contract import Stated
from reviewer.sources.map_table import MapTable
from reviewer.sources.table_map import TableMap, table_map
from reviewer.store.connection import Store
from reviewer.store.migrations import open_store
from reviewer.store.withdrawing import withdraw_import
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


def said(path: Path, **titles: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [{"type": "proposal", "id": name, "problem": "p", "title": title} for name, title in titles.items()]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def titles_by_run(store: Store) -> list[tuple[Any, ...]]:
    return table(store, "SELECT namespace, title, count(*) FROM methods GROUP BY 1, 2 ORDER BY 1, 2")


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

    one = said(tmp_path / "one" / "x.jsonl", a="one", b="one")
    two = said(tmp_path / "two" / "x.jsonl", c="two", d="two", a="two", b="two")
    run_import(store, [one])
    report = run_import(store, [two])
    assert counts(report) == (2, 0, 0, 1)
    reason = report.rejects[0].reason
    assert "nothing more of it was taken" in reason
    assert "take out what the store has of it by `reviewer import --withdraw 2`, and give it a name by" in reason
    (again,) = run_import(store, [two]).rejects
    assert "nothing of it was taken" in again.reason
    assert "`reviewer import --withdraw 2`" in again.reason
    withdraw_import(store, 2, "2026-11-29T00:00:00Z")
    run_import(store, [two], stated=Stated(namespace="two"))
    assert titles_by_run(store) == [("local", "one", 2), ("two", "two", 4)]


def test_one_name_for_two_runs_lets_neither_be_the_other(store: Store, tmp_path: Path) -> None:
    stated = Stated(namespace="run1")
    run_import(store, [said(tmp_path / "a.jsonl", m="A")], stated=stated)
    b = said(tmp_path / "b.jsonl", m="B")
    report = run_import(store, [b], stated=stated)
    assert counts(report) == (0, 0, 0, 1)
    assert "give it another name by `--namespace NAME`" in report.rejects[0].reason
    assert counts(run_import(store, [b], stated=stated, newer=True)) == (0, 1, 0, 0)
    assert counts(run_import(store, [said(b, m="B", n="B")], stated=stated)) == (1, 0, 1, 0)


@pytest.mark.parametrize("dry_run", [True, False])
def test_stopping_while_it_is_held_against_another_run_takes_nothing_of_it(
    store: Store, tmp_path: Path, dry_run: bool
) -> None:
    run_import(store, [said(tmp_path / "a.jsonl", m="A", n="A")])
    report = run_import(store, [said(tmp_path / "b.jsonl", m="B", n="B")], cancelled=lambda: True, dry_run=dry_run)
    assert counts(report) == (0, 0, 0, 0)
    assert report.interrupted
    assert titles_by_run(store) == [("local", "A", 2)]


def test_what_one_file_of_a_folder_changes_is_foretold_for_the_next(store: Store, tmp_path: Path) -> None:
    run_import(store, [said(tmp_path / "before.jsonl", m="A", n="A", o="A")])
    folder = tmp_path / "runs"
    said(folder / "f0.jsonl", m="A", n="A", o="B")
    said(folder / "f1.jsonl", n="A", o="B")
    said(folder / "f2.jsonl", o="C")
    foretold, report = (run_import(store, [folder], dry_run=dry_run) for dry_run in (True, False))
    assert counts(foretold) == counts(report) == (0, 1, 4, 1)
    assert foretold.rejects == report.rejects


class Meanwhile:
    """A clock that has something happen when it is asked for the ``nth`` time: between what is admitted and written."""

    def __init__(self, happens: Callable[[], object], nth: int = 1) -> None:
        self._happens, self._left = happens, nth

    def __call__(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            self._happens()
        return utc_now()


def test_of_two_imports_at_once_neither_takes_the_ids_of_the_other(store: Store, tmp_path: Path) -> None:
    a, b = said(tmp_path / "a.jsonl", m="A", n="A"), said(tmp_path / "b.jsonl", m="B", n="B")
    with closing(open_store(tmp_path / "store.db")) as other:
        report = run_import(store, [a], clock=Meanwhile(lambda: run_import(other, [b])))
    assert counts(report) == (0, 0, 0, 1)
    assert "nothing of it was taken" in report.rejects[0].reason
    assert titles_by_run(store) == [("local", "B", 2)]


def test_two_imports_at_once_that_meet_later_tell_what_was_taken(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.workflow.reading.BATCH_RECORDS", 2)
    a, b = said(tmp_path / "a.jsonl", x="A", y="A", m="A", n="A", z="A"), said(tmp_path / "b.jsonl", m="B", n="B")
    with closing(open_store(tmp_path / "store.db")) as other:
        report = run_import(store, [a], clock=Meanwhile(lambda: run_import(other, [b]), nth=2))
    assert counts(report) == (2, 0, 0, 1)
    assert "nothing more of it was taken" in report.rejects[0].reason
    assert "`reviewer import --withdraw 1`" in report.rejects[0].reason
    assert titles_by_run(store) == [("local", "A", 2), ("local", "B", 2)]
    assert table(store, "SELECT state, new, rejected FROM imports ORDER BY id") == [
        ("complete", 2, 1), ("complete", 2, 0)
    ]  # fmt: skip


def test_stopping_while_it_looks_at_what_came_between_takes_nothing_more(store: Store, tmp_path: Path) -> None:
    a, b = said(tmp_path / "a.jsonl", m="A", n="A"), said(tmp_path / "b.jsonl", m="B", n="B")
    with closing(open_store(tmp_path / "store.db")) as other:
        report = run_import(store, [a], clock=Meanwhile(lambda: run_import(other, [b])), cancelled=lambda: True)
    assert counts(report) == (0, 0, 0, 0)
    assert report.interrupted
    assert titles_by_run(store) == [("local", "B", 2)]


def test_what_came_between_and_differs_in_few_goes_on(store: Store, tmp_path: Path) -> None:
    a, b = said(tmp_path / "a.jsonl", m="A", n="A", o="A"), said(tmp_path / "b.jsonl", m="A", n="B", o="A")
    with closing(open_store(tmp_path / "store.db")) as other:
        report = run_import(store, [a], clock=Meanwhile(lambda: run_import(other, [b])))
    assert counts(report) == (0, 1, 2, 0)


@pytest.mark.parametrize("is_under_way", [True, False])
def test_of_what_is_being_imported_nothing_is_changed_however_little_differs(
    store: Store, tmp_path: Path, is_under_way: bool
) -> None:
    a, b = said(tmp_path / "a.jsonl", m="A", n="A", o="A"), said(tmp_path / "b.jsonl", m="A", n="B", o="A")
    run_import(store, [a])
    with store.write() as connection:
        connection.execute("UPDATE imports SET state = ?", ("running" if is_under_way else "interrupted",))
    report = run_import(store, [b])
    assert counts(report) == ((0, 0, 0, 1) if is_under_way else (0, 1, 2, 0))
    assert all("which is being imported just now" in reject.reason for reject in report.rejects)


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


@pytest.mark.parametrize("said", ["", "  ", "a/b", "newer", "NEWER", " Newer ", "a\tb", "\x1b[31m", "x" * 201])
def test_what_is_no_name_of_a_run_is_refused(said: str) -> None:
    with pytest.raises(UserError, match="cannot be a run's name"):
        parse_run(said)


def test_a_name_is_taken_without_the_blanks_around_it() -> None:
    assert parse_run(" sweep 3 ") == "sweep 3"


def test_that_nothing_is_newer_is_told(store: Store, tmp_path: Path) -> None:
    def said(name: str, title: str) -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"type": "proposal", "id": "x", "problem": "p", "title": title}))
        return path

    first = run_import(store, [said("one.jsonl", "one")], newer=True)
    assert any(sentence.startswith("`--newer` replaces nothing") for sentence in first.sentences)
    second = run_import(store, [said("two.jsonl", "two")], newer=True)
    assert (second.changed, [each for each in second.sentences if "replaces nothing" in each]) == (1, [])


def test_a_file_that_was_taken_in_stays_itself_where_another_changed_one_of_its_records(
    store: Store, tmp_path: Path
) -> None:
    def lines(name: str, **said: str) -> Path:
        path = tmp_path / name
        every = ({"type": "proposal", "id": i, "problem": "p", "title": title} for i, title in said.items())
        path.write_text("".join(json.dumps(each) + "\n" for each in every))
        return path

    run_import(store, [lines("m.jsonl", a="A", b="B", c="C")])
    assert run_import(store, [lines("later.jsonl", a="A, later", b="B", c="C")]).changed == 1
    grown = run_import(store, [lines("m.jsonl", a="A", b="B", c="C", d="D")])
    assert (grown.new, grown.changed, grown.unchanged, grown.rejected) == (1, 1, 2, 0)


@pytest.mark.parametrize("is_cut_off", [True, False])
def test_what_a_part_of_a_file_brought_does_not_make_the_rest_its_own(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_cut_off: bool
) -> None:
    monkeypatch.setattr("reviewer.workflow.reading.BATCH_RECORDS", 4)
    run_import(store, [said(tmp_path / "a.jsonl", m="A")])
    b = said(tmp_path / "b.jsonl", w="B", x="B", y="B", z="B", m="B")
    report = run_import(store, [b], cancelled=lambda: is_cut_off)
    assert counts(report) == (4, 0, 0, 0 if is_cut_off else 1)
    assert counts(run_import(store, [b])) == (0, 0, 4, 1)
    assert titles_by_run(store) == [("local", "A", 1), ("local", "B", 4)]


def test_a_file_that_says_more_through_a_link_is_no_other_run(store: Store, tmp_path: Path) -> None:
    take(store, runs(tmp_path / "one" / "t.csv", a=0.1, b=0.2))
    (tmp_path / "two").symlink_to(tmp_path / "one")
    assert counts(take(store, runs(tmp_path / "two" / "t.csv", a=0.3, b=0.4))) == (0, 2, 1, 0)
