"""Taking in judgements that were made elsewhere: a row a review, as a map declares what its columns say.

They are annotations of the reviewers that the file names, who are none of those who judge here, on scales of their
own; each has the id that follows from what it says, so that the same review is one in whatever file and store. Which
of several by one reviewer holds follows from their times; those without any come before, each after what was held.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import attrgetter
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.judgements import Context, Judgement, judgement_to_data
from reviewer.domain.methods import MethodRecord, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.domain.reviewer_names import clean_name
from reviewer.domain.vocabulary import Act, Role, Setting
from reviewer.exports.cells import restore_cell
from reviewer.sources.files import require, sha256_of
from reviewer.sources.judgement_map import JudgementMap
from reviewer.sources.judgement_rows import ReviewRow, raw_text, read_review_rows
from reviewer.store import annotations, imports, recording
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.event_order import comes_last, id_below
from reviewer.store.file_reviewers import FILE_LIMIT, name_for, save_file_reviewer
from reviewer.store.import_notes import note_problem
from reviewer.store.imported_judgements import (
    Candidate,
    proposals_called,
    refuse_other_scales,
    reviews_known,
    revision_shown,
    save_scale,
    save_scores,
    text_of,
)
from reviewer.store.known_problem import KnownProblem
from reviewer.store.prepared import prepare
from reviewer.store.problems import list_problems, problem_by_slug, save_problem
from reviewer.store.turns import FIRST, NAMED
from reviewer.workflow.pacing import rest
from reviewer.workflow.telling import choose_problem

SOURCE = "judgements"
"""What the row of such an import is of."""

NAMESPACE = "reviews"
"""Of proposals that are made from a file which names no namespace."""

AT_ONCE = 25
"""Reviews that are written in one transaction, which holds the write lock for some milliseconds."""

_EASTERNMOST = timedelta(hours=14)
"""So much later than UTC it may be where somebody wrote down a time without its zone."""

_EVENTS = UUID("6f0d3f0e-6e0a-5c7e-9f6e-4a1f2b7c9d10")
"""The namespace in which the ids of such reviews and their events are made."""


@dataclass(slots=True)
class JudgementsImported:
    """What a file of reviews came to; ``new`` and ``unchanged`` count reviews."""

    new: int = 0
    unchanged: int = 0
    proposals: int = 0
    """Proposals that were made."""
    reviewers: int = 0
    """How many people the reviews are by."""
    scales: tuple[str, ...] = ()
    without_zone: int = 0
    """How many of those that are new have a time without a zone, which is kept as it stands and marked."""
    renamed: dict[str, str] = field(default_factory=dict)
    """Under which name somebody is entered whose own somebody else has here."""
    rejects: list[Reject] = field(default_factory=list)


class _Review(NamedTuple):
    row: ReviewRow
    method: tuple[str, str] | int
    """Its row id, or namespace and external id of one that is to be made."""
    reviewer: str
    """As the file calls them."""
    id: str


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
    read = read_review_rows(require(path), mapping, restore_cell)
    sha256 = sha256_of(path)
    found = JudgementsImported(rejects=list(read.rejects), scales=tuple(scale.name for _, scale in mapping.scales))
    slug, problem_id = _problem(store, problem, make_missing)
    reviews = _Planning(store, path, mapping, slug, problem_id, make_missing, clock, found).reviews(read.rows)
    if dry_run:
        made = {review.method for review in reviews if not isinstance(review.method, int)}
        found.proposals, found.new = len(made), len(reviews)
        return found
    if reviews or found.unchanged:
        _Writing(store, path, sha256, mapping, slug, found, clock).write(reviews)
    if found.proposals:
        from reviewer.workflow.completing import complete  # what most files need not load

        complete(store, checks)
    return found


def _problem(store: Store, slug: str | None, make: bool) -> tuple[str, int | None]:
    """Return the problem that the reviews are of, with its row id where it is there."""
    with store.read() as connection:
        known = {stored.problem.slug: stored.id for stored in list_problems(connection)}
    if make and slug is not None and slug not in known:
        return slug, None
    stored = choose_problem(store, slug)
    return stored.problem.slug, stored.id


def _possible_ids(row: ReviewRow) -> Sequence[str]:
    """Return what a proposal's own id may be: what the file says, or what of that stands behind the namespace."""
    return [row.external_id] if row.namespace is not None else [row.external_id, *_splits(row.external_id).values()]


def _splits(name: str) -> Mapping[str, str]:
    """Return the ways to read ``namespace/id``, each id by its namespace."""
    return {name[:at]: name[at + 1 :] for at, letter in enumerate(name) if letter == "/" and 0 < at < len(name) - 1}


def _called(row: ReviewRow, candidates: Mapping[str, tuple[Candidate, ...]]) -> Sequence[Candidate]:
    """Return the proposals of just that id; where there is none, those that ``namespace/id`` names."""
    if (found := candidates.get(row.external_id)) or row.namespace is not None:
        return found or ()
    ways = _splits(row.external_id).items()
    return [each for space, own in ways for each in candidates.get(own, ()) if each.namespace == space]


class _Planning:
    """What becomes of each row: of which proposal it is, who said it, and whether it is there already."""

    def __init__(
        self,
        store: Store,
        path: Path,
        mapping: JudgementMap,
        slug: str,
        problem_id: int | None,
        make_missing: bool,
        clock: Clock,
        found: JudgementsImported,
    ) -> None:
        self._store = store
        self._path = path
        self._mapping = mapping
        self._slug = slug
        self._problem_id = problem_id
        self._make_missing = make_missing
        self._now = timestamp(clock())
        self._latest_local = timestamp(clock() + _EASTERNMOST)
        self._found = found

    def reviews(self, rows: Sequence[ReviewRow]) -> list[_Review]:
        """Return those that are new, of each reviewer and proposal the oldest first."""
        planned: dict[str, _Review] = {}
        with self._store.read() as connection:
            candidates: Mapping[str, tuple[Candidate, ...]] = {}
            if self._problem_id is not None:
                scales = [scale for _, scale in self._mapping.scales]
                refuse_other_scales(connection, self._problem_id, self._slug, scales)
                candidates = proposals_called(
                    connection, self._problem_id, [name for row in rows for name in _possible_ids(row)]
                )
            for row in rows:
                try:
                    method = self._method(row, _called(row, candidates))
                    review = _Review(row, method, self._reviewer(connection, row), self._review_id(row))
                    if row.at > (self._latest_local if row.zone_unknown else self._now):
                        raise UserError(f"Its time, {row.at}, is in the future.")
                except UserError as error:
                    self._found.rejects.append(Reject(str(self._path), row.place, str(error), raw_text(row.cells)))
                    continue
                if review.id in planned:
                    self._found.unchanged += 1
                planned.setdefault(review.id, review)
            there = reviews_known(connection, (one.method for one in planned.values() if isinstance(one.method, int)))
            known = planned.keys() & there
        self._found.reviewers = len({review.reviewer for review in planned.values()})
        self._found.unchanged += len(known)
        new = [one for one in planned.values() if one.id not in known]
        self._found.without_zone = sum(one.row.zone_unknown for one in new)
        return sorted(new, key=attrgetter("row.at"))

    def _method(self, row: ReviewRow, candidates: Sequence[Candidate]) -> tuple[str, str] | int:
        if row.namespace is not None:
            candidates = [each for each in candidates if each.namespace == row.namespace]
        if len(candidates) > 1:
            named = ", ".join(each.namespace for each in candidates)
            raise UserError(
                f"{row.external_id} is a proposal of each of {named}; [proposal] namespace in the map says which."
            )
        if candidates:
            return candidates[0].method_id
        if self._make_missing:
            return row.namespace or NAMESPACE, row.external_id
        raise UserError(
            f"There is no proposal {row.external_id!r} in {self._slug}; --missing make makes one of its id and title."
        )

    def _reviewer(self, connection: Connection, row: ReviewRow) -> str:
        if self._mapping.anonymous:
            return clean_name(f"{self._path.name[:FILE_LIMIT]} #{_label(row)}")
        name = clean_name(row.reviewer)
        if (entered := name_for(connection, name, self._path.name)) != name:
            self._found.renamed[name] = entered
        return name

    def _review_id(self, row: ReviewRow) -> str:
        """Return an id that follows from what is said, by whom, of what and when, as the file has it."""
        said = [
            self._slug, row.namespace or "", row.external_id,
            [self._path.name, _label(row)] if self._mapping.anonymous else row.reviewer,
            row.at, judgement_to_data(_judgement(row)), sorted(row.scores.items()), sorted(row.groups.items()),
        ]  # fmt: skip
        return str(uuid5(_EVENTS, json.dumps(said, ensure_ascii=False, sort_keys=True)))


def _label(row: ReviewRow) -> str:
    return row.reviewer or row.place.removeprefix("line ")


def _judgement(row: ReviewRow) -> Judgement:
    return Judgement(verdict=row.verdict, forecast=row.forecast, rationale=row.rationale, tags=row.tags)


class _Writing:
    """Writing what is new, in pieces."""

    def __init__(
        self,
        store: Store,
        path: Path,
        sha256: str,
        mapping: JudgementMap,
        slug: str,
        found: JudgementsImported,
        clock: Clock,
    ) -> None:
        self._store = store
        self._path = path
        self._sha256 = sha256
        self._mapping = mapping
        self._slug = slug
        self._found = found
        self._clock = clock
        self._made: dict[tuple[str, str], int] = {}

    def write(self, reviews: Sequence[_Review]) -> None:
        """Write reviews, and the row of the import with what could not be taken."""
        with self._store.write(durable=False) as connection:
            imports.mark_interrupted(connection)
            path = str(self._path.absolute())
            import_id = imports.begin_import(connection, SOURCE, path, {"problems": {}}, self._now())
            recording.record_rejects(connection, import_id, self._found.rejects)
            imports.count_into_import(
                connection, import_id, new=0, changed=0, unchanged=self._found.unchanged,
                rejected=len(self._found.rejects),
            )  # fmt: skip
        try:
            for some in _pieces(reviews):
                with self._store.write() as connection:
                    locked = perf_counter()
                    self._write_some(connection, some, import_id)
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

    def _write_some(self, connection: Connection, reviews: Sequence[_Review], import_id: int) -> None:
        known = self._known(connection, import_id)
        scales = {scale.name: save_scale(connection, known.id, scale) for _, scale in self._mapping.scales}
        new = 0
        # Another process may have taken in the same file meanwhile.
        for review in reviews:
            method_id = self._method(connection, known, review, import_id)
            if review.id in reviews_known(connection, [method_id]):
                self._found.unchanged += 1
                continue
            self._write_review(connection, review, method_id, scales)
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

    def _method(self, connection: Connection, known: KnownProblem, review: _Review, import_id: int) -> int:
        if isinstance(review.method, int):
            return review.method
        if review.method not in self._made:
            namespace, external_id = review.method
            row = review.row
            said: dict[str, Any] = {"id": external_id, "title": row.title, "agent": row.agent}
            record = MethodRecord(
                namespace, external_id, Role.PROPOSAL, row.title or external_id, self._slug,
                Provenance(str(self._path.name), self._sha256, row.place), agent=row.agent, raw=said,
            )  # fmt: skip
            (done,) = recording.record_methods(
                connection, known, [prepare(record)], import_id=import_id, now=self._now()
            )
            self._made[review.method] = done.method_id
            self._found.proposals += done.change == "new"
            imports.count_into_import(
                connection, import_id, new=int(done.change == "new"), changed=0, unchanged=0, rejected=0
            )
        return self._made[review.method]

    def _write_review(self, connection: Connection, review: _Review, method_id: int, scales: Mapping[str, int]) -> None:
        row, now = review.row, self._now()
        reviewer = save_file_reviewer(connection, review.reviewer, self._path.name, now)
        visible = {
            "imported": True, "file": self._path.name, "sha256": self._sha256, "place": row.place,
            "groups": dict(row.groups), "raw": dict(row.cells),
            **({"zone": "unknown"} if row.zone_unknown else {}), **({} if row.at else {NAMED: FIRST}),
        }  # fmt: skip
        before = annotations.standing(connection, method_id, reviewer)
        there = before.current is not None
        # Files come in any order; where reviews have times, these say which one came after which.
        if row.at:
            before = replace(before, event_id=None)
        revision_id = revision_shown(connection, method_id)
        # All that a judgement follows from is in the id: with it the same event says the same in every store.
        said = [review.id, *text_of(connection, revision_id), before.event_id]
        event_id = str(uuid5(_EVENTS, json.dumps(said)))
        last = comes_last(connection, (method_id, reviewer), event_id, before.event_id, row.at or FIRST)
        event = annotations.append_event(
            connection,
            before,
            kind=Act.IMPORTED,
            act_id=review.id,
            judgement=_judgement(row),
            context=Context(revision_id, "", visible=visible),
            seconds=0.0,
            now=row.at or now,
            revision_id=revision_id,
            event_id=event_id,
            row_id=None if last else id_below(connection),
        )
        if there:
            annotations.refresh_judgements(connection, [(method_id, reviewer)])
        save_scores(connection, event.id, {scales[name]: value for name, value in row.scores.items()})


def _pieces(reviews: Sequence[_Review]) -> Iterator[Sequence[_Review]]:
    return (reviews[i : i + AT_ONCE] for i in range(0, len(reviews), AT_ONCE))
