"""The insights over a store in which every proposal is judged: how soon they open, and how soon all of it is there."""

from contextlib import closing
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
from tests.benchmarks.stores import JUDGE, cached_store
from tests.benchmarks.table import Row
from tests.benchmarks.terminal import Terminal

_OPEN, _BACK = b"I", b"q"
_BAR = 300
_FLAT = 1.5
TIMES = 3
"""How often they are opened in one run."""


def insights(plan: Plan) -> list[Row]:
    """Measure from the key until the first section can be read, and from the question until the last one is there."""
    stores = [cached_store(size, judged=True) for size in (plan.proposals, plan.few)]
    opened = in_turn(plan.runs, *(partial(_open, store) for store in stores))
    filled = in_turn(1, *(partial(_fill, store) for store in stores))
    many, few = ([1000 * seconds for run in runs for seconds in run] for runs in opened)
    what, peer = f"{plan.proposals:,} judged", f"{plan.few:,} judged"
    return [
        Row(f"insights open (`I`), {what}, longest of {len(many)}", max(many), "ms", _BAR),
        Row(f"insights open (`I`), {what}, p50", median(many), "ms", _FLAT, median(few), peer),
        Row(f"all insights are there, {what}", median(filled[0]), "s", None, median(filled[1]), peer),
    ]


def _open(store: Path) -> list[float]:
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
        finally:
            terminal.close()
    return took


def shows_any_proposal(lines: list[str]) -> bool:
    """Return whether some proposal is whole on a screen."""
    return any(texts.shows_proposal(lines, number) for number in range(1, 40))


def shows_record(lines: list[str]) -> bool:
    """Return whether the first figures of one's own record are on a screen."""
    return any("My record" in line for line in lines) and any("with an outcome" in line for line in lines)


def _fill(path: Path) -> float:
    with closing(Store(path, readonly=True)) as store:
        (stored,) = list_problems(store.connection())
        told: list[Section] = []
        start = perf_counter()
        tell_insights(store, stored, viewer_of(store, JUDGE), today(utc_now), lambda: True, told.append)
        return perf_counter() - start
