"""Stores that were merged, both ways and in any order, hold the same; nothing of either is lost."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.adjudications import Adjudication
from reviewer.domain.errors import UserError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Change, ConstraintRating
from reviewer.domain.methods import Remark
from reviewer.domain.outcomes import Outcome
from reviewer.domain.problems import Target
from reviewer.domain.vocabulary import Act, Protocol, Rating, RemarkKind, Result, Role, Setting, Stage, Verdict
from reviewer.sources.judgement_map import read_judgement_map
from reviewer.store import events, recording
from reviewer.store.adjudications import current_adjudication
from reviewer.store.annotations import rebuild
from reviewer.store.assignments import assignment_of, rounds
from reviewer.store.connection import Store
from reviewer.store.critic_batches import OVER, Status, add_batch, set_status
from reviewer.store.critic_settings import CriticOffer, critic_offer, set_critic_offer
from reviewer.store.critique_marks import set_mark
from reviewer.store.critique_readings import note_reading
from reviewer.store.critiques import end
from reviewer.store.decisions import set_decision
from reviewer.store.empty_file import create_file
from reviewer.store.events import history
from reviewer.store.health import examine_store
from reviewer.store.held_forecasts import stream_held_forecasts
from reviewer.store.imports import begin_import, list_imports
from reviewer.store.migrations import MIGRATIONS, make_as_of
from reviewer.store.others import scores_on
from reviewer.store.problems import save_problem
from reviewer.store.protocols import protocol_history, protocol_of, set_protocol, stage_of
from reviewer.store.reveals import stream_reveals
from reviewer.store.spending import spent_so_far, stop_spending, stopped_for
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import judging
from reviewer.workflow.adjudicating import adjudicate, retract_adjudication
from reviewer.workflow.assigning import AssignmentRequest, draw_assignment, keep_assignment
from reviewer.workflow.importing_judgements import import_judgements
from reviewer.workflow.kept_acts import keep_acts, restore
from reviewer.workflow.merging import Merged, merge
from reviewer.workflow.outcomes import record_outcome, retract_outcome
from reviewer.workflow.session import Session
from reviewer.workflow.setting_rule import parse_settings
from reviewer.workflow.targets import write_target
from reviewer.workflow.telling import choose_problem, tell
from tests.attempts import answered, failed, kept
from tests.builders import (
    PROBLEM,
    build_session,
    build_store,
    context,
    held,
    import_records,
    judge,
    measured,
    record,
    table,
)
from tests.faults.contents import contents, differences
from tests.store.test_migrations import import_as_it_was_then

DAY = datetime(2026, 3, 1, tzinfo=UTC)

UNDATED = "json_extract({of}.visible, '$.turn') = ''"
"""Of a review from a file that says no time: when it came to a store is no part of it."""

HELD: dict[str, str] = {
    "judgements": "SELECT w.name, m.external_id, j.status, j.verdict, j.forecast, j.ratings, j.tags, j.flagged, "
    "round(j.seconds, 6), j.stage, a.uuid, r.content_hash, "
    f"CASE WHEN NOT coalesce({UNDATED.format(of='a')}, 0) THEN j.updated_at END, CASE WHEN NOT EXISTS (SELECT 1 "
    f"FROM annotations b WHERE (b.method_id, b.reviewer_id) = (j.method_id, j.reviewer_id) "
    f"AND {UNDATED.format(of='b')}) THEN j.first_at END FROM current_judgements j "
    "JOIN reviewers w ON w.id = j.reviewer_id JOIN methods m ON m.id = j.method_id "
    "JOIN annotations a ON a.id = j.annotation_id JOIN revisions r ON r.id = j.revision_id",
    "stood": "SELECT w.name, m.external_id, j.stage, j.resolves_on, j.rubric, j.seconds > 0 FROM current_judgements j "
    "JOIN reviewers w ON w.id = j.reviewer_id JOIN methods m ON m.id = j.method_id",
    "people": "SELECT name, imported_from FROM reviewers",
    "protocols": "SELECT s.uuid, p.slug, s.protocol, s.set_by, s.set_at FROM protocols s "
    "LEFT JOIN problems p ON p.id = s.problem_id",
    "adjudications": "SELECT a.uuid, m.external_id, w.name, a.kind, a.supersedes, r.content_hash, a.verdict, "
    "a.forecast, a.judgements, a.recorded_at FROM adjudications a JOIN methods m ON m.id = a.method_id "
    "JOIN reviewers w ON w.id = a.reviewer_id JOIN revisions r ON r.id = a.revision_id",
    "assignments": "SELECT r.uuid, r.seed, r.reviewers, w.name, m.external_id, a.place FROM assignments a "
    "JOIN assignment_rounds r ON r.id = a.round_id JOIN reviewers w ON w.id = a.reviewer_id "
    "JOIN methods m ON m.id = a.method_id",
    "scores": "SELECT a.uuid, c.name, c.kind, c.words, s.value FROM scores s JOIN scales c ON c.id = s.scale_id "
    "JOIN annotations a ON a.id = s.annotation_id",
    "critiques": "SELECT c.uuid, c.call, c.attempt, m.external_id, w.name, r.content_hash, c.sent, c.constraints, "
    "c.state, c.failure, c.raw, c.usage, c.reserved, c.spent, c.sent_at, c.ended_at FROM critiques c "
    "JOIN methods m ON m.id = c.method_id JOIN reviewers w ON w.id = c.reviewer_id "
    "JOIN revisions r ON r.id = c.revision_id",
    "readings": "SELECT x.uuid, c.uuid, w.name, x.judgement, x.shown_at, x.seconds FROM critique_readings x "
    "JOIN critiques c ON c.id = x.critique_id JOIN reviewers w ON w.id = x.reviewer_id",
    "marks": "SELECT x.uuid, c.uuid, w.name, x.item, x.useful, x.at FROM critique_marks x "
    "JOIN critiques c ON c.id = x.critique_id JOIN reviewers w ON w.id = x.reviewer_id",
    "offers": "SELECT uuid, locked, without_share, seed, set_by, set_at FROM critic_settings",
    "batches": "SELECT uuid, api_id, requested_by, asked, max_usd, requests, made_at, status, status_at "
    "FROM critic_batches",
    "stops": "SELECT uuid, reason, said_by, at FROM spending_stops",
    "first": "SELECT w.name, m.external_id, f.verdict, f.forecast, f.ratings FROM first_judgements f "
    "JOIN reviewers w ON w.id = f.reviewer_id JOIN methods m ON m.id = f.method_id",
    "events": "SELECT a.uuid, a.act, a.kind, a.snapshot, a.supersedes, a.stage, w.name, m.external_id, "
    f"r.content_hash, CASE WHEN NOT coalesce({UNDATED.format(of='a')}, 0) THEN a.created_at END FROM annotations a "
    "JOIN revisions r ON r.id = coalesce(a.judged_revision_id, a.revision_id) "
    "JOIN reviewers w ON w.id = a.reviewer_id JOIN methods m ON m.id = a.method_id",
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
    "targets": "SELECT p.slug, t.criterion, t.created_at, t.written_by FROM targets t "
    "JOIN problems p ON p.id = t.problem_id "
    "WHERE t.version = (SELECT max(version) FROM targets WHERE problem_id = p.id)",
    "decisions": "SELECT p.slug, p.decision, u.last FROM problems p "
    "LEFT JOIN used_ids u ON u.name = 'decided:' || p.id",
    "counts": "SELECT w.name, c.name, c.n FROM counts c LEFT JOIN reviewers w ON w.id = c.reviewer_id WHERE c.n <> 0",
}


def holds(store: Store) -> dict[str, list[Any]]:
    """What a store holds, without row ids."""
    found: dict[str, list[Any]] = {name: sorted(table(store, sql), key=repr) for name, sql in HELD.items()}
    with store.read() as connection:
        found["held forecasts"] = sorted(
            str(replace(each, method_id=0, problem_id=0, reviewer_id=0))
            for each in stream_held_forecasts(connection, 1)
        )
        found["critic"] = [critic_offer(connection), stopped_for(connection), spent_so_far(connection, moment(20))]
        found["adjudicated"] = sorted(
            str((name, protocol_of(connection, 1), current_adjudication(connection, method_id)))
            .replace(f"method_id={method_id}", "")
            .partition("revision_id=")[0]
            for method_id, name in connection.execute("SELECT id, external_id FROM methods").fetchall()
        )
        people = connection.execute("SELECT id, name FROM reviewers ORDER BY name").fetchall()
        methods = dict(connection.execute("SELECT id, external_id FROM methods ORDER BY external_id").fetchall())
        found["next"] = [
            (
                name, events.last_act_to_undo(connection, reviewer), events.last_act_to_redo(connection, reviewer),
                methods.get(events.last_judged(connection, reviewer, 1) or 0),
            )
            for reviewer, name in people
        ]  # fmt: skip
        found["assigned"] = [
            (name, methods[method_id], assignment_of(connection, method_id, reviewer))
            for reviewer, name in people
            for method_id in methods
        ]
        found["rounds"] = [each._replace(id=0) for each in rounds(connection)]
        found["scored"] = [(name, sorted(map(str, scores_on(connection, n).values()))) for n, name in methods.items()]
        found["revealed"] = sorted(
            str(each._replace(method_id=0)) + methods[each.method_id] for each in stream_reveals(connection, 1, None)
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


def both_ways(*stores: Store, in_chain: bool = False) -> None:
    """Merge so that each store has everything: all with the first one, or each with the next one and back again."""
    there = [(stores[i + 1 if in_chain else 0], stores[i if in_chain else i + 1]) for i in range(len(stores) - 1)]
    for into, other in there:
        merge(into.path, other.path)
    for into, other in reversed(there):
        merge(other.path, into.path)


NAMES = ("p1", "p2", "p3")
NOT_OVER = tuple(status for status in Status if status not in OVER)
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
_REVIEWS = st.tuples(
    st.sampled_from(("ann", "kim")), st.sampled_from(NAMES[:2]), st.integers(1, 3), st.sampled_from(("yes", "no")),
    st.none() | st.integers(0, 10),
)  # fmt: skip
_STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("verdict"), _WHO, st.sampled_from(NAMES), st.sampled_from(Verdict), _WHEN),
    st.tuples(st.just("forecast"), _WHO, st.sampled_from(NAMES), st.sampled_from((0.1, 0.5, 0.9)), _WHEN),
    st.tuples(st.just("rating"), _WHO, st.sampled_from(NAMES), st.sampled_from(Rating), _WHEN),
    st.tuples(st.just("undo"), _WHO, _WHEN),
    st.tuples(st.just("outcome"), _WHO, st.sampled_from(NAMES), st.sampled_from(Result), _WHEN),
    st.tuples(st.just("retract"), _WHO, st.sampled_from(NAMES), _WHEN),
    st.tuples(st.just("text"), st.sampled_from(NAMES), st.integers(1, 3), _WHEN),
    st.tuples(st.just("redo"), _WHO, _WHEN),
    st.tuples(st.just("reveal"), _WHO, st.sampled_from(NAMES), st.sampled_from((Stage.EVIDENCE, Stage.OTHERS)), _WHEN),
    st.tuples(st.just("adjudicate"), _WHO, st.sampled_from(NAMES), st.sampled_from(Verdict), _WHEN),
    st.tuples(st.just("take back"), _WHO, st.sampled_from(NAMES), _WHEN),
    st.tuples(st.just("protocol"), st.sampled_from((*Protocol, None)), st.booleans(), _WHEN),
    st.tuples(st.just("assign"), st.integers(1, 9), _WHEN),
    st.tuples(
        st.just("reviews"), st.sampled_from("ab"), st.lists(_REVIEWS, min_size=1, max_size=3), st.integers(10, 40)
    ),
    st.tuples(st.just("decision"), st.sampled_from((0.2, 0.3, 0.4)), _WHEN),
    st.tuples(st.just("target"), _WHO, st.sampled_from(("Half of it.", "All of it.", "Any of it.")), _WHEN),
    st.tuples(st.just("ask"), _WHO, st.sampled_from(NAMES), st.sampled_from((None, "", "overloaded")), _WHEN),
    st.tuples(st.just("hear"), st.integers(0, 9)),
    st.tuples(st.just("look"), _WHO, st.integers(0, 9), _WHEN),
    st.tuples(st.just("mark"), _WHO, st.integers(0, 9), st.sampled_from((True, False, None)), _WHEN),
    st.tuples(st.just("offer"), st.booleans(), st.sampled_from((0.0, 0.25)), _WHEN),
    st.tuples(st.just("stop"), st.sampled_from(("the account is empty", "")), _WHEN),
    st.tuples(st.just("batch"), _WHEN),
    st.tuples(st.just("seen"), st.integers(0, 9), st.sampled_from(Status), _WHEN),
    st.tuples(st.just("keep"), st.integers(0, 2)),
    st.tuples(st.just("restore"), st.integers(0, 2)),
    st.tuples(st.just("merge"), st.integers(0, 2)),
)


def say(session: Session, method_id: int, kind: Act, change: Change, stage: Stage | None = None) -> None:
    """Perform an act as the app does: with the stage that its reviewer has come to, or goes on to."""
    reached = stage_of(session.store.connection(), method_id, session.reviewer_id)
    seen = context(session, method_id, stage=stage or reached)
    judging.perform(session, method_id, kind, change, seen, words=str(kind), seconds=1.5)


REVIEWS = """
proposal = { id = "paper", namespace = "run-1" }
reviewer = { name = "by" }
time = { column = "at" }
[scales.novelty]
column = "novelty"
lowest = 1
highest = 10
[forecast]
column = "forecast"
unit = "percent"
[verdict]
column = "verdict"
words = { yes = "survives", no = "fails" }
"""


Review = tuple[str, str, int, str, float | None]


def take_reviews(store: Store, reviews: Sequence[Review], named: str = "reviews", minutes: int = 40) -> None:
    """Take in a file of reviews that were made elsewhere, of which each is the same one in every store."""
    said, file = store.path.parent / "map.toml", store.path.parent / f"{named}.csv"
    said.write_text(REVIEWS)
    rows = [
        f"{by},{name},{novelty},{10 * novelty},{verdict},{'' if at is None else moment(at)}"
        for by, name, novelty, verdict, at in reviews
    ]
    file.write_text("\n".join(("by,paper,novelty,forecast,verdict,at", *rows)))
    import_judgements(store, file, read_judgement_map(said), clock=lambda: DAY + timedelta(minutes=minutes))


def one_of(store: Store, sql: str, which: int) -> list[tuple[Any, ...]]:
    found = table(store, sql)
    return found and [found[which % len(found)]]


def perform_with_critic(store: Store, kind: str, *said: Any) -> bool:
    """Do what is done with the critic; return whether it is such a thing."""
    if kind == "offer":
        locked, share, minutes = said
        with store.write() as connection:
            set_critic_offer(connection, CriticOffer(locked, share, 7), set_by="kim", now=moment(minutes))
    elif kind == "stop":
        with store.write() as connection:
            stop_spending(connection, said[0], said_by="kim", now=moment(said[1]))
    elif kind == "batch":
        with store.write() as connection:
            add_batch(connection, new_id(), requested_by="kim", asked="all", most=1, now=moment(said[0]))
    elif kind == "seen":
        which, status, minutes = said
        for (uuid,) in one_of(store, "SELECT uuid FROM critic_batches ORDER BY id", which):
            with store.write() as connection:
                api_id = None if status in (Status.PREPARING, Status.SENDING) else f"api of {uuid}"
                set_status(connection, uuid, status, moment(minutes), was=NOT_OVER, api_id=api_id)
    elif kind == "ask":
        who, name, failure, minutes = said
        session = build_session(store, who)
        for method_id, revision_id in table(
            store, "SELECT id, revision_id FROM methods WHERE external_id = ?", (name,)
        ):
            ended = None if failure is None else failed(failure) if failure else answered(raw=f"{who} \x00 {minutes}")
            about = {"method_id": method_id, "revision_id": revision_id, "reviewer_id": session.reviewer_id}
            with store.write() as connection:
                kept(connection, ended, sent_at=moment(minutes), reserved=minutes * 1000, **about)
    elif kind == "hear":
        # What is heard of an attempt is the same wherever it is heard.
        for row_id, call in one_of(store, "SELECT id, call FROM critiques WHERE state = 'sent' ORDER BY id", said[0]):
            with store.write() as connection:
                end(connection, row_id, answered(raw=call, spent=int(call[-4:], 16)))
    elif kind in ("look", "mark"):
        who, which, *useful, minutes = said
        session = build_session(store, who)
        for (critique,) in one_of(store, "SELECT id FROM critiques ORDER BY id", which):
            with store.write() as connection:
                if kind == "look":
                    note_reading(connection, critique, session.reviewer_id, "e1", moment(minutes), 1.5)
                else:
                    set_mark(connection, critique, session.reviewer_id, "scale/0", useful[0], moment(minutes))
    else:
        return False
    return True


def perform(stores: list[Store], at_store: int, step: Step) -> None:
    store = stores[at_store]
    kind, *given_ = step
    if kind == "merge":
        if (other := given_[0] % len(stores)) != at_store:
            merge(store.path, stores[other].path)
        return
    if kind == "text":
        # A clock that goes back between two imports of one store has a test of its own.
        ((last,),) = table(store, "SELECT max(finished_at) FROM imports WHERE source = 'native'")
        name, version, minutes = given_
        import_text(store, name, version, max(minutes, (datetime.fromisoformat(last) - DAY) // timedelta(minutes=1)))
        return
    if kind in ("keep", "restore"):
        kept = store.path.parent / f"kept-{given_[0]}.jsonl.gz"
        if kind == "keep":
            keep_acts(store.path, kept)
        elif kept.exists():
            restore(store.path, kept)
        return
    if kind == "reviews":
        named, reviews, minutes = given_
        take_reviews(store, reviews, named, minutes)
        return
    if kind == "decision":
        with store.write() as connection:
            set_decision(connection, 1, given_[0], moment(given_[1]))
        return
    if kind == "target":
        who, criterion, minutes = given_
        write_target(at(build_session(store, who), minutes), 1, Target(criterion, "", "", "", "", "", ""))
        return
    if kind == "protocol":
        protocol, own, minutes = given_
        with store.write() as connection:
            set_protocol(connection, 1 if own else None, protocol, set_by="kim", now=moment(minutes))
        return
    if perform_with_critic(store, *step):
        return
    if kind == "assign":
        with suppress(UserError):
            stored = choose_problem(store, None)
            drawn = draw_assignment(store, stored, AssignmentRequest(PEOPLE, 2, given_[0]))
            keep_assignment(store, stored, drawn, "kim", lambda: DAY + timedelta(minutes=given_[1]))
        return
    who, *rest = given_
    session = at(build_session(store, who), rest[-1])
    if kind == "undo":
        judging.undo(session)
        return
    if kind == "redo":
        judging.redo(session)
        return
    found = table(store, "SELECT id FROM methods WHERE external_id = ?", (rest[0],))
    if not found:
        return
    ((method_id,),) = found
    if kind == "verdict":
        say(session, method_id, Act.VERDICT, judging.give_verdict(rest[1]))
    elif kind == "reveal":
        with suppress(UserError):
            say(session, method_id, Act.REVEAL, judging.reveal, rest[1])
    elif kind == "adjudicate":
        with suppress(UserError):
            adjudicate(session, method_id, Adjudication(rest[1]))
    elif kind == "take back":
        with suppress(UserError):
            retract_adjudication(session, method_id)
    elif kind == "forecast":
        say(session, method_id, Act.FORECAST, judging.set_forecast(rest[1]))
    elif kind == "rating":
        say(session, method_id, Act.RATING, lambda held: held.with_rating("scale", ConstraintRating(rest[1], "")))
    elif kind == "outcome":
        record_outcome(session, method_id, Outcome(rest[1], DAY.date()))
    elif table(store, "SELECT 1 FROM current_outcomes WHERE method_id = ?", (method_id,)):
        retract_outcome(session, method_id)


@settings(max_examples=int(os.environ.get("N", "30")), deadline=None)
@given(
    st.integers(2, 4),
    st.lists(st.tuples(st.integers(0, 3), _STEPS), min_size=4, max_size=24),
    st.permutations(range(4)),
    st.booleans(),
)
def test_stores_that_were_merged_in_any_order_hold_the_same(
    n: int, steps: list[tuple[int, Step]], order: list[int], in_chain: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        stores = [build_store(Path(folder), name=f"store-{i}.db") for i in range(n)]
        for i, store in enumerate(stores):
            import_text(store, NAMES[i % len(NAMES)], 1, i)
        for at_store, step in steps:
            perform(stores, at_store % n, step)
        both_ways(*(stores[i] for i in order if i < n), in_chain=in_chain)
        first = holds(stores[0])
        for store in stores[1:]:
            assert holds(store) == first
        imports = [table(store, "SELECT count(*) FROM imports") for store in stores]
        both_ways(*stores, in_chain=not in_chain)
        for store, before in zip(stores, imports, strict=True):
            assert holds(store) == first
            assert table(store, "SELECT count(*) FROM imports") == before
            is_whole(store)
            with store.write() as connection:
                rebuild(connection)
            assert holds(store) == first
            store.close()


@pytest.fixture
def ours(tmp_path: Path) -> Store:
    return build_store(tmp_path, record("p1"), record("p2"), name="ours.db")


@pytest.fixture
def theirs(tmp_path: Path) -> Store:
    return build_store(tmp_path, name="theirs.db")


def take(ours: Store, theirs: Store) -> Merged:
    return merge(ours.path, theirs.path)


def test_what_the_other_store_has_comes_with_its_numbers_and_says_where_it_was_read(ours: Store, theirs: Store) -> None:
    import_records(
        theirs,
        record("p9", measurements=(measured(0.7, seeds=(), n_seeds=3), measured(0.4, "math"))),
        record("b", Role.BASELINE, measurements=(measured(0.2),)),
        now=moment(0),
    )
    done = take(ours, theirs)
    assert done.methods.new == {Role.PROPOSAL: 1, Role.BASELINE: 1}
    columns = "file, sha256, place, raw, body, recorded_at, content_hash"
    sql = f"SELECT {columns} FROM revisions WHERE method_id = (SELECT id FROM methods WHERE external_id = 'p9')"
    assert table(ours, sql) == table(theirs, sql)
    (row, *_) = list_imports(ours.connection())
    assert (row.source, row.path, row.state, row.new) == ("merge", str(theirs.path), "complete", 2)
    assert table(ours, "SELECT rowid FROM search_index WHERE search_index MATCH 'p9'")
    is_whole(ours)


def test_of_two_texts_both_are_kept_and_the_later_one_counts_on_both_sides(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p1", body="Another body.", title="Renamed"), now=moment(1))
    judge(build_session(ours), 1)
    done = take(ours, theirs)
    take(theirs, ours)
    assert (done.methods.changed, done.methods.differing, done.methods.showing_theirs) == (1, 1, 1)
    shown = "SELECT m.title, r.body, m.revisions FROM methods m JOIN revisions r ON r.id = m.revision_id WHERE m.id = 1"
    assert table(ours, shown) == table(theirs, shown) == [("Renamed", "Another body.", 2)]
    judged = table(ours, "SELECT r.body FROM current_judgements j JOIN revisions r ON r.id = j.revision_id")
    assert judged == [("Body of p1.",)]


def test_a_text_that_an_import_brought_back_counts_there_too(ours: Store, theirs: Store) -> None:
    import_records(ours, record("p1", body="Another body."), now=moment(1))
    import_records(ours, record("p1"), now=moment(2))
    import_records(theirs, record("p1", body="Another body."), now=moment(1))
    take(theirs, ours)
    take(ours, theirs)
    sql = "SELECT body FROM revisions r JOIN methods m ON m.revision_id = r.id WHERE external_id = 'p1'"
    assert table(theirs, sql) == table(ours, sql) == [("Body of p1.",)]
    assert take(theirs, ours).brought == 0


def test_where_a_clock_went_back_between_imports_the_same_text_counts_in_the_end(ours: Store, theirs: Store) -> None:
    import_records(ours, record("p1", body="Another body."), now=moment(5))
    import_records(ours, record("p1"), now=moment(1))
    sql = "SELECT body FROM revisions r JOIN methods m ON m.revision_id = r.id WHERE external_id = 'p1'"
    assert table(ours, sql) == [("Body of p1.",)]
    take(theirs, ours)
    assert take(ours, theirs).methods.changed == 1
    assert table(theirs, sql) == table(ours, sql) == [("Another body.",)]
    assert (take(ours, theirs).methods.changed, take(theirs, ours).methods.changed) == (0, 0)
    is_whole(ours)


def test_remarks_come_and_the_later_one_counts(ours: Store, theirs: Store) -> None:
    first = record("p1").provenance
    for store, text, day in ((ours, "Once", "2026-01-01"), (theirs, "Later", "2026-01-02")):
        remark = Remark("run-1", "r1", "weak_to_strong", RemarkKind.COMMENT, text, first, created_at=day)
        with store.write() as connection:
            if store is theirs:
                save_problem(connection, PROBLEM, moment(0))
            import_id = begin_import(connection, "native", "x.jsonl", {}, moment(0))
            recording.record_remark(connection, 1, remark, import_id=import_id, now=moment(0))
    assert take(ours, theirs).remarks["changed"] == 1
    assert take(theirs, ours).remarks["unchanged"] == 1
    assert table(ours, "SELECT text FROM remarks") == table(theirs, "SELECT text FROM remarks") == [("Later",)]


def test_a_merge_can_be_withdrawn_and_what_was_judged_since_stays(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p8"), record("p9"), record("p1", body="Another body."), now=moment(1))
    take(ours, theirs)
    ((p9,),) = table(ours, "SELECT id FROM methods WHERE external_id = 'p9'")
    judge(build_session(ours), p9)
    (row, *_) = list_imports(ours.connection())
    withdraw_import(ours, row.id, moment(5))
    names = table(ours, "SELECT external_id FROM methods ORDER BY 1")
    assert names == [("p1",), ("p2",), ("p9",)]
    assert table(ours, "SELECT body FROM revisions r JOIN methods m ON m.revision_id = r.id WHERE m.id = 1") == [
        ("Body of p1.",)
    ]
    is_whole(ours)


def test_events_of_one_reviewer_on_two_machines_are_all_taken_in_turn(tmp_path: Path, ours: Store) -> None:
    kim = build_session(ours)
    judge(at(kim, 0), 1, Verdict.FAILS)
    ours.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(ours.path, tmp_path / "laptop.db")
    laptop = Store(tmp_path / "laptop.db")
    judge(at(kim, 10), 1, Verdict.SURVIVES)
    judge(at(kim, 30), 1, Verdict.CANNOT_TELL)
    there = build_session(laptop)
    for minutes, verdict in ((5, Verdict.CONDITIONAL), (20, Verdict.FAILS)):
        judge(at(there, minutes), 1, verdict)
    assert take(ours, laptop).people.events == 2
    take(laptop, ours)
    assert holds(ours) == holds(laptop)
    told = [each.snapshot.verdict for each in history(ours.connection(), 1, kim.reviewer_id)]
    assert told == [Verdict.FAILS, Verdict.CONDITIONAL, Verdict.SURVIVES, Verdict.FAILS, Verdict.CANNOT_TELL]
    assert judging.undo(at(build_session(ours), 40)) is not None
    is_whole(ours)


def test_undo_after_a_merge_lets_stand_what_oneself_had_said_on_the_other_machine(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p1"))
    judge(at(build_session(ours), 0), 1, Verdict.FAILS)
    judge(at(build_session(theirs), 5), 1, Verdict.SURVIVES)
    take(ours, theirs)
    kim = at(build_session(ours), 10)
    assert held(kim, 1).verdict is Verdict.SURVIVES
    judging.undo(kim)
    assert held(kim, 1).verdict is Verdict.FAILS
    judging.redo(kim)
    assert held(kim, 1).verdict is Verdict.SURVIVES
    judging.undo(kim)
    judging.undo(kim)
    assert held(kim, 1).verdict is None
    assert judging.undo(kim) is None
    is_whole(ours)


def test_what_was_done_here_since_a_merge_is_undone_first_whatever_the_other_clock_says(
    ours: Store, theirs: Store
) -> None:
    import_records(theirs, record("p1"), record("p2"))
    judge(at(build_session(theirs), 500), 1)
    take(ours, theirs)
    kim = at(build_session(ours), 10)
    judge(kim, 2, Verdict.FAILS)
    done = judging.undo(kim)
    assert done is not None
    assert [event.method_id for event in done.events] == [2]


def test_reviewers_of_one_name_are_one_person_which_is_told(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p1"))
    judge(build_session(ours), 1)
    judge(build_session(theirs), 1, Verdict.FAILS)
    judge(build_session(theirs, "noor"), 1)
    done = take(ours, theirs)
    assert done.same_names == ("kim",)
    assert table(ours, "SELECT name FROM reviewers ORDER BY 1") == [("kim",), ("noor",)]
    assert table(ours, "SELECT count(*) FROM annotations") == [(3,)]


def test_another_target_of_the_same_version_stays_and_is_told(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p1"))
    write_target(build_session(ours), 1, Target("Ours.", "", "", "", "", "", ""))
    write_target(build_session(theirs), 1, Target("Theirs.", "", "", "", "", "", ""))
    done = take(ours, theirs)
    assert len(done.people.differing) == 1
    assert "target" in done.people.differing[0]
    assert table(ours, "SELECT criterion FROM targets WHERE version = 1") == [("Ours.",)]


def test_protocols_and_told_settings_come(ours: Store, theirs: Store) -> None:
    import_records(ours, record("p3", measurements=(measured(),)))
    import_records(theirs, record("p3", measurements=(measured(),)))
    tell(theirs, choose_problem(theirs, None), settings=parse_settings("lab"), directions={}, aliases={})
    with theirs.write() as connection:
        set_protocol(connection, 1, Protocol.OPEN, set_by="kim", now=moment(1))
    told = take(ours, theirs).people.settled
    assert [each.protocol for each in protocol_history(ours.connection())] == [Protocol.OPEN]
    assert any("is judged open from now on" in sentence and "it was blind here" in sentence for sentence in told)
    assert take(ours, theirs).people.settled == []
    assert table(ours, "SELECT DISTINCT setting FROM measurements") == [("lab",)]


def test_a_dry_run_says_the_same_and_writes_nothing(ours: Store, theirs: Store) -> None:
    import_records(theirs, record("p1"), record("p9"))
    judge(build_session(theirs), 1)
    before = contents(ours.path)
    told = merge(ours.path, theirs.path, dry_run=True)
    assert differences(before, contents(ours.path)) == ()
    assert told == replace(take(ours, theirs), path=told.path)


class _CutOffError(Exception):
    pass


@pytest.mark.parametrize("after", [1, 2])
def test_a_merge_that_is_cut_off_completes_when_it_is_run_again(ours: Store, theirs: Store, after: int) -> None:
    import_records(theirs, *(record(f"q{n}") for n in range(450)))
    judge(build_session(theirs), 7)
    told = 0

    def stop(doing: str, done: int, total: int) -> None:
        nonlocal told
        told += 1
        if told >= after:
            raise _CutOffError

    with pytest.raises(_CutOffError):
        merge(ours.path, theirs.path, progress=stop)
    assert [row.state for row in list_imports(ours.connection())] == ["interrupted", "complete"]
    assert table(ours, "SELECT count(*) FROM methods") == [(2 + 200 * after,)]
    done = take(ours, theirs)
    assert (done.methods.new[Role.PROPOSAL], done.people.events) == (450 - 200 * after, 1)
    row, cut_off, _ = list_imports(ours.connection())
    assert (row.state, cut_off.completed_by) == ("complete", row.id)
    is_whole(ours)


def test_what_can_be_none_to_take_from_is_told_in_a_sentence(tmp_path: Path, ours: Store) -> None:
    def refused(other: Path) -> str:
        with pytest.raises(UserError) as told:
            merge(ours.path, other)
        return str(told.value)

    assert "There is no store at" in refused(tmp_path / "none.db")
    assert "is the store itself" in refused(ours.path)
    (tmp_path / "link.db").symlink_to(ours.path)
    assert "is the store itself" in refused(tmp_path / "link.db")
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE t (x)")
    assert "not a store of reviewer" in refused(tmp_path / "foreign.db")
    (tmp_path / "text.db").write_text("no database at all, but long enough to be looked at as one")
    assert "not a SQLite database" in refused(tmp_path / "text.db")
    newer = build_store(tmp_path, record("p1"), name="newer.db")
    newer.connection().execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    newer.close()
    assert "newer reviewer" in refused(tmp_path / "newer.db")


def test_a_damaged_store_is_told_and_this_one_is_not_taken_for_it(tmp_path: Path, ours: Store, theirs: Store) -> None:
    import_records(theirs, *(record(f"q{n}", body="long " * 500) for n in range(200)))
    theirs.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    theirs.close()
    data = bytearray(theirs.path.read_bytes())
    data[5 * 16384 : 9 * 16384] = bytes(4 * 16384)
    theirs.path.write_bytes(data)
    with pytest.raises(UserError, match=r"theirs\.db is damaged"):
        take(ours, theirs)
    judge(build_session(ours), 1)


def test_a_store_of_an_older_version_is_taken_from_and_stays_as_it_is(tmp_path: Path, ours: Store) -> None:
    create_file(tmp_path / "older.db")
    older = Store(tmp_path / "older.db")
    make_as_of(older, 9)
    import_records_of_nine(older)
    older.close()
    before = older.path.read_bytes()
    done = merge(ours.path, older.path)
    assert done.methods.new == {Role.PROPOSAL: 1}
    assert done.people.events == 1
    assert older.path.read_bytes() == before
    assert [path.name for path in tmp_path.glob("older.db*") if "backup" in path.name] == []
    is_whole(ours)


def import_records_of_nine(store: Store) -> None:
    """A proposal and an event as reviewers of the ninth schema wrote them."""
    method_id = revision_id = 1
    import_as_it_was_then(store, old="proposal")
    with store.write() as connection:
        connection.execute(
            "INSERT INTO reviewers (id, uuid, name, created_at) VALUES (1, 'w1', 'lee', ?)", (moment(0),)
        )
        connection.execute(
            "INSERT INTO annotations (uuid, act, kind, reviewer_id, method_id, revision_id, rubric, snapshot, visible, "
            "seconds, created_at) VALUES ('e1', 'a1', 'verdict', 1, ?, ?, 'test/1', ?, '{}', 3.0, ?)",
            (
                method_id, revision_id,
                '{"verdict": "fails", "condition": "", "next_experiment": "", "forecast": null, "ratings": {}, '
                '"rationale": "", "tags": [], "flagged": false, "skipped": false}',
                moment(0),
            ),
        )  # fmt: skip


def test_a_store_that_somebody_keeps_locked_is_told(
    ours: Store, theirs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_records(theirs, record("p9"))
    theirs.close()
    with closing(sqlite3.connect(theirs.path, isolation_level=None)) as keeping:
        keeping.execute("PRAGMA journal_mode = DELETE")
        keeping.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(
            "reviewer.store.connection.connect.__kwdefaults__", {"readonly": False, "busy_timeout": 0.1}
        )
        with pytest.raises(UserError, match=r"theirs\.db is locked"):
            take(ours, theirs)
