"""Drawing the queue of one reviewer: by what a review is worth as far as they may see it, with a share by chance.

In the open protocol that is the worth of one more review by all forecasts, equals by claim. In the blind one, what is
to be done shows nothing of others, so that all are worth the same and go by claim. In the sealed one neither may be
seen of an idea, and chance gives every place.
"""

import heapq
import os
import sqlite3
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from reviewer.domain.vocabulary import Protocol
from reviewer.judgement.drawing import RANDOM_SHARE, Draw, chance_key, draws
from reviewer.store import queue_draws
from reviewer.store.decisions import decision_of
from reviewer.store.protocols import protocol_of
from reviewer.store.queue_draws import Drawing, DrawnPlace
from reviewer.workflow.session import NOBODY, Session

if TYPE_CHECKING:
    from reviewer.judgement.priority import Spread

PLACES = 1_000
"""So many places are drawn ahead: more than anybody looks through, few enough to be kept in a moment."""

SHUFFLED_AT_MOST = 20_000
"""Of so many proposals each is given its place in the order of chance; of more, row ids are tried by chance."""

LEARNT_FROM = 5_000
"""From the forecasts of so many proposals it is learnt how much they vary, which more would hardly change."""

MOST_TRIES = 200_000
"""Row ids that are tried for one drawing; where fewer are left to do than that finds, the drawing ends earlier."""


def drawing_held(session: Session, problem_id: int) -> int | None:
    """Return the row id of the drawing that holds for the reviewer, however old, or None: a quick read.

    One that was drawn under another protocol would show by its order what may no longer be seen, and is none.
    """
    with session.store.read() as connection:
        held = queue_draws.latest_drawing(connection, problem_id, session.reviewer_id)
        if held is None or held.ranked_by != queue_draws.RANKED_BY[protocol_of(connection, problem_id)]:
            return None
        return held.id


def draw_queue(session: Session, problem_id: int, *, again: bool = False, seed: int | None = None) -> int | None:
    """Draw the reviewer's queue where that is due, keep it, and return the row id of the drawing that holds.

    It is due where there is none yet, where proposals have come in since, where everything drawn is done, and where
    another protocol holds than when it was drawn. ``again`` ranks what is left by what is known now, where the
    reviewer may see that. None is returned where there is nothing to draw, or where nothing can be written.

    Raises:
        StoreError: when the store cannot be read, or not be written.
    """
    if session.store.damage is not None or session.reviewer_id == NOBODY:
        return None
    with session.store.read() as connection:
        held = queue_draws.latest_drawing(connection, problem_id, session.reviewer_id)
        protocol = protocol_of(connection, problem_id)
        newest = queue_draws.newest_proposal(connection, problem_id)
        if held is not None and not _is_due(connection, session, held, protocol, newest, again=again):
            return held.id
        is_other = held is None or held.last_method != newest or held.ranked_by != queue_draws.RANKED_BY[protocol]
        if held is None or is_other:
            first, chosen = 0, _new_seed() if seed is None else seed
        else:
            first, chosen = queue_draws.places_given(connection, held, session.reviewer_id), held.seed
        of, drawn = _draw(connection, session, problem_id, protocol, chosen, first)
        done = [] if held is None else queue_draws.done_places(connection, held, session.reviewer_id)
        left = [] if held is None else queue_draws.undone_places(connection, held, session.reviewer_id)
    if not drawn or (not is_other and held is not None and left == [place.method_id for place in drawn]):
        return None if held is None else held.id
    with session.store.write(durable=False) as connection:
        return queue_draws.keep_drawing(
            connection,
            problem_id,
            session.reviewer_id,
            seed=chosen,
            ranked_by=queue_draws.RANKED_BY[protocol],
            share=_share(protocol),
            of=of,
            last_method=newest,
            places=[*done, *drawn],
            now=session.now(),
        )


def _new_seed() -> int:
    return int.from_bytes(os.urandom(6))


def _is_due(
    connection: sqlite3.Connection, session: Session, held: Drawing, protocol: Protocol, newest: int, *, again: bool
) -> bool:
    return (
        held.last_method != newest
        or held.ranked_by != queue_draws.RANKED_BY[protocol]
        or (again and protocol is Protocol.OPEN)
        or queue_draws.is_used_up(connection, held, session.reviewer_id)
    )


def _share(protocol: Protocol) -> float:
    return 1.0 if protocol is Protocol.SEALED else RANDOM_SHARE


def _draw(
    connection: sqlite3.Connection, session: Session, problem_id: int, protocol: Protocol, seed: int, first: int
) -> tuple[int, list[DrawnPlace]]:
    """Return of how many proposals the queue was drawn, and its next places."""
    me = session.reviewer_id
    left = queue_draws.open_proposals(connection, problem_id, me)
    by_chance: Iterable[int]
    if left <= SHUFFLED_AT_MOST:
        ranked = queue_draws.open_by_claim(connection, problem_id, me, 2 * SHUFFLED_AT_MOST)
        left = len(ranked)
        by_chance = sorted((method_id for method_id, _ in ranked), key=lambda item: chance_key(seed, item))
    else:
        # One more than the places, since the next one of each order is looked at.
        ranked = queue_draws.open_by_claim(connection, problem_id, me, PLACES + 1)
        by_chance = _tried(connection, problem_id, me, seed)
    by_priority: Iterable[int] = (method_id for method_id, _ in ranked)
    if protocol is Protocol.OPEN:
        by_priority = _by_worth(connection, problem_id, me)
    drawn = draws(by_priority, by_chance, left, seed, first=first, share=_share(protocol))
    return left, [DrawnPlace(*place) for place in islice(_as_many_as_there_are(drawn), PLACES)]


def _as_many_as_there_are(drawn: Iterator[Draw]) -> Iterator[Draw]:
    """Yield what is drawn until an order ends: more may be counted than a trial finds."""
    while True:
        try:
            yield next(drawn)
        except (ValueError, StopIteration):
            return


def _tried(connection: sqlite3.Connection, problem_id: int, reviewer_id: int, seed: int) -> Iterator[int]:
    """Yield proposals to be done by chance, each as likely as the others, without reading them all."""
    low = queue_draws.first_proposal(connection, problem_id)
    span = queue_draws.newest_proposal(connection, problem_id) - low + 1
    for n in range(MOST_TRIES):
        # Other keys than those of items, so that neither order follows from the other.
        method_id = low + int(chance_key(seed, -1 - n) * span)
        if queue_draws.is_open(connection, problem_id, reviewer_id, method_id):
            yield method_id


def spread_of(connection: sqlite3.Connection, problem_id: int) -> "Spread":
    """Return how forecasts and proposals of a problem vary, as far as that has been learnt."""
    from reviewer.judgement.priority import ForecastSums, learn_spread  # what a blind queue has no use for

    known = queue_draws.sums_of_all(connection, problem_id, LEARNT_FROM)
    return learn_spread(ForecastSums(each.forecasts, each.total, each.squares) for each in known)


def _by_worth(connection: sqlite3.Connection, problem_id: int, reviewer_id: int) -> Iterator[int]:
    """Yield proposals to be done from the one on which one more review is worth most, equals by claim."""
    from reviewer.judgement.priority import worth

    spread, decision = spread_of(connection, problem_id), decision_of(connection, problem_id)

    @lru_cache(4096)
    def lack(n: int, total: float) -> float:
        return -worth(n, total, decision=decision, spread=spread).priority

    known = queue_draws.forecasts_of_open(connection, problem_id, reviewer_id)
    keys = ((lack(n, total), claim, method_id) for n, total, claim, method_id in known)
    judged = heapq.nsmallest(PLACES + 1, keys)
    unjudged = (
        (lack(0, 0.0), claim, method_id)
        for method_id, claim in queue_draws.without_forecast_by_claim(connection, problem_id, reviewer_id, PLACES + 1)
    )
    return (method_id for *_, method_id in heapq.merge(judged, unjudged))
