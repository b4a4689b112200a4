"""What is shown of a proposal whose idea alone may be seen: its title, hypothesis and method text, and no more.

All that the screen draws comes out of the view, so that what is taken out here is nowhere on it.
"""

from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.methods import Method, Provenance
from reviewer.domain.vocabulary import Origin
from reviewer.evidence.baselines import RankedBaseline


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
