"""``reviewer outcomes``: the ledger of what became of proposals."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import GivenPath, Invocation
from reviewer.domain.vocabulary import Protocol, Resolution, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewer.evidence.stages import Gain, Stage
    from reviewer.store.connection import Store
    from reviewer.store.problems import StoredProblem
    from reviewer.workflow.ledger import LedgerRow

STDOUT = Path("-")
TOLD_REJECTS = 20
TOLD_CORRECTIONS = 20
ID_LIMIT = 40


@click.group("outcomes", invoke_without_command=True)
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--everyone", is_flag=True, help="What you may not see yet too: for who organises the reviews.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_context
def command(ctx: click.Context, problem: str | None, everyone: bool, as_json: bool) -> int:
    """List what became of proposals: how each ended, beside what it measured before and what was forecast of it.

    The gain over the best baseline stands in the lab and held out, then the effect that was found, each with its
    standard error, and how much of the gain was lost on the way. Others' forecasts are shown of what you have given a
    verdict yourself (by 'reviewer protocol', which may say otherwise), your own always; a forecast that was made once
    the outcome, or a number from production, could be seen is not scored, and none of these. What is sealed for you is
    left out.

    \b
    Examples:
      reviewer outcomes
      reviewer outcomes --json
      reviewer outcomes export -o outcomes.csv
    """
    if ctx.invoked_subcommand is not None:
        if problem is not None or everyone or as_json:
            raise click.UsageError(f"options of {ctx.invoked_subcommand!r} stand behind it")
        return 0
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import tell_of_sealed, viewer_id
    from reviewer.workflow.check_listing import sealed_problems
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places

    invocation = ctx.ensure_object(Invocation)
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(open_to_look(places.store)) as store:
        viewer = viewer_id(store, invocation, config)
        problems = _problems(store, problem)
        if as_json:
            _print_json(store, problems, viewer, everyone=everyone)
        else:
            named = reviewer_name(invocation.reviewer, config) is not None
            _print_tables(store, problems, viewer, named=named, everyone=everyone)
        tell_of_sealed(sealed_problems(store, None if everyone else viewer, problem))
    return 0


def _problems(store: "Store", slug: str | None) -> "Sequence[StoredProblem]":
    from reviewer.workflow.views import named_problem, overview

    return overview(store, 0).problems if slug is None else (named_problem(store, slug),)


def _print_json(store: "Store", problems: "Sequence[StoredProblem]", viewer: int, *, everyone: bool) -> None:
    from reviewer.cli.as_json import echo_json
    from reviewer.workflow.ledger import ledger, row_as_data

    with store.read() as connection:
        rows = (row for each in problems for row in ledger(connection, each.id, viewer, everyone=everyone))
        echo_json([row_as_data(row) for row in rows], indent=1)


def _print_tables(
    store: "Store", problems: "Sequence[StoredProblem]", viewer: int, *, named: bool, everyone: bool
) -> None:
    from reviewer.cli.terminal import width_of_terminal
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line
    from reviewer.store.protocols import protocol_of
    from reviewer.workflow.ledger import ledger, standing_today

    told = False
    for stored in problems:
        with store.read() as connection:
            rows = list(ledger(connection, stored.id, viewer, everyone=everyone))
            protocol = protocol_of(connection, stored.id)
        if rows:
            click.echo(f"{safe_line(stored.problem.slug, 80)}: {counted(len(rows), 'outcome')}")
            for line in _table(rows, width_of_terminal()):
                click.echo(line)
            if any(row.hidden for row in rows):
                sealed = protocol is Protocol.SEALED
                done = "gone through the stages" if sealed else "given a verdict"
                click.echo(
                    f"? others' forecasts are shown once you have {done} yourself."
                    if named
                    else f"? others' forecasts are shown to who has {done}; --reviewer says who you are."
                )
            if any(row.entry.standing > 1 for row in rows):
                click.echo("* several say what became of it independently; the last of them counts.")
            told = True
        standing = standing_today(store, stored, viewer)
        if standing.judged:
            by = standing.by
            click.echo(
                f"Of {counted(standing.judged, 'proposal')} that you judged: {by[Resolution.RESOLVED]:,} resolved, "
                f"{by[Resolution.OPEN]:,} open, {by[Resolution.UNRESOLVED]:,} unresolved past their day (not failed)."
            )
    if not told:
        click.echo("Nobody has said yet what became of a proposal; `reviewer outcome PROPOSAL failed` does.")


_GAP = "  "
_LEFT_OUT_FIRST = ("of", "lab", "bit", "lost held out", "held out", "forecasts")


def _table(rows: "Sequence[LedgerRow]", width: int | None) -> "Iterator[str]":
    """Yield the rows under their headings; within a ``width`` columns are left out whole, in turn."""
    from rich.cells import cell_len

    columns = {
        "date": [row.entry.happened_on for row in rows],
        "result": [row.entry.result + ("*" if row.entry.standing > 1 else "") for row in rows],
        "of": [row.metric for row in rows],
        "lab": [_value(row.stages.get(Setting.LAB)) for row in rows],
        "gain: lab": [_gain(row.stages.get(Setting.LAB)) for row in rows],
        "held out": [_gain(row.stages.get(Setting.HELD_OUT)) for row in rows],
        "production": [_effect(row) for row in rows],
        "lost held out": [_lost(row.lost_held_out) for row in rows],
        "lost then": [_lost(row.lost_in_production) for row in rows],
        "bit": [row.entry.constraint for row in rows],
        "forecasts": [_forecasts(row) for row in rows],
        "id": [f"{row.entry.namespace}/{row.entry.external_id}" for row in rows],
    }
    shown = {name: [_safe(cell) for cell in cells] for name, cells in columns.items() if any(cells)}
    widths = {name: max(map(cell_len, (name, *cells))) for name, cells in shown.items()}
    for name in _LEFT_OUT_FIRST:
        if width is not None and sum(widths.values()) + len(_GAP) * (len(widths) - 1) > width:
            widths.pop(name, None)
    for place in (None, *range(len(rows))):
        cells = ((name if place is None else shown[name][place], wide) for name, wide in widths.items())
        yield _GAP.join(text + " " * (wide - cell_len(text)) for text, wide in cells).rstrip()


def _safe(cell: str) -> str:
    from reviewer.domain.text import safe_line

    return safe_line(cell, ID_LIMIT)


def _value(stage: "Stage | None") -> str:
    from reviewer.domain.numbers import number

    return "" if stage is None else _with_error(number(stage.value, stage.standard_error), stage.standard_error)


def _gain(stage: "Stage | None") -> str:
    from reviewer.domain.numbers import signed

    if stage is None or stage.gain is None:
        return ""
    return _with_error(signed(*stage.gain), stage.gain.standard_error)


def _effect(row: "LedgerRow") -> str:
    from reviewer.domain.numbers import signed

    entry = row.entry
    if entry.effect is None:
        return _gain(row.stages.get(Setting.PRODUCTION))
    unnamed = "" if entry.metric else " (of what?)"
    return _with_error(signed(entry.effect, entry.standard_error), entry.standard_error) + unnamed


def _lost(gain: "Gain | None") -> str:
    from reviewer.domain.numbers import number

    return "" if gain is None else _with_error(number(*gain), gain.standard_error)


def _with_error(value: str, error: float | None) -> str:
    from reviewer.domain.outcome_words import error_words

    return value.replace("-", "−") + (f" {error_words(error)}" if error is not None else "")


def _forecasts(row: "LedgerRow") -> str:
    told = [f"{held.reviewer} {100 * held.forecast:.0f} %" for held in row.forecasts if held.forecast is not None]
    return ", ".join([*told, *(["?"] if row.hidden else [])])


@command.command("import")
@click.argument("file", type=GivenPath(dir_okay=False, path_type=Path))
@click.option("--by", metavar="NAME", help="Who says so where a row does not, in place of --reviewer.")
@click.pass_obj
def import_(invocation: Invocation, file: Path, by: str | None) -> int:
    """Take in outcomes from a CSV, a row a proposal: proposal (or namespace and external_id), result and date.

    Besides it may have effect, error, metric, setting, constraint, evidence, note and by. The same file twice
    changes nothing. What takes the place of an outcome that was said before, of the proposal or of a sighting of
    it, is told by its line. A row that cannot be taken is told by its line and the reason, and the exit status is
    then 2.

    \b
    Example:
      reviewer outcomes import outcomes.csv --by "team search"
    """
    return take_in_outcomes(invocation, file, by=by)


def take_in_outcomes(invocation: Invocation, file: Path, *, by: str | None = None, map_file: Path | None = None) -> int:
    """Take in the outcomes of a file, its columns called as a map says, and tell it; return the exit status."""
    from reviewer.domain.text import safe_line
    from reviewer.sources.outcome_map import read_outcome_map
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.outcomes import import_outcomes
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    name = by if by is not None else reviewer_name(invocation.reviewer, config)
    mapping = None if map_file is None else read_outcome_map(map_file)
    with closing(open_store(places.store, create=False)) as store:
        done = import_outcomes(store, file, load_rubric(config.rubric), by=name, mapping=mapping)
    click.echo(
        f"{done.new} new ({done.corrected} of them in place of what was said before), {done.unchanged} unchanged, "
        f"{len(done.rejects)} rejected"
    )
    for sentence in done.corrections[:TOLD_CORRECTIONS]:
        click.echo(sentence)
    if len(done.corrections) > TOLD_CORRECTIONS:
        click.echo(f"… and {len(done.corrections) - TOLD_CORRECTIONS} more.")
    if done.unknown_columns:
        named = ", ".join(safe_line(repr(column), 60) for column in done.unknown_columns)
        click.echo(f"Columns that mean nothing here were left out: {named}.")
    for reject in done.rejects[:TOLD_REJECTS]:
        click.echo(
            f"rejected: {safe_line(reject.file, 200)}, {reject.place}: {safe_line(reject.reason, 300)}", err=True
        )
    if len(done.rejects) > TOLD_REJECTS:
        click.echo(f"… and {len(done.rejects) - TOLD_REJECTS} more.", err=True)
    return 2 if done.rejects else 0


@command.command("export")
@click.option("-o", "--output", type=GivenPath(path_type=Path), metavar="FILE",
              help="The file to write, replaced when all is written; '-', or nothing, is standard output.")  # fmt: skip
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--excel", is_flag=True, help="Begin with a byte order mark, so that Excel reads UTF-8.")
@click.option("--raw-cells", is_flag=True,
              help="Leave text as it is that a spreadsheet would run as a formula.")  # fmt: skip
@click.option("--everyone", is_flag=True, help="What is sealed for you too: for who organises the reviews.")
@click.option("--force", is_flag=True, help="Let FILE be replaced even where it is there and no export.")
@click.pass_obj
def export(
    invocation: Invocation,
    output: Path | None,
    problem: str | None,
    excel: bool,
    raw_cells: bool,
    everyone: bool,
    force: bool,
) -> None:
    """Write the outcomes that hold as CSV, which 'reviewer outcomes import' takes in again.

    Outcomes of what is sealed for you are left out.

    \b
    Example:
      reviewer outcomes export -o outcomes.csv
    """
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import tell_of_sealed, viewer_id
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line
    from reviewer.exports.output import refuse_to_replace
    from reviewer.workflow.check_listing import sealed_problems
    from reviewer.workflow.config import read_config
    from reviewer.workflow.ledger import export_outcomes
    from reviewer.workflow.places import find_places

    destination = None if output == STDOUT else output
    if destination is not None and not force:
        refuse_to_replace(destination)
    places = find_places(invocation.store, invocation.config)
    with closing(open_to_look(places.store)) as store:
        viewer = None if everyone else viewer_id(store, invocation, read_config(places.config))
        n = export_outcomes(store, _problems(store, problem), destination, viewer, excel=excel, raw=raw_cells)
        tell_of_sealed(sealed_problems(store, viewer, problem))
    to = f" to {destination}" if destination else ""
    click.echo(safe_line(f"Wrote {counted(n, 'outcome')}{to}."), err=True)
