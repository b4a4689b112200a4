"""The question whether what holds of a proposal is to be taken back, and why."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.dialog import DialogScreen
from reviewer.tui.widgets.text_field import TextField


class RetractScreen(DialogScreen[str | None]):
    """Asks whether what was said is to be taken back, and why. Gives the reason, which may be empty, or None.

    ``stays`` says what becomes of it.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/retract.tcss"]
    AUTO_FOCUS = "TextField"
    HELP_PLACES: ClassVar[Sequence[str]] = ("text", "dialog")

    def __init__(
        self, words: str, keymap: Keymap, marks: Marks, *, reason: str, keep: Callable[[str], None], stays: str
    ) -> None:
        super().__init__("Take it back?", words, keymap, marks)
        self._stays = stays
        self._field = TextField(reason, one_line=True, keep=keep, placeholder="why; it may stay empty", id="name")

    def body(self) -> Sequence[Widget]:
        """Return the field, and what becomes of what was said."""
        return (self._field, Static(Content.styled(self._stays, "$quiet"), id="why", markup=False))

    def hints(self) -> Sequence[Content]:
        """Return the line at the foot."""
        return (hint(self.keymap, ("dialog_accept", "takes it back, for everyone"), ("dialog_close", "leaves it")),)

    @on(TextField.Advanced)
    def action_dialog_accept(self) -> None:
        """Take it back."""
        self.dismiss(self._field.text.strip())

    @on(TextField.Closed)
    def _leave(self) -> None:
        self.close()
