"""The pane in which Claude's doubts are read: lines, and the items among them that one steps through."""

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from reviewer.tui.bound_keys import bind_over
from reviewer.tui.keys import Keymap, bindings
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.widgets.lines import LinesPane, TextLine

GUTTER = "  "
"""What each line begins with: the mark of the item that one is at stands in its first cell."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that one can be at: its name, its first and last line, and the line of its heading before them."""

    name: str
    first: int
    last: int
    heading: int


@dataclass(frozen=True, slots=True)
class Page:
    """What the pane shows: lines safe to show, and the items among them, in their order."""

    lines: tuple[TextLine, ...] = ()
    items: tuple[Item, ...] = ()


class CritiquePane(LinesPane):
    """Shows one page, and which of its items one is at. Its keys act on the screen that holds it."""

    margin = 1

    class Moved(Message):
        """One is at another item, by the mouse."""

    def __init__(self, keymap: Keymap, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._page = Page()
        self._at = ""
        bind_over(self, bindings("critic", keymap))

    @property
    def item(self) -> Item | None:
        """Return the item that one is at; None where there is none."""
        return next((each for each in self._page.items if each.name == self._at), None)

    @property
    def page(self) -> Page:
        """Return what is shown."""
        return self._page

    def show_page(self, page: Page, *, anew: bool = True) -> None:
        """Show a page: ``anew`` from its top and at its first item, else where one is."""
        if page == self._page and not anew:
            return
        self._page = page
        if anew or self.item is None:
            self._at = page.items[0].name if page.items else ""
        self.show(page.lines, keep_place=not anew)

    def step(self, by: int) -> bool:
        """Go so many items on; where there are none, scroll. Return whether one is at another item."""
        items = self._page.items
        if not items:
            self.scroll_lines(by)
            return False
        at = next((place for place, each in enumerate(items) if each.name == self._at), 0)
        return self._go_to_item(items[max(0, min(at + by, len(items) - 1))])

    def go_to_item(self, name: str) -> None:
        """Go to the item of that name, where there is one."""
        for item in self._page.items:
            if item.name == name:
                self._go_to_item(item)

    def _go_to_item(self, item: Item) -> bool:
        moved, self._at = item.name != self._at, item.name
        if item is self._page.items[0]:
            self.go_to(0)  # with what stands above it
        self.show_line(item.heading, after=item.last - item.heading)
        self._strips.clear()
        self.refresh()
        return moved

    def show_item(self) -> None:
        """Bring the item that one is at into sight."""
        if (item := self.item) is not None:
            self.show_line(item.heading, after=item.last - item.heading)

    def on_click(self, event: events.Click) -> None:
        """Go to the item that was clicked."""
        row = self.scroll_offset.y + event.get_content_offset_capture(self).y
        line = self._folded[row].line if 0 <= row < len(self._folded) else -1
        for item in self._page.items:
            if item.first <= line <= item.last and self._go_to_item(item):
                self.post_message(self.Moved())

    def _strip(self, number: int) -> Strip:
        strip = super()._strip(number)
        item = self.item
        if item is None or not item.first <= self._folded[number].line <= item.last or strip.cell_length < 1:
            return strip
        accent = self._style("accent") or Style()
        return Strip([Segment(self._marks.cursor, accent), *strip.crop(1)])
