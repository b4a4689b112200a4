"""``reviewer import --explain``: what is told of files before they are taken in."""

import json
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from tests.sources.aar_cache_fixture import build_cache
from tests.sources.aar_server_fixture import build_server_database, findings_as_json

LINES: list[dict[str, Any]] = [
    {"type": "problem", "id": "w2s", "title": "W2S", "metrics": [{"name": "pgr", "direction": "higher"}]},
    {"type": "reference", "id": "floor", "problem": "w2s", "title": "Floor", "bound": "floor"},
    {"type": "proposal", "id": "a", "problem": "w2s", "title": "EM posterior", "agent": "agent-4", "run": "run-3",
     "method": "# Method\n\nFit a noise model.", "idee": "em",
     "measurements": [{"metric": "pgr", "dataset": "chat", "value": -0.5, "standard_error": 0.04, "n_seeds": 5},
                      {"metric": "loss", "dataset": "chat", "value": None, "missing": "it crashed"}]},
    {"type": "proposal", "id": "b", "problem": "w2s", "title": "Second", "idee": "em"},
    {"type": "remark", "id": "r", "problem": "w2s", "kind": "insight", "text": "Odd."},
    {"type": "proposal", "id": "c", "problem": "w2s"},
    {"type": "proposal", "id": "d", "problem": "w2s"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path / "s.db"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return path


def test_a_file_is_explained_from_its_sign_to_what_it_leaves_unknown(
    results: Path, no_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "--explain", str(results)]) == 2
    out = capsys.readouterr().out
    flowing = " ".join(out.split())
    for words in (
        "native: Our own JSON Lines",
        "Known since it is JSON Lines: half of its first lines or more are objects",
        "Tried before it, to no avail: aar-db.",
        "parent, rerun_of → the method that it comes from",
        "Named by none of these, and kept in the raw record: idee (2).",
        "2 proposals, 0 baselines, 1 reference, 1 remark, 2 rejects; 2 measurements, 1 of them without a value",
        "described: problem w2s",
        "rejected, 2 of the kind: 'c': title: is missing (results.jsonl, line 6)",
        "EM posterior proposal run-3/a of w2s (agent-4, agent)",
        "pgr on chat: −0.500 ± 0.040 (5 seeds, setting unknown, claimed)",
        "loss on chat: none (it crashed) (setting unknown, claimed)",
        "Fit a noise model.",
        "would be 4 new, 0 changed, 0 unchanged, 2 rejected",
        "Unknown: in which setting chat was measured; `--setting chat=lab` tells it.",
        "Unknown: which way loss is better; `--direction loss=higher` (or lower) tells it.",
        "No baseline is in what was read as native.",
    ):
        assert words in flowing, words
    assert out.startswith(f"{results}\n")
    assert max(map(len, out.splitlines()[1:])) <= 80
    assert "Nobody has said" not in out
    assert not no_store.exists()


def test_what_is_told_with_it_is_no_longer_unknown(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--setting", "lab", "--direction", "loss=lower"]
    assert main(["import", "--explain", str(results), *told]) == 2
    out = capsys.readouterr().out
    assert "Unknown:" not in out
    assert "Lower loss would count as better in w2s from now on, as you say." in " ".join(out.split())


def test_what_the_store_has_is_told_as_unchanged_and_stays_so(
    results: Path, no_store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(results)]) == 2
    before = no_store.read_bytes()
    capsys.readouterr()
    assert main(["import", "--explain", str(results)]) == 2
    assert "would be 0 new, 0 changed, 4 unchanged, 2 rejected" in capsys.readouterr().out
    assert no_store.read_bytes() == before


def test_where_nothing_fits_it_is_told_what_was_tried_and_the_other_files_are_explained(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = tmp_path / "notes.py"
    notes.write_text("# Notes\n")
    assert main(["import", "--explain", str(notes), str(tmp_path / "none"), str(results)]) == 2
    captured = capsys.readouterr()
    flowing = " ".join(captured.out.split())
    assert "is text of no known format; the formats are aar-db, native" in flowing
    assert flowing.count("What was tried, and what each is known by:") == 1, "not of a path where nothing is"
    assert "aar-db: a file is a SQLite database with a table findings" in flowing
    assert "there is no such file or folder" in flowing
    assert "EM posterior" in flowing


def test_a_folder_is_explained_format_by_format_with_its_files(
    tmp_path: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "release"
    build_cache(folder / "cache")
    build_server_database(folder / "experiments.db")
    (folder / "one.jsonl").write_text(results.read_text())
    (folder / "two.jsonl").write_text(json.dumps({**LINES[2], "id": "z"}) + "\n")
    (folder / "README.md").write_text("# Release")
    assert main(["import", "--explain", str(folder)]) == 2
    out = capsys.readouterr().out
    headings = [line.partition(":")[0] for line in out.splitlines() if line[:1].strip() and ": " in line]
    assert headings == ["aar-db", "native", "aar-cache"]
    flowing = " ".join(out.split())
    assert "one.jsonl: 2 proposals, 1 reference, 1 remark, 2 rejects" in flowing
    assert "two.jsonl: 1 proposal" in flowing
    assert "1 file in" in flowing
    assert "README.md" in flowing
    assert "2 files, known since each is JSON Lines" in flowing


def test_very_many_files_are_not_very_many_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "shared_findings"
    folder.mkdir()
    (finding, *_) = [f for f in findings_as_json() if f["finding_type"] == "result"]
    for number in range(400):
        more = {"title": None, "content": None, "idea_name": None, "idea_title": None} if number % 2 else {}
        (folder / f"{number}_x.json").write_text(json.dumps({**finding, "post_id": f"p{number}", **more}))
    assert main(["import", "--explain", str(folder)]) == 2
    out = capsys.readouterr().out
    assert "… and 380 more places like these" in out
    assert "rejected, 200 of the kind" in out
    assert len(out.splitlines()) < 120


def test_the_same_as_json(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notes = tmp_path / "notes.py"
    notes.write_text("# Notes\n")
    assert main(["import", "--explain", "--json", str(results), str(notes)]) == 2
    explained, unknown = json.loads(capsys.readouterr().out)
    (of_format,) = explained["formats"]
    assert (of_format["format"], of_format["files"], of_format["tried_before"]) == ("native", 1, ["aar-db"])
    assert {name: of_format[name] for name in ("proposals", "references", "remarks", "rejects", "without_value")} == {
        "proposals": 2, "references": 1, "remarks": 1, "rejects": 2, "without_value": 1
    }  # fmt: skip
    assert of_format["fields_untaken"] == {"idee": 2}
    assert [(r["place"], r["records"]) for r in of_format["reasons"]] == [("line 6", 2)]
    assert explained["unknown_directions"] == ["loss"]
    assert "no known format" in unknown["reason"]
    assert unknown["tried"][0]["format"] == "aar-db"


def test_a_format_that_is_named_is_told_as_such(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", "--explain", str(results), "--format", "native"])
    out = capsys.readouterr().out
    assert "Read as this since --format says so." in out
    assert "Tried before it" not in out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--index-later"], "--explain writes nothing"),
        (["--list"], "--list stands alone"),
        (["--direction", "loss"], "is not of the form METRIC=higher"),
    ],
)
def test_options_that_do_not_go_with_it_are_refused(
    results: Path, options: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "--explain", str(results), *options]) == 2
    assert words in capsys.readouterr().err
    assert main(["import", str(results), "--json"]) == 2
    assert "--json goes with --explain" in capsys.readouterr().err
