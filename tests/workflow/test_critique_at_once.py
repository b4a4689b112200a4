"""Many proposals in single calls, some at once: within what is allowed, and every attempt settled."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reviewer.critic import sdk
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.prices import MICRO
from reviewer.critic.settings import CriticSettings
from reviewer.domain.identity import new_id
from reviewer.store.connection import Store
from reviewer.store.critiques import Ended, end, reserve
from reviewer.workflow.critique_at_once import CameOf, ask_at_once
from reviewer.workflow.critique_batches import Order, foresee
from reviewer.workflow.critique_choosing import Choosing
from reviewer.workflow.critiquing import sent_as
from reviewer.workflow.session import Session
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.workflow.critic_stores import KEY, SAID, SETTINGS, order_of, session_of, spent, states, store_of

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.answer = lambda _: SAID
        yield fake


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(store_of(tmp_path, 8)) as made:
        yield made


@pytest.fixture
def session(store: Store) -> Session:
    return session_of(store)


@pytest.fixture
async def client(api: FakeApi) -> "AsyncIterator[AsyncAnthropic]":
    await sdk.load()
    async with sdk.client_for(KEY, api.url()) as made:
        yield made.with_options(timeout=2)


def calls_of(session: Session, most_usd: float = 50.0, settings: CriticSettings = SETTINGS) -> Order:
    return order_of(session, most_usd=most_usd, settings=settings, batch=False)


async def asked(order: Order, client: "AsyncAnthropic", at_once: int = 4, waited: list[Failed] | None = None) -> CameOf:
    with ThreadPoolExecutor(1) as writes:
        heard: list[Failed] = [] if waited is None else waited
        return await ask_at_once(order, client, writes, at_once, waiting=heard.append)


def one_costs(session: Session) -> float:
    """What one of these calls can cost, in dollars."""
    order = calls_of(session)
    foresee(order)
    return order.taken / order.requests / MICRO


async def test_all_are_asked_and_no_more_at_once_than_allowed(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    most = 0

    def answer(_: object) -> object:
        nonlocal most
        waiting = (
            session.store.connection().execute("SELECT count(*) FROM critiques WHERE state = 'sent'").fetchone()[0]
        )
        most = max(most, waiting)
        return SAID

    api.answer, api.delta_seconds = answer, 0.02
    order = calls_of(session)
    came_of = await asked(order, client, at_once=3)
    assert (came_of.answered, came_of.failed, came_of.stopped, came_of.known) == (8, {}, None, True)
    assert 1 < most <= 3
    assert states(session.store) == {"answered": 8}
    assert came_of.spent == spent(session.store).whole > 0


async def test_a_limit_of_the_rate_in_the_middle_is_waited_for(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.next(Scenario.PLAIN, Scenario.PLAIN, Scenario.RATE_LIMITED_BRIEFLY)
    waited: list[Failed] = []
    came_of = await asked(calls_of(session), client, waited=waited)
    assert came_of.answered == 8
    assert [each.failure for each in waited] == [Failure.RATE_LIMIT]
    assert states(session.store) == {"answered": 8, "failed": 1}
    assert spent(session.store).set_aside == 0


@pytest.mark.parametrize(
    "scenario", [Scenario.RATE_LIMITED_AN_HOUR, Scenario.UNAUTHORIZED, Scenario.PAYMENT_REQUIRED, Scenario.NOT_FOUND]
)
async def test_after_what_no_call_fares_better_with_no_more_are_begun(
    session: Session, client: "AsyncAnthropic", api: FakeApi, scenario: Scenario
) -> None:
    api.next(Scenario.PLAIN, *[scenario] * 7)
    came_of = await asked(calls_of(session), client, at_once=1)
    assert came_of.stopped is not None
    assert (came_of.answered, sum(came_of.failed.values()), len(api.at(Endpoint.MESSAGES))) == (1, 1, 2)
    assert states(session.store) == {"answered": 1, "failed": 1}


async def test_after_several_failures_in_a_row_no_more_are_begun(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.next(*[Scenario.CUT] * 2, Scenario.PLAIN, *[Scenario.CUT] * 5)
    came_of = await asked(calls_of(session), client, at_once=1)
    assert (came_of.answered, came_of.failed) == (1, {Failure.CUT_OFF: 7})
    assert came_of.stopped is not None


async def test_no_more_is_spent_than_allowed_and_what_was_not_needed_is_used(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    worst = one_costs(session)
    order = calls_of(session, most_usd=worst * 2.5)
    came_of = await asked(order, client)
    assert came_of.answered > 2, "a call seldom costs as much as was set aside for it"
    assert came_of.spent <= worst * 2.5 * MICRO
    assert order.requests + order.choosing.skipped.left_out == 8
    assert order.choosing.skipped.cap in ("--max-usd", "")


async def test_not_even_attempts_that_are_made_again_pass_what_is_allowed(
    session: Session, client: "AsyncAnthropic", api: FakeApi
) -> None:
    api.next(*[Scenario.RESET_AT_ONCE] * 20)
    worst = one_costs(session)
    await asked(calls_of(session, most_usd=worst * 1.5), client, at_once=1)
    assert len(api.at(Endpoint.MESSAGES)) == 1
    assert 0 < spent(session.store).whole <= worst * 1.5 * MICRO


@pytest.mark.parametrize("cap", ["day_usd", "store_usd"])
async def test_the_caps_of_the_config_hold(session: Session, client: "AsyncAnthropic", cap: str) -> None:
    worst = one_costs(session)
    usd = worst * 1.01
    settings = replace(SETTINGS, day_usd=usd) if cap == "day_usd" else replace(SETTINGS, store_usd=usd)
    order = calls_of(session, settings=settings)
    await asked(order, client)
    assert spent(session.store).whole <= worst * 1.01 * MICRO
    assert 1 <= order.requests < 8
    assert order.choosing.skipped.left_out == 8 - order.requests


async def test_what_another_process_asks_meanwhile_is_not_asked_about_again(
    session: Session, client: "AsyncAnthropic", api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = Choosing.prepared

    def prepared(self: Choosing, *asked: Any) -> Any:
        found = prepare(self, *asked)
        with closing(Store(session.store.path)) as another, another.write() as connection:
            attempt = reserve(connection, sent_as(session, found[3][1], new_id(), 1))
            end(connection, attempt, Ended("", session.now(), spent=7))
        monkeypatch.undo()
        return found

    monkeypatch.setattr(Choosing, "prepared", prepared)
    order = calls_of(session)
    came_of = await asked(order, client, at_once=1)
    assert (came_of.answered, order.requests, order.choosing.skipped.answered) == (7, 7, 1)
    assert len(api.at(Endpoint.MESSAGES)) == 7


async def test_cancelled_every_attempt_is_settled(session: Session, client: "AsyncAnthropic", api: FakeApi) -> None:
    api.next(*[Scenario.STALL] * 8)
    running = asyncio.create_task(asked(calls_of(session), client))
    async with asyncio.timeout(5):
        while len(api.seen) < 4:
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert states(session.store) == {"failed": 4}
    rows = session.store.connection().execute("SELECT DISTINCT failure, spent FROM critiques").fetchall()
    assert rows == [("cancelled", None)], "it may have been billed"
    assert spent(session.store).set_aside > 0
