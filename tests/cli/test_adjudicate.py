"""``reviewer adjudicate``: what it saves, shows and refuses."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Verdict
from reviewer.exports.columns import pandas_options
from reviewer.store.connection import Store
from tests.builders import build_session, judge, table

BASE = ["adjudicate", "run-1/p1", "--reviewer", "kim"]


@pytest.fixture
def judged(store: Path) -> Path:
    """The store, in which kim and ann have judged."""
    opened = Store(store)
    judge(build_session(opened), 1)
    judge(build_session(opened, "ann"), 1, Verdict.FAILS)
    opened.close()
    return store


def test_it_is_saved_shown_said_again_and_taken_back(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = ["--verdict", "conditional", "--forecast", "40%", "--condition", "labels stay", "--rationale", "noise"]
    assert main([*BASE, *said]) == 0
    words = "conditional if labels stay, 40 %, “noise”"
    assert capsys.readouterr().out == f"Saved: {words}, of 2 judgements, says kim.\n"
    assert main([*BASE, *said]) == 0
    assert capsys.readouterr().out == "Nothing changed: kim has said just that.\n"
    assert main(["adjudicate", "run-1/p1", "--verdict", "cannot-tell", "--reviewer", "ann"]) == 0
    assert "; it takes the place of what was said before." in capsys.readouterr().out
    assert main([*BASE, "--show"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "run-1/p1  Title of p1"
    assert lines[1].startswith(f"  was said before: {words}, says kim, 20")
    assert lines[2].startswith("  holds: can't tell, says ann, 20")
    assert lines[2].endswith(" UTC, of 2 judgements")
    assert main([*BASE, "--retract", "--rationale", "new evidence"]) == 0
    assert capsys.readouterr().out == "Taken back; none holds now.\n"
    assert main([*BASE, "--show", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["events"]
    assert [event["holds"] for event in told] == [False, False, False]
    assert told[0]["adjudication"] == {
        "verdict": "conditional", "forecast": 0.4, "condition": "labels stay", "rationale": "noise",
    }  # fmt: skip
    assert (told[2]["adjudication"], told[2]["note"], len(told[0]["judgements"])) == (None, "new evidence", 2)


def test_before_ones_own_judgement_nothing_is_saved_or_shown(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = []
    for adjudicated in (False, True):
        if adjudicated:
            assert main([*BASE, "--verdict", "fails", "--rationale", "secret"]) == 0
            capsys.readouterr()
        outs = []
        for words in (["--show"], ["--show", "--json"], ["--verdict", "fails"], ["--retract"]):
            assert main(["adjudicate", "run-1/p1", "--reviewer", "bo", *words]) == 2
            outs.append(tuple(capsys.readouterr()))
        shown.append(outs)
    assert shown[0] == shown[1], "whether there is one is not to be seen either"
    assert shown[0][0][1] == "reviewer: Others' judgements are shown after your own verdict.\n"
    assert shown[0][2][1].startswith("reviewer: Your own judgement of this proposal is not in")
    assert table(Store(judged), "SELECT count(*) FROM adjudications") == [(1,)]


def test_who_looks_has_to_be_said(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adjudicate", "run-1/p1", "--show"]) == 2
    assert "Say who looks with --reviewer NAME." in capsys.readouterr().err
    assert main(["adjudicate", "run-1/p1", "--verdict", "fails"]) == 2
    assert "An adjudication says who says so; add --reviewer NAME." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "say one of --verdict, --retract and --show."),
        (["--verdict", "fails", "--retract"], "say one of --verdict, --retract and --show."),
        (["--verdict", "maybe"], "'maybe' is not one of 'survives', 'conditional', 'fails', 'cannot-tell'"),
        (["--verdict", "fails", "--forecast", "1"], "“1” may be 1 % or 100 %"),
        (["--verdict", "fails", "--forecast", "200%"], "“200%” is no probability"),
        (["--verdict", "fails", "--condition", "x"], "A condition belongs to the verdict conditional"),
        (["--retract", "--forecast", "40%"], "--retract takes back what was said"),
        (["--show", "--rationale", "x"], "--show shows what was said"),
        (["--verdict", "fails", "--json"], "--json prints what --show shows"),
        (["--retract"], "Nobody has adjudicated this proposal, so that there is nothing to take back."),
    ],
)
def test_what_is_wrong_is_one_sentence(
    judged: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*BASE, *words]) == 2
    err = capsys.readouterr().err
    assert sentence in err
    assert err.count("\n") == 1
    assert table(Store(judged), "SELECT count(*) FROM adjudications") == [(0,)]


def test_what_holds_is_exported_to_whoever_may_see_it(
    judged: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = ["export", "--adjudications"]
    assert main([*BASE, "--verdict", "fails"]) == 0
    assert main([*BASE, "--verdict", "conditional", "--condition", "=1+1", "--forecast", "40%"]) == 0
    path = tmp_path / "a.csv"
    capsys.readouterr()
    for _ in range(2):  # An export of ours gives way.
        assert main([*export, "-o", str(path), "--reviewer", "ann"]) == 0
        assert capsys.readouterr().err == f"1 adjudication written to {path}.\n"
    with path.open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert (row["external_id"], row["adjudicated_verdict"], row["adjudicated_forecast"], row["adjudicated_by"]) == (
        "p1", "conditional", "0.4", "kim",
    )  # fmt: skip
    assert (row["condition"], row["revision_is_current"], len(row["judgements"].split(";"))) == ("'=1+1", "true", 2)
    assert list(pd.read_csv(path, **pandas_options(path))["adjudicated_verdict"]) == ["conditional"]
    assert main([*export, "--format", "jsonl", "--reviewer", "kim"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["condition"], len(told["judgements"]), told["revision_is_current"]) == ("=1+1", 2, True)
    assert main([*export, "--reviewer", "bo"]) == 0
    out, err = capsys.readouterr()
    assert (out.count("\n"), err) == (1, "0 adjudications: none that you may see.\n")
    assert main(export) == 2
    assert "Say who you are by --reviewer NAME" in capsys.readouterr().err
    assert main([*export, "--everyone"]) == 0
    assert capsys.readouterr().err == "1 adjudication.\n"
    assert main([*BASE, "--retract"]) == 0
    capsys.readouterr()
    assert main([*export, "--reviewer", "kim", "--problem", "weak_to_strong"]) == 0
    assert capsys.readouterr().err == "0 adjudications: none that you may see.\n"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--mine"], "--adjudications is no table of judgements; of the filters it takes --problem alone."),
        (["--tag", "x"], "--adjudications is no table of judgements"),
        (["--wide"], "--wide and --adjudications are different tables; choose one."),
        (["--problem", "x", "--reviewer", "kim"], "There is no problem"),
    ],
)
def test_an_export_of_adjudications_takes_no_filter_of_judgements(
    judged: Path, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--adjudications", *words]) == 2
    assert sentence in capsys.readouterr().err
