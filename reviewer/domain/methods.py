"""Methods, their measurements, and where each of them came from.

What a file of a hundred thousand methods has most of are named tuples: a frozen dataclass is made in seven times the
time, and making them was a sixth of reading.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reviewer.domain.identity import content_hash, hash_around_text, text_as_json
from reviewer.domain.vocabulary import Basis, Bound, Origin, RemarkKind, Role, Setting


class JsonText(str):
    """A raw record that is JSON text already: it is kept to the letter, where anything else is written as JSON."""

    __slots__ = ()


class PlaceName(str):
    """What a run is called by the folder or file that it lies in: it says where something lay, and nothing of it."""

    __slots__ = ()


class Provenance(NamedTuple):
    """Where a record came from: the file as it was named, its sha256, and the place within it."""

    file: str
    sha256: str
    place: str = ""
    """``line 12``, ``findings #6``, ``seed_42.json``: where a person finds the record in the file."""


class SeedValue(NamedTuple):
    """The value of one run with one seed."""

    seed: int | None
    value: float
    n_correct: int | None = None
    n_test: int | None = None
    basis: Basis = Basis.CLAIMED
    seconds: float | None = None
    """How long the run took."""
    predicted_share: float | None = None
    """The share of the test examples for which one answer was predicted: the one most out of step with the labels."""
    label_share: float | None = None
    """The share of the test examples that have this answer for their label."""
    says: str = ""
    """What the run's own record says of its seed or method where that is something else than its place says."""
    completed: bool | None = None
    """Whether the run's own record says that it succeeded."""
    exit_status: int | None = None
    """The status with which the run's process ended."""

    def further(self) -> tuple[float | str | None, ...]:
        """Return what few sources give, or nothing where none of it is given.

        It is part of a revision's hash: what is given of later fields comes after all of the earlier ones.
        """
        ended = (self.completed, self.exit_status)
        given = (self.seconds, self.predicted_share, self.label_share, self.says)
        if ended != (None, None):
            return (*given, *ended)
        return given if given != (None, None, None, "") else ()


UNNAMED_DATASET = "unknown"
"""What a measurement is on where nobody names the dataset."""


class Measurement(NamedTuple):
    """One metric of one method on one dataset, split and subset in one setting.

    ``value`` is None where the source gives none, and ``missing`` then says why. ``standard_error`` is that of
    the mean over ``n_seeds`` seeds, in the unit of the metric. ``n_test`` counts test examples, ``n_correct`` how
    many of them were right.
    """

    metric: str
    dataset: str
    value: float | None
    standard_error: float | None = None
    n_seeds: int | None = None
    n_test: int | None = None
    n_correct: int | None = None
    setting: Setting = Setting.UNKNOWN
    split: str = ""
    subset: str = ""
    basis: Basis = Basis.CLAIMED
    source: str = ""
    """For a published number, where it was published; for any other, what is worth knowing of its origin."""
    missing: str = ""
    seeds: tuple[SeedValue, ...] = ()
    n_evaluations: int | None = None
    """How often the test set had been asked by the time when this value was chosen, where the source says so."""


class SelfScore(NamedTuple):
    """What an agent gave an idea of its own: ``value`` of ``most``, for what ``name`` says."""

    name: str
    value: float
    most: float = 10.0


class OutsideReview(NamedTuple):
    """A review that a source brings along. It is none of our judgements, and is not shown before one's own."""

    score: float | None = None
    most: float = 10.0
    confidence: float | None = None
    """How sure the reviewer was, 1 to 5."""
    used_ai: bool | None = None
    consent: bool | None = None
    """Whether the reviewer agreed to its use."""


class Opinions(NamedTuple):
    """What is given to a method in numbers, by its agent and by reviewers that its source knows."""

    self_scores: tuple[SelfScore, ...] = ()
    reviews: tuple[OutsideReview, ...] = ()


class MethodRecord(NamedTuple):
    """A proposal, baseline or reference as a source reads it.

    It is known by ``(namespace, external_id)``, where the namespace is the run or server it comes from. One method
    may be described by several parts (a baseline measured on three datasets in three folders): ``part`` names which.
    """

    namespace: str
    external_id: str
    role: Role
    title: str
    problem: str
    provenance: Provenance
    part: str = ""
    origin: Origin = Origin.UNKNOWN
    bound: Bound | None = None
    agent: str = ""
    run: str = ""
    """The run that it is of; a ``PlaceName`` where its source has no other name for that."""
    parent: str = ""
    """The external id of the method that this one was derived from, in the same namespace."""
    idea: str = ""
    """What remarks and other findings call the idea; empty where the source knows no ideas."""
    family: str = ""
    """The research direction or family of methods, in the source's words."""
    hypothesis: str = ""
    body: str = ""
    """The method text, as Markdown."""
    claims: tuple[str, ...] = ()
    created_at: str = ""
    """When the source says it was made, as it says it; a time without a zone stays without one."""
    measurements: tuple[Measurement, ...] = ()
    raw: Any = None
    """The source's own record, kept whole: any value that JSON can say, or the text of one (``JsonText``)."""
    rerun_of: str = ""
    """The external id of the method, in the same namespace, of which this is another run that differs by its seed."""
    self_scores: tuple[SelfScore, ...] = ()
    reviews: tuple[OutsideReview, ...] = ()

    def revision_hash(self, body_as_json: bytes | None = None) -> str:
        """Return the hash of what a reader of the proposal could see: its text and its numbers.

        What the person who imports adds (settings, the problem's name) and where the file lay are left out, so that
        the same content is the same revision wherever and however it is imported. Whoever has the body as
        ``text_as_json`` gives it hands it on, since that is a third of the work.
        """
        return hash_around_text(
            (
                self.role, self.title, self.origin, self.bound, self.agent,
                "" if isinstance(self.run, PlaceName) else self.run, self.parent, self.idea, self.family,
                self.hypothesis,
            ),
            text_as_json(self.body) if body_as_json is None else body_as_json,
            (
                self.claims, self.created_at,
                [[m.metric, m.dataset, m.value, m.standard_error, m.n_seeds, m.n_test, m.n_correct, m.split, m.subset,
                  m.basis, m.source, m.missing,
                  [[s.seed, s.value, s.n_correct, s.n_test, s.basis, *s.further()] for s in m.seeds],
                  *(() if m.n_evaluations is None else (m.n_evaluations,))]
                 for m in self.measurements],
                *self._besides(),
            ),
            self._floats(),
        )  # fmt: skip

    def _besides(self) -> tuple[object, ...]:
        """Return what few sources give, or nothing where none of it is given."""
        given = (self.rerun_of, self.self_scores, self.reviews)
        return given if given != ("", (), ()) else ()

    def _floats(self) -> Iterator[float | None]:
        for m in self.measurements:
            yield m.value
            yield m.standard_error
            for s in m.seeds:
                yield from (s.value, s.seconds, s.predicted_share, s.label_share)
        for score in self.self_scores:
            yield from (score.value, score.most)
        for review in self.reviews:
            yield from (review.score, review.most, review.confidence)


@dataclass(frozen=True, slots=True)
class Remark:
    """A post that hangs on an idea: an insight, an error, an observation, a comment."""

    namespace: str
    external_id: str
    problem: str
    kind: RemarkKind
    text: str
    provenance: Provenance
    idea: str = ""
    about: str = ""
    """The external id of the method or remark that it answers, where it answers one."""
    title: str = ""
    author: str = ""
    created_at: str = ""
    raw: Any = field(default=None, compare=False)

    def revision_hash(self) -> str:
        """Return the hash of what a reader of the remark could see, as :meth:`MethodRecord.revision_hash` does."""
        return content_hash([self.kind, self.idea, self.about, self.title, self.author, self.text, self.created_at])


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that could not be taken, with the place, the reason and what stood there."""

    file: str
    place: str
    reason: str
    raw: str = ""
    """The record as text, cut to some 2,000 characters."""


@dataclass(frozen=True, slots=True)
class UnknownFields:
    """Fields of a file's records that its format does not know, each with how many records have it.

    They are kept in the raw records and otherwise ignored; a slip of the pen is one of them, as a rule.
    """

    file: str
    names: tuple[tuple[str, int], ...]
    known: tuple[str, ...]
    """The fields that the format knows; none where the person said by a map what is read."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a person has to be told of a file besides what was taken of it: ``words`` is the sentence that says it."""

    file: str
    words: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method as the store holds it: its current text, and the measurements of all its parts."""

    id: int
    uuid: str
    problem_id: int
    namespace: str
    external_id: str
    role: Role
    origin: Origin
    bound: Bound | None
    title: str
    agent: str
    run: str
    parent: str
    idea: str
    family: str
    created_at: str
    revision_id: int
    revision_hash: str
    revisions: int
    hypothesis: str
    body: str
    claims: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of a method's text and numbers; ``current`` where it is the one that counts now."""

    id: int
    content_hash: str
    part: str
    current: bool
    title: str
    hypothesis: str
    body: str
    claims: tuple[str, ...]
    measurements: tuple[Measurement, ...]
    raw: str
    provenance: Provenance
    recorded_at: str
