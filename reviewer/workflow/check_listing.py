"""What ``reviewer checks`` lists: the rules as they hold, with how many proposals each has a question about."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.domain.checks import CheckSettings, Level
from reviewer.domain.errors import UserError
from reviewer.domain.problems import no_such_problem
from reviewer.evidence.checks.registry import BY_ID, RULES, limits_of
from reviewer.evidence.checks.rule import Rule
from reviewer.store import check_results
from reviewer.store.check_results import AskedOf, RuleCount
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, list_problems
from reviewer.store.protocols import any_sealed
from reviewer.workflow.config import did_you_mean


@dataclass(frozen=True, slots=True)
class ListedThreshold:
    """A threshold as it holds, and where it comes from."""

    name: str
    value: float
    source: str


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A rule with how many proposals, and how many baselines, it has a question about."""

    id: str
    title: str
    level: Level
    on: bool
    thresholds: tuple[ListedThreshold, ...]
    proposals: int
    baselines: int


def listed_rules(
    store: Store, settings: CheckSettings, problem: str | None = None, viewer_id: int | None = None
) -> tuple[ListedRule, ...]:
    """Return every rule in its order, counted over one problem or over all.

    What is sealed for the viewer is not counted; all is where ``viewer_id`` is None.

    Raises:
        UserError: when there is no such problem.
        StoreError: when the store cannot be read.
    """
    totals: dict[str, RuleCount] = {}
    with store.read() as connection:
        for stored in _problems(connection, problem):
            for rule, n in check_results.counts_by_rule(connection, stored.id, viewer_id).items():
                held = totals.get(rule, RuleCount(rule, 0, 0))
                totals[rule] = RuleCount(rule, held.proposals + n.proposals, held.others + n.others)
    nothing = RuleCount("", 0, 0)
    return tuple(_listed(rule, settings, totals.get(rule.id, nothing)) for rule in RULES)


def _listed(rule: Rule, settings: CheckSettings, n: RuleCount) -> ListedRule:
    limits, told = limits_of(rule, settings), settings.thresholds.get(rule.id, {})
    thresholds = tuple(
        ListedThreshold(t.name, limits[t.name], "the config" if t.name in told else t.source) for t in rule.thresholds
    )
    return ListedRule(rule.id, rule.title, rule.level, rule.id not in settings.off, thresholds, n.proposals, n.others)


def methods_asked(
    store: Store, rule: str, problem: str | None = None, viewer_id: int | None = None
) -> Mapping[str, list[AskedOf]]:
    """Return the methods that a rule has questions about, by problem; likewise.

    Raises:
        UserError: when there is no such rule or problem.
        StoreError: when the store cannot be read.
    """
    require_rule(rule)
    with store.read() as connection:
        return {
            stored.problem.slug: check_results.methods_asked(connection, stored.id, rule, viewer_id)
            for stored in _problems(connection, problem)
        }


def sealed_problems(store: Store, viewer_id: int | None, problem: str | None = None) -> tuple[str, ...]:
    """Return the slugs of the problems of which something is sealed for the viewer; none where that is None.

    Raises:
        StoreError: when the store cannot be read.
    """
    if viewer_id is None:
        return ()
    with store.read() as connection:
        every = _problems(connection, problem)
        return tuple(each.problem.slug for each in every if any_sealed(connection, each.id, viewer_id))


def require_rule(rule: str) -> None:
    """Check that there is a rule of that id.

    Raises:
        UserError: when there is none.
    """
    if rule not in BY_ID:
        raise UserError(f"There is no rule {rule!r}.{did_you_mean(rule, BY_ID)} `reviewer checks` lists them.")


def rule_titles() -> Mapping[str, str]:
    """Return the ids of all rules in their order, each with what it is about."""
    return {rule.id: rule.title for rule in RULES}


def _problems(connection: check_results.Connection, problem: str | None) -> list[StoredProblem]:
    every = list_problems(connection)
    found = [stored for stored in every if problem in (None, stored.problem.slug)]
    if problem is not None and not found:
        raise UserError(no_such_problem(problem, [stored.problem.slug for stored in every]))
    return found
