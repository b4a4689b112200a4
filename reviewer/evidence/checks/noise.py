"""Rules that hold a gain against noise: of seeds, of the test set, of choosing the best of many."""

import math
from itertools import combinations

from reviewer.domain.checks import Level
from reviewer.domain.intervals import LEVEL, critical_value
from reviewer.domain.vocabulary import OF_USERS, Direction, Setting
from reviewer.evidence.checks.case import Case, Row
from reviewer.evidence.checks.measured import key_of, mean_and_error, seed_values
from reviewer.evidence.checks.rule import OURS, PROPOSALS, Asked, Limits, Rule, Threshold, with_gains_anywhere
from reviewer.evidence.checks.sane import LARGEST, SMALLEST
from reviewer.evidence.checks.wording import figure, limit, name, plain, signed
from reviewer.evidence.difference import Interval

_MOST_SEEDS = 100
"""Of more seeds the first so many are held against each other."""


def _within_interval(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row, gain in case.gains_anywhere():
        found = case.compared(row)
        if found is None or (difference := found.difference) is None or (interval := difference.interval) is None:
            continue
        half = _half(interval, at["confidence"])
        low, high = difference.value - half, difference.value + half
        if low <= 0 <= high:
            percent = plain(round(at["confidence"] * 100, 6))
            fine = case.fineness(row).difference
            value, least, most = signed(difference.value, fine), limit(low, fine), limit(high, fine)
            question = (
                f"{row.label}: {value} against {name(row.baseline.title)}, and the {percent} % interval, {least} to "
                f"{most}, has 0 in it; is there a gain?"
            )
            asked.append((question, {"where": row.label, "gain": gain, "low": low, "high": high, "seeds": found.ours.n,
                                     "baseline_seeds": found.theirs.n, "baseline": name(row.baseline.title),
                                     "procedure": str(interval.procedure)}))  # fmt: skip
    return asked


def _half(interval: Interval, confidence: float) -> float:
    """Return half the width of an interval at another confidence than its own."""
    if confidence == LEVEL:
        return (interval.high - interval.low) / 2
    return critical_value(interval.df, confidence) * interval.standard_error


def _test_set_noise(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row, gain in case.gains_anywhere():
        known = case.share_and_tests(row.ours)
        if known is None:
            continue
        share, tests, size = known
        error, examples = math.sqrt(share * (1 - share) / tests) / size, f"{tests:,} test examples"
        if row.ours.setting in OF_USERS and (others := case.share_and_tests(row.theirs, row.baseline)) is not None:
            # Each side has its own users there, and in the lab both have one test set.
            error = math.hypot(error, math.sqrt(others[0] * (1 - others[0]) / others[1]) / size)
            examples = f"{tests:,} against {others[1]:,} examples"
        if gain < at["errors"] * error:
            noise = figure(error, case.fineness(row).difference)
            question = (
                f"{row.label}: {_as_shown(case, row, gain)} against {name(row.baseline.title)}, and {examples} alone "
                f"have a standard error of {noise}; would other examples show it?"
            )
            asked.append((question, {"where": row.label, "gain": gain, "test_set_error": error, "n_test": tests,
                                     "baseline": name(row.baseline.title)}))  # fmt: skip
    return asked


def _rerun_noise(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row, gain in case.gains_anywhere():
        apart = [d for m in (row.ours, row.theirs) if (d := _usual_distance(seed_values(m)))]
        if again := case.context.rerun_distances.get((case.method.namespace, key_of(row.ours))):
            apart.append(again)
        if apart and gain < max(apart):
            usual = figure(max(apart), case.fineness(row).difference)
            question = (
                f"{row.label}: {_as_shown(case, row, gain)} against {name(row.baseline.title)}, and two runs that "
                f"differ by their seed alone are usually {usual} apart; is it more than a lucky seed?"
            )
            asked.append((question, {"where": row.label, "gain": gain, "between_seeds": max(apart),
                                     "baseline": name(row.baseline.title)}))  # fmt: skip
    return asked


def _usual_distance(values: list[float]) -> float:
    """Return the mean distance of two seeds' values; 0 where there are no two."""
    values = values[:_MOST_SEEDS]
    if len(values) < 2 or mean_and_error(values)[1] < SMALLEST:
        return 0.0
    distances = [abs(a - b) for a, b in combinations(values, 2)]
    return math.fsum(distances) / len(distances)


def _selection_noise(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row, gain in case.gains_anywhere():
        # Users are nobody's test set, which is asked until it gives what is wanted.
        known = None if row.ours.setting in OF_USERS else case.share_and_tests(row.ours)
        if known is None:
            continue
        share, tests, size = known
        confidence, told = at["confidence"], row.ours.n_evaluations
        if told is None and row.ours.setting is Setting.HELD_OUT:
            continue  # What is held out is what nothing was chosen by, unless somebody says how often it was asked.
        k: float
        # Of as many of either, what is told goes first.
        k, of = max((told or 0, "evaluations"), (case.context.proposals, "proposals"), key=lambda one: one[0])
        if k < at["proposals"] or gain >= _from_selection(k, share, tests, size, confidence):
            if told is not None:
                continue
            # Nobody says how often it was: as many as the gain takes are told, since so many soon come together.
            k, of = _enough(gain, share, tests, size, at), "tries"
            if k > at["tries"]:
                continue
        bound = _from_selection(k, share, tests, size, confidence)
        question = (
            f"{row.label}: {_as_shown(case, row, gain)}, and choosing the best of {_AMONG[of].format(k)} on {tests:,} "
            f"test examples can give up to {_as_shown(case, row, bound)} by itself; "
            f"{'how often was this test set asked?' if told is None else 'would it hold on a new one?'}"
        )
        asked.append((question, {"where": row.label, "gain": gain, "from_selection": bound, of: k,
                                 "n_test": tests}))  # fmt: skip
    return asked


_AMONG = {
    "evaluations": "{:,} evaluations",
    "proposals": "the problem's {:,} or more proposals",
    "tries": "as few as {:,} tries",
}


def _enough(gain: float, share: float, tests: int, size: float, at: Limits) -> float:
    """Return the number of tries of which the best can be as much as the gain by itself; infinity beyond any number."""
    g, spread = gain * size, math.sqrt(2 * share * (1 - share) / tests)
    by_bernstein = (3 * tests / 2 * (math.sqrt(spread**2 + 4 * g / (3 * tests)) - spread)) ** 2
    exponent = max(2 * tests * g**2, by_bernstein) - math.log(2 / (1 - at["confidence"]))
    if exponent > math.log(LARGEST):
        return math.inf
    return max(math.floor(math.exp(exponent)) + 1, int(at["proposals"]), 2)


def _from_selection(k: float, share: float, tests: int, size: float, confidence: float) -> float:
    """Return what choosing the best of ``k`` can give at most by itself, in the unit of the metric.

    By Hoeffding's inequality, or by Bernstein's where that says less, as it does of rare shares; for all k at once.
    """
    log = math.log(2 * k / (1 - confidence))
    by_bernstein = math.sqrt(2 * share * (1 - share) * log / tests) + log / (3 * tests)
    return min(math.sqrt(log / (2 * tests)), by_bernstein) / size


def _as_shown(case: Case, row: Row, gain: float) -> str:
    """Return a gain as the difference that the evidence shows, which is below 0 where less is better."""
    less_is_better = case.context.metric(row.ours.metric).direction is Direction.LOWER
    return signed(-gain if less_is_better else gain, case.fineness(row).difference)


RULES = (
    Rule(
        "within-noise",
        "the interval of the gain over the baseline has zero in it",
        Level.ASK,
        _within_interval,
        (Threshold("confidence", 0.95, "the usual interval, as the evidence shows it", 0.5, 0.9999),),
        needs=with_gains_anywhere,
    ),
    Rule(
        "test-set-noise",
        "the gain is small beside the error of the test set",
        Level.ASK,
        _test_set_noise,
        (Threshold("errors", 2.0, "two standard errors, √(p(1−p)/n); Miller 2024"),),
        needs=with_gains_anywhere,
    ),
    Rule(
        "rerun-noise",
        "the gain is smaller than the distance of two runs with different seeds",
        Level.WORTH_A_LOOK,
        _rerun_noise,
        needs=with_gains_anywhere,
    ),
    Rule(
        "selection-noise",
        "choosing the best of many alone could give the gain",
        Level.NOTE,
        _selection_noise,
        (
            Threshold(
                "proposals", 2, f"{OURS}: from so many proposals of the problem, or evaluations that are told, on"
            ),
            Threshold(
                "tries",
                1000,
                f"{OURS}: where nobody says how often it was, so many that give the gain are told at most",
            ),
            Threshold(
                "confidence",
                0.95,
                "union bound, √(ln(2k/(1−confidence))/2n), or Bernstein's where less; Dwork et al. 2015",
                0.5,
                0.9999,
            ),
        ),
        roles=PROPOSALS,
        needs=with_gains_anywhere,
    ),
)
