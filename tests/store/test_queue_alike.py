"""What is alike stands together in every order and under every filter, page by page, and sightings are not there."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.domain.queue import QueueFilter, QueueRow, Sort
from reviewer.domain.vocabulary import Act, Protocol, Status, Verdict
from reviewer.store import queue
from reviewer.store.problems import counts
from reviewer.workflow import browsing
from reviewer.workflow.browsing import Asked
from reviewer.workflow.grouping import group_all
from reviewer.workflow.judging import set_flag, set_forecast
from reviewer.workflow.permalinks import find_proposal_at
from reviewer.workflow.queue_drawing import draw_queue
from reviewer.workflow.session import Session
from tests.builders import act, build_session, build_store, judge, method_ids, table
from tests.workflow.alike_stores import idea
from tests.workflow.sealed_stores import put_under

AGENTS = ("agent-2", "Agent-1", "", "agent-10")


@pytest.fixture(scope="module")
def kim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Sixty records of ten ideas: of each two say the same to the letter, and the others stand together."""
    records = [
        idea(
            f"p{i:02}",
            about=i % 10,
            times=i // 20,
            value=(i % 7) / 10 if i // 20 else 0.5,
            agent=AGENTS[i % 4] if i // 20 else "",
            namespace=f"run-{i // 10}",
        )
        for i in range(60)
    ]
    store = build_store(tmp_path_factory.mktemp("alike"), *records)
    group_all(store)
    session, noor = build_session(store), build_session(store, "noor")
    hidden = {i for (i,) in table(store, "SELECT id FROM sightings")}
    assert len(hidden) >= 10
    for place, i in enumerate(i for i in method_ids(store) if i not in hidden):
        if place % 3 == 0:
            judge(session, i, list(Verdict)[place % 4])
        if place % 4 == 0:
            act(session, i, Act.FLAG, set_flag(True))
        if place % 5 == 0:
            act(noor, i, Act.FORECAST, set_forecast(place / 60))
    yield session
    store.close()


FILTERS = st.builds(
    QueueFilter,
    status=st.sampled_from([None, None, *Status]),
    verdict=st.sampled_from([None, None, None, *Verdict]),
    agent=st.sampled_from(["", "", "agent-1"]),
    flagged=st.sampled_from([False, False, True]),
    text=st.sampled_from(["", "", "idea number 3", "number"]),
)


def whole(session: Session, asked: QueueFilter, sort: Sort) -> list[QueueRow]:
    return list(queue.first_page(session.store.connection(), 1, session.reviewer_id, asked, sort, 10_000).rows)


@settings(max_examples=150, deadline=None)
@given(asked=FILTERS, sort=st.sampled_from(Sort), limit=st.integers(1, 25))
def test_pages_forward_and_backward_are_the_whole_queue(
    kim: Session, asked: QueueFilter, sort: Sort, limit: int
) -> None:
    connection, rows = kim.store.connection(), whole(kim, asked, sort)
    assert queue.count_queue(connection, 1, kim.reviewer_id, asked) == len(rows)
    for forward in (True, False):
        page = queue.first_page(connection, 1, kim.reviewer_id, asked, sort, limit, last=not forward)
        walked = list(page.rows)
        while page.more_after if forward else page.more_before:
            key = walked[-1].key if forward else walked[0].key
            page = queue.page_beside(connection, 1, kim.reviewer_id, asked, sort, limit, key, forward=forward)
            assert page.rows, "more was promised"
            walked = [*walked, *page.rows] if forward else [*page.rows, *walked]
            assert len(walked) <= len(rows), "it goes round in circles"
        assert walked == rows


@settings(max_examples=100, deadline=None)
@given(asked=FILTERS, sort=st.sampled_from(Sort))
def test_those_that_are_alike_stand_under_the_first_of_them(kim: Session, asked: QueueFilter, sort: Sort) -> None:
    rows = whole(kim, asked, sort)
    heads = dict(table(kim.store, "SELECT id, head_id FROM alike"))
    hidden = {i for (i,) in table(kim.store, "SELECT id FROM sightings")}
    assert not hidden & {row.method_id for row in rows}
    assert len({row.method_id for row in rows}) == len(rows)
    groups: list[list[QueueRow]] = []
    for row in rows:
        if row.under:
            groups[-1].append(row)
        else:
            groups.append([row])
    for group in groups:
        same = {heads.get(row.method_id, -row.method_id) for row in group}
        assert len(same) == 1
        assert {row.alike for row in group} == {len(group) if len(group) > 1 else 0}
        assert {row.key for row in group} == {group[0].key}
    of_groups = [heads[g[0].method_id] for g in groups if g[0].method_id in heads]
    assert len(of_groups) == len(set(of_groups)), "a group stands in one place"


def test_a_group_stands_where_its_first_one_stands_in_the_order(kim: Session) -> None:
    by_title = [row.title for row in whole(kim, QueueFilter(), Sort.TITLE)]
    assert by_title == sorted(by_title)
    newest = [row for row in whole(kim, QueueFilter(), Sort.NEWEST) if not row.under]
    assert [row.method_id for row in newest] == sorted((row.method_id for row in newest), reverse=True)
    oldest = [row for row in whole(kim, QueueFilter(), Sort.IMPORTED) if not row.under]
    assert [row.method_id for row in oldest] == sorted(row.method_id for row in oldest)


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("limit", [2, 7, 50])
def test_a_page_around_any_of_a_group_has_all_of_it_in_its_place(kim: Session, sort: Sort, limit: int) -> None:
    rows = whole(kim, QueueFilter(), sort)
    asked = Asked(1, QueueFilter(), sort)
    for row in rows:
        page = browsing.page_around(kim, asked, limit, row.method_id)
        assert page is not None
        start = rows.index(page.rows[0])
        assert list(page.rows) == rows[start : start + len(page.rows)]
        assert row in page.rows
        assert page.more_before == (start > 0)


def test_a_drawn_queue_has_no_sightings_and_keeps_groups_together(kim: Session) -> None:
    draw = draw_queue(kim, 1)
    rows = queue.first_page(
        kim.store.connection(), 1, kim.reviewer_id, QueueFilter(), Sort.PRIORITY, 1_000, draw=draw
    ).rows
    assert {r.method_id for r in rows} == {r.method_id for r in whole(kim, QueueFilter(), Sort.IMPORTED)}
    assert any(row.under for row in rows)


def test_counts_count_what_was_met_twice_once(kim: Session) -> None:
    n = counts(kim.store.connection(), 1, kim.reviewer_id)
    assert n.proposals + n.sightings == 60
    assert n.proposals == len(whole(kim, QueueFilter(), Sort.IMPORTED))


def test_a_sighting_is_found_as_the_proposal_that_was_met(kim: Session) -> None:
    ((other, first),) = table(kim.store, "SELECT id, first_id FROM sightings ORDER BY id LIMIT 1")
    ((uuid, namespace, external_id),) = table(
        kim.store, "SELECT uuid, namespace, external_id FROM methods WHERE id = ?", (other,)
    )
    for name in (uuid, uuid[-12:], f"{namespace}/{external_id}"):
        assert find_proposal_at(kim.store, name) == (1, first)
    assert browsing.find_proposal(kim, uuid) == (first, 1)


def test_pages_stay_a_look_up_however_many_stand_elsewhere(kim: Session) -> None:
    """No step goes over all methods, sightings or groups: each is asked by an index."""
    connection = kim.store.connection()
    seen: list[str] = []
    connection.set_trace_callback(seen.append)
    for sort in Sort:
        queue.first_page(connection, 1, kim.reviewer_id, QueueFilter(), sort, 20)
    connection.set_trace_callback(None)
    asked = [sql for sql in seen if sql.startswith("SELECT")]
    assert any("alike" in sql for sql in asked)
    for sql in asked:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
        scans = [step for step in plan if step.startswith("SCAN") and "VIRTUAL" not in step and "CONSTANT" not in step]
        assert [s for s in scans if s.split()[1] in ("a", "alike", "sightings", "m") and "INDEX" not in s] == [], sql


def test_what_is_covered_is_covered_of_those_alike_too(kim: Session, tmp_path_factory: pytest.TempPathFactory) -> None:
    from reviewer.store.alike import alike_to

    store = build_store(
        tmp_path_factory.mktemp("sealed"),
        idea("p1", agent="agent-9", title="Idea of agent-9"),
        idea("p2", times=1, agent="agent-9", title="Idea of agent-9"),
    )
    group_all(store)
    put_under(store, Protocol.SEALED)
    noor = build_session(store, "noor")
    (mate,) = alike_to(store.connection(), 1, 1, noor.reviewer_id)
    assert "agent-9" not in mate.title
    store.close()
