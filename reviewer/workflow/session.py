"""Who reviews, in which store, by which rubric."""

from contextlib import suppress
from dataclasses import dataclass

from reviewer.domain.errors import DamagedStoreError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.reviewer_names import clean_name
from reviewer.domain.rubrics import Rubric
from reviewer.store.annotations import own_reviewer_id, save_reviewer
from reviewer.store.connection import Store
from reviewer.store.rubrics import holds_rubric, save_rubric

NOBODY = 0
"""The row id of a reviewer who could not be entered: nothing is held by them."""


@dataclass(frozen=True, slots=True)
class Session:
    """One reviewer at work on one store. ``reviewer_id`` is the row id of ``reviewer``."""

    store: Store
    reviewer: str
    reviewer_id: int
    rubric: Rubric
    clock: Clock = utc_now

    def now(self) -> str:
        """Return the time now as it is written down."""
        return timestamp(self.clock())


def begin_session(store: Store, reviewer: str, rubric: Rubric, clock: Clock = utc_now) -> Session:
    """Enter the reviewer and the rubric in the store where they are new, and return the session.

    A store that turns out to be damaged is only read from then on, where there is something to be read.

    Raises:
        UserError: when the name is no name, or the rubric's version stands in the store with other constraints.
        StoreError: when the store cannot be written, or not be read.
    """
    name = clean_name(reviewer)
    now = timestamp(clock())
    known = None
    # The store keeps in mind that it is damaged; what else is in it may be read all the same.
    with suppress(DamagedStoreError):
        with store.read() as connection:
            known = own_reviewer_id(connection, name)
            is_known = known is not None and holds_rubric(connection, rubric)
        if not is_known:
            with store.write() as connection:
                entered = save_reviewer(connection, name, now)
                save_rubric(connection, rubric, now)
            known = entered
    return Session(store, name, known or NOBODY, rubric, clock)
