"""What a rule is: an id, what it is about, its thresholds with where they come from, and its function."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.checks import Level, Numbers
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks.case import Case

Asked = tuple[str, Numbers]
"""A question in one plain sentence, and the numbers in it."""

Limits = Mapping[str, float]
"""The values of a rule's thresholds by their names."""

OURS = "our choice"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a rule holds the data against. ``source`` says in words where it comes from.

    Whatever takes the place of ``value`` lies between ``least`` and ``most``, and is whole where ``value`` is.
    """

    name: str
    value: float | int
    source: str
    least: float = 0
    most: float = 1e15


@dataclass(frozen=True, slots=True)
class Rule:
    """One question that is asked of a method; ``title`` says what about, without numbers.

    The function returns nothing where there is nothing to ask. ``roles`` are those of the methods it is asked of.
    """

    id: str
    title: str
    level: Level
    function: Callable[[Case, Limits], Sequence[Asked]]
    thresholds: tuple[Threshold, ...] = ()
    roles: frozenset[Role] = frozenset({Role.PROPOSAL, Role.BASELINE})
    needs: Callable[[Case], object] | None = None
    """Gives something false where there is nothing that the rule could ask of; many rules share one answer."""

    @property
    def defaults(self) -> Limits:
        """Return the thresholds as they are where nobody changed them."""
        return {t.name: t.value for t in self.thresholds}


PROPOSALS = frozenset({Role.PROPOSAL})


def with_seeds(case: Case) -> object:
    """Return the measurements that list values of seeds."""
    return case.with_seeds


def with_subsets(case: Case) -> object:
    """Return the measurements of subsets."""
    return case.with_subset


def with_rows(case: Case) -> object:
    """Return what stands beside a baseline's number."""
    return case.rows


def with_gains_anywhere(case: Case) -> object:
    """Return what is better than the baseline's number, in any metric."""
    return case.gains_anywhere()
