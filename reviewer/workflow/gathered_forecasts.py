"""The forecasts of a ledger in columns: of each row no more is kept than what statistics are made of, in numbers."""

from array import array
from collections.abc import Iterator, Sequence

from reviewer.domain.outcomes import ForecastCounts, HeldForecast
from reviewer.judgement.aggregate import aggregate
from reviewer.judgement.enough import OutcomeFigure, is_enough
from reviewer.judgement.resolved import ForecastOutcomes, Resolved
from reviewer.workflow.ledger import LedgerRow


class ForecastsOfOne:
    """What one reviewer held of proposals with an outcome, in counts."""

    def __init__(self, reviewer: str) -> None:
        self.reviewer = reviewer
        self.counts = ForecastCounts()
        self.named: dict[int, tuple[str, str]] = {}
        """Namespace and external id of the first that may be scored: of more, they are not told one by one."""

    def add(self, held: HeldForecast, row: LedgerRow) -> None:
        """Take in one."""
        self.counts.add(held)
        if _is_scored(held) and not is_enough(OutcomeFigure.INTERVAL, len(self.named)):
            self.named[held.method_id] = row.entry.namespace, row.entry.external_id


class GatheredForecasts:
    """What each reviewer held of the proposals of a ledger, and what their forecasts of one come to together."""

    def __init__(self) -> None:
        self.by_reviewer: dict[str, ForecastsOfOne] = {}
        self.counts = ForecastCounts()
        self.outcomes = ForecastOutcomes()
        """With the forecasts that may be scored."""
        self.several = 0
        """Of how many proposals there is more than one forecast that may be scored."""
        self._together = array("d")

    def add(self, row: LedgerRow) -> None:
        """Take in what was held of a proposal."""
        for held in row.forecasts:
            self.counts.add(held)
            of_one = self.by_reviewer.get(held.reviewer)
            if of_one is None:
                of_one = self.by_reviewer[held.reviewer] = ForecastsOfOne(held.reviewer)
            of_one.add(held, row)
        scored = _resolved(row.forecasts)
        found = aggregate([one.forecast for one in scored])
        if found is not None:
            self.several += found.n > 1
            self.outcomes.add(scored)
            self._together.append(found.odds_mean)

    def together(self) -> Iterator[tuple[int, float, bool]]:
        """Yield of each proposal what its forecasts come to, as one, and whether it survived."""
        columns = self.outcomes.proposals, self._together, self.outcomes.survived
        for proposal, forecast, survived in zip(*columns, strict=True):
            yield proposal, forecast, bool(survived)


def _is_scored(held: HeldForecast) -> bool:
    return held.left_out is None and held.forecast is not None


def _resolved(every: Sequence[HeldForecast]) -> list[Resolved]:
    return [
        Resolved(
            held.method_id, held.reviewer, held.forecast, held.result.score == 1,
            weight=1 / held.chosen_with if held.chosen_with else None, blockers=held.blockers,
            bit=held.constraint or None,
        )
        for held in every
        if held.left_out is None and held.forecast is not None
    ]  # fmt: skip
