"""A pane of lines that is only read: help, history, differences, raw records, reports."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.worker import get_current_worker

from reviewer.tui.document_lines import PLAIN, fold_runs, overlaid

LineRole = Literal["", "strong", "dim", "added", "removed", "gone", "accent", "notice", "rule"]
"""How a stretch of text is drawn; the empty one is plain."""

Piece = tuple[str, LineRole]

WIDEST = 90
WORKER_ABOVE = 100_000
"""Lines of more characters than this in all are folded in a worker."""
_OVERLAP = 2


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of safe text before it is folded. ``mark`` stands before it, and its width as blanks before the rest."""

    pieces: tuple[Piece, ...] = ()
    mark: Piece = ("", "")

    @property
    def text(self) -> str:
        """Return the text without mark and roles."""
        return "".join(text for text, _ in self.pieces)


def plain(text: str, role: LineRole = "", *, mark: str = "", mark_role: LineRole = "dim") -> TextLine:
    """Return a line all in one role."""
    return TextLine(((text, role),), (mark, mark_role))


@dataclass(frozen=True, slots=True)
class _Folded:
    pieces: tuple[Piece, ...]
    line: int


def fold(line: TextLine, width: int) -> Iterator[tuple[Piece, ...]]:
    """Yield ``line`` as the lines that it takes within ``width`` cells, its mark before the first."""
    mark, role = line.mark
    indent = cell_len(mark)
    if indent and width - indent < min(12, width // 2):
        mark, indent = "", 0
    lead: tuple[Piece, ...] = ((mark, role),) if mark else ()
    text, room = line.text, max(1, width - indent)
    if cell_len(text) <= room:
        yield lead + line.pieces
        return
    at = 0
    for folded in fold_runs([(text, PLAIN)], room):
        at = text.index(folded.text, at)  # Nothing but blanks is left out before it.
        yield lead + tuple(_slice(line.pieces, at, at + len(folded.text)))
        at += len(folded.text)
        lead = ((" " * indent, ""),) if indent else ()


def _slice(pieces: Sequence[Piece], start: int, end: int) -> Iterator[Piece]:
    begins = 0
    for text, role in pieces:
        part = text[max(0, start - begins) : max(0, end - begins)]
        if part:
            yield part, role
        begins += len(text)


class LinesPane(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows lines, folded to the pane's width and drawn from a cache. Its screen binds the keys that scroll it.

    The component classes ``lines--strong`` and so on, one a role, say how each is drawn.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "lines--strong", "lines--dim", "lines--added", "lines--removed", "lines--gone", "lines--accent",
        "lines--notice", "lines--rule",
    }  # fmt: skip

    DEFAULT_CSS = """
    LinesPane {
        width: 1fr;
        height: 1fr;
        background: transparent;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-background: $background;
        scrollbar-color: $hairline;

        & > .lines--strong { text-style: bold; }
        & > .lines--dim { color: $quiet; }
        & > .lines--added { color: $survives; text-style: bold; }
        & > .lines--removed { color: $fails; text-style: strike; }
        & > .lines--gone { color: $fails; text-style: bold; }
        & > .lines--accent { color: $accent; text-style: bold; }
        & > .lines--notice { color: $conditional; }
        & > .lines--rule { color: $hairline; }
    }
    """

    class FoldedLines(Message):
        """A worker has folded lines. For the pane itself."""

        def __init__(self, wanted: tuple[int, int], folded: list[_Folded]) -> None:
            super().__init__()
            self.wanted = wanted
            self.folded = folded

    def __init__(self, *, widest: int = WIDEST, id: str | None = None) -> None:
        super().__init__(id=id)
        self._widest = widest
        self._lines: Sequence[TextLine] | None = None
        self._make: Callable[[int], Sequence[TextLine]] | None = None
        self._folded: list[_Folded] = []
        self._generation = 0
        self._wanted: tuple[int, int] | None = None
        self._strips: LRUCache[int, Strip] = LRUCache(512)

    margin = 0
    """Cells that are left free before the scroll bar."""

    @property
    def is_waiting(self) -> bool:
        """Say whether the lines are still being folded."""
        return self._wanted is not None

    @property
    def plain_text(self) -> str:
        """Return all lines as they are folded now."""
        return "\n".join("".join(text for text, _ in each.pieces) for each in self._folded)

    def show(
        self, lines: Sequence[TextLine] | Callable[[int], Sequence[TextLine]], *, keep_place: bool = False
    ) -> None:
        """Show ``lines``, or what a function makes of a width where it depends on it; from the top unless told not to.

        A function runs in the UI thread, so it is for little text.
        """
        self._generation += 1
        if callable(lines):
            self._make, self._lines = lines, None
        else:
            self._make, self._lines = None, lines
        if not keep_place:
            self.scroll_to(y=0, animate=False, force=True)
        self._lay_out()

    def first_row(self, line: int) -> int:
        """Return the row on which the line of that number begins."""
        return next((row for row, each in enumerate(self._folded) if each.line >= line), len(self._folded))

    def show_line(self, line: int, *, after: int = 0) -> None:
        """Scroll as little as brings the line, and ``after`` lines below it, into sight."""
        top, bottom = self.first_row(line), self.first_row(line + after + 1) - 1
        at, height = self.scroll_offset.y, max(1, self.size.height)
        if top < at:
            self.go_to(top)
        elif bottom >= at + height:
            self.go_to(min(top, bottom - height + 1))

    def on_resize(self, event: events.Resize) -> None:
        """Fold anew for another width."""
        self._lay_out()

    def notify_style_update(self) -> None:
        """Draw anew in the new theme's colours."""
        super().notify_style_update()
        self._strips.clear()

    def _lay_out(self) -> None:
        width = min(self._widest, self.scrollable_content_region.width - self.margin) if self.is_attached else 0
        if width <= 0 or (self._lines is None and self._make is None):
            return
        wanted = (self._generation, width)
        lines = self._lines if self._make is None else self._make(width)
        assert lines is not None
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if len(lines) < 2_000 and sum(len(line.text) for line in lines) <= WORKER_ABOVE:
            self._display(list(_fold_all(lines, width)))
        else:
            self.run_worker(lambda: self._work(lines, wanted), thread=True, group="lines", exclusive=True)

    def _work(self, lines: Sequence[TextLine], wanted: tuple[int, int]) -> None:
        worker = get_current_worker()
        folded: list[_Folded] = []
        for each in _fold_all(lines, wanted[1]):
            if worker.is_cancelled:
                return
            folded.append(each)
        self.post_message(self.FoldedLines(wanted, folded))

    @on(FoldedLines)
    def _take(self, message: FoldedLines) -> None:
        message.stop()
        if message.wanted == self._wanted:
            self._display(message.folded)

    def _display(self, folded: list[_Folded]) -> None:
        row = self.scroll_offset.y
        line = self._folded[row].line if 0 < row < len(self._folded) else 0
        offset = row - self.first_row(line) if line else row
        self._wanted = None
        self._folded = folded
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(folded))
        if line:
            self.go_to(self.first_row(line) + offset)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the row ``y`` of what is in view."""
        number = self.scroll_offset.y + y
        base = self.rich_style
        if not 0 <= number < len(self._folded):
            return Strip.blank(self.size.width, base)
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._strip(number)
        return strip.apply_style(base).crop_extend(0, self.size.width, base).apply_offsets(0, number)

    def _strip(self, number: int) -> Strip:
        pieces = self._folded[number].pieces
        segments = [Segment(text, self._style(role)) for text, role in pieces]
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(number)) is not None:
            start, end = span
            style = self.screen.get_component_rich_style("screen--selection")
            length = sum(len(text) for text, _ in pieces)
            return Strip(overlaid(segments, [(start, length if end == -1 else end, style)]))
        return Strip(segments)

    def _style(self, role: LineRole) -> Style | None:
        if not role:
            return None
        name = f"lines--{role}"
        rules, full = self.get_component_styles(name), self.get_component_rich_style(name)
        return rules.text_style + Style(color=full.color if rules.has_rule("color") else None)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, row by row."""
        return selection.extract(self.plain_text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw anew what is selected."""
        self._strips.clear()
        self.refresh()

    def go_to(self, row: int) -> None:
        """Scroll at once so that ``row`` is the first in sight, or as near as can be."""
        self.scroll_to(y=min(max(row, 0), self.max_scroll_y), animate=False, force=True)

    def scroll_lines(self, by: int) -> None:
        """Scroll by so many rows, down where it is positive."""
        self.go_to(self.scroll_offset.y + by)

    def scroll_pages(self, by: int) -> None:
        """Scroll by so many pages, of each of which two rows stay in sight."""
        self.go_to(self.scroll_offset.y + by * max(1, self.size.height - _OVERLAP))


def _fold_all(lines: Sequence[TextLine], width: int) -> Iterator[_Folded]:
    for number, line in enumerate(lines):
        for pieces in fold(line, width):
            yield _Folded(pieces, number)
