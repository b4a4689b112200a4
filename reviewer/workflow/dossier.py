"""The page that goes with a proposal to the people who would build it: all that is known of it, as one may see it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from reviewer.domain.adjudications import AdjudicationEvent
from reviewer.domain.alike import Sighting, sighting_named
from reviewer.domain.checks import CheckSettings
from reviewer.domain.counted import counted
from reviewer.domain.errors import UserError
from reviewer.domain.log_odds import percent
from reviewer.domain.methods import Method
from reviewer.domain.numbers import MINUS
from reviewer.domain.outcome_words import decided_words, outcome_words
from reviewer.domain.problems import Target
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Direction, Rating, Resolution, Stage, Verdict
from reviewer.evidence.baselines import metric_label
from reviewer.evidence.figures import sections, words_of
from reviewer.exports.pages import Chapter, Column, Page, Part, Table
from reviewer.judgement.aggregate import aggregate
from reviewer.store.adjudications import current_adjudication
from reviewer.store.alike import sightings_of
from reviewer.store.annotations import Connection
from reviewer.store.connection import Store
from reviewer.store.others import HeldJudgement, HeldScore, judgements_on, scores_on
from reviewer.store.problems import problem_by_id, target_written
from reviewer.store.protocols import sees_evidence, sees_others
from reviewer.store.rubrics import constraint_titles
from reviewer.workflow.evidence import Evidence, evidence_of
from reviewer.workflow.outcomes import OutcomeState, outcome_state
from reviewer.workflow.permalinks import find_proposal_at
from reviewer.workflow.statistic_sections import Viewer

NOT_SAID = "Nobody has said."


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a viewer may see of a proposal; ``hidden`` says whether others' judgements are kept back."""

    evidence: Evidence
    held: tuple[HeldJudgement, ...]
    scores: Mapping[int, Sequence[HeldScore]]
    """What those who hold something of it scored elsewhere, by their row ids."""
    hidden: bool
    adjudicated: AdjudicationEvent | None
    constraints: dict[str, str]
    problem: str
    target: Target | None
    target_by: str
    outcome: OutcomeState
    met: tuple[Sighting, ...]
    """Everywhere that it was met as it is, itself first."""
    asked_for: Sighting | None
    """The one of these that was asked for, where it goes by another name than the proposal."""


def gather(
    store: Store,
    name: str,
    viewer: Viewer,
    *,
    shared_seeds: Collection[str] = (),
    checks: CheckSettings | None = None,
) -> Dossier:
    """Return what a viewer may see of the proposal that ``name`` names.

    Raises:
        UserError: when there is no such proposal, or more than one, or the viewer may not see its evidence yet.
        StoreError: when the store cannot be read.
    """
    problem_id, method_id = find_proposal_at(store, name)
    with store.read() as connection:
        if not (viewer.everyone or sees_evidence(connection, method_id, viewer.id)):
            raise UserError(
                "This proposal is sealed for you: its evidence is seen once you have said a forecast and a verdict of "
                "the idea alone. Judge it in the app first; --everyone is for who judges none."
            )
    sees = None if viewer.everyone else viewer.id
    evidence = evidence_of(store, name, None, shared_seeds=shared_seeds, checks=checks, viewer_id=sees)
    outcome = outcome_state(store, method_id, viewer.id)
    with store.read() as connection:
        stored = problem_by_id(connection, problem_id)
        met = sightings_of(connection, method_id)
        shown = viewer.everyone or sees_others(connection, method_id, viewer.id)
        return Dossier(
            evidence,
            _seen(connection, method_id, viewer, shown),
            scores_on(connection, method_id),
            not shown,
            current_adjudication(connection, method_id) if shown else None,
            dict(constraint_titles(connection)),
            stored.problem.title or stored.problem.slug,
            stored.problem.target,
            target_written(connection, problem_id)[0],
            outcome,
            met,
            sighting_named(met, name),
        )


def _seen(connection: Connection, method_id: int, viewer: Viewer, shown: bool) -> tuple[HeldJudgement, ...]:
    return tuple(each for each in judgements_on(connection, method_id) if shown or each.reviewer_id == viewer.id)


def dossier_page(found: Dossier, today: date, store_name: str) -> Page:
    """Return the dossier as a page."""
    proposal = found.evidence.proposal
    by = ", ".join(filter(None, (f"by {proposal.agent}" if proposal.agent else "", proposal.run)))
    known_by = f"{proposal.namespace}/{proposal.external_id}"
    chapters = (
        Chapter("What it claims", tuple(_claim(proposal))),
        Chapter("What would have to hold", tuple(_target(found))),
        Chapter("Evidence", tuple(_evidence(found.evidence))),
        Chapter("What reviewers hold", tuple(_judgements(found))),
        Chapter("What became of it", tuple(_outcome(found))),
        Chapter("The method, as it was put forward", (_method(proposal),)),
        Chapter("Where it comes from", (_provenance(proposal), *_met(found.met))),
    )
    return Page(
        proposal.title,
        (
            f"{known_by}{f', {by}' if by else ''}. A proposal for {found.problem}.",
            *_asked_for(found, known_by),
            _in_short(found),
        ),
        chapters,
        f"Made on {today} in UTC from {store_name} by reviewer dossier.",
    )


def _asked_for(found: Dossier, known_by: str) -> Iterator[str]:
    """Yield, where a sighting was asked for, that it is one, and where it was met."""
    if (asked := found.asked_for) is not None:
        of = ", ".join(filter(None, (f"by {asked.agent}" if asked.agent else "", asked.run)))
        name = safe_line(f"{asked.namespace}/{asked.external_id}", 400)
        yield (
            f"What was asked for, {name}{f' ({safe_line(of, 400)})' if of else ''}, is a sighting of it: it says the "
            f"same to the letter, and was met in {safe_line(_where(asked), 800)}. The page is that of {known_by}, "
            "which came first or of which more was said."
        )


def _where(sighting: Sighting) -> str:
    return ", ".join(filter(None, (sighting.file, sighting.place)))


def _met(met: Sequence[Sighting]) -> Iterator[Part]:
    """Yield where it was met, if that is more than one place."""
    if len(met) > 1:
        rows = tuple(
            (safe_line(f"{each.namespace}/{each.external_id}", 400), safe_line(_where(each), 800), each.first_met[:10])
            for each in met
        )
        columns = (Column("as"), Column("in"), Column("first met"))
        yield Part("Where it was met with the same words and numbers", tables=(Table(columns, rows),))


def _in_short(found: Dossier) -> str:
    """Return in a sentence what reviewers hold, as far as it is shown."""
    verdicts = [each.judgement.verdict for each in found.held if each.judgement.verdict is not None]
    if found.outcome.current is not None and found.outcome.current.outcome is not None:
        return f"It is known what became of it: {outcome_words(found.outcome.current.outcome)}."
    if not verdicts:
        return "No verdict is shown."
    counts = ", ".join(f"{verdicts.count(v):,} {_words(v)}" for v in Verdict if v in verdicts)
    both = aggregate([each.judgement.forecast for each in found.held if each.judgement.forecast is not None])
    forecast = f"; forecast {percent(both.odds_mean)}" if both else ""
    return f"{counted(len(verdicts), 'verdict')}: {counts}{forecast}."


def _words(word: str) -> str:
    return word.replace("_", " ")


def _claim(proposal: Method) -> Iterator[Part]:
    if proposal.hypothesis:
        yield Part("Hypothesis", sentences=_paragraphs(proposal.hypothesis))
    if proposal.claims:
        yield Part("Claims", sentences=proposal.claims)
    if not (proposal.hypothesis or proposal.claims):
        yield Part("Claim", sentences=("It states neither a hypothesis nor a claim.",))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(filter(str.strip, text.replace("\r\n", "\n").split("\n\n")))


_DAYS = ("horizon", "months", "decider")
"""What a sentence below the table says."""
_TARGET_WORDS = {"criterion": "survives if", "system": "production system"}


def _target(found: Dossier) -> Iterator[Part]:
    target = found.target
    if target is None:
        yield Part("Target", sentences=(f"{NOT_SAID} `reviewer target` sets what surviving in production means.",))
        return
    rows = [
        (_TARGET_WORDS.get(each.name, each.name), str(value))
        for each in fields(Target)
        if each.name not in _DAYS and (value := getattr(target, each.name))
    ]
    by = f"The target as it stands was written by {found.target_by}." if found.target_by else ""
    state = found.outcome
    when = decided_words(state.due, state.months)
    decided = f"{when[0].upper()}{when[1:]}." if when else "By when it is decided nobody has said."
    who = f"{target.decider} decides." if target.decider else "Who decides nobody has said."
    if state.resolution is Resolution.UNRESOLVED:
        decided = f"{decided} That day has passed without an outcome: it is unresolved, which is not failed."
    yield Part("Target", tables=(_pairs(rows),), sentences=tuple(filter(None, (decided, who, by))))


def _pairs(rows: Sequence[tuple[str, str]]) -> Table:
    return Table((Column("what"), Column("it says")), tuple(rows))


def _evidence(found: Evidence) -> Iterator[Part]:
    against = found.baseline
    said = f"Against {against.title} ({found.reason})." if against else "There is no baseline to hold it against."
    if not found.rows:
        yield Part("Measurements", sentences=("Nothing was measured: it has no number, and neither has a baseline.",))
    told: set[str] = set()
    for section in sections(found.rows):
        name = section.metric.title or metric_label(section.metric.name)
        heading = f"{name}, {section.where}, {', '.join(map(words_of, section.settings))}"
        rows = tuple((f.label, f.text.replace("-", MINUS), f.how) for f in section.figures)
        known = section.metric.direction is not Direction.UNKNOWN and name not in told
        way = f"Of {name} {section.metric.direction} is better." if known else ""
        told.add(name)
        table = Table((Column("what"), Column("it comes to"), Column("how, and what it rests on")), rows)
        yield Part(heading, tables=(table,), notes=tuple(filter(None, (said, way))))
        said = ""
    if found.questions:
        yield Part(
            "What the data itself asks",
            tables=(
                Table(
                    (Column("how pressing"), Column("question"), Column("check")),
                    tuple((asked.level.words, asked.question, asked.rule) for asked in found.questions),
                ),
            ),
        )


def _judgements(found: Dossier) -> Iterator[Part]:
    kept_back = (
        "Others' judgements, be there any or not, are kept back until you have given a verdict of your own."
        if found.hidden
        else ""
    )
    held = [each for each in found.held if each.judgement.verdict or each.judgement.forecast is not None]
    if not held:
        scored = "Nobody has said a verdict or a forecast." if found.held else "Nobody has judged it yet."
        yield Part("Verdicts", sentences=(kept_back or scored,))
    else:
        notes = filter(None, (kept_back, *_stale(held, found.evidence.proposal.revision_id), *_of_ideas(held)))
        yield Part("Verdicts", tables=(_verdict_table(held),), notes=tuple(notes))
    yield from _forecast(held)
    yield from _next_experiments(held)
    yield from _doubts(held, found.constraints)
    yield from _scores(found)
    rationales = [(each.reviewer, each.judgement.rationale) for each in found.held if each.judgement.rationale.strip()]
    if rationales:
        yield Part("Why", tables=(Table((Column("reviewer"), Column("rationale")), tuple(rationales)),))
    if (event := found.adjudicated) is not None and (said := event.adjudication) is not None:
        forecast = f", forecast {percent(said.forecast)}" if said.forecast is not None else ""
        settled = f"{event.said_by} adjudicated on {event.recorded_at[:10]}: {_words(said.verdict)}{forecast}."
        more = (f"Condition: {said.condition}" if said.condition else "", said.rationale)
        yield Part("Adjudication", sentences=(settled, *filter(None, more)))


def _verdict_table(held: Sequence[HeldJudgement]) -> Table:
    rows = tuple(
        (
            each.reviewer,
            _words(each.judgement.verdict or "none yet"),
            "" if each.judgement.forecast is None else percent(each.judgement.forecast),
            each.judgement.condition,
            each.updated_at[:10] or "no date",
        )
        for each in held
    )
    columns = (Column("reviewer"), Column("verdict"), Column("forecast", True), Column("on condition"), Column("said"))
    return Table(columns, rows)


def _stale(held: Sequence[HeldJudgement], current: int) -> Iterator[str]:
    old = [each.reviewer for each in held if each.revision_id != current]
    if old:
        yield f"Of a revision before the one above: what {', '.join(old)} {_hold(old)}."


def _of_ideas(held: Sequence[HeldJudgement]) -> Iterator[str]:
    ideas = [each.reviewer for each in held if each.stage is Stage.IDEA]
    if ideas:
        yield f"Of the idea alone, before its evidence was seen: what {', '.join(ideas)} {_hold(ideas)}."


def _hold(names: Sequence[str]) -> str:
    return "holds" if len(names) == 1 else "hold"


def _forecast(held: Sequence[HeldJudgement]) -> Iterator[Part]:
    both = aggregate([each.judgement.forecast for each in held if each.judgement.forecast is not None])
    if both is not None:
        yield Part("Forecast", sentences=(both.sentence,))


def _next_experiments(held: Sequence[HeldJudgement]) -> Iterator[Part]:
    rows = tuple(
        (each.judgement.next_experiment, each.judgement.condition, each.reviewer)
        for each in held
        if each.judgement.verdict is Verdict.CONDITIONAL
        and (each.judgement.next_experiment or each.judgement.condition)
    )
    if rows:
        columns = (Column("cheapest next experiment"), Column("to see whether"), Column("says"))
        yield Part("What to try first", tables=(Table(columns, rows),))


def _doubts(held: Sequence[HeldJudgement], titles: dict[str, str]) -> Iterator[Part]:
    rows = []
    for rating in (Rating.BLOCKER, Rating.CONCERN):
        for each in held:
            for slug, one in each.judgement.ratings.items():
                if one.rating is rating:
                    rows.append((titles.get(slug, _words(slug)), str(rating), one.note, each.reviewer))
    if rows:
        columns = (Column("constraint"), Column("rated"), Column("note"), Column("says"))
        yield Part("Blockers and concerns", tables=(Table(columns, tuple(rows)),))


def _scores(found: Dossier) -> Iterator[Part]:
    """Yield what reviewers scored elsewhere, scale by scale, each in its own numbers or words."""
    given: dict[tuple[str, str], list[str]] = {}
    for each in found.held:
        for score in found.scores.get(each.reviewer_id, ()):
            known = not score.word and score.lowest is not None and score.highest is not None
            ends = f"{score.lowest:g} to {score.highest:g}" if known else ""
            given.setdefault((score.scale, ends), []).append(f"{each.reviewer} {score.word or f'{score.value:g}'}")
    if given:
        rows = tuple((scale, ends, "; ".join(said)) for (scale, ends), said in sorted(given.items()))
        columns = (Column("scale"), Column("from and to"), Column("scored"))
        note = "They were given elsewhere, each on a scale of its own, and are part of no forecast here."
        yield Part("Scores on other scales", tables=(Table(columns, rows),), notes=(note,))


def _outcome(found: Dossier) -> Iterator[Part]:
    current = found.outcome.current
    if current is None or current.outcome is None:
        yield Part("Outcome", sentences=("Nobody has said yet what became of it.",))
    else:
        at = current.recorded_at[:10]
        yield Part("Outcome", sentences=(f"{outcome_words(current.outcome)}; {current.said_by} says so ({at}).",))


def _method(proposal: Method) -> Part:
    if not proposal.body.strip():
        return Part("Text", sentences=("It has no text.",))
    return Part("Text", verbatim=proposal.body.strip())


def _provenance(proposal: Method) -> Part:
    source = proposal.provenance
    rows = [
        ("proposal", f"{proposal.namespace}/{proposal.external_id}"),
        ("id", proposal.uuid),
        ("revision", f"{proposal.revision_hash[:16]} ({counted(proposal.revisions, 'revision')} so far)"),
        ("agent", proposal.agent),
        ("run", proposal.run),
        ("derived from", proposal.parent),
        ("made", proposal.created_at),
        ("file", source.file),
        ("place", source.place),
        ("sha256", source.sha256),
    ]
    return Part("Record", tables=(_pairs([(name, safe_line(value, 400)) for name, value in rows if value]),))
