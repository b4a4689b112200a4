"""Tables of a document: columns that line up on the decimal point, folded cells, or one record a row where too wide."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from reviewer.tui.document_lines import PLAIN, Folded, LineWriter, Run, cut_cells, fold_runs, runs_text

Cell = Sequence[Run]

_GAP = 2
_NARROWEST = 10
"""A column of words is never narrower than this, unless its words are."""

_NUMBER = re.compile(
    r"[~≈<>≤≥=]? ?[+\-−–±]? ?[$€£]?(?P<whole>\d[\d,']*)?(?P<part>\.\d+)?(?:[eE][+\-−]?\d+)?"
    r" ?(?:%|‰|×|x|pp|pts?|[kKMBGT]|[kMGT]?B|ms|s|min|h|d)? ?(?:[±+/\-−–] ?[\d.,]+ ?%?)?"
    r" ?(?:[(\[][^()\[\]]{0,24}[)\]])? ?[*†‡✓✗↑↓]{0,3}"
)
_PLACEHOLDER = re.compile(r"[^\d]{1,14}")


@dataclass(frozen=True, slots=True)
class _Column:
    align: str
    natural: int
    narrowest: int
    point: int = 0
    """For a column of numbers: how many cells stand before the decimal point at most; else 0."""
    body: int = 0
    """For a column of numbers: how many cells they take when lined up."""


def write_table(writer: LineWriter, header: Sequence[Cell], rows: Sequence[Sequence[Cell]], aligns: list[str]) -> None:
    """Write a table within the writer's room. ``aligns`` holds "left", "right", "center" or "" for each column.

    Columns of words are folded, columns of numbers never are. Where that is not enough, each row becomes a record:
    its first cell, and below it a line for each other column.
    """
    columns = [
        _column(head, [row[index] for row in rows if index < len(row)], align)
        for index, (head, align) in enumerate(zip(header, aligns, strict=True))
    ]
    widths = _widths(columns, writer.room - _GAP * (len(columns) - 1))
    if widths is None:
        _write_records(writer, header, rows)
        return
    style = writer.style
    heads = [[(text, style.dim + run_style) for text, run_style in head] for head in header]
    _write_row(writer, heads, columns, widths, is_header=True)
    hairline = "─" * (sum(widths) + _GAP * (len(widths) - 1))
    writer.line([Segment(hairline, style.rule)], hairline)
    blurred = False
    for row in rows:
        if blurred:
            writer.line([], "")
        blurred = _write_row(writer, row, columns, widths)


def _column(head: Cell, body: Sequence[Cell], align: str) -> _Column:
    texts = [runs_text(cell).strip() for cell in body]
    head_text = runs_text(head)
    head_width = cell_len(head_text)
    longest_head = max(map(cell_len, head_text.split()), default=0)
    numbers = [text for text in texts if _is_number(text)]
    if numbers and align != "center" and all(_is_number(t) or not t or _PLACEHOLDER.fullmatch(t) for t in texts):
        point = max(map(_before_point, numbers))
        lined_up = point + max(cell_len(text) - _before_point(text) for text in numbers)
        width = max(lined_up, *(cell_len(text) for text in texts))
        return _Column("number", max(width, head_width), max(width, longest_head), point, lined_up)
    natural = max(head_width, *(cell_len(text) for text in texts), 0)
    longest = max([longest_head, *(cell_len(word) for text in texts for word in text.split())])
    return _Column(align or "left", natural, max(longest, min(natural, _NARROWEST)))


def _is_number(text: str) -> bool:
    match = _NUMBER.fullmatch(text)
    return match is not None and bool(match["whole"] or match["part"])


def _before_point(text: str) -> int:
    match = _NUMBER.match(text)
    if match is None:
        return 0
    end = match.start("part") if match["part"] else match.end("whole")
    return cell_len(text[:end])


def _widths(columns: Sequence[_Column], room: int) -> list[int] | None:
    """Return the width of each column, the widest shrunk first; None where they cannot stand side by side."""
    if sum(c.natural for c in columns) <= room:
        return [c.natural for c in columns]
    if sum(c.narrowest for c in columns) > room:
        return None
    low, high = 0, max(c.natural for c in columns)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(max(c.narrowest, min(c.natural, middle)) for c in columns) <= room:
            low = middle
        else:
            high = middle - 1
    widths = [max(c.narrowest, min(c.natural, low)) for c in columns]
    spare = room - sum(widths)
    for index, column in enumerate(columns):
        if spare and widths[index] == low < column.natural:
            widths[index] += 1
            spare -= 1
    return widths


def _write_row(
    writer: LineWriter,
    cells: Sequence[Cell],
    columns: Sequence[_Column],
    widths: Sequence[int],
    *,
    is_header: bool = False,
) -> bool:
    """Write one row, which may take several lines; say whether its first cell does, so that no row's start shows."""
    folded = [list(fold_runs(cell, width)) for cell, width in zip([*cells, *[()] * len(columns)], widths, strict=False)]
    height = max(map(len, folded))
    for number in range(height):
        segments: list[Segment] = []
        text = ""
        for lines, column, width, last in zip(folded, columns, widths, _last(len(widths)), strict=True):
            index = number - (height - len(lines)) if is_header else number
            part = lines[index] if 0 <= index < len(lines) else Folded([], "", None)
            left = max(0, _left_pad(part.text, column, width, is_header))
            right = 0 if last else max(0, width - left - cell_len(part.text)) + _GAP
            segments += [Segment(" " * left), *part.segments, Segment(" " * right)]
            text += " " * left + part.text + " " * right
        writer.line([segment for segment in segments if segment.text], text)
    return len(folded[0]) > 1


def _last(count: int) -> list[bool]:
    return [False] * (count - 1) + [True]


def _left_pad(text: str, column: _Column, width: int, is_header: bool) -> int:
    free = width - cell_len(text)
    if column.align == "center":
        return free // 2
    if column.align == "right" or (column.align == "number" and is_header):
        return free
    if column.align == "left":
        return 0
    outside = width - column.body
    if _is_number(text):
        return outside + column.point - _before_point(text)
    return max(outside, outside + column.point - cell_len(text)) if cell_len(text) <= column.body else free


def _write_records(writer: LineWriter, header: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
    style = writer.style
    names = [runs_text(head).strip() for head in header]
    widest = min(max(map(cell_len, names[1:]), default=0), max(1, writer.room * 2 // 5))
    for number, row in enumerate(rows):
        if number:
            writer.gap()
        writer.text([(text, style.strong + run_style) for text, run_style in row[0]] if row else [("", PLAIN)])
        for name, cell in zip(names[1:], row[1:], strict=False):
            if runs_text(cell).strip():
                _write_field(writer, cut_cells(name, widest), widest, cell, style.dim)


def _write_field(writer: LineWriter, name: str, width: int, cell: Cell, dim: Style) -> None:
    pad = " " * (width - cell_len(name) + _GAP)
    writer.push((f"  {name}{pad}", dim), (" " * (2 + width + _GAP), PLAIN))
    writer.text(cell)
    writer.pop()
