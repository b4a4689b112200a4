"""What a reviewer sees of their own judging, and of what judgements and outcomes come to: section by section.

What is had in a moment comes first, so that there is something to be read while the rest is computed.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from itertools import islice

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import ActiveDay, pace_of, spreads_of
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.pace import judged_by_day, judged_in_seconds, judged_with_outcome
from reviewer.store.problems import StoredProblem, counts, list_problems
from reviewer.store.stopping import while_wanted
from reviewer.store.verdict_counts import VerdictCount, verdict_counts
from reviewer.workflow.leaderboard import UnwantedError
from reviewer.workflow.statistic_sections import GroupVerdicts, Section, SectionKind, Viewer
from reviewer.workflow.statistics import sections_of


class InsightGroup(StrEnum):
    """What the insights are told under, in order."""

    RECORD = "My record"
    PACE = "Progress and pace"
    VERDICTS = "Verdicts"
    FORECASTS = "Forecasts of all"
    AGREEMENT = "Agreement"
    OUTCOMES = "From lab to production"
    MORE = "More"


_GROUPS = {
    SectionKind.RECORD: InsightGroup.RECORD,
    SectionKind.PACE: InsightGroup.PACE,
    SectionKind.MINUTES: InsightGroup.PACE,
    SectionKind.VERDICTS: InsightGroup.VERDICTS,
    SectionKind.FORECASTS: InsightGroup.FORECASTS,
    SectionKind.DIFFERENCES: InsightGroup.FORECASTS,
    SectionKind.AGGREGATION: InsightGroup.FORECASTS,
    SectionKind.AGREEMENT: InsightGroup.AGREEMENT,
    SectionKind.SURVIVAL: InsightGroup.OUTCOMES,
    SectionKind.LAB_AGAINST_PRODUCTION: InsightGroup.OUTCOMES,
}


def group_of(section: Section, viewer: Viewer) -> InsightGroup:
    """Return what a section is told under: what the viewer forecast is of their own record."""
    if section.kind is SectionKind.FORECASTS and viewer.name and section.of == viewer.name:
        return InsightGroup.RECORD
    return _GROUPS.get(section.kind, InsightGroup.MORE)


MOST_AGENTS = 20
"""Of more agents those with the most judgements are told one by one, the rest together."""

UNSEEN_AGENT = "agent not seen yet"
NO_AGENT = "no agent named"


def insights(connection: Connection, stored: StoredProblem, viewer: Viewer, today: date) -> Iterator[Section]:
    """Yield the sections of a problem, each as soon as it is there; keep the transaction open meanwhile."""
    if viewer.id:
        yield from _own(connection, stored, viewer, today)
    yield from _verdicts(connection, stored, viewer)
    yield from sections_of(connection, stored, viewer)


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
        with store.read() as connection, while_wanted(connection, is_wanted):
            for section in insights(connection, stored, viewer, today):
                if not is_wanted():
                    raise UnwantedError
                told(section)
    except Exception as error:
        # SQLite says of a query that was ended no more than that it failed.
        if not is_wanted():
            raise UnwantedError from error
        raise


def _own(connection: Connection, stored: StoredProblem, viewer: Viewer, today: date) -> Iterator[Section]:
    known = counts(connection, stored.id, viewer.id)
    resolved = judged_with_outcome(connection, stored.id, viewer.id)
    figures = (
        Estimate("judged", "number given a verdict", known.proposals, "proposal", known.judged),
        Estimate("with an outcome", "number judged of which it is known how they ended", known.judged, "judgement",
                 resolved),
        Estimate("without one yet", "number judged of which nobody has said how they ended", known.judged, "judgement",
                 max(0, known.judged - resolved)),
    )  # fmt: skip
    yield Section(SectionKind.RECORD, viewer.name, figures)
    days = [ActiveDay(date.fromisoformat(day), n) for day, n in judged_by_day(connection, stored.id, viewer.id)]
    seconds = judged_in_seconds(connection, stored.id, viewer.id)
    every = Counter[int]()
    for group in seconds.values():
        every.update(group)
    pace = pace_of(days, every, known.judged, known.proposals, today)
    yield Section(SectionKind.PACE, viewer.name, pace.figures, pace.sentences)
    spreads = tuple(spreads_of({_words(verdict): seconds[verdict] for verdict in Verdict if verdict in seconds}))
    untimed = known.judged - every.total()
    told = ["The quartiles hold the middle half of the proposals; time counts while they were on the screen."]
    if untimed > 0:
        told.append(f"Left out: {counted(untimed, 'proposal')} of which nobody knows how long it took.")
    if not spreads:
        told = ["No proposal that was judged was timed."]
    yield Section(SectionKind.MINUTES, viewer.name, (), tuple(told), spreads=spreads)


def _words(verdict: Verdict) -> str:
    return verdict.replace("_", " ")


def _verdicts(connection: Connection, stored: StoredProblem, viewer: Viewer) -> Iterator[Section]:
    found = list(verdict_counts(connection, stored.id, viewer.id, everyone=viewer.everyone))
    yield Section(SectionKind.VERDICTS, "agent", (), _counted_of(viewer, found), verdicts=_by_agent(found))
    problems = list_problems(connection)
    if len(problems) > 1:
        by_problem = []
        every: list[VerdictCount] = []
        for each in problems:
            of_problem = (
                found
                if each.id == stored.id
                else list(verdict_counts(connection, each.id, viewer.id, everyone=viewer.everyone))
            )
            every += of_problem
            by_problem.append(GroupVerdicts(each.problem.slug, _by_verdict(of_problem)))
        shown = tuple(each for each in by_problem if each.counts)
        yield Section(SectionKind.VERDICTS, "problem", (), _counted_of(viewer, every), verdicts=shown)


def _by_verdict(found: Sequence[VerdictCount]) -> dict[Verdict, int]:
    total = Counter[Verdict]()
    for each in found:
        total[Verdict(each.verdict)] += each.n
    return dict(total)


def _by_agent(found: Sequence[VerdictCount]) -> tuple[GroupVerdicts, ...]:
    agents: dict[str, list[VerdictCount]] = {}
    for each in found:
        name = UNSEEN_AGENT if each.agent is None else each.agent or NO_AGENT
        agents.setdefault(name, []).append(each)
    most = sorted(agents, key=lambda name: (-sum(each.n for each in agents[name]), name))
    groups = [GroupVerdicts(name, _by_verdict(agents[name])) for name in islice(most, MOST_AGENTS)]
    if rest := most[MOST_AGENTS:]:
        every = [each for name in rest for each in agents[name]]
        groups.append(GroupVerdicts(f"{len(rest):,} others", _by_verdict(every)))
    return tuple(groups)


def _counted_of(viewer: Viewer, found: Sequence[VerdictCount]) -> tuple[str, ...]:
    n = sum(each.n for each in found)
    if not n:
        return ("No judgement is there to be counted yet.",)
    if viewer.everyone:
        return (f"{counted(n, 'judgement')}, of all reviewers.",)
    own = sum(each.n for each in found if each.own)
    return (f"{own:,} of {counted(n, 'judgement')} {'is' if own == 1 else 'are'} your own; others' are counted of what "
            "you may see of them.",)  # fmt: skip
