"""Importing: everything good is taken in, everything bad is told, and again changes nothing."""

import json
import os
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.problems import Dataset, Metric, Problem
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction
from reviewer.sources.files import readable_head
from reviewer.store.claims import refresh_claims
from reviewer.store.connection import Store
from reviewer.store.news import brought_so_far
from reviewer.store.problems import problem_by_id, save_problem
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import reading
from reviewer.workflow.checking import Checking
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import run_import
from reviewer.workflow.reading import BATCH_RECORDS
from reviewer.workflow.setting_rule import SettingRule, parse_settings
from reviewer.workflow.telling import choose_problem, tell
from tests.builders import build_store, table
from tests.deep_folders import nested


def lines(path: Path, *records: Any) -> Path:
    path.write_text("".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records))
    return path


def proposal(external_id: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "proposal",
        "id": external_id,
        "problem": "weak-to-strong",
        "title": f"Title of {external_id}",
        "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.5}],
    } | more


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return build_store(tmp_path)


def test_good_records_are_taken_and_bad_ones_told_with_their_place(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"), "{not json", proposal("b"), {"type": "proposal"})
    report = run_import(store, [path])
    assert (report.new, report.rejected, report.proposals) == (2, 2, 2)
    assert [r.place for r in report.rejects] == ["line 2", "line 4"]
    assert len(table(store, "SELECT * FROM rejects")) == 2


def test_the_same_import_twice_changes_nothing(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"), proposal("b"))
    run_import(store, [path])
    before = table(store, "SELECT * FROM methods") + table(store, "SELECT * FROM revisions")
    report = run_import(store, [path])
    assert (report.new, report.changed, report.unchanged) == (0, 0, 2)
    assert table(store, "SELECT * FROM methods") + table(store, "SELECT * FROM revisions") == before


def test_a_changed_proposal_is_a_new_revision(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    run_import(store, [path])
    report = run_import(store, [lines(path, proposal("a", title="Other"))])
    assert (report.new, report.changed) == (0, 1)
    assert len(table(store, "SELECT * FROM revisions")) == 2


def test_a_dry_run_counts_the_same_and_writes_nothing(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"), proposal("b"), proposal("a"), "{")
    dry = run_import(store, [path], dry_run=True)
    for name in ("problems", "methods", "imports", "rejects"):
        assert table(store, f"SELECT * FROM {name}") == []
    real = run_import(store, [path])
    assert (dry.new, dry.changed, dry.unchanged, dry.rejected) == (real.new, real.changed, real.unchanged, 1)


def test_settings_that_nobody_told_are_named(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    assert run_import(store, [path]).unknown_settings == ("chat",)
    told = run_import(store, [path], settings=parse_settings("chat=lab"))
    assert (told.unknown_settings, told.settings_told) == ((), 1)
    with store.read() as connection:
        assert brought_so_far(connection, 1, 1).told == 1
    assert table(store, "SELECT DISTINCT setting FROM measurements") == [("lab",)]


def test_an_import_that_is_stopped_says_so_and_completes_when_run_again(store: Store, tmp_path: Path) -> None:
    n = BATCH_RECORDS + 20
    path = lines(tmp_path / "r.jsonl", *(proposal(f"p{i}") for i in range(n)))
    report = run_import(store, [path], cancelled=lambda: True)
    assert report.interrupted
    assert 0 < report.new < n
    assert table(store, "SELECT state FROM imports") == [("interrupted",)]
    again = run_import(store, [path])
    assert (again.interrupted, again.new + again.unchanged, again.unchanged) == (False, n, report.new)
    assert any("was cut off; this one completes it" in s for s in again.sentences)


@pytest.mark.parametrize("dry_run", [False, True])
def test_every_sentence_of_a_report_is_safe(store: Store, tmp_path: Path, dry_run: bool) -> None:
    path = tmp_path / "a\x1b]0;pwn\x07b\u202e.jsonl"
    problems = [proposal("p", problem=slug) for slug in ("weak-to-strong", "other")]
    lines(path, *(proposal(f"p{i}") for i in range(BATCH_RECORDS)), *problems)
    run_import(store, [path], cancelled=lambda: True)
    hostile = "x\x1b[31m\u202e\n"
    on_hostile = proposal("q", measurements=[{"metric": "pgr", "dataset": hostile, "value": 0.5}])
    lines(path, *(proposal(f"p{i}") for i in range(BATCH_RECORDS)), *problems, on_hostile)
    report = run_import(store, [path], settings=parse_settings(f"a{hostile}=lab"), dry_run=dry_run)
    said = " ".join(report.sentences)
    told = [
        each for each in ("a␛]0;pwn␇b<U+202E>.jsonl", "The problem other is new", "ax␛[31m<U+202E>") if each in said
    ]
    assert len(told) == (2 if dry_run else 3), report.sentences
    assert [safe_line(sentence) for sentence in report.sentences] == list(report.sentences)


def test_nothing_to_read_leaves_the_store_as_it_was(store: Store, tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", lines(tmp_path / "empty.jsonl")):
        with pytest.raises(UserError, match=path.name):
            run_import(store, [path])
    assert table(store, "SELECT * FROM imports") == []


def test_a_problem_alone_is_taken_in(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", {"type": "problem", "id": "weak-to-strong", "title": "Weak to strong"})
    dry = run_import(store, [path], dry_run=True)
    assert (dry.problems, dry.taken, table(store, "SELECT * FROM problems")) == (1, 1, [])
    for _ in range(2):
        report = run_import(store, [path])
        assert (report.problems, report.new, report.changed, report.unchanged) == (1, 0, 0, 0)
    assert table(store, "SELECT title FROM problems") == [("Weak to strong",)]


def test_a_setting_stated_later_is_a_change(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    run_import(store, [path])
    stated = [{"metric": "pgr", "dataset": "chat", "value": 0.5, "setting": "held_out"}]
    lines(path, proposal("a", measurements=stated))
    assert run_import(store, [path], dry_run=True).changed == 1
    assert run_import(store, [path]).changed == 1
    assert table(store, "SELECT setting FROM measurements") == [("held_out",)]


@pytest.mark.parametrize("settings", ["lab", "chat=lab", "CHAT=lab", ""])
def test_a_dry_run_tells_as_many_settings_as_the_real_one(store: Store, tmp_path: Path, settings: str) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"), proposal("b"))
    run_import(store, [path])
    lines(path, proposal("a"), proposal("b", title="Other"), proposal("c"), proposal("a"))
    dry = run_import(store, [path], settings=parse_settings(settings), dry_run=True)
    real = run_import(store, [path], settings=parse_settings(settings))
    assert dry == real
    assert real.settings_told == bool(settings)


def test_a_dry_run_sees_what_comes_twice(store: Store, tmp_path: Path) -> None:
    remark = {
        "type": "remark", "id": "r", "kind": "insight", "problem": "weak-to-strong", "idea": "em", "text": "It.",
        "namespace": "run",
    }  # fmt: skip
    first = lines(tmp_path / "1.jsonl", proposal("a", namespace="run"), remark)
    second = lines(tmp_path / "2.jsonl", proposal("a", namespace="run", title="Other"), remark)
    dry = run_import(store, [first, second], dry_run=True)
    assert dry == run_import(store, [first, second])
    assert (dry.new, dry.changed, dry.unchanged, dry.rejected) == (2, 0, 1, 1)


def test_a_dry_run_can_be_stopped(store: Store, tmp_path: Path) -> None:
    n = BATCH_RECORDS + 20
    path = lines(tmp_path / "r.jsonl", *(proposal(f"p{i}") for i in range(n)))
    report = run_import(store, [path], dry_run=True, cancelled=lambda: True)
    assert report.interrupted
    assert 0 < report.new < n


def told(report: ImportReport) -> tuple[str, ...]:
    """What an import says but for that nothing describes the problem."""
    return tuple(sentence for sentence in report.sentences if not sentence.startswith("Nothing describes"))


def test_the_only_problem_is_told_where_nothing_describes_it(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    (sentence,) = run_import(store, [path]).sentences
    assert sentence.startswith(
        "Nothing describes the problem weak-to-strong: which way a metric is better is not known"
    )
    assert run_import(store, [path]).sentences == ()


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_setting_of_a_dataset_that_nothing_has_is_told(store: Store, tmp_path: Path, dry_run: bool) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    report = run_import(store, [path], settings=parse_settings("chta=lab"), dry_run=dry_run)
    assert "--setting names chta, but nothing that was read has that dataset; it has chat." in report.sentences
    assert report.unused_settings == ("chta",)
    for right in ("chat=lab", "lab", "Chat=lab"):
        assert told(run_import(store, [path], settings=parse_settings(right), dry_run=dry_run)) == ()


@pytest.mark.parametrize("dry_run", [True, False])
def test_files_of_a_folder_that_are_of_no_format_are_told(store: Store, tmp_path: Path, dry_run: bool) -> None:
    folder = tmp_path / "mix"
    (folder / "runs").mkdir(parents=True)
    lines(folder / "good.jsonl", proposal("a"))
    assert told(run_import(store, [folder], dry_run=dry_run)) == ()
    (folder / "\x1b[31mred.log").write_bytes(b"\x00\xff")
    (sentence,) = told(run_import(store, [folder], dry_run=dry_run))
    name = safe_line("\x1b[31mred.log")
    assert sentence == f"1 file in {folder} is of no known format and was passed over: {name}."
    for name in ("a.log", "b.log", "runs/c.log", "runs/d.log", "runs/e.log"):
        (folder / name).touch()
    report = run_import(store, [folder], dry_run=dry_run)
    (sentence,) = told(report)
    assert sentence.startswith(f"6 files in {folder} are of no known format and were passed over: ")
    assert sentence.endswith("a.log, b.log, runs/c.log and 2 more.")
    assert report.rejected == 0


def test_a_file_that_cannot_be_opened_is_told_as_such(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines(tmp_path / "good.jsonl", proposal("a"))
    secret = lines(tmp_path / "secret.jsonl", proposal("b"))
    monkeypatch.setattr(
        "reviewer.sources.registry.readable_head", lambda path: None if path == secret else readable_head(path)
    )
    sentences = run_import(store, [tmp_path]).sentences
    assert f"1 file in {tmp_path} cannot be opened and was passed over: secret.jsonl." in sentences


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_no_regular_file_is_told_and_never_opened(store: Store, tmp_path: Path, dry_run: bool) -> None:
    folder = tmp_path / "mix"
    (folder / "runs").mkdir(parents=True)
    lines(folder / "good.jsonl", proposal("a"))
    (folder / "same.jsonl").symlink_to(folder / "good.jsonl")
    os.mkfifo(folder / "runs" / "pipe.jsonl")
    os.mkfifo(folder / ".hidden")
    (sentence,) = told(run_import(store, [folder], dry_run=dry_run))
    assert sentence == (
        f"1 thing in {folder} is no regular file (a pipe, a socket, a device, a link to a folder or to nothing) and "
        "was passed over: runs/pipe.jsonl."
    )
    (folder / "gone.jsonl").symlink_to(folder / "nothing")
    (folder / "back").symlink_to(folder)
    (sentence,) = told(run_import(store, [folder], dry_run=dry_run))
    assert sentence.startswith(f"3 things in {folder} are no regular files (")
    assert sentence.endswith("passed over: back, gone.jsonl, runs/pipe.jsonl.")


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_lies_deep_is_read_and_what_lies_too_deep_is_told(store: Store, tmp_path: Path, dry_run: bool) -> None:
    with nested(tmp_path / "deep", 1_500, kept=json.dumps(proposal("a"))) as folder:
        report = run_import(store, [folder], dry_run=dry_run)
        assert (report.new, report.rejected, told(report)) == (1, 0, ())
    with nested(tmp_path / "deep", 50, "a" * 100) as folder:
        with pytest.raises(UserError, match=r"the folder holds no file; .* 1 of its folders cannot be looked into"):
            run_import(store, [folder], dry_run=dry_run)
        lines(folder / "good.jsonl", proposal("b"))
        (sentence,) = told(run_import(store, [folder], dry_run=dry_run))
    assert sentence.startswith(
        f"1 folder in {folder} cannot be looked into (no permission, or too long a path) and was passed over: aaa"
    )


def test_a_path_that_is_a_pipe_or_a_device_is_one_sentence(store: Store, tmp_path: Path) -> None:
    pipe = tmp_path / "pipes" / "pipe"
    pipe.parent.mkdir()
    os.mkfifo(pipe)
    for path in (pipe, Path(os.devnull)):
        with pytest.raises(UserError, match=f"^{path}: is neither a file nor a folder; save what it gives to a file"):
            run_import(store, [path])
    with pytest.raises(UserError, match="the folder holds no regular file"):
        run_import(store, [pipe.parent])


def test_a_setting_may_name_a_dataset_by_its_other_name(store: Store, tmp_path: Path) -> None:
    datasets = [{"name": "chat", "aliases": ["dialogue"]}]
    described = {"type": "problem", "id": "weak-to-strong", "title": "W2S", "datasets": datasets}
    path = lines(tmp_path / "r.jsonl", described, proposal("a"))
    rule = parse_settings("dialogue=lab")
    dry = run_import(store, [path], settings=rule, dry_run=True)
    assert dry == run_import(store, [path], settings=rule)
    assert (dry.sentences, dry.unknown_settings) == ((), ())


def test_two_spellings_of_a_dataset_in_one_import_are_one(store: Store, tmp_path: Path) -> None:
    upper = [{"metric": "pgr", "dataset": "Chat", "value": 0.4}]
    path = lines(tmp_path / "r.jsonl", proposal("a", measurements=upper), proposal("b"))
    dry = run_import(store, [path], dry_run=True)
    assert dry == run_import(store, [path])
    assert table(store, "SELECT DISTINCT dataset FROM measurements") == [("Chat",)]
    assert table(store, "SELECT name FROM datasets") == [("Chat",)]
    assert dry.unknown_settings == ("Chat",)


def test_a_role_that_is_corrected_moves_the_counts(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a", type="baseline"))
    run_import(store, [path])
    assert run_import(store, [lines(path, proposal("a"))]).changed == 1
    assert table(store, "SELECT role FROM methods") == [("proposal",)]
    assert table(store, "SELECT name, n FROM counts WHERE n <> 0") == [("proposals", 1)]


@pytest.mark.parametrize("title", ["Title of a", "Another"])
def test_a_setting_told_before_is_not_asked_for_again(store: Store, tmp_path: Path, title: str) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    run_import(store, [path], settings=parse_settings("lab"))
    lines(path, proposal("a", title=title))
    dry = run_import(store, [path], dry_run=True)
    assert dry == run_import(store, [path])
    assert dry.unknown_settings == ()
    assert table(store, "SELECT DISTINCT setting FROM measurements") == [("lab",)]


def found(store: Store, word: str) -> int:
    return len(table(store, "SELECT rowid FROM search_index WHERE search_index MATCH ?", (word,)))


def test_the_index_may_be_left_for_later_and_the_next_import_completes_it(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", *(proposal(f"p{i}") for i in range(BATCH_RECORDS + 20)))
    later = run_import(store, [path], index_later=True)
    assert (later.new, later.unindexed, found(store, "title")) == (BATCH_RECORDS + 20, BATCH_RECORDS + 20, 0)
    assert table(store, "SELECT state FROM imports") == [("complete",)]
    assert run_import(store, [path], index_later=True).unindexed == BATCH_RECORDS + 20
    assert run_import(store, [path], dry_run=True).unindexed == 0
    assert found(store, "title") == 0, "a dry run indexes nothing"
    other = run_import(store, [lines(tmp_path / "other.jsonl", proposal("x"))])
    assert (other.new, other.unindexed, found(store, "title")) == (1, 0, BATCH_RECORDS + 21)


def test_a_revision_that_changed_later_waits_too(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a", title="First"), proposal("b"))
    run_import(store, [path])
    changed = run_import(store, [lines(path, proposal("a", title="Second"), proposal("b"))], index_later=True)
    assert (changed.changed, changed.unindexed, found(store, "second"), found(store, "first")) == (1, 1, 0, 0)
    run_import(store, [path])
    assert (found(store, "second"), found(store, "first")) == (1, 0)


def test_an_import_that_is_stopped_while_it_completes_the_index_says_what_is_left(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", *(proposal(f"p{i}") for i in range(3 * BATCH_RECORDS)))
    run_import(store, [path], index_later=True)
    asked = chain([False], repeat(True))
    report = run_import(store, [lines(tmp_path / "other.jsonl", proposal("x"))], cancelled=lambda: next(asked))
    assert (report.interrupted, report.new, report.unindexed) == (False, 1, 3 * BATCH_RECORDS + 1)
    assert run_import(store, [path]).unindexed == 0


TABLES = {
    "methods": "id, problem_id, namespace, external_id, role, origin, bound, title, revision_id, revisions, claim, "
    "claim_order",
    "revisions": "id, method_id, part, content_hash, current, title, body, claims, raw, place",
    "measurements": "id, revision_id, method_id, metric, dataset, setting, setting_from, value, source",
    "seed_values": "measurement_id, seed, value",
    "datasets": "problem_id, name",
    "metrics": "problem_id, name",
    "counts": "problem_id, name, n",
    "imports": "state, new, changed, unchanged, rejected",
}


def everything(store: Store) -> dict[str, list[Any]]:
    return {name: table(store, f"SELECT {columns} FROM {name} ORDER BY 1, 2") for name, columns in TABLES.items()}


def eventful(tmp_path: Path) -> list[list[Path]]:
    """Imports in which new, known, changed, reverted, corrected, doubled and bad records follow one another."""

    def measure(value: float, dataset: str = "chat", **more: Any) -> dict[str, Any]:
        return {"metric": "pgr", "dataset": dataset, "value": value} | more

    seeds = [measure(0.7, "Math", seeds=[{"seed": 1, "value": 0.6}, {"value": 0.8}]), measure(0.2, metric="loss")]
    problem = {"type": "problem", "id": "weak-to-strong", "title": "W2S", "primary_metric": "pgr"}
    remark = {"type": "remark", "id": "r", "kind": "insight", "problem": "weak-to-strong", "text": "It."}
    first = lines(
        tmp_path / "1.jsonl",
        proposal("a"), proposal("b", measurements=seeds), problem, proposal("c", problem="other"), proposal("a"),
        proposal("d", type="baseline", part="x"), proposal("d", type="baseline", part="y", title="Y"), "{",
        proposal("e", measurements=[measure(0.1, "new"), measure(0.3, "NEW", setting="pilot")]), remark, proposal("f"),
    )  # fmt: skip
    second = lines(
        tmp_path / "2.jsonl",
        proposal("z"), proposal("a", title="Changed"), proposal("b", measurements=seeds), proposal("y"),
        proposal("d", type="baseline", part="y", title="Y"), proposal("d"), proposal("e", claims=["It is."]),
        problem | {"primary_metric": "loss", "metrics": [{"name": "loss", "direction": "lower"}]}, proposal("x"),
        proposal("f", measurements=[measure(0.5, setting="lab")]), proposal("c"), proposal("c", problem="other"),
    )  # fmt: skip
    return [[first], [second], [first], [second], [second, second]]


def test_records_come_to_the_same_together_and_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = eventful(tmp_path)
    rules = ["", "chat=lab", "new=pilot", "lab", ""]
    stores = []
    for name, size in (("together", BATCH_RECORDS), ("by-twos", 2), ("singly", 1)):
        monkeypatch.setattr(reading, "BATCH_RECORDS", size)
        one = build_store(tmp_path, name=f"{name}.db")
        reports = []
        for paths, rule in zip(rounds, rules, strict=True):
            dry = run_import(one, paths, settings=parse_settings(rule), newer=True, dry_run=True)
            reports.append(run_import(one, paths, settings=parse_settings(rule), newer=True))
            assert dry == reports[-1]
        stores.append((reports, everything(one)))
    assert stores[0] == stores[1] == stores[2]
    assert sum(report.changed for report in stores[0][0]) > 6
    assert sum(report.unchanged for report in stores[0][0]) > 6


@pytest.mark.parametrize("stated", ["", "pilot"])
@pytest.mark.parametrize("again", ["", "chat=lab", "math=held_out"])
@pytest.mark.parametrize("between", ["", "chat=lab", "chat=held_out,math=lab"])
@pytest.mark.parametrize("at_first", ["", "chat=lab"])
def test_a_dry_run_knows_the_settings_of_a_text_of_before(
    store: Store, tmp_path: Path, at_first: str, between: str, again: str, stated: str
) -> None:
    def said(title: str) -> Path:
        more = {"setting": stated} if stated and title == "A" else {}
        measured = [
            {"metric": "pgr", "dataset": "chat", "value": 0.5} | more,
            {"metric": "pgr", "dataset": "math", "value": 0.5},
        ]
        return lines(tmp_path / "r.jsonl", proposal("p", title=title, measurements=measured[title == "B" :]))

    for title, rule in (("A", at_first), ("B", between), ("A", again)):
        path = said(title)
        dry = run_import(store, [path], settings=parse_settings(rule), dry_run=True)
        assert dry == run_import(store, [path], settings=parse_settings(rule))


def described(slug: str) -> dict[str, Any]:
    return {"type": "problem", "id": slug, "title": slug.title()}


def test_files_that_turn_a_metric_round_are_told_and_what_the_other_said_is_not_lost(
    store: Store, tmp_path: Path
) -> None:
    def saying(name: str, direction: str) -> Path:
        metrics = [{"name": "loss", "direction": direction}, {"name": "pgr", "direction": "higher"}]
        said = described("w2s") | {"metrics": metrics}
        return lines(tmp_path / name, said, proposal("a", problem="w2s"))

    def disputed_by() -> tuple[str, ...]:
        return choose_problem(store, "w2s").problem.metric("loss").disputed_by

    one, other = saying("one.jsonl", "lower"), saying("other.jsonl", "higher")
    assert run_import(store, [one]).sentences == ()
    dry = run_import(store, [other], dry_run=True)
    real = run_import(store, [other])
    assert dry.sentences == real.sentences
    assert real.sentences == (
        "Lower loss counted as better; a file says that higher is, which counts from now on; "
        "`reviewer set --problem w2s --direction loss=lower` sets it back.",
    )
    assert disputed_by() == (str(one),)
    # A file that was put right no longer disputes, nor does one that was withdrawn or was said before a person spoke.
    saying("one.jsonl", "higher")
    run_import(store, [one])
    assert disputed_by() == ()
    run_import(store, [saying("third.jsonl", "lower")])
    assert disputed_by() == (str(other), str(one))
    withdraw_import(store, 2, "now")
    assert disputed_by() == (str(one),)
    told = {"loss": Direction.LOWER}
    tell(store, choose_problem(store, "w2s"), settings=SettingRule(), directions=told, aliases={})
    assert disputed_by() == ()
    for path in (one, tmp_path / "third.jsonl"):
        assert run_import(store, [path]).sentences == ()
    assert choose_problem(store, "w2s").problem.metric("loss").direction is Direction.LOWER
    assert disputed_by() == (), "they say what they said before the person spoke"
    run_import(store, [saying("fifth.jsonl", "higher")])
    assert disputed_by() == ("",)


def test_files_that_disagree_which_way_a_metric_goes_do_not_turn_it_round_by_turns(
    store: Store, tmp_path: Path
) -> None:
    one, other = (
        lines(tmp_path / f"{d}.jsonl", described("w2s") | {"metrics": [{"name": "loss", "direction": d}]}, proposal(d))
        for d in ("lower", "higher")
    )
    for path in (one, other):
        run_import(store, [path])
    for path in (one, other, one):
        for dry in (True, False):
            assert run_import(store, [path], dry_run=dry).sentences == ()
        metric = choose_problem(store, "w2s").problem.metric("loss")
        assert (metric.direction, metric.disputed_by) == (Direction.HIGHER, (str(one),))


def test_a_second_line_of_the_same_id_is_refused_wherever_problems_are_described(store: Store, tmp_path: Path) -> None:
    first, second = proposal("x", title="one"), proposal("x", title="two", problem="a")
    del first["problem"]
    path = lines(tmp_path / "r.jsonl", described("a"), first, described("b"), second)
    for new, unchanged in ((1, 0), (0, 1)):
        report = run_import(store, [path])
        assert (report.new, report.changed, report.unchanged, report.rejected) == (new, 0, unchanged, 1)
    assert "has the same id as line 2, 'x', but says something else" in report.rejects[0].reason


def test_the_same_id_in_two_problems_is_two_proposals(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("x", problem="a"), proposal("x", problem="b", title="Other"))
    assert (run_import(store, [path]).new, run_import(store, [path]).unchanged) == (2, 2)


def test_what_is_told_of_a_problem_while_an_import_runs_counts_for_what_comes_after(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_RECORDS", 1)
    path = lines(tmp_path / "r.jsonl", *(proposal(f"p{i}") for i in range(3)))
    other = Store(store.path)
    told = False

    def tell() -> bool:
        nonlocal told
        if not told:
            told = True
            with other.write() as connection:
                said = Problem(
                    "weak-to-strong",
                    primary_metric="pgr",
                    metrics=(Metric("pgr", Direction.HIGHER),),
                    datasets=(Dataset("chat-0115", ("chat",)),),
                )
                problem_id, _ = save_problem(connection, said, "now")
                stored = problem_by_id(connection, problem_id)
                refresh_claims(connection, problem_id, stored.problem)
        return False

    run_import(store, [path], cancelled=tell)
    other.close()
    assert table(store, "SELECT claim FROM methods") == [(0.5,)] * 3
    assert len(table(store, "SELECT DISTINCT dataset FROM measurements")) == 1


def test_a_problem_that_a_slip_makes_is_told(store: Store, tmp_path: Path) -> None:
    first = run_import(store, [lines(tmp_path / "1.jsonl", described("weak-to-strong"), proposal("a"))])
    assert first.sentences == ()
    path = lines(tmp_path / "2.jsonl", proposal("b", problem="w2s"), proposal("c"), proposal("d", problem="w2s"))
    dry = run_import(store, [path], dry_run=True)
    real = run_import(store, [path])
    assert dry.sentences == real.sentences
    (sentence,) = real.sentences
    assert sentence.startswith("The problem w2s is new: nothing describes it, and the store has weak-to-strong.")
    assert run_import(store, [path]).sentences == ()


def test_a_problem_that_is_described_later_is_no_slip(store: Store, tmp_path: Path) -> None:
    run_import(store, [lines(tmp_path / "0.jsonl", proposal("a"))])
    first = lines(tmp_path / "1.jsonl", proposal("b", problem="w2s"), proposal("c", problem="math"), described("w2s"))
    second = lines(tmp_path / "2.jsonl", described("math"))
    assert run_import(store, [first, second], dry_run=True).sentences == ()
    (sentence,) = run_import(store, [first], dry_run=True).sentences
    assert sentence.startswith("The problem math is new: nothing describes it, and the store has weak-to-strong.")
    assert run_import(store, [first, second]).sentences == ()


def test_what_was_not_read_yet_may_describe_a_problem(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BATCH_RECORDS", 1)
    run_import(store, [lines(tmp_path / "0.jsonl", proposal("a"))])
    path = lines(tmp_path / "1.jsonl", proposal("b", problem="w2s"), described("w2s"))
    (sentence,) = run_import(store, [path], cancelled=lambda: True).sentences
    assert sentence.startswith("The problem w2s is new: nothing that was read describes it, and the store has")


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_setting_that_is_another_one_already_is_told_and_stays(store: Store, tmp_path: Path, dry_run: bool) -> None:
    stated = [{"metric": "pgr", "dataset": "chat", "value": 0.5, "setting": "lab"}]
    path = lines(tmp_path / "r.jsonl", proposal("a", measurements=stated), proposal("b"))
    run_import(store, [path], settings=parse_settings("chat=lab"))
    said = "have another setting than --setting says, by the file or by what was told before, and keep it"
    (sentence,) = run_import(store, [path], settings=parse_settings("held_out"), dry_run=dry_run).sentences
    assert sentence.startswith(f"2 measurements {said}; `reviewer set --setting … --overwrite` changes them.")
    path = lines(path, proposal("a", measurements=stated, title="Another"), proposal("c", measurements=stated))
    (sentence,) = run_import(store, [path], settings=parse_settings("held_out"), dry_run=dry_run).sentences
    assert sentence.startswith(f"2 measurements {said}")
    assert set(table(store, "SELECT setting FROM measurements")) == {("lab",)}
    assert run_import(store, [path], settings=parse_settings("lab")).sentences == ()


def test_many_slips_are_one_sentence(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "1.jsonl", *(proposal(f"p{i}", problem=f"w{i}") for i in range(200)))
    said = "200 problems are new, and nothing describes them: w0, w1, w2, w3, w4, w5, w6, w7 and 192 more"
    for dry_run in (True, False):
        (sentence,) = run_import(store, [path], dry_run=dry_run).sentences
        assert sentence.startswith(f"{said}. Where two are meant to be one")
    path = lines(tmp_path / "2.jsonl", *(proposal(f"q{i}", problem=f"v{i}") for i in range(3)))
    (sentence,) = run_import(store, [path]).sentences
    assert "3 problems are new, and nothing describes them: v0, v1, v2; the store has w0, w1, w10, w100" in sentence
    assert "and 192 more. Where" in sentence


def test_a_slip_beside_a_problem_that_is_described_is_told(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "1.jsonl", described("weak-to-strong"), proposal("a"), proposal("b", problem="w2s"))
    (sentence,) = run_import(store, [path]).sentences
    assert "The problem w2s is new: nothing describes it, and what was read describes weak-to-strong." in sentence


def test_what_was_taken_in_is_checked_by_the_settings_that_are_given(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"), proposal("b"))
    run_import(store, [path], checks=CheckSettings(off=frozenset({"no-error"})))
    rules = {rule for (rule,) in table(store, "SELECT DISTINCT rule FROM check_results")}
    assert "one-setting" in rules
    assert "no-error" not in rules
    run_import(store, [lines(path, proposal("c"))])
    assert table(store, "SELECT count(*) FROM check_results WHERE rule = 'no-error'") == [(3,)]


def test_what_is_indexed_later_is_checked_later(store: Store, tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", proposal("a"))
    run_import(store, [path], index_later=True)
    assert table(store, "SELECT * FROM check_results") == []
    assert Checking(store).waiting() == 1
    run_import(store, [path])
    assert Checking(store).waiting() == 0


def test_a_dry_run_checks_nothing(store: Store, tmp_path: Path) -> None:
    run_import(store, [lines(tmp_path / "r.jsonl", proposal("a"))], index_later=True)
    run_import(store, [lines(tmp_path / "s.jsonl", proposal("b"))], dry_run=True)
    assert Checking(store).waiting() == 1


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_metric_of_unknown_direction_in_a_problem_that_is_described_is_told(tmp_path: Path, dry_run: bool) -> None:
    path = tmp_path / "r.jsonl"
    problem = {"type": "problem", "id": "w2s", "title": "W2S", "metrics": [{"name": "pgr", "direction": "higher"}]}
    one = {"type": "proposal", "id": "p", "problem": "w2s", "title": "P", "measurements": [
        {"metric": metric, "dataset": "chat", "value": 0.5} for metric in ("pgr", "loss", "mood")
    ]}  # fmt: skip
    path.write_text("\n".join(map(json.dumps, (one, problem))))
    store = build_store(tmp_path)
    (sentence,) = run_import(store, [path], settings=parse_settings("lab"), dry_run=dry_run).sentences
    assert sentence == (
        "Nobody has said whether more of loss, mood is better or worse, so that nothing is better there; "
        "`reviewer set --problem w2s --direction loss=higher` (or lower) does."
    )
    store.close()
