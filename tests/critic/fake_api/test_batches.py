"""Batches: in progress and ended, what came of each request, and results that are not all there."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.critic.fake_api.clients import ASKED, KEY, client, error_of, named
from tests.critic.fake_api.courses import Fate
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

NAMES = [f"call-{number}" for number in range(8)]
REQUESTS: list[Any] = [{"custom_id": name, "params": ASKED} for name in NAMES]


@pytest.fixture(autouse=True)
def answer(fake_api: FakeApi) -> None:
    fake_api.answer = lambda _: "It would hold."
    fake_api.batches.polls_until_ended = 0


async def _ended(sdk: "AsyncAnthropic") -> str:
    """Make a batch, let it end, and return its name."""
    batch = await sdk.messages.batches.create(requests=REQUESTS)
    assert (await sdk.messages.batches.retrieve(batch.id)).processing_status == "ended"
    return batch.id


async def _read(sdk: "AsyncAnthropic", name: str, into: list[Any]) -> None:
    async for each in await sdk.messages.batches.results(name):
        into.append(each)


async def test_a_batch_is_in_progress_and_then_ends(fake_api: FakeApi) -> None:
    fake_api.batches.polls_until_ended = 2
    async with client(fake_api) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        assert (batch.processing_status, batch.request_counts.processing) == ("in_progress", 8)
        assert batch.expires_at - batch.created_at == timedelta(hours=24)
        told = [await sdk.messages.batches.retrieve(batch.id) for _ in range(3)]
        rows: list[Any] = []
        await _read(sdk, batch.id, rows)
    assert [each.processing_status for each in told] == ["in_progress", "in_progress", "ended"]
    assert [each.request_counts.succeeded for each in told] == [0, 0, 8]
    assert [bool(each.results_url) for each in told] == [False, False, True]
    assert [each.custom_id for each in rows] == NAMES[::-1], "in whatever order"
    for each in rows:
        assert each.result.message.content[0].text == "It would hold."
        assert each.result.message.usage.service_tier == "batch"


async def test_what_succeeded_is_billed_when_the_batch_ends(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.BATCH_MIXED) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        assert fake_api.billed == []
        await sdk.messages.batches.retrieve(batch.id)
        await sdk.messages.batches.retrieve(batch.id)
    assert [each["usage"]["service_tier"] for each in fake_api.billed] == ["batch", "batch"]


@pytest.mark.parametrize("scenario", [Scenario.RESET_AT_ONCE, Scenario.STALL_AT_ONCE, Scenario.CUT, Scenario.HTML])
async def test_a_batch_is_made_though_its_maker_is_not_told(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario) as sdk:
        with contextlib.suppress(Exception):
            assert isinstance(await sdk.messages.batches.create(requests=REQUESTS), str)
    async with client(fake_api) as sdk:
        (batch,) = [each async for each in sdk.messages.batches.list()]
    assert batch.request_counts.processing == len(REQUESTS)


async def test_there_are_no_results_before_the_end(fake_api: FakeApi) -> None:
    fake_api.batches.polls_until_ended = 1
    async with client(fake_api) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        assert named(await error_of(sdk.messages.batches.results(batch.id))) == "AnthropicError"
    assert not fake_api.at(Endpoint.BATCH_RESULTS)


FATES = {
    Scenario.BATCH_MIXED: {"succeeded": 2, "errored": 2, "canceled": 2, "expired": 2},
    Scenario.BATCH_EXPIRED: {"expired": 8},
    Scenario.BATCH_ERRORED: {"errored": 8},
}


@pytest.mark.parametrize("scenario", FATES)
async def test_each_request_has_its_fate(fake_api: FakeApi, scenario: Scenario) -> None:
    rows: list[Any] = []
    async with client(fake_api, scenario) as sdk:
        name = await _ended(sdk)
        batch = await sdk.messages.batches.retrieve(name)
        await _read(sdk, name, rows)
    kinds = [each.result.type for each in rows]
    assert {kind: kinds.count(kind) for kind in kinds} == FATES[scenario]
    assert {kind: count for kind, count in batch.request_counts.to_dict().items() if count} == FATES[scenario]


async def test_a_test_may_choose_the_fate_of_a_request(fake_api: FakeApi) -> None:
    fake_api.batches.fate_of = {NAMES[3]: Fate.EXPIRED}.get
    rows: list[Any] = []
    async with client(fake_api) as sdk:
        await _read(sdk, await _ended(sdk), rows)
    assert [each.custom_id for each in rows if each.result.type == "expired"] == [NAMES[3]]


async def test_results_are_the_same_whenever_they_are_read(fake_api: FakeApi) -> None:
    first: list[Any] = []
    again: list[Any] = []
    async with client(fake_api) as sdk:
        name = await _ended(sdk)
        await _read(sdk, name, first)
        fake_api.answer = lambda _: "Something else."
        await _read(sdk, name, again)
    assert first == again


async def test_what_is_wrong_with_one_request_is_told_in_its_result(fake_api: FakeApi) -> None:
    requests = [REQUESTS[0], {"custom_id": "wrong", "params": ASKED | {"temperature": 1}}]
    async with client(fake_api) as sdk:
        batch = await sdk.messages.batches.create(requests=requests)
        await sdk.messages.batches.retrieve(batch.id)
        rows: list[Any] = []
        await _read(sdk, batch.id, rows)
    error = rows[0].result.error
    assert (rows[0].custom_id, rows[0].result.type, error.error.type) == ("wrong", "errored", "invalid_request_error")
    assert rows[1].result.type == "succeeded"


@pytest.mark.parametrize("names", [["twice", "twice"], ["with space"], ["x" * 65], []])
async def test_a_batch_needs_names_of_its_own(fake_api: FakeApi, names: list[str]) -> None:
    async with client(fake_api) as sdk:
        requests: list[Any] = [{"custom_id": name, "params": ASKED} for name in names]
        assert named(await error_of(sdk.messages.batches.create(requests=requests))) == "BadRequestError"


async def test_a_batch_that_is_cancelled_keeps_what_was_done(fake_api: FakeApi) -> None:
    fake_api.batches.polls_until_ended = 1
    rows: list[Any] = []
    async with client(fake_api) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        cancelled = await sdk.messages.batches.cancel(batch.id)
        told = [await sdk.messages.batches.retrieve(batch.id) for _ in range(2)]
        await _read(sdk, batch.id, rows)
    assert cancelled.cancel_initiated_at is not None
    assert [each.processing_status for each in (cancelled, *told)] == ["canceling", "canceling", "ended"]
    assert sorted(each.result.type for each in rows) == ["canceled"] * 4 + ["succeeded"] * 4


async def test_a_batch_expires_when_its_time_is_up(fake_api: FakeApi) -> None:
    fake_api.batches.polls_until_ended = 1000
    async with client(fake_api) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        fake_api.pass_time(timedelta(hours=23))
        assert (await sdk.messages.batches.retrieve(batch.id)).processing_status == "in_progress"
        fake_api.pass_time(timedelta(hours=2))
        assert (await sdk.messages.batches.retrieve(batch.id)).request_counts.expired == 8


async def test_results_are_taken_away_in_the_end(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        name = await _ended(sdk)
        fake_api.pass_time(timedelta(days=30))
        batch = await sdk.messages.batches.retrieve(name)
        assert batch.archived_at is not None
        assert named(await error_of(sdk.messages.batches.results(name))) == "AnthropicError"
    async with client(fake_api, Scenario.BATCH_ARCHIVED) as sdk:
        assert named(await error_of(sdk.messages.batches.results(await _ended(sdk)))) == "AnthropicError"


async def test_a_batch_is_gone(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.BATCH_GONE) as sdk:
        batch = await sdk.messages.batches.create(requests=REQUESTS)
        for asked in (sdk.messages.batches.retrieve, sdk.messages.batches.results, sdk.messages.batches.cancel):
            assert named(await error_of(asked(batch.id))) == "NotFoundError"
    async with client(fake_api) as sdk:
        assert named(await error_of(sdk.messages.batches.retrieve("msgbatch_of_nobody"))) == "NotFoundError"


BROKEN = {
    Scenario.RESULTS_CUT: "httpx2.RemoteProtocolError",
    Scenario.RESULTS_RESET: "httpx2.ReadError",
    Scenario.RESULTS_STALL: "httpx2.ReadTimeout",
    Scenario.RESULTS_LAST_LINE_CUT: "json.JSONDecodeError",
}


@pytest.mark.parametrize("scenario", BROKEN)
async def test_results_break_off_after_some_of_them(fake_api: FakeApi, scenario: Scenario) -> None:
    rows: list[Any] = []
    async with client(fake_api, scenario) as sdk:
        name = await _ended(sdk)
        assert named(await error_of(_read(sdk, name, rows))) == BROKEN[scenario]
    assert 0 < len(rows) < 8


UNEXPECTED = {
    Scenario.RESULTS_ONE_MISSING: NAMES[-2::-1],
    Scenario.RESULTS_ONE_UNASKED: ["nobody-asked-this", *NAMES[::-1]],
    Scenario.RESULTS_ONE_TWICE: [NAMES[-1], *NAMES[::-1]],
}


@pytest.mark.parametrize("scenario", UNEXPECTED)
async def test_results_are_not_those_that_were_asked_for(fake_api: FakeApi, scenario: Scenario) -> None:
    rows: list[Any] = []
    async with client(fake_api, scenario) as sdk:
        await _read(sdk, await _ended(sdk), rows)
    assert [each.custom_id for each in rows] == UNEXPECTED[scenario]


async def test_the_sdk_takes_the_key_to_wherever_the_results_are(fake_api: FakeApi, another_host: FakeApi) -> None:
    rows: list[Any] = []
    async with client(fake_api, Scenario.RESULTS_ELSEWHERE) as sdk:
        await _read(sdk, await _ended(sdk), rows)
    assert len(rows) == 8
    assert not fake_api.at(Endpoint.BATCH_RESULTS)
    assert [each.key for each in another_host.at(Endpoint.BATCH_RESULTS)] == [KEY]


async def test_batches_are_listed_page_by_page_and_can_be_deleted(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        names = [await _ended(sdk) for _ in range(5)]

        async def listed(**more: Any) -> AsyncIterator[str]:
            async for each in sdk.messages.batches.list(limit=2, **more):
                yield each.id

        assert [each async for each in listed()] == names[::-1]
        assert len(fake_api.at(Endpoint.BATCH_LIST)) == 3
        assert (await sdk.messages.batches.delete(names[0])).type == "message_batch_deleted"
        assert [each async for each in listed()] == names[:0:-1]
