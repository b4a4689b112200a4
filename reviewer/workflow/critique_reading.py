"""What a reviewer may read of a critique, what they say of it, and the record of having had it before them."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewer.critic.injections import Suspicion, suspicions
from reviewer.domain.critiques import RECORDED, Critique
from reviewer.domain.methods import Method
from reviewer.store import critiques
from reviewer.store.critique_marks import marks_of, set_mark
from reviewer.store.critique_readings import note_reading
from reviewer.store.events import history
from reviewer.workflow.critiquing import critique_so_far, material_of, withheld_because
from reviewer.workflow.session import Session


@dataclass(frozen=True, slots=True)
class ReadableCritique:
    """A critique as it is read: what it says, where it is from, what it cost, and what the reader marked in it."""

    attempt_id: int
    """The row id of the attempt that brought it."""
    call: str
    critiques: tuple[Critique, ...]
    model: str
    asked_at: str
    asked_by: str
    spent: int
    known: bool
    """Whether that is what was billed; else it is what was set aside."""
    marks: Mapping[str, bool]

    @property
    def is_recorded(self) -> bool:
        """Return whether it was played from a file for the demo."""
        return self.model == RECORDED


@dataclass(frozen=True, slots=True)
class Readable:
    """What a reviewer may read of the critique of a proposal: why nothing, or what there is.

    ``judgement`` is the event that their own judgement of it stands at; None where they have said nothing.
    """

    why_withheld: str
    critique: ReadableCritique | None = None
    judgement: str | None = None


def readable(session: Session, method_id: int) -> Readable:
    """Return what the session's reviewer may read now of the critique of a proposal.

    Raises:
        LookupError: when the proposal is gone from the store.
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        if why := withheld_because(connection, session, method_id):
            return Readable(why)
        events = history(connection, method_id, session.reviewer_id)
    judgement = events[-1].event_id if events else None
    answered = critique_so_far(session, method_id)
    if answered is None:
        return Readable("", None, judgement)
    with session.store.read() as connection:
        attempt = next(a for a in critiques.attempts_at(connection, answered.call) if a.ended and not a.ended.failure)
        marks = marks_of(connection, attempt.id, session.reviewer_id)
    assert attempt.ended is not None
    found = ReadableCritique(
        attempt.id,
        answered.call,
        answered.critiques,
        attempt.ended.model or attempt.sent.model_asked,
        attempt.sent.sent_at,
        attempt.requested_by,
        answered.spent,
        answered.known,
        marks,
    )
    return Readable("", found, judgement)


def note_read(session: Session, attempt_id: int, judgement: str | None, shown_at: str, seconds: float) -> None:
    """Write down that the reviewer had a critique before them, since when and for how long.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        note_reading(connection, attempt_id, session.reviewer_id, judgement, shown_at, seconds)


def note_glimpse(session: Session, call: str, shown_at: str, seconds: float) -> None:
    """Write down that the reviewer saw the first words of an answer: also where none came of it in the end.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        attempts = critiques.attempts_at(connection, call)
        if not attempts:
            return
        events = history(connection, attempts[-1].sent.method_id, session.reviewer_id)
        before = [each.event_id for each in events if each.at <= shown_at]
        judgement = before[-1] if before else None
        note_reading(connection, attempts[-1].id, session.reviewer_id, judgement, shown_at, seconds)


def note_printed(session: Session, call: str) -> None:
    """Write down that the reviewer is given an answer to read outside the app: for how long, nobody knows.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        attempt = next(a for a in critiques.attempts_at(connection, call) if a.ended and not a.ended.failure)
        events = history(connection, attempt.sent.method_id, session.reviewer_id)
        judgement = events[-1].event_id if events else None
        note_reading(connection, attempt.id, session.reviewer_id, judgement, session.now(), 0.0)


def mark_item(session: Session, attempt_id: int, item: str, useful: bool | None) -> None:
    """Say that an item of a critique was useful or was not; None takes that back.

    Raises:
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        set_mark(connection, attempt_id, session.reviewer_id, item, useful, session.now())


def suspicions_in(method: Method) -> tuple[Suspicion, ...]:
    """Return what in a proposal, as it is sent, looks as if it were written for a model rather than for a person."""
    return suspicions(material_of(method).as_text())
