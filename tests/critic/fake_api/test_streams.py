"""Answers in a stream: what the SDK makes of one that is whole, and of each that is not."""

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.critic.fake_api.clients import ASKED, SECONDS, client, error_of, named, until
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

ANSWER = "„The teacher is nine tenths right“ – so a tenth of what is learnt is wrong 🙂; at ten times the scale, too."

ERRORS = {
    Scenario.CLOSED_AT_ONCE: "APIConnectionError",
    Scenario.RESET_AT_ONCE: "APIConnectionError",
    Scenario.STALL_AT_ONCE: "APITimeoutError",
    Scenario.CUT: "httpx2.RemoteProtocolError",
    Scenario.RESET: "httpx2.ReadError",
    Scenario.STALL: "httpx2.ReadTimeout",
    Scenario.NOT_UTF8: "UnicodeDecodeError",
    Scenario.EMPTY: "AssertionError",
    Scenario.HTML: "AssertionError",
    Scenario.FIELDS_MISSING: "AssertionError",
    Scenario.ANOTHER_SHAPE: "AssertionError",
    Scenario.STREAM_ERROR: "APIStatusError",
    Scenario.STREAM_ERROR_FIRST: "APIStatusError",
    Scenario.STREAM_MALFORMED: "json.JSONDecodeError",
}

WHOLE = (
    Scenario.PLAIN,
    Scenario.DRIP,
    Scenario.STREAM_MANY_PINGS,
    Scenario.STREAM_UNKNOWN_KINDS,
    Scenario.STREAM_OUT_OF_ORDER,
)
"""What is amiss with these loses nothing."""

UNENDED = (Scenario.MALFORMED, Scenario.STREAM_WITHOUT_STOP, Scenario.STREAM_ENDS_MID_EVENT)


@pytest.fixture(autouse=True)
def answer(fake_api: FakeApi) -> None:
    fake_api.answer = lambda _: ANSWER
    fake_api.drip_seconds = 0.0


async def _final(sdk: "AsyncAnthropic") -> Any:
    async with sdk.messages.stream(**ASKED) as stream:
        return await stream.get_final_message()


@pytest.mark.parametrize("scenario", ERRORS)
async def test_what_breaks_off_is_an_error(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario) as sdk:
        assert named(await error_of(_final(sdk))) == ERRORS[scenario]
    assert len(fake_api.seen) == 1


@pytest.mark.parametrize("scenario", WHOLE)
async def test_what_is_whole_is_a_message(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario) as sdk:
        message = await _final(sdk)
    assert [each.text for each in message.content] == [ANSWER]
    assert message.stop_reason == "end_turn"
    assert message.usage.output_tokens == -(-len(ANSWER) // 4)


@pytest.mark.parametrize("scenario", UNENDED)
async def test_a_stream_that_ends_too_early_is_no_error(fake_api: FakeApi, scenario: Scenario) -> None:
    async with client(fake_api, scenario) as sdk:
        message = await _final(sdk)
    assert message.stop_reason is None
    assert message.usage.output_tokens == 1
    assert ANSWER.startswith(message.content[0].text)


async def test_an_error_in_a_stream_has_the_status_of_the_stream(fake_api: FakeApi) -> None:
    async with client(fake_api, Scenario.STREAM_ERROR) as sdk:
        error: Any = await error_of(_final(sdk))
    assert (error.status_code, error.type, error.request_id) == (200, "overloaded_error", error.body["request_id"])


@pytest.mark.parametrize("scenario", [Scenario.CUT, Scenario.RESET, Scenario.STALL, Scenario.STREAM_ERROR])
async def test_the_first_words_are_read_before_a_stream_breaks_off(fake_api: FakeApi, scenario: Scenario) -> None:
    fake_api.deltas = 40
    read = []
    async with client(fake_api, scenario) as sdk, sdk.messages.stream(**ASKED) as stream:

        async def keeping() -> None:
            async for each in stream.text_stream:
                read.append(each)

        await error_of(keeping())
        snapshot = stream.current_message_snapshot
    words = "".join(read)
    assert words
    assert len(words) < len(ANSWER)
    assert ANSWER.startswith(words)
    assert snapshot.usage.input_tokens > 0


async def test_words_come_one_after_the_other(fake_api: FakeApi) -> None:
    fake_api.deltas, fake_api.delta_seconds = 4, 0.05
    at = []
    async with client(fake_api) as sdk:
        begun = time.monotonic()
        async with sdk.messages.stream(**ASKED) as stream:
            async for _ in stream.text_stream:
                at.append(time.monotonic())
    assert len(at) == 4
    # The first word may be read late, where the machine is busy.
    assert at[-1] - begun >= 3 * 0.05


async def test_a_stream_goes_on_when_it_is_released(fake_api: FakeApi) -> None:
    fake_api.deltas = 40
    read: list[str] = []
    async with client(fake_api, Scenario.STALL, seconds=SECONDS) as sdk, sdk.messages.stream(**ASKED) as stream:
        async for each in stream.text_stream:
            read.append(each)
            if len(read) == 5:
                break
        assert not fake_api.left
        fake_api.release()
        rest = [each async for each in stream.text_stream]
    assert "".join(read + rest) == ANSWER


async def test_a_stream_that_is_closed_is_missed(fake_api: FakeApi) -> None:
    fake_api.delta_seconds = 0.2
    async with client(fake_api) as sdk:
        async with sdk.messages.stream(**ASKED) as stream:
            await anext(stream.text_stream)
        await until(lambda: bool(fake_api.left))
    assert fake_api.left == fake_api.seen


async def test_nothing_ends_a_stream_of_pings(fake_api: FakeApi) -> None:
    fake_api.deltas, fake_api.delta_seconds = 1, 0.06
    begun = time.monotonic()
    async with client(fake_api, Scenario.STREAM_MANY_PINGS, seconds=0.5) as sdk:
        message = await _final(sdk)
    assert message.stop_reason == "end_turn"
    assert time.monotonic() - begun > 2 * 0.5
