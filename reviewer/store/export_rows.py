"""What an export reads: judgements and events as they stand, streamed in pieces, with the numbers they were made on."""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reviewer.domain.judgements import judgement_from_data, judgement_to_data
from reviewer.domain.methods import Measurement, SeedValue
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Basis, Protocol, Setting, Status
from reviewer.store.alike import has_duplicates
from reviewer.store.covering import COVERED_TITLE, found_while_sealed, names_known
from reviewer.store.first_looks import FIRST_LOOK, FIRST_SHOWN, LAST_BEFORE, has_critiques
from reviewer.store.protocols import SEES_EVIDENCE_OF_ANY, SEES_OTHERS_OF_ANY, protocols_by_problem
from reviewer.store.queue_orders import STAND_APART
from reviewer.store.search_words import search_expression
from reviewer.store.undated import STATED_AT

PIECE = 50
"""How many rows are fetched at a time. Few: a thousand, with all that is made of them, run a fifth slower."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which judgements are exported; None asks nothing. ``asked`` is asked of each judgement itself.

    Of others those alone that ``viewer_id`` may see, and of what is sealed for them the idea alone; None sees all.
    """

    problem_id: int | None = None
    reviewer_id: int | None = None
    asked: QueueFilter = field(default_factory=QueueFilter)
    viewer_id: int | None = None


class JudgementRow(NamedTuple):
    """One judgement with what it is of; ``ratings``, ``tags`` and ``visible`` are JSON text.

    A plain tuple, since there are hundreds of thousands of them. ``title`` and ``revision`` are those that were
    judged; the fields that end in ``_id`` are row ids, ``external_id`` alone is the source's.
    """

    proposal: str
    namespace: str
    external_id: str
    revision: str
    revision_is_current: int
    problem: str
    title: str
    agent: str
    run: str
    family: str
    baseline: str | None
    baseline_title: str | None
    status: str
    verdict: str | None
    condition: str
    next_experiment: str
    forecast: float | None
    ratings: str
    rationale: str
    tags: str
    flagged: int
    seconds: float
    visible: str
    reviewer: str
    first_at: str
    updated_at: str
    rubric: str
    target_version: int | None
    event: str
    problem_id: int
    method_id: int
    revision_id: int
    baseline_id: int | None
    resolves_on: str | None
    shareable: int
    sealed: int = 0
    """Whether the viewer may see the idea alone: then nothing tells where it comes from or what it measured."""
    critique: str | None = None
    """The call whose critique the reviewer had before them first; None, as what follows, where they had none."""
    critique_model: str | None = None
    critique_template: str | None = None
    critique_shown_at: str | None = None
    critique_changed: int | None = None
    sightings: str = "[]"
    """Of every other record that says the same to the letter: the source's names, as JSON text."""
    alike_to: str | None = None
    """The head of the group in which it stands, and how alike it is to that; None where it stands alone."""
    alike: float | None = None


class EventRow(NamedTuple):
    """One annotation event; ``judgement`` is its snapshot, with the times and seconds of the event itself."""

    judgement: JudgementRow
    act: str
    kind: str
    reverses: str | None
    supersedes: str | None


# CROSS JOIN keeps the judgements (or events) the outer loop, so that their index gives the order and nothing is sorted:
# a sort would hold every row in memory.
_SUBJECT = "m.uuid, m.namespace, m.external_id, r.content_hash, coalesce({x}.revision_id = m.revision_id, 0), p.slug"
_WHOSE = "m.agent, m.run, m.family, b.uuid, b.title"
_JOINED = (
    "CROSS JOIN methods m ON m.id = {x}.method_id CROSS JOIN problems p ON p.id = m.problem_id "
    "CROSS JOIN revisions r ON r.id = {x}.revision_id CROSS JOIN reviewers w ON w.id = {x}.reviewer_id "
    "LEFT JOIN methods b ON b.id = {x}.baseline_id"
)
_FIRST_AT = STATED_AT.format(x="j.", column="first_at")
_UPDATED_AT = STATED_AT.format(x="j.", column="updated_at")
_NO_CRITIQUE = "NULL, NULL, NULL, NULL, NULL"
_CRITIQUE = f"""k.call, coalesce(nullif(k.model, ''), k.model_asked), k.template_hash, {FIRST_SHOWN},
    CASE WHEN {FIRST_SHOWN} IS NOT NULL THEN j.verdict IS NOT json_extract(held.snapshot, '$.verdict')
        OR j.forecast IS NOT json_extract(held.snapshot, '$.forecast') END"""
# Of an event alone it is known which call was shown, and the attempt that was answered is what was shown of it.
_ASKED = f"""
    {FIRST_LOOK}
    LEFT JOIN critiques k ON k.id = coalesce(
        q.critique_id,
        (SELECT c.id FROM critiques c WHERE c.call = json_extract(v.visible, '$.critique') AND c.state = 'answered')
    )
    LEFT JOIN annotations held ON held.id = ({LAST_BEFORE.format(moment=FIRST_SHOWN)})
"""
_NONE_ALIKE = "'[]', NULL, NULL"
_ALIKE = """
    (SELECT json_group_array(o.namespace || '/' || o.external_id) FROM sightings s CROSS JOIN methods o ON o.id = s.id
        WHERE s.first_id = m.id),
    (SELECT h.uuid FROM alike l CROSS JOIN methods h ON h.id = l.head_id WHERE l.id = m.id),
    (SELECT l.measure FROM alike l WHERE l.id = m.id)
"""
_NOT_EMPTY = "j.status <> 'to_do'"
_SEALED = f"(:viewer IS NOT NULL AND NOT {SEES_EVIDENCE_OF_ANY})"
_KNOWN = "json_extract(:known, '$.\"' || m.problem_id || '\"')"
_COVERED = COVERED_TITLE.format(title="r.title", known=_KNOWN)
_SEALED_TITLE = f"CASE WHEN {_SEALED} THEN {_COVERED} ELSE r.title END"
"""The column of titles where something is sealed; elsewhere nothing is asked of each."""
_SHOWN = f"(j.reviewer_id = :viewer OR {SEES_OTHERS_OF_ANY})"


def rationales_without_verdict(connection: sqlite3.Connection, reviewer_id: int | None, problem_id: int | None) -> int:
    """Return how many rationales agents may read of which the author gave no verdict, of one reviewer or of all."""
    n: int = connection.execute(
        "SELECT count(*) FROM current_judgements j CROSS JOIN methods m ON m.id = j.method_id WHERE j.shareable "
        "AND j.rationale <> '' AND j.verdict IS NULL AND (?1 IS NULL OR j.reviewer_id = ?1) "
        "AND (?2 IS NULL OR m.problem_id = ?2)",
        (reviewer_id, problem_id),
    ).fetchone()[0]
    return n


def stream_judgements(connection: sqlite3.Connection, selection: Selection) -> Iterator[list[JudgementRow]]:
    """Yield the current judgements in pieces, proposal by proposal in the order of import, then reviewer by reviewer.

    A judgement of which nothing is left, because all of it was undone, is no judgement.
    """
    where, values = _conditions(connection, selection)
    critique, asked = (_CRITIQUE, _ASKED) if has_critiques(connection) else (_NO_CRITIQUE, "")
    cursor = connection.execute(
        f"SELECT {_SUBJECT.format(x='j')}, {_SEALED_TITLE if values['known'] else 'r.title'}, {_WHOSE}, j.status, "
        "j.verdict, j.condition, j.next_experiment, j.forecast, j.ratings, j.rationale, j.tags, j.flagged, j.seconds, "
        f"j.visible, w.name, {_FIRST_AT}, {_UPDATED_AT}, j.rubric, "
        "j.target_version, a.uuid, m.problem_id, m.id, j.revision_id, j.baseline_id, j.resolves_on, "
        f"j.shareable, {_SEALED}, {critique}, {_ALIKE if has_duplicates(connection) else _NONE_ALIKE} "
        f"FROM current_judgements j {_JOINED.format(x='j')} CROSS JOIN annotations a ON a.id = j.annotation_id {asked} "
        f"WHERE {' AND '.join((_NOT_EMPTY, *where))} ORDER BY j.method_id, j.reviewer_id",
        values,
    )
    while rows := cursor.fetchmany(PIECE):
        made = list(map(JudgementRow._make, rows))
        yield made if selection.viewer_id is None else list(map(_as_seen, made))


def _as_seen(row: JudgementRow) -> JudgementRow:
    """Return a row without what is sealed; our own id stays, to be joined on."""
    if not row.sealed:
        return row
    return row._replace(
        namespace="", external_id="", revision="", agent="", run="", family="", baseline=None, baseline_title=None,
        sightings="[]",
    )  # fmt: skip


def stream_events(connection: sqlite3.Connection, selection: Selection) -> Iterator[list[EventRow]]:
    """Yield every event of the selected judgements in pieces, in the order in which they were written.

    Events of a judgement that was undone to nothing are among them, unless the selection asks something of it.
    """
    where, values = _conditions(connection, selection)
    cursor = connection.execute(
        f"SELECT {_SUBJECT.format(x='a')}, {_SEALED_TITLE if values['known'] else 'r.title'}, {_WHOSE}, "
        "a.snapshot, a.seconds, a.visible, w.name, a.created_at, a.rubric, a.target_version, a.uuid, m.problem_id, "
        f"m.id, a.revision_id, a.baseline_id, {_SEALED}, a.act, a.kind, a.reverses, a.supersedes "
        "FROM annotations a CROSS JOIN current_judgements j ON j.reviewer_id = a.reviewer_id "
        f"AND j.method_id = a.method_id {_JOINED.format(x='a')} "
        f"WHERE {' AND '.join(where) or '1'} ORDER BY a.id",
        values,
    )
    while rows := cursor.fetchmany(PIECE):
        yield [_event(row) for row in rows]


def _event(row: tuple[Any, ...]) -> EventRow:
    subject, snapshot, (seconds, visible, reviewer, at, *context), event = row[:12], row[12], row[13:25], row[25:]
    judgement = judgement_from_data(json.loads(snapshot))
    data = judgement_to_data(judgement)
    held = (
        judgement.status,
        judgement.verdict,
        judgement.condition,
        judgement.next_experiment,
        judgement.forecast,
        json.dumps(data["ratings"], ensure_ascii=False),
        judgement.rationale,
        json.dumps(data["tags"], ensure_ascii=False),
        judgement.flagged,
    )
    *context, sealed = context
    whole = (
        *subject,
        *held,
        seconds,
        visible,
        reviewer,
        at,
        at,
        *context,
        judgement.resolves_on,
        judgement.shareable,
        sealed,
    )
    return EventRow(_as_seen(JudgementRow(*whole)), *event)


def reviewers_of(connection: sqlite3.Connection, selection: Selection) -> tuple[str, ...]:
    """Return the names of those who hold a selected judgement, in the order in which they first came."""
    where, values = _conditions(connection, selection)
    rows = connection.execute(
        "SELECT name FROM reviewers WHERE id IN (SELECT j.reviewer_id FROM current_judgements j "
        f"JOIN methods m ON m.id = j.method_id WHERE {' AND '.join((_NOT_EMPTY, *where))}) ORDER BY id",
        values,
    ).fetchall()
    return tuple(name for (name,) in rows)


def _conditions(connection: sqlite3.Connection, selection: Selection) -> tuple[list[str], dict[str, Any]]:
    """Return what is asked of the judgement ``j`` and its proposal ``m``, with the parameters."""
    asked = selection.asked
    # What the queue calls to do includes what one has started; of the rest there is no judgement to export.
    statuses = (Status.TO_DO, Status.STARTED) if asked.status is Status.TO_DO else (asked.status,)
    # With a plus before them no index is asked for these two: the one that gives the order is worth more.
    parts: tuple[tuple[bool, str, dict[str, Any]], ...] = (
        (selection.problem_id is not None, "m.problem_id = :problem", {"problem": selection.problem_id}),
        (selection.viewer_id is not None, _SHOWN, {}),
        (selection.reviewer_id is not None, "+j.reviewer_id = :reviewer", {"reviewer": selection.reviewer_id}),
        (
            asked.status is not None,
            "j.status IN (:status, :status2)",
            {"status": statuses[0], "status2": statuses[-1]},
        ),
        (asked.verdict is not None, "j.verdict = :verdict", {"verdict": asked.verdict}),
        (asked.flagged, "j.flagged = 1", {}),
        (asked.changed, "j.verdict IS NOT NULL AND j.revision_id <> m.revision_id", {}),
        (
            asked.assigned,
            "EXISTS (SELECT 1 FROM assignments a WHERE a.method_id = m.id AND a.reviewer_id = j.reviewer_id)",
            {},
        ),
        # Of each judgement by what its own reviewer may see.
        (
            asked.disagreed,
            f"j.verdict IS NOT NULL AND coalesce(j.stage, 'others') = 'others' AND EXISTS ({STAND_APART})",
            {},
        ),
        (bool(asked.tag), "EXISTS (SELECT 1 FROM json_each(j.tags) t WHERE t.value = :tag)", {"tag": asked.tag}),
        (bool(asked.agent), "m.agent = :agent COLLATE NOCASE", {"agent": asked.agent}),
        (bool(asked.family), "m.family = :family COLLATE NOCASE", {"family": asked.family}),
        (
            bool(asked.check),
            "+m.id IN (SELECT method_id FROM check_results WHERE rule = :check)",
            {"check": asked.check},
        ),
        (
            bool(expression := search_expression(asked.text)),
            "+m.id IN (SELECT rowid FROM search_index WHERE search_index MATCH :text)",
            {"text": expression},
        ),
    )
    where: list[str] = []
    protocols = "{}" if selection.viewer_id is None else protocols_by_problem(connection)
    by_problem = json.loads(protocols)
    sealed = [problem_id for problem_id, protocol in by_problem.items() if protocol == Protocol.SEALED]
    names = {problem_id: names_known(connection, int(problem_id)) for problem_id in sealed}
    values: dict[str, Any] = {
        "viewer": selection.viewer_id,
        "protocols": protocols,
        "known": json.dumps(names) if names else None,
    }
    if sealed and expression:
        where.append(found_while_sealed(SEES_EVIDENCE_OF_ANY, asked.text, _KNOWN))
        values["text_asked"] = asked.text
    if selection.viewer_id is not None and (asked.agent or asked.family or asked.check):
        # That a judgement is left by it would tell where the proposal comes from.
        where.append(SEES_EVIDENCE_OF_ANY)
    for present, condition, parameters in parts:
        if present:
            where.append(condition)
            values.update(parameters)
    return where, values


class Measured(NamedTuple):
    """One measurement on a whole dataset, of a method as it was at a revision."""

    revision_id: int
    metric: str
    dataset: str
    setting: str
    split: str
    basis: str
    n_seeds: int | None
    has_seeds: int
    is_missing: int
    value: float | None
    standard_error: float | None

    @property
    def kind(self) -> tuple[Any, ...]:
        """Return all that decides which of several measurements is compared: everything but the numbers."""
        return self[1:9]

    def as_measurement(self) -> Measurement:
        """Return the record. Of its per-seed values only whether there are any is known: one stands for all."""
        return Measurement(
            metric=self.metric,
            dataset=self.dataset,
            value=self.value,
            standard_error=self.standard_error,
            n_seeds=self.n_seeds,
            setting=Setting(self.setting),
            split=self.split,
            basis=Basis(self.basis),
            seeds=(SeedValue(None, self.value or 0.0),) if self.has_seeds else (),
        )


def measured_at(connection: sqlite3.Connection, revision_ids: Collection[int]) -> Mapping[int, Sequence[Measured]]:
    """Return what methods had measured, on whole datasets, at these of their revisions.

    To the revision's own measurements come those of the method's other parts, as they count now. Where there are
    values of the problem's primary metric on its primary dataset, which are what is compared first, those alone are
    returned: most methods have them, and the others need not be carried about a hundred thousand times.
    """
    measured: dict[int, list[Measured]] = {revision_id: [] for revision_id in revision_ids}
    for narrow in (_OF_PRIMARY, ""):
        wanted = [str(revision_id) for revision_id, found in measured.items() if not found]
        rows = connection.execute(_MEASURED + narrow, (f"[{','.join(wanted)}]",)) if wanted else ()
        for row in rows:
            measured[row[0]].append(Measured._make(row))
    return measured


_MEASURED = """
    SELECT k.value, x.metric, x.dataset, x.setting, x.split, x.basis, x.n_seeds,
           EXISTS (SELECT 1 FROM seed_values s WHERE s.measurement_id = x.id), x.value IS NULL, x.value,
           x.standard_error
    FROM json_each(?) k CROSS JOIN revisions j ON j.id = k.value CROSS JOIN methods m ON m.id = j.method_id
    CROSS JOIN problems p ON p.id = m.problem_id
    CROSS JOIN revisions r ON r.method_id = j.method_id AND (r.id = j.id OR (r.current = 1 AND r.part <> j.part))
    CROSS JOIN measurements x ON x.revision_id = r.id AND x.subset = ''
"""
_OF_PRIMARY = "WHERE x.metric = p.primary_metric AND x.dataset = p.primary_dataset AND x.value IS NOT NULL"
