"""Moving through the queue by more than a step: to its end, by a screenful, in another order, through a filter."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks import texts
from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, environment, in_turn
from tests.benchmarks.screen import REST
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row
from tests.benchmarks.terminal import Terminal

TIMES = 3
"""How often each is done in one run."""

_BAR = 150
_DOWN, _UP, _RIGHT, _LEFT = b"\x1b[B", b"\x1b[A", b"\x1b[C", b"\x1b[D"
_END, _PAGE = "jump to the end (`G`)", "a screenful further (`ctrl+d`)"
_SORT, _FILTER = "another order (`S`, `enter`)", "a filter (`F`, `enter`)"
WHAT = (_END, _PAGE, _SORT, _FILTER)

Took = dict[str, list[float]]


def moves(plan: Plan) -> list[Row]:
    """Measure from the key that asks for it until the proposal that then comes first is whole on the screen."""
    many, few = in_turn(
        plan.runs,
        partial(_sit, cached_store(plan.proposals), plan.proposals),
        partial(_sit, cached_store(plan.few), plan.few),
    )
    rows = []
    for name in WHAT:
        ours, small = (_of(name, runs) for runs in (many, few))
        what = f"{name}, {plan.proposals:,} proposals"
        rows.append(Row(f"{what}, longest of {len(ours)}", max(ours), "ms", _BAR))
        rows.append(Row(f"{what}, p50", median(ours), "ms", None, median(small), f"{plan.few:,} proposals"))
    return rows


def _of(name: str, runs: Sequence[Took]) -> list[float]:
    return [1000 * seconds for took in runs for seconds in took[name]]


def _sit(store: Path, proposals: int) -> Took:
    took: Took = {name: [] for name in WHAT}
    command = (PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", "bench")
    with TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))

        def press(*keys: bytes, number: int = 1, name: str = "") -> None:
            for key in keys[:-1]:
                terminal.press(key, bool)
                terminal.rest(REST)
            seconds = terminal.press(keys[-1], partial(texts.shows_proposal, number=number))
            if name:
                took[name].append(seconds)
            terminal.rest(REST)

        try:
            terminal.until(partial(texts.shows_proposal, number=1))
            terminal.rest(1.0)
            for _ in range(TIMES):
                press(b"G", number=proposals, name=_END)
                press(b"g")
                press(b"\x04", number=1 + rows_of_a_screenful(terminal.lines), name=_PAGE)
                press(b"g")
                # From the order of import to the newest first, two lines above it, and back.
                press(b"S", _UP, _UP, b"\r", number=proposals, name=_SORT)
                press(b"S", _DOWN, _DOWN, b"\r")
                # The third line of the filter is the agent, the first of whom has every ninth proposal.
                press(b"F", b"j", b"j", _RIGHT, b"\r", number=9, name=_FILTER)
                press(b"F", b"j", b"j", _LEFT, b"\r", number=9)
                press(b"g")
        finally:
            terminal.close()
    return took


def rows_of_a_screenful(lines: Sequence[str]) -> int:
    """Return how many rows further a screenful is: the rows of the queue in sight, but for one."""
    return sum(line[1:2] == "P" and line[2:9].isdigit() for line in lines) - 1
