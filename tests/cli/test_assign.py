"""``reviewer assign``: what it prints, what it keeps, and how it exits."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.migrations import open_store
from tests.builders import build_session, import_records, judge, method_ids, record

ASSIGN = ["assign", "--reviewers", "kim, lee,ana", "--by", "ana", "--seed", "5"]


@pytest.fixture(autouse=True)
def several(store: Path) -> Path:
    """Forty more proposals."""
    with closing(open_store(store)) as opened:
        import_records(opened, *(record(f"q{i}", agent=f"agent-{i % 2}") for i in range(40)))
    return store


def test_a_round_is_told_in_sentences_and_listed(several: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASSIGN, "--overlap", "2"]) == 0
    assert capsys.readouterr().out == (
        "Round 1: assigned 41 proposals of weak_to_strong, 2 reviewers each; seed 5.\n"
        "      28  ana\n      27  kim\n      27  lee\n"
        "Each of 3 reviewers has 27 to 28 proposals.\n"
        "Any two reviewers are together on 13 to 14 of them.\n"
        "Krippendorff's α of their agreement will be known to about ±0.3 where it is 0.2 and ±0.2 where it is 0.6. "
        "50 proposals with two reviewers are the least; 9 more would be needed.\n"
    )
    with closing(open_store(several)) as opened:
        kim = build_session(opened, "kim")
        (first, *_) = opened.connection().execute(
            "SELECT method_id FROM assignments WHERE reviewer_id = ?", (kim.reviewer_id,)
        ).fetchone()  # fmt: skip
        judge(kim, first)
    assert main(["assign", "--list", "--reviewer", "kim"]) == 0
    listed = capsys.readouterr().out
    assert ": all, 2 reviewers each; seed 5.\n  ana: 28 assigned\n  kim: 1 of 27 done\n  lee: 27 assigned\n" in listed
    assert main(["assign", "--list", "--everyone"]) == 0
    assert "  ana: 0 of 28 done\n  kim: 1 of 27 done\n" in capsys.readouterr().out


def test_it_is_had_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ASSIGN, "--most-worth", "3", "--everyone", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["round"], told["chosen"], told["overlap"], told["seed"]) == (None, "most worth 3", 2, 5)
    assert [len(each["reviewers"]) for each in told["assignments"]] == [2, 2, 2]
    assert main(["assign", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main([*ASSIGN, "--agent", "agent-1", "--json"]) == 0
    assert main(["assign", "--list", "--json", "--reviewer", "kim"]) == 0
    listed = json.loads(capsys.readouterr().out.partition("\n[\n")[2].join(["[", ""]))
    assert listed[0]["chosen"] == "agent agent-1"
    assert [each["done"] for each in listed[0]["reviewers"]] == [None, 0, None]


@pytest.mark.parametrize(
    ("protocol", "options", "hidden"),
    [
        ("open", ["--agent", "agent-1"], False),
        ("open", ["--most-worth", "3"], False),
        ("blind", ["--agent", "agent-1"], False),
        ("blind", ["--most-worth", "3"], True),
        ("blind", ["--unjudged"], True),
        ("sealed", ["--agent", "agent-1"], True),
        ("sealed", ["--most-worth", "3"], True),
        ("sealed", [], False),
    ],
)
def test_how_a_round_was_chosen_tells_nothing_that_is_not_to_be_seen_yet(
    protocol: str, options: list[str], hidden: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ASSIGN, *options, "--by", "lead", "--everyone"]) == 0
    assert main(["protocol", protocol, "--reviewer", "lead"]) == 0
    said = " ".join(option.removeprefix("--").replace("-", " ", 1) if "--" in option else option for option in options)
    said = f": {said or 'all'}, 2 reviewers each"
    capsys.readouterr()
    for viewer, is_told in (
        (["--reviewer", "kim"], not hidden),
        (["--reviewer", "lead"], True),
        (["--everyone"], True),
    ):
        assert main(["assign", "--list", *viewer]) == 0
        assert (said in capsys.readouterr().out) is is_told, viewer


def test_what_others_have_judged_is_told_to_who_organises_alone(
    several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(open_store(several)) as opened:
        for name in ("kim", "lee"):
            judge(build_session(opened, name), 1)
    dry = [*ASSIGN, "--overlap", "2", "--dry-run"]
    assert main(dry) == 0
    told = capsys.readouterr().out
    assert told.startswith("Would assign 41 proposals of weak_to_strong")
    assert "already" not in told
    assert main([*dry, "--everyone"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("Would assign 40 of 41 proposals of weak_to_strong")
    assert "2 reviews that they gave, or were assigned before, counted already.\n" in told
    given = []
    for words in (dry, [*dry, "--everyone"]):
        assert main([*words, "--json"]) == 0
        given.append([len(each["reviewers"]) for each in json.loads(capsys.readouterr().out)["assignments"]])
    assert (given[0], len(given[1]), min(given[1])) == ([2] * 41, 41, 0)


def test_without_it_a_round_is_the_same_whatever_others_have_judged(
    several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for judged in (False, True):
        if judged:
            with closing(open_store(several)) as opened:
                judge(build_session(opened, "lee"), 1)
        for more in ([], ["--json"]):
            assert main([*ASSIGN, "--overlap", "1", "--seed", "7", "--dry-run", *more]) == 0
            told.append(capsys.readouterr().out)
    assert told[:2] == told[2:]


def test_in_the_open_all_may_choose_by_what_others_have_judged(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["protocol", "open", "--reviewer", "lead"]) == 0
    assert main([*ASSIGN, "--unjudged", "--dry-run"]) == 0
    assert "Would assign 41 proposals (unjudged)" in capsys.readouterr().out


def test_nothing_assigned_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assign", "--list"]) == 0
    assert capsys.readouterr().out.startswith("Nothing has been assigned yet; `reviewer assign --reviewers")


def test_conflicts_are_taken_from_options_and_a_file(
    several: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    conflicts = tmp_path / "conflicts.csv"
    conflicts.write_text("proposal,reviewer\nrun-1/q1,lee\nrun-1/q2,somebody\n")
    options = ["--conflict", "run-1/q0=kim", "--conflicts", str(conflicts), "--json"]
    assert main([*ASSIGN, *options]) == 0
    told = {each["proposal"]: each["reviewers"] for each in json.loads(capsys.readouterr().out)["assignments"]}
    with closing(open_store(several)) as opened:
        uuids = [
            opened.connection().execute("SELECT uuid FROM methods WHERE id = ?", (m,)).fetchone()[0]
            for m in method_ids(opened)[1:3]
        ]
    assert [told[uuid] for uuid in uuids] == [["ana", "lee"], ["ana", "kim"]]
    assert main([*ASSIGN, "--overlap", "3", *options[2:4]]) == 2
    assert "cannot have 3 reviewers: because of conflicts" in capsys.readouterr().err
    assert main([*ASSIGN, "--overlap", "3", "--dry-run", "--conflict", "run-1/q2=who"]) == 0
    assert "1 name among the conflicts is none of these reviewers'." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["assign", "--by", "x"], "There is no reviewer to assign anything to. Name them with --reviewers."),
        (["assign", "--reviewers", "kim", "--by", "x"], "Each proposal is to have 2 reviewers, and there is only 1."),
        ([*ASSIGN, "--overlap", "0"], "Each proposal needs at least 1 reviewer; the overlap is 0."),
        (["assign", "--reviewers", "a,b"], "A round of assignment says who made it; add --by NAME."),
        ([*ASSIGN, "--conflict", "q0"], "--conflict 'q0' is not of the form PROPOSAL=NAME."),
        ([*ASSIGN, "--conflict", "nope=kim"], "There is no proposal “nope”"),
        ([*ASSIGN, "--agent", "nobody"], "weak_to_strong has no proposal to assign (agent nobody)."),
        ([*ASSIGN, "--check", "nope"], "There is no rule 'nope'"),
        ([*ASSIGN, "--unjudged", "--most-worth", "3"], "--unjudged and --most-worth choose differently"),
        ([*ASSIGN, "--list"], "--list goes with --problem, --everyone and --json alone"),
        ([*ASSIGN, "--unjudged"], "--unjudged and --most-worth choose by what all have judged; add --everyone"),
        ([*ASSIGN, "--most-worth", "3", "--dry-run", "--json"], "is not judged in the open"),
        ([*ASSIGN, "--problem", "nope"], "nope"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    options: list[str], said: str, several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(options) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    with closing(open_store(several)) as opened:
        assert opened.connection().execute("SELECT count(*) FROM assignment_rounds").fetchone() == (0,)
