"""Code highlighted in two weights. Imported when the first block of code is drawn, since it costs 90 ms."""

from rich.style import Style
from rich.syntax import Syntax, SyntaxTheme, TokenType

from reviewer.tui.document_lines import PLAIN, DocumentStyle, Run


def highlighted(code: str, lexer: str, style: DocumentStyle) -> list[Run]:
    """Return ``code`` cut into runs by the lexer of that name; together they are the text as it was."""
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
