"""The form for writing the judgements to a file."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Literal, cast

from textual import on, work
from textual.content import Content
from textual.widget import Widget
from textual.widgets import TextArea
from textual.worker import Worker, WorkerState

from reviewer.domain.errors import ReviewerError, UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.text import safe_line, safe_text
from reviewer.exports.output import format_by_name, is_export
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.binding import hint
from reviewer.tui.screens.form import LEAVE, FormScreen
from reviewer.tui.widgets.completing_field import CompletingField
from reviewer.tui.widgets.form_lines import ChoiceLine
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.tui.widgets.text_field import TextField

Format = Literal["csv", "jsonl"]
Shape = Literal["current", "history", "long", "wide"]
Whose = Literal["mine", "all"]

SHAPE_WORDS = {
    "current": "One row a proposal and reviewer: the judgement held now.",
    "history": "One row an annotation event.",
    "long": "One row a constraint of a judgement.",
    "wide": "One row a proposal, one set of columns a reviewer.",
}


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write where. ``filtered`` asks for the proposals of the queue's filter only."""

    path: str
    format: Format
    shape: Shape
    whose: Whose
    excel: bool
    filtered: bool


Perform = Callable[[ExportRequest], Awaitable[str]]


class ExportScreen(FormScreen[str | None]):
    """Asks for a path and the form of the file. Answers with the sentence on what was written last, if anything was.

    ``filter_words`` is the queue's filter in words. ``perform`` writes the file and returns the sentence; its
    ``ReviewerError`` is shown, and what was typed stays. A file that is there is replaced only once that was said; one
    that is no export only when Enter is pressed once more after that.
    """

    AUTO_FOCUS = "#path"

    def __init__(self, default_path: str, filter_words: str, keymap: Keymap, *, perform: Perform) -> None:
        super().__init__("Export", keymap, "Export")
        self._perform = perform
        self._path = CompletingField(default_path, leave=LEAVE, placeholder="the file to write", id="path")
        self._format = ChoiceLine((("csv", "CSV"), ("jsonl", "JSON Lines")), id="format")
        self._shape = ChoiceLine([(shape, shape) for shape in SHAPE_WORDS], id="shape")
        self._whose = ChoiceLine((("mine", "mine"), ("all", "all that I may see")), id="whose")
        self._excel = ChoiceLine((("no", "no"), ("yes", "yes, with a byte order mark")), id="excel")
        words = safe_line(filter_words, 60)
        self._filtered = ChoiceLine((("no", "all"), ("yes", f"the queue's only: {words}")), id="filtered")
        self._found = InTheWay("")
        self._told_of = ""
        """The path of which it has been said what is in the way."""
        self._asked_of = ""
        """The path at which Enter was pressed although something else than an export would be lost."""
        self._busy = False
        self._written: str | None = None
        self._result: list[TextLine] = []

    def lines(self) -> Iterable[tuple[str, Widget]]:
        """Return path and choices."""
        return (
            ("file", self._path),
            ("format", self._format),
            ("shape", self._shape),
            ("judgements", self._whose),
            ("for Excel", self._excel),
            ("proposals", self._filtered),
        )

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(
            self.keymap,
            ("tab", "complete, next"),
            ("← →", "choose"),
            ("dialog_accept", "close" if self._result and self._written else "export"),
            ("dialog_close", "close"),
        )

    def on_mount(self) -> None:
        """Look whether the file is there already."""
        self._look()

    @property
    def request(self) -> ExportRequest:
        """Return what is typed and chosen."""
        kind = cast("Format", self._format.value)
        return ExportRequest(
            self._path.text.strip(),
            kind,
            cast("Shape", self._shape.value),
            cast("Whose", self._whose.value),
            kind == "csv" and self._excel.value == "yes",
            self._filtered.value == "yes",
        )

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._result, self._asked_of = [], ""
        for kind in ("csv", "jsonl"):
            if self._path.text.strip().lower().endswith(f".{kind}"):
                self._format.choose(kind)
        self._look()

    @on(ChoiceLine.Changed)
    def _chosen(self, message: ChoiceLine.Changed) -> None:
        self._result = []
        if message.line is self._format:
            self._rename()
            self._excel.disabled = self._format.value != "csv"
        self._tell()

    def _rename(self) -> None:
        """Give the file the ending of its format, where it had that of the other."""
        old, new = (".jsonl", ".csv") if self._format.value == "csv" else (".csv", ".jsonl")
        if self._path.text.endswith(old):
            self._path.load_text(self._path.text.removesuffix(old) + new)

    def _look(self) -> None:
        self._tell()
        self._look_at(self._path.text.strip())

    @work(thread=True, exclusive=True, group="look")
    def _look_at(self, path: str) -> "InTheWay":
        return what_stands_at(path)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Say what stands at the path."""
        if event.worker.group == "look" and event.state is WorkerState.SUCCESS and event.worker.result is not None:
            self._found = event.worker.result
            self._tell()

    def _tell(self) -> None:
        path = self._path.text.strip()
        lines = [plain(SHAPE_WORDS[self._shape.value], "dim")]
        if self._whose.value == "all":
            lines.append(plain("Of others the file will hold what you may see by now, and no more.", "dim"))
        if self._format.value != "csv":
            lines.append(plain("The byte order mark for Excel is for CSV only.", "dim"))
        if not self._result and self._found.path == path and self._found.sentence:
            lines.append(plain(self._found.sentence, "notice"))
            self._told_of = path
        self.tell([*self._result, *([TextLine()] if self._result else []), *lines])
        self.set_hints()

    async def advance(self, _field: TextField) -> None:
        """Export at once: all else has its default."""
        self.accept()

    def accept(self) -> None:
        """Write the file; once that is done, close."""
        request = self.request
        if self._busy:
            return
        if self._result and self._written is not None:
            self.dismiss(self._written)
        elif not request.path:
            self._result = [plain("Give the file a name first.", "notice")]
            self._tell()
            self._path.focus()
        else:
            self._busy = True
            self.action_line.update("Exporting…")
            self.run_worker(self._export(request), group="export")

    async def _export(self, request: ExportRequest) -> None:
        try:
            told, asked = self._told_of, self._asked_of
            self._found = await asyncio.to_thread(what_stands_at, request.path)
            self._asked_of = request.path if self._found.foreign else ""
            if self._found.sentence and (told != request.path or self._asked_of != asked):
                self._tell()
                return
            sentence = await self._perform(request)
        except ReviewerError as error:
            self._written = None
            self._result = [plain(line, "notice") for line in safe_text(str(error)).split("\n")]
            self._tell()
            self._path.focus()
        else:
            self._written = sentence
            self._result = [plain(line, "strong") for line in safe_text(sentence).split("\n")]
            self._tell()
        finally:
            self._busy = False
            self.action_line.update("Close" if self._result and self._written is not None else "Export")

    def close(self) -> None:
        """Leave the form, unless a file is being written."""
        if not self._busy:
            self.dismiss(self._written)


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What there is to say of a path before it is written to.

    ``foreign`` says that something else than an export stands there.
    """

    path: str
    sentence: str = ""
    foreign: bool = False


def what_stands_at(path: str) -> InTheWay:
    """Say in a sentence what is in the way at a path; empty where nothing is. Reads the disk."""
    if not path:
        return InTheWay(path)
    try:
        found = expanded(path)
        if found.is_dir():
            return InTheWay(path, "That is a folder; name a file in it.")
        if found.is_file() and not is_export(found):
            return InTheWay(
                path, "That file is there already, and is no export: Enter once more loses it.", foreign=True
            )
        if found.exists():
            return InTheWay(path, "That file is there already; it will be replaced.")
        if format_by_name(found) is None:
            return InTheWay(
                path, f"{safe_line(found.suffix, 40)} is the ending of another kind of file: Enter once more writes it."
            )
        if not found.parent.is_dir():
            return InTheWay(path, f"There is no folder {safe_line(str(found.parent), 200)}.")
    except UserError as error:
        return InTheWay(path, safe_line(str(error), 200))
    except (OSError, ValueError) as error:
        return InTheWay(path, f"That path cannot be used ({safe_line(str(error), 200)}).")
    return InTheWay(path)
