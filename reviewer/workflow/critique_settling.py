"""How batches end that were never sent, that are given up, or that a process left which was cut off."""

from datetime import datetime, timedelta

from reviewer.critic.batches import Looked
from reviewer.critic.failures import Failed, Failure
from reviewer.domain.identity import Clock, timestamp
from reviewer.store import critic_batches
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Status
from reviewer.store.critiques import Ended

PREPARED_WITHIN = timedelta(minutes=2)
"""After so long without another request, whoever prepared a batch is gone."""

AT_ONCE = 100
"""Requests that are settled in one go: others wait for less than 50 ms meanwhile."""

SECONDS_TO_SEND = 600
SENT_WITHIN = timedelta(seconds=SECONDS_TO_SEND + 60)
"""So long a batch may be on its way; after that whoever sent it has heard nothing."""


def note_looked(connection: critic_batches.Connection, uuid: str, looked: Looked, now: str) -> None:
    """Write down how the API says that it stands with a batch, in the caller's transaction."""
    was = (Status.SENDING, *critic_batches.AT_THE_API)
    critic_batches.set_status(connection, uuid, Status(looked.status), now, was=was, api_id=looked.api_id)


CUT_SHORT = Failed(Failure.NOT_SENT, "it was cut short before")


def settle_unsent(
    store: Store, clock: Clock, uuid: str, *, was: tuple[Status, ...], failed: Failed = CUT_SHORT
) -> bool:
    """Write down that a batch was not sent, and that none of its requests cost a thing; False where it ``was`` not so.

    Raises:
        StoreError: when the store cannot be written.
    """
    now = timestamp(clock())
    with store.write() as connection:
        if not critic_batches.set_status(connection, uuid, Status.UNSENT, now, was=was):
            return False
    end_all(store, uuid, failed, 0, now)
    return True


def give_up(store: Store, clock: Clock, uuid: str, why: str) -> int:
    """Wait for a batch no longer: what was set aside stays counted. Return how many of its requests that are.

    Raises:
        StoreError: when the store cannot be written.
    """
    now = timestamp(clock())
    with store.write() as connection:
        was = (Status.SENDING, *critic_batches.AT_THE_API)
        critic_batches.set_status(connection, uuid, Status.GIVEN_UP, now, was=was)
    return end_all(store, uuid, Failed(Failure.CANCELLED, why), None, now)


def end_all(store: Store, uuid: str, failed: Failed, spent: int | None, now: str) -> int:
    """Let every request of a batch end alike that has not ended, some at a time; return how many did."""
    ended = Ended(failed.failure, now, failed.detail, failed.status, request_id=failed.request_id, spent=spent)
    total = 0
    while True:
        with store.write() as connection:
            done = critic_batches.end_some(connection, uuid, ended, AT_ONCE)
        total += done
        if not done:
            return total


def tidy(store: Store, clock: Clock) -> None:
    """Settle what a process left that was cut off while it prepared a batch, or while it settled one.

    Raises:
        StoreError: when the store cannot be read or written.
    """
    with store.read() as connection:
        known = critic_batches.all_batches(connection)
        left = [
            each
            for each in known
            if each.status in (Status.UNSENT, Status.GIVEN_UP)
            and critic_batches.totals_of(connection, each.uuid).waiting
        ]
    now = clock()
    for each in left:
        unsent = each.status is Status.UNSENT
        failed = CUT_SHORT if unsent else Failed(Failure.CANCELLED, "given up")
        end_all(store, each.uuid, failed, 0 if unsent else None, timestamp(now))
    for each in known:
        if each.status is Status.PREPARING and has_passed(each.status_at, PREPARED_WITHIN, now):
            settle_unsent(store, clock, each.uuid, was=(Status.PREPARING,))


def has_passed(since: str, time: timedelta, now: datetime) -> bool:
    """Return whether so much time has passed since one that was written down."""
    return now - datetime.fromisoformat(since) > time
