"""The parts of a page as lines for the terminal: what does not fit beside one another stands below one another."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from reviewer.domain.text import safe_line
from reviewer.exports.pages import Part, Table
from reviewer.tui.marks import Marks
from reviewer.tui.page_plots import plot_lines
from reviewer.tui.widgets.lines import LineRole, TextLine, plain

_GAP = 2
_CELL_LIMIT, _TEXT_LIMIT = 200, 2000
METHOD = "method"
"""The column that is left out where there is no room for it; `reviewer stats` has it."""


def part_lines(part: Part, width: int, marks: Marks) -> Iterator[TextLine]:
    """Yield a part within so many cells."""
    yield plain(safe_line(part.heading, _TEXT_LIMIT), "strong")
    if part.plot is not None:
        yield from plot_lines(part.plot, width, marks)
        yield plain(safe_line(part.plot_caption, _TEXT_LIMIT), "dim")
        yield TextLine()
    for table in part.tables:
        yield from table_lines(table, width)
    for sentence in part.sentences:
        yield plain(safe_line(sentence, _TEXT_LIMIT), mark="- ")
    for note in part.notes:
        yield plain(safe_line(note, _TEXT_LIMIT), "dim", mark="? ")
    yield TextLine()


def table_lines(table: Table, width: int) -> Iterator[TextLine]:
    """Yield a table: in columns where they fit, else each row below its first cell."""
    rows = [[safe_line(cell, _CELL_LIMIT) for cell in row] for row in table.rows]
    names = [column.name for column in table.columns]
    numbers = [column.number for column in table.columns]
    if names[-1] == METHOD and _width([names, *rows]) > width:
        rows, names, numbers = [row[:-1] for row in rows], names[:-1], numbers[:-1]
    if _width([names, *rows]) > width:
        yield from _stacked(names, rows)
        return
    widths = [max(cell_len(row[i]) for row in (names, *rows)) for i in range(len(names))]
    for place, row in enumerate((names, *rows)):
        cells = [_in_cells(text, cells, right) for text, cells, right in zip(row, widths, numbers, strict=True)]
        role: LineRole = "" if place else "dim"
        yield plain((" " * _GAP).join(cells).rstrip(), role)


def _width(rows: Sequence[Sequence[str]]) -> int:
    return sum(max(map(cell_len, column)) + _GAP for column in zip(*rows, strict=True)) - _GAP


def _stacked(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[TextLine]:
    for row in rows:
        yield plain(row[0])
        told = [f"{name} {cell}" for name, cell in zip(names[1:], row[1:], strict=True) if cell]
        yield plain(", ".join(told), "dim", mark="  ")


def _in_cells(text: str, cells: int, right: bool) -> str:
    blanks = " " * (cells - cell_len(text))
    return blanks + text if right else text + blanks
