"""Why a row stands where it does: true, in every order, and without a word of what may not be seen yet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from reviewer.domain.queue import QueueFilter, Sort
from reviewer.domain.vocabulary import Act, Protocol
from reviewer.store import assignments
from reviewer.store.connection import Store
from reviewer.store.protocols import set_protocol
from reviewer.workflow.browsing import Asked
from reviewer.workflow.judging import set_forecast
from reviewer.workflow.queue_drawing import draw_queue
from reviewer.workflow.session import Session
from reviewer.workflow.why_here import why_here
from tests.builders import NOW, act, build_session, build_store, judge, measured, method_ids, record, table


def built(tmp_path: Path, protocol: Protocol = Protocol.BLIND, n: int = 4) -> tuple[Store, Session, list[int]]:
    claims = [(measured(i / 10),) if i else () for i in range(n)]
    store = build_store(
        tmp_path, *(record(f"p{i}", agent=f"agent-{i}", measurements=each) for i, each in enumerate(claims))
    )
    with store.write() as connection:
        set_protocol(connection, 1, protocol, set_by="kim", now=NOW)
    return store, build_session(store), method_ids(store)


def forecast(session: Session, method_id: int, p: float) -> None:
    act(session, method_id, Act.FORECAST, set_forecast(p))
    judge(session, method_id)


def why(session: Session, method_id: int, sort: Sort, draw: int | None = None, **part: Any) -> Sequence[str]:
    return why_here(session, Asked(1, QueueFilter(**part), sort, (), draw), method_id)


def drawn(session: Session, store: Store, *, by_chance: bool) -> tuple[int, int]:
    """Return a drawing, and a proposal of it that came by chance or not."""
    for seed in range(99):
        with store.write() as connection:
            connection.execute("DELETE FROM queue_places")
            connection.execute("DELETE FROM queue_draws")
        draw = draw_queue(session, 1, seed=seed)
        assert draw is not None
        found = table(
            store, "SELECT method_id FROM queue_places WHERE place = 1 AND by_chance = ? AND draw_id = ?",
            (int(by_chance), draw),
        )  # fmt: skip
        if found:
            return draw, found[0][0]
    raise AssertionError


def test_by_priority_in_the_open_protocol_it_tells_of_the_forecasts(tmp_path: Path) -> None:
    store, kim, ids = built(tmp_path, Protocol.OPEN)
    forecast(build_session(store, "noor"), ids[1], 0.4)
    forecast(build_session(store, "ana"), ids[1], 0.6)
    draw = None
    for seed in range(99):
        with store.write() as connection:
            connection.execute("DELETE FROM queue_places")
            connection.execute("DELETE FROM queue_draws")
        draw = draw_queue(kim, 1, seed=seed)
        if not table(store, "SELECT 1 FROM queue_places WHERE by_chance = 1"):
            break
    said = why(kim, ids[1], Sort.PRIORITY, draw)
    assert said[0].startswith("2 forecasts between 40 % and 60 %; one more review may change the decision at 50 %")
    assert why(kim, ids[2], Sort.PRIORITY, draw)[0].startswith("No forecast yet; one more review may change")
    assert said[1] == "Place 4; it came next with a probability of 100 %, among 4 proposals."


@pytest.mark.parametrize("protocol", [Protocol.OPEN, Protocol.BLIND])
def test_what_came_by_chance_says_so_and_with_what_probability(tmp_path: Path, protocol: Protocol) -> None:
    store, kim, _ = built(tmp_path, protocol)
    draw, by_chance = drawn(kim, store, by_chance=True)
    said = why(kim, by_chance, Sort.PRIORITY, draw)
    assert said[0] == "Drawn by chance, as 15 % of places are, so that what is learnt holds for all."
    assert said[1].startswith("Place 2; it came next with a probability of ")
    assert said[1].endswith((" 5 %, among 4 proposals.", " 90 %, among 4 proposals."))


def test_in_the_blind_and_the_sealed_protocol_it_tells_nothing_of_others(tmp_path: Path) -> None:
    store, kim, _ = built(tmp_path)
    draw, by_claim = drawn(kim, store, by_chance=False)
    assert why(kim, by_claim, Sort.PRIORITY, draw)[0] == (
        "Here by its claim: before your own judgement the order shows nothing of what others hold."
    )
    with store.write() as connection:
        set_protocol(connection, 1, Protocol.SEALED, set_by="kim", now=f"2027{NOW[4:]}")
    sealed = draw_queue(kim, 1)
    assert why(kim, by_claim, Sort.PRIORITY, sealed)[0] == (
        "Drawn by chance, as every place is in the sealed protocol."
    )
    for sort in (Sort.CLAIM, Sort.AGENT):
        assert why(kim, by_claim, sort) == (
            "In the order of import: where it comes from and what it claims is sealed, and orders nothing yet.",
        )
    assert why(kim, by_claim, Sort.TITLE) == (
        "In the order of import: what may be covered in its title orders nothing yet.",
    )


def test_an_order_of_the_open_protocol_tells_nothing_of_others_once_that_is_over(tmp_path: Path) -> None:
    """Its drawing may be on the screen still."""
    store, kim, ids = built(tmp_path, Protocol.OPEN)
    forecast(build_session(store, "noor"), ids[0], 0.6)
    draw = draw_queue(kim, 1, seed=3)
    (method_id,) = [each for each in ids[:1] if "forecast" in why(kim, each, Sort.PRIORITY, draw)[0]]
    with store.write() as connection:
        set_protocol(connection, 1, Protocol.BLIND, set_by="kim", now=f"2027{NOW[4:]}")
    assert "shows nothing of what others hold" in why(kim, method_id, Sort.PRIORITY, draw)[0]


def test_what_is_not_drawn_says_where_it_stands_then(tmp_path: Path) -> None:
    _, kim, ids = built(tmp_path)
    assert why(kim, ids[0], Sort.PRIORITY) == ("The queue is not drawn, so that all of it stands best claim first.",)
    judge(kim, ids[0])
    draw = draw_queue(kim, 1)
    assert why(kim, ids[0], Sort.PRIORITY, draw) == ("Behind what has been drawn of the queue, best claim first.",)


def test_each_other_order_says_what_orders_it(tmp_path: Path) -> None:
    store, kim, ids = built(tmp_path)
    assert why(kim, ids[2], Sort.CLAIM) == ("Best claim first: it claims pgr 0.2.",)
    assert why(kim, ids[0], Sort.CLAIM) == ("Best claim first: it claims nothing, so that it comes behind what does.",)
    assert why(kim, ids[0], Sort.AGENT) == ("By agent: it is of agent-0.",)
    assert why(kim, ids[0], Sort.NEWEST) == ("Newest first: it came in on 2026-01-02 at 03:04 UTC.",)
    assert why(kim, ids[0], Sort.IMPORTED) == ("In the order of import: it came in on 2026-01-02 at 03:04 UTC.",)
    assert why(kim, ids[0], Sort.TITLE) == ("By title.",)
    store.close()


def test_disagreement_is_told_of_what_may_be_seen_alone(tmp_path: Path) -> None:
    store, kim, ids = built(tmp_path)
    noor = build_session(store, "noor")
    forecast(noor, ids[0], 0.2)
    hidden = "In the order of import: before your own judgement its place tells nothing of what others hold."
    assert why(kim, ids[0], Sort.DISAGREEMENT) == why(kim, ids[1], Sort.DISAGREEMENT) == (hidden,)
    forecast(kim, ids[0], 0.7)
    forecast(kim, ids[1], 0.7)
    assert why(kim, ids[0], Sort.DISAGREEMENT) == (
        "Furthest apart first: its 2 judgements stand 0.50 apart, where 1 is the most, forecasts from 20 % to 70 %.",
    )
    assert why(kim, ids[1], Sort.DISAGREEMENT) == (
        "Behind what is judged differently, in the order of import: no two judgements of it stand apart.",
    )


def test_who_assigned_it_is_told_in_every_order(tmp_path: Path) -> None:
    store, kim, ids = built(tmp_path)
    with store.write() as connection:
        assignments.add_round(
            connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
            work={"kim": ids[:3]}, made_by="ana", now=NOW,
        )  # fmt: skip
    told = "Assigned to you by ana on 2026-01-02, as 2 of 3 in an order of chance."
    for sort in Sort:
        assert why(kim, ids[1], sort)[-1] == told
        assert told not in why(kim, ids[3], sort)
    assert why(kim, ids[1], Sort.PRIORITY, assigned=True) == (told,)
    assert told not in why(build_session(store, "noor"), ids[1], Sort.TITLE)


def test_in_the_blind_protocol_it_hangs_on_nothing_that_others_hold(tmp_path: Path) -> None:
    """Two stores that differ only in what others hold of what kim has not judged say the same."""
    said = []
    for turn in (0, 1):
        (tmp_path / str(turn)).mkdir()
        store, kim, ids = built(tmp_path / str(turn), n=9)
        forecast(kim, ids[0], 0.5)
        forecast(build_session(store, "noor"), ids[0], 0.4)
        for method_id in ids[1 + turn :: 2]:
            forecast(build_session(store, "noor"), method_id, 0.1 + 0.8 * turn)
            forecast(build_session(store, "ana"), method_id, 0.5)
        draw = draw_queue(kim, 1, seed=11)
        said.append([why(kim, method_id, sort, draw) for sort in Sort for method_id in ids])
        store.close()
    assert said[0] == said[1]


def test_it_fits_what_is_shown_for_a_moment(tmp_path: Path) -> None:
    from reviewer.tui.toasts import _LIMIT

    store, kim, ids = built(tmp_path, Protocol.OPEN)
    with store.write() as connection:
        assignments.add_round(
            connection, 1, seed=1, overlap=1, chosen="all", reviewers={"kim": kim.reviewer_id},
            work={"kim": ids}, made_by="a" * 80, now=NOW,
        )  # fmt: skip
    for session in (build_session(store, "noor"), build_session(store, "ana")):
        forecast(session, ids[1], 0.4)
    draw = draw_queue(kim, 1)
    assert all(len(" ".join(why(kim, method_id, sort, draw))) <= _LIMIT for method_id in ids for sort in Sort)
