"""Intervals drawn in cells on one scale, with what they are held against: read by their marks, not by their colour."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.evidence.leaderboard import Leaderboard, LeaderboardRow
from reviewer.tui.marks import ASCII, Marks


@dataclass(frozen=True, slots=True)
class BarMarks:
    """One cell each. ``alone`` is a value without an interval, ``crossed`` the best baseline within an interval."""

    line: str
    left: str
    right: str
    value: str
    alone: str
    baseline: str
    crossed: str
    bound: str
    below: str
    above: str
    seed: str


_UNICODE = BarMarks("─", "├", "┤", "●", "○", "│", "┼", "┊", "‹", "›", "•")
_ASCII = BarMarks("-", "[", "]", "*", "o", "|", "+", ":", "<", ">", ".")


def bar_marks(marks: Marks) -> BarMarks:
    """Return the marks of bars that go with those of the screen."""
    return _ASCII if marks is ASCII else _UNICODE


class Bars:
    """Draws the rows of one leaderboard in so many cells."""

    def __init__(self, board: Leaderboard, cells: int, marks: Marks) -> None:
        self._scale = board.scale
        self._cells = cells
        self._marks = bar_marks(marks)
        self._bounds = [
            (self._cell(x), letter) for x, letter in ((board.floor, "f"), (board.ceiling, "c")) if x is not None
        ]
        self._baseline = None if board.baseline is None else self._cell(board.baseline.value)

    def bar(self, row: LeaderboardRow) -> str:
        """Return the row's interval with its value; a value alone where there is no interval."""
        marks, limits = self._marks, row.interval.limits
        cells = self._empty()
        if limits is None:
            self._put(cells, row.value, marks.alone)
            return "".join(cells)
        low, high = limits
        first, last = self._cell(low), self._cell(high)
        for at in range(max(first, 0), min(last, self._cells - 1) + 1):
            cells[at] = marks.crossed if at == self._baseline else marks.line
        # An end beyond the scale, or in the cell of the value, has no cap.
        for at, cap in ((first, marks.left), (last, marks.right)):
            if 0 <= at < self._cells and at != self._baseline:
                cells[at] = cap
        self._put(cells, row.value, marks.value)
        return "".join(cells)

    def dots(self, row: LeaderboardRow) -> str:
        """Return the row's values by seed, a digit where several fall into one cell; a value alone without any."""
        if not row.seeds:
            cells = self._empty()
            self._put(cells, row.value, self._marks.alone)
            return "".join(cells)
        cells = self._empty()
        for at, n in Counter(self._cell(value) for value in row.seeds).items():
            mark = self._marks.seed if n == 1 else str(min(n, 9))
            cells[max(0, min(at, self._cells - 1))] = mark if 0 <= at < self._cells else self._beyond(at)
        return "".join(cells)

    def axis(self, labels: Sequence[str]) -> str:
        """Return the head of the bars: b, f and c over best baseline, floor and ceiling, ends of the scale with room.

        ``labels`` are the low and the high end in words; one that would touch a letter is left out.
        """
        cells = [" "] * self._cells
        low, high = labels
        letters = {at: letter for at, letter in self._letters() if 0 <= at < self._cells}
        for start, label in ((0, low), (self._cells - len(high), high)):
            taken = range(start - 1, start + len(label) + 1)
            fits = 0 <= start <= self._cells - len(label)
            if fits and not any(at in letters for at in taken) and all(cells[at] == " " for at in taken[1:-1]):
                cells[start : start + len(label)] = label
        for at, letter in letters.items():
            cells[at] = letter
        return "".join(cells)

    def _letters(self) -> list[tuple[int, str]]:
        return self._bounds if self._baseline is None else [*self._bounds, (self._baseline, "b")]

    def _empty(self) -> list[str]:
        cells = [" "] * self._cells
        for at, _ in self._bounds:
            if 0 <= at < self._cells:
                cells[at] = self._marks.bound
        if self._baseline is not None and 0 <= self._baseline < self._cells:
            cells[self._baseline] = self._marks.baseline
        return cells

    def _put(self, cells: list[str], value: float, mark: str) -> None:
        at = self._cell(value)
        cells[max(0, min(at, self._cells - 1))] = mark if 0 <= at < self._cells else self._beyond(at)

    def _beyond(self, at: int) -> str:
        return self._marks.below if at < 0 else self._marks.above

    def _cell(self, value: float) -> int:
        """Return the cell of a value: -1 or the number of cells where it lies beyond the scale."""
        place = self._scale.place(value)
        if place < 0:
            return -1
        return self._cells if place > 1 else min(self._cells - 1, int(place * self._cells))
