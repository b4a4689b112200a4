"""What the current judgements of each proposal come to: kept with every event, so that no queue is ever counted out."""

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter

from reviewer.domain.log_odds import log_odds
from reviewer.domain.vocabulary import Verdict

_LIKELIHOOD = {Verdict.FAILS: 0.0, Verdict.CONDITIONAL: 0.5, Verdict.SURVIVES: 1.0}
"""Where a verdict stands between the two ends; who cannot tell takes no side."""


def width_of(judgements: Iterable[tuple[str | None, float | None]]) -> float:
    """Return how far apart judgements (verdict and forecast of each) stand, from 0 to 1.

    It is the distance between the outermost forecasts or the outermost verdicts, whichever is more: as far as from 0 to
    100 % is from ``fails`` to ``survives``, half as far from either to ``conditional``.
    """
    verdicts, forecasts = [], []
    for verdict, forecast in judgements:
        if verdict in _LIKELIHOOD:
            verdicts.append(_LIKELIHOOD[Verdict(verdict)])
        if forecast is not None:
            forecasts.append(forecast)
    return max((max(side) - min(side) for side in (verdicts, forecasts) if side), default=0.0)


def keep_sums(connection: sqlite3.Connection, method_id: int, problem_id: int) -> None:
    """Bring in step what the current judgements of one proposal come to, in the caller's transaction."""
    held = connection.execute(
        "SELECT verdict, forecast FROM current_judgements WHERE method_id = ? AND status <> 'to_do'", (method_id,)
    ).fetchall()
    _write(connection, method_id, problem_id, held)


def rebuild_sums(connection: sqlite3.Connection) -> int:
    """Write ``judgement_sums`` anew from the current judgements; return how many proposals have any."""
    connection.execute("DELETE FROM judgement_sums")
    cursor = connection.execute(
        "SELECT j.method_id, m.problem_id, j.verdict, j.forecast FROM current_judgements j "
        "CROSS JOIN methods m ON m.id = j.method_id WHERE j.status <> 'to_do' ORDER BY j.method_id"
    )
    n = 0
    for (method_id, problem_id), rows in groupby(cursor, key=itemgetter(0, 1)):
        _write(connection, method_id, problem_id, [row[2:] for row in rows])
        n += 1
    return n


def stale_sums(connection: sqlite3.Connection) -> int:
    """Return of how many proposals the sums are not what the judgements come to: a walk over all that are judged."""
    n: int = connection.execute(
        f"SELECT count(*) FROM (SELECT {_COUNTED} FROM current_judgements j WHERE j.status <> 'to_do' GROUP BY 1) c "
        "LEFT JOIN judgement_sums s ON s.method_id = c.method_id "
        "WHERE s.id IS NULL OR (s.verdicts, s.forecasts) <> (c.verdicts, c.forecasts) "
        "OR s.lowest IS NOT c.lowest OR s.highest IS NOT c.highest"
    ).fetchone()[0]
    more: int = connection.execute(
        "SELECT count(*) FROM judgement_sums s WHERE NOT EXISTS "
        "(SELECT 1 FROM current_judgements j WHERE j.method_id = s.method_id AND j.status <> 'to_do')"
    ).fetchone()[0]
    return n + more


_COUNTED = (
    "j.method_id, count(j.verdict) AS verdicts, count(j.forecast) AS forecasts, min(j.forecast) AS lowest, "
    "max(j.forecast) AS highest"
)


def _write(
    connection: sqlite3.Connection, method_id: int, problem_id: int, held: Sequence[tuple[str | None, float | None]]
) -> None:
    if not held:
        connection.execute("DELETE FROM judgement_sums WHERE method_id = ?", (method_id,))
        return
    forecasts = [forecast for _, forecast in held if forecast is not None]
    odds = [log_odds(forecast) for forecast in forecasts]
    connection.execute(
        """
        INSERT INTO judgement_sums (method_id, problem_id, verdicts, forecasts, total, squares, lowest, highest, width)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (method_id) DO UPDATE SET verdicts = excluded.verdicts, forecasts = excluded.forecasts,
            total = excluded.total, squares = excluded.squares, lowest = excluded.lowest, highest = excluded.highest,
            width = excluded.width
        """,
        (
            method_id,
            problem_id,
            sum(verdict is not None for verdict, _ in held),
            len(forecasts),
            sum(odds),
            sum(value**2 for value in odds),
            min(forecasts, default=None),
            max(forecasts, default=None),
            width_of(held),
        ),
    )
