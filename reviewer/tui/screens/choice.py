"""Choosing one of several, or of a thousand: a list that what one types narrows down."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea

from reviewer.domain.text import safe_line
from reviewer.tui.cells import cut
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.matching import folded, matching
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.dialog import DialogScreen
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import TextField

_LIMIT = 200
_WIDEST_LABEL = 48


@dataclass(frozen=True, slots=True)
class Option:
    """One of the things to choose: what is handed back for it, what it is called, and a word on it."""

    value: str
    label: str
    note: str = ""


class ChoiceScreen(DialogScreen[str | None]):
    """Asks for one of ``options``; the cursor begins at the one whose value is ``current``. Gives its value, or None.

    Typing narrows the list down to the options whose label or note contains what is typed. Where none does, ``typed``
    gives the value that the text itself stands for, if it may be something new.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/choice.tcss"]
    AUTO_FOCUS = "TextField"
    HELP_PLACES: ClassVar[Sequence[str]] = ("text", "dialog")

    def __init__(
        self,
        title: str,
        options: Sequence[Option],
        current: str | None,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        typed: Callable[[str], str] | None = None,
    ) -> None:
        super().__init__(title, "", keymap, marks)
        self._options = tuple(options)
        self._current = current
        self._typed = typed
        self._labels = [safe_line(option.label, _LIMIT) for option in options]
        self._notes = [safe_line(option.note, _LIMIT) for option in options]
        self._figures: Sequence[str] = ()
        self._searched = [f"{folded(o)}\n{folded(n)}" for o, n in zip(self._labels, self._notes, strict=True)]
        self._label_cells = min(_WIDEST_LABEL, max(map(cell_len, self._labels), default=0))
        self._found: list[int] = []
        self._field = TextField(
            one_line=True, leave=("up", "down", "pageup", "pagedown"), placeholder="type to narrow down", id="narrow"
        )
        self._rows = RowList(marks=marks, id="options")
        for keys, call in (
            (("down", "ctrl+n"), "down"),
            (("up", "ctrl+p"), "up"),
            (("pagedown",), "page_down"),
            (("pageup",), "page_up"),
        ):
            bind_keys(self, keys, call)

    def show_figures(self, figures: Sequence[str]) -> None:
        """Show a figure between label and note, one for each option, before the list is opened or meanwhile."""
        width = max(map(len, figures))
        self._figures = [f"  {figure:>{width}}" for figure in figures]
        self._rows.refresh()

    def body(self) -> Sequence[Widget]:
        """Return the field, the list, and the line for when nothing is left of it."""
        on = " Enter takes it as it is typed." if self._typed else ""
        return (self._field, self._rows, Static(f"Nothing contains that.{on}", id="none", markup=False))

    def hints(self) -> Sequence[Content]:
        """Return the line at the foot."""
        return (hint(self.keymap, ("↑↓", "move"), ("dialog_accept", "choose"), ("dialog_close", "close")),)

    def on_mount(self) -> None:
        """Show every option."""
        self._narrow()

    @on(TextArea.Changed)
    def _narrow(self) -> None:
        """Show what fits; the cursor stays on its option as long as that is there."""
        cursor = self._rows.cursor
        at = self._found[cursor] if cursor is not None and self._found else None
        if at is None:
            at = next((i for i, o in enumerate(self._options) if o.value == self._current), 0)
        self._found = matching(self._field.text, self._searched)
        place = self._found.index(at) if at in self._found else 0
        self._rows.show(len(self._found), self._row, place)
        self.query_one("#none").display = not self._found

    def _row(self, place: int, width: int) -> Content:
        at = self._found[place]
        option = self._options[at]
        label_cells = min(width, self._label_cells)
        note = self._notes[at]
        now = "  (now)" if option.value == self._current else ""
        figure = self._figures[at] if self._figures else ""
        words = f"{figure}  {note}" if note else figure
        room = width - label_cells
        if cell_len(words) + len(now) > room:
            words = cut(words, max(0, room - len(now)), self.marks.ellipsis)
        return Content.assemble(
            cut(self._labels[at], label_cells, self.marks.ellipsis),
            (cut(f"{words}{now}", room, self.marks.ellipsis), "$quiet"),
        )

    @on(TextField.Advanced)
    def action_dialog_accept(self) -> None:
        """Take the option that the cursor stands on; where none is left, what is typed if it may be new, else stay."""
        if self._rows.cursor is not None:
            self.dismiss(self._options[self._found[self._rows.cursor]].value)
        elif self._typed is not None and (text := self._field.text.strip()):
            self.dismiss(self._typed(text))

    @on(TextField.Closed)
    def _leave(self) -> None:
        self.close()

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        if message.again:
            self.action_dialog_accept()
        self._field.focus()

    def action_down(self) -> None:
        """Go to the next option."""
        self._rows.move(1)

    def action_up(self) -> None:
        """Go to the option before."""
        self._rows.move(-1)

    def action_page_down(self) -> None:
        """Go a page further."""
        self._rows.move(self._rows.page)

    def action_page_up(self) -> None:
        """Go back a page."""
        self._rows.move(-self._rows.page)
