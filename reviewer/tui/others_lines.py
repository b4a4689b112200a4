"""What others hold of a proposal as lines: what it comes to, what was adjudicated, and each judgement as a block."""

from collections.abc import Iterator

from reviewer.domain.adjudications import AdjudicationEvent
from reviewer.domain.counted import counted
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Rating, Stage
from reviewer.judgement.rated_apart import RatedApart
from reviewer.store.others import HeldScore
from reviewer.tui.history_lines import held, labelled, local_time, revision_label
from reviewer.tui.marks import Marks
from reviewer.tui.said_lines import said_lines
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.adjudicating import adjudication_words
from reviewer.workflow.others import OnesJudgement, Others, how_far_apart

_NAME = 80
_SAID = (Rating.BLOCKER, Rating.CONCERN)
"""The ratings that are told one by one, with their notes."""


def others_lines(others: Others, moved: str, marks: Marks) -> Iterator[TextLine]:
    """Yield all there is to see; ``moved`` is what outcomes say of the aggregate, empty while that is not known."""
    yield from _together(others, moved)
    yield TextLine()
    yield from _adjudicated(others)
    for one in others.judgements:
        yield TextLine()
        yield from _block(one, others, marks)


def _together(others: Others, moved: str) -> Iterator[TextLine]:
    n = len(others.judgements)
    if not n:
        yield plain("Nobody has judged it yet.", "dim")
        return
    if all(one.is_own for one in others.judgements):
        yield plain("Nobody but you has judged it yet.", "dim")
    else:
        yield plain(f"{counted(n, 'judgement')} together", "strong")
    if others.aggregate is not None:
        yield plain(others.aggregate.sentence)
    if told := how_far_apart(others):
        yield plain(told)
    for place, apart in enumerate(others.apart):
        yield plain(
            _apart_words(apart), "" if place else "notice", mark="also apart    " if place else "widest apart  "
        )
    if moved:
        yield plain(moved, "dim")


def _apart_words(apart: RatedApart) -> str:
    name = safe_line(apart.slug, 60).replace("_", " ")
    said = "; ".join(f"{rating} {', '.join(safe_line(who, _NAME) for who in by)}" for rating, by in apart.by)
    return f"{name}: {said}"


def _adjudicated(others: Others) -> Iterator[TextLine]:
    if not others.adjudications:
        yield plain("Nobody has adjudicated it.", "dim")
        return
    yield from said_lines(
        others.adjudications, others.adjudication, _adjudication_words, holds="adjudicated", of=_basis
    )
    if others.adjudication is not None and set(others.adjudication.judgements) != set(others.events):
        yield plain("Judgements were changed or added since it was adjudicated.", "notice")


def _adjudication_words(event: AdjudicationEvent) -> str | None:
    return adjudication_words(event.adjudication) if event.adjudication else None


def _basis(event: AdjudicationEvent) -> str:
    return f", of {counted(len(event.judgements), 'judgement')}"


def _block(one: OnesJudgement, others: Others, marks: Marks) -> Iterator[TextLine]:
    judgement = one.judgement
    name = safe_line(one.held.reviewer, _NAME)
    yield TextLine(((f"{name}{', you' if one.is_own else ''}", "strong"), (f"  {held(judgement, marks)}", "")))
    at = local_time(one.held.updated_at) if one.held.updated_at else "at no stated time"
    about = [at, revision_label(one.held.revision_id, others.numbers)]
    if one.held.stage is Stage.IDEA:
        about.append("of the idea alone")
    if one.held.imported_from:
        about.append(f"from {safe_line(one.held.imported_from, _NAME)}")
    older = f"  {marks.changed} of an older revision" if one.of_older_text else ""
    yield TextLine(((", ".join(about), "dim"), (older, "notice")), ("  ", ""))
    for score in one.scores:
        yield from labelled(safe_line(score.scale, 17), score_words(score))
    yield from labelled("condition", judgement.condition)
    yield from labelled("next experiment", judgement.next_experiment)
    for wanted in _SAID:
        for slug, rating in judgement.ratings.items():
            if rating.rating is wanted:
                said = f"{marks.ratings[wanted]} {safe_line(slug, 60).replace('_', ' ')}"
                yield from labelled(str(wanted), f"{said}{': ' if rating.note else ''}{rating.note}")
    yield from labelled("rationale", judgement.rationale)
    yield from labelled("tags", ", ".join(safe_line(tag, _NAME) for tag in judgement.tags))
    yield from labelled("known by", judgement.resolves_on or "")


def score_words(score: HeldScore) -> str:
    """Return a score as it was given, on its own scale, with the ends of that where they are known."""
    if score.word:
        return score.word
    ends = "" if score.lowest is None or score.highest is None else f" (of {score.lowest:g} to {score.highest:g})"
    return f"{score.value:g}{ends}"
