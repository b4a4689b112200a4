"""``reviewer set``: what it prints, and how it exits."""

from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.problems import Problem
from reviewer.store.decisions import decision_of
from reviewer.store.migrations import open_store
from reviewer.store.problems import save_problem
from tests.builders import NOW

pytestmark = pytest.mark.usefixtures("store")


def test_what_is_told_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "--setting", "chat-0115=lab", "--direction", "mood=lower"]) == 0
    assert capsys.readouterr().out == "Set; 1 measurement changed.\n"
    assert main(["problems"]) == 0
    assert "mood (lower)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            ("--setting", "pilot"),
            "no measurement changed: every one has a setting already, and --overwrite changes those that have another.",
        ),
        (
            ("--setting", "chat=pilot", "--direction", "mood=lower"),
            "no measurement changed: every one of chat has a setting already, and --overwrite changes those that have "
            "another.",
        ),
        (("--setting", "lab", "--overwrite"), "no measurement changed: every one has that setting already."),
        (("--setting", "unknown"), "0 measurements changed."),
        (("--direction", "mood=lower"), "0 measurements changed."),
        (("--setting", "pilot", "--overwrite"), "1 measurement changed."),
    ],
)
def test_a_setting_that_changes_nothing_says_why(
    options: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", "--setting", "lab"]) == 0
    capsys.readouterr()
    assert main(["set", *options]) == 0
    assert capsys.readouterr().out == f"Set; {said}\n"


@pytest.mark.parametrize(("said", "kept"), [("30%", 0.3), (" 7.5 % ", 0.075), (".4", 0.4), ("65", 0.65)])
def test_where_one_would_decide_the_other_way_is_kept(store: Path, said: str, kept: float) -> None:
    assert main(["set", "--decision", said]) == 0
    with closing(open_store(store)) as opened, opened.read() as connection:
        assert decision_of(connection, 1) == pytest.approx(kept)


@pytest.mark.parametrize("said", ["0", "100%", "-3%", "x", "nan", "1e9"])
def test_what_is_no_probability_is_refused(said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["set", "--decision", said]) == 2
    assert capsys.readouterr().err == (
        f"reviewer: --decision {said!r} is no probability between 0 and 1; write it as 30%.\n"
    )


def test_a_setting_where_nothing_was_measured_says_so(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(open_store(store)) as opened, opened.write() as connection:
        save_problem(connection, Problem("bare"), NOW)
    assert main(["set", "--setting", "lab", "--problem", "bare"]) == 0
    assert capsys.readouterr().out == "Set; no measurement changed: nothing has been measured yet.\n"


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
