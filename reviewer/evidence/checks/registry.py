"""All rules, in the order in which they are listed, and asking them of a method."""

from collections.abc import Mapping
from types import MappingProxyType

from reviewer.domain.checks import CheckResult, CheckSettings, Level
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks import arithmetic, breadth, errors, noise, plan, seeds, test_set
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.rule import Limits, Rule

RULES: tuple[Rule, ...] = (
    *seeds.RULES,
    *errors.RULES,
    *noise.RULES,
    *arithmetic.RULES,
    *test_set.RULES,
    *breadth.RULES,
    *plan.RULES,
)

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})

RULES_VERSION = 1
"""Goes up whenever a rule asks otherwise of the same data, so that what was asked before is asked anew."""

MOST_OF_ONE_RULE = 5
"""A rule asks so many questions of one method at most."""

_LEVELS = {level: i for i, level in enumerate(Level)}


def limits_of(rule: Rule, settings: CheckSettings) -> Limits:
    """Return a rule's thresholds as they hold."""
    return {**rule.defaults, **settings.thresholds.get(rule.id, {})}


def words_of(settings: CheckSettings) -> str:
    """Return the same text for settings that ask the same, another one for any that do not."""
    asked = [(r.id, sorted(limits_of(r, settings).items())) for r in RULES if r.id not in settings.off]
    return repr((RULES_VERSION, asked))


class Checker:
    """The rules that are asked, with their thresholds, made ready to be asked of many methods."""

    def __init__(self, settings: CheckSettings | None = None) -> None:
        chosen = settings or CheckSettings()
        rules = [(rule, limits_of(rule, chosen)) for rule in RULES if rule.id not in chosen.off]
        self._rules = {role: [(r, at) for r, at in rules if role in r.roles] for role in Role}

    def check(self, case: Case) -> tuple[CheckResult, ...]:
        """Return the questions about a method, the most pressing level first, then in the order of the rules."""
        results = [
            CheckResult(rule.id, rule.level, question, numbers)
            for rule, limits in self._rules[case.method.role]
            for question, numbers in rule.function(case, limits)[:MOST_OF_ONE_RULE]
        ]
        return tuple(sorted(results, key=lambda r: _LEVELS[r.level]))
