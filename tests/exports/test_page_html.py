"""A page as HTML: it stands by itself, and what comes from outside is shown and never obeyed."""

import re

from hypothesis import given
from hypothesis import strategies as st

from reviewer.exports.page_html import html
from reviewer.exports.pages import Chapter, Page, Part
from tests.exports.pages import HOSTILE, Seen, page

ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "section", "div", "figure",
    "figcaption", "svg", "desc", "rect", "text", "line", "polygon", "polyline", "circle", "table", "caption", "thead",
    "tbody", "tr", "th", "td", "pre", "footer",
}  # fmt: skip


def test_it_is_balanced_and_has_no_element_but_ours() -> None:
    seen = Seen(html(page()))
    assert seen.open == []
    assert set(seen.elements) == ALLOWED
    assert seen.elements.count("svg") == seen.elements.count("desc") == 4


def test_nothing_in_it_is_fetched_or_run() -> None:
    document = html(page())
    seen = Seen(document)
    assert not [name for _, name, _ in seen.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert not [value for _, _, value in seen.attributes if ":" in value and "default-src" not in value]
    style = document[document.index("<style>") : document.index("</style>")]
    assert not re.search(r"url\(|@import|//", style)
    assert "default-src 'none'" in document


def test_what_is_hostile_is_shown() -> None:
    document = html(page())
    assert "<script" not in document
    assert "\x1b" not in document
    assert "\u202e" not in document
    assert "<script>alert(1)</script>" in Seen(document).text


def test_every_plot_has_a_title_a_description_and_a_caption() -> None:
    document = html(page("words"))
    labels = re.findall(r'aria-labelledby="(\S+) (\S+)"', document)
    assert len(labels) == len(set(labels)) == 4
    for title, description in labels:
        assert f'<title id="{title}">' in document
        assert f'<desc id="{description}">words</desc>' in document
    assert document.count("<figcaption>words</figcaption>") == 4
    assert document.count('<th scope="col"') == 8


def test_it_prints_and_follows_light_and_dark() -> None:
    document = html(page())
    assert "@media print" in document
    assert "prefers-color-scheme: dark" in document


def test_on_paper_it_is_black_on_white_with_nothing_cut_or_torn() -> None:
    document = html(page())
    assert "@page { size: A4 portrait;" in document
    paper = document[document.index("@media print") : document.index("</style>")]
    assert document.index("prefers-color-scheme: dark") < document.index("@media print"), "the last one holds"
    for rule in (
        "color-scheme: light; --ink: #000;", "--paper: #fff;", "h1, h2, h3, caption, thead { break-after: avoid; }",
        "figure, svg, tr, p { break-inside: avoid; }", ".beside { display: block; }", "overflow: visible;",
        "overflow-wrap: anywhere;",
    ):  # fmt: skip
        assert rule in paper, rule


def test_every_tick_of_a_scatter_is_a_round_number_within_its_frame() -> None:
    document = html(page())
    scatter = document[document.index("Lab against production") :]
    scatter = scatter[: scatter.index("</svg>")]
    labels = re.findall(r'<text class="quiet" [^>]*text-anchor="middle">([^<]*)</text>', scatter)
    assert labels == ["−0.2", "0.0", "0.2"]
    left, width = (float(re.findall(rf'class="frame"[^>]* {name}="([\d.]+)"', scatter)[0]) for name in ("x", "width"))
    places = [float(x) for x in re.findall(r'<line class="grid" x1="([\d.]+)" y1="8"', scatter)]
    assert len(places) == 3
    assert all(left <= x <= left + width for x in places)


@given(st.text())
def test_any_text_leaves_it_balanced(text: str) -> None:
    document = html(Page(text, (text,), (Chapter(text, (Part(text, notes=(text,), verbatim=text),)),), text))
    seen = Seen(document)
    assert seen.open == []
    assert set(seen.elements) <= ALLOWED


def test_lines_of_what_is_verbatim_stay() -> None:
    shown = Seen(html(Page("t", (), (Chapter("", (Part("p", verbatim="a\n  b <i>"),)),)))).text
    assert "a\n  b <i>" in shown
    assert HOSTILE not in shown
