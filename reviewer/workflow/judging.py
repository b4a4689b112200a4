"""A reviewer's acts: each one appends events, and each one can be undone and redone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from reviewer.domain.errors import UserError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Change, ConstraintRating, Context, Event, Judgement
from reviewer.domain.queue import Sort
from reviewer.domain.stages import has_reached, missing_for_next
from reviewer.domain.vocabulary import Act, Stage, Verdict
from reviewer.store import annotations, events
from reviewer.store.covering import title_while_sealed
from reviewer.store.protocols import stage_of
from reviewer.store.queue_draws import place_of
from reviewer.workflow.judging_alike import Along, act_to_join, done_before, say_along
from reviewer.workflow.session import Session


@dataclass(frozen=True, slots=True)
class Done:
    """An act that is on the disk: its events, and in a few words what it did."""

    act_id: str
    events: tuple[Event, ...]
    words: str
    title: str


VERDICT_WORDS = {
    Verdict.SURVIVES: "survives",
    Verdict.CONDITIONAL: "conditional",
    Verdict.FAILS: "fails",
    Verdict.CANNOT_TELL: "can't tell",
}


REVEAL_WORDS: Mapping[Stage | None, str] = {
    Stage.EVIDENCE: "went on to the evidence",
    Stage.OTHERS: "went on to what others hold",
}
"""What going on to a stage is called."""


def reveal(judgement: Judgement) -> Judgement:
    """Go on to the next stage: what is held stays as it is."""
    return judgement


def give_verdict(verdict: Verdict) -> Change:
    """Set the verdict. A condition belongs to a conditional verdict and goes with it."""

    def change(judgement: Judgement) -> Judgement:
        judged = replace(judgement, verdict=verdict, skipped=False)
        return judged if verdict is Verdict.CONDITIONAL else replace(judged, condition="", next_experiment="")

    return change


def set_condition(condition: str, next_experiment: str) -> Change:
    """Set what a conditional verdict depends on, and the cheapest experiment that would settle it."""
    return lambda j: replace(j, condition=condition.strip(), next_experiment=next_experiment.strip())


def set_forecast(forecast: float | None) -> Change:
    """Set the probability, 0 to 1, that the proposal meets its target; None takes it back.

    Raises:
        ValueError: when it is no probability.
    """
    if forecast is not None and not 0 <= forecast <= 1:
        raise ValueError(f"{forecast} is no probability")
    return lambda j: replace(j, forecast=forecast)


def rate(slug: str, rating: ConstraintRating, seen: ConstraintRating | None = None) -> Change:
    """Set the rating and the note of one constraint; an empty rating clears it.

    Of what the person had ``seen`` before, what they left as it was is left as it stands.
    """

    def change(judgement: Judgement) -> Judgement:
        if seen is None:
            return judgement.with_rating(slug, rating)
        stands = judgement.rating_of(slug)
        return judgement.with_rating(
            slug,
            ConstraintRating(
                stands.rating if rating.rating == seen.rating else rating.rating,
                stands.note if rating.note == seen.note else rating.note,
            ),
        )

    return change


def set_resolves_on(day: date | None) -> Change:
    """Set the day by which the reviewer expects to know what became of it; None leaves that to the target again."""
    return lambda j: replace(j, resolves_on=None if day is None else day.isoformat())


def set_rationale(text: str) -> Change:
    """Set the rationale. Blanks at its end are not kept. Agents may not read another one than they were let read."""
    kept = text.rstrip()
    return lambda j: replace(j, rationale=kept, shareable=j.shareable and j.rationale == kept)


def set_shareable(shareable: bool, rationale: str) -> Change:
    """Let agents read the ``rationale`` that the reviewer sees, or no longer; one changed meanwhile stays as it is."""
    return lambda j: replace(j, shareable=shareable and bool(rationale)) if j.rationale == rationale else j


def set_tags(tags: Sequence[str]) -> Change:
    """Set the tags: without blanks around them, each once, in the order given."""
    kept = tuple(dict.fromkeys(t.strip() for t in tags if t.strip()))
    return lambda j: replace(j, tags=kept)


def set_flag(flagged: bool) -> Change:
    """Set the flag, or take it off."""
    return lambda j: replace(j, flagged=flagged)


def skip(judgement: Judgement) -> Judgement:
    """Put the proposal aside for now: for this reviewer only, and only until they judge it."""
    return replace(judgement, skipped=True)


def perform(
    session: Session,
    method_id: int,
    kind: Act,
    change: Change,
    context: Context,
    *,
    words: str,
    seconds: float = 0.0,
    act_id: str | None = None,
    began_with: Judgement | None = None,
    along: Sequence[Along] = (),
    part_of: str | None = None,
) -> Done | None:
    """Save one act on one proposal, and on those ``along`` with it; when this returns it is on the disk.

    Returns None where the act changes nothing; the same verdict given again on a later revision is a change. Two acts
    with one ``act_id`` are undone together; one of a kind is there once, however often it is tried. ``began_with`` is
    the judgement whose text a person went on writing: where another text stands now, it is not written over.

    To go on to a stage is done once, in whichever window, and changes nothing but what may be seen.

    Of others along with it the act fills in alone what the reviewer has not said by now, at the same stage, of the text
    that it is meant for: each has an event of its own, and all are undone together. With what is said before and after
    it is undone too where each is ``part_of`` one act, by its id, and nothing else was done in between; what was said
    in that act before, of whichever, is written over.

    Raises:
        UserError: when the text was changed elsewhere since the person began to write, or what has to be said before a
            stage was taken back meanwhile.
        StoreError: when the store cannot be written; nothing has changed then.
        TakenOutError: when the revision that was seen, or the baseline beside it, is gone from the store.
        LookupError: when the proposal is.
    """
    with session.store.write() as connection:
        before = annotations.standing(connection, method_id, session.reviewer_id)
        reviewer = session.reviewer_id
        if act_id is not None and (done := done_before(connection, reviewer, method_id, kind, change, act_id, part_of)):
            written_as = done[0].act_id
            if along:
                done = tuple(e for e in events.events_of_act(connection, reviewer, written_as) if e.kind is kind)
            return Done(written_as, done, words, _title(connection, before, context.stage))
        own_id = act_id or new_id()
        act_id = act_to_join(connection, reviewer, own_id, part_of)
        after = change(before.judgement)
        if began_with is not None and _writes_over(kind, before.judgement, after, began_with):
            raise UserError(
                "the judgement was changed elsewhere meanwhile. What you wrote stays as a draft, and the history has "
                "the rest."
            )
        if kind is Act.VERDICT:
            context = _with_its_draw(connection, before, context)
        again_on_later_text = kind is Act.VERDICT and before.revision_of_verdict not in (None, context.revision_id)
        reveals = kind is Act.REVEAL and _reveals(connection, before, context)
        written: list[Event] = []
        if after != before.judgement or again_on_later_text or reveals:
            written.append(
                annotations.append_event(
                    connection,
                    before,
                    kind=kind,
                    act_id=act_id,
                    judgement=after,
                    context=context,
                    seconds=seconds,
                    now=session.now(),
                )
            )
        for other in along:
            written += say_along(connection, session, other, kind, change, own_id, part_of)
        title = _title(connection, before, context.stage)
    return Done(act_id, tuple(written), words, title) if written else None


def _title(connection: annotations.Connection, before: annotations.Standing, stage: Stage | None) -> str:
    """Return the title of a proposal as it is shown at a stage."""
    return title_while_sealed(connection, before.method_id) if stage is Stage.IDEA else before.title


def _reveals(connection: annotations.Connection, before: annotations.Standing, context: Context) -> bool:
    """Say whether the stage that a reviewer goes on to shows more than they have seen."""
    reached = stage_of(connection, before.method_id, before.reviewer_id)
    if reached is None or context.stage is None or has_reached(reached, context.stage):
        return False
    if missing := missing_for_next(before.judgement):
        raise UserError(f"nothing more is shown before your own {' and '.join(missing)}, taken back meanwhile.")
    return True


def _with_its_draw(connection: annotations.Connection, before: annotations.Standing, context: Context) -> Context:
    """Return the context with the probability by which the proposal came next, where the queue was a drawn one.

    What is learnt from the judged is weighted back by it to all, also where the drawing itself is long gone. A part of
    the queue, as what is assigned or was searched for, is come to in another way.
    """
    if context.visible.get("order") != Sort.PRIORITY or context.visible.get("part"):
        return context
    found = place_of(connection, before.problem_id, before.reviewer_id, before.method_id)
    if found is None:
        return context
    drawing, place = found
    drawn = {
        "ranked_by": drawing.ranked_by,
        "of": drawing.of,
        "place": place.place,
        "by_chance": place.by_chance,
        "probability": place.probability,
    }
    return replace(context, visible={**context.visible, "drawn": drawn})


def _writes_over(kind: Act, before: Judgement, after: Judgement, began_with: Judgement) -> bool:
    """Say whether an act would take the place of a text that is neither the one begun with nor the one written."""
    if kind is Act.RATING:
        return any(
            before.rating_of(slug).note not in (began_with.rating_of(slug).note, after.rating_of(slug).note)
            for slug in before.ratings
        )
    return _text(kind, before) not in (_text(kind, began_with), _text(kind, after))


def _text(kind: Act, judgement: Judgement) -> object:
    """Return what an act of writing takes the place of."""
    match kind:
        case Act.RATIONALE:
            return judgement.rationale
        case Act.TAGS:
            return judgement.tags
        case Act.RESOLVES_ON:
            return judgement.resolves_on
        case _:
            return judgement.verdict, judgement.condition, judgement.next_experiment


def undo(
    session: Session, seconds: float = 0.0, *, problem_id: int | None = None, act_id: str | None = None
) -> Done | None:
    """Take back this reviewer's latest act that stands (in one problem), or return None where there is none.

    Nothing is deleted: an event of kind ``undo`` names the act that it reverses and restores what was held before it.
    With one ``act_id`` no more than one act is taken back, however often it is tried.
    """
    return _reverse(session, Act.UNDO, events.last_act_to_undo, seconds, problem_id, act_id)


def redo(
    session: Session, seconds: float = 0.0, *, problem_id: int | None = None, act_id: str | None = None
) -> Done | None:
    """Do again what the latest undo took back, unless another act came after it; else return None."""
    return _reverse(session, Act.REDO, events.last_act_to_redo, seconds, problem_id, act_id)


def _reverse(
    session: Session,
    kind: Act,
    find: Callable[[annotations.Connection, int, int | None], str | None],
    seconds: float,
    problem_id: int | None,
    act_id: str | None,
) -> Done | None:
    with session.store.write() as connection:
        if act_id is not None and events.is_recent(connection, session.reviewer_id, act_id):
            return _reversed_before(connection, session.reviewer_id, act_id)
        act = find(connection, session.reviewer_id, problem_id)
        if act is None:
            return None
        act_id = act_id or new_id()
        written: list[Event] = []
        title = ""
        reviewer = session.reviewer_id
        for event in events.events_of_act(connection, reviewer, act):
            if any(each.method_id == event.method_id for each in written):
                continue
            before = annotations.standing(connection, event.method_id, reviewer)
            # With it comes what was before the reviewer then: a verdict on an older revision is one on it again.
            restored = events.superseded_by(connection, event)
            # What has been seen by now stays seen, though the verdict that opened it is taken back.
            reached = stage_of(connection, event.method_id, reviewer)
            title = title or _title(connection, before, reached)
            written.append(
                annotations.append_event(
                    connection,
                    before,
                    kind=kind,
                    act_id=act_id,
                    judgement=restored.judgement,
                    context=replace(restored.context, stage=reached),
                    revision_id=restored.revision_id,
                    seconds=seconds if not written else 0.0,
                    now=session.now(),
                    reverses=act,
                )
            )
        words = _words_of_reversed(connection, reviewer, kind, act)
    return Done(act_id, tuple(written), words, title)


def _words_of_reversed(connection: annotations.Connection, reviewer: int, kind: Act, act: str) -> str:
    """Return in a few words what it was that was undone or done again: by an act of this kind, of that act."""
    told = events.events_of_act(connection, reviewer, act)
    if kind is Act.REDO:
        told = events.events_of_act(connection, reviewer, told[0].reverses or "")
    return describe_act(told, events.superseded_by(connection, told[0]).judgement)


def _reversed_before(connection: annotations.Connection, reviewer: int, act_id: str) -> Done:
    """Return what an undo or redo did that is in the store already."""
    written = events.events_of_act(connection, reviewer, act_id)
    before = annotations.standing(connection, written[0].method_id, reviewer)
    title = _title(connection, before, stage_of(connection, before.method_id, reviewer))
    words = _words_of_reversed(connection, reviewer, written[0].kind, written[0].reverses or "")
    return Done(act_id, written, words, title)


def describe_act(events: Sequence[Event], before: Judgement) -> str:
    """Return in a few words what an act did; ``before`` is what was held before its first event."""
    n = len({e.method_id for e in events})
    words = _describe_one(events, before)
    if n == 1 or events[0].kind is Act.IMPORTED:
        return words
    forecast = next((e.snapshot.forecast for e in reversed(events) if e.kind is Act.FORECAST), None)
    if forecast is not None and any(e.kind is Act.VERDICT for e in events):
        words = f"forecast {100 * forecast:.0f} %, {words}"
    return f"{words} on {n} that are alike"


def _describe_one(events: Sequence[Event], before: Judgement) -> str:
    kinds = {e.kind for e in events}
    event = events[0]
    after = next(e.snapshot for e in reversed(events) if e.method_id == event.method_id)
    if Act.VERDICT in kinds and after.verdict is not None:
        return VERDICT_WORDS[after.verdict]
    match event.kind:
        case Act.FORECAST:
            return "forecast taken back" if after.forecast is None else f"forecast {100 * after.forecast:.0f} %"
        case Act.RATING:
            return describe_rating(before, after)
        case Act.RATIONALE:
            return "rationale"
        case Act.CONDITION:
            return "condition"
        case Act.TAGS:
            return f"tags {', '.join(after.tags)}" if after.tags else "tags taken off"
        case Act.FLAG:
            return "flag" if after.flagged else "flag taken off"
        case Act.SKIP:
            return "skip"
        case Act.RESOLVES_ON:
            return f"known by {after.resolves_on}" if after.resolves_on else "day taken back"
        case Act.SHARE:
            return "agents may read the rationale" if after.shareable else "agents may no longer read the rationale"
        case Act.REVEAL:
            return REVEAL_WORDS.get(event.stage, str(event.kind))
        case _:
            return str(event.kind)


def describe_rating(before: Judgement, after: Judgement) -> str:
    """Return which constraint changed and to what."""
    for slug in (*after.ratings, *before.ratings):
        new, old = after.ratings.get(slug), before.ratings.get(slug)
        if new != old:
            name = slug.replace("_", " ")
            if new is None:
                return f"{name} cleared"
            if new.rating != (old.rating if old else None):
                return f"{name}: {new.rating.replace('_', ' ') if new.rating else 'cleared'}"
            return f"note on {name}"
    return "rating"
