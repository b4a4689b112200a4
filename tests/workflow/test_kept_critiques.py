"""What was asked of Claude and what people did with it: kept, put back, merged and recovered."""

import gzip
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial, wraps
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.critiques import Usage
from reviewer.domain.identity import new_id
from reviewer.store.acts import anything_done, stamp_of_acts
from reviewer.store.backup import lacks_nothing_of
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Status, add_batch, set_status
from reviewer.store.critic_settings import CriticOffer, set_critic_offer
from reviewer.store.critique_marks import set_mark
from reviewer.store.critique_readings import note_reading
from reviewer.store.critiques import Ended, end
from reviewer.store.empty_file import PAGE_SIZE
from reviewer.store.health import examine_store
from reviewer.store.migrations import open_store
from reviewer.store.spending import Spent, spent_so_far, stop_spending, stopped_for
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow.kept_acts import keep_acts, keep_daily, restore
from reviewer.workflow.merging import merge
from reviewer.workflow.recovering import recover
from tests.attempts import HOSTILE, LATER, answered, failed, kept
from tests.builders import NOW, build_session, build_store, import_records, judge, record, table

ROWS = {
    "critiques": "SELECT c.uuid, m.external_id, r.content_hash, w.name, c.call, c.attempt, c.batch, c.rubric, "
    "c.constraints, c.template, c.template_hash, c.schema_hash, c.request_hash, c.proposal_hash, c.sent, c.removed, "
    "c.sdk, c.model_asked, c.effort, c.price, c.reserved, c.sent_at, c.state, c.failure, c.detail, c.status, "
    "c.message_id, c.request_id, c.model, c.stop_reason, c.category, c.raw, c.usage, c.spent, c.seconds, c.ended_at "
    "FROM critiques c JOIN methods m ON m.id = c.method_id JOIN revisions r ON r.id = c.revision_id "
    "JOIN reviewers w ON w.id = c.reviewer_id ORDER BY c.uuid",
    "readings": "SELECT x.uuid, c.uuid, w.name, x.judgement, x.shown_at, x.seconds FROM critique_readings x "
    "JOIN critiques c ON c.id = x.critique_id JOIN reviewers w ON w.id = x.reviewer_id ORDER BY x.uuid",
    "marks": "SELECT x.uuid, c.uuid, w.name, x.item, x.useful, x.at FROM critique_marks x "
    "JOIN critiques c ON c.id = x.critique_id JOIN reviewers w ON w.id = x.reviewer_id ORDER BY x.uuid",
    "offers": "SELECT uuid, locked, without_share, seed, set_by, set_at FROM critic_settings ORDER BY uuid",
    "batches": "SELECT uuid, api_id, requested_by, asked, max_usd, requests, made_at, status, status_at "
    "FROM critic_batches ORDER BY uuid",
    "stops": "SELECT uuid, reason, said_by, at FROM spending_stops ORDER BY uuid",
}


def held(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    return {name: table(store, sql) for name, sql in ROWS.items()}


def asked_store(folder: Path) -> Store:
    """A store in which Claude was asked in every way, and people did everything with it."""
    folder.mkdir(exist_ok=True)
    store = build_store(folder, record("p1"), record("p2"))
    kim, noor = build_session(store), build_session(store, "noor")
    judge(kim, 1)
    with store.write() as connection:
        first = kept(connection, answered())
        kept(connection, failed(spent=None), method_id=2, revision_id=2, reviewer_id=noor.reviewer_id)
        kept(connection, None, batch="batch-1", method_id=2, revision_id=2)
        set_critic_offer(connection, CriticOffer(False, 0.25, 7), set_by="kim", now=NOW)
        batch = new_id()
        add_batch(connection, batch, requested_by="kim", asked="all of w2s", most=5_000_000, now=NOW)
        set_status(connection, batch, Status.SENDING, NOW, was=(Status.PREPARING,))
        set_status(connection, batch, Status.IN_PROGRESS, NOW, was=(Status.SENDING,), api_id="msgbatch_1")
        add_batch(connection, new_id(), requested_by="kim", asked="all of it", most=1, now=NOW)
        stop_spending(connection, "the account is empty", said_by="kim", now=NOW)
        note_reading(connection, first, kim.reviewer_id, "event-1", NOW, 12.5)
        note_reading(connection, first, noor.reviewer_id, None, NOW, 0.0)
        set_mark(connection, first, kim.reviewer_id, "scale/0", True, NOW)
        set_mark(connection, first, kim.reviewer_id, "scale/0", None, LATER)
    return store


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    store = asked_store(tmp_path / "old")
    yield store
    store.close()


def fresh(tmp_path: Path, *names: str) -> Store:
    folder = tmp_path / "new"
    folder.mkdir()
    return build_store(folder, *map(record, names))


def test_all_of_it_comes_back_onto_a_new_import_and_twice_adds_nothing(old: Store, tmp_path: Path) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    new = fresh(tmp_path, "p2", "p1")  # so that every row id is another one
    done = restore(new.path, path)
    assert (done.critiques, done.critique_readings, done.critique_marks) == (3, 2, 2)
    assert (done.critic_settings, done.critic_batches, done.spending_stops) == (1, 2, 1)
    assert (done.left_out, done.differing) == (0, [])
    assert held(new) == held(old)
    assert all(held(new).values())
    before = list(new.connection().iterdump())
    again = restore(new.path, path)
    assert (again.said, again.left_out) == (0, 0)
    assert list(new.connection().iterdump()) == before
    assert examine_store(new.path).broken_references == 0


def test_what_it_cost_counts_in_the_store_that_it_is_put_back_into(old: Store, tmp_path: Path) -> None:
    new = fresh(tmp_path, "p1", "p2")
    build_session(new)
    with new.write() as connection:
        kept(connection, answered(spent=5))
    restore(new.path, keep_acts(old.path, tmp_path / "kept.gz").path)
    assert spent_so_far(new.connection(), NOW) == Spent(810_005, 810_005, 800_000, 4)
    assert stopped_for(new.connection()) == "the account is empty"


def test_an_end_that_was_heard_later_comes_to_an_attempt_that_is_there(old: Store, tmp_path: Path) -> None:
    new = fresh(tmp_path, "p1", "p2")
    early = keep_acts(old.path, tmp_path / "early.gz").path
    restore(new.path, early)
    with old.write() as connection:
        ((row_id,),) = connection.execute("SELECT id FROM critiques WHERE state = 'sent'").fetchall()
        end(connection, row_id, answered(raw="came days later", spent=7))
    assert restore(new.path, keep_acts(old.path, tmp_path / "late.gz").path).critiques == 1
    assert held(new) == held(old)
    assert restore(new.path, early).critiques == 0
    assert held(new) == held(old), "what is known is not forgotten again"


def test_of_a_proposal_or_text_that_is_not_there_it_waits_for_the_import(old: Store, tmp_path: Path) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    new = fresh(tmp_path, "p2")
    import_records(new, record("p1", body="Another text."))
    done = restore(new.path, path)
    assert (done.critiques, done.critique_readings, done.critique_marks) == (2, 0, 0)
    assert done.without_text == {"weak_to_strong/run-1/p1": 2}, "the judgement and the critique"
    import_records(new, record("p1"))
    assert restore(new.path, path).critiques == 1
    assert held(new) == held(old)


def change(path: Path, kind: str, how: Callable[[dict[str, Any]], object]) -> None:
    """Change the records of a kind in a file that was kept."""
    lines = list(map(json.loads, gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")))
    for line in lines:
        if line.get("type") == kind:
            how(line)
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reserved": 2**62},
        {"spent": 2**62},
        {"usage": '{"input": 1e400}'},
        {"usage": '{"input": 9223372036854775807}'},
        {"usage": '{"words": 5}'},
        {"usage": "[]"},
        {"constraints": '{"a": 1}'},
        {"constraints": "[7]"},
        {"sent_at": "yesterday"},
        {"ended_at": "2026-02-30T00:00:00.000Z"},
        {"seconds": float("inf")},
    ],
)
def test_an_attempt_that_no_reviewer_wrote_is_left_out_and_sums_stay_sums(
    old: Store, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    change(path, "critique", lambda line: line.update(wrong) if line["state"] == "answered" else None)
    new = fresh(tmp_path, "p1", "p2")
    done = restore(new.path, path)
    assert (len(done.unsound), done.critiques, done.critique_readings) == (1, 2, 0)
    assert spent_so_far(new.connection(), NOW).calls == 2


def test_another_attempt_of_the_same_number_and_a_look_without_a_time_are_left_out(old: Store, tmp_path: Path) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    new = fresh(tmp_path, "p1", "p2")
    restore(new.path, path)
    before = held(new)
    change(path, "critique", lambda line: line.update(uuid=f"other-{line['uuid']}"))
    change(path, "critique_reading", lambda line: line.update(uuid=f"other-{line['uuid']}", shown_at="noon"))
    done = restore(new.path, path)
    assert (len(done.unsound), done.said) == (5, 0)
    assert held(new) == before


def test_a_file_of_a_reviewer_that_knew_of_no_critiques_is_put_back(old: Store, tmp_path: Path) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    lines = list(map(json.loads, gzip.decompress(path.read_bytes()).decode().rstrip("\n").split("\n")))
    left = [line for line in lines if not str(line.get("type")).startswith(("critic", "critique", "spending"))]
    left[0]["format"], left[0]["stamp"] = 3, [*left[0]["stamp"][:10], left[0]["stamp"][-1]]
    left[-1]["records"] = len(left) - 2
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, left)).encode()))
    done = restore(fresh(tmp_path, "p1", "p2").path, path)
    assert (done.events, done.critiques, done.left_out) == (1, 0, 0)


def test_a_batch_goes_on_where_it_is_put_back_and_one_that_is_over_stays_so(old: Store, tmp_path: Path) -> None:
    new = fresh(tmp_path, "p1", "p2")
    early = keep_acts(old.path, tmp_path / "early.gz").path
    restore(new.path, early)
    ((uuid,),) = table(old, "SELECT uuid FROM critic_batches WHERE api_id IS NOT NULL")
    with old.write() as connection:
        assert set_status(connection, uuid, Status.COLLECTED, LATER, was=(Status.IN_PROGRESS,))
    with new.write() as connection:
        at = "2026-01-03T00:00:00.000Z"
        assert set_status(connection, uuid, Status.ENDED, at, was=(Status.IN_PROGRESS,))
    assert restore(new.path, keep_acts(old.path, tmp_path / "late.gz").path).critic_batches == 1
    assert held(new) == held(old)
    assert merge(old.path, new.path).people.critic_batches == restore(new.path, early).critic_batches == 0
    assert held(new) == held(old)


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "lost"},
        {"status_at": "noon"},
        {"made_at": "noon"},
        {"max_usd": 2**62},
        {"requests": -1},
        {"uuid": "another one of that name"},
    ],
)
def test_a_batch_that_no_reviewer_made_is_left_out(old: Store, tmp_path: Path, wrong: dict[str, Any]) -> None:
    path = keep_acts(old.path, tmp_path / "kept.gz").path
    new = fresh(tmp_path, "p1", "p2")
    if "uuid" in wrong:
        restore(new.path, path)
    before = held(new)["batches"]
    change(path, "critic_batch", lambda line: line.update(wrong) if line["api_id"] else None)
    done = restore(new.path, path)
    assert len(done.unsound) == 1
    assert held(new)["batches"] == before or len(held(new)["batches"]) == 1


def reserve_one(store: Store) -> None:
    with store.write() as connection:
        kept(connection, None)


def end_one(store: Store) -> None:
    with store.write() as connection:
        end(connection, 1, answered())


def look(store: Store) -> None:
    with store.write() as connection:
        note_reading(connection, 1, 1, None, NOW, 1.0)


def mark(store: Store) -> None:
    with store.write() as connection:
        set_mark(connection, 1, 1, "scale/0", True, NOW)


def offer(store: Store) -> None:
    with store.write() as connection:
        set_critic_offer(connection, CriticOffer(False), set_by="kim", now=NOW)


def prepare_batch(store: Store) -> None:
    with store.write() as connection:
        add_batch(connection, new_id(), requested_by="kim", asked="all", most=1, now=NOW)


def in_turn(*turns: tuple[Status, Status]) -> list[Callable[[Store], None]]:
    def turn(store: Store, was: Status, status: Status) -> None:
        with store.write() as connection:
            ((uuid,),) = connection.execute("SELECT uuid FROM critic_batches").fetchall()
            assert set_status(connection, uuid, status, LATER, was=(was,))

    return [wraps(turn)(partial(turn, was=was, status=status)) for was, status in turns]


def stop(store: Store) -> None:
    with store.write() as connection:
        stop_spending(connection, "the account is empty", said_by="kim", now=NOW)


def test_the_stamp_is_another_one_after_each_and_a_day_is_kept_for_it(tmp_path: Path) -> None:
    store = build_store(tmp_path, record())
    build_session(store)
    assert not anything_done(stamp_of_acts(store.connection()))
    now = datetime(2026, 3, 1, tzinfo=UTC)
    stamps = {stamp_of_acts(store.connection())}
    batch = in_turn(
        (Status.PREPARING, Status.SENDING),
        (Status.SENDING, Status.IN_PROGRESS),
        (Status.IN_PROGRESS, Status.ENDED),
        (Status.ENDED, Status.COLLECTED),
    )
    for n, happens in enumerate((reserve_one, end_one, look, mark, offer, stop, prepare_batch, *batch), 1):
        happens(store)
        stamp = stamp_of_acts(store.connection())
        assert stamp not in stamps, happens.__name__
        assert anything_done(stamp)
        stamps.add(stamp)
        day = now + timedelta(days=n)
        assert keep_daily(store, lambda day=day: day) is not None, happens.__name__  # type: ignore[misc]
        assert keep_daily(store, lambda day=day: day + timedelta(hours=20)) is None  # type: ignore[misc]
    assert keep_daily(store, lambda: now + timedelta(days=30)) is None, "nobody did anything since"
    store.close()


def test_critiques_of_another_store_come_by_their_ids_and_the_same_twice_is_one(old: Store, tmp_path: Path) -> None:
    ours = fresh(tmp_path, "p2", "p9")
    build_session(ours, "lee")
    with ours.write() as connection:
        kept(connection, answered(spent=5))
    mine = held(ours)["critiques"]
    done = merge(ours.path, old.path).people
    assert (done.critiques, done.critique_readings, done.critique_marks) == (3, 2, 2)
    assert (done.critic_settings, done.critic_batches, done.spending_stops) == (1, 2, 1)
    assert held(ours) | {"critiques": []} == held(old) | {"critiques": []}
    assert held(ours)["critiques"] == sorted([*mine, *held(old)["critiques"]])
    assert spent_so_far(ours.connection(), NOW).whole == spent_so_far(old.connection(), NOW).whole + 5
    again = merge(ours.path, old.path)
    assert again.brought == 0
    assert len(table(ours, "SELECT 1 FROM imports WHERE source = 'merge'")) == 1
    merge(old.path, ours.path)
    assert held(old) == held(ours)


def test_a_mark_alone_comes_too(old: Store, tmp_path: Path) -> None:
    ours = fresh(tmp_path, "p1")
    merge(ours.path, old.path)
    with old.write() as connection:
        set_mark(connection, 1, 1, "cost/1", False, LATER)
    done = merge(ours.path, old.path).people
    assert (done.said, done.critique_marks) == (1, 1)
    assert held(ours) == held(old)


_ENDED = st.none() | st.builds(
    Ended,
    failure=st.sampled_from(("", "overloaded", "refused")),
    ended_at=st.just(LATER),
    detail=HOSTILE,
    raw=HOSTILE,
    model=HOSTILE,
    stop_reason=HOSTILE,
    category=HOSTILE,
    message_id=HOSTILE,
    request_id=HOSTILE,
    status=st.none() | st.integers(100, 599),
    usage=st.none() | st.builds(Usage, *[st.integers(0, 10**9)] * 5),
    spent=st.none() | st.integers(0, 10**9),
    seconds=st.none() | st.floats(0, 10**6),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_ENDED, HOSTILE), min_size=1, max_size=4), HOSTILE, st.none() | HOSTILE)
def test_whatever_was_answered_comes_whole_by_every_way(
    attempts: list[tuple[Ended | None, str]], reason: str, judgement: str | None
) -> None:
    reason = reason.encode("utf-8", "replace").decode()
    judgement = judgement and judgement.encode("utf-8", "replace").decode()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old = build_store(folder, record("p1"), name="old.db")
        build_session(old)
        with old.write() as connection:
            for ended, sent in attempts:
                critique = kept(connection, ended, sent=sent)
                note_reading(connection, critique, 1, judgement, NOW, 1.0)
            stop_spending(connection, reason, said_by="kim", now=NOW)
        expected = held(old)
        restored, merged = (build_store(folder, record("p1"), name=f"{way}.db") for way in ("restored", "merged"))
        done = restore(restored.path, keep_acts(old.path, folder / "kept.gz").path)
        assert (done.critiques, done.left_out) == (len(attempts), 0)
        merge(merged.path, old.path)
        old.close()
        saved = open_store(recover(old.path, folder / "saved.db").path)
        for store in (restored, merged, saved):
            assert held(store) == expected
            store.close()


def lose(path: Path, name: str) -> None:
    """Overwrite the first page of a table."""
    with closing(Store(path)) as store:
        store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((root,),) = table(store, "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * PAGE_SIZE : root * PAGE_SIZE] = b"\xa5" * PAGE_SIZE
    path.write_bytes(raw)


def test_of_a_text_that_is_lost_the_critiques_are_put_aside_and_come_back(old: Store, tmp_path: Path) -> None:
    expected = held(old)
    old.close()
    lose(old.path, "revisions")
    saved = recover(old.path, tmp_path / "saved.db")
    assert saved.aside is not None
    assert saved.recovered.events_aside == 4, "the judgement, and three attempts"
    with closing(open_store(saved.path)) as store:
        assert [table(store, f"SELECT count(*) FROM {name}") for name in ("critiques", "critique_marks")] == [
            [(0,)]
        ] * 2
        import_records(store, record("p1"), record("p2"))
        done = restore(saved.path, saved.aside)
        assert (done.critiques, done.critique_readings, done.critique_marks, done.left_out) == (3, 2, 2, 0)
        assert held(store) == expected
    assert examine_store(saved.path).broken_references == 0


def test_where_critiques_are_lost_the_rest_is_whole(old: Store, tmp_path: Path) -> None:
    old.close()
    lose(old.path, "critiques")
    saved = recover(old.path, tmp_path / "saved.db")
    with closing(open_store(saved.path)) as store:
        found = {name: len(rows) for name, rows in held(store).items()}
        assert found == {"critiques": 0, "readings": 0, "marks": 0, "offers": 1, "batches": 2, "stops": 1}
        assert table(store, "SELECT count(*) FROM annotations") == [(1,)]
    counted = saved.recovered.of("critiques")
    assert (counted.known, counted.kept) == (3, 0), "indexes still name them"
    assert examine_store(saved.path).broken_references == 0


@pytest.mark.parametrize("ended", [None, answered(), failed()])
def test_a_proposal_of_which_claude_was_asked_is_not_withdrawn_with_its_import(
    tmp_path: Path, ended: Ended | None
) -> None:
    store = build_store(tmp_path, record("p1"), record("p2"))
    build_session(store)
    with store.write() as connection:
        kept(connection, ended)
    done = withdraw_import(store, 1, LATER)
    assert done is not None
    assert (done.gone, done.kept, done.kept_titles) == (1, 1, ("Title of p1",))
    assert table(store, "SELECT external_id FROM methods") == [("p1",)]
    assert examine_store(store.path).broken_references == 0
    store.close()


@pytest.mark.parametrize("happens", [reserve_one, look, mark, offer, stop, prepare_batch])
def test_a_copy_that_has_more_of_it_is_no_earlier_one(tmp_path: Path, happens: Callable[[Store], None]) -> None:
    store = asked_store(tmp_path)
    store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = Path(shutil.copy(store.path, tmp_path / "copy.db"))
    assert lacks_nothing_of(copy, store.path)
    with closing(Store(copy)) as other:
        happens(other)
    for suffix in ("-wal", "-shm"):
        assert not copy.with_name(copy.name + suffix).exists()
    assert not lacks_nothing_of(copy, store.path)
    store.close()
