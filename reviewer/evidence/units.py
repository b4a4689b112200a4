"""In which unit a metric is at each place, where what was measured there speaks against its name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import chain

from reviewer.domain.methods import Method
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Origin, Setting
from reviewer.evidence.arms import Arm, arm_of
from reviewer.evidence.metrics import PerCent, beneath, in_share, is_share, states_per_cent
from reviewer.evidence.odd_values import STANDS_FOR_NONE, LeftOut, odd

_Place = tuple[str | Setting, ...]
"""Metric, dataset, setting and split; the first two alone, or the first, stand for all that begin so."""

_HUNDRED = 100


@dataclass(frozen=True, slots=True)
class MeasuredProblem(Problem):
    """A problem with what its baselines and references tell of the unit of each metric at each place."""

    told: Mapping[_Place, Metric] | None = None

    def metric_at(self, name: str, dataset: str, setting: Setting, split: str | None) -> Metric:
        """Return the metric as the place itself tells it, else the dataset, else all that was measured of it."""
        told = self.told or {}
        for place in ((name, dataset, setting, split or ""), (name, dataset), (name,)):
            if (metric := told.get(place)) is not None:
                return metric
        return self.metric(name)


def as_measured(problem: Problem, *held_against: Iterable[Method]) -> Problem:
    """Return the problem with each metric that is in per cent somewhere told as such.

    ``held_against`` are its baselines and references. Where the unit of a metric does not say it, at each place most of
    their numbers decide, so that a slip of one does not, and no proposal does; where there are some by humans, these
    alone.
    """
    by_humans: dict[_Place, list[float]] = {}
    by_any: dict[_Place, list[float]] = {}
    shares: dict[str, bool] = {}
    for method in chain(*held_against):
        of_human = method.origin is Origin.HUMAN
        for m in method.measurements:
            if m.metric not in shares:
                shares[m.metric] = _may_be_per_cent(problem.metric(m.metric))
            if m.subset or not shares[m.metric] or (arm := arm_of(m)) is None or _stands_for_none(arm):
                continue
            for place in ((m.metric, m.dataset, m.setting, m.split), (m.metric, m.dataset), (m.metric,)):
                by_any.setdefault(place, []).append(arm.mean)
                if of_human:
                    by_humans.setdefault(place, []).append(arm.mean)
    values: dict[_Place, list[float]] = {(m.name,): [] for m in problem.metrics if states_per_cent(m)}
    told = {
        place: as_valued(problem.metric(str(place[0])), found) for place, found in (values | by_any | by_humans).items()
    }
    if not any(isinstance(metric, PerCent) for metric in told.values()):
        return problem
    return MeasuredProblem(**{f.name: getattr(problem, f.name) for f in fields(Problem)}, told=told)


def _stands_for_none(arm: Arm) -> bool:
    return STANDS_FOR_NONE in (arm.mean, *(value for _, value in arm.seeds))


def _may_be_per_cent(metric: Metric) -> bool:
    return is_share(metric) or beneath(metric) is not None or states_per_cent(metric)


def as_valued(metric: Metric, values: Sequence[float]) -> Metric:
    """Return a metric as told by its name and unit, or in per cent where most of these values speak against that."""
    per_cent = states_per_cent(metric)
    as_share = in_share(metric) if per_cent else metric
    if not is_share(as_share) and beneath(as_share) is None:
        return metric
    told = [value for value in values if odd(Arm(value), as_share) in (LeftOut.NO_SHARE, LeftOut.NO_SHARE_OF_GAP)]
    # What is below 0, or beyond a hundred, is no per cent of the examples either.
    told = [value for value in told if as_share.derived_from or 1 < value <= _HUNDRED]
    if not per_cent and 2 * len(told) <= len(values):
        return metric
    ends = (0.0, 0.0) if per_cent or not told else (min(told), max(told))
    return PerCent(**{f.name: getattr(metric, f.name) for f in fields(Metric)}, lowest=ends[0], highest=ends[1])
