"""First paint, a key to the next proposal, and memory: the app at two sizes of store, beside the bare app."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from statistics import median

from reviewer.store.drafts import drafts_path
from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, environment, in_turn
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row, percentile
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.texts import shows_proposal

REST = 0.15
"""Seconds between two keys: single keys, not a key held down."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run: seconds to the first paint, seconds from each key to the next proposal, the most memory in MB."""

    paint: float
    keys: tuple[float, ...]
    memory: float


def sit(command: Sequence[str], keys: int, store: Path | None = None) -> Sitting:
    """Start a program on its first proposal and go through the next ones."""
    if store is not None:  # The run before left word of where it was.
        for suffix in ("", "-wal", "-shm"):
            drafts = drafts_path(store)
            drafts.with_name(drafts.name + suffix).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))
        try:
            paint = terminal.until(lambda lines: shows_proposal(lines, 1)) - terminal.started
            terminal.rest(2 * REST)
            took = []
            for number in range(2, keys + 2):
                took.append(terminal.press(b"j", partial(shows_proposal, number=number)))
                terminal.rest(REST)
            return Sitting(paint, tuple(took), terminal.peak_memory())
        finally:
            terminal.close()


@cache
def _sittings(plan: Plan) -> tuple[list[Sitting], list[Sitting], list[Sitting]]:
    def app(store: Path) -> tuple[str, ...]:
        return (PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", "bench")

    many, few, bare = in_turn(
        plan.runs,
        partial(sit, app(cached_store(plan.proposals)), plan.keys, cached_store(plan.proposals)),
        partial(sit, app(cached_store(plan.few)), plan.keys, cached_store(plan.few)),
        partial(sit, (PYTHON, "-m", "tests.benchmarks.bare_app"), plan.keys),
    )
    return many, few, bare


def paint(plan: Plan) -> list[Row]:
    """Measure from the start of the process until the first proposal is whole on the screen."""
    many, few, bare = (1000 * median(s.paint for s in each) for each in _sittings(plan))
    what = f"first useful paint, {plan.proposals:,} proposals"
    return [
        Row(what, many, "ms", 1.6, bare, "bare Textual app"),
        Row(what, many, "ms", 1.1, few, f"{plan.few:,} proposals"),
    ]


def keys(plan: Plan) -> list[Row]:
    """Measure from the key until the next proposal's title, first line and first row of evidence are there."""
    many, few, bare = ([1000 * k for s in each for k in s.keys] for each in _sittings(plan))
    what = f"`j` to painted next proposal, {plan.proposals:,} proposals"
    return [
        Row(f"{what}, p95 of {len(many)}", percentile(many, 0.95), "ms", 50),
        Row(f"{what}, p50", median(many), "ms", None, median(bare), "bare Textual app"),
        Row(f"{what}, p50", median(many), "ms", 1.1, median(few), f"{plan.few:,} proposals"),
    ]


def memory(plan: Plan) -> list[Row]:
    """Measure the most memory that the app held."""
    many, few, _ = (median(s.memory for s in each) for each in _sittings(plan))
    what = f"peak memory of the app, {plan.proposals:,} proposals"
    return [Row(what, many, "MB", 1.3, few, f"{plan.few:,} proposals")]
