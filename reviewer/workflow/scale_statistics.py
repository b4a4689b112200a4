"""What judgements from elsewhere come to on each of their scales: agreement, means, groups, and how scales go together.

Each reviewer's current judgement of a proposal counts once, however often a file had it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from reviewer.domain.counted import counted
from reviewer.domain.scales import Scale
from reviewer.judgement.agreement import agreement_of
from reviewer.judgement.clustered import (
    CLUSTERED,
    Review,
    sureness_of_correlation,
    sureness_of_difference,
    sureness_of_mean,
)
from reviewer.judgement.correlation import Coefficient, correlation_of
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.groups import Contrast, GroupMean, by_group, mean_of, unit_means
from reviewer.judgement.tallies import RatingScale, ScaleKind, tallied
from reviewer.store.annotations import Connection
from reviewer.store.imported_judgements import scales_of
from reviewer.store.scale_scores import Scored, scored_judgements
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

MOST_GROUPS = 8
"""Of more groups no two are held against one another: of so many tests some find something where nothing is."""

AGENT = "agent"
"""The group that every proposal is in, beside those that the file names."""

REVIEW, PROPOSAL = "review", "proposal"

NOT_INDEPENDENT = (
    "Standard errors, p and degrees of freedom take scores as independent. Several by one reviewer or of one proposal "
    "are not: of such the errors and p are too small, which the intervals allow for."
)
"""What stands beside figures of which some are as the usual tests have them."""


def scale_sections(connection: Connection, problem_id: int, viewer: Viewer) -> Iterator[Section]:
    """Yield for each scale a section, one more for each way to group its reviews, and one on how scales go together."""
    scales = scales_of(connection, problem_id)
    if not scales:
        return
    scored = list(scored_judgements(connection, problem_id, viewer.sees_of))
    named = [(scale, [one for one in scored if row_id in one.scores], row_id) for row_id, scale in scales.values()]
    for scale, reviews, row_id in named:
        yield _of_scale(scale, reviews, row_id)
        if scale.kind != "nominal":
            yield from _by_groups(scale, reviews, row_id)
    if section := _correlations(scales, scored):
        yield section


def _of_scale(scale: Scale, reviews: Sequence[Scored], row_id: int) -> Section:
    values = [one.scores[row_id] for one in reviews]
    every = [Review(one.scores[row_id], one.method_id, one.reviewer_id) for one in reviews]
    rating = rating_scale(scale, values)
    places = {value: place for place, value in enumerate(rating.values)}
    agreement = agreement_of(tallied(rating, ((one.method_id, places[one.scores[row_id]]) for one in reviews)))
    # AC1 hangs on how many categories there are, which is said of words alone.
    figures = [*agreement.figures] if scale.words else [agreement.percent, agreement.alpha]
    if scale.kind != "nominal":
        figures += _mean(mean_of(values), "mean", REVIEW, every)
        means = unit_means((one.proposal, one.score) for one in every)
        figures += _mean(mean_of(list(means.values())), "mean of proposals", PROPOSAL, every)
    told = f"The scale is {scale.said}; its judgements were made elsewhere."
    cautions = () if scale.kind == "nominal" else (NOT_INDEPENDENT,)
    return Section(SectionKind.SCALES, scale.name, tuple(figures), (told, *agreement.of_same_reviewers, *cautions))


def rating_scale(scale: Scale, values: Sequence[float]) -> RatingScale:
    """Return a declared scale as agreement takes it: its words, or its ends and what was scored between them."""
    kind = ScaleKind(scale.kind)
    if scale.words:
        return RatingScale(kind, scale.words)
    used = sorted({scale.lowest or 0.0, scale.highest or 0.0, *values})
    # All digits, since two scores that differ in the last one alone are two.
    return RatingScale(kind, tuple(repr(value).removesuffix(".0") for value in used), tuple(used))


def _mean(found: GroupMean, name: str, of: str, reviews: Sequence[Review]) -> Iterator[Estimate]:
    sure = sureness_of_mean(found, reviews, of_proposals=of == PROPOSAL)
    yield Estimate(name, f"mean of {of}s; {CLUSTERED}", found.n, of, found.mean, sure.limits, sure.reason)
    if found.standard_error is not None:
        yield Estimate(
            f"standard error of the {name}", "standard deviation over √n", found.n, of, found.standard_error,
        )  # fmt: skip


def _by_groups(scale: Scale, reviews: Sequence[Scored], row_id: int) -> Iterator[Section]:
    """Yield a section for each way to group, by single reviews and by the means of proposals."""
    ways: dict[str, Callable[[Scored], str]] = {
        name: lambda one, name=name: one.groups.get(name, "")  # type: ignore[misc]
        for name in sorted({name for one in reviews for name in one.groups})
    }
    ways.setdefault(AGENT, lambda one: one.agent)
    for name, group_of in ways.items():
        rows = [(group_of(one), one) for one in reviews]
        groups = {group for group, _ in rows if group}
        if len(groups) < 2:
            continue
        of = f"{scale.name} by {name}"
        if len(groups) > MOST_GROUPS:
            told = (
                f"There are {counted(len(groups), 'group')}; more than {MOST_GROUPS} are not held against each other."
            )
            yield Section(SectionKind.SCALES, of, sentences=(told,))
            continue
        of_groups: dict[str, list[Review]] = {}
        for group, one in rows:
            if group:
                of_groups.setdefault(group, []).append(Review(one.scores[row_id], one.method_id, one.reviewer_id))
        single = [(group, one.score) for group, own in of_groups.items() for one in own]
        yield _grouped(of, single, REVIEW, of_groups)
        units = {group: unit_means((one.proposal, one.score) for one in own) for group, own in of_groups.items()}
        means = [(group, mean) for group, own in units.items() for mean in own.values()]
        yield _grouped(f"{of}, of proposals", means, PROPOSAL, of_groups)


def _grouped(of: str, rows: Sequence[tuple[str, float]], unit: str, reviews: Mapping[str, Sequence[Review]]) -> Section:
    found = by_group(rows)
    figures: list[Estimate] = []
    for mean in found.means:
        figures += _mean(mean, f"mean of {mean.group}", unit, reviews[mean.group])
    for contrast in found.contrasts:
        figures += _contrast(contrast, unit, reviews[contrast.first], reviews[contrast.second])
    return Section(SectionKind.SCALES, of, tuple(figures), tuple(filter(None, (NOT_INDEPENDENT, found.caution))))


def _contrast(found: Contrast, unit: str, ours: Sequence[Review], theirs: Sequence[Review]) -> Iterator[Estimate]:
    pair, n = f"{found.first} − {found.second}", sum(found.numbers)
    welch, ranks = found.welch, found.mann_whitney
    if welch is None:
        yield Estimate(f"difference: {pair}", "Welch's t", n, unit, reason=found.reason)
    else:
        sure = sureness_of_difference(ours, theirs, of_proposals=unit == PROPOSAL)
        method = f"difference of means; {CLUSTERED}"
        yield Estimate(f"difference: {pair}", method, n, unit, welch.difference, sure.limits, sure.reason)
        for name, value in (("t", welch.t), ("degrees of freedom", welch.df), ("p of t", welch.p)):
            yield Estimate(f"{name}: {pair}", "Welch's t, two-sided", n, unit, value)
    if ranks is not None:
        method = f"Mann and Whitney's U, two-sided, {'exact' if ranks.exact else 'normal with ties'}"
        for name, value in (("U", ranks.u), ("share above", ranks.share), ("p of U", ranks.p)):
            yield Estimate(f"{name}: {pair}", method, n, unit, value)


def _correlations(scales: Mapping[str, tuple[int, Scale]], scored: Sequence[Scored]) -> Section | None:
    ordered = [(name, row_id) for name, (row_id, scale) in scales.items() if scale.kind != "nominal"]
    figures = []
    for (first, a), (second, b) in combinations(ordered, 2):
        both = [one for one in scored if a in one.scores and b in one.scores]
        pairs = [(one.scores[a], one.scores[b]) for one in both]
        of = [Review(one.scores[a], one.method_id, one.reviewer_id) for one in both]
        for coefficient in Coefficient:
            found = correlation_of(coefficient, pairs)
            name = f"{coefficient}: {first} with {second}"
            method = f"{coefficient} of the scores of one review; {CLUSTERED}, of Fisher's z"
            sure = sureness_of_correlation(found, pairs, of)
            figures.append(Estimate(name, method, found.n, REVIEW, found.value, sure.limits, sure.reason))
            if found.p is not None:
                figures.append(Estimate(f"p of {name}", "Student's t, two-sided", found.n, REVIEW, found.p))
    if not figures:
        return None
    return Section(SectionKind.SCALES, "scales with one another", tuple(figures), (NOT_INDEPENDENT,))
