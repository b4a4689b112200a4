"""``reviewer set``: say afterwards what a file did not."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.domain.problems import Problem
    from reviewer.workflow.setting_rule import SettingRule


@click.command("set")
@click.option("--problem", metavar="SLUG", help="Which problem; not needed where there is one.")
@click.option(
    "--setting",
    "settings",
    metavar="SETTING",
    default="",
    help="lab, held_out, pilot or production, for all datasets or as chat=lab,math=held_out.",
)
@click.option("--overwrite", is_flag=True, help="Change settings that are known already, too.")
@click.option(
    "--direction",
    "directions",
    multiple=True,
    metavar="METRIC=higher|lower",
    help="Which way a metric is better. May be given several times.",
)
@click.option(
    "--alias",
    "aliases",
    multiple=True,
    metavar="OTHER=NAME",
    help="OTHER is another name of the dataset NAME. May be given several times.",
)
@click.option("--primary-metric", metavar="METRIC", help="The metric that counts.")
@click.option("--primary-dataset", metavar="DATASET", help="The dataset that counts.")
@click.option(
    "--decision",
    metavar="PERCENT",
    default="",
    help="At which probability of surviving you would decide the other way, as 30%; 50% where nobody says.",
)
@click.pass_obj
def command(
    invocation: Invocation,
    problem: str | None,
    settings: str,
    overwrite: bool,
    directions: tuple[str, ...],
    aliases: tuple[str, ...],
    primary_metric: str | None,
    primary_dataset: str | None,
    decision: str,
) -> int:
    """Say afterwards what a file did not: where something was measured, which way a metric is better.

    Nothing of this is ever guessed: a setting is unknown until somebody tells it.

    \b
    Examples:
      reviewer set --setting chat=lab,math=held_out,code=held_out
      reviewer set --direction accuracy=higher --primary-metric accuracy
      reviewer set --alias chat-0115=chat
      reviewer set --decision 30%
    """
    from reviewer.domain.counted import counted
    from reviewer.domain.errors import UserError
    from reviewer.domain.vocabulary import Direction
    from reviewer.store.migrations import open_store
    from reviewer.workflow.places import find_places
    from reviewer.workflow.setting_rule import parse_settings
    from reviewer.workflow.telling import choose_problem, tell
    from reviewer.workflow.told_metrics import pairs, parse_directions

    rule = parse_settings(settings)
    told = parse_directions(directions, list(Direction))
    renamed = pairs(aliases, "--alias", "OTHER=NAME")
    for name in {n.casefold() for n in renamed} & {n.casefold() for n in renamed.values()}:
        raise UserError(f"--alias takes {name!r} for another name and for the one that stays; it can be one of them.")
    at = _decision(decision) if decision else None
    if not (settings or told or renamed or primary_metric or primary_dataset or decision):
        raise click.UsageError("say what to set, for example --setting lab")
    places = find_places(invocation.store, invocation.config)
    with closing(open_store(places.store, create=False)) as store:
        stored = choose_problem(store, problem)
        changed = tell(
            store,
            stored,
            settings=rule,
            directions=told,
            aliases=renamed,
            primary_metric=primary_metric,
            primary_dataset=primary_dataset,
            overwrite=overwrite,
            decision=at,
        )
    if at is not None:
        click.echo(f"People would decide the other way at {100 * at:g} % from now on.")
        if not (settings or told or renamed or primary_metric or primary_dataset):
            return 0
    why = None if changed else _why_none(rule, stored.problem, overwrite=overwrite)
    click.echo(f"Set; no measurement changed: {why}." if why else f"Set; {counted(changed, 'measurement')} changed.")
    return 0


def _why_none(rule: "SettingRule", problem: "Problem", *, overwrite: bool) -> str | None:
    """Return why the settings that were told changed no measurement; None where none was told."""
    from reviewer.domain.text import safe_line
    from reviewer.domain.vocabulary import Setting

    told = {*rule.by_dataset.values(), *([] if rule.default is Setting.UNKNOWN else [rule.default])}
    if not told or Setting.UNKNOWN in told:
        return None
    if not problem.datasets:
        return "nothing has been measured yet"
    named = ", ".join(safe_line(name, 40) for name in rule.by_dataset)
    every = "every one" if rule.default is not Setting.UNKNOWN else f"every one of {named}"
    if overwrite:
        return f"{every} has that setting already"
    return f"{every} has a setting already, and --overwrite changes those that have another"


def _decision(text: str) -> float:
    """Return the probability at which people would decide the other way; at 0 and 1 there is no other way."""
    from reviewer.domain.errors import UserError
    from reviewer.domain.probabilities import probability_of

    try:
        p = probability_of(text)
    except UserError as error:
        raise UserError(f"--decision: {error}") from error
    if not 0 < p < 1:
        raise UserError(f"--decision {text!r} leaves nothing to decide; it is between 0 and 1, as 30 %.")
    return p
