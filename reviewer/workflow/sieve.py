"""Telling what is new in a source that is read again and again from what it told before."""

from collections.abc import Hashable

from reviewer.domain.methods import Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.store.prepared import PreparedMethod

Taken = Problem | PreparedMethod | Remark | Reject | UnknownFields
"""What becomes of a record that was read, before it is written."""


class Sieve:
    """Lets a record pass once, and again when it says something else. It holds two hashes of each."""

    def __init__(self) -> None:
        self._passed: dict[int, int] = {}

    def fresh(self, batch: list[Taken]) -> list[Taken]:
        """Return what of a batch has not passed before as it is; nothing where that is no record and no reject."""
        fresh = [item for item in batch if self._is_fresh(item)]
        return fresh if any(not isinstance(item, Problem | UnknownFields) for item in fresh) else []

    def _is_fresh(self, item: Taken) -> bool:
        known_as, says = map(hash, _parts(item))
        before = self._passed.get(known_as)
        self._passed[known_as] = says
        return before != says


def _parts(item: Taken) -> tuple[Hashable, Hashable]:
    """Return what is the same of a record in all its states, and what is not."""
    if isinstance(item, PreparedMethod):
        says = (item.content_hash, item.heading, item.measurements, item.seeds)
        return (item.problem, item.namespace, item.external_id, item.part), says
    if isinstance(item, Remark):
        return ("remark", item.problem, item.namespace, item.external_id), item.revision_hash()
    if isinstance(item, Problem):
        return ("problem", item.slug), repr(item)
    if isinstance(item, Reject):
        # The pages of a server move on with each post: what is asked for beyond the route says nothing.
        return ("reject", item.file.partition("?")[0], item.place, item.reason), item.raw
    return ("fields", item.file), item.names
