"""Stores that were merged, both ways and in any order, hold the same; nothing of either is lost."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.errors import UserError
from reviewer.domain.judgements import ConstraintRating
from reviewer.domain.methods import Remark
from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Protocol, Rating, RemarkKind, Result, Role, Setting, Verdict
from reviewer.store import recording
from reviewer.store.connection import Store
from reviewer.store.health import examine_store
from reviewer.store.held_forecasts import stream_held_forecasts
from reviewer.store.imports import begin_import, list_imports
from reviewer.store.migrations import MIGRATIONS, make_as_of
from reviewer.store.protocols import protocol_history, set_protocol
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import judging
from reviewer.workflow.merging import Merged, merge
from reviewer.workflow.outcomes import record_outcome, retract_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.targets import write_target
from reviewer.workflow.telling import tell
from tests.builders import act, build_session, build_store, import_records, judge, measured, method_ids, record, table
from tests.faults.contents import contents, differences

DAY = datetime(2026, 3, 1, tzinfo=UTC)

HELD: dict[str, str] = {
    "judgements": "SELECT w.name, m.external_id, j.status, j.verdict, j.forecast, j.ratings, j.tags, j.flagged, "
    "round(j.seconds, 6), j.first_at, j.updated_at, j.stage, a.uuid, r.content_hash FROM current_judgements j "
    "JOIN reviewers w ON w.id = j.reviewer_id JOIN methods m ON m.id = j.method_id "
    "JOIN annotations a ON a.id = j.annotation_id JOIN revisions r ON r.id = j.revision_id",
    "first": "SELECT w.name, m.external_id, f.verdict, f.forecast, f.ratings FROM first_judgements f "
    "JOIN reviewers w ON w.id = f.reviewer_id JOIN methods m ON m.id = f.method_id",
    "events": "SELECT a.uuid, a.kind, a.snapshot, a.created_at, a.supersedes, r.content_hash FROM annotations a "
    "JOIN revisions r ON r.id = a.revision_id",
    "outcomes": "SELECT m.external_id, c.result, c.happened_on, c.first_at, c.standing, o.uuid FROM current_outcomes c "
    "JOIN methods m ON m.id = c.method_id JOIN outcomes o ON o.id = c.outcome_id",
    "revisions": "SELECT m.external_id, r.part, r.content_hash, r.current, r.recorded_at, r.uuid, r.body "
    "FROM revisions r JOIN methods m ON m.id = r.method_id",
    "methods": "SELECT m.external_id, m.title, m.role, m.claim, m.revisions, r.content_hash FROM methods m "
    "JOIN revisions r ON r.id = m.revision_id",
    "measurements": "SELECT m.external_id, r.content_hash, x.metric, x.dataset, x.setting, x.value FROM measurements x "
    "JOIN revisions r ON r.id = x.revision_id JOIN methods m ON m.id = x.method_id",
    "exposures": "SELECT m.external_id, e.production_from FROM exposures e JOIN methods m ON m.id = e.method_id",
    "sums": "SELECT m.external_id, s.verdicts, s.forecasts, s.lowest, s.highest, s.width FROM judgement_sums s "
    "JOIN methods m ON m.id = s.method_id",
    "counts": "SELECT w.name, c.name, c.n FROM counts c LEFT JOIN reviewers w ON w.id = c.reviewer_id WHERE c.n <> 0",
}


def holds(store: Store) -> dict[str, list[Any]]:
    """What a store holds, without row ids."""
    found = {name: sorted(table(store, sql), key=repr) for name, sql in HELD.items()}
    with store.read() as connection:
        found["held forecasts"] = sorted(
            (
                str(replace(each, method_id=0, problem_id=0, reviewer_id=0))
                for each in stream_held_forecasts(connection, 1)
            )
        )
    return found


def is_whole(store: Store) -> None:
    found = examine_store(store.path)
    amiss = (
        found.stale_judgements, found.stale_counts, found.stale_sums, found.stale_claims, found.stale_outcomes,
        found.stale_exposures, found.broken_references, found.without_text, found.unsearchable,
    )  # fmt: skip
    assert amiss == (0,) * len(amiss)
    assert not found.damage


def at(session: Session, minutes: float) -> Session:
    moment = DAY + timedelta(minutes=minutes)
    return replace(session, clock=lambda: moment)


def moment(minutes: float) -> str:
    return (DAY + timedelta(minutes=minutes)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def both_ways(*stores: Store) -> None:
    """Merge so that each store has everything."""
    for other in stores[1:]:
        merge(stores[0].path, other.path)
    for store in stores[1:]:
        merge(store.path, stores[0].path)


NAMES = ("p1", "p2", "p3")
PEOPLE = ("kim", "noor", "lee")


def import_text(store: Store, name: str, version: int, minutes: int) -> None:
    import_records(
        store,
        record(
            name, title=f"Title {version} of {name}", body=f"Body {version} of {name}" + " more" * version,
            measurements=(measured(version / 10, setting=Setting.PRODUCTION if version == 3 else Setting.LAB),),
        ),
        now=moment(minutes),
    )  # fmt: skip


Step = tuple[Any, ...]

_WHEN = st.integers(0, 40)
_WHO = st.sampled_from(PEOPLE)
_STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("verdict"), _WHO, st.sampled_from(NAMES), st.sampled_from(Verdict), _WHEN),
    st.tuples(st.just("forecast"), _WHO, st.sampled_from(NAMES), st.sampled_from((0.1, 0.5, 0.9)), _WHEN),
    st.tuples(st.just("rating"), _WHO, st.sampled_from(NAMES), st.sampled_from(Rating), _WHEN),
    st.tuples(st.just("undo"), _WHO, _WHEN),
    st.tuples(st.just("outcome"), _WHO, st.sampled_from(NAMES), st.sampled_from(Result), _WHEN),
    st.tuples(st.just("retract"), _WHO, st.sampled_from(NAMES), _WHEN),
    st.tuples(st.just("text"), st.sampled_from(NAMES), st.integers(1, 3), _WHEN),
    st.tuples(st.just("merge"), st.integers(0, 2)),
)


def perform(stores: list[Store], at_store: int, step: Step) -> None:
    store = stores[at_store]
    kind, *given_ = step
    if kind == "merge":
        if (other := given_[0] % len(stores)) != at_store:
            merge(store.path, stores[other].path)
        return
    if kind == "text":
        import_text(store, *given_)
        return
    who, *rest = given_
    session = at(build_session(store, who), rest[-1])
    if kind == "undo":
        judging.undo(session)
        return
    found = table(store, "SELECT id FROM methods WHERE external_id = ?", (rest[0],))
    if not found:
        return
    ((method_id,),) = found
    if kind == "verdict":
        judge(session, method_id, rest[1])
    elif kind == "forecast":
        act(session, method_id, Act.FORECAST, judging.set_forecast(rest[1]))
    elif kind == "rating":
        act(session, method_id, Act.RATING, lambda held: held.with_rating("scale", ConstraintRating(rest[1], "")))
    elif kind == "outcome":
        record_outcome(session, method_id, Outcome(rest[1], DAY.date()))
    elif table(store, "SELECT 1 FROM current_outcomes WHERE method_id = ?", (method_id,)):
        retract_outcome(session, method_id)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(2, 3),
    st.lists(st.tuples(st.integers(0, 2), _STEPS), min_size=4, max_size=24),
)
def test_stores_that_were_merged_in_any_order_hold_the_same(n: int, steps: list[tuple[int, Step]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [build_store(Path(folder), name=f"store-{i}.db") for i in range(n)]
        for i, store in enumerate(stores):
            import_text(store, NAMES[i], 1, i)
        for at_store, step in steps:
            perform(stores, at_store % n, step)
        both_ways(*stores)
        first = holds(stores[0])
        for store in stores[1:]:
            assert holds(store) == first
        imports = [table(store, "SELECT count(*) FROM imports") for store in stores]
        both_ways(*stores)
        for store, before in zip(stores, imports, strict=True):
            assert holds(store) == first
            assert table(store, "SELECT count(*) FROM imports") == before
            is_whole(store)
            with store.write() as connection:
                from reviewer.store.annotations import rebuild

                rebuild(connection)
            assert holds(store) == first
            store.close()
