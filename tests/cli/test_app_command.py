"""Opening the app at a proposal: what is refused is refused before the screen is taken over."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.tui.app import ReviewerApp
from reviewer.tui.opening import Opening
from tests.builders import build_session, build_store, judge, record


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Opening]:
    """What the app was opened with, in place of the app itself."""
    found: list[Opening] = []
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("reviewer.cli.terminal.require_terminal", lambda: None)

    def run(app: ReviewerApp, **_options: Any) -> None:
        found.append(app.opening)

    monkeypatch.setattr(ReviewerApp, "run", run)
    return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = build_store(tmp_path, record("exp1"), record("exp2"), record("exp1", namespace="other"))
    store.close()
    return store.path


def test_the_app_opens_at_the_proposal_that_is_named(path: Path, opened: list[Opening]) -> None:
    assert main(["--store", str(path), "--at", "exp2"]) == 0
    assert main(["--store", str(path)]) == 0
    assert [opening.at for opening in opened] == [(1, 2), None]


@pytest.mark.parametrize("order", [["--at", "exp-none", "demo"], ["demo", "--at", "exp-none"]])
def test_the_demo_takes_it_before_and_behind(
    tmp_path: Path, opened: list[Opening], order: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--store", str(tmp_path / "demo.db"), *order]) == 2
    assert "There is no proposal “exp-none”" in capsys.readouterr().err
    assert opened == []


def test_none_and_several_are_refused(path: Path, opened: list[Opening], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(path), "--at", "exp9"]) == 2
    assert "There is no proposal “exp9”" in capsys.readouterr().err
    assert main(["--store", str(path), "--at", "exp1"]) == 2
    assert "names 2 proposals" in capsys.readouterr().err
    assert opened == []


def test_a_command_that_opens_no_app_does_not_take_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--at", "exp1", "problems"]) == 2
    assert capsys.readouterr().err == "reviewer: --at opens the app, and 'problems' does not. See 'reviewer --help'.\n"


@pytest.mark.parametrize("command", [[], ["demo"]])
def test_no_store_is_made_where_there_is_no_folder(
    opened: list[Opening], tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(["--store", str(tmp_path / "no" / "x.db"), *command]) == 2
    assert capsys.readouterr().err == (
        f"reviewer: --store: there is no folder {tmp_path}/no; make it, or name another place.\n"
    )
    assert not (tmp_path / "no").exists()
    assert opened == []


def test_what_people_did_is_kept_but_for_the_demo(path: Path, opened: list[Opening], tmp_path: Path) -> None:
    store = Store(path)
    judge(build_session(store), 1)
    store.close()
    assert main(["--store", str(path)]) == 0
    assert main(["demo", "--store", str(tmp_path / "demo.db")]) == 0
    for opening in opened:
        judge(build_session(opening.store), 1)
        opening.keep_acts(opening.store)
    kept = [file.parent.name for file in tmp_path.rglob("people-*.jsonl.gz")]
    assert kept == [f"{path.name}-backups"]
