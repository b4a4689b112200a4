"""Runs of ours and of a peer in turn, so that what else the machine does falls on both alike."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, sleep
from typing import TypeVar

import platformdirs

from reviewer.domain.folders import make_private_folder

T = TypeVar("T")
REPOSITORY = Path(__file__).parents[2]
PYTHON = sys.executable


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured: proposals in the large store and in the small one, records, runs of each."""

    proposals: int
    records: int
    runs: int
    few: int = 1_000
    imported: int = 4_000
    """Records in the file that is imported; ``records`` are judgements that are exported."""
    keys: int = 25
    """Keys pressed one by one in each run, and as many more of a key that is held down."""
    middle: int = 0
    """Proposals in a store between the small one and the large one; 0 is none."""


def in_turn(runs: int, *each: Callable[[], T]) -> list[list[T]]:
    """Run all of them once to warm up, then ``runs`` times in turn; return what each gave."""
    for run in each:
        run()
    results: list[list[T]] = [[] for _ in each]
    for _ in range(runs):
        for place, run in enumerate(each):
            results[place].append(run())
    return results


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a program that is measured: no config, drafts or log but those under ``home``.

    The config there puts the queue in the order of import: what is drawn by chance could not be told by its number.
    """
    left_out = ("REVIEWER_", "XDG_", "NO_COLOR", "COLUMNS", "LINES", "TEXTUAL", "COVERAGE", "PYTHONDONTWRITE")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(left_out)}
    homes = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    config = home / "config" / "reviewer" / "config.toml"
    if not config.exists():
        make_private_folder(config.parent)
        config.touch(mode=0o600)
        config.write_text('order = "imported"\n', encoding="utf-8")
    # Compiled modules are kept, as in any installation: the warm-up run makes them, where the rest of them are not.
    compiled = str(platformdirs.user_cache_path("reviewer-benchmarks", appauthor=False) / "compiled")
    return {
        **kept,
        **homes,
        "PYTHONPYCACHEPREFIX": compiled,
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }


def wall(command: Sequence[str], env: Mapping[str, str], output: Path | None = None) -> float:
    """Return the seconds that a fresh process takes from start to end, its output in ``output`` or thrown away.

    Raises:
        RuntimeError: when it fails, with its last words; a program that fails is fast and means nothing.
    """
    with (output or Path(os.devnull)).open("wb") as sink:
        start = perf_counter()
        done = subprocess.run(command, cwd=REPOSITORY, env=env, stdout=sink, stderr=subprocess.PIPE, check=False)
        took = perf_counter() - start
    if done.returncode:
        raise _failed(command, done.returncode, done.stderr)
    return took


def most_memory(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Return the most MB that a fresh process and those that it starts held, its output thrown away.

    It is looked at all the while: of each that is alive the most that it ever held is added up, so that what a process
    holds that has ended is forgotten. Not a number where the system does not say.

    Raises:
        RuntimeError: when it fails, with its last words.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, cwd=REPOSITORY, env=env, stdout=subprocess.DEVNULL, stderr=said)
        most = 0.0
        while process.poll() is None:
            most = max(sum(map(peak_memory, _family(process.pid))), most)
            sleep(_LOOK_SECONDS)
        said.seek(0)
        if process.returncode:
            raise _failed(command, process.returncode, said.read())
    return most or float("nan")


def peak_memory(pid: int) -> float:
    """Return the most memory that a process held so far, in MB; 0 where it has ended or the system does not say."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


_LOOK_SECONDS = 0.02


def _family(pid: int) -> list[int]:
    """Return a process and all that it started, where they are programs of their own by now.

    Until then one shares its parent's memory, which must not be counted twice.
    """
    family = [pid]
    for child in _children(pid):
        if _words(child) != _words(pid):
            family += _family(child)
    return family


def _children(pid: int) -> list[int]:
    found: list[int] = []
    # Of each thread: whichever has started a process is its parent.
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, task.read_text(encoding="ascii").split())
        except OSError:
            continue
    return found


def _words(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _failed(command: Sequence[str], status: int, said: bytes) -> RuntimeError:
    return RuntimeError(f"{' '.join(command)} ended with {status}: {said.decode(errors='replace')[-800:]}")
