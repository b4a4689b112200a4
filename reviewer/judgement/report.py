"""All that outcomes tell of the forecasts of one reviewer, or of all: what is shown, and why the rest is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewer.domain.counted import counted
from reviewer.judgement.base_rate import BaseRate, Dot, base_rate, dots
from reviewer.judgement.corp import Corp, corp
from reviewer.judgement.enough import TOO_SMALL, OutcomeFigure, is_enough, is_provisional, missing, separable
from reviewer.judgement.means import Mean
from reviewer.judgement.recalibration import Recalibration, found_half, recalibration
from reviewer.judgement.resolved import ForecastOutcome, ForecastOutcomes
from reviewer.judgement.right_reason import RightReason, right_reason
from reviewer.judgement.scores import ForecastScore, Rule, Skill, difference, score, skill

_CLAIM = 0.05 / 2
"""Of two tests of calibration either is taken as a finding up to so much, so that both together err one time in 20."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """Scores in which each outcome counts by one over the recorded chance of having one, of those where it is known."""

    brier: ForecastScore
    log: ForecastScore
    skill: Skill


@dataclass(frozen=True, slots=True)
class ForecastReport:
    """Forecasts of one reviewer, or of several, held against ``outcomes`` outcomes.

    A figure that is not shown is None, and ``missing`` says in a sentence how many outcomes it waits for. ``brier`` is
    there from the first outcome on, below 20 of them without an interval; until then ``listed`` has each forecast.
    """

    outcomes: int
    forecasts: int
    selection: str
    """Of which proposals there are outcomes, which no figure of them can mend; empty where there is none."""
    listed: tuple[ForecastOutcome, ...] = ()
    brier: ForecastScore | None = None
    log: ForecastScore | None = None
    base_rate: BaseRate | None = None
    skill: Skill | None = None
    curve: Corp | None = None
    provisional: bool = False
    """Whether the curve is of so few outcomes that the next ones may change it."""
    dots: tuple[Dot, ...] = ()
    slope: Recalibration | None = None
    calibration: str = ""
    """In a sentence whether the forecasts are calibrated, as far as the outcomes tell."""
    right_reason: RightReason | None = None
    weighed: Weighed | None = None
    missing: Mapping[OutcomeFigure, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two reviewers on the ``outcomes`` that both forecast; below 0 the first has the better Brier score.

    ``difference`` is None where it is not shown, and ``missing`` says why. ``better`` names the better one, where there
    are enough outcomes to rank two and the interval leaves 0 out.
    """

    first: str
    second: str
    outcomes: int
    difference: Mean | None = None
    better: str | None = None
    separable: str = ""
    missing: Mapping[OutcomeFigure, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupCurve:
    """The reliability curve of a group of proposals; None where it is too small, and ``missing`` says how much."""

    outcomes: int
    curve: Corp | None = None
    missing: str = ""


def forecast_report(outcomes: ForecastOutcomes, *, constraints: Sequence[str] = ()) -> ForecastReport:
    """Return what outcomes tell of the forecasts of them; ``constraints`` are the slugs of the rubric."""
    n = len(outcomes)

    def shown(figure: OutcomeFigure) -> bool:
        return is_enough(figure, n)

    curve = corp(outcomes) if shown(OutcomeFigure.CURVE) else None
    slope = recalibration(outcomes) if shown(OutcomeFigure.SLOPE) else None
    return ForecastReport(
        n,
        len(outcomes.forecasts),
        selection=_selection(outcomes),
        listed=() if shown(OutcomeFigure.INTERVAL) else tuple(outcomes),
        brier=brier_score(outcomes) if outcomes else None,
        log=score(outcomes, Rule.LOG) if shown(OutcomeFigure.LOG_SCORE) else None,
        base_rate=base_rate(outcomes) if shown(OutcomeFigure.BASE_RATE) else None,
        skill=skill(outcomes) if shown(OutcomeFigure.SKILL) else None,
        curve=curve,
        provisional=is_provisional(n),
        dots=dots(outcomes) if shown(OutcomeFigure.CURVE) else (),
        slope=slope,
        calibration=_calibration(n, curve, slope) if shown(OutcomeFigure.CALIBRATION) else "",
        right_reason=right_reason(outcomes, constraints) if shown(OutcomeFigure.RIGHT_REASON) else None,
        weighed=_weighed(outcomes),
        missing={figure: said for figure in _OF_ONE if (said := missing(figure, n))},
    )


_OF_TWO_OR_OF_A_GROUP = (OutcomeFigure.DIFFERENCE, OutcomeFigure.RANKING, OutcomeFigure.GROUP_CURVE)
_OF_ONE = tuple(figure for figure in OutcomeFigure if figure not in _OF_TWO_OR_OF_A_GROUP)


def compare(first: str, ours: ForecastOutcomes, second: str, theirs: ForecastOutcomes) -> Compared:
    """Return how the Brier scores of two reviewers, each with their outcomes, differ on what both forecast.

    Raises:
        ValueError: when the two have what both forecast in different orders.
    """
    n = len(frozenset(ours.proposals).intersection(theirs.proposals))
    waits = {
        figure: said for figure in (OutcomeFigure.DIFFERENCE, OutcomeFigure.RANKING) if (said := missing(figure, n))
    }
    if OutcomeFigure.DIFFERENCE in waits:
        return Compared(first, second, n, separable=separable(n), missing=waits)
    found = difference(ours, theirs)
    better = None
    if found is not None and found.limits is not None and OutcomeFigure.RANKING not in waits:
        better = first if found.limits[1] < 0 else second if found.limits[0] > 0 else None
    return Compared(first, second, n, found, better, separable(n), waits)


def group_curves(groups: Mapping[str, ForecastOutcomes]) -> dict[str, GroupCurve]:
    """Return the reliability curve of each group of outcomes that is large enough for one of its own."""
    return {name: _group_curve(outcomes) for name, outcomes in groups.items()}


def _group_curve(outcomes: ForecastOutcomes) -> GroupCurve:
    n = len(outcomes)
    said = missing(OutcomeFigure.GROUP_CURVE, n)
    return GroupCurve(n, None if said else corp(outcomes), said)


def brier_score(outcomes: ForecastOutcomes) -> ForecastScore:
    """Return the Brier score, of few outcomes without an interval.

    Raises:
        ValueError: when there is no outcome to score.
    """
    found = score(outcomes, Rule.BRIER)
    if is_enough(OutcomeFigure.INTERVAL, len(outcomes)):
        return found
    bare = Mean(found.mean.value, found.mean.n, reason=f"No interval: {TOO_SMALL}.")
    return replace(found, mean=bare)


def _weighed(outcomes: ForecastOutcomes) -> Weighed | None:
    """Return the weighed scores, None where too few outcomes have a recorded chance."""
    if not is_enough(OutcomeFigure.INTERVAL, outcomes.weighed):
        return None
    return Weighed(
        score(outcomes, Rule.BRIER, weighted=True),
        score(outcomes, Rule.LOG, weighted=True),
        skill(outcomes, weighted=True),
    )


def _selection(outcomes: ForecastOutcomes) -> str:
    if not outcomes:
        return ""
    n, recorded = len(outcomes), outcomes.weighed
    mostly = "Outcomes exist mostly for proposals that were approved"
    if not recorded:
        return f"{mostly}: these figures say nothing of those that were turned down."
    known = "all" if recorded == n else f"{recorded:,}"
    chance = f"How likely a proposal was to get one was recorded for {known} of {n:,}"
    if not is_enough(OutcomeFigure.INTERVAL, recorded):
        return f"{mostly}. {chance}: too few to weigh the scores by."
    return f"{mostly}. {chance}: the weighed scores of those make up for it, the others do not."


def _calibration(n: int, curve: Corp | None, slope: Recalibration | None) -> str:
    found = []
    if curve is not None and curve.beyond_chance and curve.p <= _CLAIM:
        found.append("the curve leaves the diagonal by more than chance")
    # The mean log odds of several reviewers need not be calibrated where each of them is.
    single = slope is not None and not slope.aggregated
    if slope is not None and single and slope.p is not None and slope.p <= _CLAIM:
        found.append("intercept and slope are not 0 and 1")
    if found:
        return f"The forecasts are not calibrated: {' and '.join(found)}."
    said = f"Nothing in {counted(n, 'outcome')} speaks against calibration"
    half = found_half(n) if single and slope is not None and slope.p is not None else None
    return f"{said}." if half is None else f"{said}; a slope of one half would be found {half} times in 100."
