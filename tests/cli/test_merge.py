"""``reviewer merge``: what is said, and the exit status."""

import json
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Role, Verdict
from reviewer.store.connection import Store
from reviewer.store.decisions import decision_of
from reviewer.workflow.targets import write_target
from tests.builders import build_session, build_store, judge, record, table


@pytest.fixture
def other(tmp_path: Path) -> Path:
    built = build_store(
        tmp_path, record("p1", body="Another body."), record("p9"), record("b", Role.BASELINE), name="other.db"
    )
    judge(build_session(built), 1, Verdict.FAILS)
    write_target(build_session(built), 1, Target("Gains.", "", "", "", "", "", ""))
    built.close()
    return built.path


def test_it_says_what_came_and_the_second_time_that_nothing_did(
    store: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["merge", str(other)]) == 0
    told = capsys.readouterr()
    assert told.out == (
        f"{other}: came: 1 baseline, 1 proposal, 1 annotation event, 1 reviewer, 1 rubric, 1 version of a target, "
        "other texts or numbers of 1 that were here.\n"
    )
    assert told.err.startswith("reviewer: 1 method had another text or other numbers here; both are kept as revisions")
    assert main(["merge", str(other)]) == 0
    assert capsys.readouterr() == (f"{other}: came: nothing that was not here.\n", "")
    assert main(["doctor"]) == 0
    assert main(["import", "--list"]) == 0
    assert "merge" in capsys.readouterr().out


def test_a_dry_run_as_json_says_the_same_and_writes_nothing(
    store: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["merge", str(other), "--dry-run", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["dry_run"], told["new"], told["events"]) == (True, {"baseline": 1, "proposal": 1}, 1)
    assert table(Store(store), "SELECT count(*) FROM methods") == [(1,)]


def test_several_stores_make_a_new_one(
    store: Path, other: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "all.db"
    assert main(["merge", str(store), str(other), "--store", str(new)]) == 0
    assert table(Store(new), "SELECT external_id FROM methods ORDER BY 1") == [("b",), ("p1",), ("p9",)]


def test_another_target_of_the_same_version_is_named_by_status_2(
    store: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = Store(store)
    write_target(build_session(opened), 1, Target("Another.", "", "", "", "", "", ""))
    opened.close()
    assert main(["merge", str(other)]) == 2
    assert "Version 1 of the target of weak_to_strong says something else" in capsys.readouterr().err


def test_of_two_decisions_the_later_one_is_told_with_the_other_and_holds_on_either_side(
    store: Path, other: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["set", "--decision", "30%"]) == 0
    assert main(["set", "--decision", "60%", "--store", str(other)]) == 0
    capsys.readouterr()
    told = (
        "About weak_to_strong people would decide the other way at 30 % in one store and at 60 % in the other; 60 % "
        "holds, said last; `reviewer set --decision` changes it."
    )
    assert main(["merge", str(other), "--dry-run", "--json"]) == 0
    (data,) = json.loads(capsys.readouterr().out)
    assert (data["settled"], data["not_taken"]) == ([told], [])
    assert main(["merge", str(other)]) == 0
    assert f"reviewer: {told}\n" in capsys.readouterr().err
    assert main(["merge", str(store), "--store", str(other)]) == 0
    assert "would decide" not in capsys.readouterr().err
    for path in (store, other):
        with Store(path).read() as connection:
            assert decision_of(connection, 1) == 0.6


def test_what_is_no_store_is_told_in_a_sentence_by_status_2(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for other, why in ((tmp_path / "none.db", "There is no store at"), (store, "is the store itself")):
        assert main(["merge", str(other)]) == 2
        told = capsys.readouterr()
        assert why in told.err
        assert told.err.count("\n") == 1
