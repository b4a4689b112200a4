"""What reviewers said of proposals, for the agents that make the next ones."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from reviewer.domain.errors import UserError
from reviewer.domain.identity import timestamp
from reviewer.domain.problems import no_such_problem
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Rating, Status, Verdict
from reviewer.exports.feedback import Feedback
from reviewer.exports.output import to_file, to_stdout
from reviewer.store.connection import Store
from reviewer.store.drafts import files_of
from reviewer.store.export_rows import JudgementRow, Selection, rationales_without_verdict, stream_judgements
from reviewer.store.problems import list_problems


@dataclass(frozen=True, slots=True)
class Given:
    """How much was given to agents: proposals, the verdicts on them, and the rationales that they may read; of how many
    rationales more they may read, of one's own or of all, the proposal waits for their author's verdict.
    """

    proposals: int
    verdicts: int
    rationales: int
    waiting: int = 0


def give_feedback(
    store: Store,
    destination: Path | None,
    *,
    viewer_id: int | None,
    problem: str | None = None,
    since: datetime | None = None,
) -> Given:
    """Write a line for each judged proposal to ``destination``, or to standard output where that is None.

    Of others what ``viewer_id`` may see is counted, and of what is sealed for them nothing; None counts all. With
    ``since`` only proposals are written of which something was said since then, with all that is held of them.

    All lines show one state of the store, and one proposal at a time is in memory. A file is replaced when everything
    is written.

    Raises:
        UserError: when the problem is unknown, or the destination cannot be written.
        StoreError: when the store cannot be read.
    """
    proposals = verdicts = rationales = 0
    with closing(Store(store.path, readonly=True)) as own, own.read() as connection:
        known = {p.problem.slug: p.id for p in list_problems(connection)}
        if problem is not None and problem not in known:
            raise UserError(no_such_problem(problem, known))
        selection = Selection(
            problem_id=known[problem] if problem else None, asked=QueueFilter(status=Status.JUDGED), viewer_id=viewer_id
        )
        rows = (row for piece in stream_judgements(connection, selection) for row in piece if not row.sealed)
        with to_file(destination, files_of(store.path)) if destination else to_stdout() as write:
            for feedback in _feedback(rows, timestamp(since) if since else ""):
                write(feedback.line())
                proposals += 1
                verdicts += sum(feedback.verdicts.values())
                rationales += len(feedback.rationales)
        waiting = rationales_without_verdict(connection, viewer_id, selection.problem_id)
    return Given(proposals, verdicts, rationales, waiting)


def _feedback(rows: Iterator[JudgementRow], since: str) -> Iterator[Feedback]:
    for _, group in groupby(rows, key=attrgetter("method_id")):
        feedback = _of_proposal(list(group))
        if feedback.updated_at >= since:
            yield feedback


def _of_proposal(rows: Sequence[JudgementRow]) -> Feedback:
    first = rows[0]
    blockers = Counter(
        slug for row in rows for slug, rating in json.loads(row.ratings).items() if rating["rating"] == Rating.BLOCKER
    )
    return Feedback(
        problem=first.problem,
        proposal=first.proposal,
        namespace=first.namespace,
        external_id=first.external_id,
        title=first.title,
        agent=first.agent,
        run=first.run,
        verdicts=Counter(Verdict(row.verdict) for row in rows if row.verdict),
        of_current_revision=sum(row.revision_is_current for row in rows),
        blockers=dict(sorted(blockers.items(), key=lambda found: (-found[1], found[0]))),
        rationales=tuple(sorted(row.rationale for row in rows if row.shareable and row.rationale)),
        updated_at=max(row.updated_at or "" for row in rows),
        met_as=tuple(json.loads(first.sightings)),
    )
