"""Answers without a stream that come in pieces, not at all, or are not what they should be."""

import asyncio
import time
from typing import Any

import pytest

from tests.critic.fake_api.clients import ASKED, KEY, SECONDS, client, error_of, named, until
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi

ERRORS = {
    Scenario.CLOSED_AT_ONCE: "APIConnectionError",
    Scenario.RESET_AT_ONCE: "APIConnectionError",
    Scenario.STALL_AT_ONCE: "APITimeoutError",
    Scenario.CUT: "APIConnectionError",
    Scenario.RESET: "APIConnectionError",
    Scenario.STALL: "APITimeoutError",
    Scenario.MALFORMED: "json.JSONDecodeError",
    Scenario.NOT_UTF8: "UnicodeDecodeError",
    Scenario.EMPTY: "json.JSONDecodeError",
}


@pytest.mark.parametrize("scenario", ERRORS)
async def test_what_does_not_come_is_an_error(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario) as sdk:
        error = await error_of(sdk.messages.create(**ASKED))
    assert named(error) == ERRORS[scenario]
    assert len(fake_api.seen) == 1


async def test_a_page_with_status_200_is_a_text(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.HTML) as sdk:
        message: Any = await sdk.messages.create(**ASKED)
    assert isinstance(message, str)
    assert "Sign in to go on" in message


async def test_fields_that_are_missing_are_none(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.FIELDS_MISSING) as sdk:
        message: Any = await sdk.messages.create(**ASKED)
    assert (message.content, message.stop_reason, message.usage) == (None, None, None)


async def test_a_list_where_a_message_is_due_is_a_list_of_messages(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.ANOTHER_SHAPE) as sdk:
        message: Any = await sdk.messages.create(**ASKED)
    assert [(each.type, each.content) for each in message] == [("message", None)]


async def test_no_deadline_ends_a_body_that_drips(fake_api: FakeApi) -> None:
    fake_api.drip_seconds = 0.002
    begun = time.monotonic()
    async with client(fake_api, Scenario.DRIP, seconds=0.5) as sdk:
        message = await sdk.messages.create(**ASKED)
    assert message.stop_reason == "end_turn"
    assert time.monotonic() - begun > 2 * 0.5


async def test_what_stalls_goes_on_when_it_is_released(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.STALL, seconds=SECONDS) as sdk:
        asking = asyncio.create_task(sdk.messages.create(**ASKED))
        done, _ = await asyncio.wait({asking}, timeout=0.2)
        assert not done
        fake_api.release()
        assert (await asking).stop_reason == "end_turn"


async def test_whoever_hangs_up_is_missed(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.STALL_AT_ONCE, seconds=SECONDS) as sdk:
        asking = asyncio.create_task(sdk.messages.create(**ASKED))
        await until(lambda: bool(fake_api.seen))
        asking.cancel()
        await asyncio.wait({asking})
        await until(lambda: fake_api.left == fake_api.seen)


async def test_a_redirection_takes_the_request_but_not_the_key(fake_api: FakeApi, another_host: FakeApi) -> None:
    async with client(fake_api, Scenario.REDIRECTED) as sdk:
        await error_of(sdk.messages.create(**ASKED))
    assert [each.key for each in fake_api.seen] == [KEY]
    assert [(each.key, each.body["messages"]) for each in another_host.seen] == [("", ASKED["messages"])]


async def test_where_nobody_listens_there_is_no_connection() -> None:
    with FakeApi() as gone:
        pass
    async with client(gone) as sdk:
        assert named(await error_of(sdk.messages.create(**ASKED))) == "APIConnectionError"
