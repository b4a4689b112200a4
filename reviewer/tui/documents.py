"""A proposal or baseline as a document to read, laid out into lines that the document pane draws and searches.

``render_document`` is a pure function of document, width and style; it may run in any thread.
"""

import logging
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, islice

from reviewer.domain.text import safe_line, safe_text
from reviewer.tui.document_code import write_code
from reviewer.tui.document_lines import PLAIN, DocumentFullError, DocumentStyle, Line, LineWriter
from reviewer.tui.document_markdown import inline_runs, write_markdown

WIDEST = 90
"""Text is laid out no wider than this many cells, however wide the pane."""

MOST_LINES = 20_000
MARKDOWN_UP_TO = 100_000
"""A longer text (in characters) is shown as it is written, not as Markdown: parsing it would take seconds."""

MOST_MATCHES = 10_000

_FIRST_HEADING = re.compile(r"\s*# +(?P<text>[^\n]+?)[ #]*(?:\n|$)")

_log = logging.getLogger(__name__)


class BlockKind(StrEnum):
    """What a block of a document is, which decides how it is drawn."""

    TITLE = "title"
    META = "meta"
    """One dim line: who, when, on what."""
    SECTION = "section"
    """Markdown under a heading of ours, the block's label: the hypothesis, a remark."""
    CLAIMS = "claims"
    """A numbered list, the block's items, under its label."""
    BODY = "body"
    """Markdown as it is."""
    NOTE = "note"
    """A dim sentence of ours."""
    RAW = "raw"
    """Text shown letter for letter, its label naming the language where it has one (json)."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document. Its text is as the source gave it; laying it out makes it safe."""

    kind: BlockKind
    text: str = ""
    label: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What is shown of a method, in order."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: the line it stands on, its level (1 to 6), its text."""

    line: int
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A place where a searched text stands: (line, start, end) in characters, one for each line it is folded over."""

    pieces: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """A document laid out for one width and one style."""

    lines: tuple[Line, ...]
    headings: tuple[Heading, ...] = ()

    def find(self, needle: str) -> list[Match]:
        """Return where ``needle`` stands, upper or lower case, folded over lines or not; at most ``MOST_MATCHES``."""
        words = safe_line(needle).split(" ")
        if words == [""]:
            return []
        text, starts = self.as_one_text()
        pattern = re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE)
        return [self._match(starts, *found.span()) for found in islice(pattern.finditer(text), MOST_MATCHES)]

    def match(self, start: int, end: int) -> Match:
        """Return on which lines a stretch of ``as_one_text`` stands."""
        return self._match(self.as_one_text()[1], start, end)

    def _match(self, starts: Sequence[int], start: int, end: int) -> Match:
        line = bisect_right(starts, start) - 1
        pieces = []
        while line < len(self.lines) and starts[line] < end:
            lead, length = self._lead(line), len(self.lines[line].text)
            first = max(lead, start - starts[line] + lead)
            last = min(length, end - starts[line] + lead)
            if last > first:
                pieces.append((line, first, last))
            line += 1
        return Match(tuple(pieces))

    def copy(self, start: tuple[int, int] | None = None, end: tuple[int, int] | None = None) -> str:
        """Return the text from ``start`` up to ``end``, each (line, character), as the document has it.

        Lines that were folded are whole again, and the layout's own indents and marks are left out.
        """
        first, first_at = start or (0, 0)
        last, last_at = end or (len(self.lines) - 1, len(self.lines[-1].text) if self.lines else 0)
        parts: list[str] = []
        for number, line in enumerate(self.lines[first : last + 1], first):
            since = max(self._lead(number), first_at if number == first else 0)
            part = line.text[since : last_at if number == last else None]
            if number > first:
                if line.join is None:
                    parts[-1] = parts[-1].rstrip()
                parts.append("\n" if line.join is None else line.join)
            parts.append(part)
        return "".join(parts)

    def position(self, line: int) -> int:
        """Return how many characters of the document stand before ``line``."""
        return sum(map(_share, self.lines[:line])) + len(
            (self.lines[line].join if line < len(self.lines) else "") or ""
        )

    def line_at(self, position: int) -> int:
        """Return the line on which the document's character ``position`` stands: a place, whatever the width."""
        return bisect_right(list(accumulate(map(_share, self.lines))), position)

    def _lead(self, number: int) -> int:
        return min(self.lines[number].lead, len(self.lines[number].text))

    def as_one_text(self) -> tuple[str, list[int]]:
        """Return the text with folded lines joined, and where in it each line begins (after its lead)."""
        parts: list[str] = []
        starts: list[int] = []
        length = 0
        for number, line in enumerate(self.lines):
            if number:
                parts.append("\n" if line.join is None else line.join)
                length += len(parts[-1])
            starts.append(length)
            parts.append(line.text[self._lead(number) :])
            length += len(parts[-1])
        return "".join(parts), starts


def _share(line: Line) -> int:
    return len(line.text) - line.lead + len(line.join or "")


def render_document(document: Document, width: int, style: DocumentStyle) -> RenderedDocument:
    """Lay ``document`` out within ``width`` cells (and ``WIDEST``). Never fails, whatever the text is.

    A body that begins with the title once more is shown without it.
    """
    title = next((safe_line(block.text) for block in document.blocks if block.kind is BlockKind.TITLE), "")
    writer = LineWriter(min(max(1, width), WIDEST), style, MOST_LINES)
    for number, block in enumerate(document.blocks):
        try:
            _write_block(writer, _without_title(block, title))
        except DocumentFullError:
            left = sum(map(_length, document.blocks[number + 1 :]))
            return _finished(writer, _too_long(block, left))
    return _finished(writer)


def _without_title(block: Block, title: str) -> Block:
    match = _FIRST_HEADING.match(block.text) if block.kind is BlockKind.BODY else None
    if match is None or safe_line(match["text"]).casefold() != title.casefold():
        return block
    return replace(block, text=block.text[match.end() :])


def _finished(writer: LineWriter, note: str = "") -> RenderedDocument:
    lines = writer.lines
    if note:
        ending = LineWriter(writer.width, writer.style, MOST_LINES)
        ending.text([("", PLAIN)])
        ending.text([(note, writer.style.dim)])
        lines = lines + ending.lines
    return RenderedDocument(tuple(lines), tuple(Heading(*heading) for heading in writer.headings))


def _too_long(block: Block, left: int) -> str:
    after = f" and {left:,} more after it" if left else ""
    return (
        f"Only the first {MOST_LINES:,} lines are shown: this part has {_length(block):,} characters{after}. "
        "R shows the raw record."
    )


def _length(block: Block) -> int:
    return len(block.text) + sum(map(len, block.items))


def _write_block(writer: LineWriter, block: Block) -> None:
    style = writer.style
    match block.kind:
        case BlockKind.TITLE:
            writer.heading(1, [(safe_line(block.text), style.title)], apart=True)
        case BlockKind.META:
            writer.text([(safe_line(block.text), style.dim)])
        case BlockKind.NOTE:
            writer.gap()
            writer.text([(safe_text(block.text), style.dim)])
        case BlockKind.SECTION:
            _write_label(writer, block.label)
            _write_text(writer, block.text)
        case BlockKind.CLAIMS:
            _write_label(writer, block.label)
            _write_claims(writer, block.items)
        case BlockKind.BODY:
            writer.gap()
            _write_text(writer, block.text)
        case BlockKind.RAW:
            writer.gap()
            write_code(writer, block.text, block.label)


def _write_label(writer: LineWriter, label: str) -> None:
    writer.gap()
    if label:
        writer.heading(2, [(safe_line(label), writer.style.heading)])


def _write_claims(writer: LineWriter, claims: Sequence[str]) -> None:
    digits = len(str(len(claims)))
    for number, claim in enumerate(claims, 1):
        mark = f"{number}.".rjust(digits + 1) + " "
        writer.push((mark, writer.style.dim), (" " * len(mark), PLAIN))
        writer.text(inline_runs(claim, writer.style))
        writer.pop()


def _write_text(writer: LineWriter, text: str) -> None:
    if len(text) > MARKDOWN_UP_TO:
        writer.text([(f"{len(text):,} characters, shown as written and not as Markdown.", writer.style.dim)])
        writer.gap()
        writer.text([(safe_text(text), PLAIN)])
        return
    before = writer.mark()
    try:
        write_markdown(writer, text)
    except DocumentFullError:
        raise
    except Exception as error:  # whatever a hostile text does to the parser, the text itself can still be read
        _log.warning("A text is shown as written, since it does not parse as Markdown: %s", safe_line(repr(error), 200))
        writer.back_to(before)
        writer.text([(safe_text(text), PLAIN)])
