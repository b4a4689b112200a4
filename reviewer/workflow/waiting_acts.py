"""Acts that could not be saved: each in a text that lies beside the store, and done once the store can be written."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from reviewer.domain.judgements import Context, Judgement, carried_over, judgement_from_data, judgement_to_data
from reviewer.domain.vocabulary import Act, Stage
from reviewer.store.drafts import WaitingText
from reviewer.store.methods import shown_by_uuid
from reviewer.store.problems import problem_by_slug
from reviewer.workflow import judging
from reviewer.workflow.judging_alike import Along
from reviewer.workflow.session import Session


@dataclass(frozen=True, slots=True)
class WaitingAct:
    """An act on one proposal, known by its UUID since the store that it is saved in may be a copy of this one."""

    act_id: str
    proposal: str
    kind: Act
    before: Judgement
    after: Judgement
    context: Context
    words: str
    seconds: float
    began_with: Judgement | None = None
    """The judgement whose text the person went on writing; None where they wrote none."""
    along: tuple[Along, ...] = ()
    """The others that it is meant for too."""
    part_of: str | None = None
    """The act with which it is undone; None where it is one by itself."""


@dataclass(frozen=True, slots=True)
class WaitingReversal:
    """An undo or a redo in one problem, named by its slug."""

    act_id: str
    problem: str
    kind: Act


def text_of(act: WaitingAct | WaitingReversal) -> WaitingText:
    """Return an act as it is written down."""
    data: dict[str, Any] = {"kind": act.kind}
    if isinstance(act, WaitingReversal):
        data |= {"problem": act.problem}
    else:
        data |= {
            "proposal": act.proposal,
            "before": judgement_to_data(act.before),
            "after": judgement_to_data(act.after),
            "context": asdict(act.context),
            "words": act.words,
            "seconds": act.seconds,
            "began_with": None if act.began_with is None else judgement_to_data(act.began_with),
            "along": [{"proposal": other.proposal, "context": asdict(other.context)} for other in act.along],
            "part_of": act.part_of,
        }
    return WaitingText(act.act_id, json.dumps(data))


def _act_of(waiting: WaitingText) -> WaitingAct | WaitingReversal:
    data = json.loads(waiting.text)
    kind = Act(data["kind"])
    if "problem" in data:
        return WaitingReversal(waiting.act_id, data["problem"], kind)
    return WaitingAct(
        waiting.act_id,
        data["proposal"],
        kind,
        judgement_from_data(data["before"]),
        judgement_from_data(data["after"]),
        _context_of(data["context"]),
        data["words"],
        data["seconds"],
        None if data["began_with"] is None else judgement_from_data(data["began_with"]),
        # Which row each is, is found in the store that it is saved in.
        tuple(Along(0, each["proposal"], _context_of(each["context"])) for each in data.get("along", ())),
        data.get("part_of"),
    )


def _context_of(data: dict[str, Any]) -> Context:
    stage = data.get("stage")
    return Context(**{**data, "stage": Stage(stage) if stage else None})


def do_now(session: Session, waiting: WaitingText) -> judging.Done | None:
    """Save an act that waited, once: where it is in the store already, nothing is done. Return what it did.

    Raises:
        UserError: when the text was changed elsewhere meanwhile.
        StoreError: when the store cannot be written; nothing has changed then.
        LookupError: when what it is about is not in the store, which may not be the one that it waited for.
        TypeError, ValueError: when it cannot be read.
    """
    act = _act_of(waiting)
    row_id = _row_id(session, act)
    if row_id is None:
        raise LookupError(f"nothing in the store for the act {waiting.act_id}")
    if isinstance(act, WaitingReversal):
        reverse = judging.undo if act.kind is Act.UNDO else judging.redo
        return reverse(session, problem_id=row_id, act_id=act.act_id)
    return judging.perform(
        session,
        row_id,
        act.kind,
        partial(carried_over, act.before, act.after),
        act.context,
        words=act.words,
        seconds=act.seconds,
        act_id=act.act_id,
        began_with=act.began_with,
        along=_along(session, act),
        part_of=act.part_of,
    )


def _along(session: Session, act: WaitingAct) -> Sequence[Along]:
    """Return the others that an act is meant for too, as far as they are in the store."""
    with session.store.read() as connection:
        found = ((other, shown_by_uuid(connection, other.proposal)) for other in act.along)
        return [replace(other, method_id=ids[0]) for other, ids in found if ids is not None]


def proposals_of(session: Session, waiting: Sequence[WaitingText]) -> Sequence[tuple[WaitingAct, int, int]]:
    """Return those of the acts that are about a proposal of this store, each with its row id and its problem's.

    Raises:
        StoreError: when the store cannot be read.
    """
    found = []
    with session.store.read() as connection:
        for each in waiting:
            # What is of a newer reviewer cannot be read; that is told where it is tried.
            with suppress(LookupError, TypeError, ValueError):
                act = _act_of(each)
                if isinstance(act, WaitingAct) and (ids := shown_by_uuid(connection, act.proposal)) is not None:
                    found.append((act, *ids))
    return found


def _row_id(session: Session, act: WaitingAct | WaitingReversal) -> int | None:
    with session.store.read() as connection:
        if isinstance(act, WaitingReversal):
            problem = problem_by_slug(connection, act.problem)
            return None if problem is None else problem.id
        found = shown_by_uuid(connection, act.proposal)
        return None if found is None else found[0]
