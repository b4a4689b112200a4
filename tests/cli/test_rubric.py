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


def test_one_constraint_is_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = tmp_path / "ours.toml"
    ours.write_text('slug = "ours"\nversion = 1\n[[constraints]]\nslug = "a"\ntitle = "A"\nquestion = "A?"\n')
    assert main(["rubric", "use", str(ours)]) == 0
    assert "(1 constraint)" in capsys.readouterr().out


@pytest.mark.parametrize("store", ["", "new.db"])
def test_the_name_of_the_built_in_rubric_is_not_for_another(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rubric", "--toml"]) == 0
    copy = tmp_path / "copy.toml"
    copy.write_text(capsys.readouterr().out.replace('slug = "scale"', 'slug = "size"'), encoding="utf-8")
    assert main([*(["--store", str(tmp_path / store)] if store else []), "rubric", "use", str(copy)]) == 2
    assert "production/1 is built in with other constraints" in capsys.readouterr().err
    assert main(["rubric"]) == 0
    assert capsys.readouterr().out.startswith("production/1, built in")


def test_what_is_no_rubric_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("slug = 3\n", encoding="utf-8")
    assert main(["rubric", "use", str(wrong)]) == 2
    assert f"{wrong}, line 1: slug must be text" in capsys.readouterr().err
    assert main(["rubric"]) == 0
