"""A page as HTML that stands by itself: its style within it, plots as SVG beside their tables, no script or network."""

from collections.abc import Iterator
from html import escape
from itertools import count

from reviewer.domain.text import safe_line, safe_text
from reviewer.exports.output import PAGE_MARK
from reviewer.exports.pages import Page, Part, Table
from reviewer.exports.svg_plots import svg

_TEXT_LIMIT = 4000

_STYLE = """
:root { color-scheme: light dark; --ink: #1c1c1e; --quiet: #66666e; --line: #d5d5da; --paper: #ffffff;
  --accent: #2f5fc4; --band: #2f5fc422; --c0: #2b7a4b; --c1: #c08a1e; --c2: #b03a3a; --c3: #8a8a94; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e6ea; --quiet: #9a9aa4; --line: #3a3a42; --paper: #17171a; --accent: #86a8f0;
    --band: #86a8f033; --c0: #56b07c; --c1: #dcae52; --c2: #e07a7a; --c3: #8a8a94; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 66rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; }
h2 { font-size: 1.3rem; margin: 2.6rem 0 .4rem; padding-top: .8rem; border-top: 2px solid var(--ink); }
h3 { font-size: 1.02rem; margin: 1.9rem 0 .5rem; }
p { margin: .4rem 0; max-width: 46rem; overflow-wrap: anywhere; }
p.note, footer { color: var(--quiet); font-size: .88em; }
.beside { display: flex; flex-wrap: wrap; gap: 1.2rem 2rem; align-items: flex-start; }
.beside > .tables { flex: 1 1 max-content; min-width: 0; overflow-x: auto; }
.beside > .wide { flex-basis: 100%; }
.beside > figure { flex: 0 1 24rem; }
figure { margin: 0; } figcaption { color: var(--quiet); font-size: .85em; max-width: 26rem; }
table { border-collapse: collapse; font-size: .9em; margin: .2rem 0 .8rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: .2rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem 1.1rem .2rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: break-word; min-width: 4rem; max-width: 34rem; }
th:first-child, td:first-child { min-width: 7rem; }
th { color: var(--quiet); font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 13px/1.45 ui-monospace, monospace; max-width: 60rem; }
svg { max-width: 100%; height: auto; font: 12px system-ui, sans-serif; }
svg text { fill: var(--ink); } svg text.quiet { fill: var(--quiet); } svg text.on { fill: var(--paper); }
.grid { stroke: var(--line); } .frame { fill: none; stroke: var(--line); }
.same { stroke: var(--quiet); stroke-dasharray: 2 4; }
.error { stroke: var(--quiet); } .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
.dot { fill: var(--accent); } .band { fill: var(--band); } .box { fill: var(--band); stroke: var(--accent); }
.middle { stroke: var(--accent); stroke-width: 3; }
rect.c0 { fill: var(--c0); } rect.c1 { fill: var(--c1); } rect.c2 { fill: var(--c2); } rect.c3 { fill: var(--c3); }
footer { margin-top: 2.5rem; padding-top: .6rem; border-top: 1px solid var(--line); }
@page { size: A4 portrait; margin: 15mm 14mm; }
@media print {
  :root { color-scheme: light; --ink: #000; --quiet: #444; --line: #bbb; --paper: #fff; --accent: #1d4aa8;
    --band: #1d4aa822; --c0: #2b7a4b; --c1: #c08a1e; --c2: #b03a3a; --c3: #8a8a94; }
  body { max-width: none; padding: 0; font-size: 9.5pt; line-height: 1.4; }
  h1, h2, h3, caption, thead { break-after: avoid; } h2 { margin-top: 1.8rem; } h3 { margin-top: 1.2rem; }
  figure, svg, tr, p { break-inside: avoid; } p, pre { orphans: 3; widows: 3; }
  .beside { display: block; } .beside > .tables { overflow: visible; } figure { margin: 0 0 .8rem; }
  p, figcaption, pre { max-width: none; } pre { font-size: 8.5pt; }
  th, td { min-width: 6.5em; max-width: none; padding-right: .8rem; overflow-wrap: anywhere; }
  th:first-child, td:first-child { min-width: 8em; } .number { min-width: 0; overflow-wrap: normal; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""So that no browser fetches or runs anything, whatever a proposal says."""


def html(page: Page) -> str:
    """Return a page as one HTML document."""
    return "\n".join(_lines(page)) + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f'<meta name="generator" content="{PAGE_MARK}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_safe(page.title)}</title><style>{_STYLE}</style></head><body><main>"
    yield f"<h1>{_safe(page.title)}</h1>"
    yield from (f"<p>{_safe(sentence)}</p>" for sentence in page.sentences)
    places = count(1)
    for chapter in page.chapters:
        if chapter.title:
            yield f"<h2>{_safe(chapter.title)}</h2>"
        yield from (f"<p>{_safe(sentence)}</p>" for sentence in chapter.sentences)
        for part in chapter.parts:
            yield from _part(part, places)
    yield "</main>"
    if page.foot:
        yield f"<footer>{_safe(page.foot)}</footer>"
    yield "</body></html>"


def _part(part: Part, places: Iterator[int]) -> Iterator[str]:
    yield f"<section><h3>{_safe(part.heading)}</h3>"
    if part.plot is not None or part.tables:
        yield '<div class="beside">'
        if part.plot is not None:
            yield f"<figure>{svg(part.plot, part.plot_caption, next(places))}"
            yield f"<figcaption>{_safe(part.plot_caption)}</figcaption></figure>"
        if part.tables:
            kind = " wide" if any(_is_wide(table) for table in part.tables) else ""
            yield f'<div class="tables{kind}">'
            for table in part.tables:
                yield from _table(table)
            yield "</div>"
        yield "</div>"
    yield from (f"<p>{_safe(sentence)}</p>" for sentence in part.sentences)
    yield from (f'<p class="note">{_safe(note)}</p>' for note in part.notes)
    if part.verbatim:
        yield f"<pre>{escape(safe_text(part.verbatim))}</pre>"
    yield "</section>"


def _is_wide(table: Table) -> bool:
    """Return whether a table has no room beside a plot: it has many columns, and the last one is of words."""
    return len(table.columns) > 4 and not table.columns[-1].number


def _table(table: Table) -> Iterator[str]:
    yield "<table>"
    if table.caption:
        yield f"<caption>{_safe(table.caption)}</caption>"
    kinds = [' class="number"' if column.number else "" for column in table.columns]
    heads = "".join(
        f'<th scope="col"{kind}>{_safe(column.name)}</th>' for column, kind in zip(table.columns, kinds, strict=True)
    )
    yield f"<thead><tr>{heads}</tr></thead><tbody>"
    for row in table.rows:
        cells = "".join(f"<td{kind}>{_safe(cell)}</td>" for cell, kind in zip(row, kinds, strict=True))
        yield f"<tr>{cells}</tr>"
    yield "</tbody></table>"


def _safe(text: str) -> str:
    """Return a text on one line with nothing in it that a browser or a reader's eye would obey."""
    return escape(safe_line(text, _TEXT_LIMIT))
