"""What is told of forecasts as figures of one kind, each with its name, n, interval and method."""

from collections.abc import Iterator

from reviewer.domain.counted import counted
from reviewer.domain.log_odds import percent
from reviewer.judgement.base_rate import BaseRate, Dot
from reviewer.judgement.corp import CHANCE, Corp
from reviewer.judgement.enough import PROVISIONAL, OutcomeFigure, missing
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.means import Mean
from reviewer.judgement.recalibration import Recalibration
from reviewer.judgement.report import Compared, ForecastReport, brier_score
from reviewer.judgement.resolved import ForecastOutcomes
from reviewer.judgement.right_reason import RightReason
from reviewer.judgement.scores import ForecastScore, Rule, Skill

_OF = "outcome"

_RULES = {
    Rule.BRIER: "mean over outcomes of (forecast − outcome)², less is better",
    Rule.LOG: "mean over outcomes of −ln of what was given to what came, less is better",
}
_T = "t interval"
_WILSON = "Wilson interval"
_WEIGHED = "each outcome by one over its recorded chance"
_CORP = "CORP: isotonic recalibration of the Brier score"
_COX = "logistic regression of outcomes on log odds"
_PROFILE = "profile likelihood interval"
_SKILL = "1 − Brier score over that of the base rate; Fieller interval"


def figures_of(report: ForecastReport) -> tuple[Estimate, ...]:
    """Return all figures of a report, in the order in which they are shown; what waits for outcomes says for how many.

    The points of the reliability curve are none of them: what is around these is no interval.
    """
    return tuple(_figures(report))


def brier_figure(outcomes: ForecastOutcomes) -> Estimate:
    """Return the Brier score alone, in the way in which it is shown."""
    if not outcomes:
        return _NO_SCORE
    return next(_scores(brier_score(outcomes), missing(OutcomeFigure.INTERVAL, len(outcomes))))


def _figures(report: ForecastReport) -> Iterator[Estimate]:
    waits = report.missing
    if report.brier is None:
        yield _NO_SCORE
        return
    yield from _scores(report.brier, waits.get(OutcomeFigure.INTERVAL, ""))
    n = report.outcomes
    if report.log is None:
        yield _absent("log score", f"{_RULES[Rule.LOG]}; {_T}", n, waits[OutcomeFigure.LOG_SCORE])
    else:
        yield from _scores(report.log)
    if report.skill is None:
        yield _absent("skill", _SKILL, n, waits[OutcomeFigure.SKILL])
    else:
        yield _skill(report.skill)
    if report.weighed is not None:
        yield Estimate(
            "effective number of outcomes", "(sum of weights)² over the sum of squared weights (Kish 1965)",
            report.weighed.brier.mean.n, _OF, report.weighed.brier.effective,
        )  # fmt: skip
        for score in (report.weighed.brier, report.weighed.log):
            yield from _scores(score)
        yield _skill(report.weighed.skill, weighed=True)
    if report.base_rate is None:
        yield _absent("base rate", f"share that survived; {_WILSON}", n, waits[OutcomeFigure.BASE_RATE])
    else:
        yield from _base_rate(report.base_rate)
    if report.curve is None:
        yield _absent("miscalibration (MCB)", _CORP, n, waits[OutcomeFigure.CURVE])
    else:
        yield from _curve(report.curve, provisional=report.provisional)
        yield from map(_dot, report.dots)
    if report.slope is None:
        yield _absent("Cox slope", f"{_COX}; {_PROFILE}", n, waits[OutcomeFigure.SLOPE])
    else:
        yield from _slope(report.slope)
    if report.right_reason is None:
        yield _absent(_RIGHT, f"{_RIGHT_METHOD}; {_WILSON}", n, waits[OutcomeFigure.RIGHT_REASON])
    else:
        yield from _right_reason(report.right_reason)


def _absent(name: str, method: str, n: int, reason: str, of: str = _OF) -> Estimate:
    return Estimate(name, method, n, of, reason=reason)


_NO_SCORE = _absent("Brier score", f"{_RULES[Rule.BRIER]}; {_T}", 0, "No score: there is no outcome to score.")


def _of_mean(name: str, method: str, mean: Mean, *, missing: str = "", caution: str = "") -> Estimate:
    said = [_joined(mean.reason, missing), _joined(mean.caution, caution)]
    return Estimate(name, method, mean.n, _OF, mean.value, mean.limits, *said)


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _scores(score: ForecastScore, missing: str = "") -> Iterator[Estimate]:
    """Yield a score, then those of who says one half each time, and of who says the base rate of the others."""
    weighed = "weighed " if score.weighted else ""
    method = f"{_RULES[score.rule]}{f'; {_WEIGHED}' if weighed else ''}"
    caution = ""
    if score.clipped:
        verb = "counts" if score.clipped == 1 else "count"
        clipped = f"{counted(score.clipped, 'forecast')} nearer to 0 or 1 than .01 {verb} as .01 or .99"
        caution = f"In the {weighed}{score.rule} {clipped}."
    name = f"{weighed}{score.rule}"
    yield _of_mean(name, f"{method}; {_T}", score.mean, missing=missing, caution=caution)
    n = score.mean.n
    yield Estimate(f"{name} of always 0.5", "the same of 0.5 each time", n, _OF, score.even)
    yield Estimate(
        f"{name} of the base rate", "the same of the share of the others that survived", n, _OF, score.base_rate,
        reason=score.reason,
    )  # fmt: skip


def _skill(skill: Skill, *, weighed: bool = False) -> Estimate:
    name, method = ("weighed skill", f"{_SKILL}; {_WEIGHED}") if weighed else ("skill", _SKILL)
    return Estimate(name, method, skill.n, _OF, skill.value, skill.limits, skill.reason, skill.caution)


def _base_rate(rate: BaseRate) -> Iterator[Estimate]:
    yield Estimate("base rate", f"share that survived; {_WILSON}", rate.n, _OF, rate.share, rate.limits)
    yield Estimate(
        "mean forecast", "mean over outcomes, of each the mean forecast", rate.n, _OF, rate.mean_forecast,
        caution=rate.told,
    )  # fmt: skip


def _curve(curve: Corp, *, provisional: bool) -> Iterator[Estimate]:
    n, caution = curve.outcomes, f"The reliability curve is {PROVISIONAL}." if provisional else ""
    for name, value in (
        ("miscalibration (MCB)", curve.miscalibration),
        ("discrimination (DSC)", curve.discrimination),
        ("uncertainty (UNC)", curve.uncertainty),
    ):
        yield Estimate(name, _CORP, n, _OF, value, caution=caution)
    beyond = "is beyond chance" if curve.beyond_chance else "may be chance"
    told = f"19 of 20 calibrated forecasters show a miscalibration of {curve.by_chance:.3f} at most: this one {beyond}."
    yield Estimate("p of the miscalibration", _SIMULATED, n, _OF, curve.p, caution=told)


_SIMULATED = f"share of simulated calibrated forecasters with as much or more; beyond chance up to {CHANCE:g}"


def _dot(dot: Dot) -> Estimate:
    name, method = (
        f"survived of {percent(dot.low)} to {percent(dot.high)}",
        "share that survived of what was forecast so",
    )
    return Estimate(name, f"{method}; {_WILSON}", dot.rate.n, _OF, dot.rate.share, dot.rate.limits)


def _slope(slope: Recalibration) -> Iterator[Estimate]:
    caution = (
        "It is of the mean log odds of several reviewers, which need not be calibrated where each of them is."
        if slope.aggregated
        else ""
    )
    for name, value, limits in (
        ("Cox slope", slope.slope, slope.slope_limits),
        ("Cox intercept", slope.intercept, slope.intercept_limits),
    ):
        yield Estimate(
            name, f"{_COX}; {_PROFILE}", slope.outcomes, _OF, value, limits, slope.reason, caution if limits else ""
        )
    yield Estimate(
        "p of calibration", "likelihood ratio test of slope 1 and intercept 0", slope.outcomes, _OF, slope.p,
        reason=slope.reason,
    )  # fmt: skip


_RIGHT = "right blocker named"
_RIGHT_METHOD = "share of the failed of which the constraint that bit had been called a blocker"


def _right_reason(found: RightReason) -> Iterator[Estimate]:
    of = "failed proposal"
    yield Estimate(
        _RIGHT, f"{_RIGHT_METHOD}; {_WILSON}", found.failed, of, found.share, found.limits, found.reason, found.left_out
    )
    yield Estimate(
        f"{_RIGHT} by chance", "the same of as many blockers at random", found.failed, of, found.by_chance,
        reason=found.reason,
    )  # fmt: skip


def figure_of_two(compared: Compared) -> Estimate:
    """Return how two reviewers' Brier scores differ, below 0 where the first has the better one."""
    name = f"Brier score of {compared.first} minus that of {compared.second}"
    method = f"mean of paired differences on what both forecast; {_T}"
    if compared.difference is None:
        return _absent(name, method, compared.outcomes, compared.missing.get(OutcomeFigure.DIFFERENCE, ""))
    return _of_mean(name, method, compared.difference)
