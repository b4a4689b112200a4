"""Lab against production, drawn in cells: what lies on the dotted line kept its gain, what lies under it lost some.

It is read by its marks, not by its colour: those of the outcomes, brackets around the row at the cursor.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from textual.content import Content

from reviewer.domain.numbers import fine_of_scale
from reviewer.domain.vocabulary import Result, Status, Verdict
from reviewer.evidence.leaderboard import Scale
from reviewer.judgement.vanishing import Effect
from reviewer.tui.evidence_table import number
from reviewer.tui.marks import ASCII, Marks
from reviewer.workflow.ledger_board import LedgerBoard

LEAST_CELLS, LEAST_LINES = 40, 7
_ACROSS, _UPRIGHT = "lab", "production"
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
        self._margin = max(len(self._low), len(self._high), len(_UPRIGHT))
        self._width, self._height = max(1, cells - self._margin - 1), max(1, lines - 3)
        self._points = {point.place: point for point in board.points}
        self._marked = self._marks_of_points()
        self._still = self._dots_and_intervals()

    def _marks_of_points(self) -> dict[tuple[int, int], str]:
        """Return the mark of each cell with points: that of its outcome, or how many there are."""
        results, at = (
            result_marks(self._marks),
            {p: self._cell(p.pair.lab, p.pair.production) for p in self._points.values()},
        )
        stacked = Counter(at.values())
        return {
            cell: results[self._board.rows[point.place].entry.result]
            if stacked[cell] == 1
            else str(min(stacked[cell], 9))
            for point, cell in at.items()
        }

    def _dots_and_intervals(self) -> list[list[str]]:
        """Return what lies beneath the points whichever row the cursor is on."""
        grid = [[" "] * self._width for _ in range(self._height)]
        for column in range(self._width):
            grid[self._row((column + 0.5) / self._width)][column] = self._drawn.same
        if len(self._points) <= INTERVALS_UP_TO:
            for point in self._points.values():
                for (row, column), mark in self._bars(point.pair.lab, point.pair.production):
                    grid[row][column] = mark
        return grid

    def draw(self, cursor: int | None) -> Content:
        """Return the plot with the row at the place ``cursor`` marked, where it is on it."""
        grid = [row.copy() for row in self._still]
        bold = dict(self._marked)
        point = None if cursor is None else self._points.get(cursor)
        if point is not None:
            row, column = cell = self._cell(point.pair.lab, point.pair.production)
            # Over the others' intervals and beneath their marks, and its own mark where several are on one spot.
            bold = dict(self._bars(point.pair.lab, point.pair.production)) | bold
            bold[cell] = result_marks(self._marks)[self._board.rows[point.place].entry.result]
            for at, bracket in ((column - 1, "["), (column + 1, "]")):
                if 0 <= at < self._width and (row, at) not in self._marked:
                    bold[row, at] = bracket
        for (row, column), mark in bold.items():
            grid[row][column] = mark
        return Content("\n").join([*self._upright(grid, bold), *self._floor()])

    def _upright(self, grid: list[list[str]], bold: Collection[tuple[int, int]]) -> list[Content]:
        zero = self._zero_row()
        heading, legend = _UPRIGHT.rjust(self._margin), f"   {self._drawn.same * 3} nothing lost"
        fits = len(heading) + len(legend) <= self._margin + 1 + self._width
        lines = [Content.styled(heading + (legend if fits else ""), "$quiet")]
        for row, cells in enumerate(grid):
            label = self._high if row == 0 else self._low if row == self._height - 1 else "0" if row == zero else ""
            side = self._drawn.zero_upright if label == "0" else self._drawn.side
            parts = [(label.rjust(self._margin) + side, "$quiet")]
            parts += [(mark, "bold" if (row, at) in bold else "$quiet") for at, mark in enumerate(cells)]
            lines.append(Content.assemble(*parts))
        return lines

    def _floor(self) -> list[Content]:
        zero, middle = self._zero_column(), (self._width - len(_ACROSS)) // 2
        floor, labels = [self._drawn.floor] * self._width, [" "] * self._width
        for label, starts in (
            (self._low, (0,)),
            (self._high, (self._width - len(self._high),)),
            ("0", () if zero is None else (zero,)),
            (_ACROSS, (middle, middle + len(_ACROSS), middle - len(_ACROSS))),
        ):
            start = next((at for at in starts if self._is_free(labels, at, len(label))), None)
            if start is not None:
                labels[start : start + len(label)] = label
                if label == "0":
                    floor[start] = self._drawn.zero_across
        blank = " " * self._margin
        return [
            Content.styled(f"{blank}{self._drawn.corner}{''.join(floor)}", "$quiet"),
            Content.styled(f"{blank} {''.join(labels)}", "$quiet"),
        ]

    def _is_free(self, labels: Sequence[str], start: int, cells: int) -> bool:
        """Return whether a label has room there, with a blank on either side."""
        beside = "".join(labels[max(0, start - 1) : start + cells + 1])
        return 0 <= start <= self._width - cells and not beside.strip()

    def _bars(self, lab: Effect, production: Effect) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield the cells that the intervals of a point take, each with its mark."""
        row, column = self._cell(lab, production)
        if lab.limits is not None:
            first, last = (self._column(self._scale.place(end)) for end in lab.limits)
            yield from (((row, at), self._drawn.across) for at in range(first, last + 1))
        if production.limits is not None:
            last, first = (self._row(self._scale.place(end)) for end in production.limits)
            yield from (((at, column), self._drawn.upright) for at in range(first, last + 1))

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
