"""How many judgements of each verdict there are, of the proposals that a viewer may see what is counted of.

Rows are counted one by one as they are read: SQLite would sort all of them, in memory, to group them.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from reviewer.store.protocols import SEES_EVIDENCE, SEES_OTHERS, protocol_of


class VerdictCount(NamedTuple):
    """How many judgements of one verdict there are of one agent's proposals, the viewer's own or others'.

    ``agent`` is None of proposals of which the viewer may not see yet who put them forward.
    """

    agent: str | None
    own: bool
    verdict: str
    n: int


# The judgements of a problem are walked in the order of its proposals: what may be seen is asked once of each.
_COUNTED = f"""
    SELECT CASE WHEN :everyone OR {SEES_EVIDENCE.format(of="m.id")} THEN m.agent END,
        j.reviewer_id = :viewer, j.verdict
    FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id AND m.problem_id = :problem
    WHERE j.verdict IS NOT NULL AND (j.reviewer_id = :viewer OR :everyone OR {SEES_OTHERS.format(of="m.id")})
"""


def verdict_counts(
    connection: sqlite3.Connection, problem_id: int, viewer_id: int, *, everyone: bool = False
) -> Iterator[VerdictCount]:
    """Yield how many judgements there are of each agent, by verdict: all of the viewer's own, others' as far as the
    viewer may see them; with ``everyone`` all that there are."""
    given = {
        "problem": problem_id,
        "viewer": viewer_id,
        "everyone": everyone,
        "protocol": protocol_of(connection, problem_id),
    }
    counted = Counter[tuple[str | None, int, str]](connection.execute(_COUNTED, given))
    for agent, own, verdict in sorted(counted, key=lambda of: (of[0] is not None, of[0] or "", *of[1:])):
        yield VerdictCount(agent, bool(own), verdict, counted[agent, own, verdict])
