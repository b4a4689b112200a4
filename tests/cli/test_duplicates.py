"""``reviewer duplicates``: what was met more than once and what is nearly alike, in 80 columns and as JSON."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Protocol
from reviewer.exports.columns import COLUMNS, Shape
from reviewer.store.connection import Store
from reviewer.workflow.grouping import group_all
from tests.builders import build_session, build_store, judge, record
from tests.workflow.alike_stores import idea
from tests.workflow.sealed_stores import go_through, put_under


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    store = build_store(
        tmp_path,
        idea("p1", title="A \x1b[31mlong title of an idea" + " that goes on and on" * 6),
        idea("p2", namespace="run-2", title="A \x1b[31mlong title of an idea" + " that goes on and on" * 6),
        idea("p3", 2, title="日本語の題名 of agent-9", agent="agent-9"),
        idea("p4", 2, times=1, title="日本語の題名 of agent-9"),
        idea("p5", 2, value=0.9, title="日本語の題名 of agent-9"),
        idea("p6", 3),
    )
    store.close()
    return store.path


def run(capsys: pytest.CaptureFixture[str], path: Path, *args: str) -> tuple[int, str, str]:
    status = main(["duplicates", "--store", str(path), *args])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_both_kinds_are_listed_with_places_and_measure(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, path)
    assert (status, err) == (0, "")
    assert "1 proposal met more than once, with the same words and numbers:" in out
    assert "run-1/p1\n        results.jsonl, line 1" in out
    assert "run-2/p2" in out
    assert "1 group nearly alike (85 of 100 or more to the first):" in out
    assert " 95.0  日本語" in out
    assert "100.0  日本語" in out
    assert "the same words, and other numbers, claims or marks" in out
    assert "\x1b" not in out
    assert "p6" not in out


def test_the_same_words_with_other_marks_are_not_said_to_have_other_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = "The same words, of which there are some more than a few in this text"
    store = build_store(
        tmp_path, record("m1", title="Idea", body=f"{body}."), record("m2", title="Idea", body=f"{body}!")
    )
    store.close()
    _, out, _ = run(capsys, store.path)
    assert "100.0" in out
    assert "the same words, and other numbers, claims or marks\n" in out


def test_no_line_is_wider_than_80_cells(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.cells import cell_len

    _, out, _ = run(capsys, path)
    assert max(map(cell_len, out.splitlines())) <= 80


def test_with_a_higher_measure_there_are_fewer(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, path, "--near", "96")
    assert "95.0" not in out
    assert "100.0" in out
    status, _, err = run(capsys, path, "--near", "20")
    assert status == 2
    assert "70" in err


def test_the_measure_of_the_config_holds(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.with_name("config.toml").write_text("near = 96\n")
    _, out, _ = run(capsys, path)
    assert "96 of 100" in out
    assert "95.0" not in out


def found(capsys: pytest.CaptureFixture[str], path: Path, *args: str) -> Any:
    return json.loads(run(capsys, path, "--json", *args)[1])


def test_as_json_it_has_all_names(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ((of_problem),) = found(capsys, path)
    assert of_problem["problem"] == "weak_to_strong"
    ((one),) = of_problem["exact"]
    assert [(s["namespace"], s["external_id"], s["file"], s["place"]) for s in one["sightings"]] == [
        ("run-1", "p1", "results.jsonl", "line 1"),
        ("run-2", "p2", "results.jsonl", "line 1"),
    ]
    ((group),) = of_problem["near"]
    assert [(each["measure"], each["other_content"]) for each in group] in (
        [(100.0, False), (100.0, True), (95.0, False)],
        [(100.0, False), (95.0, False), (95.0, False)],
    )


def test_what_is_sealed_tells_nothing_of_where_it_comes_from_nor_of_numbers(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(path)
    put_under(store, Protocol.SEALED)
    store.close()
    status, out, err = run(capsys, path)
    assert status == 0
    assert err == "", "what is sealed is told once, by how many it is"
    assert "same words and numbers" not in out
    assert (
        "  5 proposals of weak_to_strong are sealed for you: of them words alone are\n"
        "  compared, and it is not told whether they were met more than once; --everyone\n"
        "  tells it, for who organises the reviews.\n" in out
    )
    assert not any(word in out for word in ("run-1", "run-2", "p1", "agent-9", "results.jsonl", "other numbers"))
    (of_problem,) = found(capsys, path)
    assert (of_problem["exact"], of_problem["sealed"]) == ([], 5)
    assert [(each["times_met"], each["sightings"]) for each in of_problem["near"][0]] == [(None, [])] * 3
    _, out, _ = run(capsys, path, "--everyone")
    assert "run-2/p2" in out
    assert "agent-9" in out
    assert "sealed for you" not in out


def test_that_the_numbers_are_the_same_is_told_once_the_evidence_is_open(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(path)
    group_all(store)
    put_under(store, Protocol.SEALED)
    kim = build_session(store)
    go_through(kim, 1, (0.5, 0.5))
    store.close()
    _, out, _ = run(capsys, path, "--reviewer", "kim")
    assert "1 proposal met more than once, with the same words and numbers:" in out
    assert "4 proposals of weak_to_strong are sealed for you" in out


def test_places_of_one_record_stand_under_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = '{"type": "proposal", "problem": "w2s", "id": "p1", "namespace": "n", "title": "T", "method": "M"}\n'
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "run.jsonl").write_text(line)
    store = tmp_path / "s.db"
    monkeypatch.chdir(tmp_path)
    for name, told in (("a", False), ("a/run.jsonl", False), ("b", True), ("b/run.jsonl", False), (".", False)):
        assert main(["import", name, "--store", str(store)]) == 0
        out = capsys.readouterr().out
        assert told == ("1 record was met as it is in another place too" in out), name
    assert "would be met" not in out
    status, out, _ = run(capsys, store)
    assert status == 0
    assert "n/p1\n        a/run.jsonl, line 1\n        b/run.jsonl, line 1\n" in out
    ((one,),) = (of_problem["exact"] for of_problem in found(capsys, store))
    assert one["times_met"] == 2
    first, second = one["sightings"]
    assert (second["file"], second["import_id"], first["last_met"]) == ("b/run.jsonl", 3, "")
    assert first["first_met"] < second["first_met"] < second["last_met"]
    for name in ("c.jsonl", "d.jsonl"):
        (tmp_path / name).write_text(line)
    for option in ("--dry-run", "--index-later"):
        assert main(["import", "c.jsonl", "d.jsonl", "a", option, "--store", str(store)]) == 0
        verb = "would be" if option == "--dry-run" else "were"
        assert f"2 records {verb} met as they are in another place too" in capsys.readouterr().out
    for option in ("--dry-run", "--index-later"):
        assert main(["import", "c.jsonl", "d.jsonl", option, "--store", str(tmp_path / "new.db")]) == 0
        assert "1 record w" in capsys.readouterr().out


def test_the_places_of_baselines_and_references_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rest = '"problem": "w2s", "namespace": "n", "title": "T", "method": "M"}'
    lines = (
        f'{{"type": "baseline", "id": "baseline-1", {rest}\n'
        f'{{"type": "reference", "bound": "ceiling", "id": "reference-1", {rest}\n'
    )
    store = tmp_path / "s.db"
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text(lines)
        assert main(["import", name, "--store", str(store)]) == 0
    assert "2 records were met as they are in another place too; `reviewer duplicates` lists" in capsys.readouterr().out
    opened = Store(store)
    put_under(opened, Protocol.SEALED)
    opened.close()
    _, out, _ = run(capsys, store)
    assert "No two proposals say the same, or nearly so (85 of 100 or more).\nw2s\n" in out
    assert "  2 baselines and references met in more than one place:\n" in out
    assert "n/baseline-1\n        a.jsonl, line 1\n        b.jsonl, line 1\n" in out
    assert "n/reference-1\n        a.jsonl, line 2\n        b.jsonl, line 2\n" in out
    ((first, second),) = (of_problem["compared"] for of_problem in found(capsys, store))
    assert (first["times_met"], second["times_met"]) == (2, 2)


def test_places_that_differ_in_the_front_of_a_long_path_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = '{"type": "proposal", "problem": "w2s", "id": "p1", "namespace": "n", "title": "T", "method": "M"}\n'
    store, long = tmp_path / "s.db", "日本" + "x" * 90 + ".jsonl"
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(tmp_path)
    for name in ("plain", "zstd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / long).write_text(line)
        assert main(["import", name, "--store", str(store)]) == 0
    capsys.readouterr()
    _, out, _ = run(capsys, store)
    told = out.splitlines()
    for name in ("plain", "zstd"):
        (at,) = (i for i, each in enumerate(told) if each.strip().startswith(f"{name}/"))
        assert told[at].strip() + told[at + 1].strip() == f"{name}/{long}, line 1"


def test_two_that_are_alike_and_sealed_are_not_said_to_be_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    store = build_store(tmp_path, idea("p1"), idea("p2", namespace="run-2"))
    put_under(store, Protocol.SEALED)
    store.close()
    _, out, err = run(capsys, store.path)
    assert err == ""
    assert out.startswith(
        "No two proposals say the same, or nearly so (85 of 100 or more), of what you may\nsee.\n1 proposal of "
    )


def test_where_there_is_nothing_it_says_so(tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = build_store(tmp_path, idea("a"), idea("b", 2), name="other.db")
    store.close()
    status, out, _ = run(capsys, store.path)
    assert (status, out) == (0, "No two proposals say the same, or nearly so (85 of 100 or more).\n")
    status, _, err = run(capsys, path, "--problem", "nothing")
    assert status == 2
    assert "nothing" in err


def test_a_store_that_may_only_be_read_is_shown_as_far_as_it_was_looked_at(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    status, out, err = run(capsys, path)
    assert status == 0
    assert "6 methods were not looked at yet" in err
    assert "No two" in out


def test_the_csv_names_it_once_with_its_sightings(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, path)
    store = Store(path)
    kim = build_session(store)
    for method_id in (1, 4, 6):
        judge(kim, method_id)
    store.close()
    main(["export", "--store", str(path), "--reviewer", "kim", "--format", "jsonl"])
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["sightings"] for row in rows] == [["run-2/p2"], [], []]
    assert [row["alike"] is not None for row in rows] == [False, True, False]
    assert rows[1]["alike_to"]
    names = [column.name for column in COLUMNS[Shape.JUDGEMENTS]]
    assert names[-3:] == ["sightings", "alike_to", "alike"]
