"""``reviewer stats``: what judgements and outcomes come to, as figures."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import groupby
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.judgement.estimates import Estimate
    from reviewer.workflow.section_words import ToldSection
    from reviewer.workflow.statistic_sections import Section

NAME_LIMIT = 80
SENTENCE_LIMIT = 1000


@click.command("stats")
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--everyone", is_flag=True,
              help="Count what all hold, of what you have not judged too: it ends blindness.")  # fmt: skip
@click.option("--after-claude", is_flag=True,
              help="Score what was held in the end, also where Claude's questions came before.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def command(invocation: Invocation, problem: str | None, everyone: bool, after_claude: bool, as_json: bool) -> int:
    """Print what judgements and outcomes come to: each figure with its n, 95 % interval and method.

    Scores of forecasts, agreement, aggregates, how many survive, and what is left in production of the gain in the lab.
    What is not shown says why, and how much is missing. Of proposals that you have not judged yet nothing of others is
    counted, so that nothing here sways you (all is where a problem is judged open); your own forecasts always are, and
    outcomes of what is not sealed for you. --everyone is for who organises the reviews, and judges none.

    First judgements are what each reviewer said first of a proposal, whatever came of it; current ones what they hold
    now. "cannot tell", "unknown" and "not applicable" are no ratings.

    Of a forecast that was changed after Claude's questions the one from before is scored; --after-claude scores what
    was held in the end. What changed after them, and whether that was for the better, has a section of its own.

    The JSON has lists of figures, sentences, listed forecasts and curves. A figure has problem, section, of, name,
    value, low, high, n, unit (what n counts), method, reason and caution; what is missing is null.

    \b
    Examples:
      reviewer stats --reviewer kim
      reviewer stats --everyone --json > stats.json
    """
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.terminal import width_of_terminal
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.section_words import scope_words
    from reviewer.workflow.statistics import statistics, statistics_as_data, viewer_of
    from reviewer.workflow.views import named_problem, overview

    places = find_places(invocation.store, invocation.config)
    name = reviewer_name(invocation.reviewer, read_config(places.config))
    with closing(open_to_look(places.store)) as store:
        viewer = viewer_of(store, name, everyone=everyone)
        problems = overview(store, 0).problems if problem is None else (named_problem(store, problem),)
        found = statistics(store, problems, viewer, after_claude=after_claude)
    if as_json:
        echo_json(statistics_as_data(found, viewer, after_claude=after_claude), indent=1)
        return 0
    width = width_of_terminal()
    if not found.problems:
        click.echo(
            "There is no problem in the store, so that nothing can be counted; `reviewer import PATH` brings one."
        )
    for each in found.problems:
        _print(each.problem, each.sections, width, (scope_words(each.judged, viewer, each.protocol),))
    if found.across:
        _print("all problems", found.across, width)
    return 0


def _print(title: str, sections: "Sequence[Section]", width: int | None, told: Sequence[str] = ()) -> None:
    from reviewer.workflow.section_words import DASH, told_sections

    click.echo(_safe(title))
    for sentence in told:
        click.echo(_wrapped(f"? {sentence}", width))
    for _, alike in groupby(told_sections(sections), _which_lacks_all):
        first, *others = alike
        click.echo("")
        if others:
            click.echo(_wrapped(f"agreement on {'; '.join(each.section.of for each in (first, *others))}", width))
            click.echo(_wrapped(f"{DASH} {first.missing}", width, "  "))
            continue
        for line in _section(first, width):
            click.echo(line)
    click.echo("")


def _which_lacks_all(told: "ToldSection") -> object:
    """Return why an agreement has no figure, the same of all with the same reason; of others what nothing else has."""
    from reviewer.workflow.statistic_sections import SectionKind

    lacks_all = told.section.kind is SectionKind.AGREEMENT and not told.figures and not told.sentences
    return told.missing if lacks_all else object()


def _safe(text: str) -> str:
    from reviewer.domain.text import safe_line

    return safe_line(text, NAME_LIMIT)


def _wrapped(text: str, width: int | None, indent: str = "") -> str:
    """Return a sentence on as many lines as it takes, indented."""
    import textwrap

    from reviewer.domain.text import safe_line

    line = safe_line(text, SENTENCE_LIMIT)
    if width is None:
        return f"{indent}{line}"
    return textwrap.fill(line, max(width, _NARROWEST), initial_indent=indent, subsequent_indent=f"{indent}  ")


_NARROWEST = 30


def _section(told: "ToldSection", width: int | None) -> Iterator[str]:
    from reviewer.workflow.section_words import DASH, heading_of

    yield _safe(heading_of(told.section))
    if told.figures:
        yield from _table(told.figures, width)
    for one in told.section.listed:
        ended = "survived" if one.survived else "failed"
        yield f"  {100 * one.forecast:>3.0f} %  {ended:<8}  {_safe(f'{one.namespace}/{one.external_id}')}"
    if told.missing:
        yield _wrapped(f"{DASH} {told.missing}", width, "  ")
    for sentence in told.sentences:
        yield _wrapped(f"? {sentence}", width, "  ")


_GAP = "  "


def _table(figures: "Sequence[Estimate]", width: int | None) -> Iterator[str]:
    """Yield a line for each figure under a heading; a method that does not fit stands below."""
    from rich.cells import cell_len

    rows = [("figure", "value", "95 % interval", "n", "method"), *(_cells(figure) for figure in figures)]
    widths = [max(cell_len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)]
    before_method = 2 + sum(widths) + len(_GAP) * len(widths)
    fits = width is None or before_method + max(cell_len(row[-1]) for row in rows) <= width
    for place, row in enumerate(rows):
        name, *numbers = (text if i == 0 else text.rjust(widths[i]) for i, text in enumerate(row[:-1]))
        line = _GAP.join((name + " " * (widths[0] - cell_len(name)), *numbers))
        yield f"  {line}{_GAP}{row[-1]}".rstrip() if fits else f"  {line}".rstrip()
        if place and not fits:
            yield _wrapped(row[-1], width, "      ")


def _cells(figure: "Estimate") -> tuple[str, ...]:
    from reviewer.domain.text import safe_line
    from reviewer.workflow.section_words import cells_of

    name, value, interval, n, method = cells_of(figure)
    return _safe(name), value, interval, n, safe_line(method, SENTENCE_LIMIT)
