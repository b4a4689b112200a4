"""How critiques are offered in a store: what holds, who said so, and saying something else."""

import os

from reviewer.domain.errors import UserError
from reviewer.store.connection import Store
from reviewer.store.critic_settings import CriticOffer, OfferSet, critic_offer, offer_history, set_critic_offer
from reviewer.workflow.session import Session

MOST_WITHOUT = 0.9
"""Of the proposals at least every tenth has the offer: with none there would be nothing to compare."""

LARGEST_SEED = 10**12


def offers_said(store: Store) -> tuple[OfferSet, ...]:
    """Return what was said of how critiques are offered, the oldest first; nothing where nobody has said anything.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        return offer_history(connection)


def write_offer(
    session: Session, *, locked: bool | None = None, without_share: float | None = None, seed: int | None = None
) -> bool:
    """Say how critiques are offered from now on; what is None stays as it is. Return whether that is anything new.

    A share that is asked for the first time, without a seed, draws one. It stays for every other share, so that a
    larger one holds all the proposals of a smaller one.

    Raises:
        UserError: when the share or the seed cannot be one.
        StoreError: when the store cannot be written.
    """
    if without_share is not None and not 0 <= without_share <= MOST_WITHOUT:
        raise UserError("The share that is judged without Claude is from 0 to 90 %; 0 offers critiques of all.")
    if seed is not None and not 0 <= seed <= LARGEST_SEED:
        raise UserError(f"The seed is a whole number from 0 to {LARGEST_SEED:,}.")
    with session.store.write() as connection:
        before = critic_offer(connection)
        share = before.without_share if without_share is None else without_share
        if seed is not None and not share:
            raise UserError("A seed draws the share that is judged without Claude; say how large that is too.")
        drawn = before.seed if seed is None else seed
        if share and seed is None and not any(said.offer.without_share for said in offer_history(connection)):
            drawn = int.from_bytes(os.urandom(4))
        offer = CriticOffer(before.locked if locked is None else locked, share, drawn)
        if offer == before:
            return False
        set_critic_offer(connection, offer, set_by=session.reviewer, now=session.now())
        return True
