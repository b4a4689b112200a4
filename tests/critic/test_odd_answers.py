"""What a gateway in between may answer, with the real SDK: fields that are anything, headers beyond any calendar."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from reviewer.critic import sdk
from reviewer.critic.calling import Heard, attempt
from reviewer.critic.failures import LONGEST_TOLD, Failed, Failure
from reviewer.critic.prices import Price
from reviewer.workflow.critiquing import billed
from tests.critic.test_calling import KEY, LIMITS, PROMPT

NOON = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EVENTS = "content-type: text/event-stream\r\n"
MESSAGE: dict[str, Any] = {
    "id": "m1", "type": "message", "role": "assistant", "model": "x", "content": [], "stop_reason": None,
    "usage": {"input_tokens": 5, "output_tokens": 1},
}  # fmt: skip


def start(**fields: object) -> dict[str, object]:
    """Return the first event of a stream, with some fields of its message set."""
    return {"type": "message_start", "message": {**MESSAGE, **fields}}


def delta(**fields: object) -> dict[str, object]:
    """Return an event of a stream that says how the message ends."""
    return {"type": "message_delta", "delta": fields, "usage": {"output_tokens": 3}}


def stream(*events: dict[str, object]) -> str:
    """Return events as they are sent."""
    return "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events)


async def heard_of(body: str, headers: str = EVENTS, status: int = 200) -> tuple[Failed | None, Heard]:
    """Return what an attempt hears where that is answered."""
    answer = f"HTTP/1.1 {status} X\r\n{headers}content-length: {len(body)}\r\nconnection: close\r\n\r\n{body}".encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(length)
        writer.write(answer)
        await writer.drain()
        writer.close()

    await sdk.load()
    heard = Heard()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sdk.client_for(KEY, f"http://127.0.0.1:{port}") as client:
            return await attempt(client, PROMPT, LIMITS, heard), heard


@pytest.mark.parametrize(
    ("body", "failure"),
    [
        (stream(start(model={"a": 1}, id=7)), Failure.UNREADABLE),
        (stream(start(), {"type": "content_block_delta", "index": 0}), Failure.CUT_OFF),
        (
            stream(start(), {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": 5}}),
            Failure.CUT_OFF,
        ),
        (stream(start(), delta(stop_reason=["a"]), {"type": "message_stop"}), Failure.UNREADABLE),
        (stream(start(), delta(stop_reason="refusal", stop_details={"category": {"a": 1}})), Failure.REFUSED),
        ("event: message_start\ndata: " + "[" * 200_000 + "\n\n", Failure.UNREADABLE),
    ],
)
async def test_a_field_that_is_no_text_is_none(body: str, failure: Failure) -> None:
    failed, heard = await heard_of(body)
    assert failed is not None
    assert failed.failure is failure
    kept = (failed.detail, heard.text, heard.message_id, heard.model, heard.stop_reason, heard.category)
    assert all(isinstance(each, str) for each in kept)


@pytest.mark.parametrize("usage", [{"output_tokens": 10**30}, {"output_tokens": -1}, {"output_tokens": None}, {}, None])
async def test_an_end_that_does_not_tell_its_tokens_is_not_known_to_be_cheap(usage: object) -> None:
    end = {**delta(stop_reason="end_turn"), "usage": usage}
    failed, heard = await heard_of(stream(start(), end, {"type": "message_stop"}))
    assert failed is None
    assert heard.stop_reason == "end_turn"
    assert billed(heard, failed, Price("x", 5.0, 25.0, "2026-11-29")) is None


async def test_what_was_sent_is_told_at_the_beginning_or_at_the_end() -> None:
    price = Price("x", 5.0, 25.0, "2026-11-29")
    end = {**delta(stop_reason="end_turn"), "usage": {"output_tokens": 3}}
    _, told_first = await heard_of(stream(start(), end, {"type": "message_stop"}))
    assert billed(told_first, None, price) == 5 * 5 + 3 * 25
    _, never = await heard_of(stream(start(usage={}), end, {"type": "message_stop"}))
    assert billed(never, None, price) is None


@pytest.mark.parametrize("status", [200, 400])
async def test_what_cannot_be_unpacked_is_no_answer(status: int) -> None:
    failed, _ = await heard_of("no gzip", f"{EVENTS}content-encoding: gzip\r\n", status)
    assert failed is not None
    assert failed.failure is Failure.UNREADABLE


@pytest.mark.parametrize("error", [{"type": 5, "message": 5, "details": {"error_code": 7}}, "x", None])
async def test_an_error_may_be_anything(error: object) -> None:
    failed, _ = await heard_of(json.dumps({"type": "error", "error": error}), "content-type: application/json\r\n", 400)
    assert failed is not None
    assert failed.failure is Failure.BAD_REQUEST
    assert failed.detail == "status 400"


@pytest.mark.parametrize("asks", ["inf", "1e300", "Wed, 21 Oct 9999 07:28:00 GMT"])
async def test_who_is_to_wait_beyond_any_calendar_is_told_a_day_all_the_same(asks: str) -> None:
    failed, _ = await heard_of("{}", f"content-type: application/json\r\nretry-after: {asks}\r\n", 429)
    assert failed is not None
    assert failed.wait == LONGEST_TOLD
    assert failed.sentence(NOON).endswith("Try again at 2026-12-30 12:00.")


async def test_what_is_no_number_of_seconds_is_not_told() -> None:
    failed, _ = await heard_of("{}", "content-type: application/json\r\nretry-after: nan\r\n", 429)
    assert failed is not None
    assert failed.wait is None
