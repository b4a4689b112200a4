"""The processes that the code under test starts: which they are, and whether they end by themselves."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import IO

import pytest

from reviewer.workflow import apart


def noted(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the processes of ours that are started from now on, as they come."""
    started: list[subprocess.Popen[bytes]] = []
    start = apart.start

    def note(module: str, said: IO[bytes]) -> subprocess.Popen[bytes]:
        started.append(start(module, said))
        return started[-1]

    monkeypatch.setattr(apart, "start", note)
    return started


def ends(process: int, seconds: float = 10.0) -> bool:
    """Return whether a process ends within so many seconds; it is killed where it does not."""
    end = time.monotonic() + seconds
    while _runs(process):
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
