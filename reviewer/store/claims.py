"""What a method claims: its value of the problem's primary metric, by which the queue sorts."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Direction, Setting

NO_CLAIM = 1e308
"""Sorts what claims nothing behind everything that claims something."""

_RANKS = {str(setting): rank for rank, setting in enumerate(Setting)}


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """Which of a method's values is its claim: of this metric, on this dataset before any other."""

    metric: str | None
    dataset: str | None
    lower: bool

    def claim(self, values: Iterable[tuple[str, str, float]]) -> tuple[float | None, float]:
        """Return the claim and what it is sorted by, given dataset, setting and value, whole subsets alone.

        The agent's own claim (the lab's) comes first, and of two of a kind the first.
        """
        best = min(values, key=lambda v: (v[0] != self.dataset, _RANKS[v[1]]), default=None)
        if best is None:
            return None, NO_CLAIM
        return best[2], best[2] if self.lower else -best[2]


def claim_rule(problem: Problem) -> ClaimRule:
    """Return the rule of a problem; without a primary metric nothing is claimed."""
    metric = problem.primary_metric
    lower = metric is not None and problem.metric(metric).direction is Direction.LOWER
    return ClaimRule(metric, problem.primary_dataset, lower)


def refresh_claim(connection: sqlite3.Connection, method_id: int, rule: ClaimRule) -> None:
    """Set a method's claim from the measurements that count now."""
    if rule.metric is None:
        return
    values = connection.execute(
        "SELECT x.dataset, x.setting, x.value FROM measurements x JOIN revisions r ON r.id = x.revision_id "
        "WHERE r.method_id = ? AND r.current = 1 AND x.metric = ? AND x.subset = '' AND x.value IS NOT NULL "
        "ORDER BY x.id",
        (method_id, rule.metric),
    ).fetchall()
    claim, order = rule.claim(values)
    connection.execute("UPDATE methods SET claim = ?, claim_order = ? WHERE id = ?", (claim, order, method_id))


def refresh_claims(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> None:
    """Set anew by what every method of a problem sorts: needed when the primary metric or its direction changed."""
    rule = claim_rule(problem)
    rows = connection.execute("SELECT id FROM methods WHERE problem_id = ?", (problem_id,)).fetchall()
    for (method_id,) in rows:
        refresh_claim(connection, method_id, rule)
