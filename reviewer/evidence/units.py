"""In which unit a metric is, where what was measured of it speaks against its name."""

from collections.abc import Iterable
from dataclasses import replace

from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric, Problem
from reviewer.evidence.arms import Arm
from reviewer.evidence.metrics import PER_CENT_BY_ITS_VALUES, beneath, is_share
from reviewer.evidence.odd_values import LeftOut, odd


def as_measured(problem: Problem, measurements: Iterable[Measurement]) -> Problem:
    """Return the problem with each metric that is in per cent, although its name says a share, told as such.

    What was measured are the numbers of its baselines and references: most of them decide, so that a slip of one does
    not, and no proposal does.
    """
    values: dict[str, list[float]] = {}
    for m in measurements:
        if m.value is not None and not m.subset:
            values.setdefault(m.metric, []).append(m.value)
    told = [metric for name in values if (metric := as_valued(problem.metric(name), values[name])).unit]
    changed = {m.name: m for m in told if m.unit == PER_CENT_BY_ITS_VALUES}
    if not changed:
        return problem
    known = {m.name for m in problem.metrics}
    metrics = (*(changed.get(m.name, m) for m in problem.metrics), *(m for n, m in changed.items() if n not in known))
    return replace(problem, metrics=metrics)


def as_valued(metric: Metric, values: Iterable[float]) -> Metric:
    """Return a metric as told by its name and unit, or in per cent where most of these values speak against that."""
    if not is_share(metric) and beneath(metric) is None:
        return metric
    why = [odd(Arm(value), metric) for value in values]
    outside = sum(one in (LeftOut.NO_SHARE, LeftOut.NO_SHARE_OF_GAP) for one in why)
    return replace(metric, unit=PER_CENT_BY_ITS_VALUES) if 2 * outside > len(why) else metric
