"""The plots of a page in cells: read by their marks, so that neither colour nor more than ASCII is needed."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits
from reviewer.domain.numbers import MINUS, fine_of_scale, number
from reviewer.domain.text import safe_line
from reviewer.exports.pages import Bars, Boxes, CurvePoint, Plot, Reliability, Scatter
from reviewer.tui.cells import cut
from reviewer.tui.ledger_plot import INTERVALS_UP_TO, PlotMarks, plot_marks
from reviewer.tui.marks import ASCII, Marks
from reviewer.tui.widgets.lines import TextLine, plain

_MOST_NAME, _NAME_LIMIT = 24, 60
_MOST_CELLS, _MOST_LINES = 64, 15
_LEAST_CELLS = 24


def plot_lines(plot: Plot, width: int, marks: Marks) -> Iterator[TextLine]:
    """Yield the lines of a plot within so many cells."""
    if isinstance(plot, Bars):
        yield from _bars(plot, width, marks)
    elif isinstance(plot, Boxes):
        yield from _boxes(plot, width, marks)
    elif width < _LEAST_CELLS:
        yield plain("The plot needs a wider window.", "dim")
    elif isinstance(plot, Reliability):
        yield from _reliability(plot, width, marks)
    else:
        yield from _scatter(plot, width, marks)


def _bars(plot: Bars, width: int, marks: Marks) -> Iterator[TextLine]:
    names = _names([bar.name for bar in plot.bars], width, marks)
    totals = [f"{sum(bar.counts):,}" for bar in plot.bars]
    most = max((sum(bar.counts) for bar in plot.bars), default=0)
    room = max(4, width - cell_len(names[0] if names else "") - max(map(len, totals), default=0) - 4)
    each = list(marks.verdicts.values())
    step = -(-most // room) or 1
    for name, bar, total in zip(names, plot.bars, totals, strict=True):
        drawn = "".join(mark * n for mark, n in zip(each, _shared(bar.counts, step), strict=False))
        yield TextLine(((f"{name}  ", ""), (drawn, "strong"), (f"  {total}", "dim")))
    named = "   ".join(f"{mark} {word}" for mark, word in zip(each, plot.words, strict=False))
    yield plain(named + (f"   a mark is {counted(step, 'judgement')}" if step > 1 else ""), "dim")


def _shared(counts: Sequence[int], step: int) -> list[int]:
    """Return how many cells each count has of those of all, so that they add up; none that is there has none."""
    cells, passed, done = [], 0, 0
    for n in counts:
        passed += n
        end = max(-(-passed // step), done + (n > 0)) if n else done
        cells.append(end - done)
        done = end
    return cells


def _boxes(plot: Boxes, width: int, marks: Marks) -> Iterator[TextLine]:
    names = _names([box.name for box in plot.boxes], width, marks)
    room = max(8, min(_MOST_CELLS, width - cell_len(names[0] if names else "") - 4))
    most = max((box.high for box in plot.boxes), default=0.0) or 1.0
    for name, box in zip(names, plot.boxes, strict=True):
        cells = [" "] * room
        low, middle, high = (min(room - 1, int(x / most * (room - 1) + 0.5)) for x in (box.low, box.middle, box.high))
        cells[low : high + 1] = marks.span.line * (high + 1 - low)
        cells[low], cells[high], cells[middle] = marks.span.low, marks.span.high, marks.span.value
        yield TextLine(((f"{name}  ", ""), ("".join(cells), "strong")))
    last = f"{most:.0f} {plot.unit}"
    yield plain(f"{' ' * (cell_len(names[0]) if names else 0)}  0{last.rjust(room - 1)}", "dim")


def _names(names: Sequence[str], width: int, marks: Marks) -> list[str]:
    safe = [safe_line(name, _NAME_LIMIT) for name in names]
    cells = min(max(map(cell_len, safe), default=0), _MOST_NAME, max(6, width // 3))
    return [cut(name, cells, marks.ellipsis) for name in safe]


def _reliability(plot: Reliability, width: int, marks: Marks) -> Iterator[TextLine]:
    canvas = _Canvas(width, ("0", "100 %"), marks)
    canvas.diagonal()
    shade = ":" if marks is ASCII else "░"
    points = sorted(plot.points, key=lambda p: p.forecast)
    for column in range(canvas.width):
        x = (column + 0.5) / canvas.width
        around = _at(points, x)
        if around is not None:
            canvas.upright(x, around, shade, keep=canvas.drawn.same)
    for p in points:
        canvas.put(p.forecast, p.share, marks.span.value)
    yield from canvas.lines("forecast", "survived", f"{canvas.drawn.same * 3} calibrated   {shade * 3} band")


def _at(points: Sequence[CurvePoint], x: float) -> Limits | None:
    """Return the band at a forecast, between those of the points on either side; None beyond them."""
    if not points or not points[0].forecast <= x <= points[-1].forecast:
        return None
    after = next(i for i, p in enumerate(points) if p.forecast >= x)
    left, right = points[max(0, after - 1)], points[after]
    share = 0.0 if right.forecast == left.forecast else (x - left.forecast) / (right.forecast - left.forecast)
    return left.low + share * (right.low - left.low), left.high + share * (right.high - left.high)


def _scatter(plot: Scatter, width: int, marks: Marks) -> Iterator[TextLine]:
    low, high = plot.scale
    fine = fine_of_scale(low, high)
    ends = tuple(number(end, fine).replace("-", MINUS) for end in (low, high))
    canvas = _Canvas(width, (ends[0], ends[1]), marks)
    canvas.diagonal()

    def place(value: float) -> float:
        return (value - low) / (high - low)

    few = len(plot.points) <= INTERVALS_UP_TO
    for p in plot.points if few else ():
        if p.lab_limits:
            canvas.across(place(p.production), (place(p.lab_limits[0]), place(p.lab_limits[1])))
        if p.production_limits:
            ends_of = (place(p.production_limits[0]), place(p.production_limits[1]))
            canvas.upright(place(p.lab), ends_of, canvas.drawn.upright)
    for p in plot.points:
        canvas.put(place(p.lab), place(p.production), marks.span.value)
    yield from canvas.lines(
        "lab", "production", f"{canvas.drawn.same * 3} nothing lost{'' if few else '   no intervals, of so many'}"
    )


class _Canvas:
    """A square in cells with the same scale both ways; places run from 0 to 1, to the right and upwards."""

    def __init__(self, width: int, ends: tuple[str, str], marks: Marks) -> None:
        self.drawn: PlotMarks = plot_marks(marks)
        self._ends = ends
        self._margin = max(map(len, ends))
        self.width = min(_MOST_CELLS, width - self._margin - 2)
        self._height = min(_MOST_LINES, max(7, self.width // 3))
        self._cells = [[" "] * self.width for _ in range(self._height)]

    def diagonal(self) -> None:
        """Draw where both are the same."""
        for column in range(self.width):
            self._cells[self._row((column + 0.5) / self.width)][column] = self.drawn.same

    def put(self, x: float, y: float, mark: str) -> None:
        """Put a mark at a place."""
        self._cells[self._row(y)][self._column(x)] = mark

    def across(self, y: float, ends: tuple[float, float]) -> None:
        """Draw an interval from left to right."""
        for column in range(self._column(ends[0]), self._column(ends[1]) + 1):
            self._cells[self._row(y)][column] = self.drawn.across

    def upright(self, x: float, ends: tuple[float, float], mark: str, *, keep: str = "") -> None:
        """Draw an interval from the bottom to the top, around what is to be kept."""
        column = self._column(x)
        for row in range(self._row(ends[1]), self._row(ends[0]) + 1):
            if self._cells[row][column] != keep:
                self._cells[row][column] = mark

    def lines(self, across: str, upright: str, legend: str) -> Iterator[TextLine]:
        """Yield the lines, with the axes and what they are."""
        yield plain(f"{' ' * self._margin} {upright}   {legend}", "dim")
        for row, cells in enumerate(self._cells):
            label = self._ends[1] if row == 0 else self._ends[0] if row == self._height - 1 else ""
            yield TextLine(((f"{label.rjust(self._margin)}{self.drawn.side}", "dim"), ("".join(cells), "")))
        blank = " " * self._margin
        yield plain(f"{blank}{self.drawn.corner}{self.drawn.floor * self.width}", "dim")
        low, high = self._ends
        yield plain(f"{blank} {low}{across.center(self.width - len(low) - len(high))}{high}", "dim")

    def _column(self, place: float) -> int:
        return max(0, min(self.width - 1, int(place * self.width)))

    def _row(self, place: float) -> int:
        return max(0, min(self._height - 1, self._height - 1 - int(place * self._height)))
