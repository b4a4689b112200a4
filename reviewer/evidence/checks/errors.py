"""Rules about standard errors: whether there are any, and whether they are what the seeds give."""

import math

from reviewer.domain.checks import Level
from reviewer.domain.counted import counted
from reviewer.domain.left_out_errors import left_out_of
from reviewer.domain.methods import Measurement
from reviewer.domain.vocabulary import OF_USERS
from reviewer.evidence.arms import is_restated
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.measured import key_of, mean_and_error, seed_values
from reviewer.evidence.checks.rule import OURS, Asked, Limits, Rule, Threshold, with_seeds
from reviewer.evidence.checks.sane import SMALLEST, sane
from reviewer.evidence.checks.wording import figure, figures, places, plain, sayable


def _no_error(case: Case, at: Limits) -> list[Asked]:
    bare = [m for m in case.values if m.standard_error is None and len(m.seeds) < 2 and not case.has_error(m)]
    if bare:
        # Of one that is stated and left out it is asked what it is, be it of another sighting of the same number.
        left_out = {key_of(m) for m in case.method.measurements if left_out_of(m.source) is not None}
        bare = [m for m in bare if key_of(m) not in left_out]
        # Of users that are counted there is no second run, and their number says how far it would be off.
        bare = [m for m in bare if m.setting not in OF_USERS or case.share_and_tests(m) is None]
    if not bare:
        return []
    where = places([case.context.label(m) for m in bare])
    runs = "values of more than one seed" if any(m.seeds for m in bare) else "values of single seeds"
    question = f"{where}: neither a standard error nor {runs}; how far would a second run be off?"
    return [(question, {"where": where, "numbers": len(bare)})]


def _stated_error(m: Measurement) -> float | None:
    """Return the standard error as the source states it, which keeps none that cannot be one."""
    return left_out_of(m.source) if m.standard_error is None else m.standard_error


def _odd_error(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.method.measurements:
        error = _stated_error(m)
        if error is None or (error > 0 and math.isfinite(error)) or (error == 0 and m.subset):
            continue
        where = case.context.label(m)
        if error == 0:
            question = f"{where}: the standard error is 0; did every run give the very same, or is it not known?"
        else:
            question = f"{where}: the standard error is {figure(error)}, which none can be; what is it?"
        asked.append((question, {"where": where, "standard_error": sayable(error)}))
    return asked


def _error_mismatch(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        stated, values = m.standard_error, seed_values(m)
        if stated is None or stated <= SMALLEST or not sane(stated) or len(values) < 2 or len(values) != len(m.seeds):
            continue
        _, error = mean_and_error(values)
        if error < SMALLEST or abs(stated / error - 1) <= at["ratio"]:
            continue
        where, n = case.context.label(m), len(values)
        deviation = error * math.sqrt(n)
        known = {"the deviation itself, not divided by √n": deviation, "the population deviation / n": (
            deviation * math.sqrt((n - 1) / n) / n
        ), "the population deviation / √n": deviation * math.sqrt((n - 1) / n) / math.sqrt(n)}  # fmt: skip
        match = next((w for w, value in known.items() if abs(stated / value - 1) < at["ratio"] / 5), "")
        because = f" (it is {match})" if match else ""
        says, gives = figures(stated, error)
        question = f"{where}: the stated error is {says}{because}, the {n} seeds give {gives}; which is it?"
        asked.append((question, {"where": where, "stated": stated, "from_seeds": error, "seeds": n}))
    return asked


_OF_SOME = 5


def _mean_mismatch(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        values = seed_values(m)
        if m.value is None or not sane(m.value) or not values or len(values) != len(m.seeds):
            continue
        mean = math.fsum(values) / len(values)
        # Where some runs are not listed the mean of the rest is another one anyway.
        times = _OF_SOME if len(values) < (m.n_seeds or 0) else 1
        if abs(m.value - mean) <= max(times * at["difference"] * max(abs(mean), abs(m.value)), SMALLEST):
            continue
        if is_restated(m, case.context.here(key_of(m))):
            where = case.context.label(m)
            stated, average = figures(m.value, mean)
            question = (
                f"{where}: {stated} is stated, {counted(len(values), 'listed seed')} "
                f"{'gives' if len(values) == 1 else 'give'} {average} on average; "
                "which runs is it of?"
            )
            asked.append((question, {"where": where, "stated": m.value, "from_seeds": mean, "seeds": len(values)}))
    return asked


def _no_count(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.method.measurements:
        for what, n in (("seeds", m.n_seeds), ("test examples", m.n_test)):
            if n is not None and n <= 0:
                where = case.context.label(m)
                question = f"{where}: {plain(n)} {what} are stated; what does the number rest on?"
                asked.append((question, {"where": where, "of": what, "n": n}))
    return asked


RULES = (
    Rule("no-error", "neither standard error nor values of seeds", Level.ASK, _no_error),
    Rule("odd-error", "a standard error of zero, below zero or no number", Level.ASK, _odd_error),
    Rule(
        "error-mismatch",
        "the stated error is not what the seeds give",
        Level.ASK,
        _error_mismatch,
        (Threshold("ratio", 0.05, f"{OURS}: the share by which the two may differ"),),
        needs=with_seeds,
    ),
    Rule(
        "mean-mismatch",
        "the stated value is not the mean of the seeds",
        Level.ASK,
        _mean_mismatch,
        (
            Threshold(
                "difference",
                0.002,
                f"{OURS}, as of derived metrics: the share of the value by which the two may differ beyond what was "
                f"rounded; {_OF_SOME} times that where some runs are not listed",
            ),
        ),
        needs=with_seeds,
    ),
    Rule("no-count", "a number of seeds or test examples of zero", Level.ASK, _no_count),
)
