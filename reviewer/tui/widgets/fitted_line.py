"""A line of text that is made for the width that it has when it is drawn."""

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget

OfWidth = Callable[[int], str | Content]
"""Gives what stands on so many cells, safe to show."""


class FittedLine(Widget):
    """Shows one line that never stands as it was for another width; of a height that its styles give."""

    def __init__(self, first: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._of_width: OfWidth = lambda _width: first

    def show(self, of_width: OfWidth) -> None:
        """Show what this gives for the width."""
        self._of_width = of_width
        self.refresh()

    def render(self) -> Content:
        """Return the line for the width as it is now."""
        words = self._of_width(max(0, self.content_size.width))
        return words if isinstance(words, Content) else Content(words)
