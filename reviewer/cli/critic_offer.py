"""``reviewer critic offer``: whether critiques wait for one's own judgement, and for how many there are none."""

from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewer.store.critic_settings import CriticOffer, OfferSet


@click.command("offer")
@click.option("--lock/--no-lock", "locked", default=None, help="Whether critiques wait for one's own verdict.")
@click.option("--without", metavar="SHARE", help="Judge a random share without Claude, as 20% or 0.2; 0 is none.")
@click.option("--seed", type=int, metavar="N", help="Draw that share as another store with this seed did.")
@click.option("--json", "as_json", is_flag=True, help="Print all that was said as JSON, the oldest first.")
@click.pass_obj
def offer(invocation: Invocation, locked: bool | None, without: str | None, seed: int | None, as_json: bool) -> None:
    """Show how Claude's questions are offered in the store, or say how from now on.

    At first they come after one's own verdict, of every proposal. With a random share that is judged without them, it
    can be told whether judgements are better with them. The seed by which it is drawn is printed; it stays when the
    share is made larger or smaller. What was said before is kept.

    \b
    Examples:
      reviewer critic offer
      reviewer critic offer --without 20% --reviewer kim
      reviewer critic offer --no-lock --reviewer kim
    """
    from reviewer.cli.reading import open_to_look
    from reviewer.domain.errors import UserError
    from reviewer.store.migrations import open_store
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.critic_offering import offers_said, write_offer
    from reviewer.workflow.places import find_places
    from reviewer.workflow.rubrics import load_rubric
    from reviewer.workflow.session import begin_session

    says = not (locked is None and without is None and seed is None)
    share = None if without is None else _share(without)
    places = find_places(invocation.store, invocation.config)
    config = read_config(places.config)
    with closing(open_store(places.store, create=False) if says else open_to_look(places.store)) as store:
        if says:
            name = reviewer_name(invocation.reviewer, config)
            if name is None:
                raise UserError("It is kept who says how critiques are offered; add --reviewer NAME.")
            session = begin_session(store, name, load_rubric(config.rubric))
            if not write_offer(session, locked=locked, without_share=share, seed=seed):
                click.echo("They are offered so already.", err=True)
        said = offers_said(store)
    if as_json:
        from reviewer.cli.as_json import echo_json

        echo_json(list(map(_as_data, said)), indent=1)
    else:
        _print(said)


def _share(text: str) -> float:
    from reviewer.domain.errors import UserError
    from reviewer.domain.probabilities import probability_of

    try:
        return probability_of(text)
    except UserError as error:
        raise UserError(f"--without: {error}") from error


def _as_data(said: "OfferSet") -> dict[str, Any]:
    return {**said.offer._asdict(), "set_by": said.set_by, "set_at": said.set_at}


def _print(said: "Sequence[OfferSet]") -> None:
    from reviewer.store.critic_settings import CriticOffer

    if not said:
        click.echo(f"{_sentence(CriticOffer())} By default: nobody has said otherwise.")
        return
    for n, each in enumerate(reversed(said)):
        click.echo(f"{'now' if not n else 'before':<8}{_sentence(each.offer)} {_by_whom(each)}")


def _sentence(offer: "CriticOffer") -> str:
    when = "after one's own verdict" if offer.locked else "also before one's own verdict"
    if not offer.without_share:
        return f"Critiques are offered {when}, of every proposal."
    share = f"{100 * offer.without_share:.4g} %"
    return f"Critiques are offered {when}, but of {share} of the proposals none, drawn by seed {offer.seed}."


def _by_whom(said: "OfferSet") -> str:
    from reviewer.domain.text import safe_line

    return f"Set by {safe_line(said.set_by, 80)}, {said.set_at[:16].replace('T', ' ')} UTC."
