"""Writing a page to a file, as what its name ends with, or to standard output as Markdown."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.domain.home_paths import expanded
from reviewer.domain.text import safe_line

if TYPE_CHECKING:
    from reviewer.exports.pages import Page

STDOUT = Path("-")
_HTML, _MARKDOWN = (".html", ".htm"), (".md", ".markdown")


def require_page_name(output: Path | None, *, force: bool) -> None:
    """Refuse a file that no page can be written to, before anything is computed.

    Raises:
        click.UsageError: when its name is that of neither HTML nor Markdown.
        UserError: when it is there already and is no page of ours.
    """
    if output is None or output == STDOUT:
        return
    plain = not output.exists() or output.is_file()
    if plain and output.suffix.casefold() not in (*_HTML, *_MARKDOWN):
        raise click.UsageError(f"{output} is named as neither HTML nor Markdown; name it {output.with_suffix('.html')}")
    if not force:
        from reviewer.exports.output import refuse_to_replace

        refuse_to_replace(output)


def write_page(page: "Page", output: Path | None, store: Path) -> None:
    """Write a page; a file takes its place when all of it is written.

    Raises:
        UserError: when it cannot be written, or belongs to the store.
    """
    from reviewer.cli.cutting_short import NOTHING_WRITTEN, told_when_cut_short
    from reviewer.cli.output import echo_exactly
    from reviewer.exports.output import to_file
    from reviewer.exports.page_markdown import markdown
    from reviewer.store.drafts import files_of

    if output is None or output == STDOUT:
        echo_exactly(markdown(page).rstrip("\n"))
        return
    if output.suffix.casefold() in _HTML:
        from reviewer.exports.page_html import html

        text = html(page)
    else:
        text = markdown(page)
    there = expanded(output).is_file()
    with told_when_cut_short(NOTHING_WRITTEN), to_file(output, files_of(store)) as write:
        write(text)
    click.echo(safe_line(f"Written to {output}{', which was there before' if there else ''}."), err=True)
