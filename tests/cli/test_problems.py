"""``reviewer problems``: what it prints, and how it exits."""

import pytest

from reviewer.cli.main import main

pytestmark = pytest.mark.usefixtures("store")


def test_problems_are_listed_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--reviewer", "kim", "problems"]) == 0
    out = capsys.readouterr().out
    assert "weak_to_strong  1 proposal, 0 baselines, 0 references; 0 judged by kim" in out
    assert "pgr (higher), loss (lower), mood (unknown)" in out
    assert "survives if: not written yet" in out


def test_where_no_reviewer_is_known_nobody_is_said_to_have_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["problems"]) == 0
    out = capsys.readouterr().out
    assert "weak_to_strong  1 proposal, 0 baselines, 0 references\n" in out
    assert "judged" not in out
