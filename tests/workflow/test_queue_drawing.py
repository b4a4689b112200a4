"""Drawing a reviewer's queue: by what they may see, once, and again where that is due."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.judgement.drawing import RANDOM_SHARE
from reviewer.judgement.priority import worth
from reviewer.store import queue_draws
from reviewer.store.connection import Store
from reviewer.store.decisions import set_decision
from reviewer.store.protocols import set_protocol
from reviewer.workflow import queue_drawing
from reviewer.workflow.browsing import Asked, first_page
from reviewer.workflow.judging import give_verdict, perform, set_forecast, skip
from reviewer.workflow.queue_drawing import draw_queue, drawing_held
from reviewer.workflow.session import Session
from tests.builders import (
    NOW,
    act,
    build_session,
    build_store,
    context,
    import_records,
    judge,
    measured,
    method_ids,
    record,
    table,
)


def built(tmp_path: Path, n: int = 40, protocol: Protocol | None = None) -> tuple[Store, Session]:
    store = build_store(tmp_path, *(record(f"p{i:03}", measurements=(measured((i * 7 % n) / n),)) for i in range(n)))
    if protocol is not None:
        held(store, protocol)
    return store, build_session(store)


def held(store: Store, protocol: Protocol, when: str = NOW) -> None:
    with store.write() as connection:
        set_protocol(connection, 1, protocol, set_by="kim", now=when)


def forecast(session: Session, method_id: int, p: float) -> None:
    act(session, method_id, Act.FORECAST, set_forecast(p))
    judge(session, method_id)


def by_claim(session: Session) -> list[int]:
    return [row.method_id for row in first_page(session, Asked(1, QueueFilter(), Sort.CLAIM), 10_000).rows]


def places(store: Store, draw: int | None) -> list[tuple[int, int, int, float]]:
    return table(
        store,
        "SELECT place, method_id, by_chance, probability FROM queue_places WHERE draw_id = ? ORDER BY place",
        (draw,),
    )


def by_priority_alone(store: Store, draw: int | None) -> list[int]:
    """What was not drawn by chance, in its order."""
    return [method_id for _, method_id, by_chance, _ in places(store, draw) if not by_chance]


def in_order(found: Sequence[int], order: Sequence[int]) -> bool:
    return [order.index(each) for each in found] == sorted(order.index(each) for each in found)


def test_a_blind_queue_goes_by_claim_with_a_share_by_chance(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    noor = build_session(store, "noor")
    for method_id in method_ids(store)[::3]:
        forecast(noor, method_id, 0.5)
    draw = draw_queue(kim, 1, seed=3)
    found = places(store, draw)
    assert [place for place, *_ in found] == list(range(40))
    assert {method_id for _, method_id, *_ in found} == set(method_ids(store))
    assert in_order(by_priority_alone(store, draw), by_claim(kim))
    assert 0 < sum(by_chance for *_, by_chance, _ in found) < 20
    assert drawing_held(kim, 1) == draw
    (row,) = table(store, "SELECT seed, ranked_by, share, of, last_method FROM queue_draws")
    assert row == (3, "claim", RANDOM_SHARE, 40, method_ids(store)[-1])


@pytest.mark.parametrize("protocol", list(Protocol))
def test_the_probabilities_of_all_that_could_come_next_add_up_to_one(tmp_path: Path, protocol: Protocol) -> None:
    store, kim = built(tmp_path, 12, protocol)
    found = places(store, draw_queue(kim, 1, seed=5))
    share = 1.0 if protocol is Protocol.SEALED else RANDOM_SHARE
    for left, (_, _, by_chance, probability) in zip(range(12, 0, -1), found, strict=True):
        # Each of those left has the share of chance, and one of them what goes by priority as well.
        rest = share / left
        assert probability == pytest.approx(rest) or probability == pytest.approx(rest + 1 - share)
        assert by_chance or probability == pytest.approx(rest + 1 - share)
        assert left * rest + (1 - share) == pytest.approx(1)


def test_a_sealed_queue_is_of_chance_alone(tmp_path: Path) -> None:
    store, kim = built(tmp_path, 40, Protocol.SEALED)
    found = places(store, draw_queue(kim, 1, seed=3))
    assert all(by_chance for *_, by_chance, _ in found)
    assert [probability for *_, probability in found] == [pytest.approx(1 / left) for left in range(40, 0, -1)]


def test_an_open_queue_goes_by_what_one_more_review_is_worth(tmp_path: Path) -> None:
    store, kim = built(tmp_path, 40, Protocol.OPEN)
    noor, ana = build_session(store, "noor"), build_session(store, "ana")
    ids = method_ids(store)
    forecast(noor, ids[0], 0.5)
    forecast(noor, ids[1], 0.95)
    forecast(ana, ids[1], 0.97)
    order = by_priority_alone(store, draw_queue(kim, 1, seed=3))
    unjudged = [method_id for method_id in by_claim(kim) if method_id not in ids[:2]]
    assert worth(0, 0.0).priority > worth(1, 0.0).priority
    assert in_order(order, [*unjudged, ids[0], ids[1]])
    with store.write() as connection:
        set_decision(connection, 1, 0.97)
    order = by_priority_alone(store, draw_queue(kim, 1, again=True))
    assert in_order(order, [ids[1], *unjudged, ids[0]])


def test_what_is_done_is_not_drawn_and_what_is_started_is(tmp_path: Path) -> None:
    store, kim = built(tmp_path, 6)
    first, second, third, *rest = method_ids(store)
    judge(kim, first)
    act(kim, second, Act.SKIP, skip)
    act(kim, third, Act.FORECAST, set_forecast(0.2))
    found = {method_id for _, method_id, *_ in places(store, draw_queue(kim, 1))}
    assert found == {third, *rest}


def test_looked_at_again_it_is_the_same(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    draw = draw_queue(kim, 1)
    judge(kim, method_ids(store)[4])
    forecast(build_session(store, "noor"), method_ids(store)[5], 0.4)
    assert draw_queue(kim, 1) == draw
    assert draw_queue(kim, 1, again=True) == draw
    held(store, Protocol.OPEN)
    opened = draw_queue(kim, 1)
    assert opened != draw
    assert draw_queue(kim, 1) == opened
    assert draw_queue(kim, 1, again=True) == opened


def test_each_reviewer_has_a_drawing_of_their_own(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    noor = build_session(store, "noor")
    draws = draw_queue(kim, 1), draw_queue(noor, 1)
    assert (drawing_held(kim, 1), drawing_held(noor, 1)) == draws
    assert [row[1] for row in places(store, draws[0])] != [row[1] for row in places(store, draws[1])]


def test_what_came_in_since_is_drawn_with_another_seed_and_what_is_done_keeps_its_place(tmp_path: Path) -> None:
    store, kim = built(tmp_path)
    draw = draw_queue(kim, 1)
    first = [method_id for _, method_id, *_ in places(store, draw)][:3]
    for method_id in first:
        judge(kim, method_id)
    import_records(store, record("late", measurements=(measured(0.2),)))
    later = draw_queue(kim, 1)
    found = places(store, later)
    assert [method_id for _, method_id, *_ in found][:3] == first
    assert [place for place, *_ in found] == [*range(-3, 0), *range(38)]
    assert found[0][2:] == places(store, draw)[0][2:]
    seeds = table(store, "SELECT seed FROM queue_draws ORDER BY id")
    assert len(set(seeds)) == 2


def test_it_goes_on_where_everything_drawn_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue_drawing, "PLACES", 4)
    store, kim = built(tmp_path, 10)
    draw = draw_queue(kim, 1)
    drawn = [method_id for _, method_id, *_ in places(store, draw)]
    assert len(drawn) == 4
    for method_id in drawn:
        assert draw_queue(kim, 1) == draw
        judge(kim, method_id)
    found = places(store, draw_queue(kim, 1))
    assert [place for place, *_ in found] == [-4, -3, -2, -1, 4, 5, 6, 7]
    assert not {method_id for _, method_id, *_ in found[4:]} & set(drawn)
    assert len(set(table(store, "SELECT seed FROM queue_draws"))) == 1
    for _, method_id, *_ in found[4:]:
        judge(kim, method_id)
    left = places(store, draw_queue(kim, 1))
    assert len(left) == 8 + 2
    for method_id in method_ids(store):
        judge(kim, method_id)
    held_now = drawing_held(kim, 1)
    assert draw_queue(kim, 1) == held_now


def test_of_older_drawings_only_what_was_done_of_them_is_kept(tmp_path: Path) -> None:
    store, kim = built(tmp_path, 8)
    first = draw_queue(kim, 1)
    judge(kim, places(store, first)[0][1])
    for i in range(3):
        import_records(store, record(f"late{i}"))
        draw_queue(kim, 1)
    assert len(places(store, first)) == 1
    kept = table(store, "SELECT count(*) FROM queue_places GROUP BY draw_id ORDER BY draw_id")
    # The last two whole, with the one that is done before them.
    assert kept == [(1,), (10,), (11,)]


def test_many_are_drawn_by_trying_row_ids(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many each proposal is as likely by chance as the others, although they are never all read."""
    monkeypatch.setattr(queue_drawing, "SHUFFLED_AT_MOST", 5)
    monkeypatch.setattr(queue_drawing, "PLACES", 10)
    store, kim = built(tmp_path, 30)
    for method_id in method_ids(store)[::7]:
        judge(kim, method_id)
    n: dict[int, int] = {}
    for seed in range(300):
        with store.write() as connection:
            connection.execute("DELETE FROM queue_places")
            connection.execute("DELETE FROM queue_draws")
        found = places(store, draw_queue(kim, 1, seed=seed))
        assert len({method_id for _, method_id, *_ in found}) == 10
        assert found[0][3] in (
            pytest.approx(RANDOM_SHARE / 25), pytest.approx(RANDOM_SHARE / 25 + 1 - RANDOM_SHARE)
        )  # fmt: skip
        for _, method_id, by_chance, _ in found:
            n[method_id] = n.get(method_id, 0) + by_chance
    assert set(n) == set(method_ids(store)) - set(method_ids(store)[::7])
    chosen = sum(n.values())
    assert max(n.values()) < 3 * chosen / 25


def test_nobody_draws_in_a_store_without_proposals_or_that_is_damaged(tmp_path: Path) -> None:
    from reviewer.domain.errors import DamagedStoreError

    store, kim = built(tmp_path, 0)
    assert draw_queue(kim, 1) is None
    import_records(store, record("p1"))
    store.damage = DamagedStoreError("damaged")
    assert draw_queue(kim, 1) is None


def test_what_others_hold_changes_no_blind_drawing(tmp_path: Path) -> None:
    """Two stores that differ only in what others hold are drawn alike."""
    found = []
    for turn in (0, 1):
        (tmp_path / str(turn)).mkdir()
        store, kim = built(tmp_path / str(turn))
        judge(kim, method_ids(store)[0])
        noor = build_session(store, "noor")
        for method_id in method_ids(store)[1 + turn :: 2]:
            forecast(noor, method_id, 0.9 - 0.8 * turn)
            judge(noor, method_id, Verdict.FAILS if turn else Verdict.SURVIVES)
        found.append(places(store, draw_queue(kim, 1, seed=11)))
    assert found[0] == found[1]


@pytest.mark.parametrize("protocol", [Protocol.BLIND, Protocol.SEALED])
def test_what_was_drawn_under_another_protocol_is_not_shown_any_more(tmp_path: Path, protocol: Protocol) -> None:
    """Not where drawing takes long either, nor where the store cannot be written."""
    store, kim = built(tmp_path, 12, Protocol.OPEN)
    draw = draw_queue(kim, 1, seed=3)
    assert drawing_held(kim, 1) == draw
    held(store, protocol, f"2027{NOW[4:]}")
    assert drawing_held(kim, 1) is None


@pytest.mark.parametrize(
    ("visible", "told"),
    [({"order": "priority"}, True), ({"order": "priority", "part": True}, False), ({"order": "claim"}, False)],
)
def test_the_probability_of_a_drawn_place_is_kept_with_the_verdict(
    tmp_path: Path, visible: dict[str, Any], told: bool
) -> None:
    """Of the queue as it was drawn alone: what is assigned or searched for did not come by that probability."""
    store, kim = built(tmp_path, 12)
    draw = draw_queue(kim, 1, seed=3)
    place, method_id, by_chance, probability = places(store, draw)[0]
    seen = context(kim, method_id, visible=visible)
    perform(kim, method_id, Act.VERDICT, give_verdict(Verdict.FAILS), seen, words="")
    ((kept,),) = table(store, "SELECT visible FROM annotations")
    drawn = {"ranked_by": "claim", "of": 12, "place": place, "by_chance": bool(by_chance), "probability": probability}
    assert json.loads(kept) == visible | ({"drawn": drawn} if told else {})


def test_a_withdrawn_proposal_leaves_its_drawing(tmp_path: Path) -> None:
    store, kim = built(tmp_path, 5)
    draw = draw_queue(kim, 1)
    with store.read() as connection:
        assert queue_draws.place_of(connection, 1, kim.reviewer_id, method_ids(store)[0]) is not None
    from reviewer.store.withdrawing import withdraw_import

    withdraw_import(store, 1, NOW)
    assert places(store, draw) == []
