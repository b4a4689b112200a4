"""The evidence pane: one line a metric, dataset and setting, in columns that line up on the decimal point."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from reviewer.tui.cells import cut
from reviewer.tui.evidence_table import EvidenceCells

NOT_MEASURED, NOT_MEASURED_SHORT = "not measured", "none"

Column = tuple[str, Callable[[EvidenceCells], str], str]
"""A column's heading, how its cell is had, and how it is aligned: ``left``, ``right`` or on the ``point``."""

_COLUMNS: tuple[Column, ...] = (
    ("", lambda c: c.metric, "left"),
    ("", lambda c: c.dataset, "left"),
    ("", lambda c: c.setting, "left"),
    ("proposal", lambda c: c.proposal or NOT_MEASURED, "point"),
    ("", lambda c: c.proposal_error, "left"),
    ("", lambda c: c.proposal_n, "right"),
    ("baseline", lambda c: c.baseline or NOT_MEASURED, "point"),
    ("", lambda c: c.baseline_error, "left"),
    ("", lambda c: c.baseline_n, "right"),
    ("difference", lambda c: c.difference, "point"),
    ("", lambda c: c.basis, "left"),
    ("", lambda c: c.note, "left"),
)
_DROPPED_IN_TURN = (11, 10, 5, 8)
"""Which columns go, one after the other, where the width is too small for all: note, basis, then the seeds' number."""

_OF_PROPOSAL = frozenset({3, 4, 5, 9})
_QUIET = frozenset({4, 5, 7, 8, 10, 11})
GAP = 2


class EvidencePane(ScrollView, can_focus=True):
    """Shows the rows of evidence under a line of headings, and scrolls where they are more than fit."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"evidence--text", "evidence--quiet", "evidence--strong"}

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._cells: tuple[EvidenceCells, ...] = ()
        self._empty = ""
        self._alone = False
        self._lines: list[Strip] | None = None

    def show_rows(self, cells: Sequence[EvidenceCells], empty: str, *, alone: bool = False) -> None:
        """Show these rows, or the sentence ``empty`` where there are none; ``alone`` are a baseline's by itself."""
        self._alone = alone
        self._cells = tuple(cells)
        self._empty = empty
        self._lines = None
        self.scroll_to(y=0, animate=False)
        self._measure()
        self.refresh()

    @property
    def height_wanted(self) -> int:
        """Return how many lines would show everything: the headings and the rows."""
        return max(2, len(self._cells) + 1)

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the columns out anew for the new width."""
        self._lines = None
        self._measure()

    def notify_style_update(self) -> None:
        """Draw anew in the new theme's colours."""
        super().notify_style_update()
        self._lines = None

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.height_wanted)

    def render_line(self, y: int) -> Strip:
        """Draw one line; the headings stay on top while the rows scroll."""
        width = self.scrollable_content_region.width
        if self._lines is None:
            self._lines = self._lay_out(width)
        place = 0 if y == 0 else y + int(self.scroll_offset.y)
        base = self.get_component_rich_style("evidence--text")
        if place >= len(self._lines):
            return Strip.blank(width, base)
        return self._lines[place].adjust_cell_length(width, base)

    def _lay_out(self, width: int) -> list[Strip]:
        base = self.get_component_rich_style("evidence--text")
        quiet = base + Style(color=self.get_component_rich_style("evidence--quiet").color)
        strong = base + Style(bold=True)
        if not self._cells:
            return [Strip([Segment(cut(f" {self._empty}", max(1, width)), quiet)])]
        columns = self._columns(NOT_MEASURED)
        essential = [i for i in columns if i not in _DROPPED_IN_TURN]
        if _total(essential, _widths(essential, columns)) > width:
            columns = self._columns(NOT_MEASURED_SHORT)
        shown = [i for i in columns if any(cell.strip() for cell in columns[i])]
        widths = _widths(shown, columns)
        for dropped in _DROPPED_IN_TURN:
            if _total(shown, widths) <= width:
                break
            if dropped == 11 and dropped in shown:
                room = width - _total([i for i in shown if i != dropped], widths) - GAP
                if room >= 16:
                    widths[dropped] = room
                    break
            shown = [i for i in shown if i != dropped]
        lines = [_line([(cut(_COLUMNS[i][0], widths[i]), quiet) for i in shown])]
        for place in range(len(self._cells)):
            parts: list[tuple[str, Style]] = []
            for i in shown:
                absent = columns[i][place].strip() in (NOT_MEASURED, NOT_MEASURED_SHORT)
                style = strong if i == 9 else quiet if i in _QUIET or absent else base
                shorten = _whole_parts if i == 11 else cut
                parts.append((shorten(columns[i][place], widths[i]), style))
            lines.append(_line(parts))
        return lines

    def _columns(self, absent: str) -> dict[int, list[str]]:
        cells = {i: [c[1](row) for row in self._cells] for i, c in enumerate(_COLUMNS)}
        return {
            i: _aligned([absent if text == NOT_MEASURED else text for text in cells[i]], _COLUMNS[i][2])
            for i in cells
            if not (self._alone and i in _OF_PROPOSAL)
        }


def _whole_parts(note: str, width: int) -> str:
    """Return a note in so many cells: as many of its parts as fit whole, since half a number would be another one."""
    if cell_len(note) <= width:
        return cut(note, width)
    kept = note
    while cell_len(kept) + 2 > width and kept:
        kept = kept[: max(kept.rfind(", "), kept.rfind("; "), 0)]
    return cut(f"{kept} …" if kept else "…", width)


def _widths(shown: Sequence[int], columns: dict[int, list[str]]) -> dict[int, int]:
    return {i: max(cell_len(_COLUMNS[i][0]), *(cell_len(c) for c in columns[i])) for i in shown}


def _total(shown: Sequence[int], widths: dict[int, int]) -> int:
    return 1 + sum(widths[i] for i in shown) + GAP * (len(shown) - 1)


def _line(parts: Sequence[tuple[str, Style]]) -> Strip:
    segments = [Segment(" ", parts[0][1] if parts else None)]
    for i, (text, style) in enumerate(parts):
        if i:
            segments.append(Segment(" " * GAP, style))
        segments.append(Segment(text, style))
    return Strip(segments)


def _aligned(cells: Sequence[str], how: str) -> list[str]:
    """Return the cells padded so that they line up: on the decimal point, at the right, or not at all."""
    if how == "left":
        return list(cells)
    if how == "right":
        width = max((cell_len(c) for c in cells), default=0)
        return [" " * (width - cell_len(c)) + c for c in cells]
    heads = [c.partition(".")[0] if any(d.isdigit() for d in c) else "" for c in cells]
    width = max((cell_len(h) for h in heads), default=0)
    return [
        " " * (width - cell_len(head)) + c if any(d.isdigit() for d in c) else c
        for c, head in zip(cells, heads, strict=True)
    ]
