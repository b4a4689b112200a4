"""The evidence pane: one line a metric, setting and dataset, in columns that line up on the decimal point."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from reviewer.domain.checks import CheckResult, Level
from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.evidence.figures import FOOTNOTE_WORDS
from reviewer.tui.cells import cut
from reviewer.tui.evidence_columns import (
    BASIS,
    DIFFERENCE,
    GAP,
    INTERVAL,
    NOT_MEASURED,
    NOT_MEASURED_SHORT,
    NOTE,
    OURS_ERROR,
    OURS_N,
    THEIRS_ERROR,
    THEIRS_N,
    TOLD,
    across,
    columns_of,
    corner,
    fitted,
    gap_before,
    has_footnotes,
    heading,
)
from reviewer.tui.evidence_table import NO_INTERVAL, EvidenceCells
from reviewer.tui.marks import UNICODE, Marks

_QUIET = frozenset({OURS_ERROR, OURS_N, THEIRS_ERROR, THEIRS_N, INTERVAL, BASIS, NOTE})
LEAST_WORDS, LEAST_REASON = 12, 28
"""Cells below which the words of a note, and of why there is no interval, are left out rather than cut."""


class EvidencePane(ScrollView, can_focus=True):
    """Shows the rows of evidence under a line of headings, and scrolls where they are more than fit.

    ``whole_by`` is the key that shows all of it; empty for none.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "evidence--text", "evidence--quiet", "evidence--strong", "evidence--better", "evidence--worse",
    }  # fmt: skip

    def __init__(self, *, marks: Marks = UNICODE, whole_by: str = "", id: str | None = None) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._whole_by = whole_by
        self._cells: tuple[EvidenceCells, ...] = ()
        self._questions: tuple[CheckResult, ...] = ()
        self._empty = ""
        self._alone = False
        self._lines: list[Strip] | None = None

    def show_rows(
        self,
        cells: Sequence[EvidenceCells],
        empty: str,
        questions: Sequence[CheckResult] = (),
        *,
        alone: bool = False,
        again: bool = False,
    ) -> None:
        """Show these rows, or where there are none ``empty``, of up to two lines; ``alone`` are a baseline's by itself.

        ``questions`` stand below them, in their order.

        ``again`` says that they are the same rows, of which more is known now: what was scrolled to stays in sight.
        """
        self._alone = alone
        self._cells = tuple(cells)
        self._questions = tuple(questions)
        self._empty = empty
        self._lines = None
        if not again:
            self.scroll_to(y=0, animate=False)
        self._measure()
        self.refresh()

    @property
    def height_wanted(self) -> int:
        """Return how many lines would show everything: the headings, the rows and the questions."""
        return max(2, max(1, len(self._cells) + 1) + len(self._questions))

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the columns out anew for the new width."""
        self._lines = None
        self._measure()

    def notify_style_update(self) -> None:
        """Draw anew in the new theme's colours."""
        super().notify_style_update()
        self._lines = None

    def _measure(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self.height_wanted)

    def render_line(self, y: int) -> Strip:
        """Draw one line; the headings stay on top while the rows scroll."""
        width = self.scrollable_content_region.width
        if self._lines is None:
            self._lines = self._lay_out(width)
        place = 0 if y == 0 else y + int(self.scroll_offset.y)
        base = self.get_component_rich_style("evidence--text")
        if place >= len(self._lines):
            return Strip.blank(width, base)
        return self._lines[place].adjust_cell_length(width, base)

    def _lay_out(self, width: int) -> list[Strip]:
        base, quiet, better, worse = self._styles()
        asked = [self._question(result, width, base, quiet) for result in self._questions]
        if not self._cells:
            empty = [cut(f" {line}", max(1, width)) for line in self._empty.split("\n")]
            return [*(Strip([Segment(line, quiet)]) for line in empty), *asked]
        columns = columns_of(self._cells, self._marks, alone=self._alone)
        widths = fitted(columns, self._cells, width, self._fewest_words_on_questions)
        names = {i: heading(i, columns[i], self._cells) for i in widths}
        lines = [self._headings(names, widths, quiet, footnote=has_footnotes(columns))]
        for place, row in enumerate(self._cells):
            if row.nothing:
                lines.append(Strip([Segment(cut(f" {row.nothing}", max(1, width)), quiet)]))
                continue
            parts: list[tuple[int, str, Style]] = []
            said, sentence = across(row, widths)
            for i in widths:
                if said and i == said.start:
                    # Why there is none stands in its place, where there is room for that at any width.
                    room = sum(widths[j] + GAP for j in widths if j in said) - GAP
                    parts.append((i, (_reason if row.difference else _whole_parts)(sentence, room), quiet))
                if i in said:
                    continue
                text = "" if said and i == NOTE and not row.difference else columns[i][place]
                shorten = _whole_parts if i == NOTE else cut
                real = better if row.real else worse if row.real is False else base
                parts.append((i, shorten(text, widths[i]), _style(i, text, row, base, quiet, real)))
            lines.append(_line(parts))
        return lines + asked

    def _explained(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what the marks after values say, of those that stand there: at length, and in a word or two."""
        marks = self._marks
        said = []
        if any(row.proposal_restated or row.baseline_restated for row in self._cells):
            said.append((f"{marks.restated} not as stated", f"{marks.restated} computed"))
        if any(row.outdone for row in self._cells):
            said.append((f"{marks.outdone} not the best baseline", f"{marks.outdone} not best"))
        return tuple(long for long, _ in said), tuple(short for _, short in said)

    def _headings(self, names: Mapping[int, str], widths: dict[int, int], quiet: Style, *, footnote: bool) -> Strip:
        """Return the names of the columns; before them, what the marks say and how many questions there are.

        Where the questions stand below in sight that is said, else the key for all of them.
        """
        line = _line([(i, cut(names[i], widths[i]), quiet) for i in widths])
        room = corner(widths)
        said = next((f" {text}" for text in self._in_corner(footnote=footnote) if cell_len(text) + 1 < room), None)
        return line if said is None else Strip([Segment(said.ljust(room), quiet), *line.crop(room)])

    def _in_corner(self, *, footnote: bool) -> Iterator[str]:
        """Yield what the corner may say, the best first: how many questions there are goes before what marks say."""
        ask, n = self._marks.levels[Level.ASK], len(self._questions)
        how = " below" if self.height_wanted <= self.size.height else f", {self._whole_by}" if self._whole_by else ""
        least = self._fewest_words_on_questions
        asked = (f"{ask} {counted(n, 'question')}{how}", f"{ask} {n}{how}", least) if n else ("",)
        first = (FOOTNOTE_WORDS,) if footnote else ()
        for words in [*(words for words in self._explained() if words), ()]:
            yield from ("  ".join(filter(None, (*first, *words, each))) for each in asked)
        yield from first

    @property
    def _fewest_words_on_questions(self) -> str:
        return f"{self._marks.levels[Level.ASK]} {len(self._questions)}" if self._questions else ""

    def _question(self, result: CheckResult, width: int, base: Style, quiet: Style) -> Strip:
        mark = Segment(f" {self._marks.levels[result.level]} ", quiet)
        text = cut(safe_line(result.question, 400), max(1, width - 3))
        return Strip([mark, Segment(text, base if result.level is Level.ASK else quiet)])

    def _styles(self) -> tuple[Style, Style, Style, Style]:
        base = self.get_component_rich_style("evidence--text")
        colours = (self.get_component_rich_style(f"evidence--{name}").color for name in ("quiet", "better", "worse"))
        quiet, better, worse = (base + Style(color=colour) for colour in colours)
        return base, quiet, better, worse


_BOLD = Style(bold=True)


def _style(column: int, text: str, row: EvidenceCells, base: Style, quiet: Style, real: Style) -> Style:
    if column == DIFFERENCE:
        return real + _BOLD
    if column == TOLD:
        return real if row.span else quiet
    absent = text.strip() in (NOT_MEASURED, NOT_MEASURED_SHORT)
    return quiet if column in _QUIET or absent else base


def _reason(sentence: str, width: int) -> str:
    """Return why there is no interval in so many cells, as far as that says anything; else that there is none."""
    if cell_len(sentence) <= width:
        return cut(sentence, width)
    return cut(sentence.removeprefix("No interval: ") if width >= LEAST_REASON else NO_INTERVAL, width)


def _whole_parts(note: str, width: int) -> str:
    """Return a note in so many cells: as many of its parts as fit whole, since half a number would be another one.

    Of the next part what is words is cut anywhere, where some are left.
    """
    if cell_len(note) <= width:
        return cut(note, width)
    kept = note
    while cell_len(kept) + 2 > width and kept:
        kept = kept[: max(kept.rfind(", "), kept.rfind("; "), 0)]
    words = _WORDS.match(note, len(kept))
    if words is not None and min(cell_len(words[0]), width - cell_len(kept)) >= LEAST_WORDS:
        return cut(f"{kept}{words[0].rstrip()}…", width)
    return cut(f"{kept} …" if kept else "…", width)


_WORDS = re.compile(r"(?:[,;] )?(?:[^\s\d,;]+(?: |$|(?=[,;])))+")


def _line(parts: Sequence[tuple[int, str, Style]]) -> Strip:
    """Return the texts of columns as one line."""
    segments = [Segment(" ", parts[0][2] if parts else None)]
    for place, (column, text, style) in enumerate(parts):
        if place:
            segments.append(Segment(" " * gap_before(column), style))
        segments.append(Segment(text, style))
    return Strip(segments)
