"""``reviewer set``: what it prints, and how it exits."""

import pytest

from reviewer.cli.main import main

pytestmark = pytest.mark.usefixtures("store")


def test_what_is_told_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "--setting", "chat-0115=lab", "--direction", "mood=lower"]) == 0
    assert capsys.readouterr().out == "Set; 1 measurement changed.\n"
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
