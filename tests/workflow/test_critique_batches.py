"""Batches from end to end: set aside, sent, lost and found again, taken in once, called off, tried again."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.critic import batches as api_batches
from reviewer.critic import sdk
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.prices import MICRO, cost
from reviewer.domain.identity import utc_now
from reviewer.domain.queue import QueueFilter
from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.store.connection import Store
from reviewer.store.critic_batches import Batch, Status
from reviewer.store.critic_settings import CriticOffer, set_critic_offer
from reviewer.store.critiques import attempts_on
from reviewer.store.spending import stop_spending, stopped_for
from reviewer.store.withdrawing import withdraw_import
from reviewer.workflow import critique_batches, critique_settling
from reviewer.workflow.critique_batches import SentOff, foresee, send
from reviewer.workflow.critique_choosing import Choosing
from reviewer.workflow.critique_listing import batch_named, is_open, to_retry
from reviewer.workflow.critique_results import CalledOff, Seen, TakenIn, call_off, look_after, look_for_lost, take_in
from reviewer.workflow.critique_settling import tidy
from reviewer.workflow.critiquing import critique_so_far, is_without, why_withheld
from reviewer.workflow.session import Session
from tests.builders import import_records, judge, record
from tests.critic.fake_api.courses import Fate
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.workflow.critic_stores import (
    KEY,
    PRICE,
    SAID,
    SETTINGS,
    batches,
    order_of,
    session_of,
    spent,
    states,
    store_of,
)  # fmt: skip
from tests.workflow.sealed_stores import go_through, put_under

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic


class KilledError(BaseException):
    """Stands for the end of the process at a place of the program."""


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.answer = lambda _: SAID
        fake.batches.polls_until_ended = 0
        yield fake


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(store_of(tmp_path, 6)) as made:
        yield made


@pytest.fixture
def session(store: Store) -> Session:
    return session_of(store)


@pytest.fixture
async def client(api: FakeApi) -> "AsyncIterator[AsyncAnthropic]":
    async with await under(api) as made:
        yield made


async def under(api: FakeApi, scenario: Scenario = Scenario.PLAIN) -> "AsyncAnthropic":
    await sdk.load()
    return sdk.client_for(KEY, api.url(scenario)).with_options(timeout=0.4)


async def seen_of(store: Store, client: "AsyncAnthropic", place: int = -1) -> Seen:
    return await look_after(store, utc_now, client, batches(store)[place][0])


async def taken_in(store: Store, client: "AsyncAnthropic", place: int = -1) -> TakenIn:
    seen = await seen_of(store, client, place)
    assert seen.looked is not None, seen
    return await take_in(store, utc_now, client, seen.batch, seen.looked)


async def test_what_is_judged_is_sent_and_taken_in_and_shown(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    for method_id in (1, 2, 3):
        judge(session, method_id, Verdict.SURVIVES if method_id == 1 else Verdict.FAILS)
    order = order_of(session, ahead=False)
    sent_off = await send(order, client)
    (batch,) = sent_off.batches
    assert (batch.requests, batch.status, batch.asked) == (3, Status.IN_PROGRESS, "judged")
    assert sent_off.failed is None
    assert spent(session.store).whole == order.taken > 0
    assert len(api.at(Endpoint.BATCH_CREATE)) == 1
    body = api.at(Endpoint.BATCH_CREATE)[0].body["requests"]
    calls = {row[0] for row in session.store.connection().execute("SELECT call FROM critiques")}
    assert {each["custom_id"] for each in body} == calls
    taken = await taken_in(session.store, client)
    assert (taken.answered, taken.settled, taken.missing, taken.failed) == (3, 3, 0, None)
    (kept, totals) = batches(session.store)[0]
    assert (kept.status, totals.answered, totals.waiting) == (Status.COLLECTED, 3, 0)
    assert 0 < totals.spent == totals.at_most < order.taken
    with session.store.read() as connection:
        costs = [each.ended for method_id in (1, 2, 3) for each in attempts_on(connection, method_id)]
    assert [each and each.spent for each in costs] == [
        each and each.usage and cost(each.usage, PRICE, batch=True) for each in costs
    ]
    answered = critique_so_far(session, 1)
    assert answered is not None
    assert [each.constraint for each in answered.critiques] == ["scale", "cost"]
    assert critique_so_far(session, 4) is None


async def test_a_batch_costs_half_of_what_single_calls_do(session: Session) -> None:
    in_batch, alone = order_of(session, most_usd=100), order_of(session, most_usd=100, batch=False)
    foresee(in_batch)
    foresee(alone)
    assert in_batch.requests == alone.requests == 6
    assert abs(2 * in_batch.taken - alone.taken) <= 6
    assert batches(session.store) == []


async def test_nothing_is_asked_about_twice(session: Session, client: "AsyncAnthropic", api: FakeApi) -> None:
    await send(order_of(session, limit=2), client)
    again = order_of(session)
    await send(again, client)
    assert (again.requests, again.choosing.skipped.under_way) == (4, 2)
    await taken_in(session.store, client, 0)
    third = order_of(session)
    sent_off = await send(third, client)
    assert (third.requests, sent_off.batches) == (0, [])
    assert (third.choosing.skipped.answered, third.choosing.skipped.under_way) == (2, 4)
    import_records(session.store, record("p1", body="Another body."))
    changed = order_of(session)
    await send(changed, client)
    assert changed.requests == 1


async def test_what_another_process_asks_meanwhile_is_not_asked_about_again(
    session: Session, client: "AsyncAnthropic", monkeypatch: pytest.MonkeyPatch
) -> None:
    order = order_of(session)
    prepare = Choosing.prepared
    with closing(Store(session.store.path)) as another:
        other = order_of(session_of(another, "lee"), limit=2)

        def prepared(self: Choosing, *asked: Any) -> Any:
            found = prepare(self, *asked)
            if self is order.choosing and not other.requests:
                written = critique_batches._Making(other.choosing.session, other)
                assert written.write(other.next_few()) is None
            return found

        monkeypatch.setattr(Choosing, "prepared", prepared)
        await send(order, client)
    assert (other.requests, order.requests, order.choosing.skipped.under_way) == (2, 4, 2)
    rows = session.store.connection().execute("SELECT count(*), count(DISTINCT method_id) FROM critiques").fetchall()
    assert rows == [(6, 6)]


async def test_of_judged_ones_only_what_may_be_shown_is_asked_about(session: Session, client: "AsyncAnthropic") -> None:
    put_under(session.store, Protocol.SEALED)
    go_through(session, 1, (0.2, 0.3, 0.4))
    go_through(session, 2, (0.2, 0.3))
    order = order_of(session, ahead=False)
    await send(order, client)
    assert (order.requests, order.choosing.skipped.half_way) == (1, 1)
    assert [row[0] for row in session.store.connection().execute("SELECT method_id FROM critiques")] == [1]


async def test_the_share_without_claude_is_left_alone(session: Session, client: "AsyncAnthropic") -> None:
    with session.store.write() as connection:
        set_critic_offer(connection, CriticOffer(True, 0.5, 7), set_by="lead", now=session.now())
    rows = session.store.connection().execute("SELECT id, namespace || '/' || external_id FROM methods")
    wanted = {method_id for method_id, name in rows if not is_without(name, 7, 0.5)}
    assert 0 < len(wanted) < 6
    order = order_of(session)
    await send(order, client)
    asked = {row[0] for row in session.store.connection().execute("SELECT method_id FROM critiques")}
    assert asked == wanted
    assert order.choosing.skipped.without == 6 - len(wanted)


async def test_the_filters_of_the_queue_choose(session: Session, client: "AsyncAnthropic") -> None:
    import_records(session.store, record("q1", agent="agent-7", body="Distillation of weak labels."))
    judge(session, 2, Verdict.FAILS)
    for part, ahead, n in (
        (QueueFilter(agent="agent-7"), True, 1),
        (QueueFilter(text="distillation"), True, 1),
        (QueueFilter(verdict=Verdict.FAILS), False, 1),
        (QueueFilter(verdict=Verdict.SURVIVES), False, 0),
        (QueueFilter(), True, 7),
    ):
        order = order_of(session, part=part, ahead=ahead)
        foresee(order)
        assert order.requests == n, part


@pytest.mark.parametrize("which", ["--max-usd", "the cap of a day", "the cap of this store"])
async def test_it_stops_before_a_cap_and_counts_what_is_left_out(
    session: Session, client: "AsyncAnthropic", which: str
) -> None:
    whole = order_of(session, most_usd=100)
    foresee(whole)
    usd = whole.taken / 6 * 2.5 / MICRO
    settings, most = SETTINGS, 100.0
    if which == "--max-usd":
        most = usd
    elif which == "the cap of a day":
        settings = replace(settings, day_usd=usd)
    else:
        settings = replace(settings, store_usd=usd)
    for do in (lambda order: foresee(order), None):
        order = order_of(session, most_usd=most, settings=settings)
        if do is not None:
            do(order)
        else:
            await send(order, client)
        skipped = order.choosing.skipped
        assert (order.requests, skipped.left_out, skipped.cap) == (2, 4, which)
    assert spent(session.store).whole == order.taken <= usd * MICRO
    limited = order_of(session, most_usd=most, settings=settings, limit=3)
    foresee(limited)
    assert limited.requests + limited.choosing.skipped.left_out == 3


async def test_what_is_too_dear_for_one_call_is_told_apart(session: Session, client: "AsyncAnthropic") -> None:
    import_records(session.store, record("long", body="A very long word. " * 20_000))
    settings = replace(SETTINGS, call_usd=0.05)
    order = order_of(session, settings=settings)
    await send(order, client)
    assert (order.requests, order.choosing.skipped.too_dear) == (6, 1)


async def test_a_batch_that_would_be_too_large_is_several(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_batches, "MOST_REQUESTS", 4)
    sent_off = await send(order_of(session), client)
    assert [each.requests for each in sent_off.batches] == [4, 2]
    assert [len(each.body["requests"]) for each in api.at(Endpoint.BATCH_CREATE)] == [4, 2]


async def test_bytes_split_a_batch_too(
    session: Session, client: "AsyncAnthropic", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_batches, "MOST_BYTES", 10)
    sent_off = await send(order_of(session, limit=3), client)
    assert [each.requests for each in sent_off.batches] == [1, 1, 1]


@pytest.mark.parametrize(
    ("scenario", "failure", "stops"),
    [
        (Scenario.UNAUTHORIZED, Failure.BAD_KEY, False),
        (Scenario.PAYMENT_REQUIRED, Failure.PAYMENT, True),
        (Scenario.CONTRACT_SPEND_LIMIT, Failure.SPEND_LIMIT, True),
        (Scenario.TOO_LARGE, Failure.TOO_LARGE, False),
        (Scenario.RATE_LIMITED_AN_HOUR, Failure.RATE_LIMIT, False),
    ],
)
async def test_a_batch_that_is_refused_cost_nothing(
    session: Session, api: FakeApi, scenario: Scenario, failure: Failure, stops: bool
) -> None:
    async with await under(api, scenario) as client:
        sent_off = await send(order_of(session), client)
    assert sent_off.failed is not None
    assert (sent_off.failed.failure, sent_off.unknown, sent_off.batches) == (failure, None, [])
    ((batch, totals),) = batches(session.store)
    assert (batch.status, totals.failed, totals.waiting) == (Status.UNSENT, {str(failure): 6}, 0)
    assert spent(session.store).whole == 0
    assert len(api.at(Endpoint.BATCH_CREATE)) == 1
    with session.store.read() as connection:
        assert bool(stopped_for(connection)) is stops
    if stops:
        refused = await send(order_of(session), client)
        assert refused.failed is not None
        assert refused.failed.failure is Failure.STOPPED


async def test_a_limit_of_the_rate_is_waited_for(session: Session, client: "AsyncAnthropic", api: FakeApi) -> None:
    api.next(Scenario.RATE_LIMITED_BRIEFLY, at=Endpoint.BATCH_CREATE)
    waited: list[Failed] = []
    sent_off = await send(order_of(session), client, waiting=waited.append)
    assert [each.failure for each in waited] == [Failure.RATE_LIMIT]
    assert (len(sent_off.batches), sent_off.failed) == (1, None)


async def test_where_nobody_knows_whether_it_arrived_it_is_not_sent_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.next(Scenario.SERVER_ERROR, at=Endpoint.BATCH_CREATE)
    order = order_of(session)
    sent_off = await send(order, client)
    assert sent_off.unknown is not None
    assert (sent_off.unknown.status, sent_off.batches) == (Status.SENDING, [])
    assert len(api.at(Endpoint.BATCH_CREATE)) == 1
    assert spent(session.store).whole == order.taken
    again = order_of(session)
    await send(again, client)
    assert (again.requests, again.choosing.skipped.under_way) == (0, 6)
    (seen,) = await look_for_lost(session.store, utc_now, client)
    assert (seen.batch.status, seen.maybe, seen.failed) == (Status.SENDING, None, None)
    assert spent(session.store).whole == order.taken


@pytest.mark.parametrize("scenario", [Scenario.CUT, Scenario.STALL_AT_ONCE, Scenario.HTML, Scenario.FIELDS_MISSING])
async def test_a_batch_whose_answer_got_lost_is_found_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi, scenario: Scenario
) -> None:
    api.next(scenario, at=Endpoint.BATCH_CREATE)
    sent_off = await send(order_of(session), client)
    assert sent_off.unknown is not None
    assert (sent_off.batches, len(api.at(Endpoint.BATCH_CREATE))) == ([], 1)
    (made,) = api.batches.all()
    await api_batches.look(client, made.id)
    (seen,) = await look_for_lost(session.store, utc_now, client)
    assert (seen.batch.api_id, seen.batch.status) == (made.id, Status.ENDED)
    assert (await taken_in(session.store, client)).answered == 6


async def crashed(
    session: Session, client: "AsyncAnthropic", monkeypatch: pytest.MonkeyPatch, *, arrived: bool
) -> None:
    """Send an order, and end between the sending of the batch and the writing of its id."""
    create = api_batches.create

    async def killed(*asked: Any) -> Any:
        if arrived:
            assert isinstance(await create(*asked), api_batches.Looked)
        raise KilledError

    with monkeypatch.context() as patched:
        patched.setattr(api_batches, "create", killed)
        with pytest.raises(KilledError):
            await send(order_of(session), client)


async def test_a_batch_that_arrived_when_the_process_ended_is_found_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Others of the same account, made at the same time and with as many requests.
    other = [{"custom_id": f"other-{n}", "params": {"model": "claude-opus-5-5"}} for n in range(6)]
    assert isinstance(await api_batches.create(client, other), api_batches.Looked)
    await crashed(session, client, monkeypatch, arrived=True)
    assert isinstance(await api_batches.create(client, other), api_batches.Looked)
    for each in api.batches.all():
        await api_batches.look(client, each.id)
    ((batch, totals),) = batches(session.store)
    assert (batch.status, batch.api_id, totals.waiting) == (Status.SENDING, None, 6)
    (seen,) = await look_for_lost(session.store, utc_now, client)
    assert seen.batch.api_id == api.batches.all()[1].id
    assert seen.batch.status is Status.ENDED
    taken = await taken_in(session.store, client)
    assert (taken.answered, taken.unasked) == (6, 0)
    assert len(api.at(Endpoint.BATCH_CREATE)) == 3


async def test_one_at_work_may_be_it_and_is_taken_for_it_only_by_its_results(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.batches.polls_until_ended = 1000
    await crashed(session, client, monkeypatch, arrived=True)
    (seen,) = await look_for_lost(session.store, utc_now, client)
    assert (seen.batch.status, seen.batch.api_id) == (Status.SENDING, None)
    assert seen.maybe is not None
    monkeypatch.setattr(critique_settling, "SENT_WITHIN", timedelta())
    monkeypatch.setattr("reviewer.workflow.critique_results.SENT_WITHIN", timedelta())
    off = await call_off(session.store, utc_now, client, seen.batch)
    assert off.soon, "what may be somebody else's is not called off"
    assert not api.at(Endpoint.BATCH_CANCEL)
    api.batches.polls_until_ended = 0
    await api_batches.look(client, seen.maybe.api_id)
    assert (await look_for_lost(session.store, utc_now, client))[0].batch.api_id == seen.maybe.api_id


async def test_a_batch_that_never_arrived_stays_counted_until_it_is_given_up_and_after(
    session: Session, client: "AsyncAnthropic", monkeypatch: pytest.MonkeyPatch
) -> None:
    await crashed(session, client, monkeypatch, arrived=False)
    whole = spent(session.store).whole
    assert whole > 0
    batch = batches(session.store)[0][0]
    soon = await call_off(session.store, utc_now, client, batch)
    assert (soon.soon, soon.given_up) == (True, 0), "another process may be sending it"
    monkeypatch.setattr("reviewer.workflow.critique_results.SENT_WITHIN", timedelta())
    off = await call_off(session.store, utc_now, client, batch)
    assert off.given_up == 6
    ((batch, totals),) = batches(session.store)
    assert (batch.status, totals.waiting, totals.for_nothing) == (Status.GIVEN_UP, 0, 0)
    assert spent(session.store).whole == whole
    again = order_of(session)
    await send(again, client)
    assert again.requests == 6


async def test_what_was_cut_off_while_it_was_prepared_cost_nothing(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(critique_batches, "A_WRITE", 2)

    def end(n: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        await send(order_of(session), client, tell=end)
    ((batch, totals),) = batches(session.store)
    assert (batch.status, totals.failed, spent(session.store).whole) == (Status.UNSENT, {"not_sent": 2}, 0)
    assert not api.seen
    # Where there was no time even for that, the next command does it.
    monkeypatch.setattr(critique_batches._Making, "let_go", lambda _: None)
    with pytest.raises(KilledError):
        await send(order_of(session), client, tell=end)
    assert batches(session.store)[1][0].status is Status.PREPARING
    tidy(session.store, utc_now)
    assert batches(session.store)[1][0].status is Status.PREPARING, "its process may be at it"
    tidy(session.store, lambda: utc_now() + timedelta(hours=1))
    batch, totals = batches(session.store)[1]
    assert (batch.status, totals.waiting, spent(session.store).whole) == (Status.UNSENT, 0, 0)


async def test_what_was_cut_off_while_it_was_settled_is_settled_by_the_next_command(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*_: Any) -> int:
        raise KilledError

    api.next(Scenario.UNAUTHORIZED, at=Endpoint.BATCH_CREATE)
    with monkeypatch.context() as patched:
        patched.setattr(critique_settling, "end_all", end)
        with pytest.raises(KilledError):
            await send(order_of(session), client)
    batch, totals = batches(session.store)[0]
    assert (batch.status, totals.waiting) == (Status.UNSENT, 6)
    tidy(session.store, utc_now)
    assert (batches(session.store)[0][1].waiting, spent(session.store).whole) == (0, 0)


async def test_a_batch_that_was_given_up_while_it_was_prepared_is_not_sent(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(critique_batches, "A_WRITE", 2)
    later = lambda: utc_now() + timedelta(hours=1)  # noqa: E731
    with pytest.raises(Exception, match="given up meanwhile"):
        await send(order_of(session), client, tell=lambda _: tidy(session.store, later))
    assert not api.seen
    assert spent(session.store).whole == 0


async def test_each_fate_is_settled_and_only_answers_cost(session: Session, api: FakeApi) -> None:
    async with await under(api, Scenario.BATCH_MIXED) as client:
        await send(order_of(session), client)
        taken = await taken_in(session.store, client)
    assert (taken.answered, taken.errored.total(), taken.canceled, taken.expired) == (2, 2, 1, 1)
    assert (taken.again, taken.missing) == (4, 0)
    batch, totals = batches(session.store)[0]
    assert (batch.status, totals.answered, totals.for_nothing) == (Status.COLLECTED, 2, 4)
    assert totals.failed == {"server": 2, "cancelled": 1, "expired": 1}
    rows = session.store.connection().execute("SELECT failure, spent FROM critiques WHERE state = 'failed'").fetchall()
    assert {spent for _, spent in rows} == {0}


async def test_what_came_to_nothing_is_asked_again_by_the_same_call(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.batches.fate_of = lambda name: Fate.EXPIRED
    await send(order_of(session, limit=3), client)
    await taken_in(session.store, client)
    first = batches(session.store)[0][0]
    api.batches.fate_of = lambda name: None
    one = order_of(session, chosen=to_retry(session.store, [first.uuid]), limit=1)
    await send(one, client)
    assert one.requests == 1
    rest = order_of(session, chosen=to_retry(session.store, [first.uuid]))
    await send(rest, client)
    assert rest.requests == 2
    assert list(to_retry(session.store, [first.uuid])) == []
    await taken_in(session.store, client, 1)
    await taken_in(session.store, client, 2)
    rows = session.store.connection().execute(
        "SELECT call, group_concat(attempt), count(*) FROM critiques GROUP BY call"
    ).fetchall()  # fmt: skip
    assert [row[1:] for row in rows] == [("1,2", 2)] * 3
    assert states(session.store) == {"failed": 3, "answered": 3}
    assert batches(session.store)[0][1].for_nothing == 0


async def test_of_what_came_to_nothing_twice_one_is_asked_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.batches.fate_of = lambda name: Fate.EXPIRED
    for _ in range(2):
        await send(order_of(session, limit=3), client)
        await taken_in(session.store, client)
    both = [each.uuid for each, _ in batches(session.store)]
    assert [totals.for_nothing for _, totals in batches(session.store)] == [0, 3]
    again = order_of(session, chosen=to_retry(session.store, both))
    await send(again, client)
    assert again.requests == 3


@pytest.mark.parametrize(
    "scenario",
    [Scenario.RESULTS_CUT, Scenario.RESULTS_RESET, Scenario.RESULTS_STALL, Scenario.RESULTS_LAST_LINE_CUT],
)
async def test_results_that_break_off_are_completed_by_running_it_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.workflow.critique_results.A_WRITE", 1)
    await send(order_of(session), client)
    api.next(scenario, at=Endpoint.BATCH_RESULTS)
    first = await taken_in(session.store, client)
    assert first.failed is not None
    assert 0 < first.answered < 6
    assert first.missing == 6 - first.answered
    assert batches(session.store)[0][0].status is Status.ENDED
    second = await taken_in(session.store, client)
    assert (second.answered, second.known, second.missing, second.failed) == (first.missing, first.answered, 0, None)
    assert states(session.store) == {"answered": 6}


async def test_taking_in_twice_changes_nothing(session: Session, client: "AsyncAnthropic") -> None:
    await send(order_of(session), client)
    seen = await seen_of(session.store, client)
    assert seen.looked is not None
    await take_in(session.store, utc_now, client, seen.batch, seen.looked)
    before = list(session.store.connection().iterdump())
    twice = await take_in(session.store, utc_now, client, seen.batch, seen.looked)
    assert (twice.settled, twice.known) == (0, 6)
    assert list(session.store.connection().iterdump()) == before


async def test_two_that_take_in_at_once_settle_each_request_once(
    session: Session, client: "AsyncAnthropic", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.workflow.critique_results.A_WRITE", 1)
    await send(order_of(session), client)
    seen = await seen_of(session.store, client)
    assert seen.looked is not None
    both = await asyncio.gather(
        *(take_in(session.store, utc_now, client, seen.batch, seen.looked) for _ in range(2))
    )  # fmt: skip
    assert sum(each.answered for each in both) == 6
    assert sum(each.known for each in both) == 6
    assert states(session.store) == {"answered": 6}


async def test_what_fits_no_request_and_what_is_missing_is_told(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    await send(order_of(session), client)
    api.next(Scenario.RESULTS_ONE_UNASKED, at=Endpoint.BATCH_RESULTS)
    taken = await taken_in(session.store, client)
    assert (taken.answered, taken.unasked, taken.missing) == (6, 1, 0)
    import_records(session.store, *(record(f"q{n}", body=f"Body of q{n}.") for n in range(3)))
    await send(order_of(session), client)
    api.next(Scenario.RESULTS_ONE_MISSING, Scenario.RESULTS_ONE_TWICE, at=Endpoint.BATCH_RESULTS)
    short = await taken_in(session.store, client)
    assert (short.answered, short.missing, short.failed) == (2, 1, None)
    assert batches(session.store)[1][0].status is Status.ENDED
    twice = await taken_in(session.store, client)
    assert (twice.answered, twice.known, twice.missing) == (1, 3, 0)


async def test_what_never_comes_is_given_up_and_stays_counted(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    await send(order_of(session), client)
    api.next(Scenario.RESULTS_ONE_MISSING, at=Endpoint.BATCH_RESULTS)
    off = await call_off(session.store, utc_now, client, batches(session.store)[0][0])
    assert off.taken is not None
    assert (off.taken.answered, off.given_up) == (5, 1)
    batch, totals = batches(session.store)[0]
    assert batch.status is Status.GIVEN_UP
    assert (totals.answered, totals.waiting, totals.at_most > totals.spent) == (5, 0, True)


@pytest.mark.parametrize("gone", ["archived", "deleted"])
async def test_results_that_are_gone_are_given_up(
    session: Session, client: "AsyncAnthropic", api: FakeApi, gone: str
) -> None:
    await send(order_of(session), client)
    seen = await seen_of(session.store, client)
    assert seen.batch.api_id is not None
    if gone == "archived":
        api.pass_time(timedelta(days=30))
        taken = await taken_in(session.store, client)
        assert taken.failed == Failed(Failure.RESULTS_GONE)
    else:
        api.batches.delete(seen.batch.api_id)
        failed = (await seen_of(session.store, client)).failed
        assert failed is not None
        assert failed.failure is Failure.NO_SUCH_BATCH
    off = await call_off(session.store, utc_now, client, seen.batch)
    assert off.given_up == 6
    assert not is_open(batches(session.store)[0][0])


async def test_nothing_is_given_up_for_want_of_a_network(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    await send(order_of(session), client)
    api.next(Scenario.RESET_AT_ONCE, at=Endpoint.BATCH)
    off = await call_off(session.store, utc_now, client, batches(session.store)[0][0])
    assert off.seen.failed is not None
    assert (off.given_up, batches(session.store)[0][1].waiting) == (0, 6)


async def test_a_batch_is_called_off_and_what_was_done_is_kept(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.batches.polls_until_ended = 1
    await send(order_of(session), client)
    off: CalledOff = await call_off(session.store, utc_now, client, batches(session.store)[0][0])
    assert off.seen.batch.status is Status.CANCELING
    assert (await seen_of(session.store, client)).batch.status is Status.ENDED
    taken = await taken_in(session.store, client)
    assert (taken.answered, taken.canceled) == (3, 3)


async def test_the_results_are_not_asked_of_another_host(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    await send(order_of(session), client)
    with FakeApi() as other:
        api.elsewhere = other
        api.next(Scenario.RESULTS_ELSEWHERE, at=Endpoint.BATCH)
        taken = await taken_in(session.store, client)
        assert taken.failed is not None
        assert (taken.failed.failure, taken.missing) == (Failure.OTHER_HOST, 6)
        assert other.seen == []


@pytest.mark.parametrize(
    ("scenario", "failure"), [(Scenario.REFUSAL, Failure.REFUSED), (Scenario.MAX_TOKENS, Failure.TOO_LONG)]
)
async def test_answers_of_no_use_are_paid_for_and_not_tried_again(
    session: Session, api: FakeApi, scenario: Scenario, failure: Failure
) -> None:
    async with await under(api, scenario) as client:
        await send(order_of(session), client)
        taken = await taken_in(session.store, client)
    assert dict(taken.failures) == {failure: 6}
    totals = batches(session.store)[0][1]
    assert (totals.for_nothing, totals.spent == totals.at_most > 0) == (0, True)


async def test_an_answer_off_the_form_is_kept_and_paid_for(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.answer = lambda _: {"score": 9}
    await send(order_of(session), client)
    taken = await taken_in(session.store, client)
    assert dict(taken.failures) == {Failure.UNREADABLE: 6}
    raw = session.store.connection().execute("SELECT DISTINCT raw FROM critiques").fetchall()
    assert raw == [('{"score": 9}',)]
    assert batches(session.store)[0][1].spent > 0


async def test_calls_that_are_stopped_are_not_begun(session: Session, client: "AsyncAnthropic", api: FakeApi) -> None:
    with session.store.write() as connection:
        stop_spending(connection, "The account cannot pay.", said_by="kim", now=session.now())
    sent_off: SentOff = await send(order_of(session), client)
    assert sent_off.failed == Failed(Failure.STOPPED, "The account cannot pay.")
    assert (api.seen, batches(session.store)) == ([], [])


async def test_what_was_asked_ahead_is_hidden_until_it_may_be_shown(session: Session, client: "AsyncAnthropic") -> None:
    await send(order_of(session), client)
    await taken_in(session.store, client)
    put_under(session.store, Protocol.SEALED)
    assert why_withheld(session, 1)
    go_through(session, 1, (0.2, 0.3))
    assert "sealed" in why_withheld(session, 1)
    go_through(session, 2, (0.2, 0.3, 0.4))
    assert why_withheld(session, 2) == ""
    answered = critique_so_far(session, 2)
    assert answered is not None
    assert answered.critiques


async def test_why_each_was_not_asked_ahead_is_not_told_apart(session: Session, client: "AsyncAnthropic") -> None:
    lee = session_of(session.store, "lee")
    judge(lee, 1)
    await send(order_of(lee, ahead=False), client)
    await taken_in(session.store, client)
    await send(order_of(lee, limit=2), client)
    order = order_of(session)
    foresee(order)
    told = list(order.choosing.skipped.sentences(ahead=True))
    assert told == ["3 proposals need no asking: asked about already, or drawn to be judged without Claude."]


def test_a_batch_is_named_by_the_end_of_its_id(store: Store, session: Session) -> None:
    with pytest.raises(Exception, match="no batch “abcdef”"):
        batch_named(store, "abcdef")


async def test_what_was_asked_about_outlasts_its_import(session: Session, client: "AsyncAnthropic") -> None:
    await send(order_of(session, limit=2), client)
    withdrawn = withdraw_import(session.store, 1, session.now())
    assert withdrawn is not None
    assert (withdrawn.gone, withdrawn.kept) == (4, 2)
    assert session.store.connection().execute("PRAGMA foreign_key_check").fetchall() == []
    assert (await taken_in(session.store, client)).answered == 2


async def test_batches_stay_what_they_were_made_as(session: Session, client: "AsyncAnthropic") -> None:
    import sqlite3

    await send(order_of(session), client)
    connection = session.store.connection()
    for sql in (
        "DELETE FROM critic_batches",
        "UPDATE critic_batches SET api_id = 'another'",
        "UPDATE critic_batches SET requests = 1",
        "UPDATE critic_batches SET asked = 'other'",
        "INSERT OR REPLACE INTO critic_batches SELECT * FROM critic_batches",
        "UPDATE critic_batches SET status = 'whatever'",
    ):
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(sql)
    (batch,) = [each for each, _ in batches(session.store)]
    assert isinstance(batch, Batch)
    assert batch_named(session.store, batch.uuid[-8:]) == batch
