"""The insights as a page, for people who look rather than read."""

from collections.abc import Iterable, Sequence
from datetime import date

from reviewer.domain.counted import counted
from reviewer.exports.pages import Chapter, Page
from reviewer.store.connection import Store
from reviewer.store.problems import StoredProblem, counts
from reviewer.store.protocols import protocol_of
from reviewer.store.rating_counts import proposals_seen
from reviewer.workflow.insights import InsightGroup, group_of, insights
from reviewer.workflow.section_parts import parts_of
from reviewer.workflow.section_words import scope_words
from reviewer.workflow.statistic_sections import Section, Viewer
from reviewer.workflow.statistics import survival_by_problem


def report(
    store: Store, problems: Sequence[StoredProblem], viewer: Viewer, today: date, *, after_claude: bool = False
) -> Page:
    """Return the report of problems as a viewer may see it, of one state of the store.

    Scored is what was held before Claude's critique, with ``after_claude`` what was held in the end.

    Raises:
        StoreError: when the store cannot be read.
    """
    chapters: list[Chapter] = []
    said: list[str] = []
    with store.read() as connection:
        for stored in problems:
            named = stored.problem.title or stored.problem.slug
            before = f"{named}: " if len(problems) > 1 else ""
            proposals = counts(connection, stored.id, viewer.id).proposals
            scope = scope_words(
                proposals_seen(connection, stored.id, viewer.id), viewer, protocol_of(connection, stored.id)
            )
            said.append(f"{before}{counted(proposals, 'proposal')}. {scope}")
            sections = insights(connection, stored, viewer, today, after_claude=after_claude)
            chapters += _chapters(sections, viewer, before)
        if len(problems) > 1:
            across = survival_by_problem(connection, problems, viewer)
            chapters.append(Chapter("All problems", tuple(parts_of((across,)))))
    if not problems:
        said.append("There is no problem in the store, so that nothing can be counted.")
    title = (problems[0].problem.title or problems[0].problem.slug) if len(problems) == 1 else "all problems"
    return Page(
        f"What judgements and outcomes come to: {title}",
        tuple(said),
        tuple(chapters),
        f"Made on {today} in UTC from {store.path.name} by reviewer report.",
    )


def _chapters(sections: Iterable[Section], viewer: Viewer, before: str) -> list[Chapter]:
    by_group: dict[InsightGroup, list[Section]] = {group: [] for group in InsightGroup}
    for section in sections:
        by_group[group_of(section, viewer)].append(section)
    said: set[str] = set()
    return [
        Chapter(f"{before}{_title(group, viewer)}", tuple(parts_of(found, said)))
        for group, found in by_group.items()
        if found
    ]


def _title(group: InsightGroup, viewer: Viewer) -> str:
    return f"The record of {viewer.name}" if group is InsightGroup.RECORD else group
