"""``reviewer sources``: the formats that can be read, what becomes of them, and what they cannot know."""

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from reviewer.sources.registry import Offered

SHORT = 3
"""Lines that each part of an entry has in the list."""

BETWEEN = " · "
"""Stands between the texts of a part, in which there may be a semicolon."""


@click.command("sources")
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
def command(name: str | None, as_json: bool) -> None:
    """List the formats that 'reviewer import' reads, in the order in which they are tried.

    Of each it is told by what in the content it is known, what becomes of its fields, how a file of it begins, and what
    no such file can say. With NAME it is told whole, with an example. A format that another package brings is named
    with that package.

    \b
    Examples:
      reviewer sources
      reviewer sources native
      reviewer sources --json
    """
    from reviewer.sources.registry import by_name, installed, offered

    if name is not None:
        by_name(name)
    chosen = [each for each in offered() if name in (None, each.source.name)]
    if as_json:
        from reviewer.cli.as_json import echo_json

        echo_json([_as_data(each) for each in chosen], indent=1)
    elif name is not None:
        click.echo(_whole(chosen[0]))
    else:
        click.echo("\n\n".join(map(_entry, chosen)))
        click.echo("\nOne whole: `reviewer sources NAME`. What becomes of a file: `reviewer import --explain FILE`.")
    for sentence in installed().troubles if name is None else ():
        from reviewer.domain.text import safe_line

        click.echo(safe_line(sentence), err=True)


def _as_data(offered: "Offered") -> dict[str, Any]:
    source = offered.source
    return {
        "name": source.name,
        "title": source.title,
        "package": offered.package or None,
        "sign": source.sign,
        "fields": [{"field": field, "becomes": becomes} for field, becomes in source.fields],
        "ids": source.ids,
        "cannot_know": list(source.cannot_know),
        "example": source.example,
        "example_name": source.example_name or None,
        "baseline_fields": list(source.baseline_fields),
        "only_named": source.only_named,
    }


def _heading(offered: "Offered") -> str:
    from reviewer.cli.paragraphs import paragraph

    source = offered.source
    brought = f" (package {offered.package})" if offered.package else ""
    return paragraph(f"{source.name}{brought}: {source.title}", hang=2)


def _entry(offered: "Offered") -> str:
    from reviewer.cli.paragraphs import labelled

    source = offered.source
    begins = next((line.strip() for line in source.example.splitlines() if line.strip()), "")
    parts = {
        "a file": source.sign,
        "becomes": BETWEEN.join(f"{field} → {becomes}" for field, becomes in source.fields),
        "example": begins,
        "can't know": BETWEEN.join(source.cannot_know),
        "tried": "last, and only on a file that you name" if source.only_named else "",
    }
    lines = [labelled(label, text, most=1 if label == "example" else SHORT) for label, text in parts.items() if text]
    return "\n".join([_heading(offered), *lines])


def _whole(offered: "Offered") -> str:
    from reviewer.cli.paragraphs import field_lines, paragraph
    from reviewer.domain.text import safe_text

    source = offered.source
    lines = [_heading(offered)]
    if source.sign:
        lines += ["", paragraph(f"A file is one of these when it {source.sign}.")]
    if source.only_named:
        lines.append(paragraph("It is tried last, and only on a file that you name."))
    lines += ["", "What its fields become:", *field_lines(source.fields)]
    lines += ["", paragraph(f"Its ids {source.ids}.")]
    lines += ["", "What it cannot know:", *(paragraph(text, 2, hang=2) for text in source.cannot_know)]
    if named := source.told_baselines_by:
        lines += ["", paragraph(f"Which of it are baselines is told by `--baseline FIELD=VALUE`, of {named}.")]
    if source.example:
        called = f", for example {source.example_name}" if source.example_name else ""
        lines += ["", paragraph(f"A small file of the kind{called}:"), ""]
        # Where cells stand between tabs, a copy of it is such a file only with them.
        cells = (map(safe_text, line.split("\t")) for line in source.example.splitlines())
        lines += [("  " + "\t".join(line)).rstrip() for line in cells]
    return "\n".join(lines)
