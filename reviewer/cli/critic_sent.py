"""Sending many questions to Claude, for the commands that do: how far it is, what was sent, and what was not."""

from typing import TYPE_CHECKING

import click

from reviewer.cli.critic_calls import sentence_of, shown, waiting_for
from reviewer.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    import anthropic

    from reviewer.workflow.critique_batches import Order, SentOff


async def send_with_progress(order: "Order", client: "anthropic.AsyncAnthropic") -> "SentOff":
    """Send an order, and show how far that is."""
    from reviewer.domain.counted import counted
    from reviewer.workflow.critique_batches import send

    progress = ProgressLine()
    try:
        return await send(
            order,
            client,
            tell=lambda n: progress.show(f"{counted(n, 'request')} set aside for"),
            waiting=lambda failed: click.echo(waiting_for(failed), err=True),
        )
    finally:
        progress.clear()


def tell_order(order: "Order", did: str) -> None:
    """Say how many are asked about and at most for how much, and how many are not, and why."""
    from reviewer.critic.prices import in_dollars
    from reviewer.domain.counted import counted

    how = "in a batch, at half the price" if order.choosing.batch else "in single calls"
    if order.requests:
        click.echo(
            f"{did} about {counted(order.requests, 'proposal')} {how}, for {in_dollars(order.taken)} at the most."
        )
    elif any(order.choosing.skipped.sentences(ahead=order.choosing.ahead)):
        click.echo("There is nothing to ask about.")
    else:
        hint = "" if order.choosing.ahead else "; --ahead does not wait for your judgement"
        click.echo(
            shown(f"There is nothing to ask about: no proposal is among what is asked for ({order.words}){hint}.")
        )
    for sentence in order.choosing.skipped.sentences(ahead=order.choosing.ahead):
        click.echo(shown(sentence))


def tell_sent_off(order: "Order", sent_off: "SentOff") -> None:
    """Say what was sent, what was not, and what to do next."""
    from reviewer.domain.counted import counted

    if sent_off.failed is None or sent_off.batches:
        tell_order(order, "Asks")
    for batch in sent_off.batches:
        click.echo(
            f"Batch {batch.uuid[-8:]}: {counted(batch.requests, 'request')} sent. Within a day, mostly sooner, "
            "`reviewer critic results` takes in what came of it."
        )


def raise_for(sent_off: "SentOff") -> None:
    """Raise what went wrong in the end, as a sentence.

    Raises:
        UserError: when something was not sent, or nobody knows whether it was.
    """
    from reviewer.domain.errors import UserError

    if sent_off.failed is None:
        return
    said = sentence_of(sent_off.failed)
    if sent_off.unknown is not None:
        name = sent_off.unknown.uuid[-8:]
        raise UserError(
            f"{said} It is not known whether batch {name} arrived, and what was set aside for it stays counted: "
            "`reviewer critic status` looks for it."
        )
    raise UserError(said)
