"""``reviewer import``: what it prints, and how it exits."""

import json
from pathlib import Path

import pytest

from reviewer.cli.main import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("REVIEWER_CONFIG", "REVIEWER_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.jsonl"
    record = {
        "type": "proposal", "id": "a", "problem": "w2s", "title": "One",
        "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.5}],
    }  # fmt: skip
    path.write_text(json.dumps(record) + "\n")
    return path


def test_counts_are_told_and_again_changes_nothing(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(results)]) == 0
    out = capsys.readouterr().out
    assert "1 new, 0 changed, 0 unchanged, 0 rejected   (1 proposals" in out
    assert "The setting of chat is unknown" in out
    assert main(["import", str(results)]) == 0
    assert "0 new, 0 changed, 1 unchanged" in capsys.readouterr().out
    assert main(["import", "--list"]) == 0
    assert "complete" in capsys.readouterr().out


def test_a_reject_is_told_by_its_place_and_the_exit_status(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results.write_text(results.read_text() + "{\x1b[31m\n")
    assert main(["import", str(results)]) == 2
    out, err = capsys.readouterr()
    assert "1 new" in out
    assert "rejected: " in err
    assert "line 2" in err
    assert "\x1b" not in err


def test_nothing_to_read_leaves_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
    assert not (tmp_path / "s.db").exists()


def test_a_dry_run_writes_nothing(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(results), "--dry-run"]) == 0
    assert "would be 1 new" in capsys.readouterr().out
    assert main(["import", str(results)]) == 0
    assert "1 new" in capsys.readouterr().out


def test_what_was_imported_can_be_withdrawn(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", str(results)])
    assert main(["import", "--withdraw", "1"]) == 0
    assert "Withdrawn: 1 methods" in capsys.readouterr().out
    assert main(["import", "--withdraw", "7"]) == 2
    assert "There is no import 7" in capsys.readouterr().err
