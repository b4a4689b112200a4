"""Commands that are ended before their time leave nothing half made, and say so."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer.store.connection import Store
from tests.builders import build_session, judge

CUT_SHORT = """
import importlib, os, sys, time
from reviewer.cli.main import main
module, name = sys.argv[2].rsplit(".", 1)
def end(*args, **more):
    os.kill(os.getpid(), int(sys.argv[1]))
    time.sleep(60)
setattr(importlib.import_module(module), name, end)
sys.exit(main(sys.argv[3:]))
"""

COMMANDS = {
    "recover": ("reviewer.workflow.recovering._complete", ["recover", "out/saved.db"]),
    "backup": ("reviewer.store.backup._looked_over", ["backup", "out/copy.db"]),
    "people": ("reviewer.workflow.kept_acts.write_acts", ["backup", "--people", "out/people.jsonl.gz"]),
    "export": ("reviewer.workflow.exporting._row", ["export", "--everyone", "-o", "out/judgements.csv"]),
}


@pytest.fixture
def out(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for what a command writes, with a store that somebody has judged in at hand."""
    opened = Store(store)
    judge(build_session(opened), 1)
    opened.close()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def cut_short(what: str, number: int, command: list[str] | None = None) -> "subprocess.CompletedProcess[str]":
    place, usual = COMMANDS[what]
    words = [sys.executable, "-c", CUT_SHORT, str(int(number)), place, *(command or usual)]
    return subprocess.run(words, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize(
    ("what", "number"),
    [*((what, signal.SIGTERM) for what in COMMANDS), ("recover", signal.SIGINT), ("export", signal.SIGINT),
     ("backup", signal.SIGHUP)],
)  # fmt: skip
def test_nothing_is_left_and_it_is_told(out: Path, what: str, number: int) -> None:
    ran = cut_short(what, number)
    assert (ran.returncode, ran.stdout, ran.stderr) == (
        128 + number,
        "",
        "reviewer: Interrupted; nothing was written.\n",
    )
    assert list(out.iterdir()) == []


def test_of_an_export_that_is_printed_some_was_written(out: Path) -> None:
    ran = cut_short("export", signal.SIGTERM, ["export", "--everyone"])
    assert ran.returncode == 143
    assert ran.stderr == "reviewer: Interrupted; what was written is not all of it.\n"


@pytest.mark.parametrize("what", COMMANDS)
def test_what_a_killed_one_left_goes_with_the_next(out: Path, what: str) -> None:
    assert cut_short(what, signal.SIGKILL).returncode == -signal.SIGKILL
    assert list(out.iterdir()) != []
    command = [sys.executable, "-m", "reviewer", *COMMANDS[what][1]]
    subprocess.run(command, check=True, capture_output=True)
    assert [f"out/{path.name}" for path in out.iterdir()] == COMMANDS[what][1][-1:]
