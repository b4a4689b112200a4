"""Who reviews what: every proposal gets so many reviewers, evenly, by chance, and nobody what they must not review.

Proposals are taken in a random order, and each gets the reviewers with the least to do so far; of those, who have been
least often together with the ones already chosen; of those, one by chance. The seed makes all of it again. Who has
reviewed a proposal already counts among its reviewers, and is not chosen again.

There may be millions of proposals, so that who reviews what is kept in arrays of numbers.
"""

import math
import random
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line

LEAST_OVERLAPPED = 50
"""So many proposals should have two reviewers or more; with fewer, agreement is hardly measured."""

_HALF_WIDTHS = ((0.2, 1.9), (0.6, 1.3))
"""Of Krippendorff's α with two raters, by its value, times √proposals: ±.35 and ±.24 for 30, ±.19 and ±.13 for 100."""


class OverlapError(UserError):
    """Not every proposal can have so many reviewers; ``proposals`` are those that cannot, empty where none can."""

    def __init__(self, message: str, proposals: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.proposals = tuple(proposals)


if TYPE_CHECKING:
    Integers = array[int]
else:
    Integers = array


@dataclass(frozen=True, slots=True)
class Pairs:
    """Proposals, each with the places of some reviewers among ``reviewers`` of them."""

    reviewers: int
    numbers: Integers = field(default_factory=lambda: array("q"))
    """Ascending, of each pair one: the proposal's id times ``reviewers``, and the place."""

    def __len__(self) -> int:
        """Return how many pairs there are."""
        return len(self.numbers)

    def of(self, proposal: int) -> tuple[int, ...]:
        """Return the places of those who go with a proposal, ascending."""
        start = proposal * self.reviewers
        found = []
        for at in range(bisect_left(self.numbers, start), len(self.numbers)):
            place = self.numbers[at] - start
            if place >= self.reviewers:
                break
            found.append(place)
        return tuple(found)


NOBODY = -1
"""Stands in an assignment where fewer are chosen than the overlap is."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who reviews what: iterating gives each proposal's id with its reviewers in alphabetical order.

    The same proposals, reviewers, conflicts, overlap and ``seed`` give the same assignment.
    """

    reviewers: tuple[str, ...]
    """In alphabetical order."""
    overlap: int
    seed: int
    proposals: Integers
    """Their ids in the order of the draw."""
    chosen: Integers
    """For each of these as many places of reviewers as the overlap is, ascending, and then nobody's."""
    had: Pairs
    """Who of them reviews a proposal anyhow; they have nothing more to do."""

    def __iter__(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the proposals in the order of the draw, each with its reviewers."""
        named = dict(enumerate(self.reviewers))
        for proposal, places in zip(self.proposals, self.ways(), strict=True):
            yield proposal, tuple(named[place] for place in places if place != NOBODY)

    def ways(self) -> Iterator[tuple[int, ...]]:
        """Yield for each proposal the places of its reviewers, and so often nobody's as it has fewer."""
        return zip(*[iter(self.chosen)] * self.overlap, strict=True)

    def of(self, reviewer: str) -> Iterator[int]:
        """Yield what one reviewer has to review, in the order in which it was drawn."""
        mine = self.reviewers.index(reviewer)
        return (proposal for proposal, places in zip(self.proposals, self.ways(), strict=True) if mine in places)


@dataclass(frozen=True, slots=True)
class Balance:
    """What an assignment comes to: how much each has to do, how often two are together, and what agreement it tells.

    Together are those too who review a proposal anyhow.
    """

    loads: Mapping[str, int]
    pairs: Mapping[tuple[str, str], int]
    """By two reviewers in alphabetical order, those who are never together included."""
    overlapped: int
    """Proposals with two reviewers or more."""

    @property
    def half_widths(self) -> tuple[tuple[float, float], ...]:
        """Return α with the half-width of its 95 % interval, for two values of α; empty below 30 proposals.

        As for two raters (simulated: ``notes/statistics.md`` 1.7); more raters make it narrower.
        """
        if self.overlapped < _LEAST_FOR_WIDTH:
            return ()
        return tuple((alpha, scale / math.sqrt(self.overlapped)) for alpha, scale in _HALF_WIDTHS)

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return it in words: loads, pairs, and how well agreement can be known."""
        return tuple(filter(None, (self._loads, self._pairs, self._agreement)))

    @property
    def _loads(self) -> str:
        least, most = min(self.loads.values()), max(self.loads.values())
        each = counted(most, "proposal") if least == most else f"{least:,} to {counted(most, 'proposal')}"
        if len(self.loads) == 1:
            return f"The one reviewer has {each}."
        return f"Each of {len(self.loads):,} reviewers has {each}."

    @property
    def _pairs(self) -> str:
        if not self.overlapped:
            return ""
        least, most = min(self.pairs.values()), max(self.pairs.values())
        often = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        return f"Any two reviewers are together on {often} of them."

    @property
    def _agreement(self) -> str:
        if not self.overlapped:
            return "No proposal has two reviewers, so that nothing will be known of their agreement."
        known = " and ".join(f"±{half:.2g} where it is {alpha:g}" for alpha, half in self.half_widths)
        alpha = "Krippendorff's α of their agreement"
        said = f"{alpha} will be known to about {known}." if known else f"Too few have two reviewers to know {alpha}."
        if (missing := LEAST_OVERLAPPED - self.overlapped) <= 0:
            return said
        return f"{said} {LEAST_OVERLAPPED} proposals with two reviewers are the least; {missing} more would be needed."


_LEAST_FOR_WIDTH = 30


def assign(
    proposals: Iterable[int],
    reviewers: Iterable[str],
    overlap: int,
    seed: int,
    conflicts: Mapping[int, Collection[str]] | None = None,
    had: Iterable[tuple[int, str]] = (),
) -> Assignment:
    """Return who reviews what. ``conflicts`` names by proposal who must not review it; other names in it are ignored.

    ``had`` gives proposals with who reviews them anyhow, so that they need so many fewer; other names are ignored too.

    The order in which proposals and reviewers are given does not matter, nor do repetitions.

    Raises:
        OverlapError: when there are no reviewers, or a proposal cannot have so many; the message names it.
    """
    names = tuple(sorted(set(reviewers)))
    place = {name: i for i, name in enumerate(names)}
    ids = _ascending(proposals)
    held = Pairs(len(names), _ascending(proposal * len(names) + place[name] for proposal, name in had if name in place))
    barred = {
        proposal: frozenset((*(place[name] for name in who if name in place), *held.of(proposal)))
        for proposal, who in (conflicts or {}).items()
    }
    _check(ids, names, overlap, barred, held)
    rng = random.Random(seed)
    desks = _Desks(len(names), rng)
    # By random numbers, since how Python shuffles is not promised to stay as it is.
    chances = array("d", (rng.random() for _ in ids))
    drawn = array("q", (ids[i] for i in sorted(range(len(ids)), key=chances.__getitem__)))
    chosen = array("i")
    for proposal in drawn:
        known = held.of(proposal) if held else ()
        some = desks.choose(max(0, overlap - len(known)), barred.get(proposal, known))
        chosen.extend(sorted(some))
        chosen.extend([NOBODY] * (overlap - len(some)))
    return Assignment(names, overlap, seed, drawn, chosen, held)


def _ascending(numbers: Iterable[int]) -> Integers:
    """Return numbers in order, each once."""
    found = array("q", numbers)
    # Mostly they come so: a list of a million numbers takes five times the room.
    return array("q", sorted(set(found))) if any(a >= b for a, b in pairwise(found)) else found


def balance(assignment: Assignment) -> Balance:
    """Return what an assignment comes to."""
    loads = [0] * len(assignment.reviewers)
    pairs = dict.fromkeys(combinations(range(len(loads)), 2), 0)
    overlapped = 0
    # Of all proposals there are few different ways.
    ways = Counter(zip(assignment.ways(), map(assignment.had.of, assignment.proposals), strict=True))
    for (places, anyhow), n in ways.items():
        chosen = [place for place in places if place != NOBODY]
        together = sorted((*chosen, *anyhow))
        overlapped += n * (len(together) > 1)
        for place in chosen:
            loads[place] += n
        for pair in combinations(together, 2):
            pairs[pair] += n
    names = assignment.reviewers
    return Balance(
        dict(zip(names, loads, strict=True)), {(names[a], names[b]): n for (a, b), n in pairs.items()}, overlapped
    )


class _Desks:
    """The reviewers by how much they have to do so far, and how often each two have been together."""

    def __init__(self, n: int, rng: random.Random) -> None:
        self._rng = rng
        self._together = [[0] * n for _ in range(n)]
        # Lists, since the order of a set is not the same on every machine.
        self._by_load: dict[int, list[int]] = {0: list(range(n))}
        self._least = 0

    def choose(self, k: int, barred: Collection[int]) -> list[int]:
        """Return ``k`` reviewers for one proposal, and give them the work."""
        chosen: list[int] = []
        loads: list[int] = []
        for _ in range(k):
            load, free = self._freest(barred)
            one = self._least_together(free, chosen)
            # Off the desks until all are chosen, so that nobody is chosen twice.
            self._by_load[load].remove(one)
            chosen.append(one)
            loads.append(load)
        for one, load in zip(chosen, loads, strict=True):
            self._by_load.setdefault(load + 1, []).append(one)
        for one, other in combinations(chosen, 2):
            self._together[one][other] += 1
            self._together[other][one] += 1
        while not self._by_load[self._least]:
            del self._by_load[self._least]
            self._least = min(self._by_load)
        return chosen

    def _freest(self, barred: Collection[int]) -> tuple[int, Sequence[int]]:
        load = self._least
        while True:
            at_desk = self._by_load.get(load, [])
            if free := [one for one in at_desk if one not in barred] if barred else at_desk:
                return load, free
            load += 1

    def _least_together(self, free: Sequence[int], chosen: Sequence[int]) -> int:
        if chosen:
            rows = [self._together[other] for other in chosen]
            counts = (
                [rows[0][one] for one in free] if len(rows) == 1 else [sum(row[one] for row in rows) for one in free]
            )
            least = min(counts)
            free = [one for one, count in zip(free, counts, strict=True) if count == least]
        return free[int(self._rng.random() * len(free))]


def _check(
    ids: Integers, names: Sequence[str], overlap: int, barred: Mapping[int, Collection[int]], held: Pairs
) -> None:
    if overlap < 1:
        raise OverlapError(f"Each proposal needs at least 1 reviewer; the overlap is {overlap}.")
    if not names:
        raise OverlapError("There is no reviewer to assign anything to. Name them with --reviewers.")
    if len(names) < overlap:
        raise OverlapError(
            f"Each proposal is to have {counted(overlap, 'reviewer')}, and there "
            f"{'is' if len(names) == 1 else 'are'} only {len(names)}. Name more, or take a smaller overlap."
        )
    # Where nobody is barred, there are enough: who has it already is one of those that it needs.
    short = [
        proposal
        for proposal in sorted(barred)
        if _holds(ids, proposal) and len(names) - len(barred[proposal]) < overlap - len(held.of(proposal))
    ]
    if short:
        left = [name for i, name in enumerate(names) if i not in barred[short[0]]]
        who = f"only {', '.join(map(safe_line, left))} may" if left else "nobody may"
        others = f", and {counted(len(short) - 1, 'more proposal')} likewise" if len(short) > 1 else ""
        raise OverlapError(
            f"Proposal {short[0]} cannot have {counted(overlap, 'reviewer')}: because of conflicts {who} review "
            f"it{others}. Name more reviewers, or take a smaller overlap.",
            short,
        )


def _holds(ids: Integers, proposal: int) -> bool:
    at = bisect_left(ids, proposal)
    return at < len(ids) and ids[at] == proposal
