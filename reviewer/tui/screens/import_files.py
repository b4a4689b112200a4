"""The form for taking in files: first it shows what would come, then it takes it in."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea

from reviewer.domain.errors import ReviewerError
from reviewer.domain.how_far import HowFar, progress_line
from reviewer.domain.text import safe_line, safe_text
from reviewer.tui.import_report_lines import changes_anything, report_lines
from reviewer.tui.import_request import (
    Formats,
    ImportReport,
    ImportRequest,
    MisstatedError,
    Perform,
    Preview,
    Tables,
)
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.path_completion import is_missing
from reviewer.tui.said_of_tables import SaidOfTables
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.import_form import ImportForm
from reviewer.tui.widgets.form_lines import PickLine
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.tui.widgets.text_field import TextField

if TYPE_CHECKING:
    from reviewer.tui.screens.table_map_page import Mapped
    from reviewer.workflow.table_looking import TableLook

_TABLE = "table"
"""The format of any table, whose columns somebody has to say."""

_LOOK = "Look what would come"
_NARROWEST = 40

_LOOKS_FOR_SECONDS = 0.5
"""Enter goes on without an answer after this time; the look at what would come says then what is not there."""


class ImportScreen(ImportForm):
    """Asks for a path and what is told of all in it. Answers with the report of the last import made, if any was.

    Where the path is a table that no format knows, or the format says so, it asks first what its columns are, unless a
    map was saved for them; what was said of them in this sitting, as ``said_of_tables`` has it, is there already.

    ``preview`` tells what would come and writes nothing; ``perform`` takes it in; ``cancel`` asks either of them to
    end soon, and may be called more than once. Their ``ReviewerError`` is shown, and what was typed stays.
    """

    def __init__(
        self,
        start_path: str,
        problems: Sequence[str],
        keymap: Keymap,
        *,
        preview: Preview,
        perform: Perform,
        cancel: Callable[[], None],
        tables: Tables,
        said_of_tables: SaidOfTables,
        formats: Formats,
        marks: Marks = UNICODE,
        is_missing: Callable[[str], bool] = is_missing,
    ) -> None:
        super().__init__(start_path, problems, keymap, formats, marks, action=_LOOK)
        self._preview, self._perform, self._cancel = preview, perform, cancel
        self._tables = tables
        self._said_of_tables = said_of_tables
        self._problems = tuple(problems)
        self._table: TableLook | None = None
        self._table_at = ""
        """The path of the table, as it was typed when it was looked at."""
        self._table_named = False
        """Whether somebody said that it is a table, when it was looked at."""
        self._mapped: Mapped | None = None
        self._kept = ""
        self._is_missing = is_missing
        self._told_missing = False
        self._looked_at: ImportRequest | None = None
        self._done: ImportReport | None = None
        self._finished = False
        self._action = _LOOK
        self._busy_with = ""
        self._stopping = False
        self._progress: HowFar | None = None

    def hints(self) -> Content:
        """Return the line at the foot."""
        if self._busy_with:
            return hint(self.keymap, ("dialog_close", "stop"))
        here = [("tab", "complete, next"), ("dialog_accept", "on")]
        if self.focused is self._format:
            here = [("list_formats", "list"), ("backspace", "by content"), ("dialog_accept", "on")]
        elif self.focused is self._columns:
            here = [("dialog_accept", "columns"), ("tab", "next")]
        elif self.focused in (self.action_line, self.pane):
            here = [("dialog_accept", self._action.lower())]
        return hint(self.keymap, *here, ("pgdn", "scroll"), ("dialog_close", "close"))

    def on_descendant_focus(self) -> None:
        """Say which keys serve where the focus is now."""
        self.set_hints()

    def on_mount(self) -> None:
        """Draw the progress some times a second while there is any; no columns are known yet."""
        self._show_columns()
        self.set_interval(0.1, self._draw_progress)

    @property
    def is_importing(self) -> bool:
        """Return whether files are being looked at or taken in."""
        return bool(self._busy_with)

    @property
    def request(self) -> ImportRequest:
        """Return what is typed."""
        path, problem, settings, directions, baseline, run = (field.text.strip() for field in self._fields)
        mapped = self._mapped
        said = mapped.mapping if mapped is not None and mapped.go_on and self._is_table(path) else None
        chosen = self._format.value or None
        return ImportRequest(path, problem or None, settings, directions, baseline, said, run, format_name=chosen)

    def _is_table(self, path: str) -> bool:
        """Return whether the table that was looked at is the one at a path, by the format as it is now."""
        if self._table is None or self._format.value not in ("", _TABLE):
            return False
        is_named = self._format.value == _TABLE
        return is_named == self._table_named and path == self._table_at

    @on(PickLine.Changed)
    @on(TextArea.Changed)
    def _typed(self) -> None:
        """Go back to looking first where what is typed is no longer what was looked at."""
        if not self._busy_with and self.request != self._looked_at:
            self._looked_at, self._finished = None, False
            self._set_action(_LOOK)
            self._show_columns()

    def _show_columns(self) -> None:
        """Say where the columns of a table come from, if it is one; Enter there leads to them."""
        line = self._columns.parent
        if not isinstance(line, Widget):
            return
        line.display = self._is_table(self._path.text.strip())
        if self._table is None:
            return
        saved = self._table.saved
        if self._mapped is not None:
            words = "as you said" if self._mapped.go_on else "not said to the end"
        else:
            words = f"by the saved map {safe_line(saved.name, 40)}" if saved else "not said yet"
        self._columns.update(f"{words}; enter shows and changes them")

    async def advance(self, field: TextField) -> None:
        """Go on from a field by Enter; from a path only where there is something, which is said at once if not."""
        missing = field is self._path and bool(self.request.path) and await self._cannot_find(self.request.path)
        if missing:
            self.tell([plain(f"{safe_line(self.request.path, 400)}: there is no such file or folder.", "notice")])
        elif self._told_missing:
            self.tell([])
        self._told_missing = missing
        if not missing:
            await super().advance(field)

    async def _cannot_find(self, path: str) -> bool:
        """Return whether there is nothing at a path, as far as that is known soon: a disk may be far away."""
        try:
            return await asyncio.wait_for(asyncio.to_thread(self._is_missing, path), _LOOKS_FOR_SECONDS)
        except TimeoutError:
            return False

    def accept(self) -> None:
        """Look what would come; then take it in; then close."""
        if self._busy_with:
            return
        if self.focused is self._columns and self._table is not None:
            self._ask_columns(self._table)
        elif self.focused is self._format:
            self.focus_next()
        elif not self.request.path:
            self.tell([plain("Give a path first: a file, or a folder with files.", "notice")])
            self._path.focus()
        elif self._finished:
            self.dismiss(self._done)
        elif self._looked_at == self.request:
            self._run("Taking it in", self._take_in(self.request))
        else:
            self._run("Looking", self._look(self.request))

    def close(self) -> None:
        """Close; while something is running, ask it to stop instead."""
        if not self._busy_with:
            self.dismiss(self._done)
        else:
            self._stopping = True
            self._cancel()
            self._draw_progress()

    def _run(self, words: str, work: Awaitable[None]) -> None:
        self._busy_with, self._stopping, self._progress = words, False, None
        for field in self._fields:
            field.read_only = True
        self._format.disabled = True
        self.action_line.focus()
        self.set_hints()
        self._draw_progress()
        self.tell([])
        self.run_worker(work, group="import", exit_on_error=True)

    def _set_action(self, words: str) -> None:
        """Have the action line do something else from now on, and say so at the foot too."""
        self._action = words
        self.action_line.update(words)
        self.set_hints()

    def _ran(self, action: str) -> None:
        self._busy_with = ""
        for field in self._fields:
            field.read_only = False
        self._format.disabled = False
        self._set_action(action)

    async def _look(self, request: ImportRequest) -> None:
        try:
            if request.table_map is None and await self._needs_columns(request):
                return
            report = await self._preview(request)
        except ReviewerError as error:
            self._failed(error)
            return
        if report.interrupted:
            self._ran(_LOOK)
        elif changes_anything(report):
            self._looked_at = request
            self._ran("Import")
        else:
            self._ran(_LOOK)
        kept = [TextLine(), plain(safe_line(self._kept, 1_000))] if self._kept else []
        self._kept = ""
        self.tell([*report_lines(report, is_preview=True), *kept])

    async def _needs_columns(self, request: ImportRequest) -> bool:
        """Ask what the columns of a table are that no saved map fits; return whether that is asked."""
        if request.format_name not in (None, _TABLE):
            return False
        if not self._is_table(request.path):
            self._mapped = None
        is_named = request.format_name == _TABLE
        self._table = await self._tables.look(request.path, is_named=is_named)
        self._table_at, self._table_named = request.path, is_named
        table = self._table
        if table is not None and self._mapped is None:
            self._mapped = self._said_of_tables.of(table)
        self._show_columns()
        if table is None or (table.saved is not None and self._mapped is None):
            return False
        self._ran(_LOOK)
        self._ask_columns(table)
        return True

    def _ask_columns(self, table: "TableLook") -> None:
        """Ask what the columns of a table are."""
        from reviewer.tui.screens.table_map import TableMapScreen  # what most imports need not load

        request, before = self.request, self._mapped
        asking = TableMapScreen(
            table,
            before.mapping if before else table.mapping,
            self.keymap,
            preview=lambda mapping: self._tables.preview(table, mapping, request.problem),
            problems=self._problems,
            problem=request.problem,
            settings=request.settings,
            keep_as=before.keep_as if before else "",
        )
        self.app.push_screen(asking, partial(self._columns_said, table))

    def _columns_said(self, table: "TableLook", mapped: "Mapped | None") -> None:
        """Take what was said of the columns, and look what would come of the whole table."""
        assert mapped is not None
        before, self._mapped = self._mapped, mapped
        self._said_of_tables.keep(table, mapped)
        # One of the two would outweigh the other unseen.
        if (problem := mapped.mapping.problem.text) and problem != self.request.problem:
            self._problem.load_text(problem)
        self._looked_at, self._finished = None, False
        self._show_columns()
        self._set_action(_LOOK)
        if not mapped.go_on:
            self.tell([plain("What you said of the columns stays here; nothing was taken in.", "dim")])
            return
        keep = bool(mapped.keep_as) and mapped != before
        self._run("Looking", self._keep_and_look(table, mapped, keep=keep))

    async def _keep_and_look(self, table: "TableLook", mapped: "Mapped", *, keep: bool) -> None:
        if keep:
            try:
                self._kept = await self._tables.keep(mapped.keep_as, mapped.mapping, table)
            except ReviewerError as error:
                self._kept = str(error)
        await self._look(self.request)

    async def _take_in(self, request: ImportRequest) -> None:
        try:
            report = await self._perform(request, self._note_progress)
        except ReviewerError as error:
            self._failed(error)
            return
        self._done = report
        self._finished = not report.interrupted
        self._ran("Import" if report.interrupted else "Close")
        self.tell(report_lines(report))

    def _failed(self, error: ReviewerError) -> None:
        self._looked_at = None
        self._ran(_LOOK)
        self.tell([plain(line, "notice") for line in safe_text(str(error)).split("\n")])
        fields: dict[str, Widget] = dict(self.lines())
        (fields[error.statement.field] if isinstance(error, MisstatedError) else self._path).focus()

    def _note_progress(self, how_far: HowFar) -> None:
        self._progress = how_far

    def _draw_progress(self) -> None:
        if not self._busy_with:
            return
        if self._stopping:
            self.action_line.update("Stopping after what is being written…")
        elif self._progress is None:
            self.action_line.update(f"{self._busy_with}…")
        else:
            self.action_line.update(progress_line(self._progress, self.pane.size.width or _NARROWEST))
