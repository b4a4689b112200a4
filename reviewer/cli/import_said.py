"""What ``reviewer import --as`` takes in: judgements and outcomes that were told elsewhere, not proposals."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.workflow.importing_judgements import JudgementsImported


def import_judgements(
    invocation: Invocation, file: Path, map_file: Path | None, *, problem: str | None, make_missing: bool, dry_run: bool
) -> int:
    """Take in the reviews of a file; without a map print one to begin with. Return the exit status."""
    from reviewer.sources.judgement_map import read_judgement_map
    from reviewer.store.migrations import open_store
    from reviewer.workflow import importing_judgements
    from reviewer.workflow.config import read_config
    from reviewer.workflow.places import find_places

    if map_file is None:
        _print_map(file)
        return 0
    mapping = read_judgement_map(map_file)
    places = find_places(invocation.store, invocation.config)
    checks = read_config(places.config).checks
    with closing(open_store(places.store, create=make_missing and not dry_run)) as store:
        found = importing_judgements.import_judgements(
            store, file, mapping, problem=problem, make_missing=make_missing, dry_run=dry_run, checks=checks
        )
    return _tell(found, dry_run=dry_run)


def print_table_map(file: Path) -> None:
    """Print a map to begin with, for a table of proposals."""
    from reviewer.cli.output import echo_exactly
    from reviewer.sources.files import require
    from reviewer.sources.raw_rows import RawRows
    from reviewer.sources.table_map_draft import draft_of_table

    echo_exactly(draft_of_table(RawRows(require(file), lambda cell: cell), file.name).rstrip("\n"))


def _print_map(file: Path) -> None:
    from reviewer.cli.output import echo_exactly
    from reviewer.exports.cells import restore_cell
    from reviewer.sources.files import require
    from reviewer.sources.judgement_map_draft import draft_of
    from reviewer.sources.raw_rows import RawRows

    echo_exactly(draft_of(RawRows(require(file), restore_cell), file.name).rstrip("\n"))


def _tell(found: "JudgementsImported", *, dry_run: bool) -> int:
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line

    what = "would be " if dry_run else ""
    made = f"; {counted(found.proposals, 'proposal')} {what}made" if found.proposals else ""
    click.echo(
        f"{what}{found.new} new, {found.unchanged} unchanged, {found.rejected} rejected"
        f"   ({counted(found.reviewers, 'reviewer')}{made})"
    )
    if found.without_zone:
        click.echo(
            f"{counted(found.without_zone, 'review')} of a time without a zone: it is kept as it stands, and marked."
        )
    for name, entered in found.renamed.items():
        click.echo(safe_line(f"{name} judges here, so that {name} of the file is entered as {entered}."))
    for reject in found.rejects:
        click.echo(
            f"rejected: {safe_line(reject.file, 200)}, {reject.place}: {safe_line(reject.reason, 300)}", err=True
        )
    if more := found.rejected - len(found.rejects):
        kept = ", in the table `rejects` of the store" if found.is_kept else ""
        click.echo(f"… and {more} more{kept}.", err=True)
    return 2 if found.rejected else 0
