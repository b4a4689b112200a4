"""What the screens with a form have in common: labelled lines, something to do, a pane for what came of it."""

from collections.abc import Iterable
from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual._path import CSSPathType
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Static

from reviewer.domain.text import safe_line
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.binding import bind, bind_action, bind_keys, hint
from reviewer.tui.screens.pane_scrolling import PaneScrolling
from reviewer.tui.widgets.completing_field import CompletingField
from reviewer.tui.widgets.form_lines import ActionLine
from reviewer.tui.widgets.lines import LinesPane, TextLine, plain
from reviewer.tui.widgets.text_field import TextField, is_escape

LEAVE = ("up", "down", "pageup", "pagedown")
"""The keys that a field of a form leaves to the form: for going from line to line, and for scrolling the pane."""

_LABEL_CELLS = 11

TITLE_LIMIT = 200
"""The title is cut to the width of the screen; this many characters are more than any."""

Result = TypeVar("Result")


class FormScreen(PaneScrolling, ModalScreen[Result], Generic[Result]):
    """A form that fills the terminal. ``accept`` does what it is for, ``close`` leaves it; ``self.pane`` tells of both.

    ``heading`` is ours, ``title`` is outside text. Letters and the space bar scroll the pane, or act on a line, while
    no field has the focus.
    """

    CSS_PATH: ClassVar[CSSPathType] = "../styles/form.tcss"
    ESCAPE_TO_MINIMIZE = False
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("dialog", "view")
    """The places whose keys act here, for the list of keys and the palette."""

    def __init__(self, heading: str, keymap: Keymap, action: str, *, title: str = "") -> None:
        super().__init__()
        self.keymap = keymap
        self.pane = LinesPane(id="told")
        self.action_line = ActionLine(action, id="action")
        self._heading = heading
        self._of = safe_line(title, TITLE_LIMIT)
        self._told: list[TextLine] = []
        for name in ("help", "palette", "theme", "suspend", "quit"):
            bind_action(self, keymap, name, f"app.{name}")
        bind_action(self, keymap, "back_or_quit", "dialog_close")
        bind(self, "view", keymap)
        bind(self, "dialog", keymap)
        bind_keys(self, ("down",), "line_below")
        bind_keys(self, ("up",), "line_above")

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return the lines of the form, each with its label."""
        return ()

    def accept(self) -> None:
        """Do what the form is for."""

    def close(self) -> None:
        """Leave the form."""
        self.dismiss(None)

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(self.keymap, ("tab", "completes, goes on"), ("dialog_accept", "on"), ("dialog_close", "close"))

    def compose(self) -> ComposeResult:
        """Lay the screen out."""
        with Vertical(id="form"):
            heading = Content.styled(self._heading, "bold")
            if self._of:
                heading += Content.styled(f"  {self._of}", "$quiet")
            yield Static(heading, id="heading", markup=False)
            for label, widget in self.lines():
                with Horizontal(classes="line"):
                    yield Static(label[:_LABEL_CELLS], classes="label", markup=False)
                    yield widget
            yield self.action_line
            yield self.pane
            yield Static(self.hints(), id="hints", markup=False)

    def tell(self, lines: Iterable[TextLine]) -> None:
        """Show ``lines`` in the pane."""
        self._told = list(lines)
        self.pane.show(self._told)

    def set_hints(self) -> None:
        """Draw the line at the foot anew."""
        self.query_one("#hints", Static).update(self.hints())

    @on(CompletingField.Offered)
    def _offer(self, message: CompletingField.Offered) -> None:
        if message.names:
            names = "   ".join(safe_line(name, 80) for name in message.names)
            self.pane.show([plain(names, "dim"), TextLine(), *self._told])
        else:
            self.pane.show(self._told)

    @on(TextField.Advanced)
    async def _field_done(self, message: TextField.Advanced) -> None:
        await self.advance(message.field)

    async def advance(self, _field: TextField) -> None:
        """Go on from a field by Enter: to the next line."""
        self.focus_next()

    @on(TextField.Closed)
    def _field_closed(self) -> None:
        self.close()

    @on(ActionLine.Pressed)
    def _pressed(self) -> None:
        self.accept()

    def on_key(self, event: events.Key) -> None:
        """Take Esc and a letter in one breath for Esc."""
        if event.key != "escape" and is_escape(event.key):
            event.stop()
            self.close()

    def action_dialog_accept(self) -> None:
        """Do what the form is for; on a line other than the last, go on to the next."""
        self.accept()

    def action_dialog_close(self) -> None:
        """Leave the form."""
        self.close()

    def action_view_back(self) -> None:
        """Leave the form."""
        self.close()

    def action_line_below(self) -> None:
        """Go to the line below; in the pane, scroll."""
        if self.pane.has_focus:
            self.pane.scroll_lines(1)
        elif self.focused is not self.action_line:
            self.focus_next()

    def action_line_above(self) -> None:
        """Go to the line above; in the pane, scroll, and from its top leave it."""
        if self.pane.has_focus and self.pane.scroll_offset.y > 0:
            self.pane.scroll_lines(-1)
        elif self.focused is not self.focus_chain[0]:
            self.focus_previous()
