"""The lines of a form that are not typed in: one of a few things to choose from, and something to do."""

from collections.abc import Mapping, Sequence

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from reviewer.domain.text import safe_line


class ChoiceLine(Static, can_focus=True):
    """A few values in a row, one of which holds; ← → and space go through them, and so does a click.

    A key of ``keys`` takes its value at once.
    """

    class Changed(Message):
        """Another value holds now."""

        def __init__(self, line: "ChoiceLine") -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> "ChoiceLine":
            """Return the line."""
            return self.line

    def __init__(
        self, values: Sequence[tuple[str, str]], *, keys: Mapping[str, str] | None = None, id: str | None = None
    ) -> None:
        """Make a line of ``values``: each with the word that is shown for it. The first of them holds."""
        super().__init__(id=id)
        self._values = tuple(values)
        self._keys = keys or {}
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
        value = self._keys.get(event.key)
        if step is None and value is None:
            return
        event.stop()
        event.prevent_default()
        if value is not None:
            self.choose(value)
        elif step is not None:
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


class PickLine(Static, can_focus=True):
    """One value out of more than a line has room for: whoever holds it asks for another; backspace takes it away.

    A key of ``asks`` asks for another, as a click does.
    """

    class Asked(Message):
        """It was clicked, or one of its keys was pressed. Enter is the screen's."""

    class Changed(Message):
        """Another value holds now."""

        def __init__(self, line: "PickLine") -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> "PickLine":
            """Return the line."""
            return self.line

    def __init__(
        self, words: Mapping[str, str], *, placeholder: str = "", asks: Sequence[str] = (), id: str | None = None
    ) -> None:
        """Make a line for one of the values that ``words`` has words for, safe to show; none holds at first."""
        super().__init__(id=id)
        self._words = words
        self._asks = asks
        self._placeholder = placeholder
        self.value = ""

    def choose(self, value: str) -> None:
        """Let ``value`` hold, or none where it is empty."""
        if value != self.value:
            self.value = value
            self.refresh()
            self.post_message(self.Changed(self))

    def render(self) -> Content:
        """Draw the words of the value that holds."""
        if not self.value:
            return Content.styled(self._placeholder, "$quiet")
        return Content(self._words.get(self.value) or safe_line(self.value, 80))

    def on_key(self, event: events.Key) -> None:
        """Take the value away, or ask for another."""
        if event.key in ("backspace", "delete"):
            event.stop()
            self.choose("")
        elif event.key in self._asks:
            event.stop()
            event.prevent_default()
            self.post_message(self.Asked())

    def on_click(self) -> None:
        """Tell the screen."""
        self.post_message(self.Asked())


class ActionLine(Static, can_focus=True):
    """Something to do, by Enter or a click."""

    class Pressed(Message):
        """It was clicked. Enter is the screen's."""

    def __init__(self, words: str, *, id: str | None = None) -> None:
        super().__init__(words, id=id, markup=False)

    def on_click(self) -> None:
        """Tell the screen."""
        self.post_message(self.Pressed())
