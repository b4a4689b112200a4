"""Asking Claude about many proposals in single calls, some at once: dearer than a batch, and answered soon."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviewer.critic.failures import BREAKING, Failed, Failure
from reviewer.critic.prices import MICRO
from reviewer.store.spending import Spent, spent_so_far
from reviewer.workflow.critique_batches import Order
from reviewer.workflow.critique_choosing import Room, room_after
from reviewer.workflow.critiquing import Answered, Asking, ask, day_began

if TYPE_CHECKING:
    import anthropic

HOPELESS = BREAKING | {
    Failure.STOPPED, Failure.NO_KEY, Failure.BAD_KEY, Failure.NOT_ALLOWED, Failure.NO_SUCH_MODEL, Failure.OTHER_HOST,
    Failure.NOT_SENT, Failure.RATE_LIMIT, Failure.OVERLOADED,
}  # fmt: skip
"""After which no other call would fare better now."""

IN_A_ROW = 5
"""After so many calls one after the other that failed, whatever they failed with, no more are begun."""


@dataclass(slots=True)
class CameOf:
    """What came of the calls: ``stopped`` says why no more were begun, where that is not for want of room."""

    answered: int = 0
    failed: dict[Failure, int] = field(default_factory=dict)
    spent: int = 0
    known: bool = True
    stopped: Failed | None = None


@dataclass(slots=True)
class _Underway:
    """What is set aside for the calls under way, in millionths, and what those that ended came to."""

    order: Order
    before: Spent
    """What had been spent when the first call began."""
    came_of: CameOf = field(default_factory=CameOf)
    aside: int = 0
    in_a_row: int = 0

    @property
    def is_over(self) -> bool:
        """Return whether no more calls are begun."""
        return self.came_of.stopped is not None

    @property
    def room(self) -> Room:
        """Return how much more may be set aside, as far as this run knows; each call looks once more itself."""
        settings, taken = self.order.choosing.settings, self.came_of.spent + self.aside
        return room_after(self.before, settings, self.order.most, taken)

    def begin(self, asking: Asking) -> bool:
        """Set aside what a call can cost; return False where there is no room for it, or no need: that is counted."""
        choosing = self.order.choosing
        with choosing.session.store.read() as connection:
            # Another process may have asked since it was looked for.
            taken = choosing.is_taken(connection, asking.method_id, asking.revision_id)
        if taken or not choosing.fits(self.room, asking):
            return False
        self.order.take(asking)
        self.aside += asking.worst
        return True

    def note(self, answered: Answered, worst: int) -> None:
        """Count a call that ended."""
        came_of, failed = self.came_of, answered.failed
        self.aside -= worst
        came_of.spent += answered.spent
        came_of.known = came_of.known and answered.known
        if failed is None:
            came_of.answered += 1
            self.in_a_row = 0
            return
        if failed.failure is Failure.OVER_CAP:
            # Others have spent meanwhile.
            skipped = self.order.choosing.skipped
            self.order.requests -= 1
            skipped.left_out, skipped.cap = skipped.left_out + 1, skipped.cap or "what is allowed"
            return
        came_of.failed[failed.failure] = came_of.failed.get(failed.failure, 0) + 1
        self.in_a_row += 1
        if failed.failure in HOPELESS or self.in_a_row == IN_A_ROW:
            came_of.stopped = came_of.stopped or failed


async def ask_at_once(
    order: Order,
    client: "anthropic.AsyncAnthropic",
    writes: Executor,
    at_once: int,
    *,
    tell: Callable[[CameOf], object] = lambda _: None,
    waiting: Callable[[Failed], object] = lambda _: None,
) -> CameOf:
    """Ask about all that an order has, some at once, until there is no room left; each attempt is settled as it ends.

    ``tell`` hears what came of them so far, ``waiting`` of a failure after which a call is tried again. ``writes``
    runs writes one after the other.

    Raises:
        asyncio.CancelledError: when it was cancelled; what was set aside for calls under way stays counted.
        StoreError: when the store cannot be read or written.
    """
    session, settings = order.choosing.session, order.choosing.settings
    with session.store.read() as connection:
        before = spent_so_far(connection, day_began(session.clock()))
    # An attempt that is made again sets aside once more: not even that may pass what the run was allowed.
    allowed = min(settings.store_usd, (before.whole + order.most + 0.5) / MICRO)
    settings = replace(settings, store_usd=allowed)
    underway = _Underway(order, before)
    begun: set[asyncio.Task[None]] = set()

    async def one(asking: Asking) -> None:
        asked = replace(asking, settings=settings)
        underway.note(await ask(session, asked, client, writes.submit, waiting=waiting), asking.worst)
        tell(underway.came_of)

    try:
        while not underway.is_over and (few := order.next_few()):
            for _, asking in few:
                # One that ends may make room: it seldom costs as much as was set aside for it.
                while len(begun) == at_once or (begun and underway.room.refuses(asking.worst)):
                    begun = await _ended_one_of(begun)
                if underway.is_over:
                    break
                if underway.begin(asking):
                    begun.add(asyncio.create_task(one(asking)))
        while begun:
            begun = await _ended_one_of(begun)
    finally:
        for each in begun:
            each.cancel()
        await asyncio.gather(*begun, return_exceptions=True)
    return underway.came_of


async def _ended_one_of(begun: set[asyncio.Task[None]]) -> set[asyncio.Task[None]]:
    done, left = await asyncio.wait(begun, return_when=asyncio.FIRST_COMPLETED)
    for each in done:
        each.result()
    return left
