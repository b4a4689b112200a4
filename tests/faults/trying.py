"""What a fault is, and what one round of it came to."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one round came to: each thing that was lost in a sentence, and how many things were looked for.

    ``measured`` has the worst of what was measured in it, by the names of the fault's bars.
    """

    lost: tuple[str, ...] = ()
    checked: int = 0
    measured: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """How much a figure may be in any round, in ``unit``; without a bar it only informs."""

    most: float | None
    unit: str


Try = Callable[[Path, random.Random], Outcome]
"""Tries a fault once in an empty folder; all that is left to chance comes from the generator."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong, in the words of the table, and how it is tried.

    ``counts`` says what of a round is counted. Of long rounds only each ``every``-th is run. The tests run ``quick``
    rounds, each ``briefly`` where that is something else. ``lacks`` says what it takes and this machine does not have.
    """

    name: str
    what: str
    counts: str
    once: Try
    bars: Mapping[str, Bar] = field(default_factory=dict)
    every: int = 1
    quick: int = 1
    briefly: Try | None = None
    lacks: Callable[[], str] = lambda: ""

    def rounds(self, asked: int) -> int:
        """Return how many rounds are run where ``asked`` are asked for: one at the least."""
        return max(1, asked // self.every)
