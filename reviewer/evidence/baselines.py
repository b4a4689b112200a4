"""Which baseline a proposal is held against first, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewer.domain.methods import Measurement, Method
from reviewer.domain.numbers import MINUS, number
from reviewer.domain.problems import Metric, Problem
from reviewer.domain.vocabulary import Direction, Origin, Setting
from reviewer.evidence.arms import Arm, arm_of, without_noise
from reviewer.evidence.comparison import BASIS_ORDER, Key, find_bounds, find_sighting, split_words, splits_measured
from reviewer.evidence.metrics import beneath, whole
from reviewer.evidence.odd_values import odd
from reviewer.evidence.recovered import can_be_parts, compared_at_once, surely_unresolved


@dataclass(frozen=True, slots=True)
class Ground:
    """What a proposal is compared on first: a metric, a dataset, a setting and a split."""

    metric: str
    dataset: str
    setting: Setting
    split: str | None = ""
    """Empty for those that the source does not name; None where any will do, since there is no proposal."""


@dataclass(frozen=True, slots=True)
class RankedBaseline:
    """A baseline, its value on the ground (None where it was not measured there), and why it stands here."""

    method: Method
    value: float | None
    reason: str


def ground_of(proposal: Method, problem: Problem) -> Ground | None:
    """Return what the proposal is compared on first: its primary metric on the primary dataset, as far as it has them.

    Lab comes before held-out, pilot, production and unknown. What no method can have measured comes last, but not after
    another metric: a slip in the primary one would else change what the proposal is held against. None where it
    measured nothing on a whole dataset.
    """
    settings = list(Setting)

    def is_odd(m: Measurement) -> bool:
        metric = problem.metric_at(m.metric, m.dataset, m.setting, m.split)
        arm = arm_of(m, metric)
        return arm is not None and odd(arm, metric) is not None

    def place(m: Measurement) -> tuple[bool, bool, bool, bool, int, int]:
        return (
            m.value is None,
            m.metric != problem.primary_metric,
            is_odd(m),
            m.dataset != problem.primary_dataset,
            settings.index(m.setting),
            BASIS_ORDER.index(m.basis),
        )

    whole = sorted((m for m in proposal.measurements if not m.subset), key=place)
    return Ground(whole[0].metric, whole[0].dataset, whole[0].setting, whole[0].split) if whole else None


def rank_baselines(
    proposal: Method | None, baselines: Sequence[Method], problem: Problem, references: Sequence[Method] = ()
) -> tuple[RankedBaseline, ...]:
    """Return the baselines, the best one on the proposal's ground first, each with the reason in words.

    Values are those that are compared, and odd ones come last; ``references`` give the ends of gaps. Those that are
    known to be a human's go before the rest, whatever the values: anybody who posts can call something a
    baseline, and one with a large number must not become what everything is held against.

    Without a proposal they are ranked on the problem's primary metric and dataset.

    Of equal ones that with an error goes first, then that over more runs, then that which was imported first.

    Those that were not measured on that ground follow in the order of their import; where one was measured on another
    split alone, the reason says on which. Where the metric's direction is unknown nothing is best, and the order of
    import stands throughout.
    """
    ground = ground_of(proposal, problem) if proposal else _ground_without_proposal(baselines, problem)
    if ground is None:
        return tuple(
            RankedBaseline(b, None, f"{i} of {len(baselines)}; there is no measurement to choose by")
            for i, b in enumerate(baselines, 1)
        )
    metric = _metric(problem, ground)
    where = f"{ground.dataset} {ground.split or ''}".rstrip()
    if ground.setting is not Setting.UNKNOWN:
        where += f", {_words(ground.setting)}"
    arms = _arms(baselines, ground, problem, references)
    measured = _plausible_first(arms, metric)
    with_values = {id(b) for b, _ in measured}
    others = [b for b in baselines if id(b) not in with_values]
    name = metric_label(metric.title or metric.name)
    human, rest = ([b for b, arm in measured if is_human(b.origin) is wanted and odd(arm, metric) is None]
                   for wanted in (True, False))  # fmt: skip
    places = {id(b): i for group in (human, rest) for i, b in enumerate(group, 1)}
    ranked = []
    for b, arm in measured:
        of_human, i = is_human(b.origin), places.get(id(b), 0)
        called = ("by humans " if rest else "") if of_human else "not known to be human " if human else ""
        of = f"of {len(human if of_human else rest)} {called}on {where}"
        if (why := odd(arm, metric)) is not None:
            reason = f"{number(arm.mean)} on {where}: {why}".replace("-", MINUS)
        elif metric.direction is Direction.UNKNOWN:
            reason = f"{i} {of}; whether more {name} is better is unknown"
        else:
            reason = f"{_place(i)} {of}, by {name}"
        ranked.append(RankedBaseline(b, arm.mean, reason))
    return (*ranked, *(RankedBaseline(b, None, f"no {name} on {where}{_elsewhere(b, ground)}") for b in others))


Standing = tuple[float, bool, int]
"""Where a number stands among others: the least one first."""


def standing(arm: Arm | None, value: float, direction: Direction) -> Standing:
    """Return by what numbers are in order everywhere, the best ``value`` first; all are equal where nothing is best.

    Of equal values the one with an error is first, then the one over more runs: against it most can be said.
    """
    if direction is Direction.UNKNOWN:
        return 0.0, False, 0
    sign = -1 if direction is Direction.HIGHER else 1
    runs = 0 if arm is None or arm.n is None else arm.n
    return sign * without_noise(value), arm is None or arm.standard_error is None, -runs


def is_human(origin: Origin) -> bool:
    """Return whether a baseline is known to be a human's."""
    return origin is Origin.HUMAN


@dataclass(frozen=True, slots=True)
class BestBaseline:
    """The baseline with the best value at one place: a human's, where one was measured there.

    ``outdone_by`` is a better one of which nobody says that a human made it.
    """

    uuid: str
    title: str
    value: float
    origin: Origin
    outdone_by: "BestBaseline | None" = None


def best_baselines(
    baselines: Sequence[Method], problem: Problem, references: Sequence[Method] = ()
) -> Mapping[Key, BestBaseline]:
    """Return the best baseline for each metric, dataset, setting and split whose direction is known."""
    grounds = {(m.metric, m.dataset, m.setting, m.split) for b in baselines for m in b.measurements if not m.subset}
    best = {}
    for key in grounds:
        metric = problem.metric_at(*key)
        direction = metric.direction
        if direction is Direction.UNKNOWN:
            continue
        measured = _plausible_first(_arms(baselines, Ground(*key), problem, references), metric)
        sound = [(b, arm.mean) for b, arm in measured if odd(arm, metric) is None]
        if sound:
            baseline, value = sound[0]
            best[key] = BestBaseline(
                baseline.uuid, baseline.title, value, baseline.origin, _outdone_by(sound, value, direction)
            )
    return best


def _outdone_by(sound: Sequence[tuple[Method, float]], value: float, direction: Direction) -> BestBaseline | None:
    """Return the best baseline where it is another than the first of these, which has that value."""
    sign = 1 if direction is Direction.HIGHER else -1
    baseline, best = max(sound, key=lambda pair: sign * without_noise(pair[1]))
    ahead = sign * without_noise(best) > sign * without_noise(value)
    return BestBaseline(baseline.uuid, baseline.title, best, baseline.origin) if ahead else None


def _metric(problem: Problem, ground: Ground) -> Metric:
    return problem.metric_at(ground.metric, ground.dataset, ground.setting, ground.split)


def _ground_without_proposal(baselines: Sequence[Method], problem: Problem) -> Ground | None:
    measured = [
        m.setting
        for b in baselines
        for m in b.measurements
        if (m.metric, m.dataset, m.subset) == (problem.primary_metric, problem.primary_dataset, "")
    ]
    if problem.primary_metric is None or problem.primary_dataset is None or not measured:
        return None
    return Ground(problem.primary_metric, problem.primary_dataset, min(measured, key=list(Setting).index), None)


def metric_label(name: str) -> str:
    """Return a metric's name as it is written on screen: short all-letter names are abbreviations."""
    return name.upper() if name.isalpha() and len(name) <= 3 else name


def _elsewhere(method: Method, ground: Ground) -> str:
    """Return on which splits a method has what it lacks on the ground, as the end of a reason; empty for none."""
    splits = splits_measured(method, ground.metric, ground.dataset, ground.setting)
    return f", only on {split_words(splits)}" if splits else ""


_Measured = tuple[Method, Arm, bool]
"""A baseline, what is compared of it, and whether it lacks what alone could be compared."""


def _arms(
    baselines: Sequence[Method], ground: Ground, problem: Problem, references: Sequence[Method]
) -> list[_Measured]:
    """Return the baselines with a value on the ground, each with what is compared of it.

    Of shares of a gap that tells nothing those go last whose metric beneath is unknown: nothing can be compared.
    """
    metric = _metric(problem, ground)
    name = beneath(metric)
    base = None if name is None else problem.metric_at(name, ground.dataset, ground.setting, ground.split)
    ends = None if base is None else _ends(ground, base, references)
    found = []
    nothing_told = ends is not None and surely_unresolved(*ends)
    for baseline in baselines:
        arm = _sighted(baseline, ground, metric)
        lacks_parts = nothing_told
        if arm is not None and base is not None and ends is not None:
            under = _sighted(baseline, ground, base)
            if under is not None and can_be_parts(base, under):
                arm = compared_at_once(arm, under, *ends, base.direction, whole(metric))
                lacks_parts = False
        if arm is not None:
            found.append((baseline, arm, lacks_parts))
    return found


def _ends(ground: Ground, base: Metric, references: Sequence[Method]) -> tuple[Arm, Arm] | None:
    """Return floor and ceiling of the metric beneath, where there are both and they can be what a share is made of."""
    sighted = find_bounds(references, base.name, ground.dataset, ground.setting, ground.split)
    floor, ceiling = (None if one is None else arm_of(one.measurement, base) for one in sighted)
    if floor is None or ceiling is None or not can_be_parts(base, floor, ceiling):
        return None
    return floor, ceiling


def _sighted(method: Method, ground: Ground, metric: Metric) -> Arm | None:
    """Return the mean of the seeds where they are listed, as everywhere that something is compared."""
    sighting = find_sighting(method, metric.name, ground.dataset, ground.setting, split=ground.split)
    return None if sighting is None else arm_of(sighting.measurement, metric)


def _plausible_first(arms: Sequence[_Measured], metric: Metric) -> list[tuple[Method, Arm]]:
    """Return baselines with those first whose values are none that nothing measures; of these humans', the best first.

    Equal ones stay in their order, and so do all where nothing is best.
    """

    def place(i: int) -> tuple[bool, bool, bool, Standing]:
        baseline, arm, lacks_parts = arms[i]
        human = is_human(baseline.origin)
        return odd(arm, metric) is not None, not human, lacks_parts, standing(arm, arm.mean, metric.direction)

    return [arms[i][:2] for i in sorted(range(len(arms)), key=place)]


def _words(setting: Setting) -> str:
    return setting.replace("_", "-")


def _place(i: int) -> str:
    return "best" if i == 1 else {2: "2nd best", 3: "3rd best"}.get(i, f"{i}th best")
