"""What a reviewer sees of their own judging, and of what judgements and outcomes come to: section by section.

What is had in a moment comes first, so that there is something to be read while the rest is computed.
"""

from collections.abc import Callable, Iterator
from datetime import date
from enum import StrEnum

from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem
from reviewer.store.stopping import while_wanted
from reviewer.workflow.judging_statistics import judging_sections
from reviewer.workflow.leaderboard import UnwantedError
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer
from reviewer.workflow.statistics import sections_of


class InsightGroup(StrEnum):
    """What the insights are told under, in order."""

    RECORD = "My record"
    PACE = "Progress and pace"
    VERDICTS = "Verdicts"
    FORECASTS = "Forecasts of all"
    AGREEMENT = "Agreement"
    REVEALS = "What seeing more changed"
    CRITIQUES = "What changed after Claude's questions"
    ELSEWHERE = "Judged elsewhere"
    OUTCOMES = "From lab to production"


RARE = frozenset((InsightGroup.REVEALS, InsightGroup.CRITIQUES, InsightGroup.ELSEWHERE))
"""What most problems have nothing of."""

_GROUPS = {
    SectionKind.RECORD: InsightGroup.RECORD,
    SectionKind.PACE: InsightGroup.PACE,
    SectionKind.MINUTES: InsightGroup.PACE,
    SectionKind.VERDICTS: InsightGroup.VERDICTS,
    SectionKind.FORECASTS: InsightGroup.FORECASTS,
    SectionKind.DIFFERENCES: InsightGroup.FORECASTS,
    SectionKind.AGGREGATION: InsightGroup.FORECASTS,
    SectionKind.AGREEMENT: InsightGroup.AGREEMENT,
    SectionKind.REVEALS: InsightGroup.REVEALS,
    SectionKind.CRITIQUES: InsightGroup.CRITIQUES,
    SectionKind.SCALES: InsightGroup.ELSEWHERE,
    SectionKind.SURVIVAL: InsightGroup.OUTCOMES,
    SectionKind.LAB_AGAINST_PRODUCTION: InsightGroup.OUTCOMES,
}


def group_of(section: Section, viewer: Viewer) -> InsightGroup:
    """Return what a section is told under: what the viewer forecast is of their own record."""
    if section.kind is SectionKind.FORECASTS and viewer.name and section.of == viewer.name:
        return InsightGroup.RECORD
    return _GROUPS[section.kind]


def insights(
    connection: Connection, stored: StoredProblem, viewer: Viewer, today: date, *, after_claude: bool = False
) -> Iterator[Section]:
    """Yield the sections of a problem, each as soon as it is there; keep the transaction open meanwhile.

    Scored is what was held before Claude's critique, with ``after_claude`` what was held in the end.
    """
    yield from judging_sections(connection, stored, viewer, today)
    yield from sections_of(connection, stored, viewer, after_claude=after_claude)


def tell_insights(
    store: Store,
    stored: StoredProblem,
    viewer: Viewer,
    today: date,
    is_wanted: Callable[[], bool],
    told: Callable[[Section], object],
) -> None:
    """Tell each section of a problem as soon as it is there. It may take seconds, and ends early if it is not wanted.

    Raises:
        UnwantedError: when ``is_wanted`` says so meanwhile.
        StoreError: when the store cannot be read.
    """
    try:
        with store.walk() as connection, while_wanted(connection, is_wanted):
            for section in insights(connection, stored, viewer, today):
                if not is_wanted():
                    raise UnwantedError
                told(section)
    except Exception as error:
        # SQLite says of a query that was ended no more than that it failed.
        if not is_wanted():
            raise UnwantedError from error
        raise
