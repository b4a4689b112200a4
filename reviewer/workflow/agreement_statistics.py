"""How far reviewers agree on verdict, forecast and each constraint, first and now."""

from collections.abc import Iterator

from reviewer.domain.counted import counted
from reviewer.judgement.agreement import WHO_IS_RIGHT, agreement_of
from reviewer.judgement.tallies import RatingScale, ScaleKind, Tallies, whole_numbers
from reviewer.store.annotations import Connection
from reviewer.store.rating_counts import (
    RATINGS,
    VERDICTS,
    Held,
    Ways,
    forecast_ways,
    rating_ways,
    reviewers_counted,
    verdict_ways,
)
from reviewer.store.rubrics import all_constraint_slugs
from reviewer.workflow.critique_statistics import AfterCritiques
from reviewer.workflow.statistic_sections import Section, SectionKind, Viewer

VERDICT_SCALE = RatingScale(ScaleKind.ORDINAL, VERDICTS)
RATING_SCALE = RatingScale(ScaleKind.ORDINAL, RATINGS)
FORECAST_SCALE = whole_numbers(0, 100, ScaleKind.ORDINAL)

_OVER = {Held.FIRST: "first judgements", Held.CURRENT: "current judgements"}


def agreement_sections(
    connection: Connection, problem_id: int, viewer: Viewer, critiqued: AfterCritiques
) -> Iterator[Section]:
    """Yield a section for each thing that is rated and each way to count, of the proposals that the viewer may see.

    The first says what agreement does not say, and the first of either way how many of its judgements Claude's critique
    may have swayed.
    """
    sees_of = viewer.sees_of
    reviewers = reviewers_counted(connection, problem_id, sees_of)
    slugs = all_constraint_slugs(connection)
    for held in Held:
        told = (*((WHO_IS_RIGHT,) if held is Held.FIRST else ()), *_swayed(held, critiqued))
        ways = verdict_ways(connection, problem_id, held, sees_of)
        yield _section("verdict", held, VERDICT_SCALE, ways, reviewers, told)
    for held in Held:
        ways = forecast_ways(connection, problem_id, held, sees_of)
        yield _section("forecast", held, FORECAST_SCALE, ways, reviewers)
    rated = {held: rating_ways(connection, problem_id, held, sees_of, slugs) for held in Held}
    for slug in slugs:
        for held, by_slug in rated.items():
            if slug in by_slug:
                yield _section(f"constraint {slug}", held, RATING_SCALE, by_slug[slug], reviewers)


def _swayed(held: Held, critiqued: AfterCritiques) -> Iterator[str]:
    """Yield in a sentence how many judgements are not independent of Claude's critique; nothing where none is known."""
    if held is Held.FIRST and critiqued.first_given:
        said = counted(critiqued.first_given, "first judgement")
        yield f"Of {said} verdict or forecast was first given after Claude's questions."
    if held is Held.CURRENT and critiqued.changed:
        said = counted(critiqued.changed, "current judgement")
        yield f"Of {said} verdict or forecast was changed after Claude's questions; first ones are from before."


def _section(
    thing: str, held: Held, scale: RatingScale, ways: Ways, reviewers: int, told: tuple[str, ...] = ()
) -> Section:
    found = agreement_of(tallies_of(scale, ways), reviewers=reviewers)
    # What is missing stands as the reason at the figure that is not shown, or as its caution.
    return Section(SectionKind.AGREEMENT, f"{thing}, {_OVER[held]}", found.figures, (*told, *found.of_same_reviewers))


def tallies_of(scale: RatingScale, ways: Ways) -> Tallies:
    """Return the ways as the places of their words on a scale."""
    return Tallies(
        scale, {tuple(sorted((scale.place(word), n) for word, n in way)): many for way, many in ways.items()}
    )
