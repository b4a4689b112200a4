"""Taking in judgements that were made elsewhere: a row a review, as a map declares what its columns say.

They are annotations of the reviewers that the file names, who are none of those who judge here, on scales of their
own; each has the id that follows from what it says, so that the same review is one in whatever file and store. Which
of several by one reviewer holds follows from their times; those without any come before, each after what was held.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid5

from reviewer.domain.checks import CheckSettings
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.judgements import Context
from reviewer.domain.methods import MethodRecord, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Act, Role, Setting
from reviewer.sources.files import require, sha256_of
from reviewer.sources.judgement_map import JudgementMap
from reviewer.sources.judgement_rows import ReviewRow, review_row
from reviewer.store import annotations, imports, recording
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.event_order import comes_last, id_below
from reviewer.store.file_reviewers import save_file_reviewer
from reviewer.store.import_notes import note_problem
from reviewer.store.imported_judgements import (
    reviews_known,
    revision_shown,
    save_scale,
    save_scores,
    text_of,
)
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import prepare
from reviewer.store.problems import list_problems, problem_by_slug, save_problem
from reviewer.store.reviews_aside import RefusedReview, ReviewsAside, ReviewToWrite
from reviewer.store.turns import FIRST, NAMED
from reviewer.workflow.pacing import rest
from reviewer.workflow.planning_reviews import EVENTS, PlanningReviews, judgement_in, put_aside
from reviewer.workflow.telling import choose_problem

AT_ONCE = 25
"""Reviews that are written in one transaction, which holds the write lock for some milliseconds."""

TOLD_REJECTS = 20
"""Of more rejects these are told one by one."""


@dataclass(slots=True)
class JudgementsImported:
    """What a file of reviews came to; ``new`` and ``unchanged`` count reviews."""

    new: int = 0
    unchanged: int = 0
    rejected: int = 0
    proposals: int = 0
    """Proposals that were made."""
    reviewers: int = 0
    """How many people the reviews are by."""
    scales: tuple[str, ...] = ()
    without_zone: int = 0
    """How many of those that are new have a time without a zone, which is kept as it stands and marked."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Under which name somebody is entered whose own somebody else has here."""
    rejects: tuple[Reject, ...] = ()
    """The first of them."""
    is_kept: bool = False
    """Whether the store has a row of this import, with all that was rejected."""


def import_judgements(
    store: Store,
    path: Path,
    mapping: JudgementMap,
    *,
    problem: str | None = None,
    make_missing: bool = False,
    dry_run: bool = False,
    checks: CheckSettings | None = None,
    clock: Clock = utc_now,
) -> JudgementsImported:
    """Take in the reviews of a file; what is there already changes nothing, a review that says otherwise is one more.

    With ``make_missing`` proposals that the store lacks are made of the ids and titles that the file gives.

    Raises:
        SourceError: when the file cannot be read as the map says.
        UserError: when there is no such problem, or a scale is another one there.
        StoreError: when the store cannot be written; reviews that were taken in by then stay.
    """
    found = JudgementsImported(scales=tuple(scale.name for _, scale in mapping.scales))
    with ReviewsAside() as aside:
        put_aside(aside, require(path), mapping)
        sha256 = sha256_of(path)
        slug, problem_id = _problem(store, problem, make_missing)
        planning = PlanningReviews(path.name, mapping, slug, problem_id, make_missing, clock)
        planning.plan(store, aside)
        planned = aside.counts()
        found.reviewers, found.without_zone = planned.reviewers, planned.without_zone
        found.unchanged, found.renamed = planned.known + planning.repeated, planning.renamed
        found.rejected = aside.n_refused()
        first = (one for piece in aside.refused() for one in piece)
        found.rejects = tuple(_reject(path, one) for one in islice(first, TOLD_REJECTS))
        if dry_run:
            found.new, found.proposals = planned.new, planned.proposals
            return found
        if planned.new or found.unchanged:
            found.is_kept = True
            _Writing(store, path, sha256, mapping, slug, found, clock, aside).write()
    if found.proposals:
        from reviewer.workflow.completing import complete  # what most files need not load

        complete(store, checks)
    return found


def _reject(path: Path, refused: RefusedReview) -> Reject:
    return Reject(str(path), refused.place, refused.reason, refused.raw)


def _problem(store: Store, slug: str | None, make: bool) -> tuple[str, int | None]:
    """Return the problem that the reviews are of, with its row id where it is there."""
    with store.read() as connection:
        known = {stored.problem.slug: stored.id for stored in list_problems(connection)}
    if make and slug is not None and slug not in known:
        return slug, None
    stored = choose_problem(store, slug)
    return stored.problem.slug, stored.id


class _Writing:
    """Writing what is new, in pieces; all of it has been put aside."""

    def __init__(
        self,
        store: Store,
        path: Path,
        sha256: str,
        mapping: JudgementMap,
        slug: str,
        found: JudgementsImported,
        clock: Clock,
        aside: ReviewsAside,
    ) -> None:
        self._store = store
        self._path = path
        self._sha256 = sha256
        self._mapping = mapping
        self._slug = slug
        self._found = found
        self._clock = clock
        self._aside = aside

    def write(self) -> None:
        """Write reviews, and the row of the import with what could not be taken."""
        with self._store.write(durable=False) as connection:
            imports.mark_interrupted(connection)
            path = str(self._path.absolute())
            import_id = imports.begin_import(connection, imports.JUDGEMENTS, path, {"problems": {}}, self._now())
            imports.count_into_import(
                connection, import_id, new=0, changed=0, unchanged=self._found.unchanged, rejected=0
            )
        try:
            for refused in self._aside.refused():
                with self._store.write(durable=False) as connection:
                    locked = perf_counter()
                    self._write_refused(connection, refused, import_id)
                rest(perf_counter() - locked)
            for some in self._aside.to_write(AT_ONCE):
                rows = [review_row(self._mapping, one.place, json.loads(one.cells)) for one in some]
                with self._store.write() as connection:
                    locked = perf_counter()
                    self._write_some(connection, list(zip(some, rows, strict=True)), import_id)
                rest(perf_counter() - locked)
        except BaseException:
            self._finish(import_id, "interrupted")
            raise
        self._finish(import_id, "complete")

    def _finish(self, import_id: int, state: str) -> None:
        with self._store.write() as connection:
            imports.finish_import(connection, import_id, state, self._now())

    def _now(self) -> str:
        return timestamp(self._clock())

    def _write_refused(self, connection: Connection, refused: Sequence[RefusedReview], import_id: int) -> None:
        recording.record_rejects(connection, import_id, [_reject(self._path, one) for one in refused])
        imports.count_into_import(connection, import_id, new=0, changed=0, unchanged=0, rejected=len(refused))

    def _write_some(
        self, connection: Connection, reviews: Sequence[tuple[ReviewToWrite, ReviewRow]], import_id: int
    ) -> None:
        known = self._known(connection, import_id)
        scales = {scale.name: save_scale(connection, known.id, scale) for _, scale in self._mapping.scales}
        new = 0
        for review, row in reviews:
            method_id = self._method(connection, known, review, row, import_id)
            reviewer = save_file_reviewer(connection, review.reviewer, self._path.name, self._now())
            # Another process may have taken in the same file meanwhile.
            if reviews_known(connection, [(review.id, method_id, reviewer)]):
                self._found.unchanged += 1
                continue
            self._write_review(connection, review, row, method_id, reviewer, scales)
            new += 1
        self._found.new += new
        imports.count_into_import(connection, import_id, new=new, changed=0, unchanged=0, rejected=0)

    def _known(self, connection: Connection, import_id: int) -> KnownProblem:
        stored = problem_by_slug(connection, self._slug)
        if stored is None:
            save_problem(connection, Problem(self._slug, authoritative=False), self._now())
            stored = problem_by_slug(connection, self._slug)
            assert stored is not None
            note_problem(connection, import_id, None, stored.problem)
        return KnownProblem(stored.id, stored.problem, lambda dataset: Setting.UNKNOWN)

    def _method(
        self, connection: Connection, known: KnownProblem, review: ReviewToWrite, row: ReviewRow, import_id: int
    ) -> int:
        if review.method_id is not None:
            return review.method_id
        namespace, external_id = review.namespace, review.external_id
        made = self._aside.made(namespace, external_id)
        if made is None:
            said: dict[str, Any] = {"id": external_id, "title": row.title, "agent": row.agent}
            record = MethodRecord(
                namespace, external_id, Role.PROPOSAL, row.title or external_id, self._slug,
                Provenance(str(self._path.name), self._sha256, row.place), agent=row.agent, raw=said,
            )  # fmt: skip
            (done,) = recording.record_methods(
                connection, known, [prepare(record)], import_id=import_id, now=self._now()
            )
            made = done.method_id
            self._aside.add_made(namespace, external_id, made)
            self._found.proposals += done.change == "new"
            imports.count_into_import(
                connection, import_id, new=int(done.change == "new"), changed=0, unchanged=0, rejected=0
            )
        return made

    def _write_review(
        self,
        connection: Connection,
        review: ReviewToWrite,
        row: ReviewRow,
        method_id: int,
        reviewer: int,
        scales: Mapping[str, int],
    ) -> None:
        visible = {
            "imported": True, "file": self._path.name, "sha256": self._sha256, "place": row.place,
            "groups": dict(row.groups), "raw": dict(row.cells),
            **({"zone": "unknown"} if row.zone_unknown else {}), **({} if row.at else {NAMED: FIRST}),
        }  # fmt: skip
        before = annotations.standing(connection, method_id, reviewer)
        # Files come in any order; where reviews have times, these say which one came after which. Of one time, what a
        # later import says corrects what is there.
        if row.at and (before.current is None or before.current.updated_at != row.at):
            before = replace(before, event_id=None)
        revision_id = revision_shown(connection, method_id)
        # All that a judgement follows from is in the id: with it the same event says the same in every store.
        said = [review.id, *text_of(connection, revision_id), before.event_id]
        event_id = str(uuid5(EVENTS, json.dumps(said)))
        last = comes_last(connection, (method_id, reviewer), event_id, before.event_id, row.at or FIRST)
        event = annotations.append_event(
            connection,
            before,
            kind=Act.IMPORTED,
            act_id=review.id,
            judgement=judgement_in(row),
            context=Context(revision_id, "", visible=visible),
            seconds=0.0,
            now=row.at or self._now(),
            revision_id=revision_id,
            event_id=event_id,
            row_id=None if last else id_below(connection),
        )
        # What came last is in step already: to go through all before it takes longer the more there are.
        if not last:
            annotations.refresh_judgements(connection, [(method_id, reviewer)])
        save_scores(connection, event.id, {scales[name]: value for name, value in row.scores.items()})
