"""Asking Claude about many proposals in a batch: set aside, written down, sent; and what is done where that is cut off.

Every request is in the store, with the most that it can cost, before the batch is sent. Between that and the API's
answer nobody knows whether it arrived: such a batch stays as being sent, is counted, and is looked for by the commands
that follow (:mod:`reviewer.workflow.critique_results`).
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from reviewer.critic import batches as api
from reviewer.critic.calling import request_body, request_bytes
from reviewer.critic.failures import BREAKING, LONGEST_WAIT, PASSING, UNBILLED, Failed, Failure
from reviewer.domain.errors import UserError
from reviewer.domain.identity import new_id
from reviewer.store import critic_batches
from reviewer.store.critic_batches import Batch, Status
from reviewer.store.critiques import reserve
from reviewer.store.spending import stop_spending, stopped_for
from reviewer.workflow.critique_choosing import Choosing, Chosen, room_in
from reviewer.workflow.critique_settling import SECONDS_TO_SEND, note_looked, settle_unsent
from reviewer.workflow.critiquing import FIRST_WAIT, Asking, sent_as
from reviewer.workflow.session import Session

if TYPE_CHECKING:
    import anthropic

A_WRITE = 25
"""Proposals that are written down in one go: others wait for less than 50 ms meanwhile."""

_AROUND_A_REQUEST = 100
"""Bytes of what stands around a request within a batch."""


@dataclass(slots=True)
class Order:
    """What is to be asked about, what that may cost in millionths of a dollar, and what has been taken of it so far."""

    choosing: Choosing
    chosen: Iterator[Chosen]
    words: str
    most: int
    limit: int | None = None
    requests: int = 0
    taken: int = 0

    def next_few(self) -> list[tuple[Chosen, Asking]]:
        """Return the next proposals that are to be asked about, none of the last; nothing is written yet.

        Raises:
            StoreError: when the store cannot be read.
        """
        store = self.choosing.session.store
        while few := list(islice(self.chosen, self._room_of_limit())):
            with store.read() as connection:
                prepared = self.choosing.prepared(connection, few)
            if prepared:
                return prepared
        return []

    def _room_of_limit(self) -> int:
        if self.limit is None:
            return A_WRITE
        return max(0, min(A_WRITE, self.limit - self.requests - self.choosing.skipped.left_out))

    def take(self, asking: Asking) -> None:
        """Count a call that is going to be sent."""
        self.requests += 1
        self.taken += asking.worst

    def give_back(self, requests: int, taken: int) -> None:
        """Count calls no longer that were not sent."""
        self.requests -= requests
        self.taken -= taken


@dataclass(slots=True)
class SentOff:
    """What was sent: the batches that the API has, and why no more were, where something failed."""

    batches: list[Batch] = field(default_factory=list)
    failed: Failed | None = None
    unknown: Batch | None = None
    """The one of which nobody knows whether it arrived."""


def foresee(order: Order) -> None:
    """Go through all that an order would send, and count it there; nothing is written or sent.

    Raises:
        StoreError: when the store cannot be read.
    """
    choosing = order.choosing
    with choosing.session.store.read() as connection:
        room = room_in(connection, choosing.session, choosing.settings, order.most)
    while few := order.next_few():
        for _, asking in few:
            if choosing.fits(room, asking):
                order.take(asking)


async def send(
    order: Order,
    client: "anthropic.AsyncAnthropic",
    *,
    tell: Callable[[int], object] = lambda _: None,
    waiting: Callable[[Failed], object] = lambda _: None,
) -> SentOff:
    """Send an order as one batch, or as several where one would be too large; each is written down before.

    ``tell`` hears how many requests are written down so far, ``waiting`` of a failure after which it is tried again.

    Raises:
        asyncio.CancelledError: when it was cancelled; what had not been sent by then costs nothing.
        StoreError: when the store cannot be read or written.
    """
    session, sent_off = order.choosing.session, SentOff()
    making = _Making(session, order)
    try:
        while few := order.next_few():
            while few:
                fitting = making.fitting(few)
                if not fitting:
                    await _send(making, client, sent_off, waiting)
                    making = _Making(session, order)
                elif (stopped := making.write(fitting)) is not None:
                    sent_off.failed = stopped
                few = few[len(fitting) :]
                if sent_off.failed is not None:
                    return sent_off
            tell(order.requests)
        if making.requests:
            await _send(making, client, sent_off, waiting)
    finally:
        # Cut short, or refused: whatever was written down and not sent costs nothing.
        making.let_go()
    return sent_off


@dataclass(slots=True)
class _Making:
    """A batch while it is being prepared."""

    session: Session
    order: Order
    uuid: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    bytes: int = 0
    taken: int = 0

    def fitting(self, few: list[tuple[Chosen, Asking]]) -> list[tuple[Chosen, Asking]]:
        """Return as many of them, from the first on, as the batch has room for; one at least where it is empty."""
        n, size = len(self.requests), self.bytes
        for place, (_, asking) in enumerate(few):
            size += request_bytes(asking.prompt, asking.settings.limits) + _AROUND_A_REQUEST
            if n + place and (n + place >= api.MOST_REQUESTS or size > api.MOST_BYTES):
                return few[:place]
        return few

    def write(self, few: list[tuple[Chosen, Asking]]) -> Failed | None:
        """Write down what is going to be sent, with what is set aside for it, as far as there is room.

        Raises:
            UserError: when another process has given the batch up meanwhile.
            StoreError: when the store cannot be written.
        """
        session, choosing, now = self.session, self.order.choosing, self.session.now()
        uuid = self.uuid or new_id()
        # Hashes and texts before others have to wait for the lock.
        made = [
            (asking, sent_as(session, asking, chosen.call or new_id(), 1, uuid), bool(chosen.call))
            for chosen, asking in few
        ]
        with session.store.write() as connection:
            if reason := stopped_for(connection):
                return Failed(Failure.STOPPED, reason)
            room = room_in(connection, session, choosing.settings, self.order.most - self.order.taken)
            written = [
                (asking, sent, again)
                for asking, sent, again in made
                # Another process may have asked since it was looked for.
                if not choosing.is_taken(connection, asking.method_id, asking.revision_id)
                and choosing.fits(room, asking)
            ]
            if not written:
                return None
            if not self.uuid:
                by, order = session.reviewer, self.order
                critic_batches.add_batch(connection, uuid, requested_by=by, asked=order.words, most=order.most, now=now)
            for _, sent, again in written:
                number = critic_batches.next_attempt(connection, sent.call) if again else 1
                reserve(connection, replace(sent, attempt=number))
            if not critic_batches.count_requests(connection, uuid, len(self.requests) + len(written), now):
                raise UserError("The batch was given up meanwhile by another command; nothing of it was sent.")
        self.uuid = uuid
        for asking, sent, _ in written:
            limits = asking.settings.limits
            self.requests.append({"custom_id": sent.call, "params": request_body(asking.prompt, limits)})
            self.bytes += request_bytes(asking.prompt, limits) + _AROUND_A_REQUEST
            self.order.take(asking)
            self.taken += asking.worst
        return None

    def let_go(self) -> None:
        """Settle a batch that was not sent, where it was not: it cost nothing."""
        if self.uuid and settle_unsent(self.session.store, self.session.clock, self.uuid, was=(Status.PREPARING,)):
            self.order.give_back(len(self.requests), self.taken)


async def _send(
    making: _Making, client: "anthropic.AsyncAnthropic", sent_off: SentOff, waiting: Callable[[Failed], object]
) -> None:
    """Send a batch, and write down what the API calls it; where it is refused, that it cost nothing."""
    session, settings = making.session, making.order.choosing.settings
    store, uuid = session.store, making.uuid
    with store.write() as connection:
        if not critic_batches.set_status(connection, uuid, Status.SENDING, session.now(), was=(Status.PREPARING,)):
            raise UserError("The batch was given up meanwhile by another command; nothing of it was sent.")
    for number in range(1, settings.attempts + 1):
        try:
            async with asyncio.timeout(SECONDS_TO_SEND):
                told = await api.create(client, making.requests)
        except TimeoutError:
            told = Failed(Failure.TIMED_OUT)
        if isinstance(told, api.Looked):
            with store.write() as connection:
                note_looked(connection, uuid, told, session.now())
                sent_off.batches.append(critic_batches.batch_as_kept(connection, uuid))
            return
        sent_off.failed = told
        if told.failure not in UNBILLED:
            with store.read() as connection:
                sent_off.unknown = critic_batches.batch_as_kept(connection, uuid)
            return
        wait = FIRST_WAIT * 2 ** (number - 1) if told.wait is None else told.wait
        if told.failure not in PASSING or number == settings.attempts or wait > LONGEST_WAIT:
            break
        try:
            waiting(Failed(told.failure, told.detail, wait))
            await asyncio.sleep(wait)
        except BaseException:
            settle_unsent(store, session.clock, uuid, was=(Status.SENDING,))
            raise
        sent_off.failed = None
    assert sent_off.failed is not None
    settle_unsent(store, session.clock, uuid, was=(Status.SENDING,), failed=sent_off.failed)
    making.order.give_back(len(making.requests), making.taken)
    if sent_off.failed.failure in BREAKING:
        with store.write() as connection:
            said = sent_off.failed.sentence(session.clock())
            stop_spending(connection, said, said_by=session.reviewer, now=session.now())
