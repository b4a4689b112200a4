"""Measure and print one Markdown table: ``uv run python -m tests.benchmarks [--quick] [NAME...]``.

Six are run by name alone. ``viewers`` opens the large store in VisiData and Harlequin too, which it installs into an
environment of their own outside the repository; ``large`` needs 8 GB of disk; ``beside`` imports while somebody judges.
Three measure no time: ``coverage`` simulates how often each interval on the screen holds the truth, ``priority`` what
the priority order of the queue gains over other orders, ``one-call`` what asking Claude about all constraints at once
costs beside a call for each.
"""

import argparse
import os
import platform
import sqlite3
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from tests.benchmarks import commands, coverage, insights, large, moving, one_call, priority, screen, viewers, within
from tests.benchmarks.measuring import Plan
from tests.benchmarks.table import Row, markdown

BENCHMARKS: Mapping[str, Callable[[Plan], list[Row]]] = {
    "help": commands.help_text,
    "paint": screen.paint,
    "keys": screen.keys,
    "moves": moving.moves,
    "memory": screen.memory,
    "verdict": screen.verdict,
    "insights": insights.insights,
    "save": within.save,
    "search": within.search,
    "import": commands.import_lines,
    "index": commands.import_indexed,
    "export": commands.export_csv,
    "flat": commands.flat,
}

BY_NAME: Mapping[str, Callable[[Plan], list[Row]]] = {
    "viewers": viewers.viewers,
    "large": large.large,
    "beside": large.beside,
}

COVERAGE, PRIORITY, ONE_CALL = "coverage", "priority", "one-call"

_KEYS = 500
_MIDDLE = 100_000


def main() -> int:
    """Run the benchmarks that are named, or all; the status is 0 however fast they were."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    known = (*BENCHMARKS, *BY_NAME, COVERAGE, PRIORITY, ONE_CALL)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of {', '.join(known)}; all but the last six by default"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="10,000 proposals, 10,000 imported, 4,000 exported, 25 keys a run; no store of 100,000 between",
    )
    parser.add_argument(
        "--proposals",
        type=int,
        help="proposals in the large store (1,000,000; quick: 10,000); with one of 100,000 between where it is larger",
    )
    parser.add_argument("--runs", type=int, default=5, help="runs of each, in turn, after one to warm up (5)")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in known]:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(known)}")
    if simulations := [name for name in (COVERAGE, PRIORITY, ONE_CALL) if name in asked.names]:
        for name in simulations:
            print(_simulated(name, quick=asked.quick))  # noqa: T201
            asked.names.remove(name)
        if not asked.names:
            return 0
    plan = planned(quick=asked.quick, proposals=asked.proposals, runs=asked.runs)
    benchmarks = {**BENCHMARKS, **BY_NAME}
    rows = []
    for name in asked.names or BENCHMARKS:
        print(f"measuring {name} …", file=sys.stderr, flush=True)  # noqa: T201
        rows += benchmarks[name](plan)
    print(markdown(rows), end="\n\n")  # noqa: T201
    print(_circumstances(plan))  # noqa: T201
    return 0


def _simulated(name: str, *, quick: bool) -> str:
    if name == COVERAGE:
        runs = coverage.QUICK_RUNS if quick else coverage.RUNS
        table, draws = coverage.markdown([coverage.cover(case, runs) for case in coverage.cases()]), "draws a case"
    elif name == ONE_CALL:
        runs = one_call.QUICK_ROUNDS if quick else one_call.ROUNDS
        table, draws = one_call.markdown(runs), "rounds of the proposals with a recorded answer"
    else:
        runs = priority.QUICK_RUNS if quick else priority.RUNS
        table, draws = priority.markdown(runs), "runs a world"
    return f"{table}\n\n{datetime.now(UTC):%Y-%m-%d} UTC, {runs:,} {draws}."


def planned(*, quick: bool, proposals: int | None, runs: int) -> Plan:
    """Return what is measured: 500 keys of each kind in all runs together, unless it is to be quick."""
    many = proposals or (10_000 if quick else 1_000_000)
    return Plan(
        proposals=many,
        records=4_000 if quick else 200_000,
        runs=runs,
        imported=10_000 if quick else 100_000,
        # Both kinds of one run have to find their proposals in the small store.
        keys=25 if quick else -(-_KEYS // max(runs, 2)),
        middle=0 if quick or many <= _MIDDLE else _MIDDLE,
    )


def _circumstances(plan: Plan) -> str:
    load = f", load {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    cores = f"{os.cpu_count()} cores"
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, {cores}{load}; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}. Medians of {plan.runs} or more runs in "
        "turn, each in a fresh process (save and search: in one; memory of imports and exports: one run). Whatever "
        "else the machine does makes ratios noisy. "
        f"The bare FTS5 query: `{within.BARE_SEARCH}`."
    )


if __name__ == "__main__":
    sys.exit(main())
