"""Saying what the columns of a table are: its first rows, a line for each thing to say, and what would come of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.sources.table_map import TableMap
from reviewer.tui import table_map_choices as choosing
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind, bind_action
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.table_map_drawing import KEEP, NOT_KEPT, ONLY_TYPED, drawn_line, line_hints, measured_place
from reviewer.tui.table_map_lines import MORE, Known, MapLine, is_long, lines_of
from reviewer.tui.table_preview_lines import preview_lines
from reviewer.tui.widgets.lines import LinesPane, plain
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.table_head import TableHead
from reviewer.tui.widgets.text_field import TextField, is_escape
from reviewer.workflow.table_looking import TableLook, TablePreview

WIDE_FROM = 120
HIGH_FROM = 36
PREVIEW_FROM = 18
HEAD_FROM = 13
"""With fewer rows than this there is no room for what would come, or for the table's own."""

_HEAD_ROWS = 5
_LIMIT = 200
_NUMBER_OF_CHOICES_TO_GO_THROUGH = 2
_OF_MEASURED = "That is said on the line of a column that was measured; this line is none."


@dataclass(frozen=True, slots=True)
class Mapped:
    """What was said of the columns; ``keep_as`` names the map where it is to be kept. ``go_on`` is False after Esc."""

    mapping: TableMap
    keep_as: str
    go_on: bool


class TableMapScreen(ModalScreen[Mapped]):
    """Shows a table's first rows and takes what its columns are; gives that back, also where it is left by Esc.

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
        self._show_hints()

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
        self.pane.show(preview_lines(self._look, self._would_be))

    def _say(self, sentence: str) -> None:
        """Say something above what would come, and at the foot until the cursor moves: the other may have no room."""
        would_be = replace(self._would_be, trouble="")
        self.pane.show([plain(safe_line(sentence, 1_000), "notice"), *preview_lines(self._look, would_be)])
        self.query("#hints > Static").first(Static).update(Content.styled(safe_line(sentence, _LIMIT), "$conditional"))

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

    def action_map_other(self) -> None:
        """Let the line say the next thing that it may say."""
        self._go_through(1)

    def action_map_other_back(self) -> None:
        """Let the line say what comes before."""
        self._go_through(-1)

    def _go_through(self, by: int) -> None:
        line = self.line
        if not self._can_change(line):
            self.action_map_choose()
            return
        may = choosing.choices(self.mapping, self._known, line.key)
        values = [choice.value for choice in may]
        now = choosing.current(self.mapping, line.key)
        at = values.index(now) if now in values else -1 if by > 0 else 0
        if len(values) >= _NUMBER_OF_CHOICES_TO_GO_THROUGH:
            self._take(line, values[(at + by) % len(values)])

    def _take(self, line: MapLine, value: str) -> None:
        """Let a line say something; where it was the one for another, the cursor goes to what has come of it."""
        kind, _, of = line.key.partition(":")
        key = line.key
        if of == MORE and value:
            many = {"text": self.mapping.texts, "detail": self.mapping.details}.get(kind, self.mapping.measurements)
            key = f"{kind}:{len(many)}"
        self._change(choosing.chosen(self.mapping, self._known, line.key, value), key)

    def action_map_choose(self) -> None:
        """Choose what the line says from a list, or type it."""
        line = self.line
        if not self._can_change(line):
            self._type()
            return
        self._choose(line)

    def _choose(self, line: MapLine) -> None:
        options = [
            Option(choice.value, choice.words, self._first_cells(choice.value))
            for choice in choosing.choices(self.mapping, self._known, line.key)
        ]
        now = choosing.current(self.mapping, line.key)

        def take(value: str | None) -> None:
            if value is None:
                return
            if trouble := choosing.trouble_with(line.key, value.removeprefix("text:")):
                self._say(trouble)
            else:
                self._take(line, value)

        typed = partial(choosing.typed, line.key) if choosing.can_be_typed(line.key) else None
        self.app.push_screen(ChoiceScreen(line.label, options, now, self.keymap, self.marks, typed=typed), take)

    def _first_cells(self, value: str) -> str:
        """Return the first cells of the column that a choice names."""
        column = value.removeprefix("column:")
        if column not in self._look.columns or not value.startswith("column:"):
            return ""
        return ", ".join(self._look.values[column])

    def action_map_clear(self) -> None:
        """Let the line say nothing."""
        if self.line.key == KEEP:
            self._keep_as = ""
            self._show_lines(KEEP)
            self._moved()
        elif not self.line.key.startswith("word:"):
            self._take(self.line, "")

    def action_map_measure(self) -> None:
        """Choose another column that was measured."""
        key = f"measured:{MORE}"
        places = [n for n, line in enumerate(self._lines) if isinstance(line, MapLine) and line.key == key]
        if not places:
            self._say("Each row tells one number here; its metric and its value have a column each.")
            return
        self._list.move_to(places[0])
        self._moved()
        self._choose(self.line)

    def action_map_direction(self) -> None:
        """Say which way is better: higher, lower, nothing."""
        if self.line.key.startswith("metric:"):
            self._go_through(1)
        elif (place := self._measured_place()) is not None:
            self._change(choosing.with_next_direction(self.mapping, place))
        else:
            self._say("Which way is better is said on the line of a metric, or of a column that was measured.")

    def action_map_error(self) -> None:
        """Let the next column of numbers be the error of what was measured."""
        if (place := self._measured_place()) is not None:
            self._change(choosing.with_next_error(self.mapping, self._known, place))
        elif is_long(self.mapping):
            self._say("Here the line error names the column of the error; the keys that change any line change it.")
        else:
            self._say(_OF_MEASURED)

    def action_map_percent(self) -> None:
        """Say that it is in per cent, or not."""
        if (place := self._measured_place()) is not None:
            self._change(choosing.with_percent(self.mapping, place))
        else:
            self._say(_OF_MEASURED)

    def action_map_primary(self) -> None:
        """Say that proposals are held by it first, or not."""
        if (place := self._measured_place()) is not None:
            if self.mapping.measurements[place].dataset.column:
                self._say("What comes first is one metric on one dataset; here the rows name their datasets.")
            else:
                self._change(choosing.with_primary(self.mapping, place))
        else:
            self._say(_OF_MEASURED)

    def action_map_type(self) -> None:
        """Type what the line says: the name of a metric, or what holds for all rows."""
        if choosing.can_be_typed(self.line.key) or self.line.key == KEEP or self._measured_place() is not None:
            self._type()
        else:
            self._say("Nothing is typed on this line: it says a column, or one of a few words, which its list shows.")

    def action_map_keep(self) -> None:
        """Name the map, to keep it for tables with these columns."""
        self._list.move_to(len(self._lines) - 1)
        self._moved()
        self._type()

    def _type(self) -> None:
        self._typing = self.line.key
        place = self._measured_place()
        if place is not None:
            label, text = "name of the metric", self.mapping.measurements[place].metric.text
        elif self._typing == KEEP:
            label, text = "keep the map as", self._keep_as
        elif self._typing == "missing":
            label, text = "words for no value, by commas", ", ".join(self.mapping.missing)
        else:
            label, text = f"{self.line.label} of all rows", "" if self.line.column else self._said()
        self.query_one("#typing-label", Static).update(label)
        self._field.load_text(text)
        self.query_one("#typing").display = True
        # At once, so that the letters that come next are the field's.
        self.set_focus(self._field)
        self._field.move_cursor(self._field.document.end)
        self._show_hints()

    def _said(self) -> str:
        return choosing.current(self.mapping, self.line.key).removeprefix("text:")

    @on(TextField.Advanced)
    def _typed(self) -> None:
        key, text = self._typing, self._field.text.strip()
        trouble = choosing.trouble_with(key, text)
        if trouble:
            self._say(trouble)
            return
        place = self._measured_place()
        self._end_typing()
        if key == KEEP:
            self._keep_as = text
            self._show_lines(KEEP)
            self._moved()
        elif place is not None:
            if text:
                self._change(choosing.with_name(self.mapping, place, text))
        else:
            self._take(self.line, choosing.typed(key, text))

    @on(TextField.Closed)
    def _end_typing(self) -> None:
        self._typing = ""
        self.query_one("#typing").display = False
        self.set_focus(None)
        self._show_hints()

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self._off_headings(1)
        self._moved()
        if message.again:
            self.action_map_choose()

    def on_key(self, event: events.Key) -> None:
        """Take Esc and a letter in one breath for Esc."""
        if event.key != "escape" and is_escape(event.key):
            event.stop()
            self.action_map_back()

    async def action_map_go_on(self) -> None:
        """Look what would come of the whole table; nothing is taken in yet."""
        would_be = await self._preview(self.mapping)
        if would_be.trouble:
            self._would_be = would_be
            self._to_needed()
            self._say(f"Not yet: {would_be.trouble[:1].lower()}{would_be.trouble[1:]}")
            return
        self.dismiss(Mapped(self.mapping, self._keep_as, True))

    def action_map_back(self) -> None:
        """Go back to the form; what was said of the columns stays."""
        self.dismiss(Mapped(self.mapping, self._keep_as, False))
