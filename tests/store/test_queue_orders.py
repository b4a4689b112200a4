"""The orders of the queue in every protocol: whole however one walks them, and nothing in them that may not be seen."""

import sqlite3
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import pytest

from reviewer.domain.queue import QueueFilter, QueueRow, Sort
from reviewer.domain.vocabulary import Act, Protocol, Stage, Status, Verdict
from reviewer.store import assignments, queue, queue_draws, queue_orders, queue_rows
from reviewer.store.connection import Store
from reviewer.store.pace import judged_by_day
from reviewer.store.problems import counts
from reviewer.store.protocols import set_protocol
from reviewer.store.queue_draws import DrawnPlace
from reviewer.workflow.judging import perform, set_forecast
from reviewer.workflow.session import Session
from tests.builders import NOW, act, build_session, build_store, context, judge, measured, method_ids, record
from tests.workflow.sealed_stores import go_on, go_through, put_under, sealed_store

SIZE = 24


def built(tmp_path: Path, name: str = "reviewer.db") -> tuple[Store, Session]:
    """A store in which kim has judged every third proposal, and two others whatever they like."""
    claims = [(i * 7 % 11) / 10 for i in range(SIZE)]
    store = build_store(
        tmp_path,
        *(
            record(
                f"p{i:02}",
                title=f"{'even' if i % 2 else 'odd'} {i * 5 % 7}",
                agent=f"agent-{i % 4}",
                measurements=(measured(claims[i]),) if i % 5 else (),
            )
            for i in range(SIZE)
        ),
        name=name,
    )
    return store, build_session(store)


def judged_by_all(store: Store, kim: Session) -> list[int]:
    """Have kim judge a third and others half of the proposals; return their row ids."""
    ids, verdicts = method_ids(store), list(Verdict)
    for i, method_id in enumerate(ids):
        if i % 3 == 0:
            act(kim, method_id, Act.FORECAST, set_forecast(i / SIZE))
            judge(kim, method_id, verdicts[i % 4])
    judged_by_others(store, ids, 1)
    return ids


def judged_by_others(store: Store, ids: Sequence[int], turn: int) -> None:
    verdicts = list(Verdict)
    for n, name in enumerate(("noor", "ana")):
        other = build_session(store, name)
        for i, method_id in enumerate(ids):
            if (i + n * turn) % 2 == 0:
                act(other, method_id, Act.FORECAST, set_forecast((i * 5 * turn % 19) / 20))
                judge(other, method_id, verdicts[(i + n + turn) % 4])


def held(store: Store, protocol: Protocol) -> None:
    with store.write() as connection:
        set_protocol(connection, 1, protocol, set_by="kim", now=NOW)


def drawn(store: Store, kim: Session, ids: Sequence[int]) -> int:
    """Keep a drawing of some proposals, one that is done before the others."""
    places = [DrawnPlace(place - 1, method_id, False, 0.5) for place, method_id in enumerate(ids[3:15:2])]
    with store.write() as connection:
        return queue_draws.keep_drawing(
            connection, 1, kim.reviewer_id, seed=1, ranked_by="claim", share=0.15, of=9, last_method=ids[-1],
            places=places, now=NOW,
        )  # fmt: skip


def assigned(store: Store, kim: Session, ids: Sequence[int]) -> None:
    for work in (ids[:6], ids[4:9][::-1]):
        with store.write() as connection:
            assignments.add_round(
                connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
                work={"kim": work}, made_by="ana", now=NOW,
            )  # fmt: skip


FILTERS = [
    QueueFilter(),
    QueueFilter(status=Status.TO_DO),
    QueueFilter(assigned=True),
    QueueFilter(disagreed=True),
    QueueFilter(assigned=True, disagreed=True, text="odd"),
    QueueFilter(text="even"),
]


def whole(kim: Session, asked: QueueFilter, sort: Sort, draw: int | None, kept: Sequence[int] = ()) -> list[QueueRow]:
    connection = kim.store.connection()
    return list(queue.first_page(connection, 1, kim.reviewer_id, asked, sort, 1000, kept=kept, draw=draw).rows)


@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
@pytest.mark.parametrize("protocol", list(Protocol))
def test_every_order_is_whole_however_one_walks_it(
    tmp_path: Path, protocol: Protocol, monkeypatch: pytest.MonkeyPatch, *, many: bool
) -> None:
    """Every order, filter and page size, forward and backward; with many found, and with few."""
    if many:
        monkeypatch.setattr(queue_orders, "SORTED_AT_MOST", 2)
        monkeypatch.setattr(queue_rows, "SORTED_AT_MOST", 2)
    store, kim = built(tmp_path)
    ids = judged_by_all(store, kim)
    held(store, protocol)
    draw = drawn(store, kim, ids)
    assigned(store, kim, ids)
    connection, me = store.connection(), kim.reviewer_id
    for asked, sort, kept in product(FILTERS, Sort, ((), (ids[0], ids[1]))):
        rows = whole(kim, asked, sort, draw, kept)
        found = [row.method_id for row in rows]
        assert len(set(found)) == len(found)
        assert set(found) == {row.method_id for row in whole(kim, asked, Sort.IMPORTED, draw, kept)}
        assert queue.count_queue(connection, 1, me, asked, kept=kept) == len(rows)
        for limit, forward in product((1, 4, 7), (True, False)):
            page = queue.first_page(connection, 1, me, asked, sort, limit, kept=kept, draw=draw, last=not forward)
            walked = list(page.rows)
            while page.more_after if forward else page.more_before:
                key = walked[-1].key if forward else walked[0].key
                page = queue.page_beside(
                    connection, 1, me, asked, sort, limit, key, forward=forward, kept=kept, draw=draw
                )
                assert page.rows
                walked = [*walked, *page.rows] if forward else [*page.rows, *walked]
            assert walked == rows
        for row in rows[:3]:
            is_assigned = asked.assigned
            assert queue.queue_row(connection, 1, me, sort, row.method_id, draw=draw, assigned=is_assigned) == row
    store.close()


def test_what_is_drawn_comes_first_in_its_order_and_the_rest_by_claim(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    ids = method_ids(store)
    draw = drawn(store, kim, ids)
    found = [row.method_id for row in whole(kim, QueueFilter(), Sort.PRIORITY, draw)]
    by_claim = [row.method_id for row in whole(kim, QueueFilter(), Sort.CLAIM, None)]
    assert found[:6] == ids[3:15:2]
    assert found[6:] == [method_id for method_id in by_claim if method_id not in found[:6]]
    judge(kim, ids[5])
    assert [row.method_id for row in whole(kim, QueueFilter(), Sort.PRIORITY, draw)] == found


def test_what_is_assigned_comes_in_the_order_of_its_last_round(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    ids = method_ids(store)
    assigned(store, kim, ids)
    found = [row.method_id for row in whole(kim, QueueFilter(assigned=True), Sort.PRIORITY, None)]
    assert found == [*ids[:4], *ids[4:9][::-1]]
    noor = build_session(store, "noor")
    assert whole(noor, QueueFilter(assigned=True), Sort.PRIORITY, None) == []


def test_the_widest_disagreement_comes_first_of_what_may_be_seen(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    ids = method_ids(store)
    noor = build_session(store, "noor")
    for place, (mine, theirs) in enumerate([(0.5, 0.5), (0.2, 0.4), (0.1, 0.9), (None, 0.1)]):
        for session, forecast in ((kim, mine), (noor, theirs)):
            if forecast is not None:
                act(session, ids[place], Act.FORECAST, set_forecast(forecast))
                judge(session, ids[place])
    first = [ids[2], ids[1]]
    assert [row.method_id for row in whole(kim, QueueFilter(), Sort.DISAGREEMENT, None)] == [
        *first, *(method_id for method_id in ids if method_id not in first)
    ]  # fmt: skip
    assert [row.method_id for row in whole(kim, QueueFilter(disagreed=True), Sort.DISAGREEMENT, None)] == first
    ana = build_session(store, "ana")
    assert [row.method_id for row in whole(ana, QueueFilter(), Sort.DISAGREEMENT, None)] == ids
    assert whole(ana, QueueFilter(disagreed=True), Sort.DISAGREEMENT, None) == []
    held(store, Protocol.OPEN)
    assert [row.method_id for row in whole(ana, QueueFilter(disagreed=True), Sort.DISAGREEMENT, None)] == first


def test_a_row_that_agrees_now_stays_until_the_queue_is_put_in_order(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    first = method_ids(store)[0]
    judge(build_session(store, "noor"), first, Verdict.FAILS)
    judge(kim, first, Verdict.SURVIVES)
    assert len(whole(kim, QueueFilter(disagreed=True), Sort.NEWEST, None)) == 1
    judge(kim, first, Verdict.FAILS)
    assert len(whole(kim, QueueFilter(disagreed=True), Sort.NEWEST, None, kept=[first])) == 1
    assert whole(kim, QueueFilter(disagreed=True), Sort.NEWEST, None) == []


def test_in_the_blind_protocol_no_page_hangs_on_what_others_hold(tmp_path: Path) -> None:
    """Two stores that differ in others' judgements of what kim has not judged give the same pages and counts."""
    seen = []
    for turn in (1, 3):
        store, kim = built(tmp_path, f"{turn}.db")
        ids = method_ids(store)
        for i, method_id in enumerate(ids):
            if i % 3 == 0:
                judge(kim, method_id)
                judge(build_session(store, "noor"), method_id, list(Verdict)[i % 4])
        draw = drawn(store, kim, ids)
        judged_by_others(store, [m for i, m in enumerate(ids) if i % 3], turn)
        seen.append(
            [whole(kim, asked, sort, draw) for asked, sort in product(FILTERS, Sort)]
            + [queue.count_queue(store.connection(), 1, kim.reviewer_id, asked) for asked in FILTERS]
        )
        store.close()
    assert seen[0] == seen[1]
    assert any(seen[0])


def order_of(kim: Session, sort: Sort) -> list[int]:
    return [row.method_id for row in whole(kim, QueueFilter(), sort, None)]


@pytest.mark.parametrize("many", [False, True], ids=["few", "many"])
def test_what_is_sealed_stands_in_the_order_of_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, many: bool
) -> None:
    if many:
        monkeypatch.setattr(queue_orders, "SORTED_AT_MOST", 1)
    store, kim = built(tmp_path)
    held(store, Protocol.SEALED)
    ids = method_ids(store)
    assert all(order_of(kim, sort) == ids for sort in (Sort.CLAIM, Sort.AGENT, Sort.PRIORITY, Sort.DISAGREEMENT))
    by_claim = [row.method_id for row in sorted(whole(kim, QueueFilter(), Sort.IMPORTED, None), key=claim)]
    for method_id in by_claim[::5]:
        shown = context(kim, method_id, stage=Stage.EVIDENCE)
        perform(kim, method_id, Act.FORECAST, set_forecast(0.6), shown, words="60 %")
    seen = by_claim[::5]
    assert order_of(kim, Sort.CLAIM) == [*seen, *(method_id for method_id in ids if method_id not in seen)]
    assert order_of(kim, Sort.PRIORITY) == ids


def claim(row: QueueRow) -> tuple[float, int]:
    return (2.0 if row.claim is None else -row.claim, row.method_id)


def test_disagreement_is_walked_in_its_index_where_many_are_seen(tmp_path: Path) -> None:
    """A page of a million rows must cost what a page of twenty does."""
    store, kim = built(tmp_path)
    judged_by_all(store, kim)
    held(store, Protocol.OPEN)
    asked: list[str] = []
    connection = sqlite3.connect(store.path)
    key = whole(kim, QueueFilter(), Sort.DISAGREEMENT, None)[2].key
    assert key[0] == 0
    connection.set_trace_callback(asked.append)
    queue.page_beside(connection, 1, kim.reviewer_id, QueueFilter(), Sort.DISAGREEMENT, 100, key, forward=True)
    connection.set_trace_callback(None)
    plans = [
        [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
        for sql in asked
        if sql.startswith("SELECT m.id")
    ]
    connection.close()
    assert len(plans) == 3
    assert all("judgement_sums_by_width" in plan[0] for plan in plans[:2])
    assert not [step for plan in plans for step in plan if "TEMP B-TREE" in step]


def test_of_a_damaged_store_no_order_asks_what_follows_from_judgements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, kim = built(tmp_path)
    ids = judged_by_all(store, kim)
    draw = drawn(store, kim, ids)
    monkeypatch.setattr(queue_orders, "is_sparing", lambda _connection: True)
    assert [row.method_id for row in whole(kim, QueueFilter(), Sort.PRIORITY, draw)] == order_of(kim, Sort.CLAIM)
    assert order_of(kim, Sort.DISAGREEMENT) == ids


def test_what_is_judged_half_way_in_the_sealed_protocol_is_still_to_do(tmp_path: Path) -> None:
    store = sealed_store(tmp_path, record("p1"), record("p2"))
    kim = build_session(store)

    def to_do() -> list[int]:
        asked = QueueFilter(status=Status.TO_DO)
        page = queue.first_page(store.connection(), 1, kim.reviewer_id, asked, Sort.IMPORTED, 10)
        assert len(page.rows) == queue.count_queue(store.connection(), 1, kim.reviewer_id, asked)
        return [row.method_id for row in page.rows]

    def counted() -> tuple[int, int, int]:
        found = counts(store.connection(), 1, kim.reviewer_id)
        days = dict(judged_by_day(store.connection(), 1, kim.reviewer_id))
        assert sum(days.values()) == found.judged
        return found.judged, found.started, found.half_way

    go_through(kim, 1, (0.5,))
    assert (to_do(), counted()) == ([1, 2], (0, 1, 1))
    go_on(kim, 1, Stage.EVIDENCE)
    assert (to_do(), counted()) == ([1, 2], (0, 1, 1))
    go_on(kim, 1, Stage.OTHERS)
    assert (to_do(), counted()) == ([2], (1, 0, 0))
    go_through(kim, 2, (0.5,))
    assert (to_do(), counted()) == ([2], (1, 1, 1))
    put_under(store, Protocol.BLIND, now=NOW)
    assert (to_do(), counted()) == ([], (2, 0, 0)), "where it is not sealed any more a verdict is one"
