"""What an import came to, and which imports there were, as the command line tells it."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from reviewer.workflow.import_report import ImportReport

TOLD_REJECTS = 20


def tell_report(report: "ImportReport", *, dry_run: bool) -> int:
    """Say what an import came to; return the exit status."""
    from reviewer.cli.withdrawal import not_found_yet
    from reviewer.domain.counted import counted
    from reviewer.domain.methods import UNNAMED_DATASET
    from reviewer.domain.text import safe_line

    what = "would be " if dry_run else ""
    described = ""
    if report.problems and report.taken == report.problems:
        described = f", {counted(report.problems, 'problem')} described"
    click.echo(
        f"{what}{report.new} new, {report.changed} changed, {report.unchanged} unchanged, {report.rejected} rejected"
        f"{described}   ({counted(report.proposals, 'proposal')}; read as {', '.join(report.sources)})"
    )
    for sentence in report.sentences:
        click.echo(safe_line(sentence))
    if n := report.elsewhere:
        where = f"{'would be' if dry_run else 'was' if n == 1 else 'were'} met as {'it is' if n == 1 else 'they are'}"
        click.echo(f"{counted(n, 'record')} {where} in another place too; `reviewer duplicates` lists the places.")
    if report.settings_told:
        known = "that was known already has its" if report.settings_told == 1 else "that were known already have their"
        click.echo(f"{counted(report.settings_told, 'measurement')} {known} setting now.")
    if report.unknown_settings:
        click.echo(_on_settings([safe_line(name, 40) for name in report.unknown_settings if name != UNNAMED_DATASET]))
    if report.taken > report.problems and report.nothing_to_judge:
        click.echo("No proposal was in it, only what proposals are held against; import the agents' findings next.")
    if report.unindexed:
        click.echo(not_found_yet(report.unindexed))
    tell_rejects(report, dry_run=dry_run)
    unmet = report.unused_settings or report.unused_metrics or report.unmet_baseline or report.unmet_run
    return 2 if report.rejected or unmet else 0


def _on_settings(datasets: list[str]) -> str:
    """Return how the setting is told of datasets, or of what names none."""
    of = f" of {', '.join(datasets)}" if datasets else ""
    one = f", or by dataset, `--setting {datasets[0]}=lab`" if datasets else ""
    return f"The setting{of} is unknown until told: `reviewer set --setting lab`{one}."


def tell_rejects(report: "ImportReport", *, dry_run: bool = False) -> None:
    """Say what could not be taken, as far as it is not too much."""
    from reviewer.domain.text import safe_line

    for reject in report.rejects[:TOLD_REJECTS]:
        place = f", {safe_line(reject.place, 80)}" if reject.place else ""
        click.echo(f"rejected: {safe_line(reject.file, 200)}{place}: {safe_line(reject.reason, 700)}", err=True)
    if report.rejected > TOLD_REJECTS:
        kept = "" if dry_run or not report.taken else ", in the table `rejects` of the store"
        click.echo(f"… and {report.rejected - TOLD_REJECTS} more{kept}.", err=True)


def tell_imports(path: Path) -> None:
    """List the imports into the store at ``path``.

    Raises:
        StoreError: when there is no store, or it cannot be read.
    """
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.text import safe_line
    from reviewer.store.imports import list_imports

    with closing(open_to_look(path)) as store, store.read() as connection:
        rows = list_imports(connection)
    states = [f"completed by #{row.completed_by}" if row.completed_by else row.state for row in rows]
    width = max(map(len, ("interrupted", *states)))
    for row, state in zip(rows, states, strict=True):
        click.echo(
            f"{row.id:>4}  {row.started_at}  {state:<{width}}  {row.new} new, {row.changed} changed, "
            f"{row.unchanged} unchanged, {row.rejected} rejected  {row.source}  {safe_line(row.path, 200)}"
        )
    if not rows:
        click.echo("Nothing has been imported yet.")
