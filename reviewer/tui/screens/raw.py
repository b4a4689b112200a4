"""The record as its source wrote it."""

import json
import re
from collections.abc import Iterator, Sequence

from textual import work
from textual.worker import Worker, WorkerState

from reviewer.domain.alike import Sighting
from reviewer.domain.methods import Provenance
from reviewer.domain.text import safe_line, safe_text
from reviewer.tui.history_lines import local_time
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import LineRole, TextLine, plain

PRETTY_UP_TO = 2_000_000
"""A longer record (in characters) is shown as it is, and only so much of it."""

IN_WORKER_FROM = 20_000
_KEY = re.compile(r'("(?:[^"\\]|\\.){0,200}":)( |$)')


class RawScreen(ViewScreen):
    """Shows a raw record, laid out where it is JSON, under what is known of where it came from."""

    def __init__(
        self,
        title: str,
        provenance: Provenance,
        raw: str,
        keymap: Keymap,
        *,
        imported_at: str = "",
        method_id: int = 0,
        also_met: Sequence[Sighting] = (),
    ) -> None:
        """Make it of a record; ``also_met`` are others that say the same to the letter, and other places of its own.

        ``method_id`` is whose record it is.
        """
        super().__init__("Raw record", title, keymap)
        self._method_id = method_id
        self._also_met = also_met
        self._provenance = provenance
        self._raw = raw
        self._imported_at = imported_at

    def fill(self) -> None:
        """Show the record, in a worker where it is long."""
        if len(self._raw) <= IN_WORKER_FROM:
            self.pane.show([*self._header(), *raw_lines(self._raw)])
        else:
            self.pane.show([*self._header(), plain("Laying it out…", "dim")])
            self._lay_out()

    @work(thread=True, exclusive=True, group="raw")
    def _lay_out(self) -> list[TextLine]:
        return raw_lines(self._raw)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what the worker has laid out."""
        if event.worker.group == "raw" and event.state is WorkerState.SUCCESS and event.worker.result is not None:
            self.pane.show([*self._header(), *event.worker.result], keep_place=True)

    def _header(self) -> Iterator[TextLine]:
        told = (
            ("file", self._provenance.file),
            ("place", self._provenance.place),
            ("sha256", self._provenance.sha256),
            ("imported", local_time(self._imported_at) if self._imported_at else ""),
        )
        for label, text in told:
            if text:
                yield plain(safe_line(text, 4_000), mark=f"{label:<10}")
        for other in self._also_met:
            where = ", ".join(filter(None, (other.file, other.place)))
            if other.method_id != self._method_id:
                told_of = f"{other.namespace}/{other.external_id}" + (f" of {other.agent}" if other.agent else "")
                where = f"{told_of} in {where}"
            yield plain(safe_line(where, 4_000), mark=f"{'also met':<10}")
        yield TextLine()


def raw_lines(raw: str) -> list[TextLine]:
    """Return the record as lines: laid out where it is JSON of a bearable length, else as it is, cut where too long."""
    if not raw.strip():
        return [plain("The source's own record was not kept.", "dim")]
    if len(raw) > PRETTY_UP_TO:
        cut = f"Only the first {PRETTY_UP_TO:,} of {len(raw):,} characters are shown, as they are."
        return [plain(cut, "notice"), TextLine(), *_plain_lines(raw[:PRETTY_UP_TO])]
    try:
        text = json.dumps(json.loads(raw), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return [plain("This is not JSON; it is shown as it is.", "dim"), TextLine(), *_plain_lines(raw)]
    return [_json_line(line) for line in text.split("\n")]


def _plain_lines(text: str) -> Iterator[TextLine]:
    return map(plain, safe_text(text).split("\n"))


def _json_line(line: str) -> TextLine:
    stripped = line.lstrip(" ")
    indent = " " * (len(line) - len(stripped))
    key = _KEY.match(stripped)
    text = safe_text(stripped, keep_newlines=False)
    if key is None:
        return plain(text, mark=indent)
    name: LineRole = "dim"
    shown = safe_text(key[1], keep_newlines=False)
    return TextLine(((shown, name), (safe_text(stripped[key.end(1) :], keep_newlines=False), "")), (indent, ""))
