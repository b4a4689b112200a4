"""What some sources say of methods besides texts and values: scores by the agent itself, reviews, runs made again."""

import json
import sqlite3
from collections.abc import Mapping, Sequence

from reviewer.domain.methods import Opinions, OutsideReview, SelfScore


def opinions_of(connection: sqlite3.Connection, method_ids: Sequence[int]) -> Mapping[int, Opinions]:
    """Return what counts now of methods by their row ids; those of which nobody says anything are left out."""
    asked = json.dumps(list(method_ids))
    scores: dict[int, list[SelfScore]] = {}
    for method_id, *score in connection.execute(
        f"SELECT x.method_id, x.name, x.value, x.most {_OF.format('self_scores')}", (asked,)
    ):
        scores.setdefault(method_id, []).append(SelfScore(*score))
    reviews: dict[int, list[OutsideReview]] = {}
    for method_id, score, most, confidence, used_ai, consent in connection.execute(
        f"SELECT x.method_id, x.score, x.most, x.confidence, x.used_ai, x.consent {_OF.format('outside_reviews')}",
        (asked,),
    ):
        reviews.setdefault(method_id, []).append(
            OutsideReview(score, most, confidence, _truth(used_ai), _truth(consent))
        )
    return {
        method_id: Opinions(tuple(scores.get(method_id, ())), tuple(reviews.get(method_id, ())))
        for method_id in {*scores, *reviews}
    }


# Cross joins, so that SQLite begins with what is asked for.
_OF = (
    "FROM json_each(?) i CROSS JOIN revisions r ON r.method_id = i.value AND r.current = 1 "
    "CROSS JOIN {} x ON x.revision_id = r.id ORDER BY x.id"
)


def _truth(stored: int | None) -> bool | None:
    return None if stored is None else bool(stored)


def self_score_shares(
    connection: sqlite3.Connection, problem_id: int
) -> Mapping[tuple[str, str], Sequence[tuple[float, int]]]:
    """Return by namespace and name which shares of what can be given agents gave their own ideas, and how often."""
    found: dict[tuple[str, str], list[tuple[float, int]]] = {}
    for namespace, name, share, n in connection.execute(
        "SELECT m.namespace, x.name, round(x.value / x.most, 3), count(*) FROM self_scores x "
        "CROSS JOIN revisions r ON r.id = x.revision_id AND r.current = 1 "
        "CROSS JOIN methods m ON m.id = x.method_id AND m.problem_id = ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        (problem_id,),
    ):
        found.setdefault((namespace, name), []).append((share, n))
    return found


def reruns(connection: sqlite3.Connection, problem_id: int) -> Sequence[tuple[int, int]]:
    """Return the row ids of methods that are other runs of a method, each with that of the method."""
    return connection.execute(
        "SELECT DISTINCT m.id, o.id FROM revisions r CROSS JOIN methods m ON m.id = r.method_id "
        "CROSS JOIN methods o ON o.problem_id = m.problem_id AND o.namespace = m.namespace "
        "AND o.external_id = r.rerun_of AND o.id <> m.id "
        "WHERE r.rerun_of <> '' AND r.current = 1 AND m.problem_id = ? ORDER BY 1, 2",
        (problem_id,),
    ).fetchall()
