"""What a method claims: its value of the problem's primary metric, by which the queue sorts."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

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
        "ORDER BY r.id, x.id",
        (method_id, rule.metric),
    ).fetchall()
    claim, order = rule.claim(values)
    connection.execute("UPDATE methods SET claim = ?, claim_order = ? WHERE id = ?", (claim, order, method_id))


def refresh_claims(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> int:
    """Set anew by what every method of a problem sorts; return how many were out of step.

    It is needed when the primary metric, its direction, the primary dataset or a setting has changed.
    """
    stale = list(_stale_claims(connection, problem_id, claim_rule(problem)))
    connection.executemany("UPDATE methods SET claim = ?, claim_order = ? WHERE id = ?", stale)
    return len(stale)


def stale_claims(connection: sqlite3.Connection, problem_id: int, problem: Problem) -> int:
    """Return how many methods of a problem sort by something else than they claim."""
    return sum(1 for _ in _stale_claims(connection, problem_id, claim_rule(problem)))


def _stale_claims(
    connection: sqlite3.Connection, problem_id: int, rule: ClaimRule
) -> Iterator[tuple[float | None, float, int]]:
    """Yield the right claim, what it is sorted by, and the method's row id, where another claim is kept."""
    rows = connection.execute(
        # The plus sign: by an index of the problem all rows would be sorted before the first one came.
        "SELECT m.id, m.claim, m.claim_order, x.dataset, x.setting, x.value FROM methods m "
        "LEFT JOIN revisions r ON r.method_id = m.id AND r.current = 1 "
        "LEFT JOIN measurements x ON x.revision_id = r.id AND x.metric = ?1 AND x.subset = '' AND x.value IS NOT NULL "
        "WHERE +m.problem_id = ?2 ORDER BY m.id, r.id, x.id",
        (rule.metric, problem_id),
    )
    for (method_id, *kept), values in groupby(rows, key=itemgetter(0, 1, 2)):
        claim, order = rule.claim((d, s, v) for *_, d, s, v in values if v is not None)
        if (claim, order) != tuple(kept):
            yield claim, order, method_id
