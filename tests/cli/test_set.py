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


@pytest.mark.parametrize(
    ("said", "kept", "told"),
    [("30%", 0.3, "30"), (" 7.5 % ", 0.075, "7.5"), (".4", 0.4, "40"), ("65", 0.65, "65"), ("1%", 0.01, "1")],
)
def test_where_one_would_decide_the_other_way_is_kept_and_told(
    store: Path, said: str, kept: float, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", "--decision", said]) == 0
    assert capsys.readouterr().out == f"People would decide the other way at {told} % from now on.\n"
    with closing(open_store(store)) as opened, opened.read() as connection:
        assert decision_of(connection, 1) == pytest.approx(kept)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("0", "leaves nothing to decide"),
        ("100%", "leaves nothing to decide"),
        ("-3%", "is no probability"),
        ("x", "is no probability"),
        ("nan", "is no probability"),
        ("1e9", "is no probability"),
        ("1", "may be 1 % or 100 %"),
    ],
)
def test_what_is_no_probability_to_decide_at_is_refused(
    said: str, why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", "--decision", said]) == 2
    err = capsys.readouterr().err
    assert err.startswith("reviewer: --decision")
    assert why in err
    assert err.count("\n") == 1


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
