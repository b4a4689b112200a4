"""Why a proposal stands where it does in the queue: a sentence or two, of what the reviewer may see."""

import sqlite3
from datetime import datetime

from reviewer.domain.counted import counted
from reviewer.domain.log_odds import percent
from reviewer.domain.queue import Sort
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Protocol
from reviewer.store import assignments, queue_draws
from reviewer.store.alike import alike_to, measure_of
from reviewer.store.decisions import decision_of
from reviewer.store.methods import method_by_id
from reviewer.store.problems import problem_by_id
from reviewer.store.protocols import protocol_of, sees_evidence, sees_others
from reviewer.store.queue_draws import Drawing, DrawnPlace, imported_at
from reviewer.workflow.browsing import Asked
from reviewer.workflow.session import Session

_NOT_BEFORE = "before your own judgement"


def why_here(session: Session, asked: Asked, method_id: int) -> tuple[str, ...]:
    """Return why a proposal stands where it does in a queue, in sentences.

    Raises:
        LookupError: when the proposal is gone.
        StoreError: when the store cannot be read.
    """
    with session.store.read() as connection:
        given = assignments.assignment_of(connection, method_id, session.reviewer_id)
        sentences = []
        if not (asked.part.assigned and asked.sort is Sort.PRIORITY):
            sentences += _by_order(connection, session, asked, method_id)
        if given is not None:
            by = "yourself" if given.made_by == session.reviewer else safe_line(given.made_by, 40)
            sentences.append(
                f"Assigned to you by {by} on {given.made_at[:10]}, as {given.place:,} of {given.of:,} in an order of "
                "chance."
            )
        if together := _together(connection, session, asked, method_id):
            sentences.append(together)
        return tuple(sentences)


def _together(connection: sqlite3.Connection, session: Session, asked: Asked, method_id: int) -> str:
    """Return with whom a proposal stands together, and how alike they are; nothing where it stands alone."""
    mates = alike_to(connection, asked.problem_id, method_id, session.reviewer_id)
    if not mates:
        return ""
    others = "another one that is" if len(mates) == 1 else f"{len(mates)} others that are"
    head = next((mate for mate in mates if mate.is_head), None)
    if head is None:
        return f"It stands with {others} nearly alike: {min(m.measure for m in mates):.0f} of 100 or more to this one."
    own = measure_of(connection, method_id)
    return f"It stands with {others} nearly alike: it is {own:.0f} of 100 alike to “{safe_line(head.title, 60)}”."


def _by_order(connection: sqlite3.Connection, session: Session, asked: Asked, method_id: int) -> list[str]:
    match asked.sort:
        case Sort.PRIORITY:
            return _by_priority(connection, session, asked, method_id)
        case Sort.DISAGREEMENT:
            return [_by_disagreement(connection, session, method_id)]
        case Sort.NEWEST:
            return [f"Newest first: it came in on {_day(imported_at(connection, method_id))}."]
        case Sort.IMPORTED:
            return [f"In the order of import: it came in on {_day(imported_at(connection, method_id))}."]
        case Sort.AGENT | Sort.CLAIM | Sort.TITLE:
            return [_by_evidence(connection, session, asked, method_id)]


def _by_priority(connection: sqlite3.Connection, session: Session, asked: Asked, method_id: int) -> list[str]:
    found = queue_draws.place_of(connection, asked.problem_id, session.reviewer_id, method_id)
    if found is None or found[0].id != asked.draw:
        is_sealed = protocol_of(connection, asked.problem_id) is Protocol.SEALED
        rest = "in the order of import" if is_sealed else "best claim first"
        if asked.draw is None:
            return [f"The queue is not drawn, so that all of it stands {rest}."]
        return [f"Behind what has been drawn of the queue, {rest}."]
    drawing, place = found
    return [_drawn(connection, asked, drawing, place), _odds(drawing, place)]


def _drawn(connection: sqlite3.Connection, asked: Asked, drawing: Drawing, place: DrawnPlace) -> str:
    from reviewer.judgement.priority import Why, worth
    from reviewer.workflow.queue_drawing import spread_of

    if drawing.ranked_by == queue_draws.RANKED_BY[Protocol.SEALED]:
        return "Drawn by chance, as every place is in the sealed protocol."
    # What was drawn in the open may stand on the screen still, where another protocol holds by now.
    is_open = protocol_of(connection, asked.problem_id) is Protocol.OPEN
    if place.by_chance or not is_open or drawing.ranked_by != queue_draws.RANKED_BY[Protocol.OPEN]:
        # What others hold had no part in it, and is not read either.
        return Why(0, None, None, 0.5, worth(0, 0.0), by_chance=place.by_chance).blind_sentence
    decision = decision_of(connection, asked.problem_id)
    sums = queue_draws.sums_of(connection, place.method_id)
    n, total = (sums.forecasts, sums.total) if sums else (0, 0.0)
    value = worth(n, total, decision=decision, spread=spread_of(connection, asked.problem_id))
    return Why(n, sums.lowest if sums else None, sums.highest if sums else None, decision, value).sentence


def _odds(drawing: Drawing, place: DrawnPlace) -> str:
    share = f"{100 * place.probability:.2g} %" if place.probability < 1 else "100 %"
    where = "It has kept its place since you judged it" if place.place < 0 else f"Place {place.place + 1:,}"
    return f"{where}; it came next with a probability of {share}, among {counted(drawing.of, 'proposal')}."


def _by_disagreement(connection: sqlite3.Connection, session: Session, method_id: int) -> str:
    if not sees_others(connection, method_id, session.reviewer_id):
        return f"In the order of import: {_NOT_BEFORE} its place tells nothing of what others hold."
    sums = queue_draws.sums_of(connection, method_id)
    if sums is None or not sums.width or max(sums.verdicts, sums.forecasts) < 2:
        return "Behind what is judged differently, in the order of import: no two judgements of it stand apart."
    spread = (
        f", forecasts from {percent(sums.lowest)} to {percent(sums.highest)}"
        if sums.lowest is not None and sums.highest is not None and sums.forecasts > 1
        else ""
    )
    held = counted(max(sums.verdicts, sums.forecasts), "judgement")
    return f"Furthest apart first: its {held} stand {sums.width:.2f} apart, where 1 is the most{spread}."


def _by_evidence(connection: sqlite3.Connection, session: Session, asked: Asked, method_id: int) -> str:
    if not sees_evidence(connection, method_id, session.reviewer_id):
        if asked.sort is Sort.TITLE:
            return "In the order of import: what may be covered in its title orders nothing yet."
        return "In the order of import: where it comes from and what it claims is sealed, and orders nothing yet."
    if asked.sort is Sort.TITLE:
        return "By title."
    method = method_by_id(connection, method_id)
    if asked.sort is Sort.AGENT:
        return f"By agent: it is of {safe_line(method.agent, 60)}." if method.agent else "By agent: it names none."
    claim = queue_draws.claim_of(connection, method_id)
    if claim is None:
        return "Best claim first: it claims nothing, so that it comes behind what does."
    metric = problem_by_id(connection, asked.problem_id).problem.primary_metric
    return f"Best claim first: it claims {safe_line(metric, 40) + ' ' if metric else ''}{claim:g}."


def _day(when: str) -> str:
    """Return a time as people read it."""
    return f"{datetime.fromisoformat(when):%Y-%m-%d at %H:%M} UTC" if when else "a day that is not known"
