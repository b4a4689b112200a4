"""What comes of batches that were sent: looked after, found again where it is not known, called off, and taken in."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviewer.critic import batches as api
from reviewer.critic.answers import BadAnswerError, read_answer
from reviewer.critic.failures import BREAKING, Failed, Failure
from reviewer.critic.prices import Price
from reviewer.domain.identity import Clock, timestamp
from reviewer.store import critic_batches
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Batch, Status
from reviewer.store.critiques import Ended, StoredAttempt
from reviewer.store.spending import stop_spending
from reviewer.workflow.critique_settling import SENT_WITHIN, give_up, has_passed, note_looked
from reviewer.workflow.critiquing import billed, ended_as

if TYPE_CHECKING:
    import anthropic

A_WRITE = 20
"""Results that are written down in one go: others wait for less than 50 ms meanwhile."""

AROUND = timedelta(hours=1)
"""How far the API's clock and ours may be apart, with the time that it took to send a batch."""

FIRST_FEW = 3
"""Results that are read to tell whose batch it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A batch as it is now: what the API says of it, or why it says nothing.

    ``maybe`` is one at the API that may be this one, of which it is not known whether it arrived: its end tells.
    """

    batch: Batch
    looked: api.Looked | None = None
    failed: Failed | None = None
    maybe: api.Looked | None = None


async def look_after(store: Store, clock: Clock, client: "anthropic.AsyncAnthropic", batch: Batch) -> Seen:
    """Return how it stands with a batch, and keep that; one that may have got lost is looked for.

    Raises:
        StoreError: when the store cannot be read or written.
    """
    if batch.status is Status.SENDING:
        return await _look_for(store, clock, client, batch)
    if batch.status not in critic_batches.AT_THE_API or batch.api_id is None:
        return Seen(batch)
    return _kept(store, clock, batch, await api.look(client, batch.api_id))


async def look_for_lost(store: Store, clock: Clock, client: "anthropic.AsyncAnthropic") -> list[Seen]:
    """Look for the batches of which it is not known whether they arrived, and which nobody can be sending any more.

    Raises:
        StoreError: when the store cannot be read or written.
    """
    with store.read() as connection:
        known = critic_batches.all_batches(connection)
    lost = [each for each in known if each.status is Status.SENDING]
    return [await look_after(store, clock, client, each) for each in lost]


def _kept(store: Store, clock: Clock, batch: Batch, told: api.Looked | Failed) -> Seen:
    if isinstance(told, Failed):
        return Seen(batch, failed=told)
    with store.write() as connection:
        note_looked(connection, batch.uuid, told, timestamp(clock()))
        return Seen(critic_batches.batch_as_kept(connection, batch.uuid), told)


async def _look_for(store: Store, clock: Clock, client: "anthropic.AsyncAnthropic", batch: Batch) -> Seen:
    """Look for a batch among those that the account made at that time: it is the one whose results are of its calls."""
    sent_at = datetime.fromisoformat(batch.status_at)
    listed = await api.made_since(client, sent_at - AROUND)
    if isinstance(listed, Failed):
        return Seen(batch, failed=listed)
    with store.read() as connection:
        known = {each.api_id for each in critic_batches.all_batches(connection)}
    maybe = None
    for each in listed:
        if each.api_id in known or each.requests not in (0, batch.requests) or each.created_at > sent_at + AROUND:
            continue
        if each.status is not api.BatchStatus.ENDED:
            maybe = each
            continue
        reading = api.Reading()
        if await _is_of(store, client, batch, each, reading):
            return _kept(store, clock, batch, each)
        if reading.failed is not None and reading.failed.failure is not Failure.RESULTS_GONE:
            return Seen(batch, failed=reading.failed, maybe=each)
    return Seen(batch, maybe=maybe)


async def _is_of(
    store: Store, client: "anthropic.AsyncAnthropic", batch: Batch, looked: api.Looked, reading: api.Reading
) -> bool:
    calls: list[str] = []
    rows = api.results(client, looked, reading)
    async for call, _ in rows:
        calls.append(call)
        if len(calls) == FIRST_FEW:
            break
    await rows.aclose()
    with store.read() as connection:
        return critic_batches.are_of(connection, batch.uuid, calls) > 0


@dataclass(slots=True)
class TakenIn:
    """What was taken in of a batch: how many by what came of them, and what did not fit.

    ``known`` had been taken in before, ``unasked`` are of no request of the batch; ``missing`` is how many of its
    requests have no result yet, where the results were read to their end or ``failed`` did not let them be.
    """

    answered: int = 0
    failures: Counter[Failure] = field(default_factory=Counter)
    """Asked, paid for, and of no use: refused, cut off, unreadable."""
    errored: Counter[Failure] = field(default_factory=Counter)
    expired: int = 0
    canceled: int = 0
    known: int = 0
    unasked: int = 0
    unreadable: int = 0
    missing: int = 0
    failed: Failed | None = None

    @property
    def settled(self) -> int:
        """Return how many requests were settled now."""
        failed = self.failures.total() + self.errored.total()
        return self.answered + failed + self.expired + self.canceled

    @property
    def again(self) -> int:
        """Return how many came to nothing and cost nothing: worth another try."""
        return self.errored.total() + self.expired + self.canceled

    def note(self, result: api.Result, failed: Failed | None) -> None:
        """Count a request that was settled."""
        if failed is None:
            self.answered += 1
        elif result.asked:
            self.failures[failed.failure] += 1
        elif failed.failure is Failure.EXPIRED:
            self.expired += 1
        elif failed.failure is Failure.CANCELLED:
            self.canceled += 1
        else:
            self.errored[failed.failure] += 1


async def take_in(
    store: Store,
    clock: Clock,
    client: "anthropic.AsyncAnthropic",
    batch: Batch,
    looked: api.Looked,
    *,
    tell: Callable[[int], object] = lambda _: None,
) -> TakenIn:
    """Take in the results of a batch that has ended, each once, whoever takes them in; ``tell`` hears how many so far.

    Where they break off, what came is kept, and the same call goes on another time.

    Raises:
        asyncio.CancelledError: when it was cancelled; what was taken in stays.
        StoreError: when the store cannot be read or written.
    """
    taken, reading = TakenIn(), api.Reading()
    rows = api.results(client, looked, reading)
    some: list[tuple[str, api.Result]] = []
    async for each in rows:
        some.append(each)
        if len(some) == A_WRITE:
            _settle(store, clock, batch, some, taken)
            some = []
            tell(reading.lines)
    if some:
        _settle(store, clock, batch, some, taken)
    taken.failed, taken.unreadable = reading.failed, reading.unreadable
    with store.write() as connection:
        taken.missing = critic_batches.totals_of(connection, batch.uuid).waiting
        if not taken.missing:
            now = timestamp(clock())
            critic_batches.set_status(connection, batch.uuid, Status.COLLECTED, now, was=critic_batches.AT_THE_API)
    return taken


def _settle(store: Store, clock: Clock, batch: Batch, some: Sequence[tuple[str, api.Result]], taken: TakenIn) -> None:
    calls = list(dict.fromkeys(call for call, _ in some))
    with store.read() as connection:
        waiting = critic_batches.waiting_calls(connection, batch.uuid, calls)
        unasked = len(calls) - critic_batches.are_of(connection, batch.uuid, calls)
    now = timestamp(clock())
    ends = []
    for call, result in some:
        if call in waiting:
            stored = waiting.pop(call)
            ends.append((stored, result, *_ended(stored, result, now)))
    with store.write() as connection:
        settled = [each for each in ends if critic_batches.end_if_waiting(connection, each[0].id, each[3])]
        for _, _, failed, _ in settled:
            if failed is not None and failed.failure in BREAKING:
                stop_spending(connection, failed.sentence(clock()), said_by=batch.requested_by, now=now)
                break
    for _, result, failed, _ in settled:
        taken.note(result, failed)
    taken.unasked += unasked
    taken.known += len(some) - len(settled) - unasked


def _ended(stored: StoredAttempt, result: api.Result, now: str) -> tuple[Failed | None, Ended]:
    """Return why a result is no critique, where it is none, and how its attempt ends."""
    heard, failed = result.heard, result.failed
    if failed is None:
        try:
            read_answer(heard.text, stored.sent.constraints, stored.sent.sent)
        except BadAnswerError as error:
            failed = Failed(Failure.UNREADABLE, str(error))
    price = Price.of_version(stored.sent.price)
    spent = billed(heard, failed, price, batch=True) if result.asked else 0
    return failed, ended_as(heard, failed, spent, now)


@dataclass(frozen=True, slots=True)
class CalledOff:
    """What became of calling a batch off: ``given_up`` of its requests are not waited for any more."""

    seen: Seen
    given_up: int = 0
    taken: TakenIn | None = None
    soon: bool = False
    """It may be on its way just now, or may be one that is at work: whether it arrived is known later."""


async def call_off(store: Store, clock: Clock, client: "anthropic.AsyncAnthropic", batch: Batch) -> CalledOff:
    """Call a batch off at the API; one that has ended is taken in, and what can never come is given up.

    Raises:
        StoreError: when the store cannot be read or written.
    """
    if batch.status is Status.SENDING and not has_passed(batch.status_at, SENT_WITHIN, clock()):
        return CalledOff(Seen(batch), soon=True)
    seen = await look_after(store, clock, client, batch)
    if seen.batch.status is Status.SENDING:
        if seen.failed is not None:
            return CalledOff(seen)
        if seen.maybe is not None:
            return CalledOff(seen, soon=True)
        return CalledOff(seen, give_up(store, clock, batch.uuid, "whether it was sent is not known"))
    if seen.failed is not None:
        return _given_up_if_gone(store, clock, seen)
    if seen.looked is None:
        return CalledOff(seen)
    if seen.looked.status is api.BatchStatus.ENDED:
        taken = await take_in(store, clock, client, seen.batch, seen.looked)
        if taken.failed is not None:
            return _given_up_if_gone(store, clock, Seen(seen.batch, failed=taken.failed), taken)
        given_up = give_up(store, clock, batch.uuid, "its batch has no result for it") if taken.missing else 0
        return CalledOff(seen, given_up, taken)
    return CalledOff(_kept(store, clock, seen.batch, await api.cancel(client, seen.looked.api_id)))


def _given_up_if_gone(store: Store, clock: Clock, seen: Seen, taken: TakenIn | None = None) -> CalledOff:
    assert seen.failed is not None
    if seen.failed.failure not in (Failure.NO_SUCH_BATCH, Failure.RESULTS_GONE):
        return CalledOff(seen, taken=taken)
    return CalledOff(seen, give_up(store, clock, seen.batch.uuid, "the API has it no longer"), taken)
