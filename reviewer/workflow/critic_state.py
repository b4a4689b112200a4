"""How it stands with the critic in a store: what was spent, what is stopped, and what was cut off on the way."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reviewer.critic.settings import LONGEST_DEADLINE
from reviewer.domain.identity import timestamp
from reviewer.store.connection import Store
from reviewer.store.critiques import StoredAttempt, unended
from reviewer.store.spending import Spent, spent_so_far, stopped_for
from reviewer.workflow.critiquing import day_began


@dataclass(frozen=True, slots=True)
class CriticState:
    """What holds of a store. Attempts of batches are none of those that were cut off: they are still to be fetched."""

    spent: Spent
    stopped: str
    """Why nothing is sent; empty where nothing stops it."""
    cut_off: int
    """Attempts that nobody waits for any more, and of which nothing was heard."""
    lost_to_them: int
    """What was set aside for those, in millionths of a dollar: it stays counted, and is never known."""
    under_way: int
    """Attempts of which nothing was heard, and for which somebody may still wait."""


def critic_state(store: Store, now: datetime) -> CriticState:
    """Return how it stands with the critic.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        waiting = unended(connection)
        spent = spent_so_far(connection, day_began(now))
        stopped = stopped_for(connection)
    cut_off = [attempt for attempt in waiting if is_cut_off(attempt, now)]
    return CriticState(
        spent,
        stopped,
        len(cut_off),
        sum(attempt.sent.reserved for attempt in cut_off),
        len(waiting) - len(cut_off),
    )


def is_cut_off(attempt: StoredAttempt, now: datetime) -> bool:
    """Return whether nobody waits for an attempt any more, since no call is waited for as long as it has no end."""
    is_waited_for = attempt.ended is None and attempt.sent.batch is None
    return is_waited_for and attempt.sent.sent_at < timestamp(now - timedelta(seconds=LONGEST_DEADLINE))
