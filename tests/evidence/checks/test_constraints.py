"""Which check bears on which constraint."""

from reviewer.domain.checks import CheckResult, Level
from reviewer.evidence.checks import constraints, registry
from reviewer.workflow.rubrics import load_rubric


def test_every_constraint_and_rule_that_is_named_is_one() -> None:
    slugs = {c.slug for c in load_rubric(None).constraints}
    rules = {rule.id for rule in registry.RULES}
    assert set(constraints._BEARS_ON) <= slugs
    assert {rule for named in constraints._BEARS_ON.values() for rule in named} <= rules


def test_a_question_stands_beside_the_constraint_that_it_bears_on() -> None:
    results = [CheckResult(rule, Level.ASK, f"{rule}?", {}) for rule in ("one-setting", "few-seeds", "sentinel")]
    assert constraints.questions_by_constraint(results) == {
        "noise": ("few-seeds?",),
        "data_shift": ("one-setting?",),
    }
    bare = [CheckResult("nothing-measured", Level.ASK, "nothing?", {})]
    assert set(constraints.questions_by_constraint(bare)) == {"noise", "data_shift"}


def test_all_questions_of_a_rule_stand_there() -> None:
    results = [CheckResult("few-seeds", Level.ASK, f"few on {place}?", {}) for place in ("chat", "math", "code")]
    assert constraints.questions_by_constraint(results) == {
        "noise": ("few on chat?", "few on math?", "few on code?"),
    }
