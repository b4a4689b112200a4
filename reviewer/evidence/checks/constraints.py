"""Which check bears on which constraint of the built-in rubric: its question stands beside that one in the form."""

from collections.abc import Iterable, Mapping

from reviewer.domain.checks import CheckResult

_BEARS_ON: Mapping[str, tuple[str, ...]] = {
    "noise": (
        "few-seeds", "no-error", "within-noise", "test-set-noise", "rerun-noise", "error-mismatch", "same-values",
        "odd-error", "nothing-measured",
    ),
    "data_shift": ("held-out-drop", "one-setting", "synthetic", "nothing-measured"),
    "weak_baseline": ("stronger-baseline", "seed-asymmetry", "unequal-tests", "no-baseline", "baseline-drift"),
    "adaptive_overfitting": ("selection-noise", "best-of-several"),
    "shortcut": ("subset-spread", "subset-below-chance", "prediction-imbalance"),
    "leakage": ("copied-runs", "identity-mismatch", "run-status"),
    "cost": ("cost-growth", "large-ensemble"),
}  # fmt: skip


def questions_by_constraint(results: Iterable[CheckResult]) -> Mapping[str, tuple[str, ...]]:
    """Return all questions that bear on each constraint, by its slug; a rule may ask several."""
    asked: dict[str, list[str]] = {}
    for result in results:
        asked.setdefault(result.rule, []).append(result.question)
    return {
        slug: questions
        for slug, rules in _BEARS_ON.items()
        if (questions := tuple(question for rule in rules for question in asked.get(rule, ())))
    }
