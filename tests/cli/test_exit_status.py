"""How the command exits as a process: 1 for what is damaged or our fault, 2 for what the person can put right."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main

PAGE = 16384


def reviewer(*args: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the command in a process of its own, where no terminal is."""
    return subprocess.run(
        [sys.executable, "-m", "reviewer", *map(str, args)], capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def within(capsys: pytest.CaptureFixture[str], *args: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run the command in this process, which takes a fraction of the time; how it exits stands in for a status."""
    status = main(list(map(str, args)))
    out, err = capsys.readouterr()
    return subprocess.CompletedProcess(args, status, out, err)


READING = (["problems"], ["leaderboard"], ["export", "--everyone"], ["import", "--list"], ["target"])


@pytest.fixture(params=["in the middle", "first bytes", "page size"])
def damaged(request: pytest.FixtureRequest, store: Path) -> Path:
    """A store that has our mark, and was damaged somewhere."""
    raw = bytearray(store.read_bytes())
    if request.param == "in the middle":
        raw[100 : PAGE * 30] = b"\xa5" * (len(raw[100 : PAGE * 30]))
    elif request.param == "first bytes":
        raw[:16] = b"\x00" * 16
    else:
        raw[16:18] = b"\x03\x03"
    store.write_bytes(raw)
    return store


def test_a_damaged_store_is_no_mistake_of_the_person(damaged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = damaged.read_bytes()
    for ran in (reviewer(*READING[0]), *(within(capsys, *command) for command in READING)):
        assert ran.returncode == 1, ran
        assert ran.stderr.startswith(f"reviewer: The store {damaged} is damaged; `reviewer recover OUT` saves"), ran
        assert ran.stderr.count("\n") == 1
    ran = reviewer("doctor")
    assert ran.returncode == 1
    assert "damaged" in ran.stderr
    assert damaged.read_bytes() == before


def test_what_is_no_store_is_a_mistake_of_the_person(
    tmp_path: Path, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("a long letter " * 100)
    foreign = tmp_path / "foreign.db"
    with closing(sqlite3.connect(foreign)) as connection:
        connection.execute("CREATE TABLE t (x)")
    newer = tmp_path / "newer.db"
    newer.write_bytes(store.read_bytes())
    with closing(sqlite3.connect(newer)) as connection:
        connection.execute("PRAGMA user_version = 99")
    for path in (text, foreign, newer, tmp_path / "none.db", tmp_path):
        for command in READING:
            ran = within(capsys, *command, "--store", path)
            assert ran.returncode == 2, ran
            assert ran.stderr.count("\n") == 1, ran
        alone = reviewer(*READING[-1], "--store", path)
        assert (alone.returncode, alone.stderr) == (2, ran.stderr)


def test_a_file_of_no_bytes_is_told_as_such_and_stays_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.db"
    empty.touch()
    said = f"reviewer: The file {empty} is empty, so there is no store in it; `reviewer import PATH --store {empty}` "
    for command in (*READING, ["set", "--setting", "lab"], ["import", "--withdraw", "1"], ["target", "--system", "x"]):
        ran = within(capsys, *command, "--store", empty)
        assert ran.returncode == 2, ran
        assert ran.stderr.startswith(said), ran
    alone = reviewer("problems", "--store", empty)
    assert (alone.returncode, alone.stderr.startswith(said)) == (2, True)
    for option in ([], ["--rebuild"]):
        ran = within(capsys, "doctor", *option, "--store", empty)
        assert ran.returncode == 1
        assert ran.stderr.startswith(said)
        assert ran.stderr.count("\n") == 1
        assert "older version" not in ran.stdout + ran.stderr
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["empty.db"]
    assert empty.stat().st_size == 0
    example = tmp_path / "example.jsonl"
    example.write_text(within(capsys, "schema", "--example").stdout)
    assert within(capsys, "import", example, "--store", empty).returncode == 0
    assert within(capsys, "doctor", "--store", empty).returncode == 0


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "0", "x", "9" * 5000])
def test_an_import_of_an_impossible_number_is_told(
    store: Path, capsys: pytest.CaptureFixture[str], number: str
) -> None:
    ran = within(capsys, "import", "--withdraw", number)
    assert ran.returncode == 2
    assert ran.stderr.startswith("reviewer: invalid value for '--withdraw'")
    ran = within(capsys, "import", "--withdraw", "9223372036854775807")
    assert ran.stderr.startswith("reviewer: There is no import 9223372036854775807; ")


@pytest.mark.parametrize("name", ["", "a b", "-x", "x" * 101, "größe", "a\n", "../a", "a;b"])
def test_a_name_that_no_problem_can_have_is_told_at_once(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    results = tmp_path / "results.jsonl"
    results.write_text('{"type": "proposal", "id": "p", "title": "P"}\n')
    assert main(["import", str(results), f"--problem={name}", "--store", str(tmp_path / "new.db")]) == 2
    err = capsys.readouterr().err
    assert "cannot be a problem's name, which is of 1 to 100 letters (a to z, A to Z), digits, '.', '_' and '-'" in err
    assert err.count("\n") == 1
    assert not (tmp_path / "new.db").exists()
    for command in (["set", "--setting", "lab", f"--problem={name}"], ["target", "--", name],
                    ["export", "--everyone", f"--problem={name}"]):  # fmt: skip
        assert main(command) == 2
        err = capsys.readouterr().err
        assert "none can have that name" in err
        assert "the store has weak_to_strong." in err


def test_a_problem_of_an_older_store_is_found_whatever_its_name(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE problems SET slug = 'Weak to strong'")
        connection.commit()
    for command in (["set", "--setting", "lab", "--problem"], ["target"], ["export", "--everyone", "--problem"]):
        assert within(capsys, *command, "Weak to strong").returncode == 0
