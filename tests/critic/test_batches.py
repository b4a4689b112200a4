"""Batches at the API, the real SDK against the fake: made, looked at, called off, and read as far as they come."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.critic import sdk
from reviewer.critic.batches import (
    BatchStatus,
    Looked,
    Reading,
    Result,
    cancel,
    create,
    look,
    made_since,
    results,
)  # fmt: skip
from reviewer.critic.batches import _result as result_of
from reviewer.critic.failures import Failed, Failure
from reviewer.critic.key import Key
from tests.critic.fake_api.clients import ASKED, KEY
from tests.critic.fake_api.courses import Fate
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

NAMES = [f"call-{number}" for number in range(8)]
FIELDS = ["type", "id", "text", "content", "usage", "input_tokens", "stop_reason", "error", "details", "custom_id"]
REQUESTS: list[Any] = [{"custom_id": name, "params": ASKED} for name in NAMES]


@pytest.fixture(autouse=True)
def answer(fake_api: FakeApi) -> None:
    # A line end of Unicode's that is none of JSON Lines, which a reader of lines may take for one.
    fake_api.answer = lambda _: "It would\u2028hold."
    fake_api.batches.polls_until_ended = 0


@pytest.fixture
async def client(fake_api: FakeApi) -> "AsyncIterator[AsyncAnthropic]":
    async with await under(fake_api) as made:
        yield made


async def under(api: FakeApi, scenario: Scenario = Scenario.PLAIN) -> "AsyncAnthropic":
    """Return a client of ours under a scenario."""
    await sdk.load()
    return sdk.client_for(Key(KEY, "a test"), api.url(scenario)).with_options(timeout=0.4)


async def ended(client: "AsyncAnthropic", requests: list[Any] = REQUESTS) -> Looked:
    """Return a batch that was made and has ended."""
    made = await create(client, requests)
    assert isinstance(made, Looked), made
    looked = await look(client, made.api_id)
    assert isinstance(looked, Looked), looked
    return looked


async def read(client: "AsyncAnthropic", looked: Looked) -> tuple[dict[str, Result], Reading]:
    reading = Reading()
    return {name: result async for name, result in results(client, looked, reading)}, reading


async def test_a_batch_is_made_looked_at_and_read(client: "AsyncAnthropic", fake_api: FakeApi) -> None:
    fake_api.batches.polls_until_ended = 1
    made = await create(client, REQUESTS)
    assert isinstance(made, Looked)
    assert (made.status, made.requests, made.done) == (BatchStatus.IN_PROGRESS, 8, 0)
    assert abs(made.created_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert await look(client, made.api_id) == made
    looked = await look(client, made.api_id)
    assert isinstance(looked, Looked)
    assert (looked.status, looked.requests, looked.done) == (BatchStatus.ENDED, 8, 8)
    found, reading = await read(client, looked)
    assert sorted(found) == NAMES
    assert (reading.failed, reading.unreadable, reading.lines) == (None, 0, 8)
    for result in found.values():
        assert (result.failed, result.asked) == (None, True)
        assert result.heard.text == "It would\u2028hold."
        assert result.heard.usage is not None
        assert result.heard.usage.output == 4
        assert result.heard.message_id.startswith("msg_")


async def test_each_fate_is_told_apart_and_only_what_was_asked_can_cost(fake_api: FakeApi) -> None:
    async with await under(fake_api, Scenario.BATCH_MIXED) as client:
        found, _ = await read(client, await ended(client))
    kinds = [(None if each.failed is None else each.failed.failure, each.asked) for each in found.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        (None, True): 2, (Failure.SERVER, False): 2, (Failure.CANCELLED, False): 2, (Failure.EXPIRED, False): 2,
    }  # fmt: skip


async def test_a_request_that_the_api_does_not_take_is_a_bad_request(client: "AsyncAnthropic") -> None:
    wrong = {"custom_id": "wrong", "params": ASKED | {"temperature": 1}}
    found, _ = await read(client, await ended(client, [REQUESTS[0], wrong]))
    failed = found["wrong"].failed
    assert failed is not None
    assert (failed.failure, failed.detail) == (Failure.BAD_REQUEST, "invalid_request_error")
    assert failed.request_id.startswith("req_")


@pytest.mark.parametrize(
    ("scenario", "failure"),
    [
        (Scenario.REFUSAL, Failure.REFUSED),
        (Scenario.MAX_TOKENS, Failure.TOO_LONG),
        (Scenario.UNKNOWN_STOP, Failure.UNREADABLE),
    ],
)
async def test_an_answer_that_is_none_was_asked_for_and_is_paid(
    fake_api: FakeApi, scenario: Scenario, failure: Failure
) -> None:
    async with await under(fake_api, scenario) as client:
        found, _ = await read(client, await ended(client))
    for each in found.values():
        assert each.asked
        assert each.failed is not None
        assert each.failed.failure is failure
        assert each.heard.usage is not None


BROKEN = {
    Scenario.RESULTS_CUT: Failure.CUT_OFF,
    Scenario.RESULTS_RESET: Failure.CUT_OFF,
    Scenario.RESULTS_STALL: Failure.TIMED_OUT,
    Scenario.RESULTS_LAST_LINE_CUT: Failure.CUT_OFF,
}


@pytest.mark.parametrize("scenario", BROKEN)
async def test_what_came_before_results_broke_off_is_kept(fake_api: FakeApi, scenario: Scenario) -> None:
    async with await under(fake_api, scenario) as client:
        found, reading = await read(client, await ended(client))
    assert 0 < len(found) < 8
    assert reading.failed is not None
    assert reading.failed.failure is BROKEN[scenario]


async def test_a_line_in_the_middle_that_is_no_result_hides_none_of_the_others(
    client: "AsyncAnthropic", fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = await ended(client)
    rows = fake_api.batches.results

    def spoilt(*asked: Any) -> list[Any]:
        first, *rest = rows(*asked)
        return [{"custom_id": 7}, first, "no result", {"custom_id": "x", "result": {"type": "new"}}, [], *rest]

    monkeypatch.setattr(fake_api.batches, "results", spoilt)
    found, reading = await read(client, looked)
    assert sorted(found) == NAMES
    assert (reading.unreadable, reading.failed) == (4, None)


async def test_the_key_goes_to_no_other_host(fake_api: FakeApi, another_host: FakeApi) -> None:
    async with await under(fake_api, Scenario.RESULTS_ELSEWHERE) as client:
        found, reading = await read(client, await ended(client))
    assert found == {}
    assert reading.failed is not None
    assert reading.failed.failure is Failure.OTHER_HOST
    assert another_host.seen == []


async def test_results_that_were_taken_away_are_told(fake_api: FakeApi, client: "AsyncAnthropic") -> None:
    made = await ended(client)
    fake_api.pass_time(timedelta(days=30))
    looked = await look(client, made.api_id)
    assert isinstance(looked, Looked)
    assert looked.archived
    found, reading = await read(client, looked)
    assert (found, reading.failed) == ({}, Failed(Failure.RESULTS_GONE))


async def test_a_batch_is_called_off(fake_api: FakeApi, client: "AsyncAnthropic") -> None:
    fake_api.batches.polls_until_ended = 1
    made = await create(client, REQUESTS)
    assert isinstance(made, Looked)
    off = await cancel(client, made.api_id)
    assert isinstance(off, Looked)
    assert off.status is BatchStatus.CANCELING
    await look(client, made.api_id)
    looked = await look(client, made.api_id)
    assert isinstance(looked, Looked)
    found, _ = await read(client, looked)
    assert sum(each.failed == Failed(Failure.CANCELLED, "in its batch") for each in found.values()) == 4


async def test_a_batch_that_the_api_does_not_have_is_no_model_that_it_does_not_have(client: "AsyncAnthropic") -> None:
    for asked in (look, cancel):
        told = await asked(client, "msgbatch_of_nobody")
        assert isinstance(told, Failed)
        assert told.failure is Failure.NO_SUCH_BATCH


async def test_batches_are_listed_back_to_a_time(
    client: "AsyncAnthropic", fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviewer.critic.batches.A_PAGE", 2)
    made = [(await ended(client)).api_id for _ in range(3)]
    between = datetime.now(UTC) + timedelta(hours=1)
    fake_api.pass_time(timedelta(hours=2))
    made += [(await ended(client)).api_id for _ in range(3)]
    recent = await made_since(client, between)
    assert isinstance(recent, tuple)
    assert [each.api_id for each in recent] == made[:2:-1]
    assert len(fake_api.at(Endpoint.BATCH_LIST)) == 2
    every = await made_since(client, between - timedelta(days=1))
    assert isinstance(every, tuple)
    assert [each.api_id for each in every] == made[::-1]


@pytest.mark.parametrize(
    ("scenario", "failure"),
    [
        (Scenario.UNAUTHORIZED, Failure.BAD_KEY),
        (Scenario.PAYMENT_REQUIRED, Failure.PAYMENT),
        (Scenario.TOO_LARGE, Failure.TOO_LARGE),
        (Scenario.RATE_LIMITED_AN_HOUR, Failure.RATE_LIMIT),
        (Scenario.UNAVAILABLE_PAGE, Failure.SERVER),
        (Scenario.OVERLOADED, Failure.OVERLOADED),
        (Scenario.RESET_AT_ONCE, Failure.NO_NETWORK),
        (Scenario.STALL_AT_ONCE, Failure.TIMED_OUT),
        (Scenario.MALFORMED, Failure.UNREADABLE),
        (Scenario.EMPTY, Failure.UNREADABLE),
        (Scenario.HTML, Failure.UNREADABLE),
        (Scenario.FIELDS_MISSING, Failure.UNREADABLE),
        (Scenario.ANOTHER_SHAPE, Failure.UNREADABLE),
    ],
)
async def test_no_error_of_the_sdk_is_let_out(
    client: "AsyncAnthropic", fake_api: FakeApi, scenario: Scenario, failure: Failure
) -> None:
    name = (await ended(client)).api_id
    fake_api.seen.clear()
    async with await under(fake_api, scenario) as bad:
        told = [
            await create(bad, REQUESTS),
            await look(bad, name),
            await cancel(bad, name),
            await made_since(bad, datetime.now(UTC) - timedelta(days=1)),
        ]
    assert [each.failure for each in told if isinstance(each, Failed)] == [failure] * 4
    assert len(fake_api.seen) == 4


_NAMES_OF_FIELDS = st.sampled_from(FIELDS) | st.text(max_size=5)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), part, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON, _JSON, st.sampled_from(["succeeded", "errored", "canceled", "expired", "new"]))
def test_whatever_stands_in_a_line_is_a_result_or_none(said: Any, other: Any, kind: str) -> None:
    shapes = (said, {"custom_id": "x", "result": said}, {"custom_id": "x", "result": {"type": kind, "message": said}})
    for each in (*shapes, {"custom_id": "x", "result": {"type": kind, "error": said, "message": {"usage": other}}}):
        found = result_of(json.dumps(each).encode())
        if found is not None:
            assert isinstance(found[1].heard.text, str)
            assert found[1].failed is not None or found[1].heard.message_id


@given(st.binary(max_size=60))
def test_bytes_that_are_no_line_are_none(line: bytes) -> None:
    assert result_of(line) is None or b"custom_id" in line
    assert result_of(b"[" * 100_000) is None


async def test_a_batch_that_somebody_else_made_can_be_left_after_its_first_results(
    client: "AsyncAnthropic", fake_api: FakeApi
) -> None:
    fake_api.batches.fate_of = {NAMES[3]: Fate.EXPIRED}.get
    looked = await ended(client)
    rows = results(client, looked, Reading())
    first = [await anext(rows) for _ in range(2)]
    await rows.aclose()
    assert [name for name, _ in first] == [NAMES[7], NAMES[6]]
