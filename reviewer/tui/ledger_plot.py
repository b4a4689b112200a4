"""Lab against production, drawn in cells: what lies on the dotted line kept its gain, what lies under it lost some.

It is read by its marks, not by its colour: those of the outcomes, brackets around the row at the cursor.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from reviewer.domain.numbers import fine_of_scale
from reviewer.domain.vocabulary import Result, Status, Verdict
from reviewer.evidence.leaderboard import Scale
from reviewer.judgement.vanishing import Effect
from reviewer.tui.evidence_table import number
from reviewer.tui.marks import ASCII, Marks
from reviewer.workflow.ledger_board import LedgerBoard

LEAST_CELLS, LEAST_LINES = 24, 7
INTERVALS_UP_TO = 8
"""Of more points the intervals would cover one another: then that of the row at the cursor alone is drawn."""


@dataclass(frozen=True, slots=True)
class PlotMarks:
    """One cell each; ``unsaid`` is a proposal of which nobody has said how it ended."""

    same: str
    across: str
    upright: str
    unsaid: str
    side: str
    floor: str
    corner: str
    zero_across: str
    zero_upright: str


_UNICODE = PlotMarks("·", "─", "│", "○", "┃", "━", "┗", "┷", "┨")
_ASCII = PlotMarks(".", "-", "|", "o", "|", "=", "+", "+", "+")


def plot_marks(marks: Marks) -> PlotMarks:
    """Return the marks of plots that go with those of the screen."""
    return _ASCII if marks is ASCII else _UNICODE


def result_marks(marks: Marks) -> Mapping[str, str]:
    """Return the mark of each outcome, and of the empty text for where nobody has said it."""
    return {
        Result.SURVIVED: marks.verdicts[Verdict.SURVIVES],
        Result.FAILED: marks.verdicts[Verdict.FAILS],
        Result.PARTLY: marks.verdicts[Verdict.CONDITIONAL],
        Result.WITHDRAWN: marks.statuses[Status.SKIPPED],
        "": plot_marks(marks).unsaid,
    }


class Plot:
    """The points of one ledger in so many cells and lines, axes and their labels among them."""

    def __init__(self, board: LedgerBoard, cells: int, lines: int, marks: Marks) -> None:
        self._board = board
        self._marks = marks
        self._drawn = plot_marks(marks)
        self._scale = board.scale or Scale(0.0, 1.0)
        fine = fine_of_scale(self._scale.low, self._scale.high)
        self._low, self._high = (number(end, marks, fine) for end in (self._scale.low, self._scale.high))
        self._margin = max(len(self._low), len(self._high), len("production"))
        self._width, self._height = max(1, cells - self._margin - 1), max(1, lines - 3)
        self._results = result_marks(marks)

    def draw(self, cursor: int | None) -> Content:
        """Return the plot with the row at the place ``cursor`` marked, where it is on it."""
        grid = [[" "] * self._width for _ in range(self._height)]
        quiet = [[True] * self._width for _ in range(self._height)]
        for column in range(self._width):
            grid[self._row((column + 0.5) / self._width)][column] = self._drawn.same
        few = len(self._board.points) <= INTERVALS_UP_TO
        # That of the row at the cursor last, and in bold: it lies over the others.
        for point in sorted(self._board.points, key=lambda each: each.place == cursor):
            if few or point.place == cursor:
                for row, column in self._bars(grid, point.pair.lab, point.pair.production):
                    quiet[row][column] = point.place != cursor
        at_cursor = None
        stacked = Counter(self._cell(p.pair.lab, p.pair.production) for p in self._board.points)
        for point in self._board.points:
            row, column = cell = self._cell(point.pair.lab, point.pair.production)
            here = point.place == cursor
            at_cursor = cell if here else at_cursor
            n = stacked[cell]
            if n == 1 or here:
                grid[row][column] = self._results[self._board.rows[point.place].entry.result]
            elif cell != at_cursor:
                grid[row][column] = str(min(n, 9))
            quiet[row][column] = False
        if at_cursor is not None:
            row, column = at_cursor
            for beside, bracket in ((column - 1, "["), (column + 1, "]")):
                if 0 <= beside < self._width:
                    grid[row][beside], quiet[row][beside] = bracket, False
        return Content("\n").join([*self._upright(grid, quiet), *self._floor()])

    def _upright(self, grid: list[list[str]], quiet: list[list[bool]]) -> list[Content]:
        zero = self._zero_row()
        heading, legend = "production".rjust(self._margin), f"   {self._drawn.same * 3} nothing lost"
        fits = len(heading) + len(legend) <= self._margin + 1 + self._width
        lines = [Content.styled(heading + (legend if fits else ""), "$quiet")]
        for row, cells in enumerate(grid):
            label = self._high if row == 0 else self._low if row == self._height - 1 else "0" if row == zero else ""
            side = self._drawn.zero_upright if row == zero else self._drawn.side
            parts = [(label.rjust(self._margin) + side, "$quiet")]
            parts += [(mark, "$quiet" if quiet[row][at] else "bold") for at, mark in enumerate(cells)]
            lines.append(Content.assemble(*parts))
        return lines

    def _floor(self) -> list[Content]:
        zero = self._zero_column()
        floor = [self._drawn.floor] * self._width
        if zero is not None:
            floor[zero] = self._drawn.zero_across
        labels = [" "] * self._width
        for start, label in (
            (0, self._low),
            (self._width - len(self._high), self._high),
            ((self._width - len("lab")) // 2, "lab"),
            (-1 if zero is None else zero, "0"),
        ):
            room = labels[max(0, start - 1) : start + len(label) + 1]
            if start >= 0 and start + len(label) <= self._width and not "".join(room).strip():
                labels[start : start + len(label)] = label
        blank = " " * self._margin
        return [
            Content.styled(f"{blank}{self._drawn.corner}{''.join(floor)}", "$quiet"),
            Content.styled(f"{blank} {''.join(labels)}", "$quiet"),
        ]

    def _bars(self, grid: list[list[str]], lab: Effect, production: Effect) -> Iterator[tuple[int, int]]:
        """Draw the intervals of a point, and yield the cells that they take."""
        row, column = self._cell(lab, production)
        if lab.limits is not None:
            first, last = (self._column(self._scale.place(end)) for end in lab.limits)
            for at in range(first, last + 1):
                grid[row][at] = self._drawn.across
                yield row, at
        if production.limits is not None:
            last, first = (self._row(self._scale.place(end)) for end in production.limits)
            for at in range(first, last + 1):
                grid[at][column] = self._drawn.upright
                yield at, column

    def _cell(self, lab: Effect, production: Effect) -> tuple[int, int]:
        return self._row(self._scale.place(production.value)), self._column(self._scale.place(lab.value))

    def _column(self, place: float) -> int:
        return max(0, min(self._width - 1, int(place * self._width)))

    def _row(self, place: float) -> int:
        return max(0, min(self._height - 1, self._height - 1 - int(place * self._height)))

    def _zero_row(self) -> int | None:
        place = self._scale.place(0.0)
        return self._row(place) if 0 < place < 1 else None

    def _zero_column(self) -> int | None:
        place = self._scale.place(0.0)
        return self._column(place) if 0 < place < 1 else None
