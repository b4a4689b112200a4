"""Commands that are killed at a moment of their run that nobody chose."""

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from tests.benchmarks.measuring import PYTHON, REPOSITORY, environment

GONE_SECONDS = 10.0
"""So long after a command was killed the processes that it had started are gone too."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its status (below zero: by that signal), what it wrote, and after how many seconds.

    ``begun`` has after how many seconds it was seen to have begun with what was waited for.
    """

    status: int
    text: str
    seconds: float
    begun: float = 0.0


def at_once() -> bool:
    """Say that a command may be killed from its start on."""
    return True


def run(
    home: Path, *words: str | Path, env: Mapping[str, str] | None = None, since: Callable[[], bool] = at_once
) -> Ran:
    """Run a command to its end, and see when ``since`` has become true."""
    start = perf_counter()
    process = _start(home, words, env)
    _wait(process, since)
    begun = perf_counter() - start
    text, _ = process.communicate()
    return Ran(process.returncode, text, perf_counter() - start, begun)


def kill(home: Path, since: Callable[[], bool], after: float, chance: random.Random, *words: str | Path) -> Ran:
    """Run a command and kill it so many seconds after ``since`` has become true.

    Now it is killed alone, now with all that it has started.

    Raises:
        RuntimeError: when something that it had started lives on.
    """
    start = perf_counter()
    process = _start(home, words)
    _wait(process, since)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after)
    if chance.random() < 0.5:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    text, _ = process.communicate()
    seconds = perf_counter() - start
    _require_gone(process.pid)
    return Ran(process.returncode, text, seconds)


def _start(home: Path, words: Sequence[str | Path], env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PYTHON, "-m", "reviewer", *map(str, words)], cwd=REPOSITORY, env={**environment(home), **(env or {})},
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip


def _wait(process: subprocess.Popen[str], since: Callable[[], bool]) -> None:
    while not since() and process.poll() is None:
        time.sleep(0.001)


def _require_gone(group: int) -> None:
    end = time.monotonic() + GONE_SECONDS
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    os.killpg(group, signal.SIGKILL)
    raise RuntimeError(f"what a killed command had started was still there after {GONE_SECONDS:g} s")
