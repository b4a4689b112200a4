"""What is shown of a proposal whose idea alone may be seen: its title, hypothesis and method text, and no more.

All that the screen draws comes out of the view, so that what is taken out here is nowhere on it.
"""

from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.errors import UserError
from reviewer.domain.methods import Method, Provenance
from reviewer.domain.vocabulary import Origin
from reviewer.evidence.baselines import RankedBaseline
from reviewer.store.connection import Store
from reviewer.store.protocols import any_sealed, sees_evidence


def idea_of(method: Method) -> Method:
    """Return a method without where it comes from, what it claims, and what it measured."""
    return replace(
        method,
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


def ideas_of(baselines: Sequence[Method]) -> tuple[RankedBaseline, ...]:
    """Return baselines as ideas, in the order of their import: that of their values would tell what they scored."""
    return tuple(
        RankedBaseline(idea_of(method), None, "") for method in sorted(baselines, key=lambda each: each.id)
    )  # fmt: skip


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
