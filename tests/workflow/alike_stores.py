"""Records that say the same, to the letter or nearly, and looking at what became of them."""

import random
from collections.abc import Sequence
from typing import Any

from reviewer.domain.methods import MethodRecord
from reviewer.store.connection import Store
from tests.builders import measured, record, table

WORDS = [f"word{i}" for i in range(500)]


def text_of(seed: int, n: int = 80) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=n))


def reworded(text: str, n: int = 4, seed: int = 1) -> str:
    """The text with so many of its words changed."""
    words, chosen = text.split(), random.Random(seed)
    for place in chosen.sample(range(len(words)), n):
        words[place] = f"other{chosen.randrange(1_000_000)}"
    return " ".join(words)


def idea(external_id: str, about: int = 1, *, times: int = 0, value: float = 0.5, **more: Any) -> MethodRecord:
    """A proposal of the idea ``about``, of whose words ``times`` four were changed."""
    body = text_of(about)
    for seed in range(times):
        body = reworded(body, seed=1000 * about + seed)
    told = {"title": f"Idea number {about}", "body": body, "measurements": (measured(value),), **more}
    return record(external_id, **told)


def names(store: Store) -> dict[int, str]:
    return dict(table(store, "SELECT id, namespace || '/' || external_id FROM methods"))


def exact(store: Store) -> set[frozenset[str]]:
    """The names of those that say the same to the letter."""
    named = names(store)
    sets: dict[int, set[str]] = {}
    for other, first in table(store, "SELECT id, first_id FROM sightings"):
        sets.setdefault(first, {named[first]}).add(named[other])
    return {frozenset(each) for each in sets.values()}


def near(store: Store) -> dict[str, frozenset[str]]:
    """The names of those that stand together, by their heads."""
    named = names(store)
    groups: dict[str, set[str]] = {}
    for head, other in table(store, "SELECT head_id, id FROM alike"):
        groups.setdefault(named[head], set()).add(named[other])
    return {head: frozenset(each) for head, each in groups.items()}


def sets(store: Store) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """What says the same and what stands together, whoever is the first or the head.

    A group that has a sighting's proposal has the sightings with it.
    """
    same = exact(store)

    def whole(group: frozenset[str]) -> frozenset[str]:
        return group.union(*(each for each in same if each & group))

    return same, {whole(group) for group in near(store).values()}


def derived(store: Store) -> Sequence[object]:
    """All that was found out."""
    return [
        table(store, f"SELECT * FROM {name} ORDER BY 1")
        for name in ("sketches", "sightings", "alike", "unmatched", "unsketched", "grouping")
    ] + [table(store, "SELECT one_id, other_id, measure FROM alike_pairs ORDER BY 1, 2")]
