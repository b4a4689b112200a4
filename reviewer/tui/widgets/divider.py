"""The hairline between two panes, which the mouse can take hold of."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from reviewer.tui.marks import UNICODE, Marks


class Divider(Widget):
    """A line one cell thick, across or upright as its styles make it. It moves nothing itself: it tells of the mouse.

    ``Dragged`` says where on the screen the mouse has been dragged to, ``Reset`` that it was clicked twice.
    """

    ALLOW_SELECT: ClassVar[bool] = False

    @dataclass
    class Dragged(Message):
        """The line should come to stand at this column or row of the screen."""

        divider: "Divider"
        x: int
        y: int

        @property
        def control(self) -> "Divider":
            """Return the line."""
            return self.divider

    @dataclass
    class Reset(Message):
        """The panes beside the line should be as they were in the beginning."""

        divider: "Divider"

        @property
        def control(self) -> "Divider":
            """Return the line."""
            return self.divider

    def __init__(self, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id, classes="divider")
        self._marks = marks

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        width, height = self.size
        if height > 1 or width == 1:
            return Strip([Segment(self._marks.bar * width, self.rich_style)], width)
        # The pane under it has no heading: its mark for the focus stands here.
        first = self._marks.cursor if self.has_class("-accent") else self._marks.rule
        return Strip([Segment(first + self._marks.rule * (width - 1), self.rich_style)], width)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Take hold of the line."""
        event.stop()
        self.capture_mouse()
        self.add_class("-dragged")

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Tell where the line is dragged to."""
        if self.has_class("-dragged"):
            event.stop()
            self.post_message(self.Dragged(self, int(event.screen_x), int(event.screen_y)))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Let go of the line."""
        event.stop()
        self.release_mouse()
        self.remove_class("-dragged")

    def on_click(self, event: events.Click) -> None:
        """Tell of a click that was the second of two."""
        event.stop()
        if event.chain == 2:
            self.post_message(self.Reset(self))
