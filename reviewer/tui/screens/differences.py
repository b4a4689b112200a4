"""What changed between two revisions of a method."""

from collections.abc import Iterator, Sequence

from textual import work
from textual.content import Content
from textual.worker import Worker, WorkerState

from reviewer.domain.counted import counted
from reviewer.domain.methods import Measurement, Revision
from reviewer.domain.text import safe_line, safe_text
from reviewer.evidence.figures import BASIS_WORDS
from reviewer.tui.evidence_table import SETTING_WORDS, number
from reviewer.tui.history_lines import local_time
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.revision_diff import DiffLine, NumberDiff, RevisionDiff, diff_revisions, size_of
from reviewer.tui.screens.binding import bind_keys, hint
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import LineRole, Piece, TextLine, plain

IN_WORKER_FROM = 100_000
"""Texts of this many characters together are compared in a worker."""


class DifferencesScreen(ViewScreen):
    """Compares an older revision, the one judged or the one before, with the current one; ← and → change the older.

    ``revisions`` are of one part, oldest first, at least one.
    """

    def __init__(
        self, title: str, revisions: Sequence[Revision], judged_revision_id: int | None, keymap: Keymap, marks: Marks
    ) -> None:
        super().__init__("What changed", title, keymap)
        self._marks = marks
        self._revisions = tuple(revisions)
        self._judged = judged_revision_id
        places = range(len(revisions))
        self._new = next((i for i in reversed(places) if revisions[i].current), len(revisions) - 1)
        self._others = [i for i in places if i != self._new]
        judged = next((i for i in self._others if revisions[i].id == judged_revision_id), None)
        earlier = [i for i in self._others if i < self._new]
        self._old = judged if judged is not None else (earlier or self._others or [self._new])[-1]
        bind_keys(self, ("left",), "older")
        bind_keys(self, ("right",), "newer")

    def hints(self) -> Content:
        """Return the line at the foot."""
        steps = [("←", "older"), ("→", "newer")] if len(self._others) > 1 else []
        return hint(self.keymap, *steps, ("view_down", "down"), ("view_page_down", "page down"), ("view_back", "back"))

    def fill(self) -> None:
        """Show the difference, at once where there is little to compare."""
        if not self._revisions:
            self.pane.show([plain("There is no revision to compare.", "dim")])
            return
        if not self._others:
            self.pane.show([plain(_only_one(self._revisions[0]))])
            return
        old, new = self._revisions[self._old], self._revisions[self._new]
        if size_of(old) + size_of(new) <= IN_WORKER_FROM:
            self._show(diff_revisions(old, new))
        else:
            self.pane.show([*self._header(), plain("Comparing…", "dim")])
            self._compare(old, new)

    @work(thread=True, exclusive=True, group="compare")
    def _compare(self, old: Revision, new: Revision) -> RevisionDiff:
        return diff_revisions(old, new)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what a worker found; one that has been overtaken is cancelled and says nothing."""
        if event.worker.group == "compare" and event.state is WorkerState.SUCCESS and event.worker.result is not None:
            self._show(event.worker.result)

    def _show(self, diff: RevisionDiff) -> None:
        self.pane.show([*self._header(), *difference_lines(diff, self._marks)])

    def _header(self) -> Iterator[TextLine]:
        yield self._described("from  ", self._old)
        yield self._described("to    ", self._new)
        yield TextLine()

    def _described(self, label: str, place: int) -> TextLine:
        revision = self._revisions[place]
        where = _file_of(revision)
        parts: list[Piece] = [(f"revision {place + 1} of {len(self._revisions)}", "strong")]
        if revision.id == self._judged:
            parts.append((", the one you judged", "accent"))
        if place == self._new:
            parts.append((", the current one", "accent"))
        parts.append((f"  imported {local_time(revision.recorded_at)} from {where}", "dim"))
        return TextLine(tuple(parts), (label, "dim"))

    def action_older(self) -> None:
        """Compare with the revision before the one compared with now."""
        self._step(-1)

    def action_newer(self) -> None:
        """Compare with the revision after the one compared with now."""
        self._step(1)

    def _step(self, by: int) -> None:
        if self._others:
            at = self._others.index(self._old) + by
            if 0 <= at < len(self._others):
                self._old = self._others[at]
                self.fill()


def _only_one(revision: Revision) -> str:
    return f"There is one revision only, imported {local_time(revision.recorded_at)} from {_file_of(revision)}."


def _file_of(revision: Revision) -> str:
    return safe_line(f"{revision.provenance.file} {revision.provenance.place}", 120)


def difference_lines(diff: RevisionDiff, marks: Marks) -> list[TextLine]:
    """Return a difference as it is read: numbers first, then the text, ``-`` before what went and ``+`` what came."""
    if diff.empty:
        return [plain("Neither the text nor the numbers changed.", "dim")]
    lines: list[TextLine] = []
    if diff.numbers:
        lines.append(plain("numbers", "strong"))
        for each in diff.numbers:
            lines.extend(_number_lines(each, marks))
        lines.append(TextLine())
    for field in diff.fields:
        lines.append(plain(field.name, "strong"))
        lines.extend(map(_text_line, field.lines))
        lines.append(TextLine())
    return lines[:-1]


def _text_line(line: DiffLine) -> TextLine:
    if line.sign == "…":
        count = counted(line.skipped, "line")
        return plain(f"… {count} the same", "dim", mark="  ")
    if line.sign == " ":
        return plain(safe_text(line.text), "dim", mark="  ")
    role: LineRole = "removed" if line.sign == "-" else "added"
    sign_role: LineRole = "gone" if line.sign == "-" else "added"
    parts = tuple((safe_text(text, keep_newlines=False), role if changed else "") for text, changed in line.parts)
    return TextLine(parts, (f"{line.sign} ", sign_role))


def _number_lines(each: NumberDiff, marks: Marks) -> Iterator[TextLine]:
    found = each.either
    name = " ".join(
        safe_line(part, 40)
        for part in (found.metric, found.dataset, SETTING_WORDS[found.setting], found.split, found.subset)
        if part
    )
    old, new = _number_text(each.old, marks), _number_text(each.new, marks)
    if old == new and each.old is not None and each.new is not None:
        old, new = _exactly(each.old), _exactly(each.new)
    yield plain(name, "dim", mark="  ")
    if each.old is not None:
        yield TextLine(((old, "removed"),), ("  - ", "gone"))
    if each.new is not None:
        yield TextLine(((new, "added"),), ("  + ", "added"))


def _number_text(each: Measurement | None, marks: Marks) -> str:
    if each is None:
        return ""
    parts = [number(each.value, marks) if each.value is not None else f"no value: {safe_line(each.missing, 60)}"]
    if each.standard_error is not None:
        parts.append(f"{marks.plus_minus}{number(each.standard_error, marks)}")
    if each.n_seeds is not None:
        parts.append(f"({counted(each.n_seeds, 'seed')})")
    if each.n_test is not None:
        right = f"{each.n_correct:,} of " if each.n_correct is not None else ""
        parts.append(f"{right}{counted(each.n_test, 'test item')}")
    parts.append(BASIS_WORDS[each.basis])
    if each.source:
        parts.append(safe_line(each.source, 60))
    return " ".join(parts)


def _exactly(each: Measurement) -> str:
    """Return the values with all their digits: they are the same when rounded."""
    seeds = ", ".join(f"{seed.seed if seed.seed is not None else '?'}: {seed.value!r}" for seed in each.seeds[:20])
    error = f" ± {each.standard_error!r}" if each.standard_error is not None else ""
    return safe_line(f"{each.value!r}{error}" + (f"  seeds {seeds}" if seeds else ""), 400)
