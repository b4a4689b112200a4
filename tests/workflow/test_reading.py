"""Reading in a process beside this one: the same records in the same order, and an end to it whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.errors import ReviewerError, SourceError
from reviewer.domain.methods import Remark
from reviewer.sources import native
from reviewer.sources.contract import Plan
from reviewer.store.migrations import open_store
from reviewer.workflow import importing, reading, reading_apart
from reviewer.workflow.reading import Reading, batches
from reviewer.workflow.reading_apart import read_apart
from reviewer.workflow.sieve import Taken
from tests.builders import table
from tests.processes import ends, noted


def proposal(number: int, **more: Any) -> dict[str, Any]:
    seeds = [{"seed": 1, "value": 0.4, "basis": "recomputed"}, {"value": 0.6}]
    return {
        "type": "proposal",
        "id": f"p{number}",
        "problem": "w2s",
        "title": f"Title {number} – é 🧪",
        "method": "words " * 40,
        "claims": ["It survives."],
        "measurements": [{"metric": "pgr", "dataset": "chat", "value": 0.5, "setting": "lab", "seeds": seeds}],
    } | more


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """All kinds of lines, good and bad, in several batches."""
    path = tmp_path / "r.jsonl"
    odd = [
        json.dumps({"type": "problem", "id": "w2s", "title": "W2S"}),
        "{not json",
        json.dumps({"type": "remark", "id": "r", "kind": "insight", "problem": "w2s", "text": "It."}),
        json.dumps({"type": "reference", "id": "floor", "bound": "floor", "title": "F", "problem": "w2s"}),
        json.dumps(proposal(7, title="Another")),
        '{"type":"proposal","id":"s","problem":"w2s","title":"x\\ud800y","extra":NaN}',
    ]
    path.write_text("\n".join([*(json.dumps(proposal(i)) for i in range(1000)), *odd, json.dumps(proposal(1000))]))
    return path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes that are started."""
    return noted(monkeypatch)


def ended(processes: list[subprocess.Popen[bytes]]) -> bool:
    return [process.returncode is not None for process in processes] == [True]


def test_what_comes_from_the_other_process_is_what_is_read_here(
    file: Path, started: list[subprocess.Popen[bytes]]
) -> None:
    plan = native.plan(file)
    here: list[int] = []
    there: list[int] = []
    read_here = list(batches(plan, here.append))
    read_there = list(read_apart(plan, there.append))
    assert read_there == read_here
    assert len(read_here) == 3
    for a, b in zip(chain(*read_here), chain(*read_there), strict=True):
        assert type(a) is type(b)
        if isinstance(a, Remark):
            assert type(a.raw) is type(b.raw)  # type: ignore[union-attr]
    assert (there[-1], sorted(there)) == (here[-1], there)
    assert here[-1] == file.stat().st_size
    assert ended(started)


def test_only_a_large_file_is_read_apart(
    file: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_now() -> list[list[Taken]]:
        with closing(Reading([file])) as begun:
            (plan,) = begun.plans
            return list(begun.batches(plan, lambda done: None))

    few = read_now()
    assert not started
    monkeypatch.setattr(reading, "APART_FROM", 1000)
    assert read_now() == few
    assert ended(started)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert read_now() == few
    assert len(started) == 1, "one core gains nothing"


@pytest.mark.parametrize("kept", [0, 1, 20])
def test_what_was_looked_at_is_taken_all_the_same(
    file: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    monkeypatch.setattr(reading, "APART_FROM", 1000)
    monkeypatch.setattr(reading, "KEPT_BATCHES", kept)
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"type": "proposal"}\n' * 900)
    told: list[int] = []
    with closing(Reading([bad, file])) as begun:
        assert len(started) == 1, "the first begins at once"
        assert begun.holds_a_record()
        taken = [list(begun.batches(plan, told.append)) for plan in begun.plans]
    assert taken == [list(batches(native.plan(path), print)) for path in (bad, file)]
    assert told[-1] == file.stat().st_size
    assert all(process.returncode is not None for process in started)
    with closing(Reading([bad])) as begun:
        assert not begun.holds_a_record()


def test_what_nobody_takes_ends_with_the_reading(
    file: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "APART_FROM", 1000)
    Reading([file]).close()
    assert ended(started)


def test_an_error_of_the_reading_comes_through(tmp_path: Path, started: list[subprocess.Popen[bytes]]) -> None:
    path = tmp_path / "empty.jsonl"
    path.touch()
    with pytest.raises(SourceError, match=r"empty\.jsonl: is empty"):
        list(read_apart(native.plan(path), print))
    assert ended(started)


def test_whoever_stops_taking_ends_the_other_process(file: Path, started: list[subprocess.Popen[bytes]]) -> None:
    taking = read_apart(native.plan(file), lambda done: None)
    assert len(next(taking)) == reading.BATCH_RECORDS
    taking.close()
    assert ended(started)


def test_a_process_that_dies_leaves_an_import_that_completes(
    file: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "APART_FROM", 1000)
    n = 2000
    # Long enough that the pipe, and what is taken out of it ahead, cannot hold all of it when the process is killed.
    file.write_text("".join(json.dumps(proposal(i, method="words " * 2000)) + "\n" for i in range(n)))
    store = open_store(tmp_path / "s.db")

    take = Reading.batches

    def kill_after_one(begun: Reading, plan: Plan, progress: Any) -> Iterator[Any]:
        for batch in take(begun, plan, progress):
            yield batch
            started[0].send_signal(signal.SIGKILL)

    monkeypatch.setattr(Reading, "batches", kill_after_one)
    with pytest.raises(ReviewerError, match=r"broke off \(status -9\); run the import again, and it completes"):
        importing.run_import(store, [file])
    assert ended(started)
    assert table(store, "SELECT state FROM imports") == [("interrupted",)]
    assert 0 < table(store, "SELECT count(*) FROM methods")[0][0] < n
    monkeypatch.setattr(Reading, "batches", take)
    assert importing.run_import(store, [file]).interrupted is False
    assert table(store, "SELECT count(*) FROM methods") == [(n,)]
    store.close()


def test_a_stopped_import_ends_the_other_process(
    file: Path, tmp_path: Path, started: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "APART_FROM", 1000)
    store = open_store(tmp_path / "s.db")
    assert importing.run_import(store, [file], cancelled=lambda: True).interrupted
    assert ended(started)
    store.close()


def test_the_other_process_ends_when_this_one_is_killed(file: Path, tmp_path: Path) -> None:
    file.write_text("".join(json.dumps(proposal(i, method="words " * 2000)) + "\n" for i in range(2000)))
    code = (
        "import sys; from pathlib import Path; from reviewer.sources import native;"
        "from reviewer.workflow import reading_apart as apart; start = apart._start\n"
        "def note(*given):\n    process = start(*given); print(process.pid, flush=True); return process\n"
        "apart._start = note\n"
        "next(iter(apart.read_apart(native.plan(Path(sys.argv[1])), print))); print('one', flush=True); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(file)], stdin=-1, stdout=-1, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    while parent.stdout.readline().strip() != "one":
        pass
    parent.kill()
    parent.communicate()
    assert ends(child)


def test_ctrl_c_ends_both_and_keeps_what_came(file: Path, tmp_path: Path) -> None:
    file.write_text("".join(json.dumps(proposal(i, method="words " * 2000)) + "\n" for i in range(4000)))
    store = tmp_path / "s.db"
    open_store(store).close()
    home = {f"XDG_{name}_HOME": str(tmp_path / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "reviewer", "import", str(file), "--store", str(store)],
        env=os.environ | home,
        stdout=-1,
        stderr=-1,
        text=True,
        start_new_session=True,
    )
    looking = open_store(store)
    for _ in range(600):
        if table(looking, "SELECT count(*) FROM methods") != [(0,)]:
            break
        time.sleep(0.02)
    # However fast it is, it is not done before the signal reaches it.
    os.killpg(process.pid, signal.SIGSTOP)
    assert table(looking, "SELECT state FROM imports") == [("running",)]
    os.killpg(process.pid, signal.SIGINT)  # As the terminal does: every process of the group is told.
    os.killpg(process.pid, signal.SIGCONT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "cut off; what was taken in stays, and it completes when run again" in err
    assert table(looking, "SELECT state FROM imports") == [("interrupted",)]
    assert 0 < table(looking, "SELECT count(*) FROM methods")[0][0] < 4000
    looking.close()


def test_a_process_that_ends_at_once_is_told_and_what_it_said_is_logged(
    file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(reading_apart, "__name__", "reviewer.none_such")
    with pytest.raises(ReviewerError, match=r"broke off \(status 1\)"):
        list(read_apart(native.plan(file), print))
    assert "No module named reviewer.none_such" in caplog.text
