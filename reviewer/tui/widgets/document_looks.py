"""How the pane of a document draws: its components and their styles, and a line as it goes to the screen."""

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from reviewer.tui.document_lines import DocumentStyle, Line, overlaid

_ROLES = (
    "title", "heading", "subheading", "strong", "emphasis", "dim", "rule", "code", "code_block",
    "keyword", "string", "comment",
)  # fmt: skip

COMPONENTS = {
    *(f"document--{role.replace('_', '-')}" for role in _ROLES),
    "document--match",
    "document--match-current",
    "document--quote",
}
"""The component classes of the pane."""

CSS = """
DocumentPane {
    width: 1fr;
    height: 1fr;
    overflow-x: hidden;
    overflow-y: auto;
    scrollbar-gutter: stable;
    scrollbar-size-vertical: 1;

    & > .document--title, & > .document--heading, & > .document--strong { text-style: bold; }
    & > .document--subheading { text-style: bold dim; }
    & > .document--emphasis { text-style: italic; }
    & > .document--dim, & > .document--comment { text-style: dim; }
    & > .document--rule { color: $foreground 25%; }
    & > .document--code { background: $foreground 10%; }
    & > .document--code-block { background: $foreground 5%; }
    & > .document--keyword { text-style: bold; }
    & > .document--match { background: $accent 35%; text-style: underline; }
    & > .document--match-current { color: $text-accent; text-style: bold reverse; }
    & > .document--quote { background: $accent 25%; text-style: underline; }

    &:ansi {
        & > .document--rule { color: ansi_default; text-style: dim; }
        & > .document--code { background: transparent; color: ansi_cyan; }
        & > .document--code-block { background: transparent; }
        & > .document--match { background: transparent; text-style: underline bold; }
        & > .document--quote { background: transparent; text-style: underline; }
    }
}
"""


def document_style(pane: Widget) -> DocumentStyle:
    """Return the styles that the theme and the style sheets give what a document is made of."""
    return DocumentStyle(**{role: component_style(pane, f"document--{role.replace('_', '-')}") for role in _ROLES})


def component_style(pane: Widget, name: str) -> Style:
    """Return what the component's rules say and no more, so that the pane's own colours show through."""
    rules = pane.get_component_styles(name)
    full = pane.get_component_rich_style(name)
    return rules.text_style + Style(
        color=full.color if rules.has_rule("color") and rules.color.a else None,
        bgcolor=full.bgcolor if rules.has_rule("background") and rules.background.a else None,
    )


def line_strip(line: Line, number: int, spans: Sequence[tuple[int, int, Style]], base: Style, width: int) -> Strip:
    """Return a line on the pane's own style, padded, each stretch knowing its place in the document.

    In one pass, since a key that goes to the next proposal waits for every line of it.
    """
    parts = overlaid(line.segments, spans) if spans else list(line.segments)
    if (missing := width - sum(part.cell_length for part in parts)) > 0:
        parts.append(Segment(" " * missing))
    at, segments = 0, []
    for text, over, _ in parts:
        # The meta data is what the mouse selects text by.
        style = (base + over if over else base) + Style.from_meta({"offset": (at, number)})
        segments.append(Segment(text, style))
        at += len(text)
    return Strip(segments).crop(0, width)
