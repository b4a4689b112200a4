"""The table that the fault suite prints: one row a fault."""

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from tests.benchmarks.table import aligned, amount
from tests.faults.ledger import Round
from tests.faults.trying import Bar, Fault

HEADINGS = ("what was tried", "rounds", "looked for afterwards", "lost", "worst measured", "seconds")


def markdown(tried: Iterable[tuple[Fault, Sequence[Round]]]) -> str:
    """Return the faults and their rounds as a Markdown table."""
    return aligned([HEADINGS, *(_cells(fault, rounds) for fault, rounds in tried)])


def circumstances() -> str:
    """Return when and on what machine a suite has run."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d} UTC, {platform.system()} {platform.machine()}, {os.cpu_count()} cores; "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}."
    )


def _cells(fault: Fault, rounds: Sequence[Round]) -> tuple[str, ...]:
    if missing := fault.lacks():
        return (fault.what, "0", missing, "", "", "")
    worst = [_measured(name, bar, rounds) for name, bar in fault.bars.items()]
    lost = sum(len(r.lost) for r in rounds)
    return (
        fault.what,
        f"{len(rounds):,}",
        f"{sum(r.checked for r in rounds):,} {fault.counts}",
        f"**{lost:,}**" if lost else "0",
        "; ".join(worst),
        f"{sum(r.seconds for r in rounds):,.0f}",
    )


def _measured(name: str, bar: Bar, rounds: Sequence[Round]) -> str:
    values = [r.measured[name] for r in rounds if name in r.measured]
    if not values:
        return f"{name}: not measured"
    if bar.most is None:
        return f"{name} {amount(max(values), bar.unit)}"
    short = "" if max(values) <= bar.most else ": falls short"
    return f"{name} {amount(max(values), bar.unit)} (≤ {bar.most:g}{short})"
