"""``reviewer protocol``: what a reviewer sees of others, and of the evidence, before their own judgement."""

from contextlib import closing
from typing import TYPE_CHECKING

import click

from reviewer.cli.main import Invocation
from reviewer.domain.vocabulary import Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.workflow.protocols import HeldProtocol

GIVEN_UP = "default"


@click.command("protocol")
@click.argument(
    "word",
    required=False,
    type=click.Choice([*(str(p) for p in Protocol), GIVEN_UP]),
    metavar="[open|blind|sealed|default]",
)
@click.option("--problem", metavar="SLUG", help="Of this problem; else of the store, for all that set none.")
@click.option("--json", "as_json", is_flag=True, help="Print which ones hold as JSON.")
@click.pass_obj
def command(invocation: Invocation, word: str | None, problem: str | None, as_json: bool) -> int:
    """Show by which protocol proposals are judged, or set it; 'default' gives up what was set.

    open: all see what others hold from the beginning. blind, the default: nothing of others before one's own verdict.
    sealed: first the idea alone, without where it comes from and what it scored, beside a baseline's on a side drawn by
    lot; then the evidence; then others. Enter goes on, once there is a forecast and a verdict; what stands then is what
    one held of what was there.

    While an idea is sealed, numbers that may be scores and words that tell an origin (agent, baseline, human, names of
    agents and runs) are covered in its title and text, and in doubt what is none of these: a cover tells nothing of
    what is under it. What a text says in other words of how well it did stays. A search for what is covered finds only
    what you have seen the evidence of.

    One store shared by people is a courtesy among them, not a wall: who reads the file itself sees all of it.

    \b
    Examples:
      reviewer protocol
      reviewer protocol sealed --problem weak-to-strong --reviewer kim
      reviewer protocol default --problem weak-to-strong --reviewer kim
    """
    from reviewer.cli.as_json import echo_json
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.errors import UserError
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.places import find_places
    from reviewer.workflow.protocols import held_protocols, write_protocol
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import begin_session
    from reviewer.workflow.views import named_problem

    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(open_to_look(places.store) if word is None else open_store(places.store, create=False)) as store:
        stored = None if problem is None else named_problem(store, problem)
        if word is not None:
            name = reviewer_name(invocation.reviewer, config)
            if name is None:
                raise UserError("A protocol says who set it; add --reviewer NAME.")
            session = begin_session(store, name, load_rubric(config.rubric))
            write_protocol(session, stored.id if stored else None, None if word == GIVEN_UP else Protocol(word))
        held = held_protocols(store)
    if stored is not None:
        held = tuple(each for each in held if each.problem == stored.problem.slug)
    if as_json:
        echo_json([_as_data(each) for each in held], indent=1)
    else:
        _print(held)
    return 0


def _as_data(held: "HeldProtocol") -> dict[str, str | bool | None]:
    return {
        "problem": held.problem,
        "protocol": held.protocol,
        "is_own": held.is_own,
        "set_by": held.set_by or None,
        "set_at": held.set_at or None,
    }


def _print(held: "Sequence[HeldProtocol]") -> None:
    from rich.cells import cell_len

    from reviewer.domain.text import safe_line
    from reviewer.workflow.protocols import MEANINGS

    names = ["the store" if each.problem is None else safe_line(each.problem, 60) for each in held]
    widest = max(map(cell_len, names))
    for name, each in zip(names, held, strict=True):
        if each.is_own:
            since = each.set_at[:16].replace("T", " ")
            told = f"set by {safe_line(each.set_by, 80)}, {since} UTC"
        else:
            told = "by default" if each.problem is None else "as the store"
        click.echo(f"{name}{' ' * (widest - cell_len(name))}  {each.protocol:<6}  {told}")
    for protocol in dict.fromkeys(each.protocol for each in held):
        click.echo(f"{protocol}: {MEANINGS[protocol]}")
