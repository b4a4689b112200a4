"""Adjudicating where judgements differ: a judgement beside them, which leaves every one as it was, one's own too."""

from collections.abc import Sequence

from reviewer.domain.adjudications import Adjudication, AdjudicationEvent, check_adjudication
from reviewer.domain.errors import UserError
from reviewer.domain.judgements import Judgement
from reviewer.domain.log_odds import percent
from reviewer.domain.text import safe_line
from reviewer.store.adjudications import append_adjudication, current_adjudication, retract
from reviewer.store.annotations import Connection
from reviewer.store.methods import method_by_id
from reviewer.store.others import judgements_on
from reviewer.store.protocols import sees_others
from reviewer.workflow.judging import VERDICT_WORDS
from reviewer.workflow.session import Session


def adjudicate(
    session: Session,
    method_id: int,
    adjudication: Adjudication,
    *,
    revision_id: int | None = None,
    judgements: Sequence[str] | None = None,
) -> AdjudicationEvent | None:
    """Save what the session's reviewer says where judgements differ; when this returns it is on the disk.

    ``judgements`` are the events of those that were before them, and ``revision_id`` that of the text; where None is
    given, what is in the store now. It takes the place of what was adjudicated before, which is kept. Returns None
    where the reviewer has said just that of just these, and it holds.

    Raises:
        UserError: when the reviewer's own judgement is not in, nobody has judged it, or this is no adjudication.
        TakenOutError: when the revision that was seen is gone from the store.
        LookupError: when the proposal is.
        StoreError: when the store cannot be written.
    """
    adjudication = check_adjudication(adjudication)
    with session.store.write() as connection:
        method = method_by_id(connection, method_id)
        _require_own(connection, session, method_id)
        held = judgements_on(connection, method_id)
        if not any(_says(one.judgement) for one in held):
            raise UserError("Nobody has judged this proposal yet, so that there is nothing to adjudicate.")
        of = tuple(one.event_id for one in held) if judgements is None else tuple(judgements)
        now = current_adjudication(connection, method_id)
        if now is not None and (now.adjudication, now.said_by, now.judgements) == (adjudication, session.reviewer, of):
            return None
        return append_adjudication(
            connection,
            method_id,
            adjudication,
            reviewer_id=session.reviewer_id,
            revision_id=method.revision_id if revision_id is None else revision_id,
            judgements=of,
            now=session.now(),
        )


def retract_adjudication(session: Session, method_id: int, note: str = "") -> AdjudicationEvent:
    """Take back the adjudication that holds, for the reason that ``note`` gives.

    Raises:
        UserError: when the reviewer's own judgement is not in, or nothing holds.
        StoreError: when the store cannot be written.
    """
    with session.store.write() as connection:
        _require_own(connection, session, method_id)
        if current_adjudication(connection, method_id) is None:
            raise UserError("Nobody has adjudicated this proposal, so that there is nothing to take back.")
        return retract(connection, method_id, reviewer_id=session.reviewer_id, now=session.now(), note=note.strip())


def _require_own(connection: Connection, session: Session, method_id: int) -> None:
    if not sees_others(connection, method_id, session.reviewer_id):
        raise UserError(
            "Your own judgement of this proposal is not in; give it first: one adjudicates what one has judged oneself."
        )


def _says(judgement: Judgement) -> bool:
    return judgement.verdict is not None or judgement.forecast is not None


def adjudication_words(adjudication: Adjudication) -> str:
    """Return an adjudication in one line, safe to show; what was left out is left out."""
    said = [VERDICT_WORDS[adjudication.verdict]]
    if adjudication.condition:
        said[0] += f" if {safe_line(adjudication.condition, 200)}"
    if adjudication.forecast is not None:
        said.append(percent(adjudication.forecast))
    if adjudication.rationale:
        said.append(f"“{safe_line(adjudication.rationale, 300)}”")
    return ", ".join(said)
