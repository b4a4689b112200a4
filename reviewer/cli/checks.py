"""``reviewer checks``: what the rules ask of the evidence, how often, and by which thresholds."""

import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.as_json import echo_json
from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from reviewer.domain.checks import CheckSettings
    from reviewer.store.connection import Store
    from reviewer.workflow.check_listing import ListedRule


@click.command("checks")
@click.option("--problem", metavar="SLUG", help="Only of this problem.")
@click.option("--rule", metavar="ID", help="What this rule asks, and of which proposals and baselines.")
@click.option("--everyone", is_flag=True, help="What is sealed for you too: for who organises the reviews.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def command(invocation: Invocation, problem: str | None, rule: str | None, everyone: bool, as_json: bool) -> int:
    """List the rules that look at the evidence, with how many proposals each has a question about.

    They ask, and never judge. What waits to be checked is checked first. Thresholds are set in the config, by lines
    such as few-seeds.seeds = 3 or same-title = false below [checks]. Where a problem is judged sealed, nothing is told
    of proposals of which you have seen the idea alone.

    \b
    Examples:
      reviewer checks
      reviewer checks --rule few-seeds
      reviewer checks --json
    """
    from dataclasses import asdict

    from reviewer.cli.viewer import tell_of_sealed, viewer_id
    from reviewer.workflow.check_listing import listed_rules, require_rule, sealed_problems
    from reviewer.workflow.config import read_config
    from reviewer.workflow.places import find_places

    if rule is not None:
        require_rule(rule)
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    settings = config.checks
    with closing(_checked_store(places.store, settings)) as store:
        viewer = None if everyone else viewer_id(store, invocation, config)
        rules = {r.id: r for r in listed_rules(store, settings, problem, viewer)}
        tell_of_sealed(sealed_problems(store, viewer, problem))
        if rule is None:
            if as_json:
                echo_json([asdict(r) for r in rules.values()], indent=1)
            else:
                click.echo(_table(tuple(rules.values())))
        else:
            _print_asked(store, rules[rule], problem, viewer, as_json=as_json)
    return 0


def _checked_store(path: Any, settings: "CheckSettings") -> "Store":
    """Open the store and check what waits, where it may be written; else say how much waits."""
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.counted import counted
    from reviewer.store.connection import is_frozen
    from reviewer.store.migrations import open_store
    from reviewer.workflow.checking import Checking
    from reviewer.workflow.completing import check_all

    if path.exists() and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK) and not is_frozen(path):
        store = open_store(path, create=False)
        try:
            check_all(store, settings)
        except BaseException:
            store.close()
            raise
        return store
    store = open_to_look(path)
    if waiting := Checking(store, settings).waiting():
        verb = "waits" if waiting == 1 else "wait"
        click.echo(f"{counted(waiting, 'method')} {verb} to be checked, in a store that may only be read.", err=True)
    return store


def _table(rules: "tuple[ListedRule, ...]") -> str:
    width = max(len(r.id) for r in rules)
    lines = [f"{'rule':<{width}}  {'level':<12}  {'proposals':>9}  {'baselines':>9}  asks about"]
    for r in rules:
        n = f"{r.proposals:>9,}  {r.baselines:>9,}" if r.on else f"{'off':>9}  {'off':>9}"
        lines.append(f"{r.id:<{width}}  {r.level.words:<12}  {n}  {r.title}")
        lines += [f"{'':<{width}}  {t.name} = {t.value:g}  ({t.source})" for t in r.thresholds]
    return "\n".join(lines)


def _of_rule(rule: "ListedRule") -> str:
    """Return what a rule asks about, by which thresholds, and how the config changes it."""
    lines = [f"{rule.id} ({rule.level.words}): {rule.title}"]
    lines += [f"  {t.name} = {t.value:g}  ({t.source})" for t in rule.thresholds]
    own = [f"{rule.id}.{t.name} = {t.value:g}" for t in rule.thresholds]
    lines.append(f"  In the config, under [checks]: {', '.join([*own, f'{rule.id} = false'])}")
    return "\n".join(lines)


def _print_asked(store: "Store", rule: "ListedRule", problem: str | None, viewer: int | None, *, as_json: bool) -> None:
    from reviewer.domain.text import safe_line
    from reviewer.workflow.check_listing import methods_asked

    asked = methods_asked(store, rule.id, problem, viewer)
    if as_json:
        rows = [
            {"problem": slug, "id": m.id, "namespace": m.namespace, "external_id": m.external_id, "role": m.role,
             "title": m.title, "rule": rule.id, "level": m.result.level, "question": m.result.question,
             "numbers": m.result.numbers}
            for slug, methods in asked.items()
            for m in methods
        ]  # fmt: skip
        echo_json(rows, indent=1)
        return
    click.echo(_of_rule(rule))
    for methods in asked.values():
        for m in methods:
            role = "" if m.role == "proposal" else f"{m.role}: "
            click.echo(f"{role}{safe_line(f'{m.namespace}/{m.external_id}', 80)}  {safe_line(m.title, 80)}")
            click.echo(f"    {safe_line(m.result.question)}")
    if not any(asked.values()):
        click.echo(f"{rule.id} has no question about anything in the store.")
