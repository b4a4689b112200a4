"""A proposal's measurements beside its baseline's, one line a metric, dataset, setting and split."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Protocol

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Basis, Bound, Direction, Setting
from reviewer.evidence.arms import is_measurable, is_same
from reviewer.evidence.metrics import beneath

BASIS_ORDER = (Basis.RECOMPUTED, Basis.PUBLISHED, Basis.CLAIMED, Basis.ILLUSTRATIVE)
"""Where one number rests on several things, the first of these is the one that is compared; the rest stay in sight."""

Key = tuple[str, str, Setting, str]
"""Metric, dataset, setting and split: values are held against each other only where all four are the same."""

ANY_DATASET = ""
"""Stands for the dataset of a row that says that something was measured on none."""


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
    base: Metric | None = None
    """Of a share of a gap: the metric beneath."""
    gap: tuple[Sighting | None, Sighting | None] = (None, None)
    """Floor and ceiling of that."""
    proposal_splits: tuple[str, ...] = ()
    """Where the proposal has no value here: the splits on which it has one, which is not held against this one."""
    baseline_splits: tuple[str, ...] = ()
    """The same of the baseline."""
    untold: bool = False
    """Of a row without values: whether some values are of a setting that nobody has told, which may be this one."""

    @property
    def stands_for_nothing(self) -> bool:
        """Return whether it says that something was measured on no dataset."""
        return self.dataset == ANY_DATASET and self.proposal is None and self.baseline is None

    @property
    def where(self) -> str:
        """Return dataset and split in words."""
        return f"{self.dataset or 'any dataset'} {self.split}".rstrip()

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


def sight(measurements: Iterable[Measurement], told: Metric | None = None) -> Sighting | None:
    """Return the one number that several sightings of it come to, or None where there is none.

    The metric, as it is ``told`` at the place, says which of them are the same number, rounded.
    A value that can be one goes before a missing one, then the order of ``BASIS_ORDER``, then per-seed values, then
    more seeds.
    """
    ranked = sorted(
        measurements,
        key=lambda m: (
            m.value is None or not is_measurable(m.value),
            BASIS_ORDER.index(m.basis),
            not m.seeds,
            -(m.n_seeds or 0),
        ),
    )
    if not ranked:
        return None
    best = ranked[0]
    disagreeing = tuple(
        m
        for m in ranked[1:]
        if m.value is not None and best.value is not None and not is_same(m.value, best.value, told)
    )
    return Sighting(best, disagreeing)


def find_sighting(
    method: Method,
    metric: str,
    dataset: str,
    setting: Setting,
    subset: str = "",
    *,
    split: str | None = None,
    told: Metric | None = None,
) -> Sighting | None:
    """Return what a method measured of one metric on one dataset in one setting, or None.

    Without a ``split`` any will do; the empty one stands for those that the source does not name. For ``told`` see
    :func:`sight`.
    """
    found = (
        m
        for m in method.measurements
        if (m.metric, m.dataset, m.setting, m.subset) == (metric, dataset, setting, subset) and split in (None, m.split)
    )
    return sight(found, told)


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

    The primary metric comes first; of each metric lab, held-out, pilot, production and unknown, always in that order;
    then the primary dataset. A value on one split is never held against one on another, and where an arm has a value on
    another split alone, the row names that split. Floor and ceiling are those of the same metric, dataset and split (or
    of no named split), in the same setting where there is one, else both of one other setting.

    Of lab, held-out, pilot and production those in which the primary metric was measured on no dataset have a row of
    their own without values in their place: what is missing is a finding. Where a setting has not been told nobody
    knows that, and these rows say so; where none has been told there are none.
    """
    arms = [arm.measurements for arm in (proposal, baseline) if arm is not None]
    keys: set[Key] = {(m.metric, m.dataset, m.setting, m.split) for arm in arms for m in arm if not m.subset}
    metrics = [m.name for m in problem.metrics]
    datasets = [d.name for d in problem.datasets]
    settings = list(Setting)

    def place(key: Key) -> tuple[bool, int, str, int, bool, bool, int, str, str]:
        metric, dataset, setting, split = key
        return (
            metric != problem.primary_metric,
            metrics.index(metric) if metric in metrics else len(metrics),
            metric,
            settings.index(setting),
            dataset == ANY_DATASET,
            dataset != problem.primary_dataset,
            datasets.index(dataset) if dataset in datasets else len(datasets),
            dataset,
            split,
        )

    untold = Setting.UNKNOWN in _settings_of(keys, problem)

    def row(metric: str, dataset: str, setting: Setting, split: str) -> ComparisonRow:
        here = problem.metric_at(metric, dataset, setting, split)
        ours, theirs = (
            find_sighting(arm, metric, dataset, setting, split=split, told=here) if arm else None
            for arm in (proposal, baseline)
        )
        floor, ceiling = find_bounds(references, metric, dataset, setting, split)
        base = beneath(here)
        gap = (None, None) if base is None else find_bounds(references, base, dataset, setting, split)
        return ComparisonRow(
            metric=here,
            base=None if base is None else problem.metric_at(base, dataset, setting, split),
            gap=gap,
            dataset=dataset,
            setting=setting,
            split=split,
            proposal=ours,
            baseline=theirs,
            floor=floor,
            ceiling=ceiling,
            proposal_splits=splits_measured(proposal, metric, dataset, setting) if proposal and ours is None else (),
            baseline_splits=splits_measured(baseline, metric, dataset, setting) if baseline and theirs is None else (),
            untold=untold and dataset == ANY_DATASET,
        )

    return tuple(row(*key) for key in sorted({*keys, *_missing(keys, problem)}, key=place))


def _settings_of(keys: Set[Key], problem: Problem) -> Set[Setting]:
    return {setting for metric, _, setting, _ in keys if metric == problem.primary_metric}


def _missing(keys: Set[Key], problem: Problem) -> Iterator[Key]:
    """Yield a place without a dataset for each setting in which the primary metric was not measured on any."""
    measured = _settings_of(keys, problem)
    if problem.primary_metric is None or not measured - {Setting.UNKNOWN}:
        return
    for setting in Setting:
        if setting not in measured and setting is not Setting.UNKNOWN:
            yield problem.primary_metric, ANY_DATASET, setting, ""


class Reference(Protocol):
    """What may be a floor or a ceiling."""

    @property
    def bound(self) -> Bound | None:
        """Return which of the two it is."""

    @property
    def measurements(self) -> Sequence[Measurement]:
        """Return what it measured."""


def find_bounds(
    references: Sequence[Reference], metric: str, dataset: str, setting: Setting, split: str | None
) -> tuple[Sighting | None, Sighting | None]:
    """Return floor and ceiling for a place, both of one setting and one split, since a gap has two ends of one kind.

    The place's own setting and split go first, then what names no split, then the setting of what is founded best.
    Where only one of the two was measured anywhere, that one stands alone.
    """
    found: dict[Bound, dict[tuple[Setting, str], list[Measurement]]] = {bound: {} for bound in Bound}
    for reference in references:
        if reference.bound is not None:
            for m in reference.measurements:
                whole = (m.metric, m.dataset, m.subset) == (metric, dataset, "") and m.value is not None
                if whole and (split is None or m.split in (split, "")):
                    found[reference.bound].setdefault((m.setting, m.split), []).append(m)
    settings = list(Setting)

    def distance(place: tuple[Setting, str]) -> tuple[bool, int, int, bool, str]:
        founded = min(BASIS_ORDER.index(m.basis) for at in found.values() for m in at.get(place, ()))
        own = place[0] is setting
        return not own, 0 if own else founded, settings.index(place[0]), place[1] != split, place[1]

    places = sorted({place for at in found.values() for place in at}, key=distance)
    sighted = [tuple(sight(found[bound].get(place, ())) for bound in (Bound.FLOOR, Bound.CEILING)) for place in places]
    both = (pair for pair in sighted if None not in pair)
    floor, ceiling = next(both, sighted[0] if sighted else (None, None))
    return floor, ceiling
