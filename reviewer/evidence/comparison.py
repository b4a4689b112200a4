"""A proposal's measurements beside its baseline's, one line a metric, dataset, setting and split."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction, Setting

BASIS_ORDER = (Basis.RECOMPUTED, Basis.PUBLISHED, Basis.CLAIMED, Basis.ILLUSTRATIVE)
"""Where one number rests on several things, the first of these is the one that is compared; the rest stay in sight."""

AGREEMENT = 0.002
"""Two sightings of one number that differ by no more than this are the same number, rounded."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """The number that is compared, and the other numbers for the same thing that disagree with it."""

    measurement: Measurement
    disagreeing: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonRow:
    """One metric on one split of one dataset in one setting: both arms, and their difference where both were measured.

    ``difference`` is proposal minus baseline in the unit of the metric; ``better`` says whether that is the metric's
    good direction, and is None where there is no difference or the direction is unknown.
    """

    metric: Metric
    dataset: str
    setting: Setting
    split: str
    """Empty where the source names none."""
    proposal: Sighting | None
    baseline: Sighting | None
    floor: Sighting | None = None
    ceiling: Sighting | None = None

    @property
    def difference(self) -> float | None:
        """Return proposal minus baseline, or None where either has no value."""
        if self.proposal is None or self.baseline is None:
            return None
        ours, theirs = self.proposal.measurement.value, self.baseline.measurement.value
        return None if ours is None or theirs is None else ours - theirs

    @property
    def better(self) -> bool | None:
        """Return whether the proposal's value is the better one, None where that cannot be said."""
        if self.difference is None or self.difference == 0 or self.metric.direction is Direction.UNKNOWN:
            return None
        return (self.difference > 0) is (self.metric.direction is Direction.HIGHER)


def sight(measurements: Iterable[Measurement]) -> Sighting | None:
    """Return the one number that several sightings of it come to, or None where there is none.

    A value goes before a missing one, then the order of ``BASIS_ORDER``, then per-seed values, then more seeds.
    """
    ranked = sorted(
        measurements,
        key=lambda m: (m.value is None, BASIS_ORDER.index(m.basis), not m.seeds, -(m.n_seeds or 0)),
    )
    if not ranked:
        return None
    best = ranked[0]
    disagreeing = tuple(
        m
        for m in ranked[1:]
        if m.value is not None and best.value is not None and abs(m.value - best.value) > AGREEMENT
    )
    return Sighting(best, disagreeing)


def find_sighting(
    method: Method, metric: str, dataset: str, setting: Setting, subset: str = "", *, split: str | None = None
) -> Sighting | None:
    """Return what a method measured of one metric on one dataset in one setting, or None.

    Without a ``split`` any will do; the empty one stands for those that the source does not name.
    """
    return sight(
        m
        for m in method.measurements
        if (m.metric, m.dataset, m.setting, m.subset) == (metric, dataset, setting, subset) and split in (None, m.split)
    )


def compare(
    proposal: Method | None, baseline: Method | None, references: Sequence[Method], problem: Problem
) -> tuple[ComparisonRow, ...]:
    """Return the rows of the evidence: everything that either arm measured, on whole datasets. An arm may be missing.

    The primary metric comes first, then the primary dataset, then lab, held-out, pilot, production and unknown, always
    in that order; a value on one split is never held against one on another. Floor and ceiling are those of the same
    metric, dataset and split (or of no named split), in the same setting where there is one.
    """
    arms = [arm.measurements for arm in (proposal, baseline) if arm is not None]
    keys = {(m.metric, m.dataset, m.setting, m.split) for arm in arms for m in arm if not m.subset}
    metrics = [m.name for m in problem.metrics]
    datasets = [d.name for d in problem.datasets]
    settings = list(Setting)

    def place(key: tuple[str, str, Setting, str]) -> tuple[bool, int, str, bool, int, str, int, str]:
        metric, dataset, setting, split = key
        return (
            metric != problem.primary_metric,
            metrics.index(metric) if metric in metrics else len(metrics),
            metric,
            dataset != problem.primary_dataset,
            datasets.index(dataset) if dataset in datasets else len(datasets),
            dataset,
            settings.index(setting),
            split,
        )

    return tuple(
        ComparisonRow(
            metric=problem.metric(metric),
            dataset=dataset,
            setting=setting,
            split=split,
            proposal=find_sighting(proposal, metric, dataset, setting, split=split) if proposal else None,
            baseline=find_sighting(baseline, metric, dataset, setting, split=split) if baseline else None,
            floor=_bound(references, Bound.FLOOR, metric, dataset, setting, split),
            ceiling=_bound(references, Bound.CEILING, metric, dataset, setting, split),
        )
        for metric, dataset, setting, split in sorted(keys, key=place)
    )


def _bound(
    references: Sequence[Method], bound: Bound, metric: str, dataset: str, setting: Setting, split: str
) -> Sighting | None:
    found = [
        m
        for reference in references
        if reference.bound is bound
        for m in reference.measurements
        if (m.metric, m.dataset, m.subset) == (metric, dataset, "") and m.split in (split, "")
    ]
    # What another setting measured is borrowed only where the row's own has none.
    near = [m for m in found if m.setting is setting] or found
    return sight([m for m in near if m.split == split] or near)
