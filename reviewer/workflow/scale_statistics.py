"""What judgements from elsewhere come to on each of their scales: agreement, means, groups, and how scales go together.

Each reviewer's current judgement of a proposal counts once, however often a file had it.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from statistics import fmean

from reviewer.domain.counted import counted
from reviewer.domain.scales import Scale
from reviewer.judgement.agreement import agreement_of
from reviewer.judgement.clustered import (
    CLUSTERED,
    Reviews,
    sureness_of_correlation,
    sureness_of_difference,
    sureness_of_mean,
)
from reviewer.judgement.correlation import Coefficient, correlation_of
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.groups import Contrast, GroupMean, by_group, mean_of
from reviewer.judgement.tallies import RatingScale, ScaleKind, tallied_units
from reviewer.store.annotations import Connection
from reviewer.store.imported_judgements import scales_of
from reviewer.store.scale_scores import scored_judgements
from reviewer.workflow.score_columns import ScoreColumns
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

MOST_GROUPS = 8
"""Of more groups no two are held against one another: of so many tests some find something where nothing is."""

MOST_AGENTS = 4
"""The same of agents, which no file asks to hold against one another."""

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
    scored = ScoreColumns(scored_judgements(connection, problem_id, viewer.sees_of))
    for row_id, scale in scales.values():
        yield _of_scale(scale, scored, row_id)
        if scale.kind != "nominal":
            yield from _by_groups(scale, scored, row_id)
    if section := _correlations(scales, scored):
        yield section


def _of_scale(scale: Scale, scored: ScoreColumns, row_id: int) -> Section:
    reviews = scored.reviews(row_id)
    rating = rating_scale(scale, reviews.scores)
    places = {value: place for place, value in enumerate(rating.values)}
    units = (Counter(places[score] for score in scores) for scores in scored.by_proposal(row_id))
    agreement = agreement_of(tallied_units(rating, units))
    # AC1 hangs on how many categories there are, which is said of words alone.
    figures = [*agreement.figures] if scale.words else [agreement.percent, agreement.alpha]
    if scale.kind != "nominal":
        figures += _mean(mean_of(reviews.scores), "mean", REVIEW, reviews)
        of_proposals = array("d", map(fmean, scored.by_proposal(row_id)))
        figures += _mean(mean_of(of_proposals), "mean of proposals", PROPOSAL, reviews)
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


def _mean(found: GroupMean, name: str, of: str, reviews: Reviews) -> Iterator[Estimate]:
    sure = sureness_of_mean(found, reviews, of_proposals=of == PROPOSAL)
    yield Estimate(name, f"mean of {of}s; {CLUSTERED}", found.n, of, found.mean, sure.limits, sure.reason)
    if found.standard_error is not None:
        yield Estimate(
            f"standard error of the {name}", "standard deviation over √n", found.n, of, found.standard_error,
        )  # fmt: skip


def _by_groups(scale: Scale, scored: ScoreColumns, row_id: int) -> Iterator[Section]:
    """Yield a section for each way to group, by single reviews and by the means of proposals."""
    ways: dict[str, str | None] = {name: name for name in scored.group_names}
    ways.setdefault(AGENT, None)
    for way, name in ways.items():
        groups = {group for group, _ in scored.by_group(row_id, name)}
        if len(groups) < 2:
            continue
        of = f"{scale.name} by {way}"
        most = MOST_AGENTS if name is None else MOST_GROUPS
        if len(groups) > most:
            told = f"There are {counted(len(groups), 'group')}; more than {most} are not held against each other."
            yield Section(SectionKind.SCALES, of, sentences=(told,))
            continue
        reviews = scored.reviews_by_group(row_id, name)
        yield _grouped(of, scored.by_group(row_id, name), REVIEW, reviews)
        yield _grouped(f"{of}, of proposals", scored.means_by_group(row_id, name), PROPOSAL, reviews)


def _grouped(of: str, rows: Iterable[tuple[str, float]], unit: str, reviews: Mapping[str, Reviews]) -> Section:
    found = by_group(rows)
    figures: list[Estimate] = []
    for mean in found.means:
        figures += _mean(mean, f"mean of {mean.group}", unit, reviews[mean.group])
    for contrast in found.contrasts:
        figures += _contrast(contrast, unit, reviews[contrast.first], reviews[contrast.second])
    return Section(SectionKind.SCALES, of, tuple(figures), tuple(filter(None, (NOT_INDEPENDENT, found.caution))))


def _contrast(found: Contrast, unit: str, ours: Reviews, theirs: Reviews) -> Iterator[Estimate]:
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


def _correlations(scales: Mapping[str, tuple[int, Scale]], scored: ScoreColumns) -> Section | None:
    ordered = [(name, row_id) for name, (row_id, scale) in scales.items() if scale.kind != "nominal"]
    figures = []
    for (first, a), (second, b) in combinations(ordered, 2):
        xs, ys, reviews = scored.pairs(a, b)
        for coefficient in Coefficient:
            found = correlation_of(coefficient, zip(xs, ys, strict=True))
            name = f"{coefficient}: {first} with {second}"
            method = f"{coefficient} of the scores of one review; {CLUSTERED}, of Fisher's z"
            sure = sureness_of_correlation(found, xs, ys, reviews)
            figures.append(Estimate(name, method, found.n, REVIEW, found.value, sure.limits, sure.reason))
            if found.p is not None:
                figures.append(Estimate(f"p of {name}", "Student's t, two-sided", found.n, REVIEW, found.p))
    if not figures:
        return None
    return Section(SectionKind.SCALES, "scales with one another", tuple(figures), (NOT_INDEPENDENT,))
