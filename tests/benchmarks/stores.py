"""Stores of any size, made fast and kept outside the repository until what makes them changes."""

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import platformdirs

from reviewer.domain.identity import new_id
from reviewer.domain.judgements import ConstraintRating, Judgement, judgement_to_data
from reviewer.domain.log_odds import log_odds
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.domain.vocabulary import Direction, Rating, Verdict
from reviewer.evidence import alike
from reviewer.evidence.checks import registry
from reviewer.store import migrations, schema, schema_changes, schema_nine, schema_ten, schema_twelve
from reviewer.store.check_results import keep_results
from reviewer.store.connection import Store
from reviewer.store.imports import begin_import, count_into_import, finish_import
from reviewer.store.migrations import open_store
from reviewer.store.problems import save_problem
from reviewer.store.search_index import rebuild_index
from reviewer.store.sketches import GroupingState, set_grouping_state
from reviewer.workflow.checking import Checking
from reviewer.workflow.grouping import Grouping
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import begin_session
from tests.benchmarks import learnt, texts

NOW = "2026-01-02T03:04:05.000Z"
BASELINES = 4
JUDGE = "judge"
"""Who has judged every proposal of a judged store."""
PROBLEM = Problem(
    slug="weak-to-strong",
    title="Weak-to-strong supervision",
    primary_metric="pgr",
    primary_dataset="chat",
    metrics=(Metric("pgr", Direction.HIGHER),),
    datasets=(Dataset("chat"), Dataset("math"), Dataset("code")),
    target=Target(criterion="a gain of one point that is outside the noise", horizon="2027-01-01"),
)
_PIECE = 5_000
KEPT_SECONDS = 24 * 3600
"""A store that another version of the makers made goes after this time: a checkout beside this one may be using it."""

_METHOD = (
    "INSERT INTO methods (id, uuid, problem_id, namespace, external_id, role, origin, title, agent, run, parent, idea, "
    "family, created_at, imported_at, revision_id, revisions, claim, claim_order) "
    "VALUES (?, ?, ?, 'run-1', ?, ?, ?, ?, ?, '', '', '', ?, '', ?, ?, 1, ?, ?)"
)
_REVISION = (
    "INSERT INTO revisions (id, uuid, method_id, part, content_hash, current, title, hypothesis, body, claims, raw, "
    "file, sha256, place, import_id, recorded_at) VALUES (?, ?, ?, '', ?, 1, ?, ?, ?, '[]', '{}', 'made', '', ?, ?, ?)"
)
_MEASUREMENT = (
    "INSERT INTO measurements (revision_id, method_id, metric, dataset, split, subset, setting, setting_from, value, "
    "standard_error, n_seeds, basis, source, missing) VALUES (?, ?, 'pgr', ?, '', '', 'lab', 'file', ?, .005, 5, "
    "'claimed', '', '')"
)


class Kind(StrEnum):
    """What a store has besides its proposals and baselines."""

    NEW = "new"
    """Nothing."""
    JUDGED = "judged"
    """One reviewer has judged every proposal."""
    LEARNT = "learnt"
    """They have, in all stages of the sealed protocol; somebody else did on two scales; and all have an outcome."""


def cached_store(proposals: int, kind: Kind = Kind.NEW) -> Path:
    """Return a store of so many proposals and four baselines, made where there is none yet.

    The raw record of each is left empty: nothing that is measured reads it.
    """
    # By the registry too: under other rules all would wait to be checked anew, which the app does meanwhile.
    makers = (
        migrations.__file__, schema.__file__, schema_changes.__file__, schema_nine.__file__, schema_ten.__file__,
        schema_twelve.__file__, alike.__file__, registry.__file__, __file__, learnt.__file__, texts.__file__,
    )  # fmt: skip
    version = hashlib.sha256(b"".join(Path(maker).read_bytes() for maker in makers)).hexdigest()[:12]
    folder = platformdirs.user_cache_path("reviewer-benchmarks", appauthor=False)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{proposals}-{kind}"
    path = folder / f"{name}.{version}.db"
    if not path.exists():
        for old in folder.glob(f"{name}.*"):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink()
        unfinished = folder / f"{name}.{version}.{os.getpid()}"
        make_store(unfinished, proposals, kind)
        unfinished.rename(path)
    return path


def make_store(path: Path, proposals: int, kind: Kind = Kind.NEW) -> None:
    """Make the store at ``path``, by SQL alone: an import of a million proposals takes far too long for this."""
    store = open_store(path)
    # What is made can be made again: nothing is written twice for the sake of a crash.
    for pragma in ("journal_mode = OFF", "cache_size = -500000", "wal_autocheckpoint = 0"):
        store.connection().execute(f"PRAGMA {pragma}")
    with store.write(durable=False) as connection:
        import_id = begin_import(connection, "native", "made", {}, NOW)
        problem_id, _ = save_problem(connection, PROBLEM, NOW)
        for rows in _pieces(1, proposals + BASELINES + 1):
            made = [_method(number, proposals) for number in rows]
            connection.executemany(_METHOD, [_method_values(m, problem_id) for m in made])
            connection.executemany(
                _REVISION,
                [_revision_values(m, import_id) for m in made],
            )
            connection.executemany(
                _MEASUREMENT,
                [
                    (m.id, m.id, dataset, m.value * part)
                    for m in made
                    for dataset, part in (("chat", 1.0), ("math", 0.5), ("code", 0.25))
                ],
            )
        connection.executemany(
            "INSERT INTO counts (problem_id, reviewer_id, name, n) VALUES (?, 0, ?, ?)",
            [(problem_id, "proposals", proposals), (problem_id, "baselines", BASELINES)],
        )
        count_into_import(connection, import_id, new=proposals + BASELINES, changed=0, unchanged=0, rejected=0)
        finish_import(connection, import_id, "complete", NOW)
        rebuild_index(connection)
    _mark_as_checked(store)
    _mark_as_grouped(store)
    if kind is not Kind.NEW:
        _judge_all(store, proposals)
    if kind is Kind.LEARNT:
        learnt.learn_all(store, proposals)
    store.connection().execute("PRAGMA journal_mode = WAL")
    store.close()


def _mark_as_grouped(store: Store) -> None:
    """Have nothing wait to be held against the others; of these proposals none are alike."""
    with store.write(durable=False) as connection:
        (last,) = connection.execute("SELECT max(id) FROM methods").fetchone()
        set_grouping_state(connection, GroupingState(Grouping(store).stamp, last, last))


def _mark_as_checked(store: Store) -> None:
    """Have nothing wait to be checked, as an import leaves a store; the questions themselves would take minutes."""
    with store.write(durable=False) as connection:
        (ground,) = Checking(store).grounds(connection)
        last = connection.execute("SELECT max(id) FROM methods").fetchone()[0]
        keep_results(connection, ground.problem_id, ground.stamp, {last: ()}, {})


@dataclass(frozen=True, slots=True)
class _Made:
    id: int
    role: str
    title: str
    hypothesis: str
    body: str
    value: float


def _method(number: int, proposals: int) -> _Made:
    body = texts.body(number)
    if number <= proposals:
        return _Made(number, "proposal", texts.title(number), texts.hypothesis(number), body, texts.value(number))
    place = number - proposals
    return _Made(number, "baseline", f"Baseline {place}", f"What people did, {place}.", body, 0.2 + place / 100)


def _method_values(made: _Made, problem_id: int) -> tuple[Any, ...]:
    return (
        made.id, new_id(), problem_id, f"x{made.id}", made.role, "agent" if made.role == "proposal" else "human",
        made.title, f"agent-{made.id % 9}", f"family {made.id % 11}", NOW, made.id, made.value, -made.value,
    )  # fmt: skip


def _revision_values(made: _Made, import_id: int) -> tuple[Any, ...]:
    digest = f"{made.id:064x}"
    return (
        made.id, new_id(), made.id, digest, made.title, made.hypothesis, made.body, f"line {made.id}", import_id, NOW,
    )  # fmt: skip


def _pieces(start: int, stop: int) -> Iterator[range]:
    for first in range(start, stop, _PIECE):
        yield range(first, min(stop, first + _PIECE))


def _judge_all(store: Store, proposals: int) -> None:
    session = begin_session(store, JUDGE, load_rubric(None))
    slugs = [c.slug for c in session.rubric.constraints]
    judgement = Judgement(
        verdict=Verdict.FAILS,
        forecast=0.2,
        ratings={slug: ConstraintRating(Rating.CONCERN, "why, in a few words") for slug in slugs},
        rationale="The gain is smaller than the noise, and the baseline was not tuned.",
        tags=("noise", "tuning"),
    )
    data = judgement_to_data(judgement)
    snapshot, ratings, tags = (json.dumps(part) for part in (data, data["ratings"], data["tags"]))
    baseline = proposals + BASELINES
    common = (session.reviewer_id, session.rubric.label, baseline)
    with store.write(durable=False) as connection:
        connection.executemany(
            "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, rubric, baseline_id, "
            "snapshot, visible, seconds, created_at) "
            "VALUES (?1, ?2, ?3, 'verdict', ?4, ?1, ?1, ?5, ?6, ?7, '{}', 90, ?8)",
            [(i, new_id(), new_id(), *common, snapshot, NOW) for i in range(1, proposals + 1)],
        )
        connection.executemany(
            "INSERT INTO current_judgements (reviewer_id, method_id, annotation_id, status, verdict, condition, "
            "next_experiment, forecast, ratings, rationale, tags, flagged, skipped, seconds, revision_id, rubric, "
            "baseline_id, visible, first_at, updated_at) "
            "VALUES (?2, ?1, ?1, 'judged', 'fails', '', '', .2, ?5, ?6, ?7, "
            "0, 0, 90, ?1, ?3, ?4, '{}', ?8, ?8)",
            [(i, *common, ratings, judgement.rationale, tags, NOW) for i in range(1, proposals + 1)],
        )
        first = json.dumps({slug: str(one.rating) for slug, one in judgement.ratings.items()}, sort_keys=True)
        connection.executemany(
            "INSERT INTO first_judgements (method_id, reviewer_id, verdict, forecast, ratings) "
            "VALUES (?, ?, 'fails', .2, ?)",
            [(i, session.reviewer_id, first) for i in range(1, proposals + 1)],
        )
        connection.executemany(
            "INSERT INTO judgement_sums (method_id, problem_id, verdicts, forecasts, total, squares, lowest, highest, "
            "width) VALUES (?1, 1, 1, 1, ?2, ?2 * ?2, .2, .2, 0)",
            [(i, log_odds(0.2)) for i in range(1, proposals + 1)],
        )
        connection.execute(
            "INSERT INTO counts (problem_id, reviewer_id, name, n) VALUES (1, ?, 'judged', ?)",
            (session.reviewer_id, proposals),
        )
