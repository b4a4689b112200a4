"""``reviewer import --withdraw``: what it says was taken out, and what stays."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.store.problems import slugs
from tests.builders import build_session, judge, method_ids

PROBLEM: dict[str, Any] = {
    "type": "problem", "id": "w2s", "title": "Good title", "primary_metric": "pgr",
    "metrics": [{"name": "pgr", "direction": "higher"}], "datasets": [{"name": "chat"}],
    "target": {"criterion": "good"},
}  # fmt: skip


def proposal(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "proposal", "problem": "w2s", "id": name, "namespace": "n", "title": name, "method": name, **more}


Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in a folder of its own: records are laid into a file and imported."""
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))

    def run(*given: str | dict[str, Any]) -> str:
        command = [word for word in given if isinstance(word, str)]
        records = [record for record in given if isinstance(record, dict)]
        if records:
            path = tmp_path / "records.jsonl"
            path.write_text("".join(json.dumps(record) + "\n" for record in records))
            command = ["import", str(path), *command]
        assert main(command) == 0
        return capsys.readouterr().out

    return run


def problems(tmp_path: Path) -> tuple[str, ...]:
    store = Store(tmp_path / "s.db")
    found = slugs(store.connection())
    store.close()
    return found


def test_what_an_import_said_of_a_problem_of_others_stays_and_is_told(run: Run) -> None:
    run(PROBLEM, proposal("p1"))
    wrong = {**PROBLEM, "title": "Wrong title", "metrics": [{"name": "pgr", "direction": "lower"}]}
    run(wrong, proposal("p2"))
    out = run("import", "--withdraw", "2")
    assert (
        "What it said of the problem w2s stays: title, metrics and their directions; a file that describes it "
        "otherwise changes that.\n" in out
    )
    run(PROBLEM)
    assert "What it said" not in run(PROBLEM, proposal("p3")) + run("import", "--withdraw", "4")


def test_what_another_import_met_in_another_file_stays_and_is_told(run: Run, tmp_path: Path) -> None:
    run(PROBLEM, proposal("p1"), proposal("p2"), proposal("p3"))
    for name, ids in (("b", ("p1", "p2")), ("c", ("p2",))):
        (tmp_path / f"{name}.jsonl").write_text("".join(json.dumps(proposal(each)) + "\n" for each in ids))
    assert "2 records were met as they are in another place too; `reviewer duplicates` lists the places.\n" in run(
        "import", str(tmp_path / "b.jsonl")
    )
    run("import", str(tmp_path / "c.jsonl"))
    out = run("import", "--withdraw", "1")
    assert "Withdrawn: 1 method taken out or set back, 0 kept.\n" in out
    assert (
        "2 methods stay as they were, since import 2 met them with the same content: they are of "
        "that from now on.\n" in out
    )
    assert "b.jsonl, line 2" in run("duplicates")
    out = run("import", "--withdraw", "3")
    assert "1 place where it had met methods of other imports was taken out; those methods stay.\n" in out
    assert "No two" in run("duplicates")
    assert "Nothing is wrong." in run("doctor")
    assert "Withdrawn: 2 methods taken out" in run("import", "--withdraw", "2")


def test_a_problem_that_withdrawn_imports_alone_have_a_part_in_goes(run: Run, tmp_path: Path) -> None:
    run(PROBLEM, proposal("p1"))
    run(proposal("p1"), proposal("p2"))
    assert "The problem w2s, which it made, stays as it described it: something of others" in run(
        "import", "--withdraw", "1"
    )
    assert problems(tmp_path) == ("w2s",)
    assert "The problem w2s was taken out with it: nothing of others is in it.\n" in run("import", "--withdraw", "2")
    assert problems(tmp_path) == ()
    assert "Nothing is wrong." in run("doctor")
    assert "1 new" in run(PROBLEM, proposal("p1"))
    store = Store(tmp_path / "s.db")
    assert store.connection().execute("SELECT id FROM problems").fetchall() == [(2,)], "an open window still shows 1"
    store.close()


@pytest.mark.parametrize(
    "part",
    [
        [{**PROBLEM, "title": "Another title"}],
        [{"type": "remark", "problem": "w2s", "id": "r", "namespace": "n", "kind": "error", "text": "Fails."}],
        ["target", "w2s", "--criterion", "Ours.", "--reviewer", "kim"],
    ],
)
def test_a_problem_stays_where_others_said_something_of_it(run: Run, part: list[Any], tmp_path: Path) -> None:
    run(PROBLEM, proposal("p1"))
    run(*part)
    assert "stays as it described it" in run("import", "--withdraw", "1")
    assert problems(tmp_path) == ("w2s",)


def test_settings_that_an_import_gave_to_measurements_of_others_stay_and_are_counted(run: Run) -> None:
    def measured(setting: str) -> dict[str, Any]:
        value = {"metric": "pgr", "dataset": "chat", "value": 0.5}
        return proposal("p1", measurements=[{**value, "setting": setting}, {**value, "dataset": "math"}])

    run(PROBLEM, measured("lab"))
    run(measured("pilot"), "--setting", "math=lab")
    said = "The setting that it gave to 2 measurements of others stays; `reviewer set --overwrite` changes it.\n"
    assert said in run("import", "--withdraw", "2")


def test_an_import_of_before_such_things_were_kept_says_that_it_cannot_name_them(run: Run, tmp_path: Path) -> None:
    run(PROBLEM, proposal("p1"))
    store = Store(tmp_path / "s.db")
    with store.write() as connection:
        connection.execute("UPDATE imports SET options = '{}'")
    store.close()
    assert "stays; it was imported before such things were kept" in run("import", "--withdraw", "1")


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        (0, "Withdrawn: 5 methods taken out or set back, 0 kept.\n"),
        (
            1,
            "4 methods taken out or set back, 1 kept because "
            "somebody has judged it or beside it (what was undone counts too), told what became of it, or had Claude "
            "asked about it: “p1”.\n",
        ),
        (
            5,
            "5 kept because somebody has judged them or beside them (what was undone counts too), told what became of "
            "them, or had Claude asked about them: “p1”, “p2”, “p3” and 2 more.\n",
        ),
    ],
)
def test_what_is_kept_is_told_in_its_number_and_named(run: Run, tmp_path: Path, judged: int, said: str) -> None:
    run(PROBLEM, *(proposal(f"p{number}") for number in range(1, 6)))
    store = Store(tmp_path / "s.db")
    session = build_session(store)
    for method_id in method_ids(store)[:judged]:
        judge(session, method_id)
    store.close()
    assert said in run("import", "--withdraw", "1", "--everyone")


def test_what_is_kept_is_named_to_who_organises_alone(run: Run, tmp_path: Path) -> None:
    run(PROBLEM, proposal("p1"), proposal("p2"))
    store = Store(tmp_path / "s.db")
    judge(build_session(store), method_ids(store)[0])
    store.close()
    said = run("import", "--withdraw", "1")
    assert "told what became of it, or had Claude asked about it; --everyone names it, for who organises" in said
    assert "p1" not in said
    again = run("import", "--withdraw", "1")
    assert "Import 1 has been withdrawn already; nothing changed: 1 kept because somebody has judged it" in again
    assert "p1" not in again
    named = run("import", "--withdraw", "1", "--everyone")
    assert "has been withdrawn already; nothing changed: 1 kept" in named
    assert "asked about it: “p1”.\n" in named


def test_how_many_texts_search_does_not_find_yet_is_told_as_after_an_import(run: Run) -> None:
    run(PROBLEM, proposal("p1"), proposal("p2"))
    run(PROBLEM, proposal("p1", hypothesis="Other."), proposal("p2", hypothesis="Other."))
    assert "Search does not find 2 texts yet, and the checks" in run("import", "--withdraw", "2")
    assert "2 texts put into the search index" in run("doctor", "--rebuild")
    run(proposal("p3"))
    assert "Search" not in run("import", "--withdraw", "3")
