"""The insights over a store in which every proposal is judged: how soon they open, how soon all of it is there, and
what memory the app has taken by then.

Once over one in which that is all; and once over one that has all to learn from besides: stages, scales, outcomes.
"""

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from reviewer.domain.identity import utc_now
from reviewer.store.connection import Store
from reviewer.store.problems import list_problems
from reviewer.workflow.insights import tell_insights
from reviewer.workflow.outcomes import today
from reviewer.workflow.statistic_sections import Section
from reviewer.workflow.statistics import viewer_of
from tests.benchmarks import texts
from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, environment, in_turn
from tests.benchmarks.stores import JUDGE, Kind, cached_store
from tests.benchmarks.table import Row
from tests.benchmarks.terminal import Terminal

_OPEN, _BACK, _LAST = b"I", b"q", b"G"
_BAR = 300
_FLAT = 1.5
_MEMORY = 1.3
TIMES = 3
"""How often they are opened in one run."""

MOST_LEARNT = 100_000
"""Proposals of the store that has all to learn from: as many outcomes are more than anybody has."""

_PATIENCE = 300
"""Seconds that all insights may take."""


@dataclass(frozen=True, slots=True)
class _Sitting:
    """Seconds of each opening, and the most memory in MB that the app held until all insights were there."""

    opened: tuple[float, ...]
    memory: float


def insights(plan: Plan) -> list[Row]:
    """Measure from the key until the first section can be read, and from the question until the last one is there."""
    judged = _measured(plan, Kind.JUDGED, plan.proposals, "{:,} judged", _FLAT, _MEMORY)
    # What is told of each outcome is gone through again and again, and has its own room meanwhile.
    learnt = "{:,} judged in stages, on scales too, with outcomes"
    return [*judged, *_measured(plan, Kind.LEARNT, min(plan.proposals, MOST_LEARNT), learnt, None, _MEMORY)]


def _measured(
    plan: Plan, kind: Kind, proposals: int, named: str, flat: float | None, flat_memory: float | None
) -> list[Row]:
    stores = [cached_store(size, kind) for size in (proposals, plan.few)]
    sittings = in_turn(plan.runs, *(partial(_sit, store) for store in stores))
    filled = in_turn(1, *(partial(_fill, store) for store in stores))
    many, few = ([1000 * seconds for sitting in of_store for seconds in sitting.opened] for of_store in sittings)
    memory = [median(sitting.memory for sitting in of_store) for of_store in sittings]
    what, peer = named.format(proposals), f"{plan.few:,}"
    return [
        Row(f"insights open (`I`), {what}, longest of {len(many)}", max(many), "ms", _BAR),
        Row(f"insights open (`I`), {what}, p50", median(many), "ms", flat, median(few), peer),
        Row(f"all insights are there, {what}", median(filled[0]), "s", None, median(filled[1]), peer),
        Row(f"peak memory of the app with all insights, {what}", memory[0], "MB", flat_memory, memory[1], peer),
    ]


def _sit(store: Path) -> _Sitting:
    took = []
    command = (PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", JUDGE)
    with TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))
        try:
            terminal.until(lambda lines: shows_any_proposal(lines))
            terminal.rest(0.3)
            for _ in range(TIMES):
                took.append(terminal.press(_OPEN, shows_record))
                terminal.rest(0.3)
                terminal.press(_BACK, lambda lines: not shows_record(lines))
                terminal.rest(0.3)
            terminal.press(_OPEN, shows_record)
            _wait_for_all(terminal)
            # What was told last may not be drawn yet.
            terminal.rest(1)
            return _Sitting(tuple(took), terminal.peak_memory())
        finally:
            terminal.close()


def _wait_for_all(terminal: Terminal) -> None:
    """Wait until the last line of all insights is on the screen, which has to be gone to: others come before it."""
    end = perf_counter() + _PATIENCE
    while True:
        try:
            terminal.press(_LAST, shows_end, timeout=1.0)
        except TimeoutError:
            if perf_counter() > end:
                raise
        else:
            return


def shows_any_proposal(lines: list[str]) -> bool:
    """Return whether some proposal is whole on a screen."""
    return any(texts.shows_proposal(lines, number) for number in range(1, 40))


def shows_record(lines: list[str]) -> bool:
    """Return whether the first figures of one's own record are on a screen."""
    return any("My record" in line for line in lines) and any("with an outcome" in line for line in lines)


def shows_end(lines: list[str]) -> bool:
    """Return whether the line below all insights is on a screen."""
    return any("`reviewer stats` says how each figure is had" in line for line in lines)


def _fill(path: Path) -> float:
    with closing(Store(path, readonly=True)) as store:
        (stored,) = list_problems(store.connection())
        told: list[Section] = []
        start = perf_counter()
        tell_insights(store, stored, viewer_of(store, JUDGE), today(utc_now), lambda: True, told.append)
        return perf_counter() - start
