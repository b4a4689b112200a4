"""Rules about seeds: how many there are, whether both sides have as many, whether they are different ones."""

from collections import Counter

from reviewer.domain.checks import Level, Numbers
from reviewer.domain.counted import counted
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.rule import OURS, Asked, Limits, Rule, Threshold, with_rows, with_seeds
from reviewer.evidence.checks.wording import figure, name, places, plain, sayable


def _few_seeds(case: Case, at: Limits) -> list[Asked]:
    few = [(case.context.label(m), n) for m in case.values if (n := case.runs(m)) and n < at["seeds"]]
    if not few:
        return []
    least, most = min(n for _, n in few), max(n for _, n in few)
    words = counted(least, "seed") if least == most else f"{least} to {most} seeds"
    where = places([label for label, _ in few])
    question = f"{where}: {words}, and fewer than {plain(at['seeds'])} are unsafe; would it hold with more?"
    return [(question, {"where": where, "seeds": least, "most_seeds": most, "asked_for": at["seeds"]})]


def _seed_asymmetry(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for row in case.rows:
        ours, theirs = case.runs(row.ours), case.runs(row.theirs, row.baseline)
        if ours and theirs and ours != theirs:
            baseline = name(row.baseline.title)
            question = f"{row.label}: {counted(ours, 'seed')} here, {theirs:,} for {baseline}; are they as well known?"
            numbers: Numbers = {"where": row.label, "seeds": ours, "baseline_seeds": theirs, "baseline": baseline}
            asked.append((question, numbers))
    return asked


def _same_values(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        if not m.subset and len(m.seeds) >= at["seeds"] and len({s.value for s in m.seeds}) == 1:
            where, value = case.context.label(m), m.seeds[0].value
            question = f"{where}: all {len(m.seeds)} seeds give {figure(value)}; were they really run apart?"
            asked.append((question, {"where": where, "seeds": len(m.seeds), "value": sayable(value)}))
    return asked


def _repeated_seeds(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        times = Counter(s.seed for s in m.seeds if s.seed is not None)
        more = {seed: n for seed, n in times.items() if n > 1}
        if more:
            where, (seed, n) = case.context.label(m), max(more.items(), key=lambda pair: pair[1])
            question = f"{where}: seed {seed} stands there {n} times; is one run counted more than once?"
            asked.append((question, {"where": where, "seed": seed, "times": n, "seeds_repeated": len(more)}))
    return asked


def _seed_count(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        if m.seeds and m.n_seeds is not None and m.n_seeds != len(m.seeds):
            where = case.context.label(m)
            question = f"{where}: {counted(m.n_seeds, 'seed')} stated, {len(m.seeds):,} listed; which of them count?"
            asked.append((question, {"where": where, "stated": m.n_seeds, "listed": len(m.seeds)}))
    return asked


RULES = (
    Rule(
        "few-seeds",
        "few seeds",
        Level.ASK,
        _few_seeds,
        (Threshold("seeds", 5, "the rule of the study's own tool; Henderson et al. 2018 find 5 unsafe already"),),
    ),
    Rule(
        "seed-asymmetry",
        "another number of seeds than the baseline",
        Level.WORTH_A_LOOK,
        _seed_asymmetry,
        needs=with_rows,
    ),
    Rule(
        "same-values",
        "every seed gives the same value",
        Level.ASK,
        _same_values,
        (Threshold("seeds", 2, OURS),),
        needs=with_seeds,
    ),
    Rule("repeated-seeds", "one seed listed more than once", Level.ASK, _repeated_seeds, needs=with_seeds),
    Rule("seed-count", "another number of seeds stated than listed", Level.WORTH_A_LOOK, _seed_count, needs=with_seeds),
)
