"""Proposals that say the same: sightings of one, and groups of those that are nearly alike."""

from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.vocabulary import Stage, Verdict

NEAR = 85.0
"""From so much on, of 100, two proposals are shown as alike, where the config says nothing else."""

LEAST_NEAR = 70.0
"""Less is never asked for: pairs that are less alike are not kept."""


class Sighting(NamedTuple):
    """Where a proposal was met: under which name, in whose run, and in which file at which place."""

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
