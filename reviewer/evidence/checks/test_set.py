"""Rules about what was tested on: how much of it, its subsets, and the floor."""

import math

from reviewer.domain.checks import Level
from reviewer.domain.methods import Measurement
from reviewer.domain.vocabulary import OF_USERS, Direction
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.measured import key_of
from reviewer.evidence.checks.rule import OURS, Asked, Limits, Rule, Threshold, with_rows, with_subsets
from reviewer.evidence.checks.sane import sane
from reviewer.evidence.checks.wording import figure, figures, name
from reviewer.evidence.comparison import Key
from reviewer.evidence.fineness import fineness


def _unequal_tests(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row in case.rows:
        ours, theirs = row.ours.n_test, row.theirs.n_test
        if ours and theirs and ours != theirs and row.ours.setting not in OF_USERS:
            question = (
                f"{row.label}: {ours:,} test examples here, {theirs:,} for {name(row.baseline.title)}; "
                "are they the same test?"
            )
            asked.append((question, {"where": row.label, "n_test": ours, "baseline_n_test": theirs,
                                     "baseline": name(row.baseline.title)}))  # fmt: skip
    return asked


def _below_floor(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.values:
        value, label = case.context.used(m, case.sightings), case.context.label(m)
        direction = case.context.metric(m.metric).direction
        if direction is Direction.UNKNOWN or case.unresolved(m):
            continue
        floor = case.context.arm_of(case.context.bounds(key_of(m))[0])
        if case.context.base_of(m) is not None:
            lowest: float | None = 0.0
        else:
            lowest = floor.mean if floor is not None and sane(floor.mean) else None
        if lowest is None or not (value < lowest if direction is Direction.HIGHER else value > lowest):
            continue
        own, least = figures(value, lowest, fine=fineness(case.context.shown(m, case.sightings), None).ours)
        question = f"{label}: {own}, worse than the floor of {least}; what does it lose on the way?"
        asked.append((question, {"where": label, "value": value, "floor": lowest}))
    return asked


def _subsets(case: Case, least: float) -> dict[Key, list[Measurement]]:
    found: dict[Key, list[Measurement]] = {}
    for m in case.with_subset:
        countable = m.n_test and m.n_test >= least and sane(m.value)
        if countable and case.context.all_examples(m) is not None and not case.context.is_odd_alone(m):
            found.setdefault(key_of(m), []).append(m)
    return found


def _below_chance(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    chance = at["chance"]
    for subsets in _subsets(case, at["n_test"]).values():
        for m in subsets:
            whole = case.context.all_examples(m)
            if (
                whole is None
                or m.value is None
                or m.n_test is None
                or not 0 <= m.value <= whole
                or not 0 <= chance <= 1
            ):
                continue
            bound = chance - at["errors"] * math.sqrt(chance * (1 - chance) / m.n_test)
            if m.value / whole < bound:
                label = case.context.label(m)
                own, by_chance = figures(m.value, whole * chance)
                question = (
                    f"{label}: {own} over {m.n_test:,} examples is below chance ({by_chance}); "
                    "is something turned round there?"
                )
                asked.append(
                    (question, {"where": label, "value": m.value, "n_test": m.n_test, "chance": whole * chance})
                )
    return asked


def _subset_spread(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for subsets in _subsets(case, at["n_test"]).values():
        values = [(m.value, m) for m in subsets if m.value is not None]
        if len(values) < 2:
            continue
        (low, worst), (high, best) = min(values, key=lambda p: p[0]), max(values, key=lambda p: p[0])
        if high - low >= at["spread"] * (case.context.all_examples(best) or math.inf):
            where = case.context.label(
                Measurement(best.metric, best.dataset, None, setting=best.setting, split=best.split)
            )
            question = (
                f"{where}: {figure(high)} on {name(best.subset)}, {figure(low)} on {name(worst.subset)}; "
                "does it use something that only some of them have?"
            )
            asked.append((question, {"where": where, "highest": high, "highest_on": name(best.subset), "lowest": low,
                                     "lowest_on": name(worst.subset)}))  # fmt: skip
    return asked


_HUNDRED = Threshold("n_test", 100, f"{OURS}: smaller subsets are left out")

RULES = (
    Rule(
        "unequal-tests", "another number of test examples than the baseline", Level.ASK, _unequal_tests, needs=with_rows
    ),
    Rule("below-floor", "worse than the floor", Level.WORTH_A_LOOK, _below_floor),
    Rule(
        "subset-below-chance",
        "a subset below chance",
        Level.WORTH_A_LOOK,
        _below_chance,
        (
            Threshold("chance", 0.5, "two answers to choose from; set it to what the task has", 0, 1),
            Threshold("errors", 2.0, "two standard errors of chance, √(.25/n)"),
            _HUNDRED,
        ),
        needs=with_subsets,
    ),
    Rule(
        "subset-spread",
        "subsets that differ widely",
        Level.WORTH_A_LOOK,
        _subset_spread,
        (Threshold("spread", 0.2, OURS), _HUNDRED),
        needs=with_subsets,
    ),
)
