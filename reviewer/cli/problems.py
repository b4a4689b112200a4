"""``reviewer problems``: what the store holds."""

from contextlib import closing

import click

from reviewer.cli.main import Invocation


@click.command("problems")
@click.pass_obj
def command(invocation: Invocation) -> int:
    """List the problems in the store, with how much there is of each and how much you have judged.

    \b
    Example:
      reviewer problems --reviewer kim
    """
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.counted import counted
    from reviewer.domain.text import safe_line
    from reviewer.store.annotations import own_reviewer_id
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.views import overview

    places = find_places(invocation.store, invocation.config)
    name = reviewer_name(invocation.reviewer, read_config(places.config))
    with closing(open_to_look(places.store)) as store:
        with store.read() as connection:
            found = own_reviewer_id(connection, name) if name else None
        seen = overview(store, found or 0)
    if not seen.problems:
        click.echo("The store holds no problem yet; `reviewer import PATH` takes some in.")
    for stored in seen.problems:
        n = seen.counts[stored.id]
        problem = stored.problem
        judged = f"; {n.judged:,} judged by {safe_line(name, 40)}" if name else ""
        click.echo(
            f"{safe_line(problem.slug, 40)}  {counted(n.proposals, 'proposal')}, {counted(n.baselines, 'baseline')}, "
            f"{counted(n.references, 'reference')}{judged}"
        )
        metrics = ", ".join(f"{safe_line(m.name, 30)} ({m.direction})" for m in problem.metrics)
        datasets = ", ".join(safe_line(d.name, 30) for d in problem.datasets)
        click.echo(f"    metrics: {metrics or 'none'}; datasets: {datasets or 'none'}")
        target = problem.target
        click.echo(f"    survives if: {safe_line(target.criterion, 300) if target else 'not written yet'}")
    return 0
