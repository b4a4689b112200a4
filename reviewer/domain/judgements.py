"""What one reviewer holds of one proposal, and the events that add up to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from reviewer.domain.rubrics import Rubric
from reviewer.domain.vocabulary import Act, Rating, Stage, Status, Verdict


@dataclass(frozen=True, slots=True)
class ConstraintRating:
    """How a reviewer rates a proposal against one constraint, with a note; either may be missing."""

    rating: Rating | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one reviewer holds of one proposal now. ``forecast`` is a probability from 0 to 1."""

    verdict: Verdict | None = None
    condition: str = ""
    next_experiment: str = ""
    forecast: float | None = None
    ratings: Mapping[str, ConstraintRating] = field(default_factory=dict)
    rationale: str = ""
    tags: tuple[str, ...] = ()
    flagged: bool = False
    skipped: bool = False
    resolves_on: str | None = None
    """The day, as ISO writes it, by which the reviewer expects to know; None leaves that to the target."""
    shareable: bool = False
    """Whether its author lets agents read the rationale: that one, word for word, and none written later."""

    @property
    def status(self) -> Status:
        """Return where the proposal stands for this reviewer; a verdict outweighs an earlier skip."""
        if self.verdict is not None:
            return Status.JUDGED
        if self.skipped:
            return Status.SKIPPED
        return Status.TO_DO if self == Judgement() else Status.STARTED

    @property
    def blockers(self) -> tuple[str, ...]:
        """Return the slugs of the constraints that are rated a blocker, in the order of their rating."""
        return tuple(slug for slug, r in self.ratings.items() if r.rating is Rating.BLOCKER)

    @property
    def rated(self) -> int:
        """Return how many constraints have a rating."""
        return sum(r.rating is not None for r in self.ratings.values())

    def rating_of(self, slug: str) -> ConstraintRating:
        """Return how a constraint is rated, the empty rating where it is not."""
        return self.ratings.get(slug, ConstraintRating())

    def with_rating(self, slug: str, rating: ConstraintRating) -> "Judgement":
        """Return the judgement with one constraint rated anew; an empty rating takes it out."""
        ratings = {s: r for s, r in self.ratings.items() if s != slug}
        if rating != ConstraintRating():
            ratings[slug] = rating
        return replace(self, ratings=ratings)

    def missing(self, rubric: Rubric) -> tuple[str, ...]:
        """Return which of the fields that the rubric requires are still empty, in the rubric's order."""
        present = {
            "forecast": self.forecast is not None,
            "rationale": bool(self.rationale.strip()),
            "ratings": all(
                (found := self.ratings.get(c.slug)) is not None and found.rating is not None for c in rubric.constraints
            ),
        }
        return tuple(name for name in rubric.required if not present[name])


def judgement_to_data(judgement: Judgement) -> dict[str, Any]:
    """Return the judgement as plain JSON data, the form of an event's snapshot. Nothing is left out."""
    return {
        "verdict": judgement.verdict,
        "condition": judgement.condition,
        "next_experiment": judgement.next_experiment,
        "forecast": judgement.forecast,
        "ratings": {s: {"rating": r.rating, "note": r.note} for s, r in judgement.ratings.items()},
        "rationale": judgement.rationale,
        "tags": list(judgement.tags),
        "flagged": judgement.flagged,
        "skipped": judgement.skipped,
        # Most say nothing of these two, and events of earlier reviewers have no such keys.
        **({"resolves_on": judgement.resolves_on} if judgement.resolves_on else {}),
        **({"shareable": True} if judgement.shareable else {}),
    }


def judgement_from_data(data: Mapping[str, Any]) -> Judgement:
    """Return the judgement that ``judgement_to_data`` wrote down.

    Raises:
        KeyError, ValueError: when the data is not a snapshot.
    """
    return Judgement(
        verdict=Verdict(data["verdict"]) if data["verdict"] else None,
        condition=data["condition"],
        next_experiment=data["next_experiment"],
        forecast=data["forecast"],
        ratings={
            slug: ConstraintRating(Rating(r["rating"]) if r["rating"] else None, r["note"])
            for slug, r in data["ratings"].items()
        },
        rationale=data["rationale"],
        tags=tuple(data["tags"]),
        flagged=bool(data["flagged"]),
        skipped=bool(data["skipped"]),
        resolves_on=_day(data.get("resolves_on")),
        shareable=data.get("shareable") is True,
    )


def _day(written: str | None) -> str | None:
    return date.fromisoformat(written).isoformat() if written else None


Change = Callable[[Judgement], Judgement]
"""What an act makes of a judgement."""


@dataclass(frozen=True, slots=True)
class Context:
    """What was before the reviewer when they acted: needed to read the judgement rightly later."""

    revision_id: int
    rubric: str
    target_version: int | None = None
    baseline_id: int | None = None
    visible: Mapping[str, Any] = field(default_factory=dict)
    stage: Stage | None = None
    """How far the reviewer had come in the sealed protocol; None in the others."""


@dataclass(frozen=True, slots=True)
class Event:
    """One annotation event as it stands in the store, newest state in ``snapshot``."""

    id: int
    event_id: str
    act_id: str
    kind: Act
    method_id: int
    reviewer: str
    snapshot: Judgement
    at: str
    seconds: float
    revision_id: int
    """The revision that the judgement is of after the event; ``revision_judged`` says which that is."""
    reverses: str | None = None
    supersedes: str | None = None
    stage: Stage | None = None
    """How far the reviewer had come with it in the sealed protocol; None in the others."""


def carried_over(before: Judgement, after: Judgement, onto: Judgement) -> Judgement:
    """Return what an act that made ``after`` of ``before`` makes of another judgement: what it left alone is kept."""
    made = {
        name: getattr(after, name)
        for name in (each.name for each in fields(Judgement))
        if name != "ratings" and getattr(after, name) != getattr(before, name)
    }
    if made.get("verdict", Verdict.CONDITIONAL) is not Verdict.CONDITIONAL:
        # A condition belongs to a conditional verdict and goes with it.
        made |= {"condition": after.condition, "next_experiment": after.next_experiment}
    judgement = replace(onto, **made)
    # A rationale is shared that its author marked: not one that another act has put in its place meanwhile.
    if judgement.shareable and judgement.rationale not in {j.rationale for j in (after, onto) if j.shareable}:
        judgement = replace(judgement, shareable=False)
    for slug in {**before.ratings, **after.ratings}:
        if after.rating_of(slug) != before.rating_of(slug):
            judgement = judgement.with_rating(slug, after.rating_of(slug))
    return judgement


def revision_judged(kind: Act, after: Judgement, before: int | None, seen: int) -> int:
    """Return the revision (a row id) that a judgement is of after an act, where ``seen`` was on the screen.

    A verdict is of the revision that it was given on, and stays so whatever else is said while a later one is read:
    a flag is no second look. ``before`` is the revision that the verdict held before was given on, None without one.
    """
    return seen if kind is Act.VERDICT or after.verdict is None or before is None else before
