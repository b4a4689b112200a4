"""Proposals that say the same: sightings of one, and groups of those that are nearly alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.vocabulary import Stage, Verdict

NEAR = 85.0
"""From so much on, of 100, two proposals are shown as alike, where the config says nothing else."""

LEAST_NEAR = 70.0
"""Less is never asked for: pairs that are less alike are not kept."""


LEAST_OF_AN_ID = 8
"""So many characters of the end of an id, or more, name what has it."""


class Sighting(NamedTuple):
    """Where a proposal was met: under which name, in whose run, and in which file at which place.

    Several of one ``method_id`` are of one record, which was met as it is in several files.
    """

    method_id: int
    uuid: str
    namespace: str
    external_id: str
    agent: str
    run: str
    file: str
    place: str
    sha256: str
    import_id: int
    first_met: str
    """When it was first met there, in UTC."""
    last_met: str = ""
    """When it was last met there, where that is not where it was read first."""

    def is_named(self, name: str) -> bool:
        """Return whether somebody means it by a name: its id or the end of it, or as its source calls it."""
        full = f"{self.namespace}/{self.external_id}"
        return name in (self.uuid, self.external_id, full) or (len(name) >= LEAST_OF_AN_ID and self.uuid.endswith(name))


def sighting_named(met: Sequence[Sighting], name: str) -> Sighting | None:
    """Return which of the sightings of a proposal somebody means by a name; None where it is the proposal, the first.

    ``met`` are all of them, the proposal first.
    """
    asked = name.strip()
    if met[0].is_named(asked):
        return None
    return next((each for each in met if each.method_id != met[0].method_id and each.is_named(asked)), None)


@dataclass(frozen=True, slots=True)
class AlikeTo:
    """A proposal that stands in one group with another, as far as a viewer may see it."""

    method_id: int
    uuid: str
    title: str
    revision_id: int
    measure: float
    """How alike it is to the head of the group, 0 to 100; of the head itself 100."""
    is_head: bool
    stage: Stage | None
    verdict: Verdict | None
    """The viewer's own."""
    forecast: float | None
