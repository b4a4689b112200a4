"""Whether Claude's critique helps: what changed after it, in which direction, and whether that was for the better.

A judgement is one reviewer's of one proposal. Judgements of one proposal go together, since all had the same critique,
and so do those by one reviewer, who may be quick or slow to change: both are allowed for from five reviewers on. Below
that a figure is of these reviewers, and says so.

That judgements change after a critique does not say that they change by it. What does is the comparison with proposals
that are judged without the offer, drawn by chance: there what was held in the end is scored in both, whether or not
anybody asked for the critique that was offered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import NamedTuple

from reviewer.domain.counted import counted
from reviewer.domain.intervals import Limits, critical_value
from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.clustered import (
    FOR_INTERVAL,
    Review,
    Sureness,
    in_columns,
    sureness_of_difference,
    sureness_of_mean,
)
from reviewer.judgement.enough import FROM, OutcomeFigure, are_missing, is_enough, missing
from reviewer.judgement.estimates import Estimate, wilson_limits
from reviewer.judgement.groups import mean_of
from reviewer.judgement.means import FEW, HOLDS_WITH_FEW, Mean
from reviewer.judgement.resolved import Resolved, by_outcome
from reviewer.judgement.reveals import ENOUGH, MANY, SKEWED
from reviewer.judgement.scores import Rule, difference, score

OF = "judgement"
_BY_PROPOSAL, _BY_BOTH = "errors clustered by proposal", "errors clustered by proposal and reviewer"
_THESE = (
    f"With fewer than {FOR_INTERVAL} reviewers intervals are of these reviewers: how far others would differ nobody "
    "can tell."
)


@dataclass(frozen=True, slots=True)
class CritiquedPair:
    """What one reviewer held of a proposal before Claude's critique and after it; ``survived`` where that is known.

    ``useful`` and ``not_useful`` count the items of the critique that they marked.

    Raises:
        ValueError: when a forecast is no probability.
    """

    proposal: int
    reviewer: str
    before: float | None
    after: float | None
    verdict_before: Verdict | None = None
    verdict_after: Verdict | None = None
    survived: bool | None = None
    useful: int = 0
    not_useful: int = 0

    def __post_init__(self) -> None:
        if any(p is not None and not 0 <= p <= 1 for p in (self.before, self.after)):
            raise ValueError(f"forecasts are from 0 to 1, not {self.before} and {self.after}")


@dataclass(frozen=True, slots=True)
class OfferedForecast:
    """A forecast as it was held in the end, of a proposal that chance put among those with the offer or without."""

    resolved: Resolved
    offered: bool


def effect_figures(pairs: Sequence[CritiquedPair], judged: int) -> tuple[Estimate, ...]:
    """Return what changed after the critiques that were shown, of ``judged`` judgements; what is missing says why."""
    return (*_changes(pairs, judged), *_marks(pairs), *_scored(pairs))


def _changes(pairs: Sequence[CritiquedPair], judged: int) -> Iterator[Estimate]:
    shown = "number of judgements of whose proposal its reviewer had Claude's critique before them"
    yield Estimate("with Claude's questions", shown, judged, OF, len(pairs))
    verdicts = [
        (Review(0, p.proposal, p.reviewer), p.verdict_before, p.verdict_after)
        for p in pairs
        if p.verdict_before is not None and p.verdict_after is not None
    ]
    for name, changed in _VERDICTS.items():
        yield _share(name, [of._replace(score=float(changed(a, b))) for of, a, b in verdicts])
    moved = [
        Review(100 * (p.after - p.before), p.proposal, p.reviewer)
        for p in pairs
        if p.before is not None and p.after is not None
    ]
    yield _share("forecast changed after", [one._replace(score=float(one.score != 0)) for one in moved])
    yield _mean("change of the forecast", "mean of after − before, in per cent points", moved)
    sizes = [one._replace(score=abs(one.score)) for one in moved]
    yield _mean("size of the change", "mean of its size, in per cent points", sizes)


_PLACES = {Verdict.FAILS: 0, Verdict.CONDITIONAL: 1, Verdict.SURVIVES: 2}
"""That one cannot tell is on no side."""


def _moved(before: Verdict, after: Verdict) -> int:
    """Return how far a verdict moved towards survives; 0 too where it is on no side before or after."""
    if before not in _PLACES or after not in _PLACES:
        return 0
    return _PLACES[after] - _PLACES[before]


_VERDICTS: Mapping[str, Callable[[Verdict, Verdict], bool]] = {
    "verdict changed after": lambda before, after: before is not after,
    "verdict towards fails": lambda before, after: _moved(before, after) < 0,
    "verdict towards survives": lambda before, after: _moved(before, after) > 0,
}


def _share(name: str, reviews: Sequence[Review], of: str = OF) -> Estimate:
    """Return a share with Wilson's interval of as many as these tell, since those of one proposal go together."""
    told, how, caution = _told(reviews)
    method = f"share of {of}s; Wilson interval of the effective number, {how}"
    if (too_few := _too_few(reviews)) is not None:
        return Estimate(name, method, len(reviews), of, reason=too_few)
    found = mean_of([one.score for one in told])
    share = fmean(one.score for one in told)
    if not found.deviation:
        limits = wilson_limits(share, _proposals(reviews))
        return Estimate(name, method, len(reviews), of, share, limits, caution=caution)
    sure = sureness_of_mean(found, *in_columns(told))
    if sure.limits is None:
        return Estimate(name, method, len(reviews), of, share, reason=sure.reason)
    limits = wilson_limits(share, _effective(share, sure.limits, len(reviews)))
    return Estimate(name, method, len(reviews), of, share, limits, caution=caution)


def _effective(share: float, limits: Limits, n: int) -> float:
    """Return of how many independent ones a share of ``n`` would be as sure (Korn and Graubard 1998), at most of all.

    Where they are independent that is ``n`` itself.
    """
    half = (limits[1] - limits[0]) / 2
    if not half:
        return n
    return min(n, 1 + share * (1 - share) * (critical_value(n - 1) / half) ** 2)


def _mean(name: str, method: str, reviews: Sequence[Review]) -> Estimate:
    told, how, caution = _told(reviews)
    method, n = f"{method}; t interval, {how}", len(reviews)
    if (too_few := _too_few(reviews)) is not None:
        return Estimate(name, method, n, OF, reason=too_few)
    found = mean_of([one.score for one in told])
    if not found.deviation:
        return Estimate(name, method, n, OF, found.mean, reason=f"No interval: all {counted(n, OF)} give the same.")
    sure = sureness_of_mean(found, *in_columns(told))
    if sure.limits is not None and _proposals(reviews) < MANY:
        caution = " ".join(filter(None, (SKEWED, caution)))
    return Estimate(name, method, n, OF, found.mean, sure.limits, sure.reason, caution if sure.limits else "")


class _Told(NamedTuple):
    """Reviews as their sureness takes them, how that is had, and what has to be known of it."""

    reviews: Sequence[Review]
    how: str
    caution: str


def _told(reviews: Sequence[Review]) -> _Told:
    reviewers = {one.reviewer for one in reviews}
    if len(reviewers) >= FOR_INTERVAL:
        return _Told(reviews, _BY_BOTH, "")
    # Of few reviewers nothing tells how others would vary, so that theirs are not taken together.
    return _Told(_each_alone(reviews), _BY_PROPOSAL, _THESE if len(reviewers) > 1 else "")


def _each_alone(reviews: Sequence[Review]) -> list[Review]:
    return [one._replace(reviewer=(place, one.proposal)) for place, one in enumerate(reviews)]


def _proposals(reviews: Iterable[Review]) -> int:
    return len({one.proposal for one in reviews})


def _too_few(reviews: Sequence[Review]) -> str | None:
    n = _proposals(reviews)
    return f"It is shown from {ENOUGH} proposals on: {are_missing(ENOUGH - n, 'proposal')}." if n < ENOUGH else None


def _marks(pairs: Sequence[CritiquedPair]) -> Iterator[Estimate]:
    marked = [
        Review(score, p.proposal, p.reviewer)
        for p in pairs
        for score, many in ((1.0, p.useful), (0.0, p.not_useful))
        for _ in range(many)
    ]
    of, n = "marked item", len(marked)
    useful = sum(one.score > 0 for one in marked)
    yield Estimate("marked useful", "number of items that were marked so", n, of, useful)
    yield Estimate("marked not useful", "number of items that were marked so", n, of, n - useful)
    if marked:
        yield _share("share marked useful", marked, of)


_LOSSES = {
    Rule.BRIER: "mean over outcomes of (forecast − outcome)², less is better; t interval",
    Rule.LOG: "mean over outcomes of −ln of what was given to what came, less is better; t interval",
}
_PAIRED = "paired difference of forecasts that changed, after − before, below 0 better after; t interval"


def _scored(pairs: Sequence[CritiquedPair]) -> Iterator[Estimate]:
    """Yield how forecasts that changed scored before and after."""
    changed = [p for p in pairs if p.survived is not None and None not in (p.before, p.after) and p.before != p.after]
    before = by_outcome(_resolved(p, p.before) for p in changed)
    after = by_outcome(_resolved(p, p.after) for p in changed)
    n = len(before)
    for rule in Rule:
        name = f"change of the {rule}"
        if not is_enough(OutcomeFigure.DIFFERENCE, n):
            why = missing(OutcomeFigure.DIFFERENCE, n).replace("two reviewers", "before and after")
            yield Estimate(name, _PAIRED, n, "outcome", reason=why)
            continue
        yield _of_mean(f"{rule} before", _LOSSES[rule], score(before, rule).mean)
        yield _of_mean(f"{rule} after", _LOSSES[rule], score(after, rule).mean)
        paired = difference(after, before, rule)
        if paired is not None:
            yield _of_mean(name, _PAIRED, paired)


def _resolved(pair: CritiquedPair, forecast: float | None) -> Resolved:
    if forecast is None or pair.survived is None:
        raise ValueError(f"{pair.reviewer} has nothing to be scored of {pair.proposal}")
    return Resolved(pair.proposal, pair.reviewer, forecast, pair.survived)


def _of_mean(name: str, method: str, mean: Mean) -> Estimate:
    return Estimate(name, method, mean.n, "outcome", mean.value, mean.limits, mean.reason, mean.caution)


def offer_figures(forecasts: Sequence[OfferedForecast]) -> tuple[Estimate, ...]:
    """Return how forecasts scored on proposals with the offer and without it, as chance put them."""
    return tuple(figure for rule in Rule for figure in _compared(forecasts, rule))


def _compared(forecasts: Sequence[OfferedForecast], rule: Rule) -> Iterator[Estimate]:
    arms = [by_outcome(each.resolved for each in forecasts if each.offered is offered) for offered in (True, False)]
    fewest, n = min(map(len, arms)), sum(map(len, arms))
    name = f"{rule} with the offer − without"
    method = "difference of means over outcomes, below 0 better with it; t interval"
    if not is_enough(OutcomeFigure.DIFFERENCE, fewest):
        least = FROM[OutcomeFigure.DIFFERENCE]
        why = f"It is shown from {least} outcomes with the offer and {least} without on: there are {len(arms[0])} and "
        yield Estimate(name, method, n, "outcome", reason=f"{why}{len(arms[1])}.")
        return
    for words, arm in zip(("with the offer", "without the offer"), arms, strict=True):
        yield _of_mean(f"{rule} {words}", _LOSSES[rule], score(arm, rule).mean)
    ours, theirs = (
        [
            Review(rule.of(one.forecast, arm.survived), one.proposal, one.reviewer)
            for arm in each
            for one in arm.forecasts
        ]
        for each in arms
    )
    value = score(arms[0], rule).mean.value - score(arms[1], rule).mean.value
    sure, how, caution = _sure_of_arms(ours, theirs)
    if sure.limits and fewest < FEW:
        caution = " ".join(filter(None, (HOLDS_WITH_FEW, caution)))
    yield Estimate(name, f"{method}, {how}", n, "outcome", value, sure.limits, sure.reason, caution)


def _sure_of_arms(ours: Sequence[Review], theirs: Sequence[Review]) -> tuple[Sureness, str, str]:
    """Return how sure the difference of two arms is, how that is had, and what has to be known of it.

    Their proposals differ; of reviewers either arm has to have enough.
    """
    told = _told(ours), _told(theirs)
    if all(len({one.score for one in arm}) == 1 for arm in (ours, theirs)):
        return Sureness(reason="No interval: neither with the offer nor without do scores differ."), _BY_PROPOSAL, ""
    if all(each.how == _BY_BOTH for each in told):
        return sureness_of_difference(*in_columns(ours, theirs), of_proposals=True), _BY_BOTH, ""
    alone = sureness_of_difference(*in_columns(_each_alone(ours), _each_alone(theirs)), of_proposals=True)
    several = len({one.reviewer for arm in (ours, theirs) for one in arm}) > 1
    return alone, _BY_PROPOSAL, _THESE if several else ""
