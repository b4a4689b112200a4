"""The batches that there are: by their names, with what came of them, and what of them is worth another try."""

from collections.abc import Iterator, Sequence

from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line
from reviewer.store import critic_batches
from reviewer.store.connection import Store
from reviewer.store.critic_batches import AT_THE_API, Batch, Status, Totals
from reviewer.workflow.critique_choosing import Chosen
from reviewer.workflow.critique_provenance import SHORTEST


def listed(store: Store) -> tuple[tuple[Batch, Totals], ...]:
    """Return every batch with what came of it so far, the newest first.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return tuple(
            (each, critic_batches.totals_of(connection, each.uuid)) for each in critic_batches.all_batches(connection)
        )


def is_open(batch: Batch) -> bool:
    """Return whether something is still to come of a batch, or may be."""
    return batch.status is Status.SENDING or batch.status in AT_THE_API


def batch_named(store: Store, name: str) -> Batch:
    """Return the batch of that id, or whose id ends so.

    Raises:
        UserError: when there is none, or more than one.
        StoreError: when the store cannot be read.
    """
    asked = name.strip()
    with store.read() as connection:
        found = [each for each in critic_batches.all_batches(connection) if each.uuid.endswith(asked)]
    shown = safe_line(asked, 60)
    if len(asked) < SHORTEST or not found:
        raise UserError(
            f"There is no batch “{shown}”; `reviewer critic status` lists them, and 6 characters are enough."
        )
    if len(found) > 1:
        raise UserError(f"“{shown}” names more than one batch: give more of the end of its id.")
    return found[0]


def to_retry(store: Store, uuids: Sequence[str]) -> Iterator[Chosen]:
    """Yield what came to nothing in some batches and cost nothing, each to be asked about by the same call once more.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        found = critic_batches.came_to_nothing(connection, uuids)
    yield from (Chosen(method_id, call) for method_id, call in found)
