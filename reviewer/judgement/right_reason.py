"""Right for the right reason: whether what a reviewer called a blocker is what a failed proposal then failed by."""

from collections.abc import Collection
from dataclasses import dataclass
from statistics import fmean

from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits
from reviewer.judgement.estimates import wilson_limits
from reviewer.judgement.moments import Moments
from reviewer.judgement.resolved import ForecastOutcomes


@dataclass(frozen=True, slots=True)
class RightReason:
    """How often the constraint that bit had been named a blocker, among the ``failed`` proposals where one is known.

    ``share`` has Wilson's limits. ``by_chance`` is the share that naming as many constraints at random would have hit.
    Where there is nothing to say the three are None and ``reason`` says why in a sentence.
    """

    failed: int
    share: float | None = None
    limits: Limits | None = None
    by_chance: float | None = None
    outside: int = 0
    """Failed proposals that failed by what the rubric does not ask for, which nobody could name."""
    untold: int = 0
    """Failed proposals of which nobody says by what."""
    reason: str = ""

    @property
    def left_out(self) -> str:
        """Return in a sentence which failures are left out; empty for none."""
        parts = [
            f"{counted(self.untold, 'failure')} without a constraint that bit" if self.untold else "",
            f"{self.outside:,} by one that the rubric does not have" if self.outside else "",
        ]
        said = " and ".join(filter(None, parts))
        return f"Left out: {said}." if said else ""


def right_reason(outcomes: ForecastOutcomes, constraints: Collection[str]) -> RightReason:
    """Return how often the constraint that bit was named among the failed proposals.

    ``constraints`` are the slugs of the rubric; a blocker that is none of them counts for nothing. Of a proposal with
    several reviewers it is the share of them that is taken, so that it counts once; Wilson's limits are then at most
    too wide.
    """
    asked = frozenset(constraints)
    named, by_chance = Moments(), Moments()
    failed = untold = 0
    for outcome in outcomes:
        if outcome.survived:
            continue
        failed += 1
        untold += outcome.bit is None
        if outcome.bit in asked:
            named.add(fmean(outcome.bit in one.blockers for one in outcome.forecasts))
            by_chance.add(fmean(len(asked.intersection(one.blockers)) / len(asked) for one in outcome.forecasts))
    n = len(named)
    outside = failed - n - untold
    if not n:
        of_none = "of no failed proposal a constraint of the rubric is known to bite"
        why = of_none if failed else "nothing has failed"
        return RightReason(0, outside=outside, untold=untold, reason=f"Undefined: {why}.")
    return RightReason(n, named.mean, wilson_limits(named.mean, n), by_chance.mean, outside, untold)
