"""Stores with proposals to ask Claude about, and orders of what is asked."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reviewer.critic.key import Key
from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings, micro
from reviewer.domain.identity import utc_now
from reviewer.domain.queue import QueueFilter
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Batch, Totals, all_batches, totals_of
from reviewer.store.spending import Spent, spent_so_far
from reviewer.workflow.critique_batches import Order
from reviewer.workflow.critique_choosing import Choosing, Chosen, Wish, wished_for
from reviewer.workflow.session import Session, begin_session
from tests.builders import RUBRIC, build_store, record
from tests.critic.answers import answer, critique

KEY = Key("sk-ant-of-a-test", "a test")
PRICE = Price("claude-opus-5-5", 5.0, 25.0, "2026-11-29")
SETTINGS = CriticSettings(prices=(PRICE,), deadline_seconds=20, max_output_tokens=1_000)
SAID = answer(critique("scale"), critique("cost"))


def store_of(tmp_path: Path, n: int, **more: Any) -> Store:
    """A store of so many proposals, called p1 and so on."""
    return build_store(tmp_path, *(record(f"p{i}", body=f"Body of p{i}.", **more) for i in range(1, n + 1)))


def session_of(store: Store, reviewer: str = "kim") -> Session:
    """A session by the clock of now, which the API's has to go with."""
    return begin_session(store, reviewer, RUBRIC, utc_now)


def order_of(
    session: Session,
    *,
    most_usd: float = 5.0,
    ahead: bool = True,
    limit: int | None = None,
    settings: CriticSettings = SETTINGS,
    batch: bool = True,
    part: QueueFilter | None = None,
    chosen: Iterator[Chosen] | None = None,
) -> Order:
    """An order of the whole queue ahead of judgement, unless something else is said."""
    wish = Wish(1, part or QueueFilter(), ahead, limit)
    choosing = Choosing(session, settings, PRICE, ahead, batch)
    return Order(choosing, chosen or wished_for(session, wish), wish.words, micro(most_usd), limit)


def batches(store: Store) -> list[tuple[Batch, Totals]]:
    """Every batch with what came of it, the oldest first."""
    with store.read() as connection:
        return [(each, totals_of(connection, each.uuid)) for each in reversed(all_batches(connection))]


def states(store: Store) -> Mapping[str, int]:
    """How many attempts are in which state."""
    rows = store.connection().execute("SELECT state, count(*) FROM critiques GROUP BY state").fetchall()
    return dict(rows)


def spent(store: Store) -> Spent:
    """What was spent, all of it today."""
    with store.read() as connection:
        return spent_so_far(connection, "2000-01-01T00:00:00.000Z")
