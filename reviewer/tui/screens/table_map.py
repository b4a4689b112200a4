"""Saying what the columns of a table are, line by line: from a list, by typing, or by a key of its own."""

from functools import partial

from textual import events, on
from textual.widgets import Static

from reviewer.tui import table_map_choices as choosing
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.table_map_page import Mapped, TableMapPage
from reviewer.tui.table_map_drawing import KEEP
from reviewer.tui.table_map_lines import MORE, MapLine, is_long
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import TextField, is_escape

_NUMBER_OF_CHOICES_TO_GO_THROUGH = 2
_OF_MEASURED = "That is said on the line of a column that was measured; this line is none."


class TableMapScreen(TableMapPage):
    """Takes what the columns of a table are; gives that back, also where it is left by Esc."""

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
            if trouble := choosing.trouble_with_choice(line.key, value):
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
        # What is typed takes the place of what stood there; the arrow keys go on with that.
        self._field.select_all()
        self._say_no_more()

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
        self._say_no_more()

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
