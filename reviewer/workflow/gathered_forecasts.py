"""The forecasts of a ledger in columns: of each row no more is kept than what statistics are made of, in numbers."""

import math
from array import array
from collections.abc import Container, Iterator, Sequence

from reviewer.domain.columns import CodedColumn
from reviewer.domain.outcomes import ForecastCounts, HeldForecast
from reviewer.judgement.aggregate import aggregate
from reviewer.judgement.enough import OutcomeFigure, is_enough
from reviewer.judgement.resolved import Resolved
from reviewer.workflow.ledger import LedgerRow

_UNKNOWN = math.nan


class ForecastsOfOne:
    """What one reviewer held of proposals with an outcome: counts of all, and those that may be scored."""

    def __init__(self, reviewer: str) -> None:
        self.reviewer = reviewer
        self.counts = ForecastCounts()
        self.proposals = array("q")
        """Of which there is a forecast that may be scored."""
        self.named: dict[int, tuple[str, str]] = {}
        """Namespace and external id of the first of these: of more, they are not told one by one."""
        self._forecasts = array("d")
        self._chances = array("d")
        self._survived = array("b")
        self._blockers: CodedColumn[tuple[str, ...]] = CodedColumn(())
        self._constraints = CodedColumn("")

    def add(self, held: HeldForecast, row: LedgerRow) -> None:
        """Take in one."""
        self.counts.add(held)
        if held.left_out is not None or held.forecast is None:
            return
        if not is_enough(OutcomeFigure.INTERVAL, len(self.proposals)):
            self.named[held.method_id] = row.entry.namespace, row.entry.external_id
        self.proposals.append(held.method_id)
        self._forecasts.append(held.forecast)
        self._chances.append(held.chosen_with or _UNKNOWN)
        self._survived.append(held.result.score == 1)
        self._blockers.append(held.blockers)
        self._constraints.append(held.constraint)

    def resolved(self, of: Container[int] | None = None) -> Iterator[Resolved]:
        """Yield those that may be scored, of some proposals or of all."""
        columns = (
            self.proposals, self._forecasts, self._survived, self._chances, self._blockers, self._constraints
        )  # fmt: skip
        for proposal, forecast, survived, chance, blockers, constraint in zip(*columns, strict=True):
            if of is None or proposal in of:
                yield Resolved(
                    proposal, self.reviewer, forecast, bool(survived),
                    weight=None if math.isnan(chance) else 1 / chance, blockers=blockers, bit=constraint or None,
                )  # fmt: skip


class GatheredForecasts:
    """What each reviewer held of the proposals of a ledger, and what their forecasts of one come to together."""

    def __init__(self) -> None:
        self.by_reviewer: dict[str, ForecastsOfOne] = {}
        self.counts = ForecastCounts()
        self.several = 0
        """Of how many proposals there is more than one forecast that may be scored."""
        self._proposals = array("q")
        self._together = array("d")
        self._survived = array("b")

    def add(self, row: LedgerRow) -> None:
        """Take in what was held of a proposal."""
        scored = [held for held in row.forecasts if held.left_out is None and held.forecast is not None]
        for held in row.forecasts:
            self.counts.add(held)
            of_one = self.by_reviewer.get(held.reviewer)
            if of_one is None:
                of_one = self.by_reviewer[held.reviewer] = ForecastsOfOne(held.reviewer)
            of_one.add(held, row)
        found = aggregate([held.forecast for held in scored if held.forecast is not None])
        if found is not None:
            self.several += found.n > 1
            self._proposals.append(row.entry.method_id)
            self._together.append(found.odds_mean)
            self._survived.append(scored[0].result.score == 1)

    def resolved(self, names: Sequence[str]) -> Iterator[Resolved]:
        """Yield the forecasts of these reviewers that may be scored."""
        for name in names:
            yield from self.by_reviewer[name].resolved()

    def together(self) -> Iterator[tuple[int, float, bool]]:
        """Yield of each proposal what its forecasts come to, as one, and whether it survived."""
        for proposal, forecast, survived in zip(self._proposals, self._together, self._survived, strict=True):
            yield proposal, forecast, bool(survived)
