"""What becomes of each review of a file: of which proposal it is, who said it, and whether the store has it already.

All of a file is read before anything is written, so that nothing is taken in of one that cannot be read to its end. It
is put aside meanwhile: what is held of it in memory does not grow with it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid5

from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock, timestamp
from reviewer.domain.judgements import Judgement, judgement_to_data
from reviewer.domain.methods import Reject
from reviewer.domain.pieces import in_pieces
from reviewer.domain.reviewer_names import clean_name
from reviewer.exports.cells import restore_cell
from reviewer.sources.judgement_map import JudgementMap
from reviewer.sources.judgement_rows import ReviewRow, ReviewRows, raw_text, review_row
from reviewer.store.annotations import Connection, reviewer_id
from reviewer.store.connection import Store
from reviewer.store.file_reviewers import FILE_LIMIT, name_for
from reviewer.store.imported_judgements import Candidate, proposals_called, refuse_other_scales, reviews_known
from reviewer.store.reviews_aside import PlannedReview, ReadReview, RefusedReview, ReviewsAside

NAMESPACE = "reviews"
"""Of proposals that are made from a file which names no namespace."""

ROWS_AT_ONCE = 500

NAMES_AT_ONCE = 20_000
"""For so many names all proposals of a problem are gone through once."""

_EASTERNMOST = timedelta(hours=14)
"""So much later than UTC it may be where somebody wrote down a time without its zone."""

EVENTS = UUID("6f0d3f0e-6e0a-5c7e-9f6e-4a1f2b7c9d10")
"""The namespace in which the ids of such reviews and their events are made."""


def put_aside(aside: ReviewsAside, path: Path, mapping: JudgementMap) -> None:
    """Read a file to its end, and put aside its reviews and what cannot be read of it.

    Raises:
        SourceError: when the file cannot be read as the map says.
        HinderedError: when there is no room for it.
    """
    numbered = enumerate(ReviewRows(path, mapping, restore_cell), start=1)
    for piece in in_pieces(numbered, ROWS_AT_ONCE):
        aside.add_read(
            ReadReview(number, row.place, row.namespace, row.external_id, json.dumps(dict(row.cells)))
            for number, row in piece
            if isinstance(row, ReviewRow)
        )
        aside.add_refused(
            RefusedReview(number, row.place, row.reason, row.raw) for number, row in piece if isinstance(row, Reject)
        )


@dataclass(slots=True)
class PlanningReviews:
    """Planning what becomes of the reviews that were put aside, of one problem.

    ``problem_id`` is None of one that is to be made. ``repeated`` counts those that the file has said before, and
    ``renamed`` says under which name somebody is entered whose own somebody else has here.
    """

    file: str
    mapping: JudgementMap
    slug: str
    problem_id: int | None
    make_missing: bool
    clock: Clock
    repeated: int = 0
    renamed: dict[str, str] = field(default_factory=dict)
    _now: str = field(init=False)
    _latest_local: str = field(init=False)

    def __post_init__(self) -> None:
        now = self.clock()
        self._now, self._latest_local = timestamp(now), timestamp(now + _EASTERNMOST)

    def plan(self, store: Store, aside: ReviewsAside) -> None:
        """Put aside what becomes of each review, and of those that cannot be taken why not.

        Raises:
            UserError: when a scale is another one in the store.
            StoreError: when the store cannot be read, or there is no room.
        """
        with store.read() as connection:
            if self.problem_id is not None:
                scales = [scale for _, scale in self.mapping.scales]
                refuse_other_scales(connection, self.problem_id, self.slug, scales)
            for first, last, names in _stretches(aside.proposals_read()):
                candidates: Mapping[str, tuple[Candidate, ...]] = {}
                if self.problem_id is not None:
                    candidates = proposals_called(connection, self.problem_id, names)
                for piece in aside.read(first, last):
                    self._plan_some(connection, aside, piece, candidates)

    def _plan_some(
        self,
        connection: Connection,
        aside: ReviewsAside,
        reviews: Sequence[ReadReview],
        candidates: Mapping[str, tuple[Candidate, ...]],
    ) -> None:
        planned: list[PlannedReview] = []
        refused: list[RefusedReview] = []
        for read in reviews:
            row = review_row(self.mapping, read.place, json.loads(read.cells))
            try:
                planned.append(self._planned(connection, read.row, row, _called(row, candidates)))
            except UserError as error:
                refused.append(RefusedReview(read.row, read.place, str(error), raw_text(row.cells)))
        known = reviews_known(connection, self._as_entered(connection, planned))
        self.repeated += aside.add_planned([each._replace(is_known=each.id in known) for each in planned])
        aside.add_refused(refused)

    def _planned(
        self, connection: Connection, number: int, row: ReviewRow, candidates: Sequence[Candidate]
    ) -> PlannedReview:
        method_id = self._method(row, candidates)
        reviewer = self._reviewer(connection, row)
        if row.at > (self._latest_local if row.zone_unknown else self._now):
            raise UserError(f"Its time, {row.at}, is in the future.")
        return PlannedReview(
            number, self._review_id(row), method_id, row.namespace or NAMESPACE, row.external_id, reviewer, row.at,
            row.zone_unknown, is_known=False,
        )  # fmt: skip

    def _method(self, row: ReviewRow, candidates: Sequence[Candidate]) -> int | None:
        """Return the row id of the proposal that a review is of, None of one that is to be made."""
        if row.namespace is not None:
            candidates = [each for each in candidates if each.namespace == row.namespace]
        if len(candidates) > 1:
            named = ", ".join(each.namespace for each in candidates)
            raise UserError(
                f"{row.external_id} is a proposal of each of {named}; [proposal] namespace in the map says which."
            )
        if candidates:
            return candidates[0].method_id
        if self.make_missing:
            return None
        raise UserError(
            f"There is no proposal {row.external_id!r} in {self.slug}; --missing make makes one of its id and title."
        )

    def _reviewer(self, connection: Connection, row: ReviewRow) -> str:
        """Return what the file calls a reviewer."""
        if self.mapping.anonymous:
            return clean_name(f"{self.file[:FILE_LIMIT]} #{_label(row)}")
        name = clean_name(row.reviewer)
        if (entered := name_for(connection, name, self.file)) != name:
            self.renamed[name] = entered
        return name

    def _as_entered(self, connection: Connection, planned: Iterable[PlannedReview]) -> Iterator[tuple[str, int, int]]:
        """Yield of reviews that may be there their ids, with the rows of proposal and reviewer."""
        for each in planned:
            entered = reviewer_id(connection, name_for(connection, each.reviewer, self.file))
            if each.method_id is not None and entered is not None:
                yield each.id, each.method_id, entered

    def _review_id(self, row: ReviewRow) -> str:
        """Return an id that follows from what is said, by whom, of what and when, as the file has it."""
        said = [
            self.slug, row.namespace or "", row.external_id,
            [self.file, _label(row)] if self.mapping.anonymous else row.reviewer,
            row.at, judgement_to_data(judgement_in(row)), sorted(row.scores.items()), sorted(row.groups.items()),
        ]  # fmt: skip
        return str(uuid5(EVENTS, json.dumps(said, ensure_ascii=False, sort_keys=True)))


def judgement_in(row: ReviewRow) -> Judgement:
    """Return what a review says in our own words; what it scored on other scales is kept beside it."""
    return Judgement(verdict=row.verdict, forecast=row.forecast, rationale=row.rationale, tags=row.tags)


def _label(row: ReviewRow) -> str:
    return row.reviewer or row.place.removeprefix("line ")


def _stretches(rows: Iterable[tuple[int, str | None, str]]) -> Iterator[tuple[int, int, set[str]]]:
    """Yield the first and the last of rows that follow one another, with what their proposals' own ids may be.

    Rows of few proposals are one stretch, however many they are.
    """
    names: set[str] = set()
    first = last = 0
    for last, namespace, external_id in rows:
        first = first or last
        names.update(_possible_ids(namespace, external_id))
        if len(names) >= NAMES_AT_ONCE:
            yield first, last, names
            first, names = 0, set()
    if first:
        yield first, last, names


def _possible_ids(namespace: str | None, external_id: str) -> Sequence[str]:
    """Return what a proposal's own id may be: what the file says, or what of that stands behind the namespace."""
    return [external_id] if namespace is not None else [external_id, *_splits(external_id).values()]


def _splits(name: str) -> Mapping[str, str]:
    """Return the ways to read ``namespace/id``, each id by its namespace."""
    return {name[:at]: name[at + 1 :] for at, letter in enumerate(name) if letter == "/" and 0 < at < len(name) - 1}


def _called(row: ReviewRow, candidates: Mapping[str, tuple[Candidate, ...]]) -> Sequence[Candidate]:
    """Return the proposals of just that id; where there is none, those that ``namespace/id`` names."""
    if (found := candidates.get(row.external_id)) or row.namespace is not None:
        return found or ()
    ways = _splits(row.external_id).items()
    return [each for space, own in ways for each in candidates.get(own, ()) if each.namespace == space]
