"""What each reveal of the sealed protocol changed, as far as a viewer may see it: their own first, then all."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Stage
from reviewer.judgement.reveals import RevealPair, reveal_figures
from reviewer.store.annotations import Connection
from reviewer.store.reveals import Revealed, stream_reveals
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

REVEALED = {Stage.EVIDENCE: "the evidence", Stage.OTHERS: "what others hold"}
"""What is seen from each stage on."""


def reveal_sections(connection: Connection, problem_id: int, viewer: Viewer) -> Iterator[Section]:
    """Yield what going on changed; nothing where nobody has gone through a stage."""
    # Of what was held before and after, texts and all, no more is kept than is counted.
    found = [
        _Counted(each.stage, each.is_late, _pair(each))
        for each in stream_reveals(connection, problem_id, viewer.sees_of)
    ]
    own = [each for each in found if each.pair.reviewer == viewer.name]
    if own:
        yield _section(viewer.name, own)
    if found:
        yield _section("", found)


class _Counted(NamedTuple):
    stage: Stage
    is_late: bool
    pair: RevealPair


def _section(of: str, found: Sequence[_Counted]) -> Section:
    late = sum(each.is_late for each in found)
    figures = [
        figure
        for stage, what in REVEALED.items()
        for figure in reveal_figures([each.pair for each in found if each.stage is stage and not each.is_late], what)
    ]
    told = f"Left out: {counted(late, 'stage')} at whose end something of the outcome could be seen." if late else ""
    return Section(SectionKind.REVEALS, of, tuple(figures), (told,) if told else ())


def _pair(each: Revealed) -> RevealPair:
    score = None if each.result is None else each.result.score
    return RevealPair(
        each.method_id,
        each.reviewer,
        each.before.forecast,
        each.after.forecast,
        each.before.verdict,
        each.after.verdict,
        None if score is None else score == 1,
    )
