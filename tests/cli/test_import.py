"""``reviewer import``: what it prints, and how it exits."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.errors import UserError
from reviewer.domain.problems import Problem
from reviewer.sources.contract import Plan, Read
from reviewer.sources.registry import read
from reviewer.store import withdrawing
from reviewer.store.connection import Store
from reviewer.store.empty_file import create_file, prepare_file
from reviewer.store.migrations import open_store
from reviewer.store.problems import save_problem
from reviewer.workflow.reading import BATCH_RECORDS
from tests.builders import NOW, dead_process


@pytest.fixture(autouse=True)
def default_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))


@pytest.fixture
def results(tmp_path: Path) -> Path:
    path = tmp_path / "results.jsonl"
    record = {
        "type": "proposal", "id": "a", "problem": "w2s", "title": "One",
        "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.5}],
    }  # fmt: skip
    path.write_text(json.dumps(record) + "\n")
    return path


def test_counts_are_told_and_again_changes_nothing(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(results)]) == 0
    out = capsys.readouterr().out
    assert "1 new, 0 changed, 0 unchanged, 0 rejected   (1 proposal;" in out
    assert "The setting of chat is unknown" in out
    assert main(["import", str(results)]) == 0
    assert "0 new, 0 changed, 1 unchanged" in capsys.readouterr().out
    assert main(["import", "--list"]) == 0
    assert "complete" in capsys.readouterr().out


def test_an_index_left_for_later_is_told_until_it_is_complete(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "Search does not find 1 text yet, and the checks of what is new wait too; the app completes both"
    assert main(["import", str(results), "--index-later"]) == 0
    assert said in capsys.readouterr().out
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "search       does not find 1 text yet; the open app, an import or --rebuild completes it" in out
    assert "Nothing is wrong." in out
    assert main(["import", str(results), "--index-later"]) == 0
    assert said in capsys.readouterr().out
    assert main(["import", str(results)]) == 0
    assert "Search does not find" not in capsys.readouterr().out
    assert main(["doctor"]) == 0
    assert "in step with the texts" in capsys.readouterr().out


def test_doctor_completes_an_index_left_for_later(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", str(results), "--index-later"])
    capsys.readouterr()
    assert main(["doctor", "--rebuild"]) == 0
    out = capsys.readouterr().out
    assert "1 text put into the search index" in out
    assert "in step with the texts" in out


def test_nothing_that_is_printed_acts_on_a_terminal(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = results.with_name("a\x1b]0;pwn\x07b\u202e[x].jsonl")
    results.rename(hostile)
    text = hostile.read_text().replace('"chat"', '"chat\\u001b[31m"')
    hostile.write_text(text + text.replace('"w2s"', '"other"') + '{"type": "\\u001b]0;x"}\n')
    with closing(sqlite3.connect(hostile.with_name("s.db"))) as connection:
        assert main(["import", str(hostile)]) == 2
        connection.execute("UPDATE imports SET state = 'running', process = ?", (dead_process(),))
        connection.commit()
    for args in ([], ["--dry-run"], ["--setting", "\x1b[31m=lab"], ["--format", "\x1b[31m"]):
        assert main(["import", str(hostile), *args]) == 2
    assert main(["import", "--list"]) == 0
    out, err = capsys.readouterr()
    assert "An earlier import of" in out
    assert "2 problems are new" in out
    assert out.replace("\n", "").isprintable()
    assert err.replace("\n", "").isprintable()


def test_a_withdrawal_that_was_broken_off_is_told_until_it_is_completed(
    results: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> int:
        raise KeyboardInterrupt

    def told(*command: str) -> str:
        main(list(command))
        return "".join(capsys.readouterr())

    sentence = "The withdrawal of import 1 was broken off; `reviewer import --withdraw 1` completes it.\n"
    told("import", str(results))
    with monkeypatch.context() as then:
        then.setattr(withdrawing, "_take_out", break_off)
        assert sentence in told("import", "--withdraw", "1")
    assert "  withdrawing  1 new" in told("import", "--list")
    for _ in range(2):  # The second time another import of the file is there, which says nothing of the withdrawal.
        assert sentence in told("doctor")
        out = told("import", str(results))
        assert sentence in out
        assert "was cut off" not in out
    told("import", "--withdraw", "1")
    assert "withdrawn" in told("import", "--list")
    assert "imports      none was cut off" in told("doctor")
    assert "broken off" not in told("import", str(results))


def test_a_reject_is_told_by_its_place_and_the_exit_status(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results.write_text(results.read_text() + "{\x1b[31m\n")
    assert main(["import", str(results)]) == 2
    out, err = capsys.readouterr()
    assert "1 new" in out
    assert "rejected: " in err
    assert "line 2" in err
    assert "\x1b" not in err


def test_nothing_to_read_leaves_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
    assert not (tmp_path / "s.db").exists()


def test_a_dry_run_writes_nothing(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(results), "--dry-run"]) == 0
    assert "would be 1 new" in capsys.readouterr().out
    assert main(["import", str(results)]) == 0
    assert "1 new" in capsys.readouterr().out


def test_what_was_imported_can_be_withdrawn(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["import", str(results)])
    assert main(["import", "--withdraw", "1"]) == 0
    assert "Withdrawn: 1 method taken" in capsys.readouterr().out
    assert main(["import", "--withdraw", "1"]) == 0
    assert capsys.readouterr().out == "Import 1 has been withdrawn already; nothing changed.\n"
    assert main(["import", "--withdraw", "7"]) == 2
    assert "There is no import 7" in capsys.readouterr().err


def test_remarks_that_a_withdrawal_takes_out_are_told(results: Path, capsys: pytest.CaptureFixture[str]) -> None:
    remark = {"type": "remark", "problem": "w2s", "id": "r", "namespace": "n", "kind": "error", "text": "Fails."}
    results.write_text(results.read_text() + json.dumps(remark) + "\n")
    assert main(["import", str(results)]) == 0
    assert main(["import", "--withdraw", "1"]) == 0
    assert "Withdrawn: 1 method and 1 remark taken out or set back" in capsys.readouterr().out


@pytest.fixture
def cut_off(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Ends an import after its first batch with what the test puts in."""
    errors: list[BaseException] = []

    def broken(plan: Plan, progress: Callable[[int], object]) -> Iterator[Read]:
        for i, each in enumerate(read(plan, progress)):
            if i == BATCH_RECORDS + 10:
                raise errors[0]
            yield each

    monkeypatch.setattr("reviewer.workflow.reading.read", broken)
    return errors


@pytest.fixture
def many(results: Path) -> Path:
    record = json.loads(results.read_text())
    results.write_text("".join(json.dumps(record | {"id": f"p{i}"}) + "\n" for i in range(BATCH_RECORDS + 30)))
    return results


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt(), 130), (OSError("gone"), 1), (UserError("No such thing."), 2)]
)
def test_a_first_import_that_is_cut_off_keeps_what_came(
    many: Path,
    cut_off: list[BaseException],
    error: BaseException,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cut_off.append(error)
    assert main(["import", str(many)]) == status
    assert "cut off; what was taken in stays, and it completes when run again" in capsys.readouterr().err
    assert (tmp_path / "s.db").exists()
    monkeypatch.setattr("reviewer.workflow.reading.read", read)
    assert main(["import", str(many)]) == 0
    assert f"30 new, 0 changed, {BATCH_RECORDS} unchanged" in capsys.readouterr().out


def test_a_dry_run_that_is_cut_off_leaves_no_store_and_says_nothing_of_it(
    many: Path, cut_off: list[BaseException], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off.append(KeyboardInterrupt())
    assert main(["import", str(many), "--dry-run"]) == 130
    assert "cut off" not in capsys.readouterr().err
    assert not list(tmp_path.glob("s.db*"))


def test_a_store_is_not_made_where_there_is_no_folder_but_at_its_own_place(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for options in ([], ["--dry-run"]):
        assert main(["import", str(results), "--store", str(tmp_path / "no" / "s.db"), *options]) == 2
        assert f"reviewer: --store: there is no folder {tmp_path}/no; make it" in capsys.readouterr().err
    (tmp_path / "link.db").symlink_to(tmp_path / "nothing.db")
    assert main(["import", str(results), "--store", str(tmp_path / "link.db")]) == 2
    assert "is a link to" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()
    assert not (tmp_path / "nothing.db").exists()
    monkeypatch.delenv("REVIEWER_STORE", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "deep" / "data"))
    assert main(["import", str(results)]) == 0
    assert (tmp_path / "deep" / "data" / "reviewer" / "reviewer.db").exists()


def test_an_import_that_was_completed_says_so_in_the_list(
    many: Path, cut_off: list[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cut_off.append(KeyboardInterrupt())
    assert main(["import", str(many)]) == 130
    monkeypatch.setattr("reviewer.workflow.reading.read", read)
    capsys.readouterr()
    assert main(["import", "--list"]) == 0
    assert "  interrupted  " in capsys.readouterr().out
    assert main(["import", str(many)]) == 0
    capsys.readouterr()
    assert main(["import", "--list"]) == 0
    newest, first = capsys.readouterr().out.splitlines()
    assert "  complete         30 new" in newest
    assert "  completed by #2  " in first


def test_an_empty_store_that_was_there_before_stays(tmp_path: Path) -> None:
    open_store(tmp_path / "s.db").close()
    assert main(["import", str(tmp_path / "none")]) == 2
    assert (tmp_path / "s.db").exists()


def test_a_dry_run_leaves_no_store_where_there_was_none(results: Path, tmp_path: Path) -> None:
    assert main(["import", str(results), "--dry-run"]) == 0
    assert not list(tmp_path.glob("s.db*"))


def test_a_dry_run_changes_no_byte_of_what_is_there(results: Path, tmp_path: Path) -> None:
    (tmp_path / "s.db").touch()
    assert main(["import", str(results), "--dry-run"]) == 0
    assert (tmp_path / "s.db").stat().st_size == 0
    assert main(["import", str(results)]) == 0
    before = (tmp_path / "s.db").read_bytes()
    results.write_text(results.read_text().replace('"a"', '"b"'))
    assert main(["import", str(results), "--dry-run"]) == 0
    assert (tmp_path / "s.db").read_bytes() == before


@pytest.mark.parametrize("made_before", ["nothing", "an empty file"])
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_where_nothing_can_be_taken_no_store_is_ever_made(
    results: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    made_before: str,
    dry: tuple[str, ...],
) -> None:
    # Whatever is made at the place of the store may be in use elsewhere a moment later.
    made: list[Path] = []
    for make in (create_file, prepare_file):

        def noted(path: Path, make: Callable[[Path], None] = make) -> None:
            made.append(path)
            make(path)

        monkeypatch.setattr(f"reviewer.store.migrations.{make.__name__}", noted)
    store = tmp_path / "s.db"
    if made_before != "nothing":
        store.touch()
    results.write_text('{"type": "proposal"}\n' * 30)
    assert main(["import", str(results), *dry]) == 2
    out, err = capsys.readouterr()
    assert "0 new, 0 changed, 0 unchanged, 30 rejected" in out
    assert "… and 10 more.\n" in err, "no store has them"
    assert store not in made
    assert not store.exists() if made_before == "nothing" else store.read_bytes() == b""
    assert not list(tmp_path.glob("s.db?*"))


def test_a_store_that_somebody_has_opened_meanwhile_is_never_taken_away(
    tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Store] = []

    def read_beside_another(plan: Plan, progress: Callable[[int], object]) -> Iterator[Read]:
        if not opened:
            opened.append(open_store(tmp_path / "s.db"))
            opened[0].connection()
        return read(plan, progress)

    monkeypatch.setattr("reviewer.workflow.reading.read", read_beside_another)
    results.write_text('{"type": "proposal"}\n')
    assert main(["import", str(results)]) == 2
    with opened[0].write() as connection:
        save_problem(connection, Problem("theirs"), NOW)
    opened[0].close()
    with closing(sqlite3.connect(tmp_path / "s.db")) as connection:
        assert connection.execute("SELECT slug FROM problems").fetchall() == [("theirs",)]


def test_a_problem_alone_is_told_and_kept(results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem = json.dumps({"type": "problem", "id": "w2s", "title": "Weak to strong"}) + "\n"
    record = results.read_text()
    results.write_text(problem)
    assert main(["import", str(results)]) == 0
    out = capsys.readouterr().out
    assert "0 new, 0 changed, 0 unchanged, 0 rejected, 1 problem described" in out
    assert "No proposal was in it" not in out
    assert (tmp_path / "s.db").exists()
    results.write_text(problem + record)
    assert main(["import", str(results)]) == 0
    assert "described" not in capsys.readouterr().out


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_setting_of_a_dataset_that_nothing_has_is_told_and_the_exit_status_says_so(
    results: Path, capsys: pytest.CaptureFixture[str], dry: tuple[str, ...]
) -> None:
    assert main(["import", str(results), "--setting", "chta=lab", *dry]) == 2
    out = capsys.readouterr().out
    assert "1 new, 0 changed, 0 unchanged, 0 rejected" in out
    assert "--setting names chta, but nothing that was read has that dataset; it has chat." in out
    assert main(["import", str(results), "--setting", "chat=lab", *dry]) == 0


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_what_is_passed_over_in_a_folder_is_told_after_the_counts(
    results: Path, capsys: pytest.CaptureFixture[str], dry: tuple[str, ...]
) -> None:
    folder = results.parent / "mix"
    folder.mkdir()
    results.rename(folder / "good.jsonl")
    (folder / "bin.jsonl").write_bytes(bytes(range(256)))
    (folder / "empty.jsonl").touch()
    (folder / "trunc.db").write_bytes(b"SQLite format 3\x00" + bytes(40))
    assert main(["import", str(folder), *dry]) == 0
    counts, *sentences = capsys.readouterr().out.splitlines()
    assert "1 new, 0 changed, 0 unchanged, 0 rejected" in counts
    assert sentences[1] == (
        f"3 files in {folder} are of no known format and were passed over: bin.jsonl, empty.jsonl, trunc.db."
    )


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_misspelt_field_is_told_with_what_it_may_have_been(
    results: Path, capsys: pytest.CaptureFixture[str], dry: tuple[str, ...]
) -> None:
    misspelt = {"type": "proposal", "id": "b", "problem": "w2s", "title": "B", "mesurements": [], "zzz\x1b[31m": 1}
    results.write_text(f"{results.read_text().rstrip()}\n{json.dumps(misspelt)}\n")
    assert main(["import", str(results), *dry]) == 0
    assert (
        f"Fields in {results} that the format does not know stay in the raw records alone: mesurements (1, "
        "measurements?), zzz␛[31m (1). `reviewer schema` prints those that it knows."
    ) in capsys.readouterr().out
    results.write_text(json.dumps(misspelt | {"type": "?"}))
    assert main(["import", str(results), *dry]) == 2
    assert "the format does not know" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "others",
    [["--list"], ["--dry-run"], ["results.jsonl"], ["--index-later"], ["--problem", "p"], ["--format", "native"],
     ["--setting", "lab"]],
)  # fmt: skip
def test_listing_and_withdrawing_stand_alone(
    results: Path, capsys: pytest.CaptureFixture[str], others: list[str]
) -> None:
    assert main(["import", str(results)]) == 0
    assert main(["import", "--withdraw", "1", *others]) == 2
    assert "stands alone: it imports nothing" in capsys.readouterr().err
    if others != ["--list"]:
        assert main(["import", "--list", *others]) == 2
    capsys.readouterr()
    assert main(["import", "--list"]) == 0
    assert "complete" in capsys.readouterr().out, "nothing was withdrawn"


@pytest.mark.parametrize("columns", [1, 10, 80])
def test_the_progress_stays_on_one_line_of_any_terminal(
    many: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("reviewer.cli.output._Readable.isatty", lambda _: True)
    assert main(["import", str(many)]) == 0
    err = capsys.readouterr().err
    assert "\x1b" not in err
    assert all(len(line) < columns for line in err.split("\r"))
    said = {1: "", 10: "100 %", 80: "100 %  430 rows  0 rejected  0:00 left"}[columns]
    assert said in err
    assert err == "" if columns == 1 else err.endswith(" \r")


BROKEN_OFF = """
import os, sys
from reviewer.cli.main import main
from reviewer.workflow import reading, reading_apart

reading.APART_FROM, os.cpu_count, reading_apart.__name__ = 0, lambda: 2, "reviewer.none_such"
sys.exit(main(["import", sys.argv[1]]))
"""


def test_a_reading_that_breaks_off_is_one_sentence_and_what_it_said_is_in_the_log(
    results: Path, tmp_path: Path
) -> None:
    ran = subprocess.run([sys.executable, "-c", BROKEN_OFF, str(results)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == (
        f"reviewer: Reading {results} broke off (status 1); run the import again, and it completes.\n"
    )
    log = tmp_path / "state" / "reviewer" / "log" / "reviewer.log"
    assert "No module named reviewer.none_such" in log.read_text(encoding="utf-8")


@pytest.mark.parametrize("number", ["abc", "0", "-1", "9" * 30, "²"])
def test_what_is_no_number_of_an_import_is_told(store: Path, number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", f"--withdraw={number}"]) == 2
    assert (
        f"{number!r} is not the number of an import, as `reviewer import --list` shows them" in capsys.readouterr().err
    )


def test_baselines_alone_are_told_until_there_is_something_to_judge(
    results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baselines = tmp_path / "baselines.jsonl"
    baselines.write_text(results.read_text().replace('"proposal"', '"baseline"').replace('"a"', '"b"'))
    advice = "No proposal was in it, only what proposals are held against; import the agents' findings next."
    for _ in range(2):
        assert main(["import", str(baselines)]) == 0
        assert advice in capsys.readouterr().out
    assert main(["import", str(results)]) == 0
    assert main(["import", str(baselines)]) == 0
    assert advice not in capsys.readouterr().out


def test_a_direction_told_at_import_counts_and_one_of_no_metric_ends_with_2(
    results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--direction", "pgr=higher", "--primary-metric", "pgr", "--setting", "lab"]
    assert main(["import", str(results), *told, "--dry-run"]) == 0
    assert "Higher pgr would count as better in w2s from now on, as you say." in capsys.readouterr().out
    assert main(["import", str(results), *told]) == 0
    assert "Higher pgr counts as better in w2s from now on, as you say." in capsys.readouterr().out
    assert main(["import", str(results), *told]) == 0
    assert "as you say" not in capsys.readouterr().out
    assert main(["import", str(results), "--direction", "pgrr=higher"]) == 2
    out = capsys.readouterr().out
    assert "--direction names pgrr, but nothing that was read has that metric; it has pgr." in out
    assert "1 unchanged" in out
    assert main(["import", str(results), "--direction", "pgr=up"]) == 2
    assert (
        "--direction: 'pgr=up' says neither; a metric is better when higher or when lower." in capsys.readouterr().err
    )
    assert main(["import", "--list", "--direction", "pgr=higher"]) == 2
