"""The queue as it is drawn: each place by priority, or for a share of them by chance.

The queue is filled place by place: with probability ε = .15 the next one is drawn uniformly from all that are left,
else it is the one of the highest priority. So every proposal has a chance that is known, and what is learnt from the
reviewed can be weighted back to all. :func:`draws` gives the order, and for each item the probability with which it
came next, given what had gone before, which holds where priorities change from one review to the next too.
:func:`inclusion` gives the probability of being among the first n of a queue whose priorities stay as they are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

RANDOM_SHARE = 0.15
"""ε: with this probability a place of the queue is given by chance."""


class Draw(NamedTuple):
    """What stands at a place of the queue, and how it came there."""

    place: int
    """From 0, counted over all that the seed has given so far."""
    item: int
    by_chance: bool
    probability: float
    """With which this item was to come next, in either way, given what had gone before."""


def draws(
    by_priority: Iterable[int],
    by_chance: Iterable[int],
    left: int,
    seed: int,
    *,
    first: int = 0,
    share: float = RANDOM_SHARE,
) -> Iterator[Draw]:
    """Yield the queue: each place by chance with probability ``share``, else by priority.

    Both orders are of the same ``left`` items (ids), the one from the highest priority down, the other by
    :func:`chance_key`, and are read no further than is needed. Where priorities have changed the queue is made anew of
    what is left, ``first`` being the number of places that the seed has given before: what each place is filled by
    depends on seed and place alone, so that looking again changes nothing. Where items have come in since, it takes
    another seed, from place 0: in the old order of chance a new item would stand too far in front.

    Raises:
        ValueError: when an order holds fewer items than ``left``.
    """
    gone: set[int] = set()
    ranked, shuffled = _Ahead(by_priority, gone), _Ahead(by_chance, gone)
    for place in range(first, first + left):
        remaining = first + left - place
        drawn = _unit(seed, "place", place) < share
        top = ranked.peek()
        item = shuffled.peek() if drawn else top
        yield Draw(place, item, drawn, share / remaining + (1 - share) * (item == top))
        gone.add(item)


class _Ahead:
    """An order of which the first that is not gone can be looked at."""

    __slots__ = ("_gone", "_items", "_next")

    def __init__(self, items: Iterable[int], gone: set[int]) -> None:
        self._items = iter(items)
        self._gone = gone
        self._next: int | None = None

    def peek(self) -> int:
        while self._next is None or self._next in self._gone:
            try:
                self._next = next(self._items)
            except StopIteration:
                raise ValueError("an order holds fewer items than are said to be left") from None
        return self._next


def chance_key(seed: int, item: int) -> float:
    """Return a number from 0 to 1 by which items stand in an order of chance: the same for a seed on any machine."""
    return _unit(seed, "item", item)


def _unit(seed: int, what: str, number: int) -> float:
    digest = blake2b(f"{seed}:{what}:{number}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest) >> 11) / (1 << 53)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The probabilities of being among the first n of a queue, by rank of priority; 0 is the highest."""

    by_rank: tuple[float, ...]
    beyond: float
    """That of every rank that is not listed, which only chance can bring so far."""

    def of(self, rank: int) -> float:
        """Return the probability of the item with this rank."""
        return self.by_rank[rank] if rank < len(self.by_rank) else self.beyond


def inclusion(n: int, total: int, *, share: float = RANDOM_SHARE) -> Inclusion:
    """Return the probability of each item of a queue of ``total`` to be among its first ``n``; exact.

    By recursion from the last place back. With N items left of which a are of higher priority, an item comes next with
    probability ε/N, and 1 − ε more where a = 0; one of those above it goes with εa/N, and 1 − ε more where a > 0; else
    one below it goes.

    Raises:
        ValueError: when there are not so many items, or ``share`` is not from 0 to 1.
    """
    if not 0 <= n <= total or not 0 <= share <= 1:
        raise ValueError(f"{n} of {total} items with a share of {share} cannot be drawn")
    import numpy as np

    above = np.arange(n)
    is_top = above == 0
    found, beyond = np.zeros(n), 0.0
    # A rank of n or more is never the top within n places: one value stands for all of those.
    for remaining in range(total - n + 1, total + 1):
        by_chance = share / remaining
        next_one = by_chance + (1 - share) * is_top
        goes_above = by_chance * above + (1 - share) * ~is_top
        one_up = np.concatenate([found[:1], found[:-1]])
        found = next_one + goes_above * one_up + by_chance * (remaining - 1 - above) * found
        beyond = by_chance + (1 - by_chance) * beyond
    return Inclusion(tuple(found.tolist()), beyond)
