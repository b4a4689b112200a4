"""Every way in which an answer can fail to come, with the real SDK against a fake of the API."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from reviewer.critic import sdk
from reviewer.critic.answers import BadAnswerError, read_answer
from reviewer.critic.calling import Heard, Limits, attempt, request_body
from reviewer.critic.failures import UNBILLED, Failed, Failure
from reviewer.critic.key import Key
from reviewer.critic.prompt import build_prompt
from reviewer.domain.critiques import Usage
from reviewer.domain.errors import UserError
from tests.critic.answers import answer, critique
from tests.critic.fake_api.scenarios import Scenario
from tests.critic.fake_api.server import FakeApi
from tests.critic.test_prompt import MATERIAL, RUBRIC

KEY = Key("sk-ant-of-a-test", "a test")
LIMITS = Limits("claude-opus-5-5", "medium", 8_000, 60.0)
PROMPT = build_prompt(MATERIAL, RUBRIC, None)
SAID = answer(critique("scale"), critique("noise"))


@pytest.fixture(scope="module")
def api() -> Iterator[FakeApi]:
    with FakeApi() as fake:
        fake.answer = lambda _: SAID
        yield fake


STALLS = (Scenario.STALL, Scenario.STALL_AT_ONCE)


async def call(api: FakeApi, scenario: Scenario) -> tuple[Failed | None, Heard]:
    await sdk.load()
    heard = Heard()
    async with sdk.client_for(KEY, api.url(scenario)) as client:
        patient = client.with_options(timeout=0.3 if scenario in STALLS else 10)
        return await attempt(patient, PROMPT, LIMITS, heard), heard


async def test_an_answer_comes_whole_with_what_it_cost(api: FakeApi) -> None:
    told: list[str] = []
    heard = Heard()
    async with sdk.client_for(KEY, api.url()) as client:
        assert await attempt(client, PROMPT, LIMITS, heard, told.append) is None
    assert json.loads(heard.text) == SAID
    assert told[-1] == heard.text
    assert len(told) > 1
    assert heard.message_id.startswith("msg_")
    assert heard.request_id
    assert heard.model == LIMITS.model
    assert heard.usage is not None
    assert heard.usage.all_input > 0
    assert heard.usage.output > 1
    request = api.seen[-1]
    assert request.body == {**request_body(PROMPT, LIMITS), "stream": True}


ODD = (
    Scenario.DRIP,
    Scenario.STREAM_MANY_PINGS,
    Scenario.STREAM_UNKNOWN_KINDS,
    Scenario.THOUGHT,
)


@pytest.mark.parametrize("scenario", ODD)
async def test_an_answer_that_comes_in_an_odd_way_is_an_answer(api: FakeApi, scenario: Scenario) -> None:
    failed, heard = await call(api, scenario)
    assert failed is None, heard
    assert json.loads(heard.text) == SAID


FAULTS = {
    Scenario.BAD_REQUEST: Failure.BAD_REQUEST,
    Scenario.LOW_CREDIT: Failure.PAYMENT,
    Scenario.ON_HOLD: Failure.NOT_ALLOWED,
    Scenario.UNAUTHORIZED: Failure.BAD_KEY,
    Scenario.PAYMENT_REQUIRED: Failure.PAYMENT,
    Scenario.LINKED_SPEND_LIMIT: Failure.SPEND_LIMIT,
    Scenario.FORBIDDEN: Failure.NOT_ALLOWED,
    Scenario.NOT_FOUND: Failure.NO_SUCH_MODEL,
    Scenario.REQUEST_TIMEOUT: Failure.TIMED_OUT,
    Scenario.CONFLICT: Failure.SERVER,
    Scenario.TOO_LARGE: Failure.TOO_LARGE,
    Scenario.TOO_LARGE_PAGE: Failure.TOO_LARGE,
    Scenario.UNPROCESSABLE: Failure.BAD_REQUEST,
    Scenario.RATE_LIMITED: Failure.RATE_LIMIT,
    Scenario.RATE_LIMITED_BRIEFLY: Failure.RATE_LIMIT,
    Scenario.RATE_LIMITED_AN_HOUR: Failure.RATE_LIMIT,
    Scenario.RATE_LIMITED_UNTIL: Failure.RATE_LIMIT,
    Scenario.RATE_LIMITED_SILENTLY: Failure.RATE_LIMIT,
    Scenario.RATE_LIMITED_ODDLY: Failure.RATE_LIMIT,
    Scenario.SPEND_LIMIT: Failure.SPEND_LIMIT,
    Scenario.CONTRACT_SPEND_LIMIT: Failure.SPEND_LIMIT,
    Scenario.RAMP_LIMIT: Failure.RATE_LIMIT,
    Scenario.SERVER_ERROR: Failure.SERVER,
    Scenario.SERVER_ERROR_NO_RETRY: Failure.SERVER,
    Scenario.BAD_GATEWAY: Failure.SERVER,
    Scenario.UNAVAILABLE_PAGE: Failure.SERVER,
    Scenario.GATEWAY_TIMEOUT: Failure.TIMED_OUT,
    Scenario.OVERLOADED: Failure.OVERLOADED,
    Scenario.OVERLOADED_NO_RETRY: Failure.OVERLOADED,
    Scenario.CLOSED_AT_ONCE: Failure.NO_NETWORK,
    Scenario.RESET_AT_ONCE: Failure.NO_NETWORK,
    Scenario.STALL_AT_ONCE: Failure.TIMED_OUT,
    Scenario.CUT: Failure.CUT_OFF,
    Scenario.RESET: Failure.CUT_OFF,
    Scenario.STALL: Failure.TIMED_OUT,
    Scenario.MALFORMED: Failure.CUT_OFF,
    Scenario.NOT_UTF8: Failure.UNREADABLE,
    Scenario.EMPTY: Failure.UNREADABLE,
    Scenario.HTML: Failure.UNREADABLE,
    Scenario.FIELDS_MISSING: Failure.UNREADABLE,
    Scenario.ANOTHER_SHAPE: Failure.UNREADABLE,
    Scenario.STREAM_WITHOUT_STOP: Failure.CUT_OFF,
    Scenario.STREAM_ENDS_MID_EVENT: Failure.CUT_OFF,
    Scenario.STREAM_ERROR: Failure.OVERLOADED,
    Scenario.STREAM_ERROR_FIRST: Failure.OVERLOADED,
    Scenario.STREAM_MALFORMED: Failure.UNREADABLE,
    Scenario.REFUSAL: Failure.REFUSED,
    Scenario.REFUSAL_HALF_WAY: Failure.REFUSED,
    Scenario.REFUSAL_UNNAMED: Failure.REFUSED,
    Scenario.MAX_TOKENS: Failure.TOO_LONG,
    Scenario.CONTEXT_WINDOW: Failure.TOO_LONG,
    Scenario.PAUSED: Failure.UNREADABLE,
    Scenario.UNKNOWN_STOP: Failure.UNREADABLE,
}


@pytest.mark.parametrize("scenario", FAULTS)
async def test_every_fault_has_its_word_and_a_sentence(api: FakeApi, scenario: Scenario) -> None:
    failed, _ = await call(api, scenario)
    assert failed is not None
    assert failed.failure is FAULTS[scenario], failed
    sentence = failed.sentence(_now())
    assert sentence.endswith((".", "`."))
    assert "sk-ant" not in sentence
    assert "Error" not in sentence


def test_no_scenario_is_left_out() -> None:
    elsewhere = {Scenario.PLAIN, Scenario.NO_WORDS, Scenario.STREAM_OUT_OF_ORDER, Scenario.REDIRECTED}
    of_batches = {each for each in Scenario if each.startswith(("batch_", "results_"))}
    assert set(Scenario) == {*FAULTS, *ODD, *elsewhere, *of_batches}


WAITS = {
    Scenario.RATE_LIMITED: 1,
    Scenario.RATE_LIMITED_BRIEFLY: 0.02,
    Scenario.RATE_LIMITED_AN_HOUR: 3600,
    Scenario.RATE_LIMITED_UNTIL: 90,
}


@pytest.mark.parametrize("scenario", WAITS)
async def test_how_long_to_wait_is_heard(api: FakeApi, scenario: Scenario) -> None:
    failed, _ = await call(api, scenario)
    assert failed is not None
    assert failed.wait is not None
    assert WAITS[scenario] - 3 <= failed.wait <= WAITS[scenario]


@pytest.mark.parametrize("scenario", [Scenario.RATE_LIMITED_SILENTLY, Scenario.RATE_LIMITED_ODDLY])
async def test_where_nobody_says_how_long_nobody_guesses(api: FakeApi, scenario: Scenario) -> None:
    failed, _ = await call(api, scenario)
    assert failed is not None
    assert failed.wait is None


@pytest.mark.parametrize("scenario", [Scenario.NO_WORDS, Scenario.STREAM_OUT_OF_ORDER])
async def test_what_came_in_good_order_and_says_nothing_is_found_out_when_it_is_read(
    api: FakeApi, scenario: Scenario
) -> None:
    failed, heard = await call(api, scenario)
    assert failed is None
    with pytest.raises(BadAnswerError, match="no JSON"):
        read_answer(heard.text, PROMPT.constraints, PROMPT.sent)


async def test_what_was_heard_before_a_refusal_or_a_limit_is_billed(api: FakeApi) -> None:
    for scenario in (Scenario.REFUSAL_HALF_WAY, Scenario.MAX_TOKENS):
        _, heard = await call(api, scenario)
        assert heard.usage is not None
        assert heard.usage.output > 1
        assert heard.stop_reason
    _, refused = await call(api, Scenario.REFUSAL)
    assert refused.category == "frontier_llm"


async def test_an_answer_that_breaks_off_has_no_final_count(api: FakeApi) -> None:
    _, heard = await call(api, Scenario.CUT)
    assert not heard.stop_reason
    assert heard.message_id


async def test_where_nobody_listens_nothing_was_sent() -> None:
    await sdk.load()
    async with sdk.client_for(KEY, "http://127.0.0.1:9/v1") as client:
        failed = await attempt(client, PROMPT, LIMITS, Heard())
    assert failed is not None
    assert failed.failure is Failure.NOT_SENT


async def test_the_key_goes_to_no_other_host(api: FakeApi) -> None:
    with FakeApi() as elsewhere:
        api.elsewhere = elsewhere
        failed, _ = await call(api, Scenario.REDIRECTED)
        assert failed is not None
        assert failed.failure is Failure.OTHER_HOST
        assert elsewhere.seen == []
    api.elsewhere = None


async def test_no_proxy_leads_to_loopback(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    failed, _ = await call(api, Scenario.PLAIN)
    assert failed is None


@pytest.mark.parametrize("proxy", ["socks9://kim:hunter2@127.0.0.1:9", "socks5://127.0.0.1:9"])
async def test_a_proxy_that_cannot_be_is_one_sentence(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await sdk.load()
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UserError, match="cannot be used: look at HTTPS_PROXY") as raised:
        sdk.client_for(KEY, "https://api.example.com")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        (
            "http://gateway.example.com/v1",
            "names gateway.example.com by plain http, where others on the way could read",
        ),
        ("gateway.example.com", "is no address; write https:// and the host"),
        ("ftp://kim:hunter2@gateway.example.com", "is no address"),
        ("http://", "is no address"),
        ("https://[::1", "is no address"),
    ],
)
async def test_the_key_goes_nowhere_that_it_could_be_read(
    address: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sdk.load()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", address)
    with pytest.raises(UserError, match=f"ANTHROPIC_BASE_URL {sentence}") as raised:
        sdk.client_for(KEY)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize("address", ["https://gateway.example.com/v1", "http://localhost:8080", "http://[::1]:8080"])
async def test_an_address_over_tls_or_of_this_machine_is_one(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    await sdk.load()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", address)
    async with sdk.client_for(KEY) as client:
        assert str(client.base_url).startswith(address)


async def test_cancelling_lets_go_at_once(api: FakeApi) -> None:
    await sdk.load()
    heard = Heard()
    async with sdk.client_for(KEY, api.url(Scenario.STALL)) as client:
        task = asyncio.create_task(attempt(client, PROMPT, LIMITS, heard))
        await asyncio.sleep(0.2)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 5
    assert heard.text
    assert heard.seconds > 0


async def test_a_stream_that_never_ends_is_let_go(api: FakeApi) -> None:
    before, api.answer = api.answer, lambda _: "x" * 500_000
    deltas, api.deltas = api.deltas, 50
    try:
        limits = Limits(LIMITS.model, "low", 400_000, 60.0)
        heard = Heard()
        async with sdk.client_for(KEY, api.url()) as client:
            failed = await attempt(client, PROMPT, limits, heard)
    finally:
        api.answer, api.deltas = before, deltas
    assert failed == Failed(Failure.TOO_LONG)
    assert len(heard.text) < 450_000


def test_what_costs_nothing_is_refused_before_it_is_read() -> None:
    assert Failure.TIMED_OUT not in UNBILLED
    assert Failure.CUT_OFF not in UNBILLED
    assert Failure.NO_NETWORK not in UNBILLED
    assert Usage(10, 5, 3, 2, 1).all_input == 16


def _now() -> datetime:
    return datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
