"""A short list of rows with a cursor, drawn a line at a time, so that a thousand of them cost no more than ten."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from reviewer.tui.marks import UNICODE, Marks

Draw = Callable[[int, int], Content]
"""Gives a row, by its place, within so many cells. Outside text in it is safe already."""

_CURSOR_CELLS = 2


class RowList(ScrollView, can_focus=False, inherit_bindings=False):
    """Draws rows and keeps the one with the cursor in sight. It takes no keys: the screen moves the cursor."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--cursor"}

    @dataclass
    class Picked(Message):
        """A row was clicked; ``again`` where the cursor stood on it already."""

        rows: "RowList"
        place: int
        again: bool

        @property
        def control(self) -> "RowList":
            """Return the list."""
            return self.rows

    def __init__(self, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._count = 0
        self._draw: Draw = lambda _place, _width: Content("")
        self._cursor: int | None = None

    @property
    def cursor(self) -> int | None:
        """Return the place of the row that the cursor stands on, or None where there is none."""
        return self._cursor

    @property
    def count(self) -> int:
        """Return how many rows there are."""
        return self._count

    def show(self, count: int, draw: Draw, cursor: int | None = 0) -> None:
        """Show so many rows, with the cursor on one of them or on none."""
        self._count, self._draw = count, draw
        self._cursor = None if cursor is None or not count else max(0, min(cursor, count - 1))
        self.virtual_size = Size(0, count)
        self.refresh(layout=True)
        self._follow()

    def move(self, steps: int) -> None:
        """Move the cursor by so many rows, as far as there are rows; from nowhere, to the first or the last."""
        if self._cursor is None:
            self.move_to(0 if steps > 0 else self._count - 1)
        else:
            self.move_to(self._cursor + steps)

    def move_to(self, place: int) -> None:
        """Put the cursor on a row, or on the nearest there is."""
        if self._count:
            self._cursor = max(0, min(place, self._count - 1))
            self.refresh()
            self._follow()

    @property
    def page(self) -> int:
        """Return how many rows a page is."""
        return max(1, self.size.height - 1)

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in sight when the height changes."""
        self._follow()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the row under the mouse."""
        place = round(self.scroll_y) + event.y
        if 0 <= place < self._count:
            again = place == self._cursor
            self.move_to(place)
            self.post_message(self.Picked(self, place, again))

    def _follow(self) -> None:
        if self._cursor is not None and self.size.height:
            self.scroll_to_region(Region(0, self._cursor, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        """Draw one row, with the cursor's mark where it stands."""
        width = self.scrollable_content_region.width
        place = round(self.scroll_y) + y
        if place >= self._count:
            return Strip.blank(width, self.rich_style)
        here = place == self._cursor
        base = self.get_visual_style("row-list--cursor") if here else self.visual_style
        mark = Content.styled(f"{self._marks.cursor} ", "$accent") if here else Content("  ")
        line = mark + self._draw(place, max(0, width - _CURSOR_CELLS))
        return Strip(line.render_segments(base), line.cell_length).adjust_cell_length(width, base.rich_style)
