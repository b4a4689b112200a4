"""What others hold of a proposal, for a viewer who may see it: each judgement, what they come to, how far apart they
stand, and what was adjudicated. Whoever may not see it yet is given the sentence why, and nothing else."""

from collections import defaultdict
from dataclasses import dataclass, field

from reviewer.domain.adjudications import AdjudicationEvent
from reviewer.domain.judgements import Judgement
from reviewer.domain.log_odds import percent
from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.judgement.aggregate import Aggregate, Extremising, aggregate, learn_extremising
from reviewer.judgement.rated_apart import RatedApart, rated_apart
from reviewer.store.adjudications import adjudication_history, current_adjudication
from reviewer.store.connection import Store
from reviewer.store.covering import title_while_sealed
from reviewer.store.held_forecasts import scorable_forecasts
from reviewer.store.judgement_sums import width_of
from reviewer.store.methods import method_by_id, revisions_of
from reviewer.store.others import HeldJudgement, HeldScore, judgements_on, scores_on
from reviewer.store.protocols import protocol_of, sees_evidence, sees_others
from reviewer.workflow.judging import VERDICT_WORDS

_WHY_NOT = {
    Protocol.BLIND: "Others' judgements are shown after your own verdict.",
    Protocol.SEALED: "Others' judgements are shown after the last stage: once you have judged the idea by itself, and "
    "then with its evidence.",
}
"""Why a viewer does not see them yet; in the open protocol everybody does."""


@dataclass(frozen=True, slots=True)
class OnesJudgement:
    """What one reviewer holds of the proposal, with the scores that they gave it elsewhere."""

    held: HeldJudgement
    is_own: bool
    of_older_text: bool
    """Whether it is of an older revision than the one that counts."""
    scores: tuple[HeldScore, ...] = ()

    @property
    def judgement(self) -> Judgement:
        """Return what is held."""
        return self.held.judgement


@dataclass(frozen=True, slots=True)
class Others:
    """All that is held of one proposal, the viewer's own first. Where ``why_not`` is not empty all else is."""

    title: str
    why_not: str = ""
    revision_id: int = 0
    """The revision that counts."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Which revision each revision id is, from 1."""
    judgements: tuple[OnesJudgement, ...] = ()
    aggregate: Aggregate | None = None
    width: float = 0.0
    """How far they stand apart in verdict or forecast, whichever is more, from 0 to 1."""
    apart: tuple[RatedApart, ...] = ()
    """The constraints that they rate apart, the widest first."""
    adjudications: tuple[AdjudicationEvent, ...] = ()
    """All there ever were, oldest first."""
    adjudication: AdjudicationEvent | None = None
    """The one that holds."""

    @property
    def events(self) -> tuple[str, ...]:
        """Return the events of the judgements, which an adjudication names."""
        return tuple(one.held.event_id for one in self.judgements)


def others_on(store: Store, method_id: int, viewer_id: int) -> Others:
    """Return what others hold of a proposal beside the viewer's own, or why that is not to be seen yet.

    Raises:
        LookupError: when the proposal is gone.
        StoreError: when the store cannot be read.
    """
    with store.read() as connection:
        method = method_by_id(connection, method_id)
        if not sees_others(connection, method_id, viewer_id):
            shown = sees_evidence(connection, method_id, viewer_id)
            title = method.title if shown else title_while_sealed(connection, method_id)
            return Others(title, _WHY_NOT[protocol_of(connection, method.problem_id)])
        scores = scores_on(connection, method_id)
        every = [
            OnesJudgement(
                held,
                held.reviewer_id == viewer_id,
                held.revision_id != method.revision_id,
                scores.get(held.reviewer_id, ()),
            )
            for held in judgements_on(connection, method_id)
        ]
        numbers = {revision.id: number for number, revision in enumerate(revisions_of(connection, method_id), 1)}
        history, current = adjudication_history(connection, method_id), current_adjudication(connection, method_id)
    every.sort(key=lambda one: not one.is_own)
    said = [one.judgement for one in every]
    return Others(
        method.title,
        revision_id=method.revision_id,
        numbers=numbers,
        judgements=tuple(every),
        aggregate=aggregate([judgement.forecast for judgement in said if judgement.forecast is not None]),
        width=width_of((judgement.verdict, judgement.forecast) for judgement in said),
        apart=rated_apart((one.held.reviewer, one.judgement) for one in every),
        adjudications=history,
        adjudication=current,
    )


def how_far_apart(others: Others) -> str:
    """Return in a sentence how far the judgements stand apart, and in what; empty where there are not two."""
    said = [one.judgement for one in others.judgements if one.judgement.verdict or one.judgement.forecast is not None]
    if len(said) < 2:
        return ""
    if not others.width:
        return "They do not stand apart in verdict or forecast."
    forecasts = [judgement.forecast for judgement in said if judgement.forecast is not None]
    in_forecast = max(forecasts) - min(forecasts) if len(forecasts) > 1 else 0.0
    if in_forecast >= others.width:
        what = f"forecasts from {percent(min(forecasts))} to {percent(max(forecasts))}"
    else:
        verdicts = {judgement.verdict for judgement in said}
        order = [v for v in (Verdict.SURVIVES, Verdict.CONDITIONAL, Verdict.FAILS) if v in verdicts]
        what = f"verdicts from {VERDICT_WORDS[order[0]]} to {VERDICT_WORDS[order[-1]]}"
    far = percent(others.width)
    how_far = "as far apart as they could be" if others.width >= 1 else f"{far} as far apart as they could be"
    return f"They are {how_far}: {what}."


def learnt_of(store: Store, method_id: int, viewer_id: int) -> Extremising:
    """Return how far aggregates of the proposal's problem are to be moved, by what the viewer may see. Loads numpy.

    Raises:
        LookupError: when the proposal is gone.
        StoreError: when the store cannot be read.
    """
    forecasts: dict[int, list[float]] = defaultdict(list)
    survived: dict[int, bool] = {}
    with store.read() as connection:
        problem_id = method_by_id(connection, method_id).problem_id
        seen: dict[int, bool] = {}
        for held in scorable_forecasts(connection, problem_id):
            of = held.method_id
            if of not in seen:
                seen[of] = sees_others(connection, of, viewer_id)
            if held.forecast is not None and (seen[of] or held.reviewer_id == viewer_id):
                forecasts[of].append(held.forecast)
                survived[of] = held.result.score == 1
    found = {of: aggregate(several) for of, several in forecasts.items()}
    return learn_extremising((one.odds_mean, survived[of]) for of, one in found.items() if one is not None)


def moved_words(others: Others, learnt: Extremising) -> str:
    """Return in a sentence what outcomes say of the aggregate: shown beside it, in place of nothing."""
    if others.aggregate is None:
        return ""
    if learnt.a is None:
        return learnt.sentence
    return f"{learnt.sentence} It would be {percent(learnt.moved(others.aggregate.odds_mean))} then. {learnt.caution}"
