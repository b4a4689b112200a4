"""All that judgements and outcomes come to, as far as a viewer may see it: figures with n, interval and method.

Of a proposal others' judgements are counted for whom the protocol lets see them, as in the ledger: before that they
would sway the verdict. One's own forecasts are always counted, and outcomes of what is not sealed for the viewer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from reviewer.domain.identity import Clock, utc_now
from reviewer.domain.intervals import LEVEL
from reviewer.domain.vocabulary import Protocol, Result
from reviewer.store.annotations import Connection, own_reviewer_id
from reviewer.store.connection import Store
from reviewer.store.critic_settings import offer_history
from reviewer.store.ledger import LedgerEntry, stream_ledger
from reviewer.store.problems import StoredProblem
from reviewer.store.protocols import protocol_of, seen_of
from reviewer.store.rating_counts import proposals_seen
from reviewer.store.rubrics import all_constraint_slugs
from reviewer.workflow.agreement_statistics import agreement_sections
from reviewer.workflow.critique_statistics import OfferArms, after_critiques, critique_sections
from reviewer.workflow.forecast_statistics import forecast_sections
from reviewer.workflow.gathered_forecasts import GatheredForecasts
from reviewer.workflow.judging_statistics import judging_sections
from reviewer.workflow.ledger import ledger
from reviewer.workflow.outcome_statistics import GatheredOutcomes, outcome_sections, survival_section, survived_by
from reviewer.workflow.outcomes import today
from reviewer.workflow.reveal_statistics import reveal_sections
from reviewer.workflow.scale_statistics import scale_sections
from reviewer.workflow.statistic_sections import ProblemStatistics, Section, Statistics, Viewer


def viewer_of(store: Store, name: str | None, *, everyone: bool = False) -> Viewer:
    """Return who asks; of whom the store knows nothing, or where nobody is named, nothing of others is shown.

    Raises:
        StoreError: when the store cannot be read.
    """
    if name is None:
        return Viewer(everyone=everyone)
    with store.read() as connection:
        return Viewer(own_reviewer_id(connection, name) or 0, name, everyone)


def statistics(
    store: Store,
    problems: Sequence[StoredProblem],
    viewer: Viewer,
    clock: Clock = utc_now,
    *,
    after_claude: bool = False,
) -> Statistics:
    """Return the figures of problems, of one state of the store.

    Scored is what was held before Claude's critique; ``after_claude`` scores what was held in the end all the same.

    Raises:
        StoreError: when the store cannot be read.
    """
    day = today(clock)
    with store.walk() as connection:
        found = tuple(_of_problem(connection, stored, viewer, day, after_claude) for stored in problems)
        across = (survival_by_problem(connection, problems, viewer),) if len(problems) > 1 else ()
    return Statistics(found, across)


def _of_problem(
    connection: Connection, stored: StoredProblem, viewer: Viewer, day: date, after_claude: bool
) -> ProblemStatistics:
    seen = proposals_seen(connection, stored.id, viewer.id)
    protocol = protocol_of(connection, stored.id)
    judging = judging_sections(connection, stored, viewer, day)
    sections = (*judging, *sections_of(connection, stored, viewer, after_claude=after_claude))
    return ProblemStatistics(stored.problem.slug, seen, sections, protocol)


def sections_of(
    connection: Connection, stored: StoredProblem, viewer: Viewer, *, after_claude: bool = False
) -> Iterator[Section]:
    """Yield the sections of forecasts, agreement and outcomes of a problem, each as soon as it is there."""
    # Each row of the ledger is counted where it is needed, and none is kept.
    forecasts, outcomes, arms = GatheredForecasts(), GatheredOutcomes(), OfferArms(offer_history(connection))
    for row in ledger(connection, stored.id, viewer.id, everyone=viewer.everyone, after_claude=after_claude):
        forecasts.add(row)
        outcomes.add(row)
        arms.add(row)
    sees = viewer.everyone or viewer.id != 0 or protocol_of(connection, stored.id) is Protocol.OPEN
    if sees:
        yield from forecast_sections(forecasts, all_constraint_slugs(connection), viewer)
        # What follows takes as much again.
        del forecasts
        critiqued = after_critiques(connection, stored.id, viewer)
        yield from agreement_sections(connection, stored.id, viewer, critiqued)
        yield from reveal_sections(connection, stored.id, viewer)
        yield from critique_sections(connection, stored.id, viewer, critiqued, arms)
        yield from scale_sections(connection, stored.id, viewer)
    yield from outcome_sections(outcomes, judgements=sees)


def survival_by_problem(connection: Connection, problems: Sequence[StoredProblem], viewer: Viewer) -> Section:
    """Return how many survived of what has an outcome, by problem."""
    return survival_section(
        "problem",
        survived_by(
            (stored.problem.slug, entry.result == Result.SURVIVED)
            for stored in problems
            for piece in stream_ledger(connection, stored.id)
            for entry in _seen(connection, stored.id, piece, viewer)
            if Result(entry.result).score is not None
        ),
    )


def _seen(
    connection: Connection, problem_id: int, piece: Sequence[LedgerEntry], viewer: Viewer
) -> Iterator[LedgerEntry]:
    ids = [entry.method_id for entry in piece]
    seen = frozenset(ids) if viewer.everyone else seen_of(connection, problem_id, ids, viewer.id).evidence
    return (entry for entry in piece if entry.method_id in seen)


DATA_VERSION = 1
"""Of the names in :func:`statistics_as_data`; one that is changed or taken away raises it, and new ones may come."""


def statistics_as_data(found: Statistics, viewer: Viewer, *, after_claude: bool = False) -> dict[str, Any]:
    """Return statistics as plain JSON data: flat lists, of which each row says which problem and section it is of.

    Of a figure ``n`` counts what ``unit`` names; ``low`` and ``high`` are its limits at ``level``, and what is missing
    is null, with the ``reason``. ``problem`` is null of what is of several, ``of`` is empty of what is of all. The
    limits of a curve's points are those of its band around the diagonal. Without a name and ``everyone`` the figures
    are of outcomes alone. ``after_claude`` says which forecasts are scored.
    """
    told = list(_placed(found))
    return {
        "version": DATA_VERSION,
        "level": LEVEL,
        "viewer": viewer.name or None,
        "everyone": viewer.everyone,
        "after_claude": after_claude,
        "judged": {each.problem: each.judged for each in found.problems},
        "protocols": {each.problem: each.protocol for each in found.problems},
        "figures": [
            {
                **place, "name": one.name, "value": one.value, "low": one.limits[0] if one.limits else None,
                "high": one.limits[1] if one.limits else None, "n": one.n, "unit": one.of, "method": one.method,
                "reason": one.reason, "caution": one.caution,
            }
            for place, section in told
            for one in section.figures
        ],
        "sentences": [{**place, "text": text} for place, section in told for text in section.sentences],
        "listed": [{**place, **asdict(one)} for place, section in told for one in section.listed],
        "curves": [
            {**place, "points": [asdict(point) for point in section.curve.points]}
            for place, section in told
            if section.curve is not None
        ],
    }  # fmt: skip


def _placed(found: Statistics) -> Iterator[tuple[dict[str, Any], Section]]:
    for each in found.problems:
        for section in each.sections:
            yield _place(each.problem, section), section
    for section in found.across:
        yield _place(None, section), section


def _place(problem: str | None, section: Section) -> dict[str, Any]:
    return {"problem": problem, "section": section.kind, "of": section.of}
