"""Asking who judges, once: the name stands with every judgement."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.dialog import DialogScreen
from reviewer.tui.widgets.text_field import TextField


class NameScreen(DialogScreen[str | None]):
    """Asks for the reviewer's name; gives it as ``validate`` returns it, or None where it was closed.

    ``suggestion`` shows in the empty field and is not taken for an answer. ``validate`` raises UserError with the
    sentence to show.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/name.tcss"]
    AUTO_FOCUS = "TextField"
    HELP_PLACES: ClassVar[Sequence[str]] = ("text", "dialog")

    def __init__(self, suggestion: str, validate: Callable[[str], str], keymap: Keymap, marks: Marks = UNICODE) -> None:
        super().__init__("Who is judging?", "", keymap, marks)
        self._validate = validate
        example = f"for example {safe_line(suggestion, 60)}" if suggestion.strip() else ""
        self._field = TextField(one_line=True, placeholder=example, id="name")

    def body(self) -> Sequence[Widget]:
        """Return the field, what may be wrong with the name, and what it is for."""
        why = "Your name stands with each of your judgements, here and in the export. It is asked for once."
        return (
            self._field,
            Static("", id="problem", markup=False),
            Static(Content.styled(why, "$quiet"), id="why", markup=False),
        )

    def hints(self) -> Sequence[Content]:
        """Return the line at the foot."""
        return (hint(self.keymap, ("dialog_accept", "go on"), ("dialog_close", "leave")),)

    @on(TextField.Advanced)
    def action_dialog_accept(self) -> None:
        """Take the name, or say what is wrong with it."""
        try:
            name = self._validate(self._field.text)
        except UserError as error:
            self._say(str(error))
            self._field.focus()
        else:
            self.dismiss(name)

    @on(TextField.Closed)
    def _leave(self) -> None:
        self.close()

    @on(TextArea.Changed)
    def _edited(self) -> None:
        self._say("")

    def _say(self, sentence: str) -> None:
        self.query_one("#problem", Static).update(safe_line(sentence, 400))
