"""``reviewer demo`` where there is no terminal: a sentence, and nothing made."""

from pathlib import Path

import pytest

from reviewer.cli.main import main


def test_without_a_terminal_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--store", str(tmp_path / "x.db"), "demo"]) == 2
    assert "terminal" in capsys.readouterr().err
    assert not (tmp_path / "x.db").exists()
