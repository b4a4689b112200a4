"""The fields of the form for imports: path, what is stated of all that is read, and the format from a list."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.widget import Widget

from reviewer.domain.errors import ReviewerError
from reviewer.domain.stating import Statement
from reviewer.domain.text import safe_line
from reviewer.tui.actions import Where
from reviewer.tui.import_request import Formats, ImportReport
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.path_completion import complete_among
from reviewer.tui.screens.choice import ChoiceScreen, Option
from reviewer.tui.screens.form import LEAVE, FormScreen
from reviewer.tui.widgets.completing_field import CompletingField
from reviewer.tui.widgets.form_lines import ActionLine, PickLine
from reviewer.tui.widgets.lines import plain
from reviewer.tui.widgets.text_field import TextField

_MOST_KNOWN = 5
_ROOM = 48
"""Cells for what an empty field says, in the narrowest window that has room for the form."""


def _as_the_files_say(problems: Sequence[str]) -> str:
    """Return what the empty field for the problem says: as many of those that there are as there is room for."""
    for n in range(min(len(problems), _MOST_KNOWN), 0, -1):
        more = ", …" if n < len(problems) else ""
        words = f"as the files say (known: {', '.join(problems[:n])}{more})"
        if cell_len(words) <= _ROOM:
            return words
    return "as the files say"


class ImportForm(FormScreen[ImportReport | None]):
    """Has the fields, each called as ``Statement`` calls it; ``formats`` gives those of which one can be chosen."""

    AUTO_FOCUS = "#path"
    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("import", "dialog", "view")

    def __init__(
        self,
        start_path: str,
        problems: Sequence[str],
        keymap: Keymap,
        formats: Formats,
        marks: Marks,
        *,
        action: str,
    ) -> None:
        super().__init__("Import", keymap, action)
        self._formats = formats
        self._titles: dict[str, str] = {}
        self._is_opening = False
        self._marks = marks
        self._path = CompletingField(start_path, leave=LEAVE, placeholder="a file or a folder", id="path")
        self._problem = CompletingField(
            complete=partial(complete_among, tuple(problems)),
            leave=LEAVE,
            placeholder=_as_the_files_say(problems),
            id="problem",
        )
        self._settings = TextField(
            one_line=True, leave=LEAVE, placeholder="as the files say; or lab; or chat=lab,math=held_out", id="settings"
        )
        self._directions = TextField(
            one_line=True, leave=LEAVE, placeholder="as the files say; or acc=higher, loss=lower", id="directions"
        )
        self._baseline = TextField(
            one_line=True, leave=LEAVE, placeholder="as the files say; or model=gpt-4o, solver=plain", id="baseline"
        )
        self._run_named = TextField(
            one_line=True, leave=LEAVE, placeholder="as the files say; or the run's name; or newer", id="run"
        )
        asks = keymap["list_formats"]
        self._format = PickLine(
            self._titles,
            placeholder=f"by content{f'; {key_label(asks[0])} lists the formats' if asks else ''}",
            asks=asks,
            id="format",
        )
        self._columns = ActionLine("", id="columns")

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return path, problem, settings, directions, baselines, the run, the format, and of a table its columns."""
        return (
            ("path", self._path),
            (Statement.PROBLEM.field, self._problem),
            (Statement.SETTING.field, self._settings),
            (Statement.DIRECTION.field, self._directions),
            (Statement.BASELINE.field, self._baseline),
            (Statement.RUN.field, self._run_named),
            (Statement.FORMAT.field, self._format),
            (Statement.MAP.field, self._columns),
        )

    @property
    def _fields(self) -> tuple[TextField, ...]:
        return self._path, self._problem, self._settings, self._directions, self._baseline, self._run_named

    @property
    def is_opening(self) -> bool:
        """Return whether the list of formats is on its way: what is typed meanwhile is meant for it."""
        return self._is_opening

    def give_up_opening(self) -> None:
        """Let go of the list."""
        self._is_opening = False

    @on(PickLine.Asked)
    def action_list_formats(self) -> None:
        """Choose the format from a list, once that is there."""
        if self._format.disabled:
            return
        self._is_opening = True
        self.run_worker(self._choose_format(), group="formats", exclusive=True)

    async def _choose_format(self) -> None:
        """Choose the format from the list of those that there are."""
        try:
            self._titles |= {name: f"{name}: {title}" for name, title in await self._formats()}
        except ReviewerError as error:
            self._is_opening = False
            self.tell([plain(safe_line(str(error), 1_000), "notice")])
            return
        if not self._is_opening:
            return
        self._is_opening = False
        options = [Option("", "by content", "each file is known by what stands in it")]
        options += [Option(name, name, words.removeprefix(f"{name}: ")) for name, words in self._titles.items()]
        asking = ChoiceScreen("Of which format is it?", options, self._format.value, self.keymap, self._marks)
        self.app.push_screen(asking, self._format_chosen)

    def _format_chosen(self, name: str | None) -> None:
        if name is not None:
            self._format.choose(name)
            self.set_focus(self._format)
            self.focus_next()
