"""Answers played from a file in place of Claude's, for who looks around without a key: no socket is ever opened.

They take the way of real ones: through the SDK, streamed, kept, settled and checked. What answers stands where the SDK
would open a connection. No model wrote them: they were written for the sample study, in the form of Claude's.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from reviewer.critic.failures import Failure
from reviewer.critic.key import Key
from reviewer.critic.prices import Price
from reviewer.critic.prompt import proposal_in
from reviewer.critic.settings import CriticSettings
from reviewer.domain.critiques import RECORDED

if TYPE_CHECKING:
    import anthropic
    import httpx2

FILE = "recorded_answers.json"
BASE_URL = "https://recorded.invalid"
"""Where nothing is, by RFC 2606."""

KEY = Key("recorded", "the recording")
"""What stands in the place of a key: there is nobody who would look at it."""

SETTINGS = CriticSettings(
    model=RECORDED, attempts=1, deadline_seconds=60, prices=(Price(RECORDED, 0.0, 0.0, "2026-11-29"),)
)
"""How a recorded answer is asked for, whatever the config says: it costs nothing."""

DELTAS, DELTA_SECONDS = 40, 0.06
"""In how many parts an answer comes, and how long each takes: two seconds in all, so that one sees it come."""


@cache
def _recorded() -> Mapping[str, Any]:
    text = resources.files("reviewer.critic").joinpath(FILE).read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def recorded_titles() -> tuple[str, ...]:
    """Return the titles of the proposals for which an answer was recorded."""
    return tuple(each["title"] for each in _recorded()["answers"])


def recorded_answer(sent: str, constraints: list[str]) -> dict[str, Any] | None:
    """Return what was recorded of a proposal, as it is sent, on these constraints; None where nothing was."""
    on = [critique for critique in _recorded_of(sent) if critique["constraint_id"] in constraints]
    return {"critiques": on} if on else None


def _recorded_of(sent: str) -> Sequence[Mapping[str, Any]]:
    proposal_hash = hashlib.sha256(sent.encode("utf-8", "surrogatepass")).hexdigest()
    of_it = (each["critiques"] for each in _recorded()["answers"] if each["proposal_hash"] == proposal_hash)
    return next(of_it, ())


def recorded_client(delta_seconds: float | None = None) -> "anthropic.AsyncAnthropic":
    """Return a client to which the recorded answers are played, each part after so many seconds.

    Without a number they come as fast as one reads. To be called when the SDK is loaded.
    """
    import httpx2

    from reviewer.critic.sdk import client_for

    async def respond(request: httpx2.Request) -> httpx2.Response:
        seconds = DELTA_SECONDS if delta_seconds is None else delta_seconds
        return _response(json.loads(request.content), seconds)

    return client_for(KEY, BASE_URL, httpx2.MockTransport(respond))


def _response(body: Mapping[str, Any], delta_seconds: float) -> "httpx2.Response":
    import httpx2

    sent = proposal_in(body["messages"])
    answer = recorded_answer(sent, _asked(body))
    if answer is None:
        why = f"there are for {', '.join(f'“{title}”' for title in recorded_titles())}"
        if _recorded_of(sent):
            why = "there is one on the constraints of the built-in rubric"
        error = {"type": Failure.NOT_RECORDED.value, "message": why}
        return httpx2.Response(404, json={"type": "error", "error": error})
    return httpx2.Response(
        200,
        headers={"content-type": "text/event-stream; charset=utf-8", "request-id": "req_recorded"},
        content=_streamed(json.dumps(answer, ensure_ascii=False), delta_seconds),
    )


def _asked(body: Mapping[str, Any]) -> list[str]:
    """Return the slugs of the constraints that a request asks about."""
    schema = body["output_config"]["format"]["schema"]
    slugs: list[str] = schema["$defs"]["CritiqueForm"]["properties"]["constraint_id"]["enum"]
    return slugs


async def _streamed(answer: str, delta_seconds: float) -> AsyncIterator[bytes]:
    usage = {"input_tokens": 0, "output_tokens": 0}
    message: dict[str, Any] = {
        "id": "msg_recorded", "type": "message", "role": "assistant", "model": RECORDED, "content": [],
        "stop_reason": None, "stop_sequence": None, "usage": usage,
    }  # fmt: skip
    yield _event("message_start", message=message)
    yield _event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    size = -(-len(answer) // DELTAS)
    for start in range(0, len(answer), size):
        await asyncio.sleep(delta_seconds)
        delta = {"type": "text_delta", "text": answer[start : start + size]}
        yield _event("content_block_delta", index=0, delta=delta)
    yield _event("content_block_stop", index=0)
    yield _event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=usage)
    yield _event("message_stop")


def _event(kind: str, **said: Any) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **said})}\n\n".encode()
