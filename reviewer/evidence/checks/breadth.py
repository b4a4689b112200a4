"""Rules about how widely the evidence reaches: settings, datasets, baselines, and what each metric means."""

import math
import re
from itertools import groupby
from pathlib import PurePath
from typing import NamedTuple

from reviewer.domain.checks import Level, Numbers
from reviewer.domain.methods import Measurement, Method
from reviewer.domain.problems import Metric
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Origin, Setting
from reviewer.evidence.arms import Arm, is_same
from reviewer.evidence.baselines import is_human, metric_label
from reviewer.evidence.checks.case import Case, Row
from reviewer.evidence.checks.measured import key_of, read_as_none
from reviewer.evidence.checks.rule import OURS, PROPOSALS, Asked, Limits, Rule, Threshold, with_rows
from reviewer.evidence.checks.sane import SMALLEST, sane
from reviewer.evidence.checks.wording import figure, figures, name, places, plain
from reviewer.evidence.fineness import fineness
from reviewer.evidence.metrics import PerCent

_SYNTHETIC = re.compile(r"(?<![a-z])synth|^(?:toy|dummy)$")
_TRAINING = re.compile(r"(?<![a-z])train(?:ing)?(?![a-z])")

_PLACES = {setting: i for i, setting in enumerate(Setting)}
_OPPOSITE = {Direction.HIGHER: Direction.LOWER, Direction.LOWER: Direction.HIGHER}
_LONGEST_FILE = 60
_LONGEST_SOURCE = 80

_BEYOND_THE_LAB = (Setting.HELD_OUT, Setting.PILOT, Setting.PRODUCTION)


def _best_of_several(case: Case, at: Limits) -> list[Asked]:
    rows = [known for row in case.rows if (known := _change(case, row)) is not None]
    # Points of a per cent are no shares, of which they would be a hundred times as much.
    rows = [r for r in rows if _in_per_cent(case, r[0].ours) is _in_per_cent(case, rows[0][0].ours)]
    better, worse = [r for r in rows if r[1] > 0], [r for r in rows if r[1] < 0]
    if not better or not worse:
        return []
    up, gain, up_known = max(better, key=lambda r: r[1])
    down, loss, down_known = min(worse, key=lambda r: r[1])
    question = (
        f"{up.label}: better by {figure(gain, case.fineness(up).difference)} than {name(up.baseline.title)}, but "
        f"{down.label}: worse by {figure(-loss, case.fineness(down).difference)} than {name(down.baseline.title)} "
        f"({len(better)} better, {len(worse)} worse"
        f"{_noise_unknown(up_known, down_known)}); which of them speaks for production?"
    )
    return [(question, {"better": len(better), "worse": len(worse), "gain": gain, "gain_on": up.label, "loss": loss,
                        "loss_on": down.label})]  # fmt: skip


def _in_per_cent(case: Case, m: Measurement) -> bool:
    return isinstance(case.context.here(key_of(m)), PerCent)


def _change(case: Case, row: Row) -> tuple[Row, float, bool] | None:
    """Return by how much a row is better, and whether the noise of that is known; None where it may be noise alone."""
    found = case.compared(row)
    if found is None:
        return None if row.gain is None else (row, row.gain, False)
    gain = found.gain(case.context.metric(row.ours.metric).direction)
    if gain is None or found.difference is None or found.difference.odd or found.is_noise:
        return None
    return row, gain, found.difference.interval is not None


def _noise_unknown(first_known: bool, second_known: bool) -> str:
    """Return the end of a remark that says of which of two differences the noise is not known; empty for none."""
    if first_known and second_known:
        return ""
    which = "the first" if second_known else "the second" if first_known else "either"
    return f"; how far {which} is noise is not known"


def _held_out_drop(case: Case, at: Limits) -> list[Asked]:
    lab = [m for m in case.main if m.setting is Setting.LAB]
    primary = case.context.problem.primary_dataset
    first = next((m for m in lab if m.dataset == primary), lab[0] if lab else None)
    if first is None or first.value is None or case.unresolved(first):
        return []
    asked: list[Asked] = []
    in_lab = case.context.used(first, case.sightings)
    direction = case.context.metric(first.metric).direction
    if direction is Direction.UNKNOWN:
        return []
    for m in case.main:
        if m.setting not in _BEYOND_THE_LAB or m.value is None or case.unresolved(m):
            continue
        if _in_per_cent(case, m) is not _in_per_cent(case, first):
            continue
        value, beside = case.context.used(m, case.sightings), _beside(case, first, m)
        if beside is not None and beside.kept <= 0:
            continue  # Where a baseline loses all of it too, nobody knows what could be hoped for.
        lost = in_lab - value if direction is Direction.HIGHER else value - in_lab
        # Where the baseline loses too, the place is harder, and what it keeps is what can be hoped for.
        hoped = in_lab if beside is None else in_lab * beside.kept
        short = hoped - value if direction is Direction.HIGHER else value - hoped
        much_less = short > at["drop"] * abs(hoped) or lost > 0 > in_lab * value
        if much_less and short >= at["errors"] * _error_of(case, first, m, beside):
            where, there = case.context.label(m), case.context.label(first)
            share = lost / abs(in_lab) if abs(in_lab) > SMALLEST else None
            # Where the sign changes no per cent says how much that is.
            told = "" if share is None or not sane(share) or in_lab * value < 0 else plain(round(share * 100))
            much = f", {told} % worse" if told else ""
            now, before = case.figure(m), case.figure(first)
            other = "" if beside is None else beside.words
            question = f"{where}: {now}, after {before} for {there}{much}{other}; was it fitted to the lab?"
            asked.append((question, {"where": where, "value": value, "lab": in_lab, "lab_on": there,
                                     "drop": share if sane(share) else None}))  # fmt: skip
    return asked


class _Beside(NamedTuple):
    """What became of a baseline from one place to another: how many times its value there is left, and the words.

    ``error`` is that of ``kept``, as a share of it; 0 where it is not known.
    """

    kept: float
    error: float
    words: str


def _beside(case: Case, first: Measurement, m: Measurement) -> _Beside | None:
    """Return what became of the baseline in hand that was measured at both places; None where it did not lose."""
    found = case.in_hand(key_of(first))
    of = None if found is None else case.context.measured_by[found[0].id]
    there = None if of is None else of.get(key_of(m))
    if found is None or of is None or there is None or any(case.context.is_odd(one, of) for one in (found[1], there)):
        return None
    before, now = case.context.used(found[1], of), case.context.used(there, of)
    if before < SMALLEST or not sane(kept := now / before):
        return None
    if (kept < 1) is not (case.context.metric(m.metric).direction is Direction.HIGHER) or kept == 1:
        return None
    shown = [case.context.shown(each, of) for each in (found[1], there)]
    error = math.hypot(*map(_relative, shown))
    theirs, theirs_before = (
        figure(value, fineness(arm, None).ours) for value, arm in zip((now, before), reversed(shown), strict=True)
    )
    return _Beside(kept, error, f", where {name(found[0].title)} has {theirs} after {theirs_before}")


def _error_of(case: Case, first: Measurement, m: Measurement, beside: _Beside | None) -> float:
    """Return the standard error of what a number falls short of; 0 where that of either of the method's is unknown."""
    there, lab = (case.context.shown(each, case.sightings) for each in (m, first))
    if there is None or lab is None or there.standard_error is None or lab.standard_error is None:
        return 0.0
    kept, error = (1.0, 0.0) if beside is None else (beside.kept, beside.error)
    return math.hypot(there.standard_error, kept * lab.standard_error, kept * lab.mean * error)


def _relative(arm: Arm | None) -> float:
    return 0.0 if arm is None or not arm.mean else (arm.standard_error or 0.0) / abs(arm.mean)


def _one_setting(case: Case, at: Limits) -> list[Asked]:
    settings = {m.setting for m in case.values}
    if not settings or settings & set(_BEYOND_THE_LAB):
        return []
    datasets = sorted({m.dataset for m in case.values})
    where = places([name(d) for d in datasets])
    if settings == {Setting.UNKNOWN}:
        question = f"Measured on {where}, and nobody has said in which setting; is any of it held out?"
    elif Setting.UNKNOWN in settings:
        question = f"Measured in the lab, on {where}, in part in a setting that nobody has said; is any of it held out?"
    else:
        question = f"Measured in the lab alone, on {where}; does it hold on something that the search never saw?"
    return [(question, {"datasets": len(datasets), "held_out": 0})]


def _stronger_baseline(case: Case, at: Limits) -> list[Asked]:
    """Ask of places where another baseline is better than the one that the proposal is held against first.

    Be it one of which nobody says that a human made it, which nothing is held against where a human's is there.
    """
    if len(case.context.baselines) < 2:
        return []
    held_against = _held_against(case)
    if held_against is None:
        return []
    own = case.context.measured_by[held_against.id]
    stronger: list[tuple[Row, Method, float, float]] = []
    for row in case.rows:
        cited, best = own.get(key_of(row.ours)), case.context.best_of_all(key_of(row.ours))
        if cited is None or best is None or best[0].id == held_against.id or row.gain is None:
            continue
        if case.context.is_odd(cited, own):
            continue
        value = case.context.used(cited, own)
        if abs(best[1] - value) > at["difference"]:
            stronger.append((row, *best, value))
    if not stronger:
        return []
    row, baseline, strongest, value = stronger[0]
    others = f"; another is stronger on {places([one[0].label for one in stronger[1:]])} too" if stronger[1:] else ""
    more, less = figures(strongest, value)
    known = is_human(held_against.origin) and not is_human(baseline.origin)
    made = "an agent made" if baseline.origin is Origin.AGENT else "nobody says a human made"
    whose = f", which {made}," if known else ""
    question = (
        f"{row.label}: {name(baseline.title)}{whose} has {more}, {name(held_against.title)} {less}{others}; "
        "which of them is to be beaten there?"
    )
    return [(question, {"where": row.label, "strongest": strongest, "strongest_is": name(baseline.title),
                        "cited": value, "cited_is": name(held_against.title), "places": len(stronger)})]  # fmt: skip


def _held_against(case: Case) -> Method | None:
    """Return the baseline that the evidence holds a proposal against first; None where nothing can be."""
    if case.held_against is not None:
        return case.held_against
    primary = case.context.problem.primary_dataset
    rows = sorted(case.rows, key=lambda r: (r.ours.dataset != primary, _PLACES[r.ours.setting]))
    return rows[0].baseline if rows else None


def _no_baseline(case: Case, at: Limits) -> list[Asked]:
    first_told = sorted(case.values, key=lambda m: m.metric != case.main[0].metric)
    alone = [m for m in first_told if not case.context.against(case.method, key_of(m))]
    odd = [m for m in alone if key_of(m) in case.context.measured_at]
    asked: list[Asked] = []
    for those, why in (
        ([m for m in alone if m not in odd], "no baseline was measured there"),
        (odd, "no baseline has a value there that it could be held against"),
    ):
        if those:
            where = places([case.context.label(m) for m in those])
            question = f"{where}: {why}; what is it to be held against?"
            asked.append((question, {"where": where, "numbers": len(those)}))
    return asked


def _nothing_measured(case: Case, at: Limits) -> list[Asked]:
    # Of what came out as NaN it is asked what became of the run.
    if any(m.value is not None or m.seeds or read_as_none(m) for m in case.method.measurements):
        return []
    return [("Nothing was measured of it; what shows that it works?", {"numbers": 0})]


def _unknown_direction(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for metric_name, _ in groupby(case.main, key=lambda m: m.metric):
        metric = case.context.metric(metric_name)
        if metric.direction is Direction.UNKNOWN:
            title = name(metric_label(metric.title or metric.name))
            asked.append((f"Nobody has said whether more {title} is better; is it?", {"metric": title}))
    return asked


def _mixed_directions(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for metric in dict.fromkeys(m.metric for m in case.values):
        described = case.context.metric(metric)
        if described.disputed_by:
            asked.append(_disputed(described))
        for other in case.context.contrary_to(metric):
            direction = case.context.metric(metric).direction
            question = (
                f"More {name(metric)} counts as {direction.of_more}, more {name(other.name)} as "
                f"{other.direction.of_more}; which way do these two go?"
            )
            numbers: Numbers = {"metric": name(metric), "direction": str(direction)}
            numbers |= {"other": name(other.name), "other_direction": str(other.direction)}
            asked.append((question, numbers))
    return asked


def _disputed(metric: Metric) -> Asked:
    """Return the question about a metric that several sources describe, of which not all say the same."""
    by = metric.disputed_by
    sources = [safe_line(PurePath(source).name, _LONGEST_FILE) if source else "a person" for source in by]
    say = "says" if len(by) == 1 else "say"
    question = (
        f"More {name(metric_label(metric.title or metric.name))} counts as {metric.direction.of_more}, but "
        f"{places(sources)} {say} that it is {_OPPOSITE[metric.direction].of_more}; which way does it go?"
    )
    numbers: Numbers = {"metric": name(metric.name), "direction": str(metric.direction), "sources": len(by)}
    return question, numbers


def _disagreeing(case: Case, at: Limits) -> list[Asked]:
    """Ask of different numbers for one thing: of a method that several files describe, and of the ends of its gaps."""
    return [*_own_disagreeing(case, at), *_ends_disagreeing(case, at)]


def _ends_disagreeing(case: Case, at: Limits) -> list[Asked]:
    """Ask of floors and ceilings that stand there as several numbers, where a share of their gap is stated."""
    asked: list[Asked] = []
    for m in case.values:
        base = case.context.base_of(m)
        ends = case.context.ends_told((base.name, m.dataset, m.setting, m.split)) if base else ()
        for bound, lowest, highest in ends:
            if lowest.value is None or highest.value is None:
                continue
            if is_same(lowest.value, highest.value, base, at["difference"]):
                continue
            where, (low, high) = case.context.label(m), figures(lowest.value, highest.value)
            question = (
                f"{where}: its {bound} stands there as {low}{_of_source(lowest)} and as {high}{_of_source(highest)}; "
                "which of them was taken?"
            )
            asked.append((question, {"where": where, "of": str(bound), "lowest": lowest.value,
                                     "highest": highest.value}))  # fmt: skip
    return asked


def _of_source(m: Measurement) -> str:
    return f" ({safe_line(m.source, _LONGEST_SOURCE)})" if m.source else ""


def _own_disagreeing(case: Case, at: Limits) -> list[Asked]:
    several: dict[tuple[str, str, Setting, str], list[Measurement]] = {}
    for m in case.method.measurements:
        if not m.subset and sane(m.value) and not case.context.is_odd_alone(m):
            several.setdefault(key_of(m), []).append(m)
    asked: list[Asked] = []
    for found in several.values():
        values = [m.value for m in found if m.value is not None]
        if not is_same(min(values), max(values), case.context.here(key_of(found[0])), at["difference"]):
            where = case.context.label(found[0])
            lowest, highest = figures(min(values), max(values))
            question = f"{where}: it stands there as {lowest} and as {highest}; which of them holds?"
            asked.append(
                (question, {"where": where, "lowest": min(values), "highest": max(values), "times": len(values)})
            )
    return asked


def _synthetic(case: Case, at: Limits) -> list[Asked]:
    datasets = {m.dataset for m in case.values}
    metrics = {m.metric for m in case.values}
    asked: list[Asked] = []
    if datasets and all(_SYNTHETIC.search(d.casefold()) for d in datasets):
        where = places(sorted(map(name, datasets)))
        asked.append(
            (f"All of it was measured on {where}; would real data show the same?", {"datasets": len(datasets)})
        )
    if metrics and all(_TRAINING.search(m.casefold()) for m in metrics):
        what = places(sorted(map(name, metrics)))
        asked.append(
            (f"All there is is {what}; what comes out on data that it was not trained on?", {"metrics": len(metrics)})
        )
    return asked


RULES = (
    Rule(
        "best-of-several",
        "better on one thing, worse on another",
        Level.WORTH_A_LOOK,
        _best_of_several,
        needs=with_rows,
    ),
    Rule(
        "held-out-drop",
        "much less beyond the lab",
        Level.ASK,
        _held_out_drop,
        (
            Threshold(
                "drop",
                0.3,
                f"{OURS}: the share of the lab's value, or of what a baseline that lost too leaves of it; a change of "
                "sign always",
            ),
            Threshold("errors", 2.0, f"{OURS}: no less than two standard errors of both, where these are known"),
        ),
        roles=PROPOSALS,
    ),
    Rule("nothing-measured", "no measurement at all", Level.ASK, _nothing_measured, roles=PROPOSALS),
    Rule("one-setting", "nothing held out", Level.ASK, _one_setting, roles=PROPOSALS),
    Rule(
        "stronger-baseline",
        "another baseline is the better one there",
        Level.ASK,
        _stronger_baseline,
        (Threshold("difference", 0.002, OURS),),
        roles=PROPOSALS,
        needs=with_rows,
    ),
    Rule("no-baseline", "no baseline was measured on the same", Level.WORTH_A_LOOK, _no_baseline, roles=PROPOSALS),
    Rule(
        "unknown-direction", "which way is better is not known", Level.WORTH_A_LOOK, _unknown_direction, roles=PROPOSALS
    ),
    Rule(
        "mixed-directions", "metrics that belong together and go opposite ways", Level.WORTH_A_LOOK, _mixed_directions
    ),
    Rule(
        "baseline-drift",
        "several numbers for one thing, or for the floor or ceiling of its gap",
        Level.WORTH_A_LOOK,
        _disagreeing,
        (Threshold("difference", 0.001, OURS),),
    ),
    Rule("synthetic", "synthetic or training data alone", Level.ASK, _synthetic, roles=PROPOSALS),
)
