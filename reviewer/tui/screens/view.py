"""What the screens that are only read have in common: a title, a pane of lines that scrolls, the keys at the foot."""

from typing import ClassVar

from textual import events
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.binding import bind, bind_action, hint
from reviewer.tui.screens.pane_scrolling import PaneScrolling
from reviewer.tui.widgets.lines import WIDEST, LinesPane
from reviewer.tui.widgets.text_field import is_escape

TITLE_LIMIT = 200
"""The title is cut to the width of the screen; this many characters are more than any."""


class ViewScreen(PaneScrolling, ModalScreen[None]):
    """A screen that fills the terminal and is read: a heading, what the title names, a ``LinesPane``, its keys.

    ``heading`` is ours, ``title`` is outside text. A subclass fills ``self.pane`` in ``fill``.
    """

    CSS_PATH: ClassVar[CSSPathType] = "../styles/view.tcss"
    AUTO_FOCUS = "LinesPane"
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("view",)
    """The places whose keys act here, for the list of keys and the palette."""
    ESCAPE_TO_MINIMIZE = False

    def __init__(self, heading: str, title: str, keymap: Keymap, *, widest: int = WIDEST) -> None:
        super().__init__()
        self.keymap = keymap
        self.pane = LinesPane(widest=widest, id="lines")
        self._heading = heading
        self._of = safe_line(title, TITLE_LIMIT)
        for name in ("help", "palette", "theme", "suspend", "quit"):
            bind_action(self, keymap, name, f"app.{name}")
        bind_action(self, keymap, "back_or_quit", "view_back")
        bind(self, "view", keymap)

    def compose(self) -> ComposeResult:
        """Lay the screen out: heading, body, keys."""
        parts = [Content.styled(self._heading, "bold")]
        if self._of:
            parts.append(Content.styled(self._of, "$quiet"))
        with Vertical(id="view"):
            yield Static(Content("  ").join(parts), id="heading", markup=False)
            yield from self.body()
            yield Static(self.hints(), id="hints", markup=False)

    def body(self) -> list[Widget]:
        """Return what stands between heading and keys."""
        return [self.pane]

    def on_mount(self) -> None:
        """Fill the pane."""
        self.fill()

    def fill(self) -> None:
        """Show in the pane what the screen is for."""

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(self.keymap, ("view_down", "down"), ("view_page_down", "page down"), ("view_back", "back"))

    def on_key(self, event: events.Key) -> None:
        """Take Esc and a letter in one breath for Esc."""
        if event.key != "escape" and is_escape(event.key):
            event.stop()
            self.action_view_back()

    def action_view_back(self) -> None:
        """Go back to where one was."""
        self.dismiss(None)
