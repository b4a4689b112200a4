"""``reviewer demo``: what it asks of the app, and a sentence where there is no terminal."""

from pathlib import Path
from typing import Any

import pytest

from reviewer.cli import app_command
from reviewer.cli.main import main


def test_without_a_terminal_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(tmp_path / "x.db"), "demo"]) == 2
    assert "terminal" in capsys.readouterr().err
    assert not (tmp_path / "x.db").exists()


@pytest.mark.parametrize("options", [(), ("--offline-critic",)])
def test_recorded_answers_are_played_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    seen: dict[str, Any] = {}

    def run_app(*_: object, **more: Any) -> int:
        seen.update(more)
        return 0

    monkeypatch.setattr(app_command, "run_app", run_app)
    assert main(["--store", str(tmp_path / "x.db"), "demo", *options]) == 0
    assert seen["offline_critic"] is bool(options)
    assert ("recorded ones" in seen["notice"]) is bool(options)


def test_its_help_tells_of_the_recorded_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--help"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "reviewer demo --offline-critic" in said
    assert "no key, nothing sent, nothing paid" in said
