"""What there is to be told of judging itself: how far and how fast a reviewer is, and which verdicts were given."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import islice

from reviewer.domain.counted import counted
from reviewer.domain.vocabulary import Verdict
from reviewer.judgement.estimates import Estimate
from reviewer.judgement.pace import ActiveDay, Spread, pace_of, spreads_of
from reviewer.store.annotations import Connection
from reviewer.store.pace import judged_and_ended, judged_by_day, judged_in_seconds, judged_proposals
from reviewer.store.problems import StoredProblem, counts, kept_counts, list_problems
from reviewer.store.verdict_counts import VerdictCount, verdict_counts
from reviewer.workflow.statistic_sections import GroupVerdicts, Section, SectionKind, Viewer

MOST_AGENTS = 20
"""Of more agents those with the most judgements are told one by one, the rest together."""

UNSEEN_AGENT = "agent not seen yet"
NO_AGENT = "no agent named"


def judging_sections(connection: Connection, stored: StoredProblem, viewer: Viewer, today: date) -> Iterator[Section]:
    """Yield the sections of a problem, the viewer's own first; none where nobody is named."""
    if viewer.id:
        yield from _own(connection, stored, viewer, today)
    if viewer.everyone:
        yield _of_all(connection, stored, viewer)
    if viewer.id or viewer.everyone:
        yield from _verdicts(connection, stored, viewer)


def _own(connection: Connection, stored: StoredProblem, viewer: Viewer, today: date) -> Iterator[Section]:
    kept = kept_counts(connection, stored.id, viewer.id)
    ended = judged_and_ended(connection, stored.id, viewer.id, kept.judged)
    figures = (
        Estimate("judged", "number given a verdict", kept.proposals, "proposal", ended.judged),
        Estimate("with an outcome", "number judged of which it is known how they ended", ended.open, "judgement",
                 ended.known),
        Estimate("without one yet", "number judged of which nobody has said how they ended", ended.open, "judgement",
                 max(0, ended.open - ended.known)),
    )  # fmt: skip
    yield Section(SectionKind.RECORD, viewer.name, figures)
    days = [ActiveDay(date.fromisoformat(day), n) for day, n in judged_by_day(connection, stored.id, viewer.id)]
    seconds = judged_in_seconds(connection, stored.id, viewer.id)
    every = Counter[int]()
    for group in seconds.values():
        every.update(group)
    pace = pace_of(days, every, ended.judged, kept.proposals, today)
    yield Section(SectionKind.PACE, viewer.name, pace.figures, pace.sentences)
    spreads = tuple(spreads_of({_words(verdict): seconds[verdict] for verdict in Verdict if verdict in seconds}))
    untimed = ended.judged - every.total()
    told = ["The quartiles hold the middle half of the proposals; time counts while they were on the screen."]
    if untimed > 0:
        told.append(f"Left out: {counted(untimed, 'proposal')} of which nobody knows how long it took.")
    if not spreads:
        told = ["No proposal that was judged was timed."]
    yield Section(SectionKind.MINUTES, viewer.name, tuple(_minutes(spreads)), tuple(told), spreads=spreads)


def _minutes(spreads: Sequence[Spread]) -> Iterator[Estimate]:
    how = "quantile of the minutes for which proposals were on the screen"
    for each in spreads:
        parts = (("lower quartile", each.lower), ("median", each.median), ("upper quartile", each.upper))
        for name, value in parts:
            yield Estimate(f"{each.name}, {name}", how, each.n, "proposal", value)


def _of_all(connection: Connection, stored: StoredProblem, viewer: Viewer) -> Section:
    proposals = counts(connection, stored.id, viewer.id).proposals
    once, twice = judged_proposals(connection, stored.id)
    figures = tuple(
        Estimate(
            f"judged by {who}",
            "share of the proposals that have as many verdicts",
            proposals,
            "proposal",
            n / proposals,
        )
        for who, n in (("somebody", once), ("two or more", twice))
        if proposals
    )
    return Section(SectionKind.PACE, "", figures)


def _words(verdict: Verdict) -> str:
    return verdict.replace("_", " ")


def _verdicts(connection: Connection, stored: StoredProblem, viewer: Viewer) -> Iterator[Section]:
    found = list(verdict_counts(connection, stored.id, viewer.id, everyone=viewer.everyone))
    yield _verdict_section("agent", _by_agent(found), _counted_of(viewer, found))
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
        yield _verdict_section("problem", shown, _counted_of(viewer, every))


def _verdict_section(of: str, groups: tuple[GroupVerdicts, ...], sentences: tuple[str, ...]) -> Section:
    figures = tuple(
        Estimate(f"{each.group}, {_words(verdict)}", "number of judgements", sum(each.counts.values()), "judgement",
                 each.counts[verdict])
        for each in groups
        for verdict in Verdict
        if each.counts.get(verdict)
    )  # fmt: skip
    return Section(SectionKind.VERDICTS, of, figures, sentences, verdicts=groups)


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
