"""Markdown into lines: calm headings, nested lists, quotes, tables, code; nothing of it hidden, nothing obeyed.

Raw HTML, link definitions and mathematics are shown as they are written. A link is its text and then its address,
never one that the terminal follows. Text is made safe before it is parsed and again after, since Markdown can spell a
control character (``&#27;``).
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from rich.style import Style

from reviewer.domain.text import safe_text
from reviewer.tui.document_code import LANGUAGES, write_code
from reviewer.tui.document_lines import PLAIN, DocumentStyle, LineWriter, Run, runs_text
from reviewer.tui.document_tables import write_table

DEEPEST = 40
"""How deep lists and quotes may be nested; the parser leaves out what lies deeper, so such a text is not parsed."""

WRAPPED_BY_HAND = 60
"""A source line that would have had room for the next word within so many characters was ended on purpose."""

_BULLETS = "•–·"
_MATHEMATICS = re.compile(
    r"\$\$[^$]{1,2000}\$\$|\$(?! )[^$\n]{1,300}(?<![ \\])\$(?!\d)|\\\((?:.{1,500}?)\\\)|\\\[.{1,2000}?\\\]", re.DOTALL
)


class TooDeepError(ValueError):
    """The Markdown is nested deeper than the parser goes."""


def write_markdown(writer: LineWriter, source: str) -> None:
    """Write ``source`` to ``writer``.

    Raises:
        TooDeepError: when it is nested deeper than ``DEEPEST``; nothing is written then.
        DocumentFullError: when the writer is full.
    """
    tokens = _parser().parse(safe_text(source))
    if any(token.level >= DEEPEST - 1 for token in tokens):
        raise TooDeepError(f"nested deeper than {DEEPEST}")
    _Blocks(writer, tokens).write()


def inline_runs(source: str, style: DocumentStyle) -> list[Run]:
    """Return one line or paragraph of Markdown as runs, for what stands outside a body: a claim, a label."""
    tokens = _parser().parseInline(safe_text(source))
    return _inline(tokens[0], style, PLAIN) if tokens else []


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST})
    parser.enable(["table", "strikethrough"]).disable("reference")
    parser.inline.ruler.before("escape", "mathematics", _mathematics)
    return parser


def _mathematics(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    match = _MATHEMATICS.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("mathematics", "", 0).content = match.group()
    state.pos = match.end()
    return True


class _Blocks:
    """Walks the block tokens, which come flat, so that deep nesting costs no deep calls."""

    def __init__(self, writer: LineWriter, tokens: Sequence[Token]) -> None:
        self._writer = writer
        self._style = writer.style
        self._tokens = tokens
        self._lists: list[int] = []
        """For each list that is open: the width of its numbers, or 0 where it has bullets."""
        self._number_widths = _number_widths(tokens)

    def write(self) -> None:
        index = 0
        while index < len(self._tokens):
            index = self._block(index)

    def _block(self, index: int) -> int:
        """Write what begins at ``index``, and return the index after it."""
        writer, style, token = self._writer, self._style, self._tokens[index]
        match token.type:
            case "heading_open":
                level = int(token.tag[1:])
                writer.gap()
                base = style.heading if level < 3 else style.subheading
                writer.heading(level, _inline(self._tokens[index + 1], style, base))
                return index + 3
            case "paragraph_open":
                if not token.hidden:
                    writer.gap()
            case "inline":
                writer.text(_inline(token, style, PLAIN))
            case "bullet_list_open" | "ordered_list_open":
                if not self._lists:
                    writer.gap()
                self._lists.append(self._number_widths.get(index, 0))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._open_item(index)
            case "list_item_close" | "blockquote_close":
                writer.pop()
            case "blockquote_open":
                writer.gap()
                writer.push(("│ ", style.rule), ("│ ", style.rule))
            case "fence" | "code_block":
                writer.gap()
                self._code(token)
            case "hr":
                writer.gap()
                writer.rule()
            case "table_open":
                writer.gap()
                return self._table(index)
            case _ if token.content:
                writer.gap()
                writer.text([(_safe(token.content), PLAIN)])
        return index + 1

    def _open_item(self, index: int) -> None:
        first = self._tokens[index + 1]
        if first.type == "paragraph_open" and not first.hidden:
            self._writer.gap()
        width = self._lists[-1]
        mark = f"{self._tokens[index].info}.".rjust(width + 1) if width else _BULLETS[(len(self._lists) - 1) % 3]
        self._writer.push((f"{mark} ", self._style.dim), (" " * (len(mark) + 1), PLAIN))

    def _code(self, token: Token) -> None:
        info = _safe(token.info).strip()
        language = info.split(" ")[0]
        if info != language or (info and language.lower() not in LANGUAGES and language.lower() not in _SAYS_NOTHING):
            self._writer.text([(info, self._style.dim)])
        write_code(self._writer, token.content, language)

    def _table(self, index: int) -> int:
        style = self._style
        rows: list[list[list[Run]]] = []
        aligns: list[str] = []
        while self._tokens[index].type != "table_close":
            token = self._tokens[index]
            if token.type == "tr_open":
                rows.append([])
            elif token.type == "th_open":
                aligns.append(str(token.attrGet("style") or "").removeprefix("text-align:"))
            elif token.type == "inline":
                rows[-1].append(_inline(token, style, PLAIN))
            index += 1
        write_table(self._writer, rows[0], rows[1:], aligns)
        return index + 1


_SAYS_NOTHING = {"text", "txt", "plain", "plaintext", "none", "console", "output"}


def _number_widths(tokens: Sequence[Token]) -> dict[int, int]:
    """Return how many characters the longest number takes, by the index of the token that opens the list."""
    widths: dict[int, int] = {}
    open_lists: list[int] = []
    for index, token in enumerate(tokens):
        if token.type in ("ordered_list_open", "bullet_list_open"):
            open_lists.append(index)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            open_lists.pop()
        elif token.type == "list_item_open" and tokens[open_lists[-1]].type == "ordered_list_open":
            widths[open_lists[-1]] = max(widths.get(open_lists[-1], 1), len(token.info))
    return widths


def _inline(token: Token, style: DocumentStyle, base: Style) -> list[Run]:
    """Return the runs of an inline token; ``\\n`` in them stands for a line break."""
    runs: list[Run] = []
    styles = [base]
    links: list[tuple[int, str]] = []
    children = token.children or []
    breaks = iter(_breaks(token.content, children))
    for child in children:
        match child.type:
            case "softbreak" | "hardbreak":
                runs.append((next(breaks), styles[-1]))
            case "strong_open":
                styles.append(styles[-1] + style.strong)
            case "em_open":
                styles.append(styles[-1] + style.emphasis)
            case "s_open":
                styles.append(styles[-1] + Style(strike=True))
            case "strong_close" | "em_close" | "s_close":
                styles.pop()
            case "link_open":
                links.append((len(runs), _address(child)))
            case "link_close":
                start, address = links.pop()
                if runs_text(runs[start:]) not in (address, address.removeprefix("mailto:")):
                    runs.append((f" ({address})", style.dim))
            case "image":
                runs.append((f"[image: {_safe(child.content) or _address(child)}]", style.dim))
            case "code_inline":
                runs.append((_safe(child.content), styles[-1] + style.code))
            case _ if child.content:
                runs.append((_safe(child.content), styles[-1]))
    return runs


def _address(token: Token) -> str:
    title = token.attrGet("title")
    address = _safe(str(token.attrGet("href") or token.attrGet("src") or ""))
    return f'{address} "{_safe(str(title))}"' if title else address


def _safe(text: str) -> str:
    return safe_text(text).replace("\n", " ")


def _breaks(source: str, children: Sequence[Token]) -> list[str]:
    """Return, for each line break of a paragraph, whether it was meant ("\\n") or only wraps the source (" ").

    Agents write both: lines wrapped at some column, and lists or figures with one on each line and no Markdown.
    """
    kinds = [child.type for child in children if child.type in ("softbreak", "hardbreak")]
    lines = source.split("\n")
    if len(kinds) != len(lines) - 1:
        return [" " if kind == "softbreak" else "\n" for kind in kinds]
    column = max(WRAPPED_BY_HAND, *map(len, lines))
    breaks = []
    for kind, line, following in zip(kinds, lines, lines[1:], strict=False):
        next_word = following.split(maxsplit=1)[0] if following.strip() else ""
        meant = kind == "hardbreak" or len(line.rstrip()) + 1 + len(next_word) <= column
        breaks.append("\n" if meant else " ")
    return breaks
