"""All rules, in the order in which they are listed, and asking them of a method."""

from collections.abc import Mapping
from types import MappingProxyType

from reviewer.domain.checks import CheckResult, CheckSettings, Level
from reviewer.domain.vocabulary import Role
from reviewer.evidence.checks import arithmetic, breadth, errors, noise, opinions, plan, runs, seeds, shares, test_set
from reviewer.evidence.checks.case import Case
from reviewer.evidence.checks.rule import Asked, Limits, Rule

RULES: tuple[Rule, ...] = (
    # What is in another unit than it says makes nothing of the rest.
    *shares.RULES,
    *seeds.RULES,
    *errors.RULES,
    *noise.RULES,
    *runs.RULES,
    *arithmetic.RULES,
    *test_set.RULES,
    *breadth.RULES,
    *plan.RULES,
    *opinions.RULES,
)

BY_ID: Mapping[str, Rule] = MappingProxyType({rule.id: rule for rule in RULES})

RULES_VERSION = 13
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
        ordered = sorted(RULES, key=lambda rule: _LEVELS[rule.level])
        rules = [(i, r, limits_of(r, chosen)) for i, r in enumerate(ordered) if r.id not in chosen.off]
        # Those with the same needs together: most methods lack most of what there can be.
        self._groups = {
            role: [
                (needs, [(i, r, at) for i, r, at in rules if r.needs is needs and role in r.roles])
                for needs in dict.fromkeys(r.needs for _, r, _ in rules)
            ]
            for role in Role
        }

    def check(self, case: Case) -> tuple[CheckResult, ...]:
        """Return the questions about a method, the most pressing level first, then in the order of the rules."""
        found = []
        for needs, rules in self._groups[case.method.role]:
            if needs is None or needs(case):
                for place, rule, limits in rules:
                    if asked := rule.function(case, limits):
                        found += [(place, n, rule, asking) for n, asking in enumerate(asked[:MOST_OF_ONE_RULE])]
        if len(found) > 1:
            found.sort(key=_by_place)
        return tuple(CheckResult(rule.id, rule.level, question, numbers) for _, _, rule, (question, numbers) in found)


def _by_place(found: tuple[int, int, Rule, Asked]) -> tuple[int, int]:
    return found[:2]
