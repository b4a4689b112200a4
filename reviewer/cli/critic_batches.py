"""``reviewer critic status``, ``results`` and ``cancel``: what became of batches of questions to Claude."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.critic_calls import choosing_for, open_to_ask, run, sentence_of, session_of, shown, with_client
from reviewer.cli.critic_sent import raise_for, send_with_progress, tell_sent_off
from reviewer.cli.critic_taken import STATES, look_after_each, shown_time, take_in_and_tell, what_next
from reviewer.cli.dollars import Dollars
from reviewer.cli.main import Invocation

if TYPE_CHECKING:
    import anthropic

    from reviewer.store.connection import Store
    from reviewer.store.critic_batches import Batch, Totals
    from reviewer.workflow.critique_results import CalledOff, Seen


NONE_YET = "Nothing has been asked in a batch yet; `reviewer critic run --max-usd USD` does it."


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@click.pass_obj
def status(invocation: Invocation, as_json: bool) -> None:
    """Show every batch: how it stands with it, what it has cost so far and can cost, and what to do next.

    How it stands is asked of the API where something is still to come; without a key it is as it was seen last.

    \b
    Examples:
      reviewer critic status
      reviewer critic status --json
    """
    from reviewer.cli.as_json import echo_json
    from reviewer.domain.errors import UserError
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.config import read_config, reviewer_name
    from reviewer.workflow.critique_listing import is_open, listed
    from reviewer.workflow.critique_settling import tidy
    from reviewer.workflow.places import find_places

    viewer = reviewer_name(invocation.reviewer, read_config(find_places(invocation.store, invocation.config).config))
    with closing(open_to_ask(invocation)) as store:
        tidy(store, utc_now)
        seen: Mapping[str, Seen] = {}
        if wanted := [batch for batch, _ in listed(store) if is_open(batch)]:
            try:
                seen = {each.batch.uuid: each for each in run(with_client(lambda c: look_after_each(store, c, wanted)))}
            except UserError as error:
                click.echo(f"{error} This is how it was seen last.", err=True)
        known = listed(store)
    if as_json:
        echo_json([_as_data(batch, totals, viewer) for batch, totals in known], indent=1)
        return
    for batch, totals in known:
        for line in _lines(batch, totals, viewer, seen.get(batch.uuid)):
            click.echo(line)
    if not known:
        click.echo(NONE_YET)


def _lines(batch: "Batch", totals: "Totals", viewer: str | None, seen: "Seen | None") -> Iterator[str]:
    from reviewer.critic.prices import in_dollars
    from reviewer.domain.counted import counted

    failed = sum(totals.failed.values())
    asked = f" ({batch.asked})" if batch.requested_by == viewer else ""
    came = f"; {totals.answered:,} answered{f', {failed:,} not' if failed else ''}" if totals.answered + failed else ""
    cost = in_dollars(totals.spent)
    if totals.at_most != totals.spent:
        cost += f" so far, {in_dollars(totals.at_most)} at the most"
    yield (
        batch.uuid[-8:]
        + "  "
        + shown(
            f"{counted(batch.requests, 'request')} by {batch.requested_by}, "
            f"{shown_time(batch.made_at)}{asked}: {STATES[batch.status]}{came}; {cost}"
        )
    )
    for sentence in what_next(batch, totals, seen):
        yield f"{'':10}{shown(sentence)}"


def _as_data(batch: "Batch", totals: "Totals", viewer: str | None) -> dict[str, Any]:
    return {
        "batch": batch.uuid,
        "api_id": batch.api_id,
        "status": batch.status,
        "requested_by": batch.requested_by,
        "asked": batch.asked if batch.requested_by == viewer else None,
        "made_at": batch.made_at,
        "seen_at": batch.status_at,
        "max_usd": batch.most / 1e6,
        "requests": batch.requests,
        "waiting": totals.waiting,
        "answered": totals.answered,
        "failed": dict(totals.failed),
        "spent_usd": totals.spent / 1e6,
        "at_most_usd": totals.at_most / 1e6,
    }


@click.command("results")
@click.argument("batch", metavar="[BATCH]", required=False)
@click.option("--retry", is_flag=True, help="Ask again about what failed or expired and has cost nothing.")
@click.option("--max-usd", type=Dollars(1_000_000), metavar="USD",
              help="With --retry: the most that asking again may cost.")  # fmt: skip
@click.pass_obj
def results(invocation: Invocation, batch: str | None, retry: bool, max_usd: float | None) -> None:
    """Take in what came of batches that have ended: of BATCH, or of all.

    BATCH is its id, or the end of it, as `reviewer critic status` shows it. Each result is taken in once, however often
    this is run; where they break off, what came is kept, and running it again goes on. What expired, failed at the API
    or was called off has cost nothing: --retry asks about that again, in a batch.

    \b
    Examples:
      reviewer critic results
      reviewer critic results 3f9a21c4 --retry --max-usd 2
    """
    from reviewer.cli.cutting_short import told_when_cut_short
    from reviewer.domain.errors import UserError
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.critique_listing import batch_named, is_open, listed
    from reviewer.workflow.critique_settling import tidy

    if retry is not (max_usd is not None):
        raise click.UsageError("--retry and --max-usd go together")
    cut_short = "Interrupted. What was taken in stays; run it again to go on."
    with told_when_cut_short(cut_short), closing(open_to_ask(invocation)) as store:
        tidy(store, utc_now)
        wanted = [batch_named(store, batch)] if batch else [each for each, _ in listed(store)]
        failed: Sequence[str] = ()
        if waiting := [each for each in wanted if is_open(each)]:
            failed = run(with_client(lambda client: _results(store, client, waiting)))
        elif batch and not retry:
            click.echo(f"Batch {wanted[0].uuid[-8:]}: {STATES[wanted[0].status]}.")
        elif not retry:
            click.echo("Nothing is waited for: what came of every batch was taken in." if wanted else NONE_YET)
        if retry:
            assert max_usd is not None
            _retry(invocation, store, [each.uuid for each in wanted], max_usd)
    if failed:
        raise UserError(failed[0])


async def _results(store: "Store", client: "anthropic.AsyncAnthropic", waiting: Sequence["Batch"]) -> list[str]:
    from reviewer.domain.identity import utc_now

    return await take_in_and_tell(store, utc_now, client, await look_after_each(store, client, waiting))


def _retry(invocation: Invocation, store: "Store", uuids: Sequence[str], max_usd: float) -> None:
    from reviewer.critic.settings import micro
    from reviewer.workflow.critique_batches import Order
    from reviewer.workflow.critique_listing import to_retry

    session = session_of(invocation, store)
    choosing = choosing_for(invocation, session, ahead=True, batch=True)
    order = Order(choosing, to_retry(store, uuids), "again, what came to nothing", micro(max_usd))
    sent_off = run(with_client(lambda client: send_with_progress(order, client)))
    tell_sent_off(order, sent_off)
    raise_for(sent_off)


@click.command("cancel")
@click.argument("batch", metavar="BATCH")
@click.pass_obj
def cancel(invocation: Invocation, batch: str) -> None:
    """Call a batch off: what has not begun of it costs nothing, and what was answered is kept.

    BATCH is its id, or the end of it, as `reviewer critic status` shows it. One of which it is not known whether it was
    sent, or whose results the API has no longer, is given up: what was set aside for it stays counted.

    \b
    Example:
      reviewer critic cancel 3f9a21c4
    """
    from reviewer.domain.errors import UserError
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.critique_listing import batch_named, is_open
    from reviewer.workflow.critique_results import call_off
    from reviewer.workflow.critique_settling import tidy

    with closing(open_to_ask(invocation)) as store:
        tidy(store, utc_now)
        found = batch_named(store, batch)
        if found.status == "preparing":
            raise UserError(f"Batch {found.uuid[-8:]} is being prepared by another command: interrupt that one.")
        if not is_open(found):
            raise UserError(f"Batch {found.uuid[-8:]} cannot be called off any more: it was {STATES[found.status]}.")
        done = run(with_client(lambda client: call_off(store, utc_now, client, found)))
    for sentence in _called_off(found.uuid[-8:], done):
        click.echo(shown(sentence))
    if done.seen.failed is not None and not done.given_up:
        raise UserError(f"Batch {found.uuid[-8:]}: {sentence_of(done.seen.failed)} Nothing of it was given up.")
    if done.soon:
        raise UserError(
            f"Batch {found.uuid[-8:]} may be on its way, or at work, just now: whether it arrived is known later. "
            "Try again in an hour."
        )


def _called_off(name: str, done: "CalledOff") -> Iterator[str]:
    from reviewer.domain.counted import counted

    if done.taken is not None:
        yield f"Batch {name} had ended: {counted(done.taken.settled, 'request')} taken in."
    if done.given_up:
        yield (
            f"Batch {name}: {counted(done.given_up, 'request')} given up. What was set aside for that stays counted, "
            "since it may have been billed."
        )
    elif done.seen.failed is None and done.taken is None and not done.soon:
        yield f"Batch {name} is {STATES[done.seen.batch.status]}; `reviewer critic results` takes in what was answered."
