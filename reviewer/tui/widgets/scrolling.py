"""A pane of lines that is scrolled by keys: at once, and with word to whoever keeps another one beside it in step."""

from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView

_OVERLAP = 2
"""How many lines of a page are seen again on the next."""


class ScrollingPane(ScrollView, can_focus=True):
    """Scrolls by lines and pages. What it shows is for the subclass, which says by ``is_filled`` if it is there."""

    class Scrolled(Message):
        """The reader scrolled (not ``scroll_fraction``); ``fraction`` is how far down, 0 to 1."""

        def __init__(self, pane: "ScrollingPane", fraction: float) -> None:
            super().__init__()
            self.pane = pane
            self.fraction = fraction

        @property
        def control(self) -> "ScrollingPane":
            """Return the pane that was scrolled."""
            return self.pane

    _follows = False
    """Whether it is being scrolled because another pane was."""

    @property
    def is_filled(self) -> bool:
        """Say whether there is anything to scroll."""
        return True

    @property
    def scroll_fraction(self) -> float:
        """How far down the document is scrolled, 0 to 1. Setting it posts no ``Scrolled``."""
        return self.scroll_y / self.max_scroll_y if self.max_scroll_y else 0.0

    @scroll_fraction.setter
    def scroll_fraction(self, fraction: float) -> None:
        self._follows = True
        try:
            self.go_to(round(fraction * self.max_scroll_y))
        finally:
            self._follows = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that the reader scrolled, so that the pane beside can follow."""
        super().watch_scroll_y(old_value, new_value)
        if not self._follows and round(old_value) != round(new_value) and self.is_filled:
            self.post_message(self.Scrolled(self, self.scroll_fraction))

    def hold_lines(self, count: int) -> None:
        """Say of how many lines there are now that one can scroll through them.

        The screen is laid out anew only where the scroll bar comes or goes: that is a tenth of what a key costs.
        """
        size = Size(self.scrollable_content_region.width, count)
        height = self.container_size.height
        if size.width != self.virtual_size.width or (size.height > height) != (self.virtual_size.height > height):
            self.virtual_size = size
        elif size != self.virtual_size:
            self.set_reactive(ScrollingPane.virtual_size, size)
            if self.show_vertical_scrollbar:
                self.vertical_scrollbar.window_virtual_size = count

    def line_down(self) -> bool:
        """Scroll down a line; say whether there was one. Likewise the methods below."""
        return self.go_to(self.scroll_offset.y + 1)

    def line_up(self) -> bool:
        """Scroll up a line."""
        return self.go_to(self.scroll_offset.y - 1)

    def page_down(self) -> bool:
        """Scroll down a page, of which two lines stay in sight."""
        return self.go_to(self.scroll_offset.y + max(1, self.size.height - _OVERLAP))

    def page_up(self) -> bool:
        """Scroll up a page."""
        return self.go_to(self.scroll_offset.y - max(1, self.size.height - _OVERLAP))

    def to_top(self) -> bool:
        """Scroll to the first line."""
        return self.go_to(0)

    def to_end(self) -> bool:
        """Scroll to the last line."""
        return self.go_to(self.max_scroll_y)

    def to_line(self, line: int) -> bool:
        """Scroll so that ``line``, a heading's for instance, is the first in sight."""
        return self.go_to(line)

    def go_to(self, line: int) -> bool:
        """Scroll at once so that ``line`` is the first in sight, or as near as can be; say whether that moved it."""
        before = self.scroll_offset.y
        self.scroll_to(y=min(max(line, 0), self.max_scroll_y), animate=False, force=True)
        return self.scroll_offset.y != before

    def action_scroll_down(self) -> None:
        """Scroll at once: an animation would keep the reader waiting. Likewise the actions below."""
        self.line_down()

    def action_scroll_up(self) -> None:
        """Scroll up a line."""
        self.line_up()

    def action_page_down(self) -> None:
        """Scroll down a page."""
        self.page_down()

    def action_page_up(self) -> None:
        """Scroll up a page."""
        self.page_up()

    def action_scroll_home(self) -> None:
        """Scroll to the first line."""
        self.to_top()

    def action_scroll_end(self) -> None:
        """Scroll to the last line."""
        self.to_end()
