"""``reviewer target``: what "survives in production" means for a problem."""

from typing import Any

import click

from reviewer.cli.main import Invocation


@click.command("target")
@click.argument("problem", required=False, metavar="[PROBLEM]")
@click.option("--problem", "by_option", metavar="SLUG", help="The same: which problem.")
@click.option("--criterion", metavar="TEXT", help="What must hold in production for a proposal to have survived.")
@click.option("--horizon", metavar="DATE", help="The date by which it is decided, as 2027-03-31.")
@click.option("--months", type=int, metavar="N", help="In place of a date: so many months after a proposal was judged.")
@click.option("--decider", metavar="TEXT", help="Who says in the end whether it is met.")
@click.option("--system", metavar="TEXT", help="The production system: model and product.")
@click.option("--scale", metavar="TEXT", help="The scale of it.")
@click.option("--budget", metavar="TEXT", help="What it may cost.")
@click.option("--latency", metavar="TEXT", help="What it may take.")
@click.option("--signals", metavar="TEXT", help="The signals that production has.")
@click.pass_context
def command(
    ctx: click.Context, /, problem: str | None, by_option: str | None, months: int | None, **given: str | None
) -> int:
    """Show the target of a problem, or write a new version of it: options that are left out stay as they are.

    \b
    Examples:
      reviewer target
      reviewer target weak-to-strong --criterion "wins by 1 %" --horizon 2027-03-31 --reviewer kim
      reviewer target weak-to-strong --months 6 --reviewer kim
    """
    import shlex
    from contextlib import closing
    from dataclasses import replace

    from reviewer.cli.one_problem import one_problem
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.errors import UserError
    from reviewer.domain.problems import Target
    from reviewer.domain.text import safe_line
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import begin_session
    from reviewer.workflow.targets import check_target, write_target
    from reviewer.workflow.views import named_problem, target_lines

    invocation = ctx.ensure_object(Invocation)
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    changes: dict[str, Any] = {name: text for name, text in given.items() if text is not None}
    if months is not None:
        if changes.get("horizon"):
            raise click.UsageError("--horizon and --months both say when it is decided; say one")
        changes |= {"horizon": "", "months": months}
    elif "horizon" in changes:
        changes["months"] = None
    with closing(open_store(places.store, create=False) if changes else open_to_look(places.store)) as store:
        stored = named_problem(store, one_problem(problem, by_option))
        if changes:
            name = reviewer_name(invocation.reviewer, config)
            if name is None:
                raise UserError("A target says who wrote it; add --reviewer NAME.")
            target = check_target(replace(stored.problem.target or Target(""), **changes))
            session = begin_session(store, name, load_rubric(config.rubric))
            stored = write_target(session, stored.id, target)
    click.echo(f"{safe_line(stored.problem.slug, 80)}, target version {stored.target_version or 'none'}")
    for label, text in target_lines(stored.problem.target):
        click.echo(f"  {label + ':':<13} {safe_line(text, 2000)}")
    if stored.problem.target is None:
        slug = shlex.quote(safe_line(stored.problem.slug, 80))
        click.echo("  Nobody has written yet what 'survives' means here. To write it:")
        click.echo(f"  reviewer target {slug} --criterion TEXT --horizon DATE --reviewer NAME")
    return 0
