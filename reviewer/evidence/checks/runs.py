"""Rules about single runs: whether each is what its place says and a run of its own, and how its answers fell."""

from collections import Counter

from reviewer.domain.checks import Level, Numbers
from reviewer.domain.counted import counted
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.rule import OURS, Asked, Limits, Rule, Threshold, with_seeds
from reviewer.evidence.checks.sane import sane
from reviewer.evidence.checks.wording import figure, name


def _identity(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        other = [s for s in m.seeds if s.says]
        if other:
            where, first = case.context.label(m), other[0]
            question = (
                f"{where}: {len(other):,} of {counted(len(m.seeds), 'run')} say that they are another, seed "
                f"{first.seed} that it is “{name(first.says)}”; whose numbers are these?"
            )
            numbers: Numbers = {"where": where, "runs": len(other), "of": len(m.seeds), "seed": first.seed}
            asked.append((question, numbers | {"says": name(first.says)}))
    return asked


def _copied(case: Case, at: Limits) -> list[Asked]:
    """Ask of runs that took the very same time, to a fraction of a second, as another one did."""
    asked: list[Asked] = []
    for m in case.with_seeds:
        times = [s.seconds for s in m.seeds if s.seconds is not None and sane(s.seconds) and s.seconds % 1]
        same = [(n, t) for t, n in Counter(times).items() if n > 1]
        others = {t: title for t in times if (title := case.context.ran_elsewhere(t, case.method))}
        if not same and not others:
            continue
        where = case.context.label(m)
        n, time = max(same, default=(1, next(iter(others), 0.0)))
        beside = f"and one of {name(others[time])} " if time in others else ""
        runs = f"{n} runs " if n > 1 else "a run "
        question = (
            f"{where}: {runs}{beside}took {time!r} seconds each, to the last digit; was one copied from the other?"
        )
        asked.append((question, {"where": where, "seconds": time, "runs": n, "other": name(others.get(time, "")) if
                                 time in others else None}))  # fmt: skip
    return asked


def _imbalance(case: Case, at: Limits) -> list[Asked]:
    asked: list[Asked] = []
    for m in case.with_seeds:
        off = [
            (abs(s.predicted_share - s.label_share), s.seed, s.predicted_share, s.label_share)
            for s in m.seeds
            if s.predicted_share is not None
            and s.label_share is not None
            and 0 <= s.predicted_share <= 1
            and 0 <= s.label_share <= 1
            and abs(s.predicted_share - s.label_share) > at["difference"]
        ]
        if off:
            where = case.context.label(m)
            _, seed, predicted, labelled = max(off, key=lambda one: one[0])
            question = (
                f"{where}: seed {seed} gives one answer for {figure(predicted)} of the examples, and "
                f"{figure(labelled)} have it ({len(off):,} of {counted(len(m.seeds), 'run')} so far off); "
                "does it lean to one side?"
            )
            asked.append((question, {"where": where, "seed": seed, "predicted_share": predicted,
                                     "label_share": labelled, "runs": len(off)}))  # fmt: skip
    return asked


def _run_status(case: Case, at: Limits) -> list[Asked]:
    """Ask of runs that count although they failed, or say that they succeeded and did not end so."""
    asked: list[Asked] = []
    for m in case.with_seeds:
        contrary = [s for s in m.seeds if s.completed and s.exit_status]
        failed = [s for s in m.seeds if s.completed is False]
        where = case.context.label(m) if contrary or failed else ""
        if contrary:
            first = contrary[0]
            question = (
                f"{where}: {len(contrary):,} of {counted(len(m.seeds), 'run')} say that they succeeded, and ended with "
                f"an error (seed {first.seed} with status {first.exit_status}); which is it?"
            )
            asked.append((question, {"where": where, "runs": len(contrary), "of": len(m.seeds), "seed": first.seed,
                                     "exit_status": first.exit_status}))  # fmt: skip
        if failed:
            question = (
                f"{where}: {len(failed):,} of {counted(len(m.seeds), 'run')} say that they failed (seed "
                f"{failed[0].seed}), and count all the same; what are their values of?"
            )
            asked.append((question, {"where": where, "failed": len(failed), "of": len(m.seeds),
                                     "seed": failed[0].seed}))  # fmt: skip
    return asked


RULES = (
    Rule("identity-mismatch", "runs that say they are another", Level.ASK, _identity, needs=with_seeds),
    Rule(
        "run-status",
        "runs that say they succeeded and did not, or failed and count",
        Level.ASK,
        _run_status,
        needs=with_seeds,
    ),
    Rule("copied-runs", "runs that took the very same time", Level.ASK, _copied, needs=with_seeds),
    Rule(
        "prediction-imbalance",
        "one answer given much more often than it is right",
        Level.WORTH_A_LOOK,
        _imbalance,
        (Threshold("difference", 0.1, OURS, 0, 1),),
        needs=with_seeds,
    ),
)
