"""What is shown of a proposal whose idea alone may be seen: its title, hypothesis and method text, and no more.

In these what tells a score or an origin is covered (:mod:`reviewer.domain.covering`).

All that the screen draws comes out of the view, so that what is taken out here is nowhere on it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewer.domain.errors import UserError
from reviewer.domain.methods import Method, Provenance
from reviewer.domain.vocabulary import Origin
from reviewer.evidence.baselines import RankedBaseline
from reviewer.store.connection import Store
from reviewer.store.protocols import any_sealed, sees_evidence

if TYPE_CHECKING:
    from reviewer.domain.covering import Hidden


def hidden_of(methods: Iterable[Method], known: Iterable[str]) -> "Hidden":
    """Return what of methods that are read side by side is covered in their texts: names, and values of one digit.

    ``known`` are the names that are covered in every text.
    """
    from reviewer.domain.covering import Hidden, digits_in, digits_to_hide, names_to_hide  # its patterns take a while

    names: dict[str, None] = dict.fromkeys(known)
    digits: set[str] = set()
    for each in methods:
        ids = (each.namespace, each.external_id, each.parent, each.idea, each.family)
        names |= dict.fromkeys(names_to_hide(each.agent, each.run, *ids))
        digits |= digits_in(each.claims) | digits_to_hide(
            value
            for m in each.measurements
            for value in (m.value, m.standard_error, m.n_correct, *(seed.value for seed in m.seeds))
        )
    return Hidden(tuple(names), frozenset(digits))


def idea_of(method: Method, hidden: "Hidden") -> Method:
    """Return a method without where it comes from, what it claims and what it measured, nor what is hidden in texts."""
    from reviewer.domain.covering import covered_title

    return replace(
        method,
        title=covered_title(method.title, hidden.names),
        hypothesis=_covered(method.hypothesis, hidden.within(method.hypothesis)),
        body=_covered(method.body, hidden.within(method.body)),
        namespace="",
        external_id="",
        origin=Origin.UNKNOWN,
        agent="",
        run="",
        parent="",
        idea="",
        family="",
        created_at="",
        revision_hash="",
        revisions=1,
        claims=(),
        measurements=(),
        provenance=Provenance("", ""),
    )


@lru_cache(maxsize=128)  # The same baselines stand beside one proposal after the other.
def _covered(text: str, hidden: "Hidden") -> str:
    from reviewer.domain.covering import covered

    return covered(text, hidden)


def ideas_of(baselines: Sequence[Method], hidden: "Hidden") -> tuple[RankedBaseline, ...]:
    """Return baselines as ideas, in the order of their import: that of their values would tell what they scored."""
    in_order = sorted(baselines, key=lambda each: each.id)
    return tuple(RankedBaseline(idea_of(method, hidden), None, "") for method in in_order)


def require_evidence(store: Store, method_id: int, viewer_id: int | None) -> None:
    """Check that a viewer may see the evidence of a proposal; 0 is nobody, None is whoever sees all.

    Raises:
        UserError: when it is sealed for them.
        StoreError: when the store cannot be read.
    """
    if viewer_id is None:
        return
    with store.read() as connection:
        if not sees_evidence(connection, method_id, viewer_id):
            raise UserError(
                "This proposal is judged sealed: its evidence opens in the app, after your forecast and verdict on the "
                "idea alone. --reviewer says who you are; --everyone shows it, for who organises the reviews."
            )


def require_nothing_sealed(store: Store, problem_id: int, viewer_id: int | None) -> None:
    """Check that a viewer may see the evidence of every proposal of a problem; likewise.

    Raises:
        UserError: when one is sealed for them.
        StoreError: when the store cannot be read.
    """
    if viewer_id is None:
        return
    with store.read() as connection:
        if any_sealed(connection, problem_id, viewer_id):
            raise UserError(
                "This problem is judged sealed, and the leaderboard shows what every proposal scored: it opens once "
                "you have gone on to the evidence of all of them. --everyone shows it, for who organises the reviews."
            )
