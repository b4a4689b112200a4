"""How critiques are offered in a store: whether they wait for one's own judgement, and for how many there is none."""

import sqlite3
from typing import NamedTuple

from reviewer.domain.identity import new_id

Connection = sqlite3.Connection

SETTING_COLUMNS = ("uuid", "locked", "without_share", "seed", "set_by", "set_at")


class CriticOffer(NamedTuple):
    """A share of the proposals, drawn by ``seed``, is judged without the offer, so that both can be compared."""

    locked: bool = True
    without_share: float = 0.0
    seed: int = 0


def critic_offer(connection: Connection) -> CriticOffer:
    """Return how critiques are offered; where nobody has said, after one's own judgement, and of every proposal."""
    row = connection.execute(
        "SELECT locked, without_share, seed FROM critic_settings ORDER BY set_at DESC, uuid DESC LIMIT 1"
    ).fetchone()
    return CriticOffer() if row is None else CriticOffer(bool(row[0]), row[1], row[2])


def set_critic_offer(connection: Connection, offer: CriticOffer, *, set_by: str, now: str) -> None:
    """Say how they are offered from now on, in the caller's transaction."""
    connection.execute(
        f"INSERT INTO critic_settings ({', '.join(SETTING_COLUMNS)}) VALUES (?, ?, ?, ?, ?, ?)",
        (new_id(), offer.locked, offer.without_share, offer.seed, set_by, now),
    )


class OfferSet(NamedTuple):
    """How critiques are offered as somebody said it."""

    offer: CriticOffer
    set_by: str
    set_at: str


def offer_history(connection: Connection) -> tuple[OfferSet, ...]:
    """Return all that was ever said of how they are offered, the oldest first: of these the last one holds."""
    rows = connection.execute(
        "SELECT locked, without_share, seed, set_by, set_at FROM critic_settings ORDER BY set_at, uuid"
    ).fetchall()
    return tuple(OfferSet(CriticOffer(bool(locked), share, seed), by, at) for locked, share, seed, by, at in rows)
