"""Stores that lie where nothing can be written: they are read, or one sentence says why not."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import is_frozen
from tests.as_nobody import as_nobody
from tests.builders import build_session, build_store, judge, measured, record

READING = (["problems"], ["leaderboard"], ["export", "--everyone"],
           ["export", "--everyone", "--text", "word"], ["import", "--list"], ["target"],
           ["stats", "--everyone"])  # fmt: skip
WRITING = (["set", "--setting", "lab"], ["target", "--criterion", "x", "--reviewer", "kim"], ["doctor", "--rebuild"])


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A judged store alone in its folder, of which every command was run once, so that all modules are loaded."""
    with TemporaryDirectory() as name:  # Not tmp_path, which nobody else may enter.
        folder = Path(name)
        for kind in ("DATA", "CONFIG", "STATE"):
            monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / "home"))
        store = build_store(folder, record(measurements=(measured(),), body="a word"))
        judge(build_session(store), 1)
        store.close()
        for command in (*READING, *WRITING):
            assert main([*command, "--store", str(store.path)]) == 0
        store.path.chmod(0o644)
        folder.chmod(0o555)
        yield store.path
        folder.chmod(0o755)


@pytest.fixture
def on_read_only_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _path: SimpleNamespace(f_flag=os.ST_RDONLY))


def run(capsys: pytest.CaptureFixture[str], path: Path, *command: str) -> tuple[int, str, str]:
    """Run the command as somebody who may write neither the store nor its folder."""
    status: list[int] = []
    capsys.readouterr()
    assert as_nobody(lambda: status.append(main([*command, "--store", str(path)]))) == "nothing"
    return (status[0], *capsys.readouterr())


@pytest.mark.usefixtures("on_read_only_file_system")
def test_on_a_read_only_file_system_a_store_is_read_as_it_lies_there(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    for command in READING:
        status, out, err = run(capsys, path, *command)
        assert status == 0, err
        assert out
        assert err.startswith(f"The store {path} lies on a read-only file system: it is read as it lies there, and ")
    status, out, err = run(capsys, path, "doctor")
    assert "on a read-only file system: to be read as it is, not judged in" in out
    assert "integrity    good: every page, index and reference" in out
    assert "search       has every text; they were not compared" in out
    assert [line for line in err.splitlines() if "0644" not in line] == []
    for command in WRITING:
        status, _, err = run(capsys, path, *command)
        assert f"The store {path} lies in a folder that cannot be written" in err
        assert status in (1, 2)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_in_a_folder_that_others_may_write_one_sentence_says_what_to_do(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (*READING, *WRITING[:-1]):
        status, out, err = run(capsys, path, *command)
        assert (status, out) == (2, "")
        assert err.startswith(f"reviewer: The store {path} lies in a folder that cannot be written, where SQLite ")
        assert err.count("\n") == 1


@pytest.mark.usefixtures("on_read_only_file_system")
def test_what_is_still_in_the_log_is_never_passed_over(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.parent.chmod(0o755)
    log, aside = path.with_name(f"{path.name}-wal"), path.with_name("kept")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE problems SET title = 'told later'")
        connection.commit()
        aside.write_bytes(log.read_bytes())
    assert is_frozen(path)
    aside.rename(log)
    path.parent.chmod(0o555)
    assert not is_frozen(path)
    status, _, err = run(capsys, path, "problems")
    assert status == 2
    assert f"copy it, and {log.name} where that is there, to another folder" in err


def test_the_app_refuses_a_store_that_may_only_be_read_before_it_takes_the_screen(
    path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.cli.terminal.require_terminal", lambda: None)
    path.parent.chmod(0o777)
    status, _, err = run(capsys, path)
    assert status == 2
    assert err.startswith(f"reviewer: The store {path} is read-only; make it writable, or copy it")
