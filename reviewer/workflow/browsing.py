"""Going through a problem's proposals: pages of the queue, what has been said, what a filter can choose from.

Each function is one read of the store for the session's reviewer, and raises ``StoreError`` where it cannot be read.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from reviewer.domain.alike import Sighting
from reviewer.domain.judgements import Event
from reviewer.domain.methods import Revision
from reviewer.domain.queue import QueueFilter, QueuePage, Sort
from reviewer.domain.vocabulary import Protocol
from reviewer.store import assignments, check_results, events, imports, methods, problems, protocols, queue
from reviewer.store.alike import sightings_of
from reviewer.store.news import Brought
from reviewer.store.news import brought_so_far as brought_and_told
from reviewer.store.problems import ProblemCounts, StoredProblem
from reviewer.store.protocols import protocol_of
from reviewer.store.search_index import index_some, unindexed
from reviewer.store.sparing import as_far_as_readable
from reviewer.workflow.session import Session

Key = tuple[str | float | int, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A queue: of which problem, which part of it, in what order, and which rows stay whatever the filter says.

    The order of priority goes by the drawing ``draw``.
    """

    problem_id: int
    part: QueueFilter
    sort: Sort
    kept: Collection[int] = ()
    draw: int | None = None


def first_page(session: Session, asked: Asked, limit: int, *, last: bool = False) -> QueuePage:
    """Return the first rows of a queue, or its last ones."""
    return as_far_as_readable(
        session.store,
        lambda connection: queue.first_page(
            connection,
            asked.problem_id,
            session.reviewer_id,
            asked.part,
            asked.sort,
            limit,
            kept=asked.kept,
            draw=asked.draw,
            last=last,
        ),
    )


def page_beside(session: Session, asked: Asked, limit: int, key: Key, *, forward: bool) -> QueuePage:
    """Return the rows right after a row's key, or right before it."""
    return as_far_as_readable(
        session.store,
        lambda connection: queue.page_beside(
            connection,
            asked.problem_id,
            session.reviewer_id,
            asked.part,
            asked.sort,
            limit,
            key,
            forward=forward,
            kept=asked.kept,
            draw=asked.draw,
        ),
    )


def page_around(session: Session, asked: Asked, limit: int, method_id: int) -> QueuePage | None:
    """Return a page with a proposal in its midst, whatever the filter says of that one; None where it is gone."""
    rows = as_far_as_readable(
        session.store,
        lambda connection: queue.rows_beside(
            connection,
            asked.problem_id,
            session.reviewer_id,
            asked.part,
            asked.sort,
            method_id,
            kept=asked.kept,
            draw=asked.draw,
        ),
    )
    if not rows:
        row = as_far_as_readable(
            session.store,
            lambda connection: queue.queue_row(
                connection,
                asked.problem_id,
                session.reviewer_id,
                asked.sort,
                method_id,
                draw=asked.draw,
                assigned=asked.part.assigned,
            ),
        )
        if row is None:
            return None
        rows = (row,)
    after = page_beside(session, asked, limit // 2, rows[0].key, forward=True)
    before = page_beside(session, asked, limit // 2, rows[0].key, forward=False)
    return QueuePage((*before.rows, *rows, *after.rows), before.more_before, after.more_after)


def assigned_to_do(session: Session, problem_id: int) -> int:
    """Return how many proposals of a problem are assigned to the reviewer and not done."""
    with session.store.read() as connection:
        return assignments.assigned_to_do(connection, problem_id, session.reviewer_id)


def queue_length(session: Session, asked: Asked) -> int:
    """Return how many rows a queue has: a walk over all of them."""
    return as_far_as_readable(
        session.store,
        lambda connection: queue.count_queue(
            connection, asked.problem_id, session.reviewer_id, asked.part, kept=asked.kept
        ),
    )


def index_more(session: Session) -> int:
    """Put some of what waits for the search index into it, if anything does; return how many texts still wait."""
    with session.store.read() as connection:
        if not unindexed(connection):
            return 0
    with session.store.write(durable=False) as connection:
        index_some(connection)
        return unindexed(connection)


def progress(session: Session, problem_id: int) -> ProblemCounts:
    """Return how much there is in a problem, and how much of it the reviewer has done."""
    return as_far_as_readable(
        session.store, lambda connection: problems.counts(connection, problem_id, session.reviewer_id)
    )


def brought_so_far(session: Session, problem_id: int) -> Brought:
    """Return what imports have brought so far, and what was told, to hold later news against."""
    with session.store.read() as connection:
        return brought_and_told(connection, problem_id, session.reviewer_id)


def news(session: Session, problem_id: int, version: int | None) -> tuple[int, Brought | None]:
    """Return the store's version now, and what was brought and told so far; None where the version is still the same.

    A version counts for the thread that asked for it.
    """
    with session.store.read() as connection:
        now = imports.data_version(connection)
        return now, None if now == version else brought_and_told(connection, problem_id, session.reviewer_id)


def newest_own_event(session: Session) -> int:
    """Return the row id of the reviewer's newest event, to hold later acts against; 0 where there is none."""
    with session.store.read() as connection:
        return events.newest_event(connection, session.reviewer_id)


def own_acts_since(session: Session, problem_id: int, since: int) -> tuple[Event, ...]:
    """Return the last event of each proposal that the reviewer has said anything of since one, in whichever window."""
    with session.store.read() as connection:
        return events.latest_since(connection, session.reviewer_id, problem_id, since)


def all_problems(session: Session) -> tuple[StoredProblem, ...]:
    """Return every problem, the one with the most proposals first."""
    return as_far_as_readable(session.store, problems.list_problems)


def proposals_by_problem(session: Session) -> Mapping[str, int]:
    """Return how many proposals each problem has, by its slug, as they are counted with every import."""
    return as_far_as_readable(session.store, problems.count_proposals)


def problem(session: Session, problem_id: int) -> StoredProblem:
    """Return a problem as it stands now.

    Raises:
        LookupError: when it is gone.
    """
    return as_far_as_readable(session.store, lambda connection: problems.problem_by_id(connection, problem_id))


def tags_used(session: Session) -> tuple[str, ...]:
    """Return the reviewer's own tags, the most used first."""
    with session.store.read() as connection:
        return queue.own_tags(connection, session.reviewer_id)


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What a filter can choose from: agents and families of a problem's proposals, one's own tags, rules that ask."""

    agents: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    """The id of each rule that has a question about anything, and what it is about."""
    as_of: tuple[int, int] = (0, 0)
    """Another pair of numbers wherever there may be other agents and families."""


def filter_choices(
    session: Session,
    problem_id: int,
    before: FilterChoices | None = None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> FilterChoices:
    """Return what a filter of a problem's queue can choose from.

    Among a million proposals agents and families take seconds to be found; ``before`` are the choices that were found
    last, whose agents and families serve as long as nothing new has come.
    """
    from reviewer.workflow.check_listing import rule_titles  # what the first paint need not wait for

    with session.store.walk() as connection:
        as_of = queue.facets_as_of(connection)
        sealed = protocol_of(connection, problem_id) is Protocol.SEALED
        if before is not None and before.as_of == as_of and not sealed:
            agents, families = before.agents, before.families
        else:
            agents, families = queue.facets(connection, problem_id, session.reviewer_id, is_wanted)
        tags = queue.own_tags(connection, session.reviewer_id, is_wanted)
        # Which rules ask anything would tell something of what is sealed.
        asking = set(rule_titles() if sealed else check_results.rules_asking(connection))
    checks = tuple(pair for pair in rule_titles().items() if pair[0] in asking)
    return FilterChoices(agents, families, tags, checks, as_of)


def proposals_asked(session: Session, problem_id: int) -> Mapping[str, int]:
    """Return how many proposals of a problem each rule has a question about; with a million it takes seconds.

    Those that are sealed for the reviewer are not counted.
    """
    with session.store.read() as connection:
        found = check_results.counts_by_rule(connection, problem_id, session.reviewer_id)
    return {rule: n.proposals for rule, n in found.items()}


def any_sealed(session: Session, problem_id: int) -> bool:
    """Return whether there is a proposal of a problem whose idea alone the reviewer may see."""
    with session.store.read() as connection:
        return protocols.any_sealed(connection, problem_id, session.reviewer_id)


def last_judged(session: Session, problem_id: int) -> int | None:
    """Return the proposal that the reviewer last gave a verdict in a problem, or None."""
    with session.store.read() as connection:
        return events.last_judged(connection, session.reviewer_id, problem_id)


def own_history(session: Session, method_id: int) -> tuple[Event, ...]:
    """Return every event of the reviewer on one proposal, oldest first."""
    with session.store.read() as connection:
        return events.history(connection, method_id, session.reviewer_id)


def revisions(session: Session, method_id: int) -> tuple[Revision, ...]:
    """Return every revision of a proposal, oldest first."""
    with session.store.read() as connection:
        return methods.revisions_of(connection, method_id)


def sightings(session: Session, method_id: int) -> tuple[Sighting, ...]:
    """Return everywhere that a proposal was met, to the letter: itself first."""
    return as_far_as_readable(session.store, lambda connection: sightings_of(connection, method_id))


def find_proposal(session: Session, uuid: str) -> tuple[int, int] | None:
    """Return the row id of a proposal and of its problem by its id at the edge, or None where it is gone."""
    with session.store.read() as connection:
        return methods.proposal_by_uuid(connection, uuid)
