"""Runs of ours and of a peer in turn, so that what else the machine does falls on both alike."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import platformdirs

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
    """Keys pressed in each run."""


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
    """Return the environment of a program that is measured: no config, drafts or log but those under ``home``."""
    left_out = ("REVIEWER_", "XDG_", "NO_COLOR", "COLUMNS", "LINES", "TEXTUAL", "COVERAGE", "PYTHONDONTWRITE")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(left_out)}
    homes = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
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
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.decode()[-800:]}")
    return took
