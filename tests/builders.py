"""Small builders of records, stores and sessions that the tests share."""

import atexit
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from reviewer.domain.judgements import Change, Context, Judgement
from reviewer.domain.methods import Measurement, Method, MethodRecord, Provenance
from reviewer.domain.problems import Dataset, Metric, Problem
from reviewer.domain.rubrics import Constraint, Rubric
from reviewer.domain.vocabulary import Act, Direction, Origin, Role, Setting, Verdict
from reviewer.store import migrations, recording
from reviewer.store.connection import Store
from reviewer.store.imports import begin_import, count_into_import, finish_import
from reviewer.store.known_problem import KnownProblem
from reviewer.store.migrations import open_store
from reviewer.store.prepared import prepare
from reviewer.store.problems import problem_by_slug, save_problem
from reviewer.store.recorded import Recorded
from reviewer.store.search_index import index_some
from reviewer.workflow.judging import Done, give_verdict, perform
from reviewer.workflow.session import Session, begin_session

NOW = "2026-01-02T03:04:05.000Z"

PROBLEM = Problem(
    slug="weak_to_strong",
    title="Weak-to-strong supervision",
    primary_metric="pgr",
    primary_dataset="chat",
    metrics=(Metric("pgr", Direction.HIGHER), Metric("loss", Direction.LOWER), Metric("mood")),
    datasets=(Dataset("chat", ("chat-0115",)), Dataset("math"), Dataset("code")),
)

RUBRIC = Rubric(
    "test",
    1,
    (
        Constraint("scale", "Scale", "Does it run at the scale?"),
        Constraint("cost", "Cost", "Can it be paid for?"),
        Constraint("signals", "Signals", "Are the signals to be had?"),
    ),
)


class TickingClock:
    """A clock that is a second further each time it is read."""

    def __init__(self) -> None:
        self._next = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        now, self._next = self._next, self._next + timedelta(seconds=1)
        return now


def measured(value: float | None = 0.5, dataset: str = "chat", metric: str = "pgr", **more: Any) -> Measurement:
    return Measurement(metric=metric, dataset=dataset, value=value, **more)


def record(external_id: str = "p1", role: Role = Role.PROPOSAL, **more: Any) -> MethodRecord:
    """A method as a source reads it; by default a proposal that measured nothing."""
    defaults: dict[str, Any] = {
        "namespace": "run-1",
        "title": f"Title of {external_id}",
        "problem": PROBLEM.slug,
        "provenance": Provenance("results.jsonl", "0" * 64, "line 1"),
        "origin": Origin.HUMAN if role is Role.BASELINE else Origin.AGENT,
        "body": f"Body of {external_id}.",
        "raw": {"id": external_id},
    }
    return MethodRecord(external_id=external_id, role=role, **(defaults | more))


def method(external_id: str = "p1", *measurements: Measurement, role: Role = Role.PROPOSAL, **more: Any) -> Method:
    """A method as the store would give it, without a store."""
    defaults: dict[str, Any] = {
        "id": 1,
        "uuid": f"uuid-{external_id}",
        "problem_id": 1,
        "namespace": "run-1",
        "origin": Origin.UNKNOWN,
        "bound": None,
        "title": f"Title of {external_id}",
        "agent": "",
        "run": "",
        "parent": "",
        "idea": "",
        "family": "",
        "created_at": "",
        "revision_id": 1,
        "revision_hash": "",
        "revisions": 1,
        "hypothesis": "",
        "body": "",
        "claims": (),
        "provenance": Provenance("results.jsonl", "0" * 64),
    }
    return Method(external_id=external_id, role=role, measurements=measurements, **(defaults | more))


@cache
def _empty_store(_steps: object) -> Path:
    """Where an empty store lies that these steps made: to copy it is much quicker than to make it."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_store(folder / "empty.db").close()
    return folder / "empty.db"


def build_store(tmp_path: Path, *records: MethodRecord, name: str = "reviewer.db", busy_timeout: float = 5.0) -> Store:
    """A real store in ``tmp_path`` with the records imported into it under ``PROBLEM``."""
    path = tmp_path / name
    if path.exists():
        open_store(path).close()
    else:
        shutil.copy(_empty_store(migrations.MIGRATIONS), path)
    store = Store(path, busy_timeout=busy_timeout)
    if records:
        import_records(store, *records)
    return store


def import_records(
    store: Store,
    *records: MethodRecord,
    problem: Problem = PROBLEM,
    settings: dict[str, Setting] | None = None,
    now: str = NOW,
    index: bool = True,
) -> list[Recorded]:
    """Import the records in one batch, as a reader of files would; return what became of each."""
    told = settings or {}
    with store.write() as connection:
        import_id = begin_import(connection, "native", "results.jsonl", {}, now)
        problem_id, _ = save_problem(connection, problem, now)
        known = problem_by_slug(connection, problem.slug)
        assert known is not None
        taking = KnownProblem(problem_id, known.problem, lambda dataset: told.get(dataset, Setting.UNKNOWN))
        done = recording.record_methods(connection, taking, list(map(prepare, records)), import_id=import_id, now=now)
        if index:
            index_some(connection)
        changes = [d.change for d in done]
        count_into_import(
            connection,
            import_id,
            new=changes.count("new"),
            changed=changes.count("changed"),
            unchanged=changes.count("unchanged"),
            rejected=0,
        )
        finish_import(connection, import_id, "complete", now)
    return done


def method_ids(store: Store, role: Role = Role.PROPOSAL) -> list[int]:
    """The row ids of the methods of a role, in the order of their import."""
    rows = store.connection().execute("SELECT id FROM methods WHERE role = ? ORDER BY id", (role,)).fetchall()
    return [row[0] for row in rows]


def build_session(store: Store, reviewer: str = "kim", rubric: Rubric = RUBRIC) -> Session:
    return begin_session(store, reviewer, rubric, TickingClock())


def context(session: Session, method_id: int, **more: Any) -> Context:
    """What is before the reviewer now: the revision that counts."""
    row = session.store.connection().execute("SELECT revision_id FROM methods WHERE id = ?", (method_id,)).fetchone()
    return replace(Context(row[0], session.rubric.label), **more)


def act(session: Session, method_id: int, kind: Act, change: Change, *, words: str = "", **more: Any) -> Done | None:
    """Perform one act with the context of now."""
    return perform(session, method_id, kind, change, context(session, method_id), words=words, **more)


def judge(session: Session, method_id: int, verdict: Verdict = Verdict.SURVIVES) -> Done | None:
    return act(session, method_id, Act.VERDICT, give_verdict(verdict), words=str(verdict))


def held(session: Session, method_id: int) -> Judgement:
    """What the session's reviewer holds of the proposal, read anew."""
    from reviewer.store.annotations import current_judgement

    current = current_judgement(session.store.connection(), method_id, session.reviewer_id)
    return current.judgement if current else Judgement()


def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def table(store: Store, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """The rows of a query, for what no function of ours answers."""
    return store.connection().execute(sql, parameters).fetchall()
