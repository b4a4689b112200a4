"""Forecasts whose outcome is known: what may be scored, and nothing else.

Who calls this has left out what may not be scored: forecasts made after an outcome or a production row could be seen,
outcomes that are only partly one or the other, proposals that were withdrawn, and those that are not resolved yet.
"""

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from operator import attrgetter
from statistics import fmean
from typing import overload

from reviewer.domain.columns import CodedColumn

LARGEST_WEIGHT = 1e6
"""What has a chance of less than one in a million is not among the outcomes, unless somebody mistyped."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """One reviewer's forecast of one proposal, made before the outcome could be seen, with what came of it.

    ``proposal`` is the row id of the method. ``forecast`` is the probability, 0 to 1, that it survives. ``weight`` is
    one over the recorded probability that it got an outcome at all, None where none was recorded. ``blockers`` are the
    slugs of the constraints that the reviewer rated a blocker, ``bit`` the one that it failed by, None where nobody
    says.

    Raises:
        ValueError: when the forecast is no probability, or the weight is not one over one of a millionth or more.
    """

    proposal: int
    reviewer: str
    forecast: float
    survived: bool
    weight: float | None = None
    blockers: tuple[str, ...] = ()
    bit: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.forecast <= 1:
            raise ValueError(f"a forecast is from 0 to 1, not {self.forecast}")
        if self.weight is not None and not 1 <= self.weight <= LARGEST_WEIGHT:
            raise ValueError(f"a weight is one over a probability, from 1 to {LARGEST_WEIGHT:,.0f}, not {self.weight}")


@dataclass(frozen=True, slots=True)
class ForecastOutcome:
    """One proposal's outcome with all forecasts of it, one or more: the unit that is counted, however many they are."""

    proposal: int
    survived: bool
    forecasts: tuple[Resolved, ...]
    weight: float | None = None
    bit: str | None = None


class ForecastOutcomes(Sequence[ForecastOutcome]):
    """Outcomes with their forecasts in columns, in the order in which they were added.

    As objects a hundred thousand fill 28 MB, in columns under 5: one is made when it is asked for. ``proposals``,
    ``survived`` and ``weights`` (NaN where none was recorded) have a row an outcome; ``forecasts`` has one a forecast,
    those of outcome ``i`` from ``starts[i]`` to before ``starts[i + 1]``.
    """

    def __init__(self) -> None:
        self.proposals = array("q")
        self.survived = array("b")
        self.weights = array("d")
        self.starts = array("q", [0])
        self.forecasts = array("d")
        self._bits: CodedColumn[str | None] = CodedColumn(None)
        self._reviewers = CodedColumn("")
        self._blockers: CodedColumn[tuple[str, ...]] = CodedColumn(())

    def add(self, forecasts: Sequence[Resolved]) -> None:
        """Add the outcome of a proposal with all forecasts of it, one or more; who calls sees that it has none here.

        Raises:
            ValueError: when there is none, they say different things of what came of it, or are of several proposals,
                or a reviewer has two.
        """
        if not forecasts:
            raise ValueError("an outcome is added with one forecast or more")
        first = forecasts[0]
        if len({one.reviewer for one in forecasts}) < len(forecasts):
            raise ValueError(f"proposal {first.proposal} has two forecasts of one reviewer")
        if any(_outcome(one) != _outcome(first) for one in forecasts):
            raise ValueError(f"proposal {first.proposal} has two outcomes")
        self.proposals.append(first.proposal)
        self.survived.append(first.survived)
        self.weights.append(math.nan if first.weight is None else first.weight)
        self._bits.append(first.bit)
        for one in forecasts:
            self.forecasts.append(one.forecast)
            self._reviewers.append(one.reviewer)
            self._blockers.append(one.blockers)
        self.starts.append(len(self.forecasts))

    def __len__(self) -> int:
        """Return how many outcomes there are."""
        return len(self.proposals)

    @overload
    def __getitem__(self, row: int) -> ForecastOutcome: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[ForecastOutcome, ...]: ...
    def __getitem__(self, row: int | slice) -> ForecastOutcome | tuple[ForecastOutcome, ...]:
        """Return an outcome, or several."""
        rows = range(len(self))[row]
        return self._made(rows) if isinstance(rows, int) else tuple(map(self._made, rows))

    def _made(self, row: int) -> ForecastOutcome:
        proposal, survived, bit = self.proposals[row], bool(self.survived[row]), self._bits[row]
        weight = None if math.isnan(self.weights[row]) else self.weights[row]
        forecasts = tuple(
            Resolved(proposal, self._reviewers[at], self.forecasts[at], survived, weight, self._blockers[at], bit)
            for at in range(self.starts[row], self.starts[row + 1])
        )
        return ForecastOutcome(proposal, survived, forecasts, weight, bit)

    @property
    def weighed(self) -> int:
        """Return of how many outcomes the weight is recorded."""
        return len(self) - sum(map(math.isnan, self.weights))

    def mean_of_each(self, told: Callable[[float, bool], float]) -> "array[float]":
        """Return of each outcome the mean, over its forecasts, of what is told of a forecast and of its survival."""
        if len(self.forecasts) == len(self):
            return array("d", map(told, self.forecasts, map(bool, self.survived)))
        means = array("d")
        for survived, (start, end) in zip(self.survived, pairwise(self.starts), strict=True):
            means.append(fmean(told(forecast, bool(survived)) for forecast in self.forecasts[start:end]))
        return means

    def part(self, rows: Iterable[int]) -> "ForecastOutcomes":
        """Return the outcomes of these rows, with all of their forecasts."""
        taken = ForecastOutcomes()
        for row in rows:
            taken._take(self, row, range(self.starts[row], self.starts[row + 1]))
        return taken

    def by_reviewer(self) -> dict[str, "ForecastOutcomes"]:
        """Return by reviewer the outcomes of what they forecast, with their forecasts alone, in the same order."""
        names = set(self._reviewers)
        if len(names) == 1:
            return {names.pop(): self}
        parts: dict[str, ForecastOutcomes] = {}
        for row, (start, end) in enumerate(pairwise(self.starts)):
            for at in range(start, end):
                parts.setdefault(self._reviewers[at], ForecastOutcomes())._take(self, row, (at,))
        return parts

    def _take(self, of: "ForecastOutcomes", row: int, forecasts: Iterable[int]) -> None:
        self.proposals.append(of.proposals[row])
        self.survived.append(of.survived[row])
        self.weights.append(of.weights[row])
        self._bits.append(of._bits[row])
        for at in forecasts:
            self.forecasts.append(of.forecasts[at])
            self._reviewers.append(of._reviewers[at])
            self._blockers.append(of._blockers[at])
        self.starts.append(len(self.forecasts))


def _outcome(one: Resolved) -> tuple[int, bool, float | None, str | None]:
    return one.proposal, one.survived, one.weight, one.bit


def by_outcome(resolved: Iterable[Resolved]) -> ForecastOutcomes:
    """Return the outcomes with their forecasts, in the order of the proposals, whatever the order given.

    Raises:
        ValueError: when two forecasts of one proposal say different things of what came of it, or a reviewer has two.
    """
    ordered = sorted(resolved, key=attrgetter("proposal", "reviewer"))
    outcomes = ForecastOutcomes()
    for _, forecasts in groupby(ordered, key=attrgetter("proposal")):
        outcomes.add(tuple(forecasts))
    return outcomes
