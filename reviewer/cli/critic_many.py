"""``reviewer critic run``: Claude is asked about many proposals at once, in a batch or in single calls."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from reviewer.cli.critic_calls import (
    choosing_for,
    open_to_ask,
    run,
    sentence_of,
    session_of,
    shown,
    waiting_for,
    with_client,
)
from reviewer.cli.critic_sent import raise_for, send_with_progress, tell_order, tell_sent_off
from reviewer.cli.critic_taken import take_in_and_tell, tell_of_lost, wait_until_ended
from reviewer.cli.dollars import Dollars
from reviewer.cli.main import Invocation
from reviewer.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    import anthropic

    from reviewer.workflow.critique_at_once import CameOf
    from reviewer.workflow.critique_batches import Order, SentOff
    from reviewer.workflow.session import Session

VERDICTS = ("survives", "conditional", "fails", "cannot_tell")

CUT_SHORT = (
    "Interrupted. What had not been sent costs nothing; what had is seen by `reviewer critic status`, and running it "
    "again asks about the rest."
)
GOES_ON = (
    "Interrupted. The API goes on with what was sent, and `reviewer critic results` takes in what comes of it, also "
    "days later."
)


@click.command("run")
@click.option("--max-usd", type=Dollars(1_000_000), required=True, metavar="USD",
              help="The most that all of it may cost; what would pass that is left out.")  # fmt: skip
@click.option("--problem", metavar="SLUG", help="Which problem; not needed where there is one.")
@click.option("--verdict", type=click.Choice(VERDICTS), help="Only what you gave this verdict.")
@click.option("--agent", default="", metavar="NAME", help="Only this agent's.")
@click.option("--family", default="", metavar="NAME", help="Only of this family.")
@click.option("--check", default="", metavar="ID", help="Only what this check asks about.")
@click.option("--text", default="", metavar="WORDS", help="Only what has these words.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Ask about N proposals at the most.")
@click.option("--ahead", is_flag=True, help="The whole queue: hidden until each has been judged.")
@click.option("--dry-run", is_flag=True, help="Say how many it would be and at most how much, and send nothing.")
@click.option("--wait", is_flag=True, help="Stay until the batch has ended, and take in what came of it.")
@click.option("--at-once", type=click.IntRange(1, 20), is_flag=False, flag_value=4, metavar="[N]",
              help="No batch but single calls, N under way at a time, or 4: dearer, and answered soon.")  # fmt: skip
@click.pass_obj
def run_many(
    invocation: Invocation, /, max_usd: float, dry_run: bool, wait: bool, at_once: int | None, **asked: Any
) -> None:
    """Ask Claude about all proposals that you have judged, or ahead of that about the whole queue.

    They are sent as a batch, at half the price: it ends within a day, mostly much sooner, and `reviewer critic results`
    takes in what came of it, also days later. What it may cost is set aside before it is sent, within --max-usd and the
    caps of the config; what is left out for that is told. Proposals are not asked about twice: not those whose text has
    an answer or is being asked about, nor the share that is judged without Claude.

    With --ahead nothing of an answer shows anywhere before you may see it: after your own judgement.

    \b
    Examples:
      reviewer critic run --max-usd 5 --dry-run
      reviewer critic run --max-usd 5 --verdict survives
      reviewer critic run --max-usd 20 --ahead --limit 200 --wait
      reviewer critic run --max-usd 2 --at-once
    """
    from reviewer.cli.cutting_short import told_when_cut_short

    if wait and at_once is not None:
        raise click.UsageError("--wait goes with a batch: --at-once waits for its calls in any case")
    if asked["ahead"] and asked["verdict"]:
        raise click.UsageError("--verdict asks for what you have judged, and --ahead does not wait for that")
    if dry_run:
        _foresee(invocation, asked, max_usd, batch=at_once is None)
        return
    with told_when_cut_short(CUT_SHORT), closing(open_to_ask(invocation)) as store:
        session = session_of(invocation, store)
        order = _order(invocation, session, asked, max_usd, batch=at_once is None)
        if at_once is None:
            sent_off = run(with_client(lambda client: _send(client, session, order)))
            tell_sent_off(order, sent_off)
            if wait and sent_off.batches:
                with told_when_cut_short(GOES_ON):
                    _wait_for(session, sent_off)
            raise_for(sent_off)
        else:
            _tell_calls(order, run(with_client(lambda client: _ask(client, session, order, at_once))))


def _order(
    invocation: Invocation, session: "Session", asked: dict[str, Any], max_usd: float, *, batch: bool
) -> "Order":
    from reviewer.critic.settings import micro
    from reviewer.domain.queue import QueueFilter
    from reviewer.domain.vocabulary import Verdict
    from reviewer.workflow.critique_batches import Order
    from reviewer.workflow.critique_choosing import Wish, wished_for
    from reviewer.workflow.telling import choose_problem

    if asked["check"]:
        from reviewer.workflow.check_listing import require_rule

        require_rule(asked["check"])
    verdict = Verdict(asked["verdict"]) if asked["verdict"] else None
    part = QueueFilter(verdict=verdict, **{name: asked[name] for name in ("agent", "family", "check", "text")})
    wish = Wish(choose_problem(session.store, asked["problem"]).id, part, asked["ahead"], asked["limit"])
    choosing = choosing_for(invocation, session, ahead=wish.ahead, batch=batch)
    return Order(choosing, wished_for(session, wish), wish.words, micro(max_usd), wish.limit)


def _foresee(invocation: Invocation, asked: dict[str, Any], max_usd: float, *, batch: bool) -> None:
    from reviewer.cli.reading import open_to_look
    from reviewer.workflow.critique_batches import foresee
    from reviewer.workflow.places import find_places

    with closing(open_to_look(find_places(invocation.store, invocation.config).store)) as store:
        session = session_of(invocation, store, reads=True)
        order = _order(invocation, session, asked, max_usd, batch=batch)
        foresee(order)
    tell_order(order, "Would ask")


async def _send(client: "anthropic.AsyncAnthropic", session: "Session", order: "Order") -> "SentOff":
    await _catch_up(client, session)
    return await send_with_progress(order, client)


async def _catch_up(client: "anthropic.AsyncAnthropic", session: "Session") -> None:
    """Settle what commands before left that were cut off."""
    from reviewer.workflow.critique_results import look_for_lost
    from reviewer.workflow.critique_settling import tidy

    tidy(session.store, session.clock)
    tell_of_lost(await look_for_lost(session.store, session.clock, client))


def _wait_for(session: "Session", sent_off: "SentOff") -> None:
    from reviewer.domain.errors import UserError

    async def waited(client: "anthropic.AsyncAnthropic") -> Sequence[str]:
        ended = await wait_until_ended(session.store, session.clock, client, sent_off.batches)
        return await take_in_and_tell(session.store, session.clock, client, ended)

    if failed := run(with_client(waited)):
        raise UserError(failed[0])


async def _ask(client: "anthropic.AsyncAnthropic", session: "Session", order: "Order", at_once: int) -> "CameOf":
    from reviewer.critic.prices import in_dollars
    from reviewer.workflow.critique_at_once import ask_at_once

    await _catch_up(client, session)
    progress = ProgressLine()

    def tell(came_of: "CameOf") -> None:
        failed = f", {sum(came_of.failed.values())} failed" if came_of.failed else ""
        progress.show(f"{came_of.answered} answered{failed}, {in_dollars(came_of.spent)} so far")

    try:
        with ThreadPoolExecutor(1, "store-writes") as writes:
            return await ask_at_once(
                order,
                client,
                writes,
                at_once,
                tell=tell,
                waiting=lambda failed: progress.show(waiting_for(failed)),
            )
    finally:
        progress.clear()


def _tell_calls(order: "Order", came_of: "CameOf") -> None:
    from reviewer.critic.prices import in_dollars
    from reviewer.domain.counted import counted
    from reviewer.domain.errors import UserError

    if not order.requests:
        tell_order(order, "Asked")
    else:
        cost = f"{'' if came_of.known else 'up to '}{in_dollars(came_of.spent)}"
        click.echo(f"Asked about {counted(order.requests, 'proposal')}: {came_of.answered:,} answered, {cost}.")
        for failure, n in sorted(came_of.failed.items()):
            click.echo(f"  {n:,} failed: {failure.replace('_', ' ')}")
        for sentence in order.choosing.skipped.sentences(ahead=order.choosing.ahead):
            click.echo(shown(sentence))
    if came_of.stopped is not None:
        raise UserError(f"No more calls were begun. {sentence_of(came_of.stopped)}")
