"""Checks: what a rule over the data alone asks about the evidence, never a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewer.domain.alike import NEAR

Numbers = dict[str, float | int | str | None]
"""What a question rests on, by name: each value is one that JSON can say."""


class Level(StrEnum):
    """How much a question asks for, in the order in which questions are shown."""

    ASK = "ask"
    WORTH_A_LOOK = "worth_a_look"
    NOTE = "note"

    @property
    def words(self) -> str:
        """Return the level as it is written for people."""
        return self.replace("_", " ")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One question that one rule asks of one method; ``question`` is one plain sentence with its numbers.

    ``rule`` is the rule's slug, which stays the same from version to version.
    """

    rule: str
    level: Level
    question: str
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Which rules are not asked, and the thresholds that take the place of a rule's own, by rule and name.

    In the problems ``shared_seeds`` runs of one seed number share that seed's artefacts, and are compared in pairs.
    """

    off: frozenset[str] = frozenset()
    thresholds: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    shared_seeds: frozenset[str] = frozenset()
    near: float = NEAR
    """How alike two proposals are, of 100, to stand in one group."""
