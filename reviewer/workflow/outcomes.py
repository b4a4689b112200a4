"""Saying what became of proposals, correcting it, taking it back, and taking in what a file says."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date
from pathlib import Path

from reviewer.domain.alike import sighting_named
from reviewer.domain.errors import UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.methods import Reject
from reviewer.domain.outcomes import Outcome, OutcomeEvent, check_outcome, due_on, resolution
from reviewer.domain.pieces import in_pieces
from reviewer.domain.reviewer_names import clean_name
from reviewer.domain.rubrics import Rubric
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Resolution
from reviewer.exports.cells import restore_cell
from reviewer.sources.outcome_map import OutcomeMap
from reviewer.sources.outcome_rows import OutcomeRow, read_outcome_rows
from reviewer.store import outcomes
from reviewer.store.alike import sightings_of
from reviewer.store.annotations import Connection, own_reviewer_id, save_reviewer
from reviewer.store.connection import Store
from reviewer.store.ledger import first_judged_at, own_day
from reviewer.store.methods import proposals_of_source
from reviewer.store.problems import problem_by_id
from reviewer.store.protocols import sees_evidence
from reviewer.store.rubrics import all_constraint_slugs
from reviewer.workflow.permalinks import find_proposal_at
from reviewer.workflow.session import Session

AT_ONCE = 50
"""Rows of a file that are written in one transaction, which holds the write lock for some milliseconds."""


def today(clock: Clock) -> date:
    """Return the day now in UTC."""
    return clock().astimezone(UTC).date()


def record_outcome(session: Session, method_id: int, outcome: Outcome) -> OutcomeEvent | None:
    """Save what became of a proposal, as the session's reviewer says; when this returns it is on the disk.

    It takes the place of what was said before, which is kept. Returns None where the reviewer has said just that, and
    it holds. An outcome is no annotation: undo does not reach it, and :func:`retract_outcome` takes it back.

    Raises:
        UserError: when it is in the future, its numbers are none, or there is no such constraint.
        LookupError: when the proposal is gone.
        StoreError: when the store cannot be written.
    """
    outcome = check_outcome(outcome, today(session.clock))
    with session.store.write() as connection:
        _require_constraint(connection, outcome, session.rubric)
        now = outcomes.current_outcome(connection, method_id)
        if now is not None and (now.outcome, now.said_by) == (outcome, session.reviewer):
            return None
        return outcomes.append_outcome(
            connection, method_id, outcome, reviewer_id=session.reviewer_id, now=session.now()
        )


def retract_outcome(session: Session, method_id: int, note: str = "") -> OutcomeEvent:
    """Take back what holds of what became of a proposal, for the reason that ``note`` gives.

    Raises:
        UserError: when nothing holds.
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        if outcomes.current_outcome(connection, method_id) is None:
            raise UserError("Nobody has said yet what became of this proposal, so there is nothing to take back.")
        return outcomes.append_outcome(
            connection, method_id, None, reviewer_id=session.reviewer_id, now=session.now(), note=note.strip()
        )


def constraints_to_name(connection: Connection, rubric: Rubric) -> tuple[str, ...]:
    """Return the slugs of the constraints that may be said to have bitten: of every rubric that was judged by."""
    return tuple(dict.fromkeys((*(c.slug for c in rubric.constraints), *all_constraint_slugs(connection))))


def _require_constraint(connection: Connection, outcome: Outcome, rubric: Rubric) -> None:
    known = constraints_to_name(connection, rubric)
    if outcome.constraint and outcome.constraint not in known:
        raise UserError(f"There is no constraint {outcome.constraint!r}; there are {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class OutcomeState:
    """What is known of how a proposal ended: all that was said, oldest first, and what of it holds."""

    events: tuple[OutcomeEvent, ...]
    current: OutcomeEvent | None
    resolution: Resolution
    due: date | None
    """The last day by which it is decided; None where nobody has said, or the viewer may not know yet."""
    months: int | None
    """How many months after it was first judged it is decided, where the target says that and no day."""
    is_own: bool = False
    """Whether the day is the viewer's own for this proposal, which goes before the target's."""


def outcome_state(store: Store, method_id: int, viewer_id: int, clock: Clock = utc_now) -> OutcomeState:
    """Return what is known of how a proposal ended, as a reviewer may see it; 0 is nobody.

    When it was first judged, from which months are counted, is seen once one has given a verdict oneself. A day of
    the viewer's own goes before what the target says.

    Raises:
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        events = outcomes.outcome_history(connection, method_id)
        current = outcomes.current_outcome(connection, method_id)
        problem_id, judged_at = first_judged_at(connection, method_id, viewer_id)
        own = own_day(connection, method_id, viewer_id)
        target = problem_by_id(connection, problem_id).problem.target
    due = due_on(target, judged_at, own)
    months = target.months if target is not None and not target.horizon and own is None else None
    resolved = resolution(current is not None, due, today(clock))
    return OutcomeState(events, current, resolved, due, months, own is not None)


def what_can_be_said(session: Session, method_id: int) -> tuple[OutcomeState, Mapping[str, str]]:
    """Return what is known of how a proposal ended, and the constraints that may have bitten with their titles.

    Raises:
        LookupError: when the proposal is gone.
        StoreError: when the store cannot be read.
    """
    state = outcome_state(session.store, method_id, session.reviewer_id, session.clock)
    titles = {constraint.slug: constraint.title for constraint in session.rubric.constraints}
    with session.store.read() as connection:
        slugs = constraints_to_name(connection, session.rubric)
    return state, {slug: titles.get(slug, slug.replace("_", " ")) for slug in slugs}


@dataclass(frozen=True, slots=True)
class OutcomesImported:
    """What a file of outcomes came to."""

    new: int
    corrected: int
    """Of those that are new: how many took the place of what had been said before."""
    unchanged: int
    rejects: tuple[Reject, ...]
    unknown_columns: tuple[str, ...]
    corrections: tuple[str, ...] = ()
    """A sentence on each that took the place of another one, whether that was told of it or of a sighting of it."""


def import_outcomes(
    store: Store,
    path: Path,
    rubric: Rubric,
    *,
    by: str | None = None,
    mapping: OutcomeMap | None = None,
    clock: Clock = utc_now,
) -> OutcomesImported:
    """Take in the outcomes of a CSV file; each row is an event of its own, recorded now.

    What somebody has said before in the same words changes nothing, be it corrected since or not, so that a file can
    be taken in again. ``by`` says so where a row does not say who does, ``mapping`` what the columns are called.

    Raises:
        SourceError: when the file cannot be read as one.
        StoreError: when the store cannot be written; rows that were taken in by then stay.
    """
    read = read_outcome_rows(path, restore_cell, mapping)
    rejects = list(read.rejects)
    found: list[tuple[OutcomeRow, int, str]] = []
    said: dict[tuple[int, str], OutcomeRow] = {}
    for row in read.rows:
        try:
            outcome = check_outcome(row.outcome, today(clock))
            name = row.by or by
            if not name:
                raise UserError("It does not say who says so; --by NAME does for such rows.")
            row, method_id = replace(row, outcome=outcome), _proposal_of(store, row)
            first = said.setdefault((method_id, clean_name(name)), row)
            if row.named != first.named and row.outcome != first.outcome:
                raise UserError(_said_otherwise(first, may_name=_may_name(store, method_id, by)))
            found.append((row, method_id, clean_name(name)))
        except UserError as error:
            rejects.append(_reject(path, row, error))
    new = unchanged = 0
    corrections: list[str] = []
    for some in in_pieces(found, AT_ONCE):
        with store.write() as connection:
            for row, method_id, name in some:
                try:
                    _require_constraint(connection, row.outcome, rubric)
                except UserError as error:
                    rejects.append(_reject(path, row, error))
                    continue
                history = outcomes.outcome_history(connection, method_id)
                if any((event.outcome, event.said_by) == (row.outcome, name) for event in history):
                    unchanged += 1
                    continue
                now = timestamp(clock())
                before = outcomes.current_outcome(connection, method_id)
                if before is not None:
                    corrections.append(_correction(connection, row, before, by))
                reviewer_id = save_reviewer(connection, name, now)
                outcomes.append_outcome(connection, method_id, row.outcome, reviewer_id=reviewer_id, now=now)
                new += 1
    rejects.sort(key=lambda reject: int(reject.place.removeprefix("line ")))
    return OutcomesImported(new, len(corrections), unchanged, tuple(rejects), read.unknown_columns, tuple(corrections))


def _correction(connection: Connection, row: OutcomeRow, before: OutcomeEvent, by: str | None) -> str:
    """Return the sentence that says that a row takes the place of what was said before, of whichever sighting.

    What that was is not told of what is sealed.
    """
    of = held = ""
    if _sees_sameness(connection, before.method_id, by):
        met = sightings_of(connection, before.method_id)
        if sighting_named(met, row.named) is not None:
            first = safe_line(f"{met[0].namespace}/{met[0].external_id}", 80)
            of = f", which is the same proposal as {first}, met again,"
        if before.outcome is not None:
            held = f" ({_in_short(before.outcome)}, said by {safe_line(before.said_by, 60)})"
    return (
        f"line {row.line}: the outcome of {safe_line(row.named, 80)} ({_in_short(row.outcome)}){of} takes the place of "
        f"what was said before{held}."
    )


def _in_short(outcome: Outcome) -> str:
    effect = "" if outcome.effect is None else f", effect {outcome.effect:g}"
    return f"{outcome.result}, {outcome.happened_on}{effect}"


def _said_otherwise(first: OutcomeRow, *, may_name: bool) -> str:
    """Return why a row is refused, of whose proposal another row gives another outcome by another name."""
    if not may_name:
        return "An earlier line gives another outcome of the same proposal by another name: that one goes before it."
    return (
        f"It is the same proposal as {first.named} in line {first.line}, met again, and has another outcome: that "
        "line goes before this one."
    )


def _may_name(store: Store, method_id: int, by: str | None) -> bool:
    with store.read() as connection:
        return _sees_sameness(connection, method_id, by)


def _sees_sameness(connection: Connection, method_id: int, by: str | None) -> bool:
    """Return whether who asks may know that a proposal was met under two names: their numbers are the same, too."""
    viewer_id = own_reviewer_id(connection, by) if by else None
    return sees_evidence(connection, method_id, viewer_id or 0)


def _reject(path: Path, row: OutcomeRow, error: UserError) -> Reject:
    return Reject(str(path), f"line {row.line}", str(error), row.raw)


def _proposal_of(store: Store, row: OutcomeRow) -> int:
    """Return the row of the proposal that is meant; the names that sources give are looked up first, which is quick."""
    with store.read() as connection:
        if row.namespace and row.external_id:
            ids = proposals_of_source(connection, row.namespace, row.external_id, row.problem)
        else:
            cuts = [i for i, letter in enumerate(row.proposal) if letter == "/"]
            ids = tuple(
                method_id
                for cut in cuts
                for method_id in proposals_of_source(
                    connection, row.proposal[:cut], row.proposal[cut + 1 :], row.problem
                )
            )
    if len(ids) == 1:
        return ids[0]
    with suppress(UserError):
        if row.proposal and not ids:
            return find_proposal_at(store, row.proposal)[1]
    return find_proposal_at(store, row.named)[1]
