"""``reviewer import -``: what comes on standard input is read as a file is, and nothing is left of it."""

import io
import json
import os
import pty
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.cli.standard_input import standard_input_aside
from reviewer.domain.errors import UserError
from reviewer.store.connection import Store
from reviewer.workflow import reading

LOG = (
    "commit\tval_bpb\tmemory_gb\tstatus\tdescription\n"
    "0a1b2c3\t0.9979\t44.0\tkeep\tbaseline\n"
    "1b2c3d4\t0.9860\t43.9\tkeep\thalf the batch\n"
)
LINE = {"type": "proposal", "id": "a", "problem": "w2s", "title": "One"}


@pytest.fixture(autouse=True)
def aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder for what is put aside, of which nothing is left at the end."""
    folder = tmp_path / "aside"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("REVIEWER_STORE", str(tmp_path / "s.db"))
    yield folder
    assert list(folder.iterdir()) == []


def give(monkeypatch: pytest.MonkeyPatch, data: str | bytes) -> None:
    raw = io.BytesIO(data if isinstance(data, bytes) else data.encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(raw))


def rows(query: str, tmp_path: Path) -> list[tuple[object, ...]]:
    with closing(Store(tmp_path / "s.db")) as store, store.read() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_it_is_known_by_its_content_and_led_back_to_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, LOG)
    assert main(["import", "-"]) == 0
    assert "2 new, 0 changed, 0 unchanged, 0 rejected   (1 proposal; read as autoresearch)" in capsys.readouterr().out
    give(monkeypatch, LOG)
    assert main(["import", "-"]) == 0
    assert "0 new, 0 changed, 2 unchanged" in capsys.readouterr().out
    assert rows("SELECT DISTINCT file, place FROM revisions", tmp_path) == [
        ("standard input", "line 2"),
        ("standard input", "line 3"),
    ]
    assert main(["import", "--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 2
    assert len({line.split("  ")[-1] for line in listed}) == 1
    assert "standard input (sha256 " in listed[0]
    assert str(tmp_path) not in "".join(listed)


def test_other_input_is_another_import(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for text in (LOG, LOG + "2c3d4e5\t0.9\t1.0\tkeep\twider\n"):
        give(monkeypatch, text)
        assert main(["import", "-"]) == 0
    assert "1 new, 0 changed, 2 unchanged" in capsys.readouterr().out
    assert main(["import", "--list"]) == 0
    first, second = (line.split("  ")[-1] for line in capsys.readouterr().out.splitlines())
    assert first != second


def test_what_is_refused_says_where_it_came_from(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, f"{json.dumps(LINE)}\nnone\n")
    assert main(["import", "-", "--format", "native"]) == 2
    assert "rejected: standard input, line 2: is not JSON" in capsys.readouterr().err
    give(monkeypatch, "")
    assert main(["import", "-"]) == 2
    assert capsys.readouterr().err == "reviewer: standard input: is empty.\n"
    give(monkeypatch, b"\x7fELF\x00\x01")
    assert main(["import", "-"]) == 2
    assert capsys.readouterr().err.startswith(
        "reviewer: standard input: is binary data of no known format; the formats"
    )
    give(monkeypatch, "\n")
    assert main(["import", "-", "--format", "native"]) == 2
    assert capsys.readouterr().err.startswith("reviewer: standard input: there is no record in it;")


def test_a_report_and_markdown_come_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text in ("# A report\n\nWords.\n", "---\ntitle: A proposal\nmood: good\n---\nWords.\n"):
        give(monkeypatch, text)
        assert main(["import", "-"]) == 0
    assert "Fields in standard input that the format does not know" in capsys.readouterr().out
    assert rows("SELECT title FROM proposals ORDER BY title", tmp_path) == [("A proposal",), ("A report",)]


def test_a_dry_run_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, LOG)
    assert main(["import", "-", "--dry-run"]) == 0
    assert "would be 2 new" in capsys.readouterr().out
    assert not (tmp_path / "s.db").exists()


def test_other_paths_may_stand_beside_it_and_a_file_of_that_name_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "-").write_text(json.dumps(LINE) + "\n")
    give(monkeypatch, LOG)
    assert main(["import", "./-", "-"]) == 0
    assert "3 new" in capsys.readouterr().out
    assert rows("SELECT DISTINCT file FROM revisions ORDER BY file", tmp_path) == [
        (str(tmp_path / "-"),),
        ("standard input",),
    ]


def test_what_cannot_be_is_refused_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give(monkeypatch, LOG)
    assert main(["import", "-", "-"]) == 2
    assert capsys.readouterr().err == ("reviewer: - stands for standard input, which can be read once; name it once.\n")
    assert main(["import", "-", "--as", "judgements"]) == 2
    assert "--as takes a file, not standard input; save what comes there to one" in capsys.readouterr().err
    give(monkeypatch, b"name,acc\na,1\nb,2\n")
    assert main(["import", "-"]) == 2
    assert "save it to a file first; `reviewer import FILE --as proposals" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", None)
    assert main(["import", "-"]) == 2
    assert "Standard input is closed; pipe something into the command, or name a file." in capsys.readouterr().err


def test_a_terminal_is_not_waited_for() -> None:
    outer, inner = pty.openpty()
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "reviewer", "import", "-"], stdin=inner, capture_output=True, text=True, timeout=120
        )
    finally:
        os.close(outer)
        os.close(inner)
    assert ran.returncode == 2
    assert "Standard input is a terminal; pipe something into the command, or name a file." in ran.stderr


def test_what_is_put_aside_is_for_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, LOG)
    with standard_input_aside((Path("-"), Path("x"))) as (paths, _):
        assert paths[1] == Path("x")
        assert paths[0].read_text() == LOG
        assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600
        assert stat.S_IMODE(paths[0].parent.stat().st_mode) == 0o700


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch, aside: Path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("reviewer.cli.standard_input._write_whole", full)
    give(monkeypatch, LOG)
    with pytest.raises(UserError, match=f"cannot be put aside in {aside} .No space left on device.; make room"):
        standard_input_aside((Path("-"),)).__enter__()


def test_a_large_one_is_read_by_another_process_and_has_the_same_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(reading, "APART_FROM", 1)
    monkeypatch.setattr("reviewer.workflow.apart.worth_it", lambda: True)
    give(monkeypatch, f"{json.dumps(LINE)}\nnone\n")
    assert main(["import", "-", "--index-later"]) == 2
    assert "rejected: standard input, line 2: is not JSON" in capsys.readouterr().err
    assert rows("SELECT DISTINCT file FROM revisions", tmp_path) == [("standard input",)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ended_while_it_still_comes_nothing_is_left(aside: Path, tmp_path: Path, number: signal.Signals) -> None:
    command = [sys.executable, "-m", "reviewer", "import", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        try:
            process.stdin.write(LOG)
            process.stdin.flush()
            deadline = time.monotonic() + 120
            while not list(aside.glob("*/standard input")):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.01)
            process.send_signal(number)
            assert process.wait(120) == 128 + number
            assert process.stderr.read() == (
                "reviewer: Interrupted; give the same on standard input once more, and what is missing comes in.\n"
            )
        finally:
            process.kill()
    assert not (tmp_path / "s.db").exists()
