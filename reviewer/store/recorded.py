"""What becomes of a record that is written."""

from dataclasses import dataclass
from typing import Literal

from reviewer.domain.vocabulary import Role

Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one record, and how many of its settings this import told for the first time.

    ``unknown`` has the datasets with a measurement whose setting nobody has told yet.
    """

    change: Change
    method_id: int
    settings_told: int = 0
    unknown: frozenset[str] = frozenset()
    settings_corrected: int = 0
    """How many settings of known measurements the file now states otherwise."""
    settings_passed_over: int = 0
    """How many measurements keep a setting that is another one than the person tells by this import."""
    turned_from: Role | None = None
    """The role that a known method had until now, where the record gives it another one."""
    revision_id: int | None = None
    """The revision that says the same, where it was there before."""
    elsewhere: bool = False
    """Whether it was met for the first time in another file than the one that this revision names."""
