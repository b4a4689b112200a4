"""An act that is meant for several proposals that are alike: for which of them, and what is undone with it."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewer.domain.judgements import Change, Context, Event, Judgement
from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store import annotations, events
from reviewer.store.alike import shows_still
from reviewer.store.protocols import stage_of
from reviewer.workflow.session import Session


@dataclass(frozen=True, slots=True)
class Along:
    """Another proposal that an act is meant for too, since it is alike, by its row id and its UUID, and what was before
    the reviewer of that one.
    """

    method_id: int
    proposal: str
    context: Context


def act_to_join(connection: annotations.Connection, reviewer: int, act_id: str, part_of: str | None) -> str:
    """Return under which act something is written that is ``part_of`` one, if anything is.

    It is its own where another act came in between: to undo the first would take that one back too.
    """
    if part_of is None or (
        events.is_recent(connection, reviewer, part_of) and events.latest_act(connection, reviewer) != part_of
    ):
        return act_id
    return part_of


def done_before(
    connection: annotations.Connection,
    reviewer: int,
    method_id: int,
    kind: Act,
    change: Change,
    act_id: str,
    part_of: str | None,
) -> tuple[Event, ...]:
    """Return the events of a kind on a proposal by which an act is there already, empty where it is not.

    What is part of an act may come in it again, as a forecast that is corrected: then what it makes is not there yet.
    """
    if done := events.act_on(connection, reviewer, method_id, act_id, kind):
        return done
    if part_of is None:
        return ()
    done = events.act_on(connection, reviewer, method_id, part_of, kind)
    return done if done and change(done[-1].snapshot) == done[-1].snapshot else ()


def say_along(
    connection: annotations.Connection,
    session: Session,
    other: Along,
    kind: Act,
    change: Change,
    act_id: str,
    part_of: str | None,
) -> Sequence[Event]:
    """Say the same of another proposal, as far as nothing is said of that yet but by the act that this is part of."""
    reviewer = session.reviewer_id
    if done := done_before(connection, reviewer, other.method_id, kind, change, act_id, part_of):
        return done
    if not shows_still(connection, other.method_id, other.context.revision_id):
        return ()
    before = annotations.standing(connection, other.method_id, reviewer)
    after = change(before.judgement)
    said = events.act_on(connection, reviewer, other.method_id, part_of, kind) if part_of is not None else ()
    if (
        not _may_be_said(kind, before.judgement, said[-1].snapshot if said else None)
        or after == before.judgement
        or stage_of(connection, other.method_id, reviewer) is not other.context.stage
    ):
        return ()
    event = annotations.append_event(
        connection, before, kind=kind, act_id=act_to_join(connection, reviewer, act_id, part_of), judgement=after,
        context=other.context, seconds=0.0, now=session.now(),
    )  # fmt: skip
    return (event,)


def _may_be_said(kind: Act, held: Judgement, said: Judgement | None) -> bool:
    """Return whether an act that is meant for several would write over nothing that is held of one of them by itself;
    ``said`` is what the same act made of it before.
    """
    match kind:
        case Act.VERDICT:
            return held.verdict is None
        case Act.FORECAST:
            own = held.forecast is not None and (said is None or said.forecast != held.forecast)
            return held.verdict is None and not own
        case Act.CONDITION:
            return held.verdict is Verdict.CONDITIONAL and not (held.condition or held.next_experiment)
        case _:
            return False
