"""``reviewer report``: what judgements and outcomes come to, as a page."""

from contextlib import closing
from pathlib import Path

import click

from reviewer.cli.main import GivenPath, Invocation


@click.command("report")
@click.option("-o", "--output", type=GivenPath(path_type=Path), metavar="FILE",
              help="The file to write, .html or .md; '-', or nothing, is Markdown on standard output.")  # fmt: skip
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--everyone", is_flag=True,
              help="Count what all hold, of what you have not judged too: it ends blindness.")  # fmt: skip
@click.option("--after-claude", is_flag=True,
              help="Score what was held in the end, where Claude's questions changed a forecast.")  # fmt: skip
@click.option("--force", is_flag=True, help="Let FILE be replaced even where it is there and no page of ours.")
@click.pass_obj
def command(
    invocation: Invocation, output: Path | None, problem: str | None, everyone: bool, after_claude: bool, force: bool
) -> None:
    """Write what judgements and outcomes come to as a page: plots with tables beside them.

    It has what the insights screen shows: your own record first, progress and pace, verdicts, forecasts and how good
    they were, agreement, and what was left in production. The page stands by itself, fetches nothing and runs nothing,
    prints well, and is light or dark as its reader has it. As everywhere nothing of others is counted of proposals
    that you have not judged yet; --everyone is for who organises the reviews, and judges none.

    \b
    Examples:
      reviewer report -o report.html
      reviewer report -o meeting.md --problem weak-to-strong
      reviewer report -o all.html --everyone
    """
    from reviewer.cli.page_file import require_page_name, write_page
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.outcomes import today
    from reviewer.workflow.places import find_places
    from reviewer.workflow.report import report
    from reviewer.workflow.statistics import viewer_of
    from reviewer.workflow.views import named_problem, overview

    require_page_name(output, force=force)
    places = find_places(invocation.store, invocation.config)
    name = reviewer_name(invocation.reviewer, read_config(places.config))
    with closing(open_to_look(places.store)) as store:
        viewer = viewer_of(store, name, everyone=everyone)
        problems = overview(store, 0).problems if problem is None else (named_problem(store, problem),)
        page = report(store, problems, viewer, today(utc_now), after_claude=after_claude)
    write_page(page, output, places.store)
