"""The one text field of the app: plain text, safe as it is entered, and kept as a draft before it is echoed."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from reviewer.domain.text import safe_line, safe_text
from reviewer.tui.bound_keys import unbind

KeepDraft = Callable[[str, str | None], None]
"""Writes down what a field holds, by the field's name, before it is echoed; None says that the draft is done with."""

_ESCAPE_AND_CHARACTER = re.compile(r"alt\+(shift\+)?[^+]")
_RETURNS = re.compile(r"\r\n?")
_LINE_ENDS = re.compile(r"[ ]*\n\s*")
_CONTEXT = 64
"""How many characters before the cursor are looked at to tell whether a typed mark has something to stand on."""


def is_escape(key: str) -> bool:
    """Say whether a key means Esc: itself, or with a letter in one breath, which arrives as alt and the letter."""
    return key == "escape" or _ESCAPE_AND_CHARACTER.fullmatch(key) is not None


def admitted(entered: str, before: str, *, one_line: bool) -> str:
    """Return what was entered behind ``before`` as it may enter a field: safe, and for one line without line ends."""
    # Keyboards send a letter and its accent one by one, so an accent is judged with what it stands on.
    before = before[-_CONTEXT:]
    # A terminal sends what is pasted with the ends of lines as its return key does.
    entered = _RETURNS.sub("\n", entered)
    together = safe_text(before + entered)
    safe = together[len(before) :] if together.startswith(before) else safe_text(entered)
    return _LINE_ENDS.sub(" ", safe) if one_line else safe


def types(field: Widget | None, key: events.Key) -> bool:
    """Say whether a key, given to a field, only changes the text in it: a letter, a backspace, a new line."""
    if key.key == "enter":
        return isinstance(field, TextArea) and not (isinstance(field, TextField) and field.one_line)
    return key.is_printable or key.key == "backspace"


class TextField(TextArea):
    """A field for one line (Enter goes on; a long line is folded and the field grows) or for many (Enter is a newline).

    Esc leaves it. Neither loses a letter: what becomes of the text is for the screen to say. ``keep`` is called with
    the text after every edit, undo and redo, before anything of it is on the screen.
    """

    # The terminal's own colours have no half-tones: there Textual would draw a placeholder as if it were written.
    DEFAULT_CSS = """
    TextField:ansi .text-area--placeholder { color: ansi_bright_black; }
    """

    @dataclass
    class Advanced(Message):
        """Enter was pressed in a field of one line."""

        field: "TextField"

        @property
        def control(self) -> "TextField":
            """Return the field."""
            return self.field

    @dataclass
    class Closed(Message):
        """Esc was pressed."""

        field: "TextField"

        @property
        def control(self) -> "TextField":
            """Return the field."""
            return self.field

    def __init__(
        self,
        text: str = "",
        *,
        one_line: bool = False,
        keep: Callable[[str], None] | None = None,
        leave: Iterable[str] = (),
        placeholder: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Make a field that holds ``text``; the keys in ``leave`` are left to whoever holds the field."""
        super().__init__(
            safe_text(text),
            id=id,
            classes=classes,
            compact=True,
            highlight_cursor_line=False,
            # As Content, since a plain string would be read as markup.
            placeholder=Content(safe_line(placeholder)),
        )
        self.one_line = one_line
        self._keep = keep
        self.cursor_blink = False
        self.match_cursor_bracket = False
        self.set_class(one_line, "-one-line")
        unbind(self, leave)

    def on_mount(self) -> None:
        """Put the cursor behind what is there."""
        self.move_cursor(self.document.end)

    def load_text(self, text: str) -> None:
        """Put ``text``, made safe, in place of what is there; the cursor goes behind it, and undo begins anew."""
        super().load_text(safe_text(text))
        self.move_cursor(self.document.end)

    def begin(self, text: str, keep: Callable[[str], None]) -> None:
        """Use the field for another text, whose drafts ``keep`` takes."""
        self._keep = keep
        self.load_text(text)

    def edit(self, edit: Edit) -> EditResult:
        """Carry out an edit, with its text made safe, and keep the draft."""
        if edit.text:
            edit.text = self._admit(edit)
        result = super().edit(edit)
        self._keep_draft()
        return result

    def undo(self) -> None:
        """Take back the latest edits."""
        super().undo()
        self._keep_draft()

    def redo(self) -> None:
        """Do again the latest edits taken back."""
        super().redo()
        self._keep_draft()

    def on_key(self, event: events.Key) -> None:
        """Leave the field on Esc, go on by Enter; everything else is typed."""
        message: Message
        if is_escape(event.key):
            message = self.Closed(self)
        elif event.key == "enter" and self.one_line:
            message = self.Advanced(self)
        else:
            return
        event.stop()
        event.prevent_default()
        self.post_message(message)

    def _keep_draft(self) -> None:
        if self._keep is not None:
            self._keep(self.text)

    def _admit(self, edit: Edit) -> str:
        """Return the text of an edit as it may enter: safe, and without line ends where there is one line."""
        row, column = min(edit.from_location, edit.to_location)
        return admitted(edit.text, self.document.get_line(row)[:column], one_line=self.one_line)
