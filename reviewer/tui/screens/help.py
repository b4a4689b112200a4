"""The list of keys: every key of the screen at hand."""

import re
from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size
from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea

from reviewer.domain.text import safe_line
from reviewer.tui.actions import Action, Where, actions_at
from reviewer.tui.bound_keys import is_bound
from reviewer.tui.document_lines import PLAIN, fold_runs
from reviewer.tui.keys import Keymap, keys_label
from reviewer.tui.screens.binding import bind_action, bind_keys, hint
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import WIDEST, Piece, TextLine, plain
from reviewer.tui.widgets.text_field import TextField

TWO_COLUMNS_FROM = 130
"""From this width on the sections stand in two columns."""

_GAP = 4
_KEYS = 14
_WIDEST = 176
_Row = tuple[Piece, ...]


class HelpScreen(ViewScreen):
    """Shows the keys of one or more places, section by section; ``/`` narrows them down as one types.

    ``context`` names the screen at hand.
    """

    def __init__(self, where: Where | Sequence[Where], keymap: Keymap, context: str = "") -> None:
        super().__init__("Keys", context, keymap, widest=_WIDEST)
        self._actions = actions_of(where)
        self._filter = TextField(
            one_line=True, leave=("up", "down", "tab"), placeholder="type a key or a word", id="filter"
        )
        self.add_class("-wide")
        bind_action(self, keymap, "help", "view_back")
        narrow = keymap["search"] or ("slash",)
        bind_keys(self, tuple(key for key in narrow if not is_bound(self, key)), "narrow")

    def body(self) -> list[Widget]:
        """Return the field that narrows down, which shows when it is asked for, and the pane."""
        return [self._filter, self.pane]

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(
            self.keymap,
            ("search" if self.keymap["search"] else "/", "find a key"),
            ("view_down", "down"),
            ("view_page_down", "page down"),
            ("view_back", "back"),
        )

    def fill(self) -> None:
        """Show the keys that fit what is typed."""
        typed = self._filter.text
        found = [each for each in self._actions if _fits(each, self.keymap, typed)]
        if found:
            self.pane.show(lambda width: help_lines(found, self.keymap, width))
        else:
            self.pane.show([plain(f"No key here has to do with “{safe_line(typed, 60)}”.", "dim")])

    def action_narrow(self) -> None:
        """Open the field that narrows the list down."""
        self.add_class("-filtering")
        self._filter.focus()

    @on(TextArea.Changed)
    def _narrow(self) -> None:
        self.fill()

    @on(TextField.Advanced)
    def _read_on(self) -> None:
        self.pane.focus()

    @on(TextField.Closed)
    def _close_field(self) -> None:
        self.action_view_back()

    def action_view_back(self) -> None:
        """Close the field first, where it is open; then the screen."""
        if self.has_class("-filtering"):
            self._filter.load_text("")
            self.remove_class("-filtering")
            self.pane.focus()
            return
        super().action_view_back()


def actions_of(where: Where | Sequence[Where]) -> tuple[Action, ...]:
    """Return the actions of one place or of several, each once, those that act everywhere last."""
    places: Sequence[Where] = (where,) if isinstance(where, str) else where
    here = dict.fromkeys(each for place in places for each in actions_at(place) if each.where != "app")
    return (*here, *actions_at("app"))


def help_lines(actions: Sequence[Action], keymap: Keymap, width: int) -> list[TextLine]:
    """Return the list of keys for a width: sections one under the other, or in two columns where there is room."""
    sections: dict[str, list[Action]] = {}
    for each in actions:
        sections.setdefault(each.section, []).append(each)
    is_wide = width >= TWO_COLUMNS_FROM and len(sections) > 1
    column = (width - _GAP) // 2 if is_wide else min(width, WIDEST)
    sizes = _sizes(actions, keymap, column)
    listed = [
        _Listed(name, tuple(_entry(each, keymap, column, *sizes) for each in of)) for name, of in sections.items()
    ]
    if not is_wide:
        return [TextLine(row) for row in _rows(listed, column)]
    left, right = _halves(listed, column)
    lines = []
    for one, other in zip_longest(left, right, fillvalue=()):
        used = sum(cell_len(text) for text, _ in one)
        lines.append(TextLine((*one, (" " * (column - used + _GAP), ""), *other)))
    return lines


def _sizes(actions: Sequence[Action], keymap: Keymap, width: int) -> tuple[int, int]:
    """Return the widths of keys and titles; that of the titles is 0 where they go into the description."""
    longest = max(cell_len(keys_label(keymap, each.id)) for each in actions)
    keys = min(longest, _KEYS, max(4, width // 4)) + 2
    titles = max(cell_len(each.title) for each in actions) + 2
    return keys, titles if keys + titles + 24 <= width else 0


class _Listed(NamedTuple):
    """A section, or what stands of it in one column: its name, and the rows of each key."""

    name: str
    entries: tuple[tuple[_Row, ...], ...]


def _rows(listed: Sequence[_Listed], width: int) -> list[_Row]:
    """Return sections one under the other, each under its name, with an empty row between them."""
    rows: list[_Row] = []
    for each in listed:
        rule = " " + "─" * max(0, width - cell_len(each.name) - 1)
        rows += [(), ((each.name, "dim"), (rule, "rule")), *(row for entry in each.entries for row in entry)]
    return rows[1:]


def _halves(listed: Sequence[_Listed], width: int) -> tuple[list[_Row], list[_Row]]:
    """Return the sections in two columns, in order, split where the higher of the two is lowest.

    A section that goes on in the second column has its name there again.
    """
    columns = []
    for at, section in enumerate(listed):
        for within in range(len(section.entries)):
            before = [_Listed(section.name, section.entries[:within])] if within else []
            rest = _Listed(section.name, section.entries[within:])
            columns.append((_rows([*listed[:at], *before], width), _rows([rest, *listed[at + 1 :]], width)))
    return min(columns, key=lambda pair: max(map(len, pair)))


def _entry(each: Action, keymap: Keymap, width: int, keys: int, titles: int) -> tuple[_Row, ...]:
    labels = _folded(keys_label(keymap, each.id) or "–", keys - 2)
    texts = _folded(each.description if titles else f"{each.title}: {each.description}", width - keys - titles)
    rows: list[_Row] = []
    for number, (label, text) in enumerate(zip_longest(labels, texts, fillvalue="")):
        title = each.title if titles and not number else ""
        rows.append(((set_cell_size(label, keys), "strong"), (set_cell_size(title, titles), ""), (text, "dim")))
    return tuple(rows)


def _folded(text: str, width: int) -> list[str]:
    return [folded.text for folded in fold_runs([(text, PLAIN)], max(1, width))]


def _fits(each: Action, keymap: Keymap, typed: str) -> bool:
    words = typed.casefold().split()
    if not words:
        return True
    if len(words) == 1 and typed.strip() in keys_label(keymap, each.id).split():
        return True
    text = " ".join((keys_label(keymap, each.id), each.title, each.description, each.section, each.id, each.also))
    text = text.casefold()
    return all(re.search(rf"(?<!\w){re.escape(word)}", text) for word in words)
