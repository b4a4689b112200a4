"""What came of batches of questions to Claude, for the commands that look: in sentences, and what to do next."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from reviewer.cli.critic_calls import sentence_of, shown
from reviewer.cli.progress_line import ProgressLine

if TYPE_CHECKING:
    import anthropic

    from reviewer.critic.batches import Looked
    from reviewer.domain.identity import Clock
    from reviewer.store.connection import Store
    from reviewer.store.critic_batches import Batch, Totals
    from reviewer.workflow.critique_results import Seen, TakenIn

FIRST_LOOK, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between looks at a batch that is waited for: longer from look to look."""


async def look_after_each(
    store: "Store", client: "anthropic.AsyncAnthropic", batches: Sequence["Batch"]
) -> list["Seen"]:
    """Return how it stands with batches, one after the other."""
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.critique_results import look_after

    return [await look_after(store, utc_now, client, batch) for batch in batches]


STATES = {
    "preparing": "being prepared",
    "sending": "being sent",
    "in_progress": "in progress",
    "canceling": "being called off",
    "ended": "ended",
    "collected": "taken in",
    "unsent": "not sent",
    "given_up": "given up",
}


def shown_time(written: str) -> str:
    """Return a time that was written down as it is shown."""
    return f"{written[:10]} {written[11:16]} UTC"


def what_next(batch: "Batch", totals: "Totals", seen: "Seen | None") -> Iterator[str]:
    """Yield what to do about a batch."""
    from reviewer.domain.identity import utc_now
    from reviewer.workflow.critique_settling import SENT_WITHIN, has_passed

    name = batch.uuid[-8:]
    if seen is not None and seen.failed is not None:
        yield sentence_of(seen.failed)
    match batch.status:
        case "sending" if seen is not None and seen.maybe is not None:
            yield (
                f"Whether it arrived is not known yet: it may be {seen.maybe.api_id}, which is at work. Its end tells."
            )
        case "sending" if not has_passed(batch.status_at, SENT_WITHIN, utc_now()):
            yield "It may be on its way just now; else the next look finds it, if it arrived."
        case "sending":
            yield (
                f"Whether it was sent is not known. What was set aside stays counted; `reviewer critic cancel {name}` "
                "gives it up."
            )
        case "in_progress":
            yield f"It ends within a day, mostly sooner; `reviewer critic cancel {name}` calls it off."
        case "canceling":
            yield "What was begun comes to its end; then `reviewer critic results` takes it in."
        case "ended":
            yield f"`reviewer critic results {name}` takes in what came of it."
        case "collected" if totals.for_nothing:
            again = f"`reviewer critic results {name} --retry --max-usd USD` asks again."
            yield f"{totals.for_nothing:,} came to nothing at no cost: {again}"
        case _:
            pass


async def take_in_and_tell(
    store: "Store", clock: "Clock", client: "anthropic.AsyncAnthropic", seen: Sequence["Seen"]
) -> list[str]:
    """Take in what has ended and say what it came to; return what went wrong, in sentences."""
    from reviewer.domain.counted import counted

    failed = []
    for each in seen:
        name = each.batch.uuid[-8:]
        if each.failed is not None or each.batch.status == "sending":
            failed += [f"Batch {name}: {sentence}" for sentence in what_next(each.batch, _no_totals(), each)]
        elif each.batch.status != "ended" or each.looked is None:
            click.echo(
                f"Batch {name}: {counted(each.batch.requests, 'request')}, {STATES[each.batch.status]} since "
                f"{shown_time(each.batch.made_at)}."
            )
        else:
            taken = await _taken_in(store, clock, client, each.batch, each.looked)
            failed += _tell_taken_in(name, taken)
    for sentence in failed[1:]:
        click.echo(shown(sentence), err=True)
    return failed


async def _taken_in(
    store: "Store", clock: "Clock", client: "anthropic.AsyncAnthropic", batch: "Batch", looked: "Looked"
) -> "TakenIn":
    from reviewer.workflow.critique_results import take_in

    progress = ProgressLine()
    try:
        return await take_in(
            store, clock, client, batch, looked, tell=lambda n: progress.show(f"{n:,} of {batch.requests:,} results")
        )
    finally:
        progress.clear()


def _no_totals() -> "Totals":
    from reviewer.store.critic_batches import Totals

    return Totals()


def _tell_taken_in(name: str, taken: "TakenIn") -> Iterator[str]:
    """Say what was taken in of a batch; yield what went wrong."""
    from reviewer.domain.counted import counted

    parts = [f"{taken.answered:,} answered"]
    parts += [f"{n:,} {failure.replace('_', ' ')}" for failure, n in sorted(taken.failures.items())]
    parts += [f"{n:,} failed at the API ({failure.replace('_', ' ')})" for failure, n in sorted(taken.errored.items())]
    parts += [f"{taken.expired:,} expired"] if taken.expired else []
    parts += [f"{taken.canceled:,} called off"] if taken.canceled else []
    parts += [f"{taken.known:,} taken in before"] if taken.known else []
    click.echo(shown(f"Batch {name}: {', '.join(parts)}."))
    if taken.again:
        click.echo(
            f"{taken.again:,} came to nothing at no cost: `reviewer critic results {name} --retry --max-usd USD` asks "
            "again."
        )
    if taken.unasked:
        click.echo(f"{counted(taken.unasked, 'result')} left aside: of no request of this batch.")
    if taken.unreadable:
        click.echo(f"{counted(taken.unreadable, 'line')} of the results could not be read.")
    if taken.failed is not None:
        yield f"Batch {name}: {sentence_of(taken.failed)} {_left(taken, name)}"
    elif taken.missing:
        yield (
            f"Batch {name}: {counted(taken.missing, 'request')} of it without a result. Run it again; "
            f"`reviewer critic cancel {name}` gives up what does not come."
        )


def _left(taken: "TakenIn", name: str) -> str:
    from reviewer.critic.failures import Failure

    assert taken.failed is not None
    if taken.failed.failure is Failure.RESULTS_GONE:
        return f"`reviewer critic cancel {name}` gives up {taken.missing:,} that were not taken in."
    return f"What came before was taken in; {taken.missing:,} still to come: run it again."


async def wait_until_ended(
    store: "Store", clock: "Clock", client: "anthropic.AsyncAnthropic", batches: Sequence["Batch"]
) -> list["Seen"]:
    """Look at batches until each has ended, or cannot be looked at any more; show how far they are meanwhile."""
    from reviewer.critic.failures import PASSING
    from reviewer.workflow.critique_results import look_after

    progress, pause, ended = ProgressLine(), FIRST_LOOK, []
    begun = clock()
    try:
        for place, batch in enumerate(batches, 1):
            while True:
                seen = await look_after(store, clock, client, batch)
                passing = seen.failed is not None and seen.failed.failure in PASSING
                if not passing and (seen.failed is not None or seen.batch.status == "ended"):
                    ended.append(seen)
                    break
                minutes = (clock() - begun).total_seconds() / 60
                state = seen.failed.failure.replace("_", " ") if seen.failed else STATES[seen.batch.status]
                progress.show(f"batch {place} of {len(batches)}: {state}, {minutes:.0f} min so far")
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 1.5)
    finally:
        progress.clear()
    return ended


def tell_of_lost(seen: Sequence["Seen"]) -> None:
    """Say on standard error what became of batches of which it was not known whether they arrived."""
    for each in seen:
        name = each.batch.uuid[-8:]
        if each.batch.api_id is not None:
            click.echo(f"Batch {name} was found again at the API: it had arrived.", err=True)
        for sentence in what_next(each.batch, _no_totals(), each):
            if each.batch.api_id is None:
                click.echo(shown(f"Batch {name}: {sentence}"), err=True)
