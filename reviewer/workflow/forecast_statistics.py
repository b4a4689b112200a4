"""What outcomes say of the forecasts that a viewer may see: scores, differences, aggregates, and blockers."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from reviewer.domain.counted import counted
from reviewer.domain.outcomes import ForecastCounts, LeftOut
from reviewer.judgement.aggregate import learn_extremising
from reviewer.judgement.enough import OutcomeFigure, missing, separable
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.forecast_figures import brier_figure, figure_of_two, figures_of
from reviewer.judgement.report import compare, forecast_report
from reviewer.judgement.resolved import ForecastOutcomes, Resolved
from reviewer.workflow.gathered_forecasts import ForecastsOfOne, GatheredForecasts
from reviewer.workflow.statistic_sections import ListedForecast, Section, SectionKind, Viewer

AGGREGATE = "geometric mean of odds"


def forecast_sections(gathered: GatheredForecasts, slugs: Sequence[str], viewer: Viewer) -> Iterator[Section]:
    """Yield what is told of forecasts, the viewer's own first; ``slugs`` are those of the constraints."""
    # Of others who forecast nothing, as most in a file of reviews, there is nothing to be told.
    told = (name for name, held in gathered.by_reviewer.items() if name == viewer.name or _forecast_anything(held))
    names = sorted(told, key=lambda name: (name != viewer.name, name))
    parts = gathered.outcomes.by_reviewer()
    if viewer.name and viewer.name not in names and not viewer.everyone:
        yield _of_reviewer(ForecastsOfOne(viewer.name), ForecastOutcomes(), slugs)
    for name in names:
        yield _of_reviewer(gathered.by_reviewer[name], parts.get(name, ForecastOutcomes()), slugs)
    yield _of_all(gathered, slugs)
    if section := _differences([(name, parts[name]) for name in names if name in parts]):
        yield section
    yield _aggregation(gathered)


def _forecast_anything(held: ForecastsOfOne) -> bool:
    return held.counts.n > held.counts.left_out[LeftOut.NO_FORECAST]


def _of_reviewer(held: ForecastsOfOne, outcomes: ForecastOutcomes, slugs: Sequence[str]) -> Section:
    report = forecast_report(outcomes, constraints=slugs)
    listed = tuple(
        ListedForecast(*held.named[o.proposal], one.forecast, o.survived) for o in report.listed for one in o.forecasts
    )
    told = tuple(filter(None, (_around_critiques(held.counts), report.selection, report.calibration)))
    figures = (*figures_of(report), *_counts(held.counts))
    return Section(SectionKind.FORECASTS, held.reviewer, figures, told, listed, report.curve)


def _of_all(gathered: GatheredForecasts, slugs: Sequence[str]) -> Section:
    report = forecast_report(gathered.outcomes, constraints=slugs)
    told = tuple(filter(None, (_around_critiques(gathered.counts), report.selection, report.calibration)))
    figures = (*figures_of(report), *_counts(gathered.counts))
    return Section(SectionKind.FORECASTS, "", figures, told, curve=report.curve)


_LEFT_OUT = {
    LeftOut.NO_FORECAST: "judgements without a forecast by the time that something could be seen",
    LeftOut.MADE_AFTERWARDS: "forecasts first given when the outcome, or a number from production, could be seen",
    LeftOut.AFTER_CRITIQUE: "forecasts first given after Claude's questions",
    LeftOut.PARTLY: "forecasts of what survived in part",
    LeftOut.WITHDRAWN: "forecasts of what was withdrawn",
}


def _around_critiques(counts: ForecastCounts) -> str:
    """Return in a sentence how many forecasts that were given after Claude's critique are not scored, or are."""
    if n := counts.unscored_after_critique:
        are, them = ("is", "it") if n == 1 else ("are", "them")
        return (
            f"{counted(n, 'forecast')} given after Claude's questions {are} not scored; `reviewer stats "
            f"--after-claude` scores {them}."
        )
    if n := counts.given_after_critique:
        are = "is" if n == 1 else "are"
        return f"{counted(n, 'forecast')} given after Claude's questions {are} scored, as --after-claude asks."
    return ""


def _counts(counts: ForecastCounts) -> Iterator[Estimate]:
    """Yield how many forecasts are scored, and how many are left out, by the reason."""
    n = counts.n
    if not n:
        return
    of = "judgement"
    yield Estimate("scored", "number of forecasts held before anything could be seen", n, of, counts.scored)
    for why, what in _LEFT_OUT.items():
        yield Estimate(f"left out: {why.replace('_', ' ')}", f"number of {what}", n, of, counts.left_out[why])
    scored, of = counts.scored, "forecast"
    yield Estimate(
        "scored, changed later", "number of which another one was given later, which is not scored", scored, of,
        counts.changed_afterwards,
    )  # fmt: skip
    yield Estimate(
        "scored, changed after critique", "number of which another one was held after Claude's questions, not scored",
        scored, of, counts.changed_after_critique,
    )  # fmt: skip
    yield Estimate(
        "scored, given late", "number given after the day of the outcome, before anybody entered it", scored, of,
        counts.after_the_fact,
    )  # fmt: skip
    yield Estimate(
        "scored, of an earlier text", "number given on another revision than the one that counts now", scored, of,
        counts.earlier_text,
    )  # fmt: skip


def _differences(reviewers: Sequence[tuple[str, ForecastOutcomes]]) -> Section | None:
    """Return how each two reviewers differ who forecast something in common; None where none did."""
    every = [compare(*one, *other) for one, other in combinations(reviewers, 2)]
    common = [compared for compared in every if compared.outcomes]
    if not common:
        return None
    shown = [compared for compared in common if compared.difference is not None]
    told = [f"{one.better} has the better Brier score of {one.first} and {one.second}." for one in shown if one.better]
    told += _waiting([one.outcomes for one in shown if OutcomeFigure.RANKING in one.missing], OutcomeFigure.RANKING)
    told += _waiting([one.outcomes for one in common if one.difference is None], OutcomeFigure.DIFFERENCE)
    told.append(separable(max(compared.outcomes for compared in common)))
    return Section(SectionKind.DIFFERENCES, "", tuple(map(figure_of_two, shown)), tuple(told))


def _waiting(outcomes: Sequence[int], figure: OutcomeFigure) -> Iterator[str]:
    """Yield in a sentence for how many pairs of reviewers a figure waits; nothing where it waits for none."""
    if outcomes:
        most, pairs = max(outcomes), counted(len(outcomes), "pair")
        have = f"{pairs} of reviewers {'has' if len(outcomes) == 1 else 'have at most'} {most:,} in common"
        yield f"{missing(figure, most)[:-1]} ({have})."


def _aggregation(gathered: GatheredForecasts) -> Section:
    """Return how good the aggregate of each proposal's forecasts was, and how far it is to be moved."""
    scored = ForecastOutcomes()
    for proposal, forecast, survived in gathered.together():
        scored.add((Resolved(proposal, AGGREGATE, forecast, survived),))
    moved = learn_extremising((forecast, survived) for _, forecast, survived in gathered.together())
    brier = brier_figure(scored)
    factor = Estimate(
        "factor from the base rate", "posterior mode of the extremising factor; middle 95 % of the posterior",
        moved.outcomes, "outcome", moved.a, moved.limits, moved.reason, moved.caution,
    )  # fmt: skip
    n, several = len(scored), gathered.several
    told = f"Of {counted(n, 'outcome')} {several:,} {'has' if several == 1 else 'have'} more than one forecast."
    return Section(
        SectionKind.AGGREGATION, AGGREGATE, (brier, factor),
        (told, *((moved.sentence,) if moved.a is not None else ())) if n else (),
    )  # fmt: skip
