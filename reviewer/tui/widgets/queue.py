"""The queue: a list that holds a window of rows and asks for more as the cursor nears its ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from reviewer.domain.judgements import Judgement
from reviewer.domain.queue import QueuePage, QueueRow
from reviewer.domain.text import safe_line
from reviewer.tui.cells import cut
from reviewer.tui.marks import UNICODE, Marks

MARGIN = 60
"""More rows are asked for when the cursor is nearer than this to an end of the window, or the rows shown are."""

WINDOW = 600
"""No more rows than this are kept; those farthest from the cursor go first."""


_Drawn = tuple[QueueRow, bool, bool, bool, int]
"""What a line is drawn from: the row, whether what it says waits for the disk, whether the cursor is on it, whether the
list has the focus, and its width."""


class QueueList(Widget, can_focus=True):
    """Shows rows with the cursor on one of them. It knows no store: whoever holds it hands it the pages.

    ``Moved`` is posted when the cursor comes to stand on another row, ``Wanted`` when rows are missing on one side.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "queue--row",
        "queue--cursor",
        "queue--quiet",
        "queue--survives",
        "queue--conditional",
        "queue--fails",
        "queue--cannot-tell",
    }

    @dataclass
    class Moved(Message):
        """The cursor stands on ``row`` now."""

        row: QueueRow

    @dataclass
    class Chosen(Message):
        """The mouse points at the row ``by`` rows further than the cursor."""

        by: int

    @dataclass
    class Wanted(Message):
        """The rows beyond ``key`` are wanted, after it or (``forward`` false) before it."""

        key: tuple[str | float | int, ...]
        forward: bool

    @dataclass
    class EndWanted(Message):
        """The cursor should go to the first row of the queue, or to its last one; the window does not reach there."""

        last: bool

    def __init__(self, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._rows: list[QueueRow] = []
        self._waiting: Mapping[int, Judgement] = {}
        self._more_before = False
        self._more_after = False
        self._cursor = 0
        self._top = 0
        self._asked: set[bool] = set()
        self._strips: LRUCache[_Drawn, Strip] = LRUCache(256)

    @property
    def row(self) -> QueueRow | None:
        """Return the row that the cursor stands on, or None where the queue is empty."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def page_rows(self) -> int:
        """Return how many rows further a screenful is: one row of it stays in sight."""
        return max(1, self._body_height - 1)

    @property
    def at_end(self) -> bool:
        """Return whether the cursor stands on the last row of the whole queue."""
        return not self._more_after and self._cursor >= len(self._rows) - 1

    @property
    def rows(self) -> tuple[QueueRow, ...]:
        """Return the rows of the window."""
        return tuple(self._rows)

    def near(self, ahead: int, behind: int) -> list[QueueRow]:
        """Return the rows that the cursor is likely to come to next: those ahead first, nearest first."""
        after = self._rows[self._cursor + 1 : self._cursor + 1 + ahead]
        before = self._rows[max(0, self._cursor - behind) : self._cursor]
        return [*after, *reversed(before)]

    def show_page(self, page: QueuePage, method_id: int | None = None) -> None:
        """Take a page in place of the window; the cursor stands on ``method_id`` where the page has it, else first."""
        self._rows = list(page.rows)
        self._more_before, self._more_after = page.more_before, page.more_after
        self._asked.clear()
        places = {row.method_id: i for i, row in enumerate(self._rows)}
        self._cursor = places.get(method_id, 0) if method_id is not None else 0
        self._top = 0
        self._follow()

    def show_last_page(self, page: QueuePage) -> None:
        """Take a page in place of the window with the cursor on its last row."""
        self.show_page(page, page.rows[-1].method_id if page.rows else None)

    def extend(self, page: QueuePage, *, forward: bool) -> None:
        """Take the rows that were wanted at one end of the window, and let go of some at the other."""
        self._asked.discard(forward)
        known = {row.method_id for row in self._rows}
        fresh = [row for row in page.rows if row.method_id not in known]
        if forward:
            self._rows += fresh
            self._more_after = page.more_after
            spare = min(len(self._rows) - WINDOW, self._cursor - 2 * MARGIN, self._top)
            # What stands together goes together: it is asked for by its first one.
            while spare > 0 and self._rows[spare].under:
                spare -= 1
            if spare > 0:
                del self._rows[:spare]
                self._cursor -= spare
                self._top -= spare
                self._more_before = True
        else:
            self._rows[:0] = fresh
            self._cursor += len(fresh)
            self._top += len(fresh)
            self._more_before = page.more_before
            spare = len(self._rows) - max(WINDOW, self._cursor + 2 * MARGIN)
            while spare > 0 and self._rows[-spare].under:
                spare -= 1
            if spare > 0:
                del self._rows[-spare:]
                self._more_after = True
        self.refresh()
        self._ask()

    def mark(self, method_id: int, judgement: Judgement, *, changed: bool = False) -> None:
        """Show on its row, if it is in the window, what the viewer now holds of a proposal."""
        for i, row in enumerate(self._rows):
            if row.method_id == method_id:
                self._rows[i] = _as_judged(row, judgement, changed=changed)
                self.refresh()

    def show_waiting(self, held: Mapping[int, Judgement]) -> None:
        """Show what is held of proposals, by their row ids, as something that the disk does not have yet."""
        if held or self._waiting:
            self._waiting = held
            self.refresh()

    def mark_of(self, row: QueueRow) -> str:
        """Return the mark of a row as it is drawn: in brackets where what it says waits for the disk."""
        shown, waits = self._as_held(row)
        mark = self._marks.of(shown.status, shown.verdict)
        return self._marks.waiting(mark) if waits else mark

    def alike_of(self, row: QueueRow) -> str:
        """Return what stands before the title of a row where the queue is folded: its mark, and how many are alike."""
        if row.under:
            return f"{self._marks.alike} "
        return f"{self._marks.alike}{row.alike} " if row.alike else ""

    def _as_held(self, row: QueueRow) -> tuple[QueueRow, bool]:
        """Return a row as it stands by all that was done, and whether any of that waits for the disk."""
        held = self._waiting.get(row.method_id)
        return (row, False) if held is None else (_as_judged(row, held, changed=False), True)

    def move(self, steps: int) -> bool:
        """Move the cursor by so many rows, as far as there are rows; return whether it moved."""
        place = max(0, min(len(self._rows) - 1, self._cursor + steps))
        moved = bool(self._rows) and place != self._cursor
        if moved:
            left, self._cursor = self._cursor, place
            self._follow(left)
        self._ask()
        return moved

    def move_to(self, method_id: int) -> bool:
        """Put the cursor on a proposal; return whether it is in the window."""
        for i, row in enumerate(self._rows):
            if row.method_id == method_id:
                return self.move(i - self._cursor) or i == self._cursor
        return False

    def move_to_end(self, *, last: bool) -> None:
        """Put the cursor on the first row of the queue or on its last, asking for that page where it is not here."""
        if self._more_after if last else self._more_before:
            self.post_message(self.EndWanted(last))
        else:
            self.move(len(self._rows) if last else -len(self._rows))

    def _follow(self, left: int | None = None) -> None:
        """Keep the cursor in sight, and say where it stands; ``left`` is the row that it came from, if any.

        Where nothing scrolled only those two rows are drawn anew.
        """
        top = self._top
        self._keep_in_sight()
        if left is None or top != self._top:
            self.refresh()
        else:
            self.refresh(*(Region(0, place - top, self.size.width, 1) for place in (left, self._cursor)))
        if (row := self.row) is not None:
            self.post_message(self.Moved(row))

    def _keep_in_sight(self) -> None:
        """Scroll so that the cursor is in sight with a little room around it."""
        height = self._body_height
        room = min(3, max(0, (height - 1) // 2))
        self._top = max(self._cursor - height + 1 + room, min(self._top, self._cursor - room))
        self._top = max(0, min(self._top, len(self._rows) - height))

    def _ask(self) -> None:
        if not self._rows:
            return
        end = max(self._cursor, self._top + self._body_height)
        if self._more_after and True not in self._asked and end > len(self._rows) - MARGIN:
            self._asked.add(True)
            self.post_message(self.Wanted(self._rows[-1].key, forward=True))
        if self._more_before and False not in self._asked and min(self._cursor, self._top) < MARGIN:
            self._asked.add(False)
            self.post_message(self.Wanted(self._rows[0].key, forward=False))

    @property
    def _body_height(self) -> int:
        return max(1, self.size.height)

    def on_focus(self) -> None:
        """Show that one is in the queue."""
        self._refresh_cursor()

    def on_blur(self) -> None:
        """Show that one is elsewhere."""
        self._refresh_cursor()

    def _refresh_cursor(self) -> None:
        self.refresh(Region(0, self._cursor - self._top, self.size.width, 1))

    def on_resize(self, _event: events.Resize) -> None:
        """Keep the cursor in sight when the height changes; the lines were drawn before that was known."""
        self._keep_in_sight()
        if self._rows:
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        """Say which row is under the mouse."""
        place = self._top + event.y
        if 0 <= place < len(self._rows):
            self.post_message(self.Chosen(place - self._cursor))

    def on_mouse_scroll_down(self, _event: events.MouseScrollDown) -> None:
        """Scroll the rows under the mouse; the cursor stays where it is."""
        self._scroll(3)

    def on_mouse_scroll_up(self, _event: events.MouseScrollUp) -> None:
        """Scroll the rows under the mouse; the cursor stays where it is."""
        self._scroll(-3)

    def _scroll(self, lines: int) -> None:
        self._top = max(0, min(self._top + lines, len(self._rows) - self._body_height))
        self.refresh()
        self._ask()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the height that the queue would take: all of what it is offered."""
        return container.height

    def render_line(self, y: int) -> Strip:
        """Draw one row: cursor, title, forecast, mark."""
        width = self.size.width
        place = self._top + y
        if place >= len(self._rows) or width < 6:
            return Strip.blank(width, self.get_component_rich_style("queue--row"))
        here = place == self._cursor
        row, waits = self._as_held(self._rows[place])
        drawn = (row, waits, here, here and self.has_focus, width)
        strip = self._strips.get(drawn)
        if strip is None:
            strip = self._strips[drawn] = self._strip(*drawn)
        return strip

    def notify_style_update(self) -> None:
        """Draw anew in the new theme's colours."""
        super().notify_style_update()
        self._strips.clear()

    def _strip(self, row: QueueRow, waits: bool, here: bool, focused: bool, width: int) -> Strip:
        base = self.get_component_rich_style("queue--cursor" if here else "queue--row")
        judged = row.verdict is not None and not waits
        mark = self._marks.of(row.status, row.verdict)
        extra = (self._marks.flag if row.flagged else "") + (self._marks.changed if row.changed else "")
        forecast = f"{row.forecast:.0%}" if row.forecast is not None and width >= 24 else ""
        tail = f" {extra}{' ' if extra else ''}{forecast:>4} " if forecast or extra else " "
        if row.alike and not row.under:
            tail = f" {self._marks.alike}{row.alike}{tail}"
        if waits:
            mark = self._marks.waiting(mark)
        # One bracket stands where the title ends, the other in the margin, so that the mark stays in its column.
        room = max(1, width - 2 - len(tail) - 2 - waits)
        title = cut((f"{self._marks.alike} " if row.under else "") + safe_line(row.title), room)
        quiet = Style() if here or not judged else self._colour("queue--quiet")
        name = "queue--" + (row.verdict.replace("_", "-") if judged and row.verdict else "quiet")
        segments = [
            Segment(
                (self._marks.cursor if focused else self._marks.bar) if here else " ",
                base + self._accent if here else base,
            ),
            Segment(title, base + quiet),
            Segment(tail, base + self._colour("queue--quiet")),
            Segment(mark, base + self._colour(name)),
        ]
        return Strip(segments).adjust_cell_length(width, base)

    @property
    def _accent(self) -> Style:
        return Style(color=self.get_component_rich_style("queue--cursor").color, bold=True)

    def _colour(self, name: str) -> Style:
        return Style(color=self.get_component_rich_style(name).color)


def _as_judged(row: QueueRow, judgement: Judgement, *, changed: bool) -> QueueRow:
    return row._replace(
        status=judgement.status,
        verdict=judgement.verdict,
        forecast=judgement.forecast,
        flagged=judgement.flagged,
        changed=changed,
    )
