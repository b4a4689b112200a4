"""A page as Markdown: headings, tables and sentences; plots are told by their tables."""

import re
from collections.abc import Iterator

from reviewer.domain.text import safe_line, safe_text
from reviewer.exports.output import PAGE_MARK
from reviewer.exports.pages import Page, Part, Table

_CELL_LIMIT, _TEXT_LIMIT = 400, 4000

_OBEYED = re.compile(r"([\\`*_{}\[\]<>#|~&!])")
_LEADING = re.compile(r"^([-+=]|\d+[.)])")


def escaped(text: str, limit: int = _TEXT_LIMIT) -> str:
    """Return a text on one line in which nothing is taken for Markdown or HTML."""
    # A list, a heading or a number of a list begins a line.
    return _LEADING.sub(lambda found: found[0][:-1] + "\\" + found[0][-1], _within(text, limit))


def _within(text: str, limit: int) -> str:
    """Return the same of a text that begins no line."""
    return _OBEYED.sub(r"\\\1", safe_line(text, limit))


def markdown(page: Page) -> str:
    """Return a page as Markdown."""
    return "\n".join(_lines(page)).rstrip() + "\n"


def _lines(page: Page) -> Iterator[str]:
    yield from (f"<!-- {PAGE_MARK} -->", "", f"# {escaped(page.title)}", "")
    for sentence in page.sentences:
        yield from (escaped(sentence), "")
    for chapter in page.chapters:
        if chapter.title:
            yield from (f"## {escaped(chapter.title)}", "")
        for sentence in chapter.sentences:
            yield from (escaped(sentence), "")
        for part in chapter.parts:
            yield from _part(part)
    if page.foot:
        yield from ("---", "", escaped(page.foot))


def _part(part: Part) -> Iterator[str]:
    yield from (f"### {escaped(part.heading)}", "")
    for table in part.tables:
        yield from _table(table)
    for sentence in part.sentences:
        yield from (escaped(sentence), "")
    for note in part.notes:
        yield f"- {escaped(note)}"
    if part.notes:
        yield ""
    if part.verbatim:
        # Four blanks before each line: nothing in it ends that, as it might a fence.
        yield from (f"    {line}".rstrip() for line in safe_text(part.verbatim).split("\n"))
        yield ""


def _table(table: Table) -> Iterator[str]:
    if table.caption:
        yield from (escaped(table.caption), "")
    yield _row(column.name for column in table.columns)
    yield f"|{'|'.join('--:' if column.number else '---' for column in table.columns)}|"
    for row in table.rows:
        yield _row(row)
    yield ""


def _row(cells: Iterator[str] | tuple[str, ...]) -> str:
    return f"| {' | '.join(_within(cell, _CELL_LIMIT) for cell in cells)} |"
