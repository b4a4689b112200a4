"""A page with everything that there can be on one, and a parser that sees what a browser would."""

from html.parser import HTMLParser

from reviewer.exports.pages import (
    Bar,
    Bars,
    Box,
    Boxes,
    Chapter,
    Column,
    CurvePoint,
    Page,
    PairPoint,
    Part,
    Plot,
    Reliability,
    Scatter,
    Table,
)

HOSTILE = "</title><script>alert(1)</script><img src=x onerror=alert(2)>\x1b[31m\u202e & \"'` [a](javascript:b) | x"

PLOTS: tuple[Plot, ...] = (
    Bars(("survives", "fails"), (Bar(HOSTILE, (3, 0)), Bar("agent", (0, 0)))),
    Boxes("min", (Box(HOSTILE, 1.0, 2.0, 4.0),)),
    Reliability((CurvePoint(0.1, 0.2, 0.0, 0.4), CurvePoint(0.8, 0.6, 0.5, 1.0))),
    Scatter((PairPoint(0.1, -0.2, (0.0, 0.2), (-0.3, -0.1)), PairPoint(0.3, 0.2))),
)


def page(text: str = HOSTILE) -> Page:
    """A page on which every text that may come from outside is ``text``."""
    table = Table((Column(text), Column("n", True)), ((text, "1"), (text, "−2")), text)
    parts = tuple(Part(text, plot, text, (table,), (text,), (text,), text) for plot in PLOTS)
    return Page(text, (text,), (Chapter(text, parts, (text,)),), text)


VOID = frozenset(("meta", "img", "br", "link"))


class Seen(HTMLParser):
    """What a document holds: its elements, attributes and text, and whether each element is closed in its turn."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
