"""The server itself: what it notes, and that it ends whatever it is at."""

import asyncio
import http.client
import json
import socket
import threading
import time

import pytest

from tests.critic.fake_api import test_batches, test_bodies, test_messages, test_statuses, test_streams
from tests.critic.fake_api.clients import ASKED, KEY, client, error_of, named, until
from tests.critic.fake_api.endpoints import Endpoint
from tests.critic.fake_api.scenarios import COURSES, Scenario
from tests.critic.fake_api.server import FakeApi

OTHERS = {
    Scenario.THOUGHT,
    Scenario.HTML,
    Scenario.FIELDS_MISSING,
    Scenario.ANOTHER_SHAPE,
    Scenario.REDIRECTED,
    Scenario.BATCH_GONE,
    Scenario.BATCH_ARCHIVED,
    Scenario.RESULTS_ELSEWHERE,
}
"""Those that have a test of their own."""


def test_every_scenario_is_tried_with_the_sdk() -> None:
    tried: set[Scenario] = set(OTHERS)
    tried |= test_statuses.ERRORS.keys() | test_bodies.ERRORS.keys() | test_streams.ERRORS.keys()
    tried |= {*test_streams.WHOLE, *test_streams.UNENDED} | test_messages.STOPS.keys()
    tried |= test_batches.FATES.keys() | test_batches.BROKEN.keys() | test_batches.UNEXPECTED.keys()
    assert tried == set(Scenario) == COURSES.keys()


@pytest.mark.parametrize("scenario", [Scenario.STALL, Scenario.STALL_AT_ONCE, Scenario.DRIP])
async def test_it_ends_at_once_whatever_it_is_at(scenario: Scenario) -> None:
    with FakeApi() as api, socket.create_connection(("127.0.0.1", api.port), timeout=5) as tcp:
        api.drip_seconds = 10.0
        content = json.dumps(ASKED)
        head = (
            f"POST /{scenario}/v1/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\nanthropic-version: x"
        )
        tcp.sendall(f"{head}\r\ncontent-length: {len(content)}\r\n\r\n{content}".encode())
        await until(lambda: bool(api.seen))
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    assert "fake-api" not in {each.name for each in threading.enumerate()}
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", api.port), timeout=1)


async def test_it_ends_in_silence_while_a_connection_is_open(caplog: pytest.LogCaptureFixture) -> None:
    with FakeApi() as api:
        sdk = client(api)
        await sdk.messages.create(**ASKED)
    assert [each.getMessage() for each in caplog.records if each.name == "asyncio"] == []
    await sdk.close()


def test_it_can_end_in_a_test_that_fails() -> None:
    with pytest.raises(ZeroDivisionError), FakeApi():
        raise ZeroDivisionError


async def test_it_notes_what_came(fake_api: FakeApi) -> None:
    before = time.monotonic()
    async with client(fake_api, Scenario.THOUGHT) as sdk:
        await sdk.messages.create(**ASKED, extra_query={"why": "so"})
    (seen,) = fake_api.seen
    assert (seen.method, seen.target) == ("POST", "/thought/v1/messages?why=so")
    assert (seen.scenario, seen.endpoint, seen.query) == (Scenario.THOUGHT, Endpoint.MESSAGES, {"why": ["so"]})
    assert (seen.body, json.loads(seen.content), seen.key) == (ASKED, ASKED, KEY)
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["anthropic-version"]
    assert "x-api-key" not in seen.headers
    assert before < seen.at < time.monotonic()
    assert seen.origin[0] == "127.0.0.1"


async def test_one_connection_serves_one_request_after_the_other(fake_api: FakeApi) -> None:
    async with client(fake_api) as sdk:
        for _ in range(3):
            await sdk.messages.create(**ASKED)
            async with sdk.messages.stream(**ASKED) as stream:
                await stream.get_final_message()
    assert len({each.origin for each in fake_api.seen}) == 1


async def test_many_are_served_at_once(fake_api: FakeApi) -> None:
    fake_api.wait_seconds = 0.5
    begun = time.monotonic()
    async with client(fake_api) as sdk:
        messages = await asyncio.gather(*(sdk.messages.create(**ASKED) for _ in range(20)))
        assert 0.5 <= time.monotonic() - begun < 20 * 0.5
        assert fake_api.most_at_once == 20
        await sdk.messages.create(**ASKED)
    assert {each.stop_reason for each in messages} == {"end_turn"}
    assert fake_api.most_at_once == 20


def test_a_path_that_the_api_does_not_have_is_not_found(fake_api: FakeApi) -> None:
    asking = http.client.HTTPConnection("127.0.0.1", fake_api.port, timeout=5)
    asking.request("GET", "/v1/nothing")
    assert asking.getresponse().status == 404
    asking.close()
    assert (fake_api.seen[0].endpoint, fake_api.seen[0].target) == (None, "/v1/nothing")


async def test_what_the_test_cannot_answer_fails_it() -> None:
    def answer(_: object) -> object:
        raise LookupError("no such proposal")

    async def run() -> None:
        with FakeApi() as api:
            api.answer = answer
            async with client(api) as sdk:
                assert named(await error_of(sdk.messages.create(**ASKED))) == "InternalServerError"

    with pytest.raises(LookupError, match="no such proposal"):
        await run()


@pytest.mark.parametrize("scenario", [Scenario.REDIRECTED, Scenario.RESULTS_ELSEWHERE])
async def test_what_leads_elsewhere_needs_another_server(scenario: Scenario) -> None:
    async def run() -> None:
        with FakeApi() as api:
            async with client(api, scenario) as sdk:
                await error_of(sdk.messages.batches.create(requests=test_batches.REQUESTS))

    with pytest.raises(ValueError, match="elsewhere"):
        await run()


async def test_it_notes_what_comes_to_it_as_a_proxy(fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeApi() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with client(fake_api) as sdk:
            await sdk.messages.create(**ASKED)
    assert not fake_api.seen
    assert [(each.target, each.key) for each in proxy.seen] == [(f"{fake_api.url()}/v1/messages", KEY)]


async def test_a_proxy_is_asked_for_the_way_to_a_safe_host_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeApi() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        async with client(proxy) as sdk:
            error = await error_of(sdk.with_options(base_url="https://api.invalid").messages.create(**ASKED))
    assert named(error) == "APIConnectionError"
    assert [(each.method, each.target, each.key) for each in proxy.seen] == [("CONNECT", "api.invalid:443", "")]


async def test_a_proxy_is_not_used_where_it_is_said_so(fake_api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeApi() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        async with client(fake_api) as sdk:
            await sdk.messages.create(**ASKED)
    assert len(fake_api.seen) == 1
    assert not proxy.seen
