"""``reviewer set``: what it prints, and how it exits."""

from pathlib import Path

import pytest

from reviewer.cli.main import main
from tests.builders import build_store, measured, record


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATA", "CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    for name in ("REVIEWER_CONFIG", "REVIEWER_NAME"):
        monkeypatch.delenv(name, raising=False)
    built = build_store(tmp_path, record(measurements=(measured(),)))
    built.close()
    monkeypatch.setenv("REVIEWER_STORE", str(built.path))
    return built.path


def test_what_is_told_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "--setting", "chat-0115=lab", "--direction", "mood=lower"]) == 0
    assert capsys.readouterr().out == "Set; 1 measurements changed.\n"
    assert main(["problems"]) == 0
    assert "mood (lower)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "say what to set"),
        (("--direction", "mood"), "is not of the form METRIC=higher"),
        (("--direction", "mood=sideways"), "better when higher or when lower"),
        (("--setting", "here"), "'here' is no setting"),
        (("--problem", "none", "--setting", "lab"), "There is no problem 'none'"),
    ],
)
def test_what_cannot_be_set_is_told(options: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", *options]) == 2
    assert words in capsys.readouterr().err
