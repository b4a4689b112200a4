"""What the screens that ask for something have in common: a heading, the keys at the foot, and the ways out."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind, bind_action
from reviewer.tui.widgets.text_field import is_escape

TITLE_LIMIT = 200
"""The title is cut to the width of the screen; this many characters are more than any."""

Result = TypeVar("Result")


class DialogScreen(ModalScreen[Result], Generic[Result]):
    """A heading of ours, the title that it is about, a body, and the keys. Esc, or Esc and a letter, closes it.

    The keys of the place ``where`` are bound, and those that act everywhere; q closes it too, while no field has the
    focus.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss"]
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False

    def __init__(
        self, heading: str, title: str, keymap: Keymap, marks: Marks = UNICODE, *, where: Where = "dialog"
    ) -> None:
        super().__init__()
        self.keymap = keymap
        self.marks = marks
        self._heading = heading
        self._of = safe_line(title, TITLE_LIMIT)
        for name in ("help", "palette", "theme", "suspend", "quit"):
            bind_action(self, keymap, name, f"app.{name}")
        bind_action(self, keymap, "back_or_quit", "close")
        bind(self, where, keymap)

    def compose(self) -> ComposeResult:
        """Lay the screen out: heading, body, keys."""
        with Vertical(id="dialog"):
            yield Static(self._title(), id="heading", markup=False)
            yield from self.body()
            with Vertical(id="hints"):
                for line in self.hints():
                    yield Static(line, markup=False)

    def _title(self) -> Content:
        heading = Content.styled(self._heading, "bold")
        return heading + Content.styled(f"  {self._of}", "$quiet") if self._of else heading

    def body(self) -> Sequence[Widget]:
        """Return what stands between heading and keys."""
        return ()

    def hints(self) -> Sequence[Content]:
        """Return the lines at the foot."""
        return ()

    def show_hints(self) -> None:
        """Draw the lines at the foot anew; there are as many as before."""
        for line, static in zip(self.hints(), self.query("#hints > Static").results(Static), strict=True):
            static.update(line)

    def close(self) -> None:
        """Leave, and change nothing."""
        self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """Take Esc and a letter in one breath for Esc."""
        if event.key != "escape" and is_escape(event.key):
            event.stop()
            self.close()

    def action_close(self) -> None:
        """Leave, and change nothing."""
        self.close()

    def action_dialog_close(self) -> None:
        """Leave, and change nothing."""
        self.close()


class Excerpt(Widget):
    """Text, safe already, in at most so many lines; where it is longer, the last one ends in an ellipsis."""

    def __init__(self, most: int, marks: Marks = UNICODE, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._most = most
        self._marks = marks
        self._text = Content("")

    def show(self, text: Content) -> None:
        """Show ``text``."""
        self._text = text
        self.refresh(layout=True)

    @property
    def most(self) -> int:
        """How many lines are shown at the most."""
        return self._most

    @most.setter
    def most(self, most: int) -> None:
        if most != self._most:
            self._most = most
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the text takes at that width."""
        return len(self._lines(width))

    def render(self) -> Content:
        """Return the lines that are shown."""
        return Content("\n").join(self._lines(self.size.width))

    def _lines(self, width: int) -> list[Content]:
        if width < 1 or not self._text:
            return []
        lines = [line.rstrip() for line in self._text.wrap(width)]
        if len(lines) > self._most:
            ellipsis = self._marks.ellipsis
            last = lines[self._most - 1].truncate(max(1, width - len(ellipsis)))
            lines[self._most - 1 :] = [last.rstrip() + ellipsis]
        return lines
