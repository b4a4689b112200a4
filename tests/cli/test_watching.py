"""``reviewer import`` of a server and ``--watch``, as a process of its own: what is told, and how it ends."""

import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reviewer.cli.main import main
from tests.sources.aar_server_fixture import build_server_database
from tests.study_server import StudyServer, serving

SECONDS = 120
"""Nothing is waited for longer; nothing that is right takes a fraction of it."""


class Watching:
    """The command while it follows something, with the lines that it has said."""

    def __init__(self, store: Path, *args: str) -> None:
        command = (sys.executable, "-u", "-m", "reviewer", "import", *args, "--watch", "--every", "0.2")
        self.process = subprocess.Popen(
            (*command, "--store", str(store)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.said: list[str] = []
        threading.Thread(target=self._hear, daemon=True).start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("(its end)")

    def until(self, words: str) -> str:
        """Return the next line that has these words."""
        while True:
            line = self._lines.get(timeout=SECONDS)
            self.said.append(line)
            if words in line:
                return line
            if line == "(its end)":
                raise AssertionError(f"it ended without {words!r}: {self.said}")

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)


@pytest.fixture
def study(tmp_path: Path) -> StudyServer:
    return StudyServer(build_server_database(tmp_path / "server.db"))


@pytest.fixture
def watchings() -> Iterator[list[Watching]]:
    begun: list[Watching] = []
    yield begun
    for each in begun:
        each.process.kill()
        each.process.wait()


def imports(store: Path) -> list[tuple[str, int, int]]:
    with closing(sqlite3.connect(store)) as connection:
        return connection.execute("SELECT state, new, changed FROM imports ORDER BY id").fetchall()


def test_a_server_is_imported_by_its_address(
    study: StudyServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ("--store", str(tmp_path / "s.db"))
    with serving(study):
        assert main(["import", study.address, "--dry-run", *store]) == 0
        assert "would be 18 new" in capsys.readouterr().out
        assert main(["import", study.address, "--setting", "lab", *store]) == 0
        said = "18 new, 0 changed, 0 unchanged, 0 rejected   (5 proposals; read as aar-server)"
        assert said in capsys.readouterr().out
        assert main(["import", f"{study.address}/", *store]) == 0
        assert "0 new, 0 changed" in capsys.readouterr().out
    assert main(["import", "--list", *store]) == 0
    assert capsys.readouterr().out.count(study.address) == 2
    assert main(["import", study.address, *store]) == 2
    assert "nobody answers there" in capsys.readouterr().err


def test_a_server_that_is_not_there_makes_no_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for more in ([], ["--watch"]):
        assert main(["import", "http://127.0.0.1:9", *more, "--store", str(tmp_path / "s.db")]) == 2
        assert "nobody answers there" in capsys.readouterr().err
    assert not (tmp_path / "s.db").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--watch"], "name a file or a folder"),
        (["--watch", ".", "."], "--watch takes one folder or address"),
        (["--watch", "--dry-run", "."], "--watch takes one folder or address"),
        (["--watch", "nowhere"], "is no folder"),
        (["--watch", "--list"], "--list stands alone"),
        (["--watch", "--every", "0", "."], "0"),
        (["--format", "native", "http://127.0.0.1:9"], "--format is for files"),
        (["http://kim:secret@127.0.0.1:9"], "holds a name or a password"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    args: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", *args, "--store", str(tmp_path / "s.db")]) == 2
    assert said in capsys.readouterr().err


def test_a_server_is_followed_through_its_restart(
    study: StudyServer, tmp_path: Path, watchings: list[Watching]
) -> None:
    store = tmp_path / "s.db"
    with serving(study):
        watchings.append(watching := Watching(store, study.address))
        watching.until("18 new")
        study.post("p-late", pgr=0.3, dataset="chat")
        assert "1 new, 0 changed (1 proposal)" in watching.until("new")
        study.comment(5, "And on math?")
        assert "1 new, 0 changed" in watching.until("new")
    watching.until("nobody answers there")
    study.post("p-later", finding_type="insight")
    study.change("UPDATE findings SET content = 'Mended.' WHERE post_id = 'p-late'")
    with serving(study):
        watching.until("is there again")
        assert "1 new, 1 changed" in watching.until("new")
        asked = len(study.asked)
        while len(study.asked) < asked + 12:
            time.sleep(0.01)
        assert not [path for path in study.asked[asked + 3 :] if path.startswith("/api/findings?")]
        assert watching.end() == 0
    assert watching.until("No longer following") == (
        f"No longer following {study.address}: 21 new and 1 changed in all."
    )
    assert len([line for line in watching.said if "nobody answers" in line]) == 1
    assert imports(store) == [("complete", 18, 0), ("complete", 1, 0), ("complete", 1, 0), ("complete", 1, 1)]


def finding(number: int, **fields: object) -> str:
    return json.dumps(
        {"id": number, "post_id": f"p{number}", "title": f"Post {number}", "content": "Text", "finding_type": "result",
         "commit_id": f"c{number}", **fields}
    )  # fmt: skip


def test_a_folder_is_followed(tmp_path: Path, watchings: list[Watching]) -> None:
    folder, store = tmp_path / "shared_findings", tmp_path / "s.db"
    folder.mkdir()
    old = (1_700_000_000, 1_700_000_000)

    def save(name: str, text: str) -> None:
        part = tmp_path / "part"
        part.write_text(text, encoding="utf-8")
        os.utime(part, old)
        part.rename(folder / name)

    save("1_a.json", finding(1, parent_commit_id="c2"))
    watchings.append(watching := Watching(store, str(folder)))
    watching.until("1 new")
    save("3_c.json", finding(3))
    assert "1 new, 0 changed (1 proposal)" in watching.until("new")
    # The first one names it as its parent, and is read once more.
    save("2_b.json", finding(2))
    assert "1 new, 1 changed (2 proposals)" in watching.until("new")
    save("notes.txt", "Not a finding.")
    assert "1 file is of no known format and was passed over" in watching.until("passed over")
    save("4_d.json", "{")
    watching.until("1 rejected")
    watching.until("rejected: ")
    assert watching.end() == 0
    watching.until("3 new and 1 changed in all")
    assert all(state == "complete" for state, _, _ in imports(store))
    with closing(sqlite3.connect(store)) as connection:
        assert connection.execute("SELECT parent FROM methods WHERE external_id = 'p1'").fetchone() == ("p2",)
