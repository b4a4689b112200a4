"""``reviewer outcome``: what it saves, shows and refuses, and how it exits."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Act
from reviewer.store.connection import Store
from reviewer.workflow.judging import set_resolves_on
from tests.builders import act, build_session, table

SAID = ["outcome", "run-1/p1", "failed", "--date", "2026-01-01", "--by", "noor"]


def test_an_outcome_is_saved_shown_corrected_and_taken_back(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcome", "run-1/p1"]) == 0
    assert capsys.readouterr().out == ("run-1/p1  Title of p1\n  open: nobody has said by when it is decided\n")
    assert main([*SAID, "--effect", "-0.005", "--error", "0.004", "--metric", "pgr", "--setting", "production",
                 "--constraint", "scale", "--evidence", "https://x.test", "--note", "gone"]) == 0  # fmt: skip
    words = (
        "failed on 2026-01-01, effect −0.0050 ±0.0040 pgr (production), constraint scale, evidence https://x.test, gone"
    )
    assert capsys.readouterr().out == f"Saved: {words}, says noor.\n"
    assert main([*SAID[:2], "survived", "--reviewer", "kim"]) == 0
    out = capsys.readouterr().out
    assert "(today; --date says another day), says kim; it takes the place of what was said before." in out
    assert main(["outcome", "run-1/p1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith(f"  was said before: {words}, says noor, 20")
    assert lines[2].startswith("  holds: survived on 20")
    assert len(lines) == 3
    assert main(["outcome", "run-1/p1", "--retract", "--note", "the wrong one", "--reviewer", "kim"]) == 0
    assert capsys.readouterr().out == "Taken back: nothing is said now of what became of it.\n"
    assert main(["outcome", "run-1/p1"]) == 0
    assert "  taken back: the wrong one, says kim, 20" in capsys.readouterr().out


def test_the_same_again_changes_nothing(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(SAID) == 0
    assert main(SAID) == 0
    assert capsys.readouterr().out.endswith("Nothing changed: noor has said just that.\n")
    assert table(Store(store), "SELECT count(*) FROM outcomes") == [(1,)]


def test_with_which_probability_it_was_chosen_is_kept(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SAID, "--chosen-with", "30%"]) == 0
    assert capsys.readouterr().out == "Saved: failed on 2026-01-01, chosen with 30 %, says noor.\n"
    assert table(Store(store), "SELECT chosen_with FROM outcomes") == [(0.3,)]


def test_what_was_said_is_printed_as_json(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SAID, "--effect", "0.5"]) == 0
    capsys.readouterr()
    assert main(["outcome", "run-1/p1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (event,) = told["events"]
    assert (told["resolution"], told["due"], event["holds"], event["by"]) == ("resolved", None, True, "noor")
    assert event["outcome"] == {
        "result": "failed", "happened_on": "2026-01-01", "metric": "", "effect": 0.5, "standard_error": None,
        "setting": None, "constraint": "", "evidence": "", "note": "", "chosen_with": None,
    }  # fmt: skip


def test_what_has_passed_its_day_is_told_as_unresolved(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["target", "--criterion", "gain", "--horizon", "2026-01-31", "--reviewer", "kim"]
    assert main(words) == 0
    capsys.readouterr()
    assert main(["outcome", "run-1/p1"]) == 0
    assert (
        "  unresolved: 2026-01-31 has passed, and nobody has said what became of it; that is not failed\n"
        in capsys.readouterr().out
    )


def test_a_day_of_ones_own_is_told_to_whoever_said_it(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = Store(store)
    act(build_session(opened), 1, Act.RESOLVES_ON, set_resolves_on(date(2999, 3, 31)))
    opened.close()
    assert main(["outcome", "run-1/p1", "--reviewer", "kim"]) == 0
    assert "  open: you expect to know by 2999-03-31\n" in capsys.readouterr().out
    assert main(["outcome", "run-1/p1", "--reviewer", "bo"]) == 0
    assert "  open: nobody has said by when it is decided\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["run-1/p9", "failed"], "There is no proposal “run-1/p9”"),
        (["run-1/p1", "maybe"], "'maybe' is not one of 'survived', 'failed', 'partly', 'withdrawn'"),
        (["run-1/p1", "failed", "--date", "2999-01-01"], "2999-01-01 is in the future (today is"),
        (["run-1/p1", "failed", "--date", "1.1.2026"], "The date '1.1.2026' is no date; write it as 2026-03-31."),
        (["run-1/p1", "failed", "--effect", "nan"], "The effect nan is no number that can be measured."),
        (["run-1/p1", "failed", "--error", "1"], "A standard error belongs to an effect; say the effect too."),
        (["run-1/p1", "failed", "--constraint", "luck"], "There is no constraint 'luck'; there are scale, "),
        (["run-1/p1", "failed", "--setting", "moon"], "'moon' is not one of 'lab'"),
        (["run-1/p1", "failed", "--chosen-with", "0"], "The probability 0 of being chosen is not above 0"),
        (["run-1/p1", "failed", "--chosen-with", "most"], "“most” is no probability; write it as 40 % or 0.4."),
        (["run-1/p1", "--chosen-with", "30%"], "say what became of it too"),
        (["run-1/p1", "failed", "--by", " "], "A reviewer needs a name"),
        (["run-1/p1", "--effect", "1"], "say what became of it too: survived, failed, partly, withdrawn."),
        (["run-1/p1", "--retract"], "so there is nothing to take back."),
        (["run-1/p1", "failed", "--retract"], "--retract takes back what was said, and goes with --note alone."),
        (["run-1/p1", "--retract", "--effect", "1"], "--retract takes back what was said"),
        (["run-1/p1", "failed", "--json"], "--json prints what was said, and goes with PROPOSAL alone."),
    ],
)
def test_what_is_wrong_is_one_sentence(
    store: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--reviewer", "kim", "outcome", *words]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
    assert table(Store(store), "SELECT count(*) FROM outcomes") == [(0,)]


def test_who_says_so_must_be_known(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outcome", "run-1/p1", "failed"]) == 2
    assert "An outcome says who says so; add --by NAME." in capsys.readouterr().err


def test_it_works_as_a_program_and_loads_no_statistics(store: Path) -> None:
    code = (
        "import sys; from reviewer.cli.main import main; "
        f"status = main({SAID!r}); print(status, 'scipy' in sys.modules, 'numpy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.endswith("0 False False\n")
    assert ran.stderr == ""
