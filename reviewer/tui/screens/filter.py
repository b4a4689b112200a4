"""Choosing what part of the queue to see."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, ClassVar

from textual import on, work
from textual.content import Content
from textual.widget import Widget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.queue import QueueFilter, is_searched_for
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Status, Verdict
from reviewer.tui.cells import cut
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.screens.binding import bind_action, bind_keys, hint
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.dialog import DialogScreen, Excerpt
from reviewer.tui.widgets.row_list import RowList
from reviewer.tui.widgets.text_field import TextField
from reviewer.workflow.browsing import FilterChoices

_LABEL_CELLS = 22
_ANY = "any"


CountAsked = Callable[[], Awaitable[Mapping[str, int]]]
"""Counts how many proposals each rule has a question about; rules without any may be left out."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One part of the filter: its field, its label, and its values with their words, the one that asks nothing first.

    The row of the text has no values: it is written. ``abouts`` says more of each value, where there is more to say.
    """

    field: str
    label: str
    values: tuple[tuple[Any, str], ...] = ()
    abouts: tuple[str, ...] = ()


class FilterScreen(DialogScreen[QueueFilter | None]):
    """Shows the parts of the filter, one a row; gives the filter that was put together, or None where it was closed."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../styles/dialog.tcss", "../styles/filter.tcss"]
    HELP_PLACES: ClassVar[Sequence[str]] = ("dialog",)

    def __init__(
        self,
        current: QueueFilter,
        choices: FilterChoices,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        count_asked: CountAsked,
    ) -> None:
        super().__init__("Filter", "", keymap, marks)
        self._count_asked = count_asked
        self._asked: Mapping[str, int] | None = None
        self._filter = current
        statuses = [(s, f"{marks.statuses[s]} {s.replace('_', ' ')}") for s in Status]
        verdicts = [(v, f"{marks.verdicts[v]} {v.replace('_', ' ')}") for v in Verdict]
        self._lines = (
            _Row("status", "status", ((None, _ANY), *statuses)),
            _Row("verdict", "my verdict", ((None, _ANY), *verdicts)),
            _names("agent", "agent", choices.agents, current.agent),
            _names("family", "family", choices.families, current.family),
            _names("tag", "my tag", choices.tags, current.tag),
            _Row("flagged", "flagged", ((False, _ANY), (True, f"{marks.flag} only flagged"))),
            _Row("changed", "changed since judged", ((False, _ANY), (True, f"{marks.changed} only changed"))),
            _rules(choices.checks, current.check),
            _Row("assigned", "assigned to me", ((False, _ANY), (True, "only assigned"))),
            _Row("disagreed", "judged differently", ((False, _ANY), (True, "only where reviewers differ"))),
            _Row("text", "text"),
        )
        self._rows = RowList(marks=marks, id="parts")
        self._field = TextField(one_line=True, leave=("up", "down"), placeholder="words to look for", id="text")
        self._field.display = False
        self._sentence = Excerpt(2, marks, id="sentence")
        bind_action(self, keymap, "next", "down")
        bind_action(self, keymap, "previous", "up")
        bind_action(self, keymap, "search", "look_up")
        fixed: tuple[tuple[tuple[str, ...], str], ...] = (
            (("down",), "down"),
            (("up",), "up"),
            (("right", "space"), "next_value"),
            (("left",), "previous_value"),
            (("0", "delete", "backspace"), "clear_row"),
            (("C",), "clear_all"),
        )
        for keys, call in fixed:
            bind_keys(self, keys, call)

    def body(self) -> Sequence[Widget]:
        """Return the rows, the field for the text, and the filter in words."""
        return (self._rows, self._field, self._sentence)

    def hints(self) -> Sequence[Content]:
        """Return the lines at the foot."""
        find = key_label(self.keymap["search"][0]) if self.keymap["search"] else ""
        look_up = [(find, "find or write a value")] if find else []
        return (
            hint(self.keymap, ("←→", "change"), *look_up, ("0", "clear"), ("C", "clear all")),
            hint(self.keymap, ("next", "next"), ("previous", "previous"), ("dialog_accept", "apply"),
                 ("dialog_close", "close")),
        )  # fmt: skip

    def on_mount(self) -> None:
        """Show the filter as it is."""
        self._rows.show(len(self._lines), self._draw)
        self._show()

    @property
    def _line(self) -> _Row:
        return self._lines[self._rows.cursor or 0]

    def _set(self, row: _Row, value: Any) -> None:
        self._filter = replace(self._filter, **{row.field: value})
        self._show()

    def _show(self) -> None:
        self._rows.refresh()
        self._sentence.show(Content.assemble(("shows  ", "$quiet"), safe_line(self._filter.describe(), 400)))

    def _place(self, row: _Row) -> int:
        held = getattr(self._filter, row.field)
        return next((i for i, (value, _) in enumerate(row.values) if value == held), 0)

    def _step(self, by: int) -> None:
        row = self._line
        if row.values:
            self._set(row, row.values[(self._place(row) + by) % len(row.values)][0])
        else:
            self._write()

    def _draw(self, place: int, width: int) -> Content:
        row = self._lines[place]
        words = _in_words(row, self._place(row)) if row.values else safe_line(self._filter.text, 200) or _ANY
        here = place == self._rows.cursor and bool(row.values)
        room = max(0, width - _LABEL_CELLS - 4)
        shown = cut(words, room, self.marks.ellipsis).rstrip()
        return Content.assemble(
            (cut(row.label, min(width, _LABEL_CELLS), self.marks.ellipsis), "$quiet"),
            "< " if here else "  ",
            (shown, "$quiet" if words == _ANY else ""),
            " >" if here else "",
        )

    def action_down(self) -> None:
        """Go to the next row; from the text's field too."""
        self._stop_writing()
        self._rows.move(1)

    def action_up(self) -> None:
        """Go to the row before."""
        self._stop_writing()
        self._rows.move(-1)

    def action_next_value(self) -> None:
        """Change the row to its next value."""
        self._step(1)

    def action_previous_value(self) -> None:
        """Change the row to the value before."""
        self._step(-1)

    def action_clear_row(self) -> None:
        """Let the row ask nothing."""
        row = self._line
        self._set(row, row.values[0][0] if row.values else "")

    def action_clear_all(self) -> None:
        """Let the filter ask nothing."""
        self._filter = QueueFilter()
        self._show()

    def action_look_up(self) -> None:
        """Choose the row's value from a list that typing narrows down; on the text's row, write it."""
        row = self._line
        if not row.values:
            self._write()
            return
        abouts = row.abouts or ("",) * len(row.values)
        options = [Option(str(i), words, abouts[i]) for i, (_, words) in enumerate(row.values)]
        choice = ChoiceScreen(row.label, options, str(self._place(row)), self.keymap, self.marks)
        if row.field == "check":
            choice.show_figures(self._figures(row))
        self.app.push_screen(choice, self._taker(row))
        if row.field == "check" and self._asked is None:
            self._count(row, choice)

    @work(exclusive=True, group="count")
    async def _count(self, row: _Row, choice: ChoiceScreen) -> None:
        """Count how many proposals each rule asks about, and show it where the rules are listed meanwhile."""
        # Without the counts there is as much to choose from, and what hinders the reading is told where it matters.
        with suppress(ReviewerError):
            self._asked = await self._count_asked()
            choice.show_figures(self._figures(row))

    def _figures(self, row: _Row) -> Sequence[str]:
        """Return how many proposals the rule of each value asks about, with a mark where that is not known yet."""
        if self._asked is None:
            return [self.marks.ellipsis if rule else "" for rule, _ in row.values]
        return [f"{self._asked.get(rule, 0):,}" if rule else "" for rule, _ in row.values]

    def _taker(self, row: _Row) -> Callable[[str | None], None]:
        def take(chosen: str | None) -> None:
            if chosen is not None:
                self._set(row, row.values[int(chosen)][0])

        return take

    def _write(self) -> None:
        self._field.load_text(self._filter.text)
        self._field.display = True
        self.set_focus(self._field)

    @on(TextField.Advanced)
    @on(TextField.Closed)
    def _stop_writing(self) -> None:
        if self._field.display:
            self._field.display = False
            self.set_focus(None)
            text = self._field.text.strip()
            self._set(self._lines[-1], text if is_searched_for(text) else "")

    @on(RowList.Picked)
    def _picked(self, message: RowList.Picked) -> None:
        self._stop_writing()
        if message.again:
            self._step(1)

    def action_dialog_accept(self) -> None:
        """Apply the filter."""
        self._stop_writing()
        self.dismiss(self._filter)


def _names(field: str, label: str, names: Sequence[str], current: str) -> _Row:
    """Return a row of names; the one that is asked for now is among them, even where nothing bears it any more."""
    every = dict.fromkeys([*names, current] if current else names)
    return _Row(field, label, (("", _ANY), *((name, safe_line(name, 200)) for name in every if name)))


def _rules(rules: Sequence[tuple[str, str]], current: str) -> _Row:
    """Return the row of the checks, each by its id and what it asks about."""
    every = {"": "", **({current: ""} if current else {}), **dict(rules)}
    values = tuple((rule, safe_line(rule, 40) or _ANY) for rule in every)
    return _Row("check", "a check asks about it", values, tuple(every.values()))


def _in_words(row: _Row, place: int) -> str:
    """Return a value in words, with what is said of it."""
    about = row.abouts[place] if row.abouts else ""
    return f"{row.values[place][1]}  {about}".rstrip()
