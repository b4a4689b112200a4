"""What lies on the disk: who may read it, where it lies, and what of proposals and keys is in the log."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from reviewer.store.connection import Store
from reviewer.workflow.kept_acts import keep_daily
from reviewer.workflow.logs import stop_logging
from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment
from tests.hostile.watched import Watched

ENTER, ESCAPE = "\r", "\x1b"
SECRET = "sk-ant-api03-that-nobody-may-see"
WORDS = "kumquat"
"""Stands in every field of a proposal, and nowhere in the program."""

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="tried on Linux alone")


@pytest.fixture(autouse=True)
def no_umask() -> Iterator[None]:
    """Let nothing be kept from others but by the program itself."""
    before = os.umask(0)
    yield
    os.umask(before)
    stop_logging()


@pytest.fixture
def proposals(tmp_path: Path) -> Path:
    """A file of proposals, a baseline and a problem in which ``WORDS`` are everywhere."""
    fields = dict.fromkeys(("agent", "run", "idea", "family", "hypothesis", "method"), f"of {WORDS}")
    measured = [{"metric": WORDS, "dataset": WORDS, "setting": "lab", "value": 0.5, "source": WORDS}]
    lines = [
        {"type": "problem", "id": "p", "title": WORDS, "metrics": [{"name": WORDS, "direction": "higher"}]},
        *(
            {"type": kind, "id": f"{WORDS} {kind} {n}", "problem": "p", "title": f"{WORDS} {n}", **fields,
             "claims": [WORDS], "measurements": measured}
            for n in range(3)
            for kind in ("proposal", "baseline")
        ),
        {"type": "proposal", "id": f"{WORDS} refused", "title": WORDS, "problem": "p", "measurements": WORDS},
    ]  # fmt: skip
    file = tmp_path / "proposals.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return file


def run(home: Path, *words: str, status: int = 0) -> None:
    ran = subprocess.run(
        [PYTHON, "-m", "reviewer", *words],
        env=environment(home) | {"ANTHROPIC_API_KEY": SECRET}, cwd=REPOSITORY, capture_output=True, check=False,
    )  # fmt: skip
    assert ran.returncode == status, ran


def modes_of(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): f"{path.stat().st_mode & 0o7777:04o}"
        for path in folder.rglob("*")
        if not path.is_symlink()
    }


def test_without_a_umask_all_that_we_keep_is_for_its_owner_alone(proposals: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = home / "data" / "reviewer" / "reviewer.db"
    run(home, "import", str(proposals), status=2)
    app = Watched(store, home, env={"ANTHROPIC_API_KEY": SECRET})
    try:
        app.go("the beginning", "", "s survives")
        app.go("a verdict", "s", "1 of 3 judged")
        app.go("a draft", "e", "rationale on")
        app.go("a letter of it", "because", "because")
        while_it_runs = modes_of(store.parent)
    finally:
        app.close()
    assert {f"reviewer.db{part}{suffix}" for part in ("", "-drafts") for suffix in ("", "-wal", "-shm")} <= set(
        while_it_runs
    )
    with closing(Store(store)) as opened:
        keep_daily(opened)
    run(home, "backup")
    run(home, "backup", "--people")
    run(home, "recover", str(home / "data" / "saved.db"))
    run(home, "rubric", "use", "default")
    assert main(["--store", str(store), "problems"]) == 0
    modes = modes_of(home) | {f"while it runs: {name}": mode for name, mode in while_it_runs.items()}
    folders = {name for name in modes if (home / name).is_dir() or name.endswith("-backups")}
    assert {name: mode for name, mode in modes.items() if mode != ("0700" if name in folders else "0600")} == {}
    kinds = {"reviewer.db", "reviewer.db-drafts", "reviewer.db-backups", "saved.db", "config.toml"}
    assert kinds <= {Path(name).name for name in modes}


CRASHES = """
import sys
from reviewer.cli.main import main
from reviewer.tui.screens.triage import TriageScreen

def fail(screen):
    key, view = {key!r}, screen.view
    raise {error}

TriageScreen.action_next_match = fail
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("error", ["RuntimeError('broken \\x1b]52;c;eA==\\x07')", "Drawn('broken')"])
def test_a_crash_is_one_sentence_on_the_terminal_and_no_variable_is_shown_or_kept(
    proposals: Path, tmp_path: Path, error: str
) -> None:
    home = tmp_path / "home"
    store = tmp_path / "store.db"
    run(home, "import", str(proposals), "--store", str(store), status=2)
    code = CRASHES.format(key=SECRET, error=error)
    if "Drawn" in error:
        # Textual has an error that can draw itself do so.
        code = f"class Drawn(Exception):\n    def __rich__(self):\n        return {WORDS!r}\n{code}"
    app = Watched(store, home, program=("-c", code), env={"ANTHROPIC_API_KEY": SECRET})
    try:
        app.go("the beginning", "", "s survives")
        written = app.last_words("a crash", "n")
    finally:
        app.close()
    assert app.amiss() == []
    after = written.rpartition("\x1b[?1049l")[2]
    assert "reviewer: something went wrong on our side (" in after
    assert "broken" in after
    assert "Traceback" not in after
    log = home / "state" / "reviewer" / "log" / "reviewer.log"
    assert str(log) in after
    kept = log.read_text(encoding="utf-8")
    assert "Traceback" in kept
    assert "in fail" in kept
    for text in (after, kept):
        assert WORDS not in text
        assert SECRET not in text


def test_what_proposals_say_and_keys_are_in_no_log(proposals: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    store = tmp_path / "store.db"
    run(home, "import", str(proposals), "--store", str(store), status=2)
    app = Watched(store, home, env={"ANTHROPIC_API_KEY": SECRET, "EDITOR": "no-such-editor"})
    try:
        app.go("the beginning", "", "s survives")
        app.go("no editor", "E", "could not be used")
        app.go("export", "X", "Export")
        app.go("what is typed", "\x15", "")
        app.go("the wrong place", f"/nowhere/x.csv{ENTER}", "There is no folder")
    finally:
        app.close()
    (home / "data" / "broken.db").parent.mkdir(parents=True, exist_ok=True)
    with closing(Store(store)) as opened, opened.write() as connection:
        connection.execute("DROP TABLE seed_values")
    for words in (
        ["evidence", f"{WORDS} proposal 1"],
        ["leaderboard"],
        ["checks"],
        ["doctor"],
        ["import", str(proposals)],
    ):
        subprocess.run([PYTHON, "-m", "reviewer", "--store", str(store), *words], env=environment(home)
                       | {"ANTHROPIC_API_KEY": SECRET}, cwd=REPOSITORY, capture_output=True, check=False)  # fmt: skip
    logs = [path.read_text(encoding="utf-8") for path in (home / "state").rglob("*.log*")]
    assert any("UserError: The editor 'no-such-editor' could not be used" in log for log in logs)
    for log in logs:
        assert SECRET not in log
        assert WORDS not in log.replace(str(tmp_path), "")
