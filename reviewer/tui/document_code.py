"""Code blocks: highlighted in two weights, and folded so that it shows where a line of code goes on."""

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.syntax import Syntax, SyntaxTheme, TokenType

from reviewer.domain.text import safe_text
from reviewer.tui.document_lines import PLAIN, DocumentStyle, LineWriter, Run, chop, runs_text, slice_runs

LANGUAGES = {
    "python": "python", "py": "python", "python3": "python", "bash": "bash", "sh": "bash", "shell": "bash",
    "zsh": "bash", "json": "json", "jsonl": "json", "yaml": "yaml", "yml": "yaml", "toml": "toml", "ini": "ini",
    "sql": "sql", "c": "c", "cpp": "cpp", "c++": "cpp", "cuda": "cuda", "rust": "rust", "go": "go",
    "javascript": "javascript", "js": "javascript", "typescript": "typescript", "ts": "typescript", "diff": "diff",
}  # fmt: skip
"""The languages that are highlighted, by the names that fences give them. Others are shown plain."""

HIGHLIGHTED_UP_TO = 20_000
"""A longer block is shown plain: the lexers' patterns were not made for hostile input."""

_WRAP_MARK = "↪ "
_GOOD_BREAK = re.compile(r"(?<=[ ,;])(?! )")


def write_code(writer: LineWriter, code: str, language: str = "") -> None:
    """Write a block of code on its own background, a cell of it around where there is room; indentation stays."""
    style = writer.style
    runs = _highlighted(safe_text(code).rstrip("\n"), language.strip().lower(), style)
    edge = " " if writer.room > 3 else ""  # else there is no room for it and a wide letter
    inner = max(1, writer.room - 2 * len(edge))
    for line in _lines(runs):
        text = runs_text(line)
        indent = len(text) - len(text.lstrip(" "))
        hanging = " " * min(indent, inner // 2) + _WRAP_MARK if inner > len(_WRAP_MARK) + 2 else ""
        for number, (start, end) in enumerate(_cuts(text, inner, len(hanging))):
            lead = edge + (hanging if number else "")
            segments = [Segment(lead, style.code_block + style.dim if number else style.code_block)]
            segments.extend(next(slice_runs(line, [(start, end)])))
            shown = lead + text[start:end]
            pad = writer.room - cell_len(shown)
            if pad > 0:
                segments.append(Segment(" " * pad, style.code_block))
            writer.line(segments, shown, lead=len(lead), join="" if number else None)


def _cuts(text: str, width: int, hanging: int) -> Iterator[tuple[int, int]]:
    if cell_len(text) <= width:
        yield 0, len(text)
        return
    first = next(chop(text, 0, len(text), width, _GOOD_BREAK), len(text))
    yield 0, first
    start = first
    for end in chop(text, first, len(text), max(1, width - hanging), _GOOD_BREAK):
        yield start, end
        start = end
    yield start, len(text)


def _highlighted(code: str, language: str, style: DocumentStyle) -> list[Run]:
    lexer = LANGUAGES.get(language)
    if lexer is None or len(code) > HIGHLIGHTED_UP_TO:
        return [(code, style.code_block)]
    text = Syntax(code, lexer, theme=_TwoWeights(style)).highlight(code)
    marks = sorted((span.start, span.end, span.style) for span in text.spans if isinstance(span.style, Style))
    runs, at = [], 0
    for start, end, span_style in marks:
        if start > at:
            runs.append((code[at:start], style.code_block))
        if min(end, len(code)) > max(start, at):
            runs.append((code[max(start, at) : end], style.code_block + span_style))
            at = min(end, len(code))
    runs.append((code[at:], style.code_block))
    return runs


def _lines(runs: list[Run]) -> Iterator[list[Run]]:
    line: list[Run] = []
    for text, style in runs:
        first, *others = text.split("\n")
        line.append((first, style))
        for other in others:
            yield line
            line = [(other, style)]
    yield line


class _TwoWeights(SyntaxTheme):
    """Keywords, strings and comments stand out; all else is plain."""

    def __init__(self, style: DocumentStyle) -> None:
        self._style = style

    def get_style_for_token(self, token_type: TokenType) -> Style:
        kind, *more = (*token_type, "")
        if kind == "Comment":
            return self._style.comment
        if kind == "Keyword":
            return self._style.keyword
        if kind == "Literal" and more[0] == "String":
            return self._style.comment if "Doc" in more else self._style.string
        if kind == "Generic" and more[0] in ("Deleted", "Inserted", "Heading", "Subheading"):
            return self._style.comment if more[0] == "Deleted" else self._style.keyword
        return PLAIN

    def get_background_style(self) -> Style:
        return PLAIN
