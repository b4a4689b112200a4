"""What a message says, why it ends, and what it costs."""

import contextlib
import http.client
import json
from typing import Any

import pytest

from tests.critic.fake_api.clients import ASKED, client, error_of, named
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "stance": {"enum": ["survives", "fails"]},
        "failure_modes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"quote": {"type": "string"}},
                "required": ["quote"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["stance", "failure_modes"],
    "additionalProperties": False,
}
STRUCTURED = ASKED | {"output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}}}
CRITIQUE = {"stance": "fails", "failure_modes": [{"quote": "„nine tenths“ 🙂"}]}

STOPS: dict[Scenario, tuple[str, bool]] = {
    Scenario.REFUSAL: ("refusal", False),
    Scenario.REFUSAL_HALF_WAY: ("refusal", True),
    Scenario.REFUSAL_UNNAMED: ("refusal", False),
    Scenario.MAX_TOKENS: ("max_tokens", True),
    Scenario.CONTEXT_WINDOW: ("model_context_window_exceeded", True),
    Scenario.PAUSED: ("pause_turn", True),
    Scenario.UNKNOWN_STOP: ("tired", True),
    Scenario.NO_WORDS: ("end_turn", False),
}
"""Why the words end, and whether there are any."""


@pytest.fixture(autouse=True)
def answer(fake_api: FakeApi) -> None:
    fake_api.answer = lambda _: CRITIQUE


async def _both(api: FakeApi, asked: dict[str, Any], scenario: Scenario = Scenario.PLAIN) -> list[Any]:
    """Return a message that came at once and one that came in a stream."""
    async with client(api, scenario) as sdk:
        whole = await sdk.messages.create(**asked)
        async with sdk.messages.stream(**asked) as stream:
            return [whole, await stream.get_final_message()]


async def test_a_structured_answer_is_what_the_test_says(fake_api: FakeApi) -> None:
    for message in await _both(fake_api, STRUCTURED):
        assert [json.loads(each.text) for each in message.content] == [CRITIQUE]
        assert (message.stop_reason, message.model) == ("end_turn", ASKED["model"])
    assert fake_api.seen[0].body == STRUCTURED
    assert fake_api.seen[1].body == STRUCTURED | {"stream": True}


async def test_an_answer_may_look_at_what_was_asked(fake_api: FakeApi) -> None:
    fake_api.answer = lambda body: body["messages"][0]["content"].upper()
    for message in await _both(fake_api, ASKED):
        assert message.content[0].text == ASKED["messages"][0]["content"].upper()


async def test_half_of_a_character_is_escaped_and_comes_through(fake_api: FakeApi) -> None:
    fake_api.answer = lambda _: "half \ud83d of a smile"
    for message in await _both(fake_api, ASKED):
        assert message.content[0].text == "half \ud83d of a smile"


async def test_without_an_answer_the_schema_gives_one(fake_api: FakeApi) -> None:
    with FakeApi() as api:
        for message in await _both(api, STRUCTURED):
            assert json.loads(message.content[0].text) == {"stance": "survives", "failure_modes": []}


@pytest.mark.parametrize("scenario", STOPS)
async def test_words_end_for_a_reason(fake_api: FakeApi, scenario: Scenario) -> None:
    reason, words = STOPS[scenario]
    whole = json.dumps(CRITIQUE, ensure_ascii=False)
    for message in await _both(fake_api, STRUCTURED, scenario):
        assert message.stop_reason == reason
        text = "".join(each.text for each in message.content)
        assert bool(text) is words
        assert whole.startswith(text)
        assert text != whole


async def test_a_refusal_says_of_which_kind_it_is(fake_api: FakeApi) -> None:
    for message in await _both(fake_api, STRUCTURED, Scenario.REFUSAL):
        assert (message.stop_details.type, message.stop_details.category) == ("refusal", "frontier_llm")
        assert message.stop_details.explanation
    for message in await _both(fake_api, STRUCTURED, Scenario.REFUSAL_UNNAMED):
        assert message.stop_details.category is None


async def test_no_more_is_said_than_was_allowed(fake_api: FakeApi) -> None:
    for message in await _both(fake_api, STRUCTURED | {"max_tokens": 5}):
        assert (message.stop_reason, message.usage.output_tokens) == ("max_tokens", 5)


async def test_a_thought_stands_before_the_answer_and_is_paid_for(fake_api: FakeApi) -> None:
    plain, _ = await _both(fake_api, STRUCTURED)
    for message in await _both(fake_api, STRUCTURED, Scenario.THOUGHT):
        assert [each.type for each in message.content] == ["thinking", "text"]
        assert message.content[0].thinking
        assert json.loads(message.content[1].text) == CRITIQUE
        thought = message.usage.output_tokens_details.thinking_tokens
        assert thought > 0
        assert message.usage.output_tokens == plain.usage.output_tokens + thought


async def test_what_is_marked_is_found_in_the_cache_the_next_time(fake_api: FakeApi) -> None:
    rules = {"type": "text", "text": "Quote word for word. " * 400}
    kept = ASKED | {"system": [rules | {"cache_control": {"type": "ephemeral", "ttl": "1h"}}]}
    first, second = [each.usage for each in await _both(fake_api, kept)]
    other, _ = [each.usage for each in await _both(fake_api, kept | {"model": "claude-haiku-5-5"})]
    assert first.cache_creation_input_tokens == first.cache_creation.ephemeral_1h_input_tokens == 2100
    assert (first.cache_read_input_tokens, second.cache_read_input_tokens) == (0, 2100)
    assert second.cache_creation_input_tokens == 0
    assert first.input_tokens == second.input_tokens > 0
    assert other.cache_creation_input_tokens == 2100, "a model has a cache of its own"


@pytest.mark.parametrize(
    ("scenario", "billed"),
    [
        (Scenario.PLAIN, 1),
        (Scenario.REFUSAL, 1),
        (Scenario.CUT, 1),
        (Scenario.STALL_AT_ONCE, 1),
        (Scenario.STREAM_ERROR, 1),
        (Scenario.OVERLOADED, 0),
        (Scenario.RATE_LIMITED, 0),
    ],
)
async def test_what_was_made_is_billed_whether_or_not_it_came_through(
    fake_api: FakeApi, scenario: Scenario, billed: int
) -> None:
    usage = []
    async with client(fake_api, scenario) as sdk:
        with contextlib.suppress(Exception):
            usage.append((await sdk.messages.create(**STRUCTURED)).usage.to_dict())
    assert [each["model"] for each in fake_api.billed] == [STRUCTURED["model"]] * billed
    assert usage in ([each["usage"] for each in fake_api.billed], [])


async def test_the_tokens_that_are_counted_are_those_that_are_paid_for(fake_api: FakeApi) -> None:
    counted = {name: STRUCTURED[name] for name in ("model", "messages", "output_config")}
    async with client(fake_api) as sdk:
        count = await sdk.messages.count_tokens(**counted)
        message = await sdk.messages.create(**STRUCTURED)
    assert count.input_tokens == message.usage.input_tokens
    assert fake_api.at(Endpoint.COUNT_TOKENS)[0].body == counted


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"extra_body": {"temperature": 0.5}}, "temperature: Extra inputs are not permitted"),
        ({"messages": [{"role": "user", "content": ""}]}, "text content blocks must be non-empty"),
        ({"messages": [{"role": "judge", "content": "…"}]}, "messages.0.role"),
        ({"output_config": {"effort": "utmost"}}, "output_config.effort"),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
            "'additionalProperties' must be explicitly set to false",
        ),
        (
            {"system": [{"type": "text", "text": "…", "cache_control": {"type": "ephemeral"}}] * 5},
            "A maximum of 4 blocks with cache_control",
        ),
    ],
)
async def test_what_the_service_would_refuse_is_refused(fake_api: FakeApi, more: dict[str, Any], said: str) -> None:
    async with client(fake_api) as sdk:
        error: Any = await error_of(sdk.messages.create(**ASKED | more))
    assert named(error) == "BadRequestError"
    assert said in error.api_message


def test_nothing_is_answered_without_a_key(fake_api: FakeApi) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", fake_api.port, timeout=5)
    asking.request("POST", "/v1/messages", json.dumps(ASKED), {"anthropic-version": "2026-10-21"})
    assert asking.getresponse().status == 401
    asking.close()
    assert [each.key for each in fake_api.seen] == [""]
