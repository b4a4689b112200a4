"""The page on which the columns of a table are said: its first rows, a line for each thing to say, what would come."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.sources.table_map import TableMap
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind, bind_action
from reviewer.tui.table_map_drawing import KEEP, NOT_KEPT, ONLY_TYPED, drawn_line, line_hints, measured_place
from reviewer.tui.table_map_lines import Known, MapLine, lines_of
from reviewer.tui.table_preview_lines import preview_lines
from reviewer.tui.widgets.lines import LinesPane, plain
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.table_head import TableHead
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.table_looking import TableLook, TablePreview

WIDE_FROM = 120
HIGH_FROM = 36
PREVIEW_FROM = 18
HEAD_FROM = 13
"""With fewer rows than this there is no room for what would come, or for the table's own."""

_HEAD_ROWS = 5
_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Mapped:
    """What was said of the columns; ``keep_as`` names the map where it is to be kept. ``go_on`` is False after Esc."""

    mapping: TableMap
    keep_as: str
    go_on: bool


class TableMapPage(ModalScreen[Mapped]):
    """Shows a table's first rows, the lines of a map with the cursor on one, and what would come of that map.

    ``preview`` makes of a map what would come of the first rows; it is asked after each change, and never waited for.
    """

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/table_map.tcss"]
    AUTO_FOCUS = ""
    ESCAPE_TO_MINIMIZE = False
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("mapping",)

    def __init__(
        self,
        look: TableLook,
        mapping: TableMap,
        keymap: Keymap,
        *,
        preview: Callable[[TableMap], Awaitable[TablePreview]],
        problems: Sequence[str] = (),
        problem: str | None = None,
        settings: str = "",
        keep_as: str = "",
        marks: Marks = UNICODE,
    ) -> None:
        super().__init__()
        self.keymap = keymap
        self.marks = marks
        self.mapping = mapping
        self._look = look
        self._preview = preview
        self._known = Known(
            look.columns, look.numeric, look.likely, look.few_words, look.values, tuple(problems), problem, settings
        )
        self._likely = {(line.key, line.value) for line in lines_of(look.likely, self._known)}
        self._keep_as = keep_as
        self._lines: list[MapLine | str] = []
        self._typing = ""
        self._is_saying = False
        """Whether a sentence stands above what would come, until the cursor moves or one leaves what is typed."""
        self._would_be = TablePreview()
        rows = [row.cells for row in look.good_rows[:_HEAD_ROWS]]
        self._head = TableHead(look.columns, rows, marks, id="head")
        self._list = RowList(marks=marks, id="lines")
        self.pane = LinesPane(id="would-be")
        self._field = TextField(one_line=True, id="typed")
        for name in ("help", "palette", "theme", "suspend", "quit"):
            bind_action(self, keymap, name, f"app.{name}")
        bind_action(self, keymap, "back_or_quit", "map_back")
        bind(self, "mapping", keymap)

    def compose(self) -> ComposeResult:
        """Lay the screen out: the first rows, the lines, what would come of them, the keys."""
        with Vertical(id="mapping"):
            yield Static(self._title(), id="heading", markup=False)
            yield self._head
            with Container(id="parts"):
                yield self._list
                yield self.pane
            with Horizontal(id="typing"):
                yield Static("", id="typing-label", markup=False)
                yield self._field
            with Vertical(id="hints"):
                yield Static("", markup=False)
                yield Static("", markup=False)

    def on_mount(self) -> None:
        """Show the lines, the cursor on the first that is needed, else on the first."""
        self._fit()
        self._show_lines()
        self._to_needed()
        self._look_again()

    def _to_needed(self) -> None:
        """Put the cursor on the first line that has to say something and does not; without one it stays."""
        for place, line in enumerate(self._lines):
            if isinstance(line, MapLine) and line.is_needed:
                self._list.move_to(place)
                break
        self._moved()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for another size."""
        self._fit()

    def _fit(self) -> None:
        width, height = self.app.size
        self.set_class(width >= WIDE_FROM, "-wide")
        self.set_class(height >= HIGH_FROM, "-high")
        self.set_class(height < PREVIEW_FROM and width < WIDE_FROM, "-low")
        self.set_class(height < HEAD_FROM, "-lowest")

    def _title(self) -> Content:
        n = len(self._look.rows)
        rows = counted(n, "row") if self._look.is_whole else f"the first {counted(n, 'row')} of more"
        said = f"{counted(len(self._look.columns), 'column')}, {rows}"
        name = safe_line(self._look.path.name, _LIMIT)
        return Content.assemble(("What are its columns?", "bold"), (f"  {name}: {said}", "$quiet"))

    @property
    def line(self) -> MapLine:
        """Return the line under the cursor."""
        line = self._lines[self._list.cursor or 0]
        assert isinstance(line, MapLine)
        return line

    def _show_lines(self, key: str = "") -> None:
        """Draw the lines anew, the cursor on the one with that key, or on the nearest to where it was."""
        cursor = self._list.cursor or 0
        self._lines = []
        for line in lines_of(self.mapping, self._known):
            if line.heading:
                self._lines.append(line.heading)
            self._lines.append(line)
        self._lines.append("for the next time")
        keep = self._keep_as or NOT_KEPT
        self._lines.append(MapLine(KEEP, "kept as", keep))
        keys = [line.key if isinstance(line, MapLine) else "" for line in self._lines]
        self._list.show(len(self._lines), self._row, keys.index(key) if key in keys else cursor)
        self._off_headings(1)

    def _off_headings(self, step: int) -> None:
        """Move the cursor on from a heading."""
        if isinstance(self._lines[self._list.cursor or 0], str):
            self._list.move(step if self._list.cursor else 1)

    def _moved(self) -> None:
        """Draw anew what depends on the cursor."""
        meanings: dict[str, str] = {}
        for line in self._lines:
            if isinstance(line, MapLine) and line.column and not line.is_part:
                meanings.setdefault(line.column, line.label)
        for each in self.mapping.measurements:
            meanings |= {column: "error" for column in (each.error,) if column}
            meanings |= dict.fromkeys(each.seeds, "a seed")
        self._head.mark(meanings, self.line.column)
        self._list.refresh()
        self._say_no_more()

    def _row(self, place: int, width: int) -> Content:
        line = self._lines[place]
        if isinstance(line, str):
            return Content.styled(line, "$accent")
        here = place == self._list.cursor
        return drawn_line(line, width, self.marks, here=here and self._can_change(line), likely=self._is_likely(line))

    def _is_likely(self, line: MapLine) -> bool:
        """Tell whether a line says a column that nobody has chosen yet: it is only likely by its name."""
        if not line.column or self._look.saved is not None:
            return False
        return (line.key, line.value) in self._likely

    def _can_change(self, line: MapLine) -> bool:
        return line.key not in ONLY_TYPED

    def _show_hints(self) -> None:
        lines = line_hints(self.keymap, self.line, typing=bool(self._typing))
        for line, static in zip(lines, self.query("#hints > Static").results(Static), strict=True):
            static.update(line)

    def _measured_place(self) -> int | None:
        return measured_place(self.line)

    def _change(self, mapping: TableMap, key: str = "") -> None:
        """Take another map, draw it, and look what comes of it."""
        self.mapping = mapping
        self._show_lines(key or self.line.key)
        self._moved()
        self._look_again()

    def _look_again(self) -> None:
        self.run_worker(self._look_at(self.mapping), group="preview", exclusive=True)

    async def _look_at(self, mapping: TableMap) -> None:
        self._would_be = await self._preview(mapping)
        self._show_would_be()

    def _show_would_be(self) -> None:
        self._is_saying = False
        self.pane.show(preview_lines(self._look, self._would_be))

    def _say(self, sentence: str) -> None:
        """Say something above what would come, and at the foot until the cursor moves: the other may have no room."""
        self._is_saying = True
        would_be = replace(self._would_be, trouble="")
        self.pane.show([plain(safe_line(sentence, 1_000), "notice"), *preview_lines(self._look, would_be)])
        self.query("#hints > Static").first(Static).update(Content.styled(safe_line(sentence, _LIMIT), "$conditional"))

    def _say_no_more(self) -> None:
        """Take away what was said, and show what would come and the keys again."""
        if self._is_saying:
            self._show_would_be()
        self._show_hints()

    def _step(self, by: int) -> None:
        self._list.move(by)
        self._off_headings(by)
        self._moved()

    def action_map_next(self) -> None:
        """Go to the next line."""
        self._step(1)

    def action_map_previous(self) -> None:
        """Go to the line before."""
        self._step(-1)

    def action_map_first(self) -> None:
        """Go to the first line."""
        self._list.move_to(0)
        self._off_headings(1)
        self._moved()

    def action_map_last(self) -> None:
        """Go to the last line."""
        self._list.move_to(len(self._lines) - 1)
        self._moved()

    def action_map_page_down(self) -> None:
        """Read on in what would come."""
        self.pane.scroll_pages(1)

    def action_map_page_up(self) -> None:
        """Go back in what would come."""
        self.pane.scroll_pages(-1)
