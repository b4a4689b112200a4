"""What each reveal of the sealed protocol changed, as far as a viewer may see it: their own first, then all."""

from collections.abc import Iterator

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Stage
from reviewer.judgement.reveals import Changes, RevealPair
from reviewer.store.annotations import Connection
from reviewer.store.reveals import Revealed, stream_reveals
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

REVEALED = {Stage.EVIDENCE: "the evidence", Stage.OTHERS: "what others hold"}
"""What is seen from each stage on."""


def reveal_sections(connection: Connection, problem_id: int, viewer: Viewer) -> Iterator[Section]:
    """Yield what going on changed; nothing where nobody has gone through a stage."""
    own, every = _Gathered(), _Gathered()
    for each in stream_reveals(connection, problem_id, viewer.sees_of):
        every.add(each)
        if each.reviewer == viewer.name:
            own.add(each)
    if own.stages:
        yield own.section(viewer.name)
    if every.stages:
        yield every.section("")


class _Gathered:
    """What going on changed, added up: of what was held before and after, texts and all, nothing is kept."""

    def __init__(self) -> None:
        self.stages = 0
        self._late = 0
        self._changes = {stage: Changes() for stage in REVEALED}

    def add(self, each: Revealed) -> None:
        self.stages += 1
        if each.is_late:
            self._late += 1
        elif each.stage in self._changes:
            self._changes[each.stage].add(_pair(each))

    def section(self, of: str) -> Section:
        figures = tuple(figure for stage, what in REVEALED.items() for figure in self._changes[stage].figures(what))
        told = f"Left out: {counted(self._late, 'stage')} at whose end something of the outcome could be seen."
        return Section(SectionKind.REVEALS, of, figures, (told,) if self._late else ())


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
