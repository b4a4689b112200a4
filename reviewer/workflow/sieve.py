"""Telling what is new in a source that is read again and again from what it told before."""

from collections.abc import Hashable

from reviewer.domain.methods import Notice, Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.store.prepared import PreparedMethod

Taken = Problem | PreparedMethod | Remark | Reject | UnknownFields | Notice
"""What becomes of a record that was read, before it is written."""


class Sieve:
    """Lets a record pass once, again when it says something else, and once for each further file that has it.

    It holds three hashes of each.
    """

    def __init__(self) -> None:
        self._passed: dict[int, int] = {}
        self._met: set[int] = set()

    def fresh(self, batch: list[Taken]) -> list[Taken]:
        """Return what of a batch has not passed before as it is; nothing where that is no record and no reject."""
        fresh = [item for item in batch if self._is_fresh(item)]
        return fresh if any(not isinstance(item, Problem | UnknownFields | Notice) for item in fresh) else []

    def _is_fresh(self, item: Taken) -> bool:
        known_as, says = map(hash, _parts(item))
        before = self._passed.get(known_as)
        self._passed[known_as] = says
        if not isinstance(item, PreparedMethod):
            return before != says
        met = hash((known_as, says, _without_query(item.provenance[0])))
        is_elsewhere = met not in self._met
        self._met.add(met)
        return is_elsewhere or before != says


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
        return ("reject", _without_query(item.file), item.place, item.reason), item.raw
    if isinstance(item, Notice):
        return ("notice", item.file), item.words
    return ("fields", item.file), item.names


def _without_query(file: str) -> str:
    """Return a file or route: the pages of a server move on with each post, so that what is asked for says nothing."""
    return file.partition("?")[0]
