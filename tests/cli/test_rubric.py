"""``reviewer rubric``: what it prints, and how it exits."""

from pathlib import Path

import pytest

from reviewer.cli.main import main

pytestmark = pytest.mark.usefixtures("store")


def test_the_rubric_in_use_is_shown_and_its_file_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rubric"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("production/1, built in")
    assert "Does production supply the inputs that it relies on?" in out
    assert main(["rubric", "--toml"]) == 0
    copy = tmp_path / "copy.toml"
    copy.write_text(capsys.readouterr().out.replace('slug = "production"', 'slug = "ours"'), encoding="utf-8")
    assert main(["rubric", "use", str(copy)]) == 0
    assert "ours/1 from now on (12 constraints)" in capsys.readouterr().out
    assert main(["rubric"]) == 0
    assert capsys.readouterr().out.startswith(f"ours/1, {copy}")
    assert main(["rubric", "use", "default"]) == 0


def test_what_is_no_rubric_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("slug = 3\n", encoding="utf-8")
    assert main(["rubric", "use", str(wrong)]) == 2
    assert f"{wrong}, line 1: slug must be text" in capsys.readouterr().err
    assert main(["rubric"]) == 0
