"""``reviewer export``: the judgements as a table, for whoever works with them next."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import GivenPath, Invocation
from reviewer.domain.checks import CheckSettings
from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.queue import QueueFilter
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Status, Verdict

if TYPE_CHECKING:
    from reviewer.workflow.exporting import ExportSummary

FORMATS = ("csv", "jsonl")
STATUSES = tuple(str(s) for s in Status if s is not Status.TO_DO)
STDOUT = Path("-")


@click.command("export")
@click.option("-o", "--output", type=GivenPath(path_type=Path), metavar="FILE",
              help="The file to write, replaced when all is written; '-', or nothing, is standard output.")  # fmt: skip
@click.option("--format", "format_", type=click.Choice(FORMATS),
              help="By default what FILE's name ends with, else csv.")  # fmt: skip
@click.option("--history", is_flag=True, help="One row for every event, with the judgement after it.")
@click.option("--long", "long_", is_flag=True, help="One row for each constraint that was rated.")
@click.option("--wide", is_flag=True, help="One row a proposal, with columns for each reviewer.")
@click.option("--adjudications", is_flag=True,
              help="One row for each adjudicated proposal of which I may see what others hold.")  # fmt: skip
@click.option("--excel", is_flag=True, help="Begin the CSV with a byte order mark, so that Excel reads UTF-8.")
@click.option("--raw-cells", is_flag=True,
              help="Leave text as it is that a spreadsheet would run as a formula.")  # fmt: skip
@click.option("--mine", is_flag=True, help="Only my own judgements; else others' too that I may see by now.")
@click.option("--everyone", is_flag=True,
              help="All judgements of all reviewers, for who organises: reading them ends blindness.")  # fmt: skip
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--status", type=click.Choice(STATUSES), help="Only judgements of this status.")
@click.option("--verdict", type=click.Choice([str(v) for v in Verdict]), help="Only judgements of this verdict.")
@click.option("--agent", default="", metavar="NAME", help="Only proposals of this agent.")
@click.option("--family", default="", metavar="NAME", help="Only proposals of this family.")
@click.option("--tag", default="", metavar="TAG", help="Only judgements with this tag.")
@click.option("--flagged", is_flag=True, help="Only flagged ones.")
@click.option("--changed", is_flag=True, help="Only those whose proposal changed after the verdict.")
@click.option("--check", default="", metavar="RULE", help="Only proposals that this check has a question about.")
@click.option(
    "--text", default="", metavar="WORDS", help="Only proposals with all these words; those after the 32nd are ignored."
)
@click.option("--force", is_flag=True, help="Let FILE be replaced even where it is there and no export.")
@click.option("--columns", is_flag=True, help="Print what each column says, and leave.")
@click.pass_obj
def command(
    invocation: Invocation,
    /,
    output: Path | None,
    format_: str | None,
    history: bool,
    long_: bool,
    wide: bool,
    adjudications: bool,
    excel: bool,
    raw_cells: bool,
    mine: bool,
    everyone: bool,
    problem: str | None,
    force: bool,
    columns: bool,
    **asked: Any,
) -> None:
    """Write judgements as CSV or JSON Lines: one row for each proposal and reviewer.

    A row has the current judgement, whether finished, started or skipped (column status), with the ids to join
    on, the proposal's and the baseline's numbers, and two columns for each constraint. The filters ask it of each
    judgement as it is now; with --history all events of those left are written.

    Of others what you may see by now is written: of proposals that you have given a verdict, unless 'reviewer protocol'
    says otherwise. What is sealed for you has its title, covered as on the screen, and your own judgement alone.
    --everyone writes all.

    A cell of text that a spreadsheet would run as a formula gets an apostrophe in front. To undo that, take one
    apostrophe off each text cell that has '=', '+', '-', '@', a tab or a line end behind apostrophes and blanks;
    reviewer.exports.cells.restore_cell does it, and --raw-cells leaves it out.

    \b
    Examples:
      reviewer export -o judgements.csv --reviewer kim
      reviewer export --status judged --mine | head
      reviewer export --everyone --verdict conditional --wide --excel -o for_the_meeting.csv
      reviewer export --everyone --history -o events.jsonl
      reviewer export --adjudications -o adjudicated.csv --reviewer kim
    """
    from reviewer.exports.columns import Shape
    from reviewer.exports.formats import Format

    shape = _shape(Shape, history=history, long=long_, wide=wide, adjudications=adjudications)
    if columns:
        _print_columns(shape)
        return
    if adjudications and (mine or any(asked.values())):
        raise click.UsageError("--adjudications is no table of judgements; of the filters it takes --problem alone")
    if output == STDOUT:
        output = None
    format_ = format_ or _format_of(output)
    if excel and format_ != "csv":
        raise click.UsageError("--excel goes with --format csv")

    if mine and everyone:
        raise click.UsageError("--mine and --everyone are different judgements; choose one")
    if asked["check"]:
        from reviewer.workflow.check_listing import require_rule

        require_rule(asked["check"])

    from reviewer.cli.cutting_short import told_when_cut_short
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import id_of_named_viewer
    from reviewer.exports.output import refuse_to_replace
    from reviewer.workflow.config import read_config
    from reviewer.workflow.exporting import ExportOptions, export
    from reviewer.workflow.places import find_places

    if output is not None and not force:
        refuse_to_replace(output)
    if adjudications:
        _write_adjudications(invocation, output, format_, problem, excel=excel, raw=raw_cells, everyone=everyone)
        return
    places = find_places(invocation.store, invocation.config)
    checks = read_config(places.config).checks if asked["check"] else CheckSettings()
    store = open_to_look(places.store)
    try:
        options = ExportOptions(
            shape=shape,
            format=Format(format_),
            excel=excel,
            raw_cells=raw_cells,
            problem=problem,
            reviewer_id=_my_id(invocation, store) if mine else None,
            viewer_id=None if everyone else id_of_named_viewer(store, invocation),
            asked=_filter(asked),
            checks=checks,
        )
        with told_when_cut_short(_when_cut_short(output)):
            summary = export(store, output, options)
    finally:
        store.close()
    click.echo(safe_line(_narrate(summary, shape)), err=True)


def _write_adjudications(
    invocation: Invocation,
    output: Path | None,
    format_: str,
    problem: str | None,
    *,
    excel: bool,
    raw: bool,
    everyone: bool,
) -> None:
    from contextlib import closing

    from reviewer.cli.cutting_short import told_when_cut_short
    from reviewer.cli.reading import open_to_look
    from reviewer.cli.viewer import id_of_named_viewer
    from reviewer.exports.formats import Format
    from reviewer.workflow.exporting_adjudications import export_adjudications
    from reviewer.workflow.places import find_places

    places = find_places(invocation.store, invocation.config)
    with closing(open_to_look(places.store)) as store:
        viewer = None if everyone else id_of_named_viewer(store, invocation)
        with told_when_cut_short(_when_cut_short(output)):
            n = export_adjudications(
                store, output, viewer, format=Format(format_), problem=problem, excel=excel, raw=raw
            )
    to = f" written to {output}" if output else ""
    why = "" if n or everyone else ": none that you may see"
    click.echo(safe_line(f"{counted(n, 'adjudication')}{to}{why}."), err=True)


def _format_of(output: Path | None) -> str:
    """Return the format that a file's name asks for."""
    # What is no plain file, as /dev/fd/63, may be called anything.
    if output is None or (output.exists() and not output.is_file()):
        return "csv"
    from reviewer.exports.output import format_by_name

    named = format_by_name(output)
    if named is None:
        raise click.UsageError(
            f"{output} is named as a file of another format; an export is CSV or JSON Lines. "
            f"Name it {output.with_suffix('.csv')}, with --excel for a spreadsheet, or say which by --format"
        )
    return named


def _shape(shapes: Any, **flags: bool) -> Any:
    given = [name for name, is_set in flags.items() if is_set]
    if len(given) > 1:
        raise click.UsageError(f"--{given[0]} and --{given[1]} are different tables; choose one")
    return shapes(given[0]) if given else shapes.JUDGEMENTS


def _filter(asked: dict[str, Any]) -> QueueFilter:
    status, verdict = asked.pop("status"), asked.pop("verdict")
    return QueueFilter(
        status=Status(status) if status else None, verdict=Verdict(verdict) if verdict else None, **asked
    )


def _my_id(invocation: Invocation, store: Any) -> int:
    from reviewer.store.annotations import own_reviewer_id
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places

    name = reviewer_name(invocation.reviewer, read_config(find_places(invocation.store, invocation.config).config))
    if name is None:
        raise UserError("--mine needs to know who you are; say it by --reviewer NAME, REVIEWER_NAME or the config.")
    with store.read() as connection:
        found = own_reviewer_id(connection, name)
    if found is None:
        raise UserError(f"Nobody called {name!r} has judged anything in the store {store.path}; --reviewer names "
                        "somebody else.")  # fmt: skip
    return found


def _when_cut_short(output: Path | None) -> str:
    """Return what becomes of an export that is ended before its time: a file takes its place whole or not at all."""
    from reviewer.cli.cutting_short import NOTHING_WRITTEN, PART_WRITTEN

    streamed = output is None or (output.exists() and not output.is_file())
    return PART_WRITTEN if streamed else NOTHING_WRITTEN


def _narrate(summary: "ExportSummary", shape: str) -> str:
    what = {"judgements": "judgement", "history": "event", "long": "rating", "wide": "proposal"}[shape]
    text = counted(summary.rows, what)
    if summary.path is not None:
        text += f" written to {summary.path}{', which was there before' if summary.replaced else ''}"
    if summary.unrated:
        return f"{text}: no constraint was rated in {counted(summary.unrated, 'judgement')}."
    return f"{text}." if summary.rows else f"{text}: nothing that was asked for has been judged yet."


def _print_columns(shape: Any) -> None:
    from reviewer.exports.columns import documented

    rows = documented(shape)
    width = max(len(c.name) for c in rows)
    for column in rows:
        sys.stdout.write(f"{column.name:<{width}}  {column.kind:<8}  {column.meaning}\n")
