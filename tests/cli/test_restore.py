"""``reviewer backup --people`` and ``reviewer restore``: what is said, and the exit status."""

from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Act, Role, Verdict
from reviewer.store.connection import Store
from reviewer.workflow import judging
from tests.builders import build_session, build_store, context, judge, measured, record


@pytest.fixture
def kept(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    opened = Store(store)
    judge(build_session(opened), 1)
    opened.close()
    path = tmp_path / "kept.jsonl.gz"
    assert main(["backup", "--people", "--everyone", str(path)]) == 0
    assert f"1 annotation event; `reviewer restore {path}` puts it back.\n" in capsys.readouterr().out
    return path


def test_it_says_what_came_back(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = build_store(tmp_path, record(measurements=(measured(),)), name="new.db")
    new.close()
    assert main(["restore", str(kept), "--store", str(new.path)]) == 0
    assert capsys.readouterr() == ("Put back: 1 annotation event; besides 1 reviewer, 1 rubric.\n", "")
    assert main(["restore", str(kept), "--store", str(new.path)]) == 0
    assert capsys.readouterr() == ("Put back: 0 annotation events (1 event was there already).\n", "")
    assert main(["doctor", "--store", str(new.path)]) == 0


def test_what_is_missing_is_named_by_status_2(kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = build_store(tmp_path, record("other"), name="new.db")
    new.close()
    assert main(["restore", str(kept), "--store", str(new.path)]) == 2
    assert capsys.readouterr().err == (
        "reviewer: 1 event was left out, of a proposal that is not in the store: weak_to_strong/run-1/p1. Import it, "
        "and restore again.\n"
    )


def test_a_missing_baseline_is_named_and_can_be_given_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = record(measurements=(measured(),)), record("b", Role.BASELINE, measurements=(measured(),))
    old = build_store(tmp_path, *both, name="old.db")
    session = build_session(old)
    judging.perform(
        session, 1, Act.VERDICT, judging.give_verdict(Verdict.FAILS), context(session, 1, baseline_id=2), words=""
    )
    old.close()
    kept = tmp_path / "kept.jsonl.gz"
    assert main(["backup", "--people", str(kept), "--store", str(old.path)]) == 0
    new = build_store(tmp_path, both[0], name="new.db")
    new.close()
    capsys.readouterr()
    assert main(["restore", str(kept), "--store", str(new.path)]) == 2
    assert capsys.readouterr().err == (
        "reviewer: 1 event was left out, held against a baseline that is not in the store: weak_to_strong/run-1/b. "
        "Import it, and restore again, or give it up by --without-baselines.\n"
    )
    assert main(["restore", str(kept), "--store", str(new.path), "--without-baselines"]) == 0
    assert "came back without the baseline that it was held against, for good." in capsys.readouterr().err


def test_a_file_that_is_none_is_told(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(tmp_path / "none.gz")]) == 2
    assert "There is no file" in capsys.readouterr().err
    assert main(["restore", str(store)]) == 2
    assert "holds nothing that `reviewer backup --people` or the app kept" in capsys.readouterr().err


def test_by_hand_it_lies_with_the_copies(kept: Path, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", "--people"]) == 0
    (file,) = store.with_name("reviewer.db-backups").iterdir()
    assert file.name.startswith("people-")
    assert main(["restore", str(file)]) == 0


def test_outcomes_are_told_too(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcome", "run-1/p1", "failed", "--date", "2026-01-01", "--by", "kim"]) == 0
    path = tmp_path / "kept.gz"
    assert main(["backup", "--people", "--everyone", str(path)]) == 0
    assert "0 annotation events and 1 outcome; `reviewer restore" in capsys.readouterr().out
    new = build_store(tmp_path, record(measurements=(measured(),)), name="new.db")
    new.close()
    assert main(["restore", str(path), "--store", str(new.path)]) == 0
    assert capsys.readouterr().out == "Put back: 0 annotation events; besides 1 outcome, 1 reviewer, 1 rubric.\n"
    assert main(["restore", str(path), "--store", str(new.path)]) == 0
    assert capsys.readouterr().out == "Put back: 0 annotation events (1 outcome was there already).\n"
