"""Lines of a document as the screen draws them: their styles, how text is folded into them, and what a copy of them is.

Nothing here needs a running app, so that documents are laid out in a worker.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.cells import cell_len, get_character_cell_size, set_cell_size
from rich.segment import Segment
from rich.style import Style

PLAIN = Style.null()
BOLD = Style(bold=True)
DIM = Style(dim=True)
BOLD_DIM = Style(bold=True, dim=True)
ITALIC = Style(italic=True)

Run = tuple[str, Style]
"""A stretch of text in one style."""


@dataclass(frozen=True, slots=True)
class DocumentStyle:
    """How the parts of a document are drawn. Each is laid over the pane's own style, so most say little."""

    title: Style = BOLD
    heading: Style = BOLD
    subheading: Style = BOLD_DIM
    strong: Style = BOLD
    emphasis: Style = ITALIC
    dim: Style = DIM
    rule: Style = DIM
    code: Style = PLAIN
    code_block: Style = PLAIN
    keyword: Style = BOLD
    string: Style = PLAIN
    comment: Style = DIM


class Line(NamedTuple):
    """One line as it is drawn.

    ``lead`` counts the characters at its start that are the layout's own and not the document's. ``join`` is what
    stood between it and the line before where one line was folded into two; None where a new line begins.
    """

    segments: tuple[Segment, ...]
    text: str
    lead: int = 0
    join: str | None = None
    is_gap: bool = False


class Folded(NamedTuple):
    """A part of a text that fits on one line. ``join`` as in ``Line``."""

    segments: list[Segment]
    text: str
    join: str | None


class DocumentFullError(Exception):
    """The document has as many lines as it may have."""


_WIDE = "\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60"
_WIDE += "\U00020000-\U0003fffd"
_CLOSING = "、。，．：；！？）」』】〉》〕］｝"
_WORD = re.compile(f"( *)((?:[^ {_WIDE}]|(?<=\\d) (?=[±%])|(?<=±) )+|[{_WIDE}][{_CLOSING}]*| +$)")
_GOOD_BREAK = re.compile(r"(?<=[/\-_.,=&?:;)\]}| ])(?![\d.,])")


def cut_cells(text: str, width: int) -> str:
    """Return safe one-line ``text`` cut to ``width`` terminal cells; where something is cut off, ``…`` is the last."""
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…" if width > 0 else ""


def runs_text(runs: Iterable[Run]) -> str:
    """Return the text of ``runs`` without its styles."""
    return "".join(text for text, _ in runs)


def slice_runs(runs: Sequence[Run], spans: Iterable[tuple[int, int]]) -> Iterator[list[Segment]]:
    """Yield the segments of each of ``spans`` (start and end in the runs' text); spans come in order."""
    at, begins = 0, 0
    for start, end in spans:
        segments = []
        while at < len(runs) and begins + len(runs[at][0]) <= start:
            begins += len(runs[at][0])
            at += 1
        run, offset = at, begins
        while run < len(runs) and offset < end:
            text, style = runs[run]
            part = text[max(0, start - offset) : end - offset]
            if part:
                segments.append(Segment(part, style or None))
            offset += len(text)
            run += 1
        yield segments


def overlaid(segments: Iterable[Segment], spans: Iterable[tuple[int, int, Style]]) -> list[Segment]:
    """Return ``segments`` with a style laid over each of ``spans`` (start and end in characters); later ones win.

    No span begins or ends between a character and the marks upon it.
    """
    cells = [(character, style) for text, style, _ in segments for character in text]
    styles = [style for _, style in cells]
    for start, end, over in spans:
        while 0 < start < len(cells) and not get_character_cell_size(cells[start][0]):
            start -= 1
        while end < len(cells) and not get_character_cell_size(cells[end][0]):
            end += 1
        for index in range(max(0, start), min(end, len(cells))):
            styles[index] = (cells[index][1] or PLAIN) + over
    return [
        Segment("".join(character for (character, _), _ in group), style)
        for style, group in groupby(zip(cells, styles, strict=True), key=itemgetter(1))
    ]


def fold_runs(runs: Sequence[Run], width: int) -> Iterator[Folded]:
    """Fold text into lines of ``width`` cells at its spaces; ``\\n`` ends a line.

    A word that is longer than a line is cut, where there is one at a hyphen, slash or the like.
    """
    text = runs_text(runs)
    spans = list(_spans(text, max(1, width)))
    for (start, end, join), segments in zip(spans, slice_runs(runs, [s[:2] for s in spans]), strict=True):
        yield Folded(segments, text[start:end], join)


def _spans(text: str, width: int) -> Iterator[tuple[int, int, str | None]]:
    begin = 0
    for line in text.split("\n"):
        if cell_len(line) <= width:
            yield begin, begin + len(line), None
        else:
            yield from _fold_line(text, begin, begin + len(line), width)
        begin += len(line) + 1


def _fold_line(text: str, begin: int, finish: int, width: int) -> Iterator[tuple[int, int, str | None]]:
    start = end = begin
    used = 0
    join: str | None = None
    for match in _WORD.finditer(text, begin, finish):
        spaces, word_start, word_end = len(match[1]), match.start(2), match.end()
        size = cell_len(match[2])
        if used + spaces + size <= width:
            end, used = word_end, used + spaces + size
            continue
        if end > start:
            yield start, end, join
            join = text[end:word_start]
            start = word_start
        elif word_start - start >= width:
            start = word_start
        cuts = list(chop(text, start, word_end, width)) if cell_len(text[start:word_end]) > width else []
        for piece_end in cuts:
            yield start, piece_end, join
            start, join = piece_end, ""
        end, used = word_end, cell_len(text[start:word_end])
    if end > start:
        yield start, end, join


def chop(text: str, start: int, end: int, width: int, good_break: re.Pattern[str] = _GOOD_BREAK) -> Iterator[int]:
    """Yield where to cut ``text[start:end]`` so that no piece takes more than ``width`` cells.

    A cut is made where ``good_break`` matches, if it does in the second half of what fits.
    """
    while True:
        fits = _fitting(text, start, end, width)
        if fits >= end:
            return
        good = [m.end() for m in good_break.finditer(text, start + (fits - start) // 2, fits)]
        start = good[-1] if good and good[-1] > start else fits
        yield start


def _fitting(text: str, start: int, end: int, width: int) -> int:
    """Return the end of the longest piece from ``start`` that fits; at least one character, with its marks."""
    piece = text[start : min(end, start + width)]
    if piece.isascii():
        return start + len(piece)
    used, at = 0, start
    while at < end:
        size = get_character_cell_size(text[at])
        if used + size > width and at > start:
            break
        used += size
        at += 1
    return at


class LineWriter:
    """Collects the lines of one document within ``width`` cells, under the prefixes of what they are nested in."""

    def __init__(self, width: int, style: DocumentStyle, limit: int) -> None:
        self.width = max(1, width)
        self.style = style
        self.lines: list[Line] = []
        self.headings: list[tuple[int, int, str]] = []
        self._limit = limit
        self._prefixes: list[_Prefix] = []
        self._apart = False
        """Whether what was written last is to be kept apart from what comes next, if that asks for it."""
        self._gap_depth: int | None = None
        """A gap that is due before the next line, under so many of the prefixes."""

    @property
    def room(self) -> int:
        """How many cells are left beside the prefixes."""
        return max(1, self.width - sum(cell_len(prefix.rest[0]) for prefix in self._prefixes))

    def push(self, first: Run, rest: Run) -> None:
        """Begin something nested: ``first`` stands before its first line, ``rest`` before the others.

        Both take equally many cells. Where that would leave no room worth the name, neither is drawn.
        """
        if self.room - cell_len(rest[0]) < min(12, max(2, self.width // 2)):
            first = rest = ("", PLAIN)
        self._prefixes.append(_Prefix(first, rest))
        self._apart = False

    def pop(self) -> None:
        """End what the last ``push`` began; where it was empty, its ``first`` alone is drawn."""
        if not self._prefixes[-1].begun and self._prefixes[-1].first[0]:
            self._emit([], "", None)
        self._prefixes.pop()
        self._apart = True

    def mark(self) -> tuple[int, int, int]:
        """Return where the document stands now, for ``back_to``."""
        return len(self.lines), len(self.headings), len(self._prefixes)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Take back all that was written since ``mark`` was taken."""
        lines, headings, prefixes = mark
        del self.lines[lines:], self.headings[headings:], self._prefixes[prefixes:]

    def gap(self) -> None:
        """Leave one line empty before what comes next, unless there is nothing above to be kept apart from."""
        if self._apart and self.lines:
            self._gap_depth = len(self._prefixes)

    def heading(self, level: int, runs: Sequence[Run], *, apart: bool = False) -> None:
        """Write a heading and note where it stands; what follows stays close to it unless it is to be ``apart``."""
        before = len(self.lines)
        self.text(runs)
        if len(self.lines) > before:
            first = next(number for number in range(before, len(self.lines)) if not self.lines[number].is_gap)
            self.headings.append((first, level, runs_text(runs)))
        self._apart = apart

    def text(self, runs: Sequence[Run]) -> None:
        """Write text, folded."""
        for folded in fold_runs(runs, self.room):
            self._emit(folded.segments, folded.text, folded.join)

    def line(self, segments: Sequence[Segment], text: str, *, lead: int = 0, join: str | None = None) -> None:
        """Write one line as it is; ``lead`` counts characters of ``text`` that are not the document's."""
        self._emit(list(segments), text, join, lead=lead)

    def rule(self) -> None:
        """Write a hairline."""
        hairline = "─" * self.room
        self._emit([Segment(hairline, self.style.rule)], hairline, None)

    def _emit(self, segments: list[Segment], text: str, join: str | None, *, lead: int | None = None) -> None:
        if self._gap_depth is not None:
            depth, self._gap_depth = self._gap_depth, None
            self._add([prefix.rest for prefix in self._prefixes[:depth]], [], "", None, None, is_gap=True)
        self._add([prefix.next_run() for prefix in self._prefixes], segments, text, join, lead)
        self._apart = True

    def _add(
        self,
        before: Sequence[Run],
        segments: Sequence[Segment],
        text: str,
        join: str | None,
        lead: int | None,
        *,
        is_gap: bool = False,
    ) -> None:
        if len(self.lines) >= self._limit:
            raise DocumentFullError
        indent = runs_text(before)
        drawn = (*(Segment(part, style or None) for part, style in before if part), *segments)
        not_its_own = 0 if lead is None and join is None else len(indent) + (lead or 0)
        self.lines.append(Line(drawn, indent + text, not_its_own, join, is_gap))


class _Prefix:
    """What stands before the lines of something nested."""

    def __init__(self, first: Run, rest: Run) -> None:
        self.first = first
        self.rest = rest
        self.begun = False

    def next_run(self) -> Run:
        run = self.rest if self.begun else self.first
        self.begun = True
        return run
