"""The evidence pane: one line a metric, setting and dataset, in columns that line up on the decimal point."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
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
from reviewer.evidence.figures import FOOTNOTE, FOOTNOTE_WORDS
from reviewer.tui.cells import cut
from reviewer.tui.evidence_table import COULD_TELL, NO_INTERVAL, EvidenceCells, Span
from reviewer.tui.marks import UNICODE, Marks, SpanMarks

NOT_MEASURED, NOT_MEASURED_SHORT = "not measured", "none"

Column = tuple[str, Callable[[EvidenceCells], str], str]
"""A column's heading, how its cell is had, and how it is aligned: ``left``, ``right`` or on the ``point``."""

_COLUMNS: tuple[Column, ...] = (
    ("", lambda c: c.metric, "left"),
    ("", lambda c: c.setting, "left"),
    ("", lambda c: c.dataset, "left"),
    ("proposal", lambda c: "" if c.nothing else c.proposal or NOT_MEASURED, "point"),
    ("", lambda c: c.proposal_error, "left"),
    ("", lambda c: c.proposal_n, "right"),
    ("baseline", lambda c: "" if c.nothing else c.baseline or NOT_MEASURED, "point"),
    ("", lambda c: c.baseline_error, "left"),
    ("", lambda c: c.baseline_n, "right"),
    ("difference", lambda c: c.difference, "point"),
    ("95 %", lambda c: c.interval, "left"),
    ("", lambda c: c.told[0], "left"),
    ("", lambda c: "", "left"),
    ("", lambda c: c.basis, "left"),
    ("", lambda c: c.note, "left"),
)
METRIC, SETTING, DATASET, OURS, OURS_ERROR, OURS_N, THEIRS, THEIRS_ERROR, THEIRS_N = 0, 1, 2, 3, 4, 5, 6, 7, 8
DIFFERENCE, INTERVAL, TOLD, SPAN, BASIS, NOTE = 9, 10, 11, 12, 13, 14

_OF_PROPOSAL = frozenset({OURS, OURS_ERROR, OURS_N, DIFFERENCE, INTERVAL, TOLD, SPAN})
_QUIET = frozenset({OURS_ERROR, OURS_N, THEIRS_ERROR, THEIRS_N, INTERVAL, BASIS, NOTE})
GAP = 2
SPAN_CELLS = 23
LEAST_NOTE, LEAST_NAME, LEAST_WORDS, LEAST_REASON = 16, 6, 12, 28
"""Cells below which a note is left out, to which a name is cut before any number is, and below which the words of a
note are left out rather than cut."""


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
        """Show these rows, or the sentence ``empty`` where there are none; ``alone`` are a baseline's by itself.

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
            return [Strip([Segment(cut(f" {self._empty}", max(1, width)), quiet)]), *asked]
        columns = _columns(self._cells, self._marks, alone=self._alone)
        widths = _fitted(columns, self._cells, width, self._fewest_words_on_questions)
        names = {i: _heading(i, columns[i], self._cells) for i in widths}
        lines = [self._headings(names, widths, quiet, footnote=_has_footnotes(columns))]
        for place, row in enumerate(self._cells):
            if row.nothing:
                lines.append(Strip([Segment(cut(f" {row.nothing}", max(1, width)), quiet)]))
                continue
            parts: list[tuple[int, str, Style]] = []
            said, sentence = _across(row, widths)
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
        room = _corner(widths)
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


def _columns(cells: Sequence[EvidenceCells], marks: Marks, *, alone: bool) -> dict[int, list[str]]:
    """Return the text of each column, those that hold nothing left out."""
    columns = {
        i: _aligned([cell(row) for row in cells], how)
        for i, (_, cell, how) in enumerate(_COLUMNS)
        if not (alone and i in _OF_PROPOSAL)
    }
    if not alone:
        columns[SPAN] = _drawn(cells, marks)
    for column, mark, flags in (
        (OURS, marks.restated, [row.proposal_restated for row in cells]),
        (THEIRS, marks.restated, [row.baseline_restated for row in cells]),
        (THEIRS, marks.outdone, [row.outdone for row in cells]),
    ):
        if column in columns:
            columns[column] = _footnoted(columns[column], flags, mark)
    # The column of the basis speaks for the proposal's value alone.
    unsaid = [row.baseline_illustrative and not row.proposal_illustrative for row in cells]
    columns[THEIRS] = _footnoted(columns[THEIRS], unsaid)
    return {i: texts for i, texts in columns.items() if any(text.strip() for text in texts)}


def _fitted(columns: dict[int, list[str]], cells: Sequence[EvidenceCells], width: int, asked: str) -> dict[int, int]:
    """Return the columns that fit, each with its cells; ``columns`` takes on the shorter words of those that have some.

    ``asked`` stands in the corner behind what a mark says.

    What is dropped or shortened first is what a reader misses least; values and their difference always stay.
    """
    widths = {i: _width(i, texts) for i, texts in columns.items()}

    def say(column: int, texts: list[str]) -> None:
        if column in widths:
            columns[column] = texts
            widths[column] = _width(column, texts)

    def say_absent() -> None:
        for column in (OURS, THEIRS):
            say(column, [text.replace(NOT_MEASURED, NOT_MEASURED_SHORT) for text in columns.get(column, ())])

    def note_basis() -> None:
        widths.pop(BASIS, None)
        say(OURS, _footnoted(columns.get(OURS, ()), [row.proposal_illustrative for row in cells]))
        say(THEIRS, _footnoted(columns.get(THEIRS, ()), [row.baseline_illustrative for row in cells]))
        explain()

    def explain() -> None:
        if _has_footnotes(columns):
            said = cell_len("  ".join(filter(None, (FOOTNOTE_WORDS, asked))))
            widths[DATASET] += max(0, 3 + said - _corner(widths))

    def missing_of_reasons() -> int:
        there = sum(widths[i] + GAP for i in widths if INTERVAL <= i < BASIS) - GAP
        return max((cell_len(row.reason) for row in cells), default=0) - there if TOLD in widths else 0

    explain()
    note = widths.get(NOTE, 0)
    # Why there is no interval goes before what a note has to add.
    for_reasons = max(0, missing_of_reasons())
    if for_reasons:
        widths[TOLD] += for_reasons

    def cut_reasons() -> None:
        if TOLD in widths:
            widths[TOLD] -= for_reasons

    def drop(*sides: int) -> None:
        # Both: a place that is empty on one side alone would say that its source states none.
        for column in sides:
            widths.pop(column, None)

    def say_interval_or_word() -> None:
        """Leave of interval and word the first, where that fits: it says what the word does, and how far."""
        if INTERVAL not in widths or TOLD not in widths:
            return
        word = widths.pop(TOLD)
        say(INTERVAL, [f"{row.interval}?" if row.told[2].endswith("?") else row.interval for row in cells])
        if _total(widths) > width:
            del widths[INTERVAL]
            widths[TOLD] = word

    dropped: tuple[int | Callable[[], None], ...] = (
        NOTE, cut_reasons,
        lambda: say(TOLD, [row.told[1] for row in cells]),
        note_basis,
        lambda: say(TOLD, [row.told[2] for row in cells]),
        SPAN,
        say_absent, partial(drop, OURS_N, THEIRS_N), partial(drop, OURS_ERROR, THEIRS_ERROR),
        say_interval_or_word,
    )  # fmt: skip
    for step in dropped:
        over = _total(widths) - width
        if over <= 0:
            break
        if callable(step):
            step()
        elif step == NOTE and note - over >= LEAST_NOTE:
            widths[NOTE] -= over
        else:
            widths.pop(step, None)
    if TOLD in widths and _total(widths) <= width:
        # What was left out since may have made room for what runs like these could tell.
        for words in ([row.told[1] for row in cells], [_under_heading(row) for row in cells]):
            if _total(widths) - widths[TOLD] + _width(TOLD, words) <= width:
                say(TOLD, words)
                break
    if (room := min(missing_of_reasons(), width - _total(widths))) > 0:
        widths[TOLD] += room
    room = width - _total(widths) - GAP
    if NOTE in columns and NOTE not in widths and room >= LEAST_NOTE:  # What was left out since has made room.
        widths[NOTE] = min(room, note)
    for name in (DATASET, METRIC):
        over = _total(widths) - width
        if name in widths and over > 0:
            widths[name] = max(min(LEAST_NAME, widths[name]), widths[name] - over)
    if _total(widths) > width:
        widths.pop(TOLD, None)
    return widths


def _footnoted(texts: Sequence[str], flags: Sequence[bool], mark: str = FOOTNOTE) -> list[str]:
    """Return values that line up already, with a mark after each that has it."""
    return [
        f"{text}{mark}" if marked and not text.endswith(mark) else text
        for text, marked in zip(texts, flags, strict=False)
    ]


def _has_footnotes(columns: dict[int, list[str]]) -> bool:
    return any(text.endswith(FOOTNOTE) for i in (OURS, THEIRS) for text in columns.get(i, ()))


def _corner(widths: dict[int, int]) -> int:
    """Return how many cells there are on the line of headings before the first heading."""
    return 1 + sum(width + GAP for i, width in widths.items() if i < OURS)


def _under_heading(row: EvidenceCells) -> str:
    """Return in one word what a difference comes to, with what could be told where the heading says so."""
    could = row.told[1].partition(f", {COULD_TELL} ")[2]
    return f"{row.told[2]} {could.replace('0.', '.', 1)}" if could else row.told[2]


def _heading(column: int, texts: Sequence[str], cells: Sequence[EvidenceCells]) -> str:
    """Return what stands above a column."""
    if column == TOLD and any(row.span for row in cells) and not any(COULD_TELL in text for text in texts):
        said = any(text == _under_heading(row) != row.told[2] for text, row in zip(texts, cells, strict=True))
        return COULD_TELL if said else ""
    return _COLUMNS[column][0]


def _across(row: EvidenceCells, widths: dict[int, int]) -> tuple[range, str]:
    """Return the columns that a row has no use for, and what stands there instead: why there is no more to be said."""
    if row.difference:
        empty, sentence, least = range(_first(INTERVAL, widths), BASIS), row.reason, cell_len(row.told[2])
    else:
        empty = range(_first(DIFFERENCE, widths), BASIS if row.basis else NOTE + 1)
        sentence, least = row.note, widths.get(NOTE, 0)
        if row.told[2]:
            # A word that stands there gives way to a whole part of the note alone.
            least = max(least, cell_len(sentence.split("; ")[0].split(", ")[0]))
    room = sum(widths[i] + GAP for i in widths if i in empty) - GAP
    serves = sentence and room >= max(LEAST_NOTE, least)
    return (empty, sentence) if serves else (range(0), "")


def _first(column: int, widths: dict[int, int]) -> int:
    return min((i for i in widths if i >= column), default=NOTE)


def _drawn(cells: Sequence[EvidenceCells], marks: Marks) -> list[str]:
    """Return the intervals as they are drawn, those of one metric on one scale that holds 0."""
    scales: dict[str, tuple[float, float]] = {}
    for row in cells:
        if (span := row.span) is not None:
            low, high = scales.get(row.scale, (0.0, 0.0))
            found = span.detectable or 0.0
            scales[row.scale] = min(low, span.low, -found), max(high, span.high, found)
    return ["" if row.span is None else _draw(row.span, *scales[row.scale], marks.span) for row in cells]


def _draw(span: Span, left: float, right: float, marks: SpanMarks) -> str:
    def place(value: float) -> int:
        return round((value - left) / (right - left) * (SPAN_CELLS - 1)) if right > left else 0

    drawn = [" "] * SPAN_CELLS
    low, high = place(span.low), place(span.high)
    drawn[low : high + 1] = marks.line * (high + 1 - low)
    if span.detectable is not None:
        drawn[place(span.detectable)] = drawn[place(-span.detectable)] = marks.found
    drawn[place(0.0)] = marks.zero
    drawn[low], drawn[high] = marks.low, marks.high
    drawn[place(span.value)] = marks.value
    return "".join(drawn)


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


def _width(column: int, texts: Sequence[str]) -> int:
    return max(cell_len(_COLUMNS[column][0]), *map(cell_len, texts))


def _gap(column: int) -> int:
    """Return how many cells stand before a column: what belongs to the value before it stands close to that."""
    return 1 if column in (OURS_ERROR, OURS_N, THEIRS_ERROR, THEIRS_N) else GAP


def _total(widths: dict[int, int]) -> int:
    return 1 - GAP + sum(width + _gap(i) for i, width in widths.items())


def _line(parts: Sequence[tuple[int, str, Style]]) -> Strip:
    """Return the texts of columns as one line."""
    segments = [Segment(" ", parts[0][2] if parts else None)]
    for place, (column, text, style) in enumerate(parts):
        if place:
            segments.append(Segment(" " * _gap(column), style))
        segments.append(Segment(text, style))
    return Strip(segments)


def _aligned(cells: Sequence[str], how: str) -> list[str]:
    """Return the cells padded so that they line up: on the decimal point, at the right, or not at all."""
    if how == "left":
        return list(cells)
    if how == "right":
        width = max((cell_len(c) for c in cells), default=0)
        return [" " * (width - cell_len(c)) + c for c in cells]
    heads = [c.partition(".")[0] if any(d.isdigit() for d in c) else "" for c in cells]
    width = max((cell_len(h) for h in heads), default=0)
    return [
        " " * (width - cell_len(head)) + c if any(d.isdigit() for d in c) else c
        for c, head in zip(cells, heads, strict=True)
    ]
