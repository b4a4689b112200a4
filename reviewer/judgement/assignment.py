"""Who reviews what: every proposal gets so many reviewers, evenly, by chance, and nobody what they must not review.

Proposals are taken in a random order, and each gets the reviewers with the least to do so far; of those, who have been
least often together with the ones already chosen; of those, one by chance. The seed makes all of it again. Who has
reviewed a proposal already counts among its reviewers, and is not chosen again.
"""

import math
import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

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


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who reviews what: by the proposal's id its reviewers in alphabetical order; proposals in the order of the draw.

    The same proposals, reviewers, conflicts, overlap and ``seed`` give the same assignment.
    """

    reviewers: tuple[str, ...]
    overlap: int
    seed: int
    by_proposal: Mapping[int, tuple[str, ...]]
    had: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """By the proposal's id who of them reviews it anyhow, in alphabetical order; they have nothing more to do."""

    def of(self, reviewer: str) -> tuple[int, ...]:
        """Return what one reviewer has to review, in the order in which it was drawn."""
        return tuple(proposal for proposal, chosen in self.by_proposal.items() if reviewer in chosen)


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
    proposals: Collection[int],
    reviewers: Collection[str],
    overlap: int,
    seed: int,
    conflicts: Mapping[int, Collection[str]] | None = None,
    had: Mapping[int, Collection[str]] | None = None,
) -> Assignment:
    """Return who reviews what. ``conflicts`` names by proposal who must not review it; other names in it are ignored.

    ``had`` names by proposal who reviews it anyhow, so that it needs so many fewer; other names are ignored too.

    The order in which proposals and reviewers are given does not matter, nor do repetitions.

    Raises:
        OverlapError: when there are no reviewers, or a proposal cannot have so many; the message names it.
    """
    names = tuple(sorted(set(reviewers)))
    held = _barred(names, had or {})
    barred = {
        proposal: who | held.get(proposal, frozenset()) for proposal, who in _barred(names, conflicts or {}).items()
    }
    barred = held | barred
    ids = sorted(set(proposals))
    lacking = {proposal: max(0, overlap - len(held.get(proposal, ()))) for proposal in ids}
    _check(ids, names, overlap, barred, lacking)
    rng = random.Random(seed)
    desks = _Desks(len(names), rng)
    # By random numbers, since how Python shuffles is not promised to stay as it is.
    drawn = sorted((rng.random(), proposal) for proposal in ids)
    chosen = {proposal: desks.choose(lacking[proposal], barred.get(proposal, ())) for _, proposal in drawn}
    named = {proposal: tuple([names[i] for i in sorted(each)]) for proposal, each in chosen.items()}
    known = {proposal: tuple([names[i] for i in sorted(held[proposal])]) for proposal in chosen if proposal in held}
    return Assignment(names, overlap, seed, named, known)


def balance(assignment: Assignment) -> Balance:
    """Return what an assignment comes to."""
    loads = dict.fromkeys(assignment.reviewers, 0)
    pairs = dict.fromkeys(combinations(assignment.reviewers, 2), 0)
    overlapped = 0
    for proposal, chosen in assignment.by_proposal.items():
        together = sorted((*chosen, *assignment.had.get(proposal, ())))
        overlapped += len(together) > 1
        for name in chosen:
            loads[name] += 1
        for pair in combinations(together, 2):
            pairs[pair] += 1
    return Balance(loads, pairs, overlapped)


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


def _barred(names: Sequence[str], conflicts: Mapping[int, Collection[str]]) -> dict[int, frozenset[int]]:
    place = {name: i for i, name in enumerate(names)}
    known = {proposal: frozenset(place[name] for name in who if name in place) for proposal, who in conflicts.items()}
    return {proposal: who for proposal, who in known.items() if who}


def _check(
    ids: Sequence[int],
    names: Sequence[str],
    overlap: int,
    barred: Mapping[int, frozenset[int]],
    lacking: Mapping[int, int],
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
    short = [proposal for proposal in ids if len(names) - len(barred.get(proposal, ())) < lacking[proposal]]
    if short:
        left = [name for i, name in enumerate(names) if i not in barred[short[0]]]
        who = f"only {', '.join(map(safe_line, left))} may" if left else "nobody may"
        others = f", and {counted(len(short) - 1, 'more proposal')} likewise" if len(short) > 1 else ""
        raise OverlapError(
            f"Proposal {short[0]} cannot have {counted(overlap, 'reviewer')}: because of conflicts {who} review "
            f"it{others}. Name more reviewers, or take a smaller overlap.",
            short,
        )
