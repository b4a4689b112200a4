"""The lines of a form that are not typed in: one of a few things to choose from, and something to do."""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static


class ChoiceLine(Static, can_focus=True):
    """A few values in a row, one of which holds; ← → and space go through them, and so does a click."""

    class Changed(Message):
        """Another value holds now."""

        def __init__(self, line: "ChoiceLine") -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> "ChoiceLine":
            """Return the line."""
            return self.line

    def __init__(self, values: Sequence[tuple[str, str]], *, id: str | None = None) -> None:
        """Make a line of ``values``: each with the word that is shown for it. The first of them holds."""
        super().__init__(id=id)
        self._values = tuple(values)
        self._at = 0

    @property
    def value(self) -> str:
        """Return the value that holds."""
        return self._values[self._at][0]

    def choose(self, value: str) -> None:
        """Let ``value`` hold."""
        self._go_to([known for known, _ in self._values].index(value))

    def render(self) -> Content:
        """Draw the values, brackets around the one that holds."""
        parts = [
            Content.styled(f"[{words}]", "bold") if place == self._at else Content.styled(f" {words} ", "$quiet")
            for place, (_, words) in enumerate(self._values)
        ]
        return Content(" ").join(parts)

    def on_key(self, event: events.Key) -> None:
        """Go to the value beside."""
        step = {"left": -1, "right": 1, "space": 1}.get(event.key)
        if step is not None:
            event.stop()
            event.prevent_default()
            self._go_to((self._at + step) % len(self._values))

    def on_click(self, event: events.Click) -> None:
        """Take the value under the mouse."""
        begins = 0
        for place, (_, words) in enumerate(self._values):
            if begins <= event.x < begins + len(words) + 2:
                self._go_to(place)
            begins += len(words) + 3

    def _go_to(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self.refresh()
            self.post_message(self.Changed(self))


class ActionLine(Static, can_focus=True):
    """Something to do, by Enter or a click."""

    class Pressed(Message):
        """It was clicked. Enter is the screen's."""

    def __init__(self, words: str, *, id: str | None = None) -> None:
        super().__init__(words, id=id, markup=False)

    def on_click(self) -> None:
        """Tell the screen."""
        self.post_message(self.Pressed())
