"""``reviewer target``: what it prints, and how it exits."""

import pytest

from reviewer.cli.main import main

pytestmark = pytest.mark.usefixtures("store")


def test_a_target_is_written_and_changed_in_part(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--reviewer", "kim", "target", "weak_to_strong"]
    assert main([*words, "--criterion", "gain over 1 point", "--horizon", "2027-03-31"]) == 0
    assert main([*words, "--scale", "all traffic"]) == 0
    capsys.readouterr()
    assert main(["target"]) == 0
    out = capsys.readouterr().out
    assert "target version 2" in out
    for text in ("gain over 1 point", "2027-03-31", "all traffic"):
        assert text in out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("target", "none"), "There is no problem 'none'; the store has weak_to_strong."),
        (("target", "--criterion", "x"), "add --reviewer NAME"),
        (("--reviewer", "kim", "target", "--criterion", "x", "--horizon", "soon"), "'soon' is no date"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(list(words)) == 2
    assert sentence in capsys.readouterr().err


def test_where_there_is_no_target_it_says_how_to_write_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["target"]) == 0
    out = capsys.readouterr().out
    command = "reviewer target weak_to_strong --criterion TEXT --horizon DATE --reviewer NAME"
    assert command in out
    words = command.replace("TEXT", "gain").replace("DATE", "2027-03-31").replace("NAME", "kim").split()
    assert main(words[1:]) == 0
    capsys.readouterr()
    assert main(["target"]) == 0
    assert "--criterion" not in capsys.readouterr().out


def test_months_stand_in_place_of_a_date_and_a_date_in_place_of_months(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--reviewer", "kim", "target", "weak_to_strong"]
    assert main([*words, "--criterion", "gain", "--horizon", "2027-03-31"]) == 0
    assert main([*words, "--months", "6"]) == 0
    out = capsys.readouterr().out
    assert out.endswith(
        "target version 2\n  survives if:  gain\n  by:           6 months after a proposal was first judged\n"
    )
    assert main([*words, "--horizon", "2027-04-30"]) == 0
    assert capsys.readouterr().out.endswith("  by:           2027-04-30\n")
    assert main([*words, "--horizon", "2027-04-30", "--months", "6"]) == 2
    assert "--horizon and --months both say when it is decided; say one" in capsys.readouterr().err
    assert main([*words, "--months", "0"]) == 2
    assert "1 to 600 months" in capsys.readouterr().err
