"""``reviewer dossier``: the page that goes with one proposal to the people who would build it."""

from contextlib import closing
from pathlib import Path

import click

from reviewer.cli.main import GivenPath, Invocation


@click.command("dossier")
@click.argument("proposal", metavar="PROPOSAL")
@click.option("-o", "--output", type=GivenPath(path_type=Path), metavar="FILE",
              help="The file to write, .html or .md; '-', or nothing, is Markdown on standard output.")  # fmt: skip
@click.option("--everyone", is_flag=True, help="Show what all hold, though you have not judged it: it ends blindness.")
@click.option("--force", is_flag=True, help="Let FILE be replaced even where it is there and no page of ours.")
@click.pass_obj
def command(invocation: Invocation, proposal: str, output: Path | None, everyone: bool, force: bool) -> None:
    """Write all that is known of a proposal as a page: for those who would build it.

    It has the claim, the target and by when it is decided, the evidence with its intervals, what the checks ask,
    the judgements with their conditions, blockers and the cheapest next experiments, the forecasts as one, what
    became of it, and every place where it was met. Where a sighting of it is asked for, that is named. What others
    hold is in it once you have given a verdict of your own.

    PROPOSAL is an id as Y in the app copies it, its last 8 characters, or namespace/id as the source has them.

    \b
    Examples:
      reviewer dossier run-01/exp03
      reviewer dossier run-01/exp03 -o exp03.html
      reviewer dossier run-01/exp03 -o exp03.md --everyone
    """
    from reviewer.cli.page_file import require_page_name, write_page
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.dossier import dossier_page, gather
    from reviewer.workflow.outcomes import today
    from reviewer.workflow.places import find_places
    from reviewer.workflow.statistics import viewer_of

    require_page_name(output, force=force)
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(open_to_look(places.store)) as store:
        viewer = viewer_of(store, reviewer_name(invocation.reviewer, config), everyone=everyone)
        found = gather(store, proposal, viewer, shared_seeds=config.shared_seeds, checks=config.checks)
        page = dossier_page(found, today(utc_now), places.store.name)
        damage = store.damage
    write_page(page, output, places.store)
    if damage is not None:
        raise damage
