"""Asking from end to end: what is set aside, sent, kept and shown, and when nothing is sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewer.critic import sdk
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.key import Key
from reviewer.critic.prices import Price
from reviewer.critic.settings import CriticSettings
from reviewer.domain.vocabulary import Protocol
from reviewer.store.critic_settings import CriticOffer, set_critic_offer
from reviewer.store.critiques import StoredAttempt, attempts_on
from reviewer.store.spending import spent_so_far, stop_spending, stopped_for
from reviewer.workflow.critiquing import (
    Answered,
    Asking,
    ask,
    critique_so_far,
    is_without,
    prepare,
    why_withheld,
)
from reviewer.workflow.session import Session
from tests.builders import build_session, build_store, judge, record
from tests.critic.answers import answer, critique, failure_mode
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.workflow.sealed_stores import put_under

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

KEY = Key("sk-ant-of-a-test", "a test")
SETTINGS = CriticSettings(prices=(Price("claude-opus-5-5", 5.0, 25.0, "2026-11-29"),), deadline_seconds=20)
BODY = "We fit a posterior over weak labels in one pass. It was tried on chat alone."
SAID = answer(
    critique("scale", stance="fails", failure_modes=[failure_mode(quote="It was tried on chat alone.")]),
    critique("cost", failure_modes=[failure_mode(quote="It was tried on five datasets and more.")]),
)


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.answer = lambda _: SAID
        yield fake


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    store = build_store(tmp_path, record("p1", body=BODY), record("p2", body=BODY))
    with closing(store):
        yield build_session(store)


@pytest.fixture
async def client(api: FakeApi) -> "AsyncIterator[AsyncAnthropic]":
    await sdk.load()
    async with sdk.client_for(KEY, api.url()) as made:
        yield made.with_options(timeout=2)


async def asked(
    session: Session, client: "AsyncAnthropic", settings: CriticSettings = SETTINGS, waited: list[Failed] | None = None
) -> Answered:
    asking = prepare(session.store, session, 1, settings)
    assert isinstance(asking, Asking), asking
    with ThreadPoolExecutor(1) as writes:
        return await ask(session, asking, client, writes.submit, waiting=(waited or []).append)


def attempts(session: Session) -> tuple[StoredAttempt, ...]:
    with session.store.read() as connection:
        return attempts_on(connection, 1)


def whole(session: Session) -> int:
    with session.store.read() as connection:
        return spent_so_far(connection, "2000-01-01T00:00:00.000Z").whole


async def test_an_answer_is_kept_with_where_it_came_from_and_what_it_cost(
    session: Session, client: "AsyncAnthropic"
) -> None:
    answered = await asked(session, client)
    assert answered.failed is None
    assert [each.constraint for each in answered.critiques] == ["scale", "cost"]
    assert [each.hidden for each in answered.critiques] == [0, 1]
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert json.loads(kept.ended.raw) == SAID
    assert kept.ended.spent == answered.spent == whole(session)
    assert 0 < answered.spent < kept.sent.reserved
    assert kept.sent.call == answered.call
    assert BODY in kept.sent.sent
    assert "kim" not in kept.sent.sent
    assert critique_so_far(session, 1) == answered


async def test_it_is_set_aside_before_anything_is_sent(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    at_sending: list[int] = []

    def heard(_: object) -> object:
        at_sending.append(whole(session))
        return SAID

    api.answer = heard
    await asked(session, client)
    (kept,) = attempts(session)
    assert at_sending == [kept.sent.reserved]


@pytest.mark.parametrize(
    ("scenario", "failure", "costs"),
    [
        (Scenario.BAD_REQUEST, Failure.BAD_REQUEST, "nothing"),
        (Scenario.UNAUTHORIZED, Failure.BAD_KEY, "nothing"),
        (Scenario.PAYMENT_REQUIRED, Failure.PAYMENT, "nothing"),
        (Scenario.SPEND_LIMIT, Failure.SPEND_LIMIT, "nothing"),
        (Scenario.RATE_LIMITED_AN_HOUR, Failure.RATE_LIMIT, "nothing"),
        (Scenario.STALL, Failure.TIMED_OUT, "what was set aside"),
        (Scenario.CUT, Failure.CUT_OFF, "what was set aside"),
        (Scenario.STREAM_WITHOUT_STOP, Failure.CUT_OFF, "what was set aside"),
        (Scenario.STREAM_ERROR, Failure.OVERLOADED, "what was set aside"),
        (Scenario.HTML, Failure.UNREADABLE, "what was set aside"),
        (Scenario.REFUSAL, Failure.REFUSED, "its tokens"),
        (Scenario.MAX_TOKENS, Failure.TOO_LONG, "its tokens"),
    ],
)
async def test_every_failure_is_kept_and_its_cost_counted(
    api: FakeApi, session: Session, client: "AsyncAnthropic", scenario: Scenario, failure: Failure, costs: str
) -> None:
    api.next(*[scenario] * 3)
    answered = await asked(session, client, replace(SETTINGS, attempts=1))
    assert answered.failed is not None
    assert answered.failed.failure is failure
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert kept.ended.failure == failure
    counted = {"nothing": 0, "what was set aside": kept.sent.reserved}.get(costs)
    if counted is None:
        assert kept.ended.usage is not None
        assert 0 < answered.spent < kept.sent.reserved
    else:
        assert answered.spent == counted
    assert whole(session) == answered.spent
    assert critique_so_far(session, 1) is None


async def test_an_answer_off_the_form_is_kept_and_paid_for_and_not_shown(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    api.answer = lambda _: answer(critique("the weather"))
    answered = await asked(session, client)
    assert answered.failed is not None
    assert answered.failed.failure is Failure.UNREADABLE
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert "the weather" in kept.ended.raw
    assert 0 < answered.spent < kept.sent.reserved


async def test_half_a_character_in_an_answer_is_kept_as_it_is_spelt(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    api.answer = lambda _: json.dumps(answer(critique("scale", question_for_author="why \ud83d?")))
    answered = await asked(session, client)
    assert answered.failed is None
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert "why \\ud83d?" in kept.ended.raw
    assert critique_so_far(session, 1) is not None


async def test_what_passes_is_tried_again_and_every_attempt_is_a_row(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    api.next(Scenario.RATE_LIMITED_BRIEFLY, Scenario.RATE_LIMITED_BRIEFLY)
    waited: list[Failed] = []
    answered = await asked(session, client, waited=waited)
    assert answered.failed is None
    assert [each.sent.attempt for each in attempts(session)] == [1, 2, 3]
    assert len({each.sent.call for each in attempts(session)}) == 1


async def test_an_hour_is_told_and_not_waited_for(api: FakeApi, session: Session, client: "AsyncAnthropic") -> None:
    api.next(Scenario.RATE_LIMITED_AN_HOUR)
    answered = await asyncio.wait_for(asked(session, client), 5)
    assert answered.failed is not None
    assert "Try again at" in answered.failed.sentence(session.clock())
    assert len(attempts(session)) == 1


async def test_the_deadline_stands_above_all_attempts(api: FakeApi, session: Session, client: "AsyncAnthropic") -> None:
    api.drip_seconds = 0.05
    api.next(Scenario.DRIP)
    asking = prepare(session.store, session, 1, replace(SETTINGS, deadline_seconds=1))
    assert isinstance(asking, Asking)
    with ThreadPoolExecutor(1) as writes:
        answered = await ask(session, asking, client, writes.submit)
    assert answered.failed == Failed(Failure.TIMED_OUT)
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert kept.ended.failure == Failure.TIMED_OUT
    assert whole(session) == kept.sent.reserved == answered.spent


async def test_a_deadline_between_two_attempts_costs_nothing_more(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    api.next(Scenario.OVERLOADED)
    answered = await asked(session, client, replace(SETTINGS, deadline_seconds=1))
    assert answered.failed is not None
    assert answered.failed.failure is Failure.OVERLOADED
    assert (answered.spent, answered.known) == (whole(session), True) == (0, True)


async def test_cancelled_it_stays_counted(api: FakeApi, session: Session, client: "AsyncAnthropic") -> None:
    api.next(Scenario.STALL)
    task = asyncio.create_task(asked(session, client))
    await asyncio.sleep(0.15)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (kept,) = attempts(session)
    assert kept.ended is not None
    assert kept.ended.failure == Failure.CANCELLED
    assert kept.ended.spent is None
    assert whole(session) == kept.sent.reserved


async def test_a_limit_of_the_account_stops_all_calls_until_somebody_says_go_on(
    api: FakeApi, session: Session, client: "AsyncAnthropic"
) -> None:
    api.next(Scenario.SPEND_LIMIT)
    await asked(session, client)
    refused = prepare(session.store, session, 2, SETTINGS)
    assert isinstance(refused, Failed)
    assert refused.failure is Failure.STOPPED
    assert "go-on" in refused.sentence(session.clock())
    with session.store.write() as connection:
        assert stopped_for(connection)
        stop_spending(connection, "", said_by="kim", now=session.now())
    assert isinstance(prepare(session.store, session, 2, SETTINGS), Asking)


@pytest.mark.parametrize(
    "capped",
    [
        lambda usd: replace(SETTINGS, call_usd=usd),
        lambda usd: replace(SETTINGS, day_usd=usd),
        lambda usd: replace(SETTINGS, store_usd=usd),
    ],
)
def test_no_cap_is_passed(session: Session, capped: Callable[[float], CriticSettings]) -> None:
    whole_case = prepare(session.store, session, 1, SETTINGS)
    assert isinstance(whole_case, Asking)
    at_most = whole_case.worst / 1e6
    assert isinstance(prepare(session.store, session, 1, capped(at_most + 1e-6)), Asking)
    refused = prepare(session.store, session, 1, capped(at_most - 1e-6))
    assert isinstance(refused, Failed)
    assert refused.failure is Failure.OVER_CAP
    assert "$" in refused.sentence(session.clock())


async def test_two_at_once_do_not_pass_a_cap_together(session: Session, client: "AsyncAnthropic") -> None:
    first = prepare(session.store, session, 1, SETTINGS)
    assert isinstance(first, Asking)
    once = replace(SETTINGS, day_usd=1.5 * first.worst / 1e6)
    askings = [prepare(session.store, session, method, once) for method in (1, 2)]
    with ThreadPoolExecutor(1) as writes:
        both = await asyncio.gather(
            *(ask(session, each, client, writes.submit) for each in askings if isinstance(each, Asking))
        )
    assert [one.failed.failure for one in both if one.failed is not None] == [Failure.OVER_CAP]


def test_without_a_price_nothing_is_asked(session: Session) -> None:
    refused = prepare(session.store, session, 1, CriticSettings())
    assert isinstance(refused, Failed)
    assert refused.failure is Failure.NO_PRICE
    assert "reviewer critic price" in refused.sentence(session.clock())


def test_it_waits_for_ones_own_verdict(session: Session) -> None:
    assert "your own judgement" in why_withheld(session, 1)
    judge(session, 1)
    assert why_withheld(session, 1) == ""


def test_the_lock_is_a_setting_of_the_store(session: Session) -> None:
    with session.store.write() as connection:
        set_critic_offer(connection, CriticOffer(locked=False), set_by="kim", now=session.now())
    assert why_withheld(session, 1) == ""


def test_sealed_it_waits_for_the_last_stage(session: Session) -> None:
    put_under(session.store, Protocol.SEALED)
    assert why_withheld(session, 1)


def test_a_share_is_judged_without_it(session: Session) -> None:
    with session.store.write() as connection:
        set_critic_offer(connection, CriticOffer(without_share=0.999, seed=7), set_by="kim", now=session.now())
    judge(session, 1)
    assert "drawn by chance" in why_withheld(session, 1)


def test_the_share_is_the_share_and_the_same_each_time() -> None:
    names = [f"proposal {n}" for n in range(4000)]
    drawn = [is_without(name, 7, 0.25) for name in names]
    assert 900 < sum(drawn) < 1100
    assert drawn == [is_without(name, 7, 0.25) for name in names]
    assert not any(is_without(name, 7, 0.0) for name in names)
    assert drawn != [is_without(name, 8, 0.25) for name in names]
