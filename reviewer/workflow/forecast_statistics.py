"""What outcomes say of the forecasts that a viewer may see: scores, differences, aggregates, and blockers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from reviewer.domain.counted import counted
from reviewer.domain.outcomes import ForecastCounts, HeldForecast, LeftOut
from reviewer.judgement.aggregate import aggregate, learn_extremising
from reviewer.judgement.enough import OutcomeFigure, missing, separable
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.forecast_figures import figure_of_two, figures_of
from reviewer.judgement.report import compare, forecast_report
from reviewer.judgement.resolved import Resolved
from reviewer.workflow.ledger import LedgerRow
from reviewer.workflow.statistic_sections import ListedForecast, Section, SectionKind, Viewer

AGGREGATE = "geometric mean of odds"


def forecast_sections(rows: Sequence[LedgerRow], slugs: Sequence[str], viewer: Viewer) -> Iterator[Section]:
    """Yield what is told of forecasts, the viewer's own first; ``slugs`` are those of the constraints."""
    held = [one for row in rows for one in row.forecasts]
    by_reviewer: dict[str, list[HeldForecast]] = defaultdict(list)
    for one in held:
        by_reviewer[one.reviewer].append(one)
    names = sorted(by_reviewer, key=lambda name: (name != viewer.name, name))
    if viewer.name and viewer.name not in by_reviewer and not viewer.everyone:
        names.insert(0, viewer.name)
    resolved = {name: [_resolved(one) for one in by_reviewer[name] if one.left_out is None] for name in names}
    for name in names:
        yield _of_reviewer(name, by_reviewer[name], resolved[name], rows, slugs)
    yield _of_all(held, [one for name in names for one in resolved[name]], slugs)
    if section := _differences(resolved):
        yield section
    yield _aggregation(held)


def _resolved(held: HeldForecast) -> Resolved:
    if held.forecast is None:
        raise ValueError(f"{held.reviewer} held no forecast of {held.method_id}")
    return Resolved(
        held.method_id, held.reviewer, held.forecast, held.result.score == 1,
        weight=1 / held.chosen_with if held.chosen_with else None, blockers=held.blockers, bit=held.constraint or None,
    )  # fmt: skip


def _of_reviewer(
    name: str, held: Sequence[HeldForecast], resolved: Sequence[Resolved], rows: Sequence[LedgerRow],
    slugs: Sequence[str],
) -> Section:  # fmt: skip
    report = forecast_report(resolved, constraints=slugs)
    entries = {row.entry.method_id: row.entry for row in rows} if report.listed else {}
    listed = tuple(
        ListedForecast(entries[o.proposal].namespace, entries[o.proposal].external_id, one.forecast, o.survived)
        for o in report.listed
        for one in o.forecasts
    )
    told = tuple(filter(None, (report.selection, report.calibration)))
    return Section(
        SectionKind.FORECASTS, name, (*figures_of(report), *_counts(held)), told, listed, report.curve
    )  # fmt: skip


def _of_all(held: Sequence[HeldForecast], resolved: Sequence[Resolved], slugs: Sequence[str]) -> Section:
    report = forecast_report(resolved, constraints=slugs)
    told = tuple(filter(None, (report.selection, report.calibration)))
    return Section(SectionKind.FORECASTS, "", (*figures_of(report), *_counts(held)), told, curve=report.curve)


_LEFT_OUT = {
    LeftOut.NO_FORECAST: "judgements without a forecast by the time that something could be seen",
    LeftOut.MADE_AFTERWARDS: "forecasts first given when the outcome, or a number from production, could be seen",
    LeftOut.PARTLY: "forecasts of what survived in part",
    LeftOut.WITHDRAWN: "forecasts of what was withdrawn",
}


def _counts(held: Sequence[HeldForecast]) -> Iterator[Estimate]:
    """Yield how many forecasts are scored, and how many are left out, by the reason."""
    if not held:
        return
    counts, n = ForecastCounts(), len(held)
    for one in held:
        counts.add(one)
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
        "scored, given late", "number given after the day of the outcome, before anybody entered it", scored, of,
        counts.after_the_fact,
    )  # fmt: skip
    yield Estimate(
        "scored, of an earlier text", "number given on another revision than the one that counts now", scored, of,
        counts.earlier_text,
    )  # fmt: skip


def _differences(resolved: Mapping[str, Sequence[Resolved]]) -> Section | None:
    """Return how each two reviewers differ who forecast something in common; None where none did."""
    every = [compare((*resolved[a], *resolved[b]), a, b) for a, b in combinations(resolved, 2)]
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


def _aggregation(held: Sequence[HeldForecast]) -> Section:
    """Return how good the aggregate of each proposal's forecasts was, and how far it is to be moved."""
    forecasts: dict[int, list[float]] = defaultdict(list)
    survived: dict[int, bool] = {}
    for one in held:
        if one.left_out is None and one.forecast is not None:
            forecasts[one.method_id].append(one.forecast)
            survived[one.method_id] = one.result.score == 1
    found = {method_id: aggregate(several) for method_id, several in forecasts.items()}
    past = {method_id: one.odds_mean for method_id, one in found.items() if one is not None}
    scored = forecast_report(Resolved(method_id, AGGREGATE, p, survived[method_id]) for method_id, p in past.items())
    moved = learn_extremising((p, survived[method_id]) for method_id, p in past.items())
    several = sum(len(each) > 1 for each in forecasts.values())
    brier = figures_of(scored)[0]
    factor = Estimate(
        "factor from the base rate", "posterior mode of the extremising factor; middle 95 % of the posterior",
        moved.outcomes, "outcome", moved.a, moved.limits, moved.reason, moved.caution,
    )  # fmt: skip
    told = f"Of {counted(len(past), 'outcome')} {several:,} {'has' if several == 1 else 'have'} more than one forecast."
    return Section(
        SectionKind.AGGREGATION, AGGREGATE, (brier, factor),
        (told, *((moved.sentence,) if moved.a is not None else ())) if past else (),
    )  # fmt: skip
