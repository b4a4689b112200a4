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
    proposal_splits: tuple[str, ...] = ()
    """Where the proposal has no value here: the splits on which it has one, which is not held against this one."""
    baseline_splits: tuple[str, ...] = ()
    """The same of the baseline."""

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


def splits_measured(method: Method, metric: str, dataset: str, setting: Setting) -> tuple[str, ...]:
    """Return the splits on which a method has a value of one metric on one dataset in one setting, by name."""
    return tuple(
        sorted(
            {
                m.split
                for m in method.measurements
                if (m.metric, m.dataset, m.setting, m.subset) == (metric, dataset, setting, "") and m.value is not None
            }
        )
    )


def split_words(splits: Sequence[str]) -> str:
    """Return splits in words: ``split test``, ``splits dev and test``, ``no named split``."""
    named = [split for split in splits if split]
    words = f"split{'s' if len(named) > 1 else ''} {' and '.join(named)}" if named else ""
    return " and ".join(filter(None, (words, "no named split" if "" in splits else "")))


def compare(
    proposal: Method | None, baseline: Method | None, references: Sequence[Method], problem: Problem
) -> tuple[ComparisonRow, ...]:
    """Return the rows of the evidence: everything that either arm measured, on whole datasets. An arm may be missing.

    The primary metric comes first, then the primary dataset, then lab, held-out, pilot, production and unknown, always
    in that order; a value on one split is never held against one on another, and where an arm has a value on another
    split alone, the row names that split. Floor and ceiling are those of the same metric, dataset and split (or of no
    named split), in the same setting where there is one, else all of one other setting.
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

    def row(metric: str, dataset: str, setting: Setting, split: str) -> ComparisonRow:
        ours = find_sighting(proposal, metric, dataset, setting, split=split) if proposal else None
        theirs = find_sighting(baseline, metric, dataset, setting, split=split) if baseline else None
        return ComparisonRow(
            metric=problem.metric(metric),
            dataset=dataset,
            setting=setting,
            split=split,
            proposal=ours,
            baseline=theirs,
            floor=_bound(references, Bound.FLOOR, metric, dataset, setting, split),
            ceiling=_bound(references, Bound.CEILING, metric, dataset, setting, split),
            proposal_splits=splits_measured(proposal, metric, dataset, setting) if proposal and ours is None else (),
            baseline_splits=splits_measured(baseline, metric, dataset, setting) if baseline and theirs is None else (),
        )

    return tuple(row(*key) for key in sorted(keys, key=place))


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
    # What another setting measured is borrowed only where the row's own has none, and then from one setting alone.
    best = sight([m for m in found if m.setting is setting] or found)
    if best is None:
        return None
    near = [m for m in found if m.setting is best.measurement.setting]
    return sight([m for m in near if m.split == split] or near)
