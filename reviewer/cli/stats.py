"""``reviewer stats``: what judgements and outcomes come to, as figures."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.judgement.estimates import Estimate
    from reviewer.workflow.statistic_sections import ProblemStatistics, Section, Viewer

NAME_LIMIT = 80
SENTENCE_LIMIT = 1000


@click.command("stats")
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--everyone", is_flag=True,
              help="Count what all hold, of what you have not judged too: it ends blindness.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def command(invocation: Invocation, problem: str | None, everyone: bool, as_json: bool) -> int:
    """Print what judgements and outcomes come to: each figure with its n, 95 % interval and method.

    Scores of forecasts, agreement, aggregates, how many survive, and what is left in production of the gain in the lab.
    What is not shown says why, and how much is missing. Of proposals that you have not judged yet nothing of others is
    counted, so that nothing here sways you; your own forecasts always are, and outcomes are told to everybody.
    --everyone is for who organises the reviews, and judges none.

    First judgements are what each reviewer said first of a proposal, whatever came of it; current ones what they hold
    now. "cannot tell", "unknown" and "not applicable" are no ratings.

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
    from reviewer.workflow.statistics import statistics, statistics_as_data, viewer_of
    from reviewer.workflow.views import named_problem, overview

    places = find_places(invocation.store, invocation.config)
    name = reviewer_name(invocation.reviewer, read_config(places.config))
    with closing(open_to_look(places.store)) as store:
        viewer = viewer_of(store, name, everyone=everyone)
        problems = overview(store, 0).problems if problem is None else (named_problem(store, problem),)
        found = statistics(store, problems, viewer)
    if as_json:
        echo_json(statistics_as_data(found, viewer), indent=1)
        return 0
    width = width_of_terminal()
    if not found.problems:
        click.echo(
            "There is no problem in the store, so that nothing can be counted; `reviewer import PATH` brings one."
        )
    for each in found.problems:
        _print(each.problem, each.sections, width, (_scope(each, viewer),))
    if found.across:
        _print("all problems", found.across, width)
    return 0


def _scope(of: "ProblemStatistics", viewer: "Viewer") -> str:
    """Return in a sentence whose judgements are counted."""
    from reviewer.domain.counted import counted

    if viewer.everyone:
        return "What all hold is counted, of every proposal: who has read this judges them blind no more."
    if not viewer.name:
        return (
            "Nobody is named, so that no judgement is counted; --reviewer says who you are, --everyone counts what all "
            "hold."
        )
    if not of.judged:
        return f"{viewer.name} has given no verdict here yet, so that nothing of others is counted."
    return (
        f"As {viewer.name} may see it: of others what they hold of the {counted(of.judged, 'proposal')} that "
        f"{viewer.name} has given a verdict."
    )


def _print(title: str, sections: "Sequence[Section]", width: int | None, told: Sequence[str] = ()) -> None:
    click.echo(_safe(title))
    for sentence in told:
        click.echo(_wrapped(f"? {sentence}", width))
    for section in sections:
        click.echo("")
        for line in _section(section, width):
            click.echo(line)
    click.echo("")


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


def _heading(section: "Section") -> str:
    from reviewer.workflow.statistic_sections import SectionKind

    of = section.of
    return {
        SectionKind.FORECASTS: f"forecasts of {of or 'all'}",
        SectionKind.DIFFERENCES: "differences of two reviewers",
        SectionKind.AGGREGATION: f"aggregates by the {of}",
        SectionKind.AGREEMENT: f"agreement on {of}",
        SectionKind.SURVIVAL: f"survival by {of}",
        SectionKind.LAB_AGAINST_PRODUCTION: f"lab against production{f': {of}' if of else ''}",
    }[section.kind]


def _section(section: "Section", width: int | None) -> Iterator[str]:
    yield _safe(_heading(section))
    figures = section.figures
    reasons = {figure.reason for figure in figures}
    if figures and all(figure.value is None for figure in figures) and len(reasons) == 1:
        yield _wrapped(f"— {reasons.pop()}", width, "  ")
    else:
        yield from _table(figures, width)
    for one in section.listed:
        ended = "survived" if one.survived else "failed"
        yield f"  {100 * one.forecast:>3.0f} %  {ended:<8}  {_safe(f'{one.namespace}/{one.external_id}')}"
    for sentence in dict.fromkeys((*(figure.caution for figure in figures), *section.sentences)):
        if sentence:
            yield _wrapped(f"? {sentence}", width, "  ")


_GAP = "  "


def _table(figures: "Sequence[Estimate]", width: int | None) -> Iterator[str]:
    """Yield a line for each figure under a heading; a method that does not fit stands below, and so does a reason."""
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
        # One reason for several in a row stands below the last of them.
        if place and (reason := figures[place - 1].reason) and _next_reason(figures, place) != reason:
            yield _wrapped(f"— {reason}", width, "    ")


def _next_reason(figures: "Sequence[Estimate]", place: int) -> str:
    return figures[place].reason if place < len(figures) else ""


def _cells(figure: "Estimate") -> tuple[str, str, str, str, str]:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    low_high = figure.limits
    fine = (low_high[1] - low_high[0]) / 4 if low_high else None
    interval = "" if low_high is None else f"{_number(low_high[0], fine)} to {_number(low_high[1], fine)}"
    value = "—" if figure.value is None else _number(figure.value, fine)
    return _safe(figure.name), value, interval, counted(figure.n, figure.of), safe_line(figure.method, SENTENCE_LIMIT)


def _number(value: float, fine: float | None) -> str:
    """Return a number as everywhere, with a true minus; a count as one, and no limit as 0 that is not."""
    from reviewer.domain.numbers import MINUS, limit

    text = f"{value:,}" if isinstance(value, int) else limit(value, fine).removeprefix("+")
    return text.replace("-", MINUS)
