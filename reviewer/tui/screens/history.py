"""What I have said of one proposal so far, act by act."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget

from reviewer.domain.judgements import Event
from reviewer.tui.cells import cut
from reviewer.tui.history_lines import (
    HistoryRow,
    held,
    history_rows,
    local_time,
    revision_label,
    snapshot_lines,
    spent,
)
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import plain
from reviewer.tui.widgets.row_list import RowList

_TIME, _HELD, _REVISION, _SPENT = 16, 19, 7, 13
"""Widths of the columns; what was done has the rest."""


class HistoryScreen(ViewScreen):
    """Shows one reviewer's events on one proposal, newest first, and beneath them all that was held after one.

    ``numbers`` says which revision each revision id is, from 1. Times are the machine's own unless ``zone`` is given.
    """

    AUTO_FOCUS: ClassVar[str] = "LinesPane"

    def __init__(
        self,
        title: str,
        events: Sequence[Event],
        keymap: Keymap,
        marks: Marks,
        *,
        numbers: Mapping[int, int] | None = None,
        zone: tzinfo | None = None,
    ) -> None:
        super().__init__("My history", title, keymap)
        self._marks = marks
        self._rows = history_rows(events)
        self._numbers = numbers or {}
        self._zone = zone
        self._list = RowList(marks=marks, id="acts")

    def body(self) -> list[Widget]:
        """Return the acts, and the pane for the one at the cursor."""
        if not self._rows:
            return [self.pane]
        self.pane.add_class("-under")
        return [self._list, self.pane]

    def hints(self) -> Content:
        """Return the line at the foot."""
        if not self._rows:
            return hint(self.keymap, ("view_back", "back"))
        return hint(
            self.keymap,
            ("view_down", "earlier"),
            ("view_up", "later"),
            ("view_page_down", "scroll what was held"),
            ("view_back", "back"),
        )

    def fill(self) -> None:
        """Show the acts, the newest at the cursor."""
        if not self._rows:
            self.pane.show([plain("You have said nothing of this proposal yet.", "dim")])
            return
        self._list.show(len(self._rows), self._draw)
        self._show_held()

    def _show_held(self) -> None:
        if self._list.cursor is not None:
            self.pane.show(snapshot_lines(self._rows[self._list.cursor], self._marks, self._numbers))

    @on(RowList.Picked)
    def _picked(self) -> None:
        self._show_held()

    def _move(self, steps: int) -> None:
        self._list.move(steps)
        self._show_held()

    def action_view_down(self) -> None:
        """Go to the act before this one."""
        self._move(1)

    def action_view_up(self) -> None:
        """Go to the act after this one."""
        self._move(-1)

    def action_view_top(self) -> None:
        """Go to the newest act."""
        self._move(-len(self._rows))

    def action_view_bottom(self) -> None:
        """Go to the first act of all."""
        self._move(len(self._rows))

    def _draw(self, place: int, width: int) -> Content:
        row = self._rows[place]
        rest = width - _TIME - 2
        columns = [(held(row.event.snapshot, self._marks), _HELD)]
        if width >= 84:
            columns.append((revision_label(row.event.revision_id, self._numbers), _REVISION))
        columns.append((spent(row.event.seconds), _SPENT if width >= 84 else 12))
        rest -= sum(size + 2 for _, size in columns)
        parts = [Content.styled(local_time(row.event.at, self._zone), "$quiet"), self._words(row, max(8, rest))]
        parts += [Content.styled(cut(text, size, self._marks.ellipsis), "$quiet") for text, size in columns]
        return Content("  ").join(parts)

    def _words(self, row: HistoryRow, width: int) -> Content:
        if not row.undone:
            return Content(cut(row.words, width, self._marks.ellipsis))
        return Content.styled(cut(f"undone: {row.words}", width, self._marks.ellipsis), "$quiet")
