"""First paint, a key to the next proposal, and memory: the app at several sizes of store, beside the bare app."""

import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path
from statistics import median
from time import time_ns

from tests.benchmarks.bare_app import ROWS
from tests.benchmarks.measuring import PYTHON, REPOSITORY, Plan, environment, in_turn
from tests.benchmarks.stores import cached_store
from tests.benchmarks.table import Row, percentile
from tests.benchmarks.terminal import Terminal
from tests.benchmarks.texts import shows_proposal

REST = 0.15
"""Seconds between two keys: single keys, not a key held down."""

HELD_EVERY = 0.033
"""Seconds between two keys of one that is held down, as keyboards repeat it."""

VERDICTS = 25
"""Verdicts given in each run."""

VERDICT_REST = 0.4
"""Seconds before the next key: the same verdict again within 0.7 s counts as one key held down."""

FIRST = b"g"

_NEXT, _FAILS = b"j", b"f"
_P50, _P95, _MOST = 16, 50, 120
"""How many ms a key may take until its proposal is painted: half of them, 95 of 100, the slowest."""

_FIRST_LINE = re.compile(r"\bH(\d{7})\b")


@dataclass(frozen=True, slots=True)
class Held:
    """A key held down: seconds from each press until its proposal was painted, or one further on.

    ``themselves`` says how many proposals were on the screen before one further on took their place.
    """

    keys: tuple[float, ...]
    themselves: int

    @property
    def late(self) -> float:
        """Return the seconds from the last key until the proposal that belongs to it was painted."""
        return self.keys[-1]


@dataclass(frozen=True, slots=True)
class Sitting:
    """One run: seconds to the first paint, seconds from each key to the next proposal, the most memory in MB."""

    paint: float
    keys: tuple[float, ...]
    held: Held
    memory: float


def sit(command: Sequence[str], keys: int, back: bytes = b"", around: int | None = None) -> Sitting:
    """Start a program on its first proposal and go through the next ones, key by key and then with the key held down.

    ``back`` is the key that returns to the first: an app that begins where one was last has to be left there. After
    ``around`` proposals the first one comes again.
    """
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))
        try:
            paint = terminal.until(lambda lines: shows_proposal(lines, 1)) - terminal.started
            terminal.rest(2 * REST)
            took = []
            for number in _numbers(2, keys, around):
                took.append(terminal.press(_NEXT, partial(shows_proposal, number=number)))
                terminal.rest(REST)
            held = _hold(terminal, list(_numbers(keys + 2, keys, around)))
            if back:
                terminal.rest(REST)
                terminal.press(back, partial(shows_proposal, number=1))
                terminal.rest(REST)
            return Sitting(paint, tuple(took), held, terminal.peak_memory())
        finally:
            terminal.close()


def _numbers(first: int, count: int, around: int | None) -> Iterator[int]:
    for number in range(first, first + count):
        yield number if around is None else (number - 1) % around + 1


def _hold(terminal: Terminal, numbers: Sequence[int]) -> Held:
    pressed, looks = terminal.hold(_NEXT, len(numbers), HELD_EVERY, proposal_shown, numbers[-1])
    return painted(pressed, [(moment, number) for moment, number in looks if number is not None], numbers)


def proposal_shown(lines: list[str]) -> int | None:
    """Return the number of the proposal that is whole on a screen, as ``shows_proposal`` has it; None where none is."""
    numbers = {int(number) for line in lines for number in _FIRST_LINE.findall(line)}
    return next((number for number in numbers if shows_proposal(lines, number)), None)


def painted(pressed: Sequence[float], shown: Sequence[tuple[float, int]], numbers: Sequence[int]) -> Held:
    """Return how long each of the keys took, of which the first goes to the first of ``numbers``, and so on.

    A key whose proposal never was on the screen by itself has taken until one further on was: whoever waits for it sees
    nothing before. A proposal that comes again on another lap counts for the key that was pressed by then.

    Raises:
        ValueError: when the proposal of the last key was never shown.
    """
    took: list[float] = []
    themselves = 0
    for moment, number in shown:
        done = len(took)
        reached = (i for i in range(done, len(numbers)) if numbers[i] == number and pressed[i] <= moment)
        if (place := next(reached, None)) is not None:
            took += [moment - pressed[i] for i in range(done, place + 1)]
            themselves += 1
    if len(took) < len(numbers):
        raise ValueError(f"of {len(numbers)} keys {len(took)} were painted")
    return Held(tuple(took), themselves)


@dataclass(frozen=True, slots=True)
class _Sittings:
    many: list[Sitting]
    few: list[Sitting]
    bare: list[Sitting]
    middle: list[Sitting]
    """Empty where the plan has no store between."""


@cache
def _sittings(plan: Plan) -> _Sittings:
    def app(proposals: int) -> partial[Sitting]:
        store = cached_store(proposals)
        command = (PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", "bench")
        return partial(sit, command, plan.keys, FIRST)

    bare = partial(sit, (PYTHON, "-m", "tests.benchmarks.bare_app"), plan.keys, around=ROWS)
    between = [app(plan.middle)] if plan.middle else []
    many, few, bare_ones, *middle = in_turn(plan.runs, app(plan.proposals), app(plan.few), bare, *between)
    return _Sittings(many, few, bare_ones, list(chain.from_iterable(middle)))


def paint(plan: Plan) -> list[Row]:
    """Measure from the start of the process until the first proposal is whole on the screen."""
    sittings = _sittings(plan)
    many, few, bare = (1000 * median(s.paint for s in each) for each in (sittings.many, sittings.few, sittings.bare))
    what, small = "first useful paint, {:,} proposals", f"{plan.few:,} proposals"
    rows = [
        Row(what.format(plan.proposals), many, "ms", 1.6, bare, "bare Textual app"),
        Row(what.format(plan.proposals), many, "ms", 1.1, few, small),
    ]
    if sittings.middle:
        middle = 1000 * median(s.paint for s in sittings.middle)
        rows.append(Row(what.format(plan.middle), middle, "ms", 1.1, few, small))
    return rows


def keys(plan: Plan) -> list[Row]:
    """Measure from the key until the next proposal's title, first line and first row of evidence are there.

    Single keys wait until the one before is painted; a held key does not, and each that is pressed counts.
    """
    sittings = _sittings(plan)
    rows = [*_key_rows(plan, sittings, held=False), *_key_rows(plan, sittings, held=True)]
    late = 1000 * max(s.held.late for s in sittings.many)
    what = f"`j` held down, {plan.proposals:,} proposals, last key to its proposal painted, longest of {plan.runs}"
    rows.append(Row(what, late, "ms", _MOST))
    if sittings.middle:
        rows += [row for held in (False, True) for row in _absolute(plan.middle, sittings.middle, held=held)]
    return rows


def _key_rows(plan: Plan, sittings: _Sittings, *, held: bool) -> list[Row]:
    many, few, bare = (median(_times(each, held=held)) for each in (sittings.many, sittings.few, sittings.bare))
    what = f"{_what(plan.proposals, held=held)}, p50"
    return [
        *_absolute(plan.proposals, sittings.many, held=held),
        Row(what, many, "ms", 2.0, bare, "bare Textual app"),
        Row(what, many, "ms", 1.1, few, f"{plan.few:,} proposals"),
    ]


def _absolute(proposals: int, sittings: Sequence[Sitting], *, held: bool) -> list[Row]:
    times = _times(sittings, held=held)
    what = _what(proposals, held=held)
    alone = f" ({sum(s.held.themselves for s in sittings):,} painted by themselves)" if held else ""
    return [
        Row(f"{what}, p50 of {len(times):,}{alone}", median(times), "ms", _P50),
        Row(f"{what}, p95", percentile(times, 0.95), "ms", _P95),
        Row(f"{what}, max", max(times), "ms", _MOST),
    ]


def _what(proposals: int, *, held: bool) -> str:
    return f"`j` {'held down' if held else 'single'} to painted next proposal, {proposals:,} proposals"


def _times(sittings: Sequence[Sitting], *, held: bool) -> list[float]:
    return [1000 * seconds for s in sittings for seconds in (s.held.keys if held else s.keys)]


def verdict(plan: Plan) -> list[Row]:
    """Measure from the key of a verdict until the next proposal is whole on the screen, with ``j`` in between.

    What saving takes on the thread that paints would be the difference.
    """
    store = cached_store(plan.proposals)

    def sitting() -> tuple[list[float], list[float]]:
        # A reviewer of its own for each: who comes back begins elsewhere, at what is judged already.
        reviewer = f"bench {time_ns()}"
        return judge((PYTHON, "-m", "reviewer", "--store", str(store), "--reviewer", reviewer), VERDICTS)

    (sittings,) = in_turn(plan.runs, sitting)
    judged, moved = ([1000 * took for both in sittings for took in both[kind]] for kind in (0, 1))
    what = f"`f` (a verdict) to painted next proposal, {plan.proposals:,} proposals"
    return [
        Row(f"{what}, p50", median(judged), "ms", None, median(moved), "`j` at the same pace"),
        Row(f"{what}, p95 of {len(judged)}", percentile(judged, 0.95), "ms", _P95),
    ]


def judge(command: Sequence[str], verdicts: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each verdict, and those of as many keys between that only go on."""
    judged: list[float] = []
    moved: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        terminal = Terminal(command, environment(Path(home)), str(REPOSITORY))
        try:
            terminal.until(partial(shows_proposal, number=1))
            terminal.rest(VERDICT_REST)
            for number in range(2, 2 + 2 * verdicts, 2):
                for key, place, took in ((_FAILS, number, judged), (_NEXT, number + 1, moved)):
                    took.append(terminal.press(key, partial(shows_proposal, number=place)))
                    terminal.rest(VERDICT_REST)
        finally:
            terminal.close()
    return judged, moved


def memory(plan: Plan) -> list[Row]:
    """Measure the most memory that the app held."""
    sittings = _sittings(plan)
    many, few = (median(s.memory for s in each) for each in (sittings.many, sittings.few))
    what = f"peak memory of the app, {plan.proposals:,} proposals"
    return [Row(what, many, "MB", 1.3, few, f"{plan.few:,} proposals")]
