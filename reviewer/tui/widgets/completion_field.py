"""A line of items with the known ones offered beneath, for tags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import TextArea

from reviewer.domain.text import safe_line
from reviewer.tui.cells import cut
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.matching import completions, folded
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import TextField

OFFERED = 6
"""How many known items are shown at once."""


class CompletionField(Vertical):
    """One line of items with commas between them; Tab or → takes the known item that the cursor stands on.

    Nothing is taken by Enter or by typing on: an item is one's own word until the key for taking another is pressed.
    """

    @dataclass
    class Advanced(Message):
        """Enter was pressed."""

        field: "CompletionField"

        @property
        def control(self) -> "CompletionField":
            """Return the field."""
            return self.field

    @dataclass
    class Closed(Message):
        """Esc was pressed."""

        field: "CompletionField"

        @property
        def control(self) -> "CompletionField":
            """Return the field."""
            return self.field

    def __init__(
        self,
        items: Sequence[str] = (),
        known: Sequence[str] = (),
        *,
        keep: Callable[[str], None] | None = None,
        draft: str | None = None,
        placeholder: str = "",
        marks: Marks = UNICODE,
        id: str | None = None,
    ) -> None:
        """Make a field with ``items``, or with ``draft`` where one was left; ``known`` are offered, best first."""
        super().__init__(id=id)
        self._marks = marks
        self._known = _clean(known)
        self._offered: list[str] = []
        self._field = TextField(_line(items, draft), one_line=True, keep=keep, placeholder=placeholder)
        self._rows = RowList(marks=marks)

    def begin(self, items: Sequence[str], keep: Callable[[str], None], *, draft: str | None = None) -> None:
        """Use the field for other items, or for a ``draft`` of them that was left; ``keep`` takes the drafts."""
        self._field.begin(_line(items, draft), keep)

    def offer(self, known: Sequence[str]) -> None:
        """Offer these from now on, best first."""
        self._known = _clean(known)
        self._offer()

    @property
    def line(self) -> TextField:
        """Return the line that is typed into."""
        return self._field

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the focus to the line."""
        self._field.focus(scroll_visible)
        return self

    @property
    def text(self) -> str:
        """Return the line as it stands."""
        return self._field.text

    @property
    def items(self) -> tuple[str, ...]:
        """Return the items of the line: without blanks around them, each once."""
        return tuple(dict.fromkeys(item for part in self._field.text.split(",") if (item := safe_line(part))))

    def compose(self) -> ComposeResult:
        """Put the offers under the line."""
        yield self._field
        yield self._rows

    def on_mount(self) -> None:
        """Offer what there is."""
        self._offer()

    def on_key(self, event: events.Key) -> None:
        """Move among the offers and take one; every other key is the line's."""
        place = self._rows.cursor
        match event.key:
            case "down" if self._offered:
                self._rows.move(1)
            case "up" if self._offered and place is not None:
                self._rows.move(-1)
            case "tab" if place is not None:
                self._take(place)
            case "right" if place is not None and self._field.cursor_location == self._field.document.end:
                self._take(place)
            case _:
                return
        event.stop()

    @on(TextArea.Changed)
    @on(TextArea.SelectionChanged)
    def _offer(self) -> None:
        """Offer what the item at the cursor may become; the first is under the cursor once there is a letter of it."""
        start, end = self._item_at_cursor()
        written = self._field.document.get_line(0)
        fragment = written[start:end]
        others = {folded(part.strip()) for part in (written[:start] + "," + written[end:]).split(",")}
        candidates = [name for name in self._known if folded(name) not in others and name != fragment.strip()]
        offered = completions(fragment, candidates, OFFERED)
        if offered == self._offered and fragment.strip() and self._rows.cursor is not None:
            return
        self._offered = offered
        self._rows.show(len(offered), self._row, 0 if fragment.strip() else None)
        self._rows.display = bool(offered)

    @on(TextField.Advanced)
    def _advance(self, message: TextField.Advanced) -> None:
        message.stop()
        self.post_message(self.Advanced(self))

    @on(TextField.Closed)
    def _close(self, message: TextField.Closed) -> None:
        message.stop()
        self.post_message(self.Closed(self))

    @on(RowList.Picked)
    def _pick(self, message: RowList.Picked) -> None:
        message.stop()
        self._take(message.place)
        self._field.focus()

    def _item_at_cursor(self) -> tuple[int, int]:
        """Return where the item at the cursor begins and ends in the line."""
        line = self._field.document.get_line(0)
        column = self._field.cursor_location[1] if self._field.cursor_location[0] == 0 else len(line)
        end = line.find(",", column)
        return line.rfind(",", 0, column) + 1, end if end >= 0 else len(line)

    def _take(self, place: int) -> None:
        start, end = self._item_at_cursor()
        line = self._field.document.get_line(0)
        before = " " if start else ""
        after = ", " if end == len(line) else ""
        self._field.replace(
            before + self._offered[place] + after, (0, start), (0, end), maintain_selection_offset=False
        )

    def _row(self, place: int, width: int) -> Content:
        return Content(cut(self._offered[place], width, self._marks.ellipsis))


def _clean(known: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for name in known if (line := safe_line(name))))


def _line(items: Sequence[str], draft: str | None) -> str:
    return ", ".join(items) + (", " if items else "") if draft is None else draft
