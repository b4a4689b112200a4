"""``reviewer export`` as a person or a script calls it."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.exports.columns import COLUMNS, Shape, documented
from reviewer.workflow.judging import set_flag, set_tags
from tests.builders import act, build_session, build_store, judge, method_ids, record

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store in which kim has judged both proposals and lee the first; it is the default one."""
    store = build_store(tmp_path, record("p1", agent="a1", title="Noisy \x1b[2J channel"), record("p2", agent="a2"))
    p1, p2 = method_ids(store)
    kim, lee = build_session(store, "kim"), build_session(store, "lee")
    judge(kim, p1, Verdict.FAILS)
    judge(kim, p2, Verdict.SURVIVES)
    judge(lee, p1, Verdict.SURVIVES)
    act(kim, p2, Act.TAGS, set_tags(["later"]))
    act(kim, p2, Act.FLAG, set_flag(True))
    store.close()
    monkeypatch.setenv("REVIEWER_STORE", str(store.path))
    monkeypatch.setenv("REVIEWER_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("REVIEWER_NAME", "kim")
    return store.path


def who(capsys: Capture, *args: str) -> list[tuple[str, str]]:
    assert main(["export", *args]) == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    return [(r["external_id"], r["reviewer"]) for r in rows]


@pytest.mark.usefixtures("path")
def test_data_goes_to_stdout_and_words_to_stderr(capsys: Capture) -> None:
    assert main(["export"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("proposal_id,namespace,")
    assert out.count("\r\n") == 4
    assert err == "3 judgements.\n"
    assert main(["export", "-o", "-"]) == 0
    assert capsys.readouterr().out == out


def test_a_file_is_written_and_one_that_was_there_is_told(path: Path, capsys: Capture) -> None:
    target = path.with_name("out.csv")
    assert main(["export", "-o", str(target)]) == 0
    assert capsys.readouterr() == ("", f"3 judgements written to {target}.\n")
    assert main(["export", "-o", str(target)]) == 0
    assert capsys.readouterr().err == f"3 judgements written to {target}, which was there before.\n"
    assert target.read_bytes().count(b"\r\n") == 4


def test_the_name_of_the_file_gives_the_format_unless_it_is_said(path: Path) -> None:
    target = path.with_name("out.jsonl")
    assert main(["export", "-o", str(target)]) == 0
    assert json.loads(target.read_text().splitlines()[0])["external_id"] == "p1"
    assert main(["export", "-o", str(target), "--format", "csv"]) == 0
    assert target.read_text().startswith("proposal_id,")


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("args", "expected"),
    [
        (["--mine", "--reviewer", "kim"], [("p1", "kim"), ("p2", "kim")]),
        (["--verdict", "survives"], [("p1", "lee"), ("p2", "kim")]),
        (["--verdict", "survives", "--flagged"], [("p2", "kim")]),
        (["--tag", "later"], [("p2", "kim")]),
        (["--agent", "A1"], [("p1", "kim"), ("p1", "lee")]),
        (["--text", "chann"], [("p1", "kim"), ("p1", "lee")]),
        (["--problem", "weak_to_strong", "--status", "judged", "--agent", "a2"], [("p2", "kim")]),
        (["--status", "skipped"], []),
        (["--changed"], []),
        (["--family", "none"], []),
        (["--check", "missing-words", "--agent", "a2"], [("p2", "kim")]),
        (["--check", "synthetic"], []),
    ],
)
def test_filters_combine(capsys: Capture, args: list[str], expected: list[tuple[str, str]]) -> None:
    assert who(capsys, *args) == expected


@pytest.mark.usefixtures("path")
def test_mine_follows_the_config(path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REVIEWER_NAME")
    path.with_name("config.toml").write_text('reviewer = "lee"\n')
    assert who(capsys, "--mine") == [("p1", "lee")]


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ("--history", "5 events."),
        ("--long", "0 ratings: no constraint was rated in 3 judgements."),
        ("--wide", "2 proposals."),
    ],
)
def test_other_tables_count_in_their_own_words(capsys: Capture, shape: str, said: str) -> None:
    assert main(["export", shape]) == 0
    out, err = capsys.readouterr()
    assert err.startswith(said)
    assert out.split(",")[0] == documented(Shape(shape[2:]))[0].name


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["--history", "--wide"], "--history and --wide are different tables"),
        (["--excel", "--format", "jsonl"], "--excel goes with --format csv"),
        (["--mine", "--everyone"], "--mine and --everyone are different judgements"),
        (["--mine", "--reviewer", "max"], "Nobody called 'max' has judged anything"),
        (["--problem", "nope"], "There is no problem 'nope'"),
        (["--status", "to_do"], "'to_do' is not one of"),
        (["-o", "/no-such-folder/out.csv"], "There is no folder /no-such-folder"),
        (["-o", "."], "is a folder"),
        (["--store", "/no-such-store.db"], "There is no store at /no-such-store.db"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_2(capsys: Capture, args: list[str], sentence: str) -> None:
    assert main(["export", *args]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1


def test_the_store_is_not_written_over(path: Path, capsys: Capture) -> None:
    before = path.read_bytes()
    assert main(["export", "--format", "csv", "--force", "-o", str(path)]) == 2
    assert "belongs to the store itself" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_an_export_makes_no_store(tmp_path: Path) -> None:
    assert main(["export", "--store", str(tmp_path / "new.db")]) == 2
    assert list(tmp_path.iterdir()) == []


def test_columns_are_explained_without_a_store(capsys: Capture) -> None:
    assert main(["export", "--columns"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [c.name for c in documented(Shape.JUDGEMENTS)]
    assert main(["export", "--columns", "--wide"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > len(COLUMNS[Shape.WIDE])


def test_help_has_examples_that_stand_on_their_own_lines(capsys: Capture) -> None:
    assert main(["export", "--help"]) == 0
    assert "  reviewer export -o judgements.csv --reviewer kim\n" in capsys.readouterr().out


def test_a_reader_that_leaves_early_is_no_reason_to_complain(path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "reviewer", "export"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 1


def test_neither_pandas_nor_a_screen_is_loaded(path: Path) -> None:
    code = (
        "import sys; from reviewer.cli.main import main; main(['export', '-o', '/dev/null']); "
        "print([m for m in ('pandas', 'numpy', 'textual', 'sqlite_utils', 'pydantic', 'rich') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", ["judgements.xlsx", "judgements.ODS", "judgements.json", "a.tsv", "a.jsonl.gz"])
def test_a_name_of_another_format_is_refused(
    store: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / name
    assert main(["export", "-o", str(file)]) == 2
    assert "an export is CSV or JSON Lines. Name it" in capsys.readouterr().err
    assert not file.exists()


def test_the_end_of_the_name_says_the_format_whatever_its_case(path: Path, tmp_path: Path) -> None:
    assert main(["export", "-o", str(tmp_path / "OUT.JSONL")]) == 0
    assert (tmp_path / "OUT.JSONL").read_text().startswith("{")
    assert main(["export", "-o", str(tmp_path / "OUT.dat"), "--format", "csv"]) == 0
    assert (tmp_path / "OUT.dat").read_text().startswith("proposal_id,")


def test_a_file_that_is_no_export_is_replaced_only_by_force(path: Path, tmp_path: Path, capsys: Capture) -> None:
    mine = tmp_path / "proposals.jsonl"
    mine.write_text("what I wrote\n")
    assert main(["export", "-o", str(mine)]) == 2
    assert f"{mine} is there already and is no export; name another file, or replace it by --force." in (
        capsys.readouterr().err
    )
    assert mine.read_text() == "what I wrote\n"
    assert main(["export", "-o", str(mine), "--force"]) == 0
    assert main(["export", "-o", str(mine)]) == 0


@pytest.mark.parametrize(("mode", "words"), [(0o600, "is a database"), (0o400, "by its permissions")])
def test_neither_a_database_nor_what_is_locked_is_ever_replaced(
    path: Path, tmp_path: Path, mode: int, words: str, capsys: Capture
) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(path.read_bytes())
    other.chmod(mode)
    assert main(["export", "-o", str(other), "--format", "csv", "--force"]) == 2
    assert words in capsys.readouterr().err
    assert other.read_bytes() == path.read_bytes()
