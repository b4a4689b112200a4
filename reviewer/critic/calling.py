"""One attempt at a call: sent once, read as it comes, and never an error of the SDK's let out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewer.critic.failures import Failed, Failure, failed_by
from reviewer.critic.prompt import Prompt
from reviewer.domain.critiques import Usage
from reviewer.domain.identity import content_hash

if TYPE_CHECKING:
    import anthropic

LONGEST_ANSWER = 400_000
"""Characters: more than any limit of tokens comes to. A stream that goes on for ever is let go."""

MOST_TOKENS = 1_000_000_000
"""More than any answer has: a count above it is none, and no database holds what it would cost."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which model is asked, how much it may think and write, and how long that may take in all, in seconds."""

    model: str
    effort: str
    max_output_tokens: int
    deadline: float


@dataclass(slots=True)
class Heard:
    """What has come of an answer so far: of use too where it breaks off."""

    text: str = ""
    usage: Usage | None = None
    message_id: str = ""
    request_id: str = ""
    model: str = ""
    stop_reason: str = ""
    category: str = ""
    ended: bool = False
    seconds: float = 0.0
    _started: float = field(default_factory=time.monotonic)

    def take_time(self) -> None:
        """Note how long it has taken until now."""
        self.seconds = time.monotonic() - self._started


def request_body(prompt: Prompt, limits: Limits) -> dict[str, Any]:
    """Return the request as it is sent, but for whether it is streamed: no tools, and an answer of the given form."""
    return {
        "model": limits.model,
        "max_tokens": limits.max_output_tokens,
        "system": list(prompt.system),
        "messages": list(prompt.messages),
        "output_config": {"effort": limits.effort, "format": {"type": "json_schema", "schema": prompt.schema}},
    }


def request_hash(prompt: Prompt, limits: Limits) -> str:
    """Return the sha256 of the request as canonical JSON."""
    return content_hash(request_body(prompt, limits))


def request_bytes(prompt: Prompt, limits: Limits) -> int:
    """Return how many bytes of text the request has: what the worst that it can cost is reckoned from."""
    import json

    return len(json.dumps(request_body(prompt, limits), ensure_ascii=False).encode("utf-8", "surrogatepass"))


async def attempt(
    client: "anthropic.AsyncAnthropic",
    prompt: Prompt,
    limits: Limits,
    heard: Heard,
    tell: Callable[[str], object] = lambda _: None,
) -> Failed | None:
    """Send a request once and hear the answer out, into ``heard``; return why it is none, or None where it is whole.

    ``tell`` is called with the text so far, each time that more of it has come. Cancelling lets go of it at once.

    Raises:
        asyncio.CancelledError: when it was cancelled; ``heard`` has what came before.
    """
    try:
        return await _attempt(client, prompt, limits, heard, tell)
    except Exception as error:
        failed = failed_by(error)
        heard.request_id = heard.request_id or failed.request_id
        return failed
    finally:
        heard.take_time()


async def _attempt(
    client: "anthropic.AsyncAnthropic",
    prompt: Prompt,
    limits: Limits,
    heard: Heard,
    tell: Callable[[str], object],
) -> Failed | None:
    stream: Any = await client.messages.create(**request_body(prompt, limits), stream=True)
    if not hasattr(stream, "response"):
        # A page of HTML with status 200 comes back as it is, as a text.
        return Failed(Failure.UNREADABLE, "it is no answer of the API")
    async with stream:
        heard.request_id = stream.response.headers.get("request-id", "")
        async for event in stream:
            _hear(heard, event)
            if len(heard.text) > LONGEST_ANSWER:
                return Failed(Failure.TOO_LONG)
            if getattr(event, "type", "") == "content_block_delta":
                tell(heard.text)
    return judge_end(heard)


def judge_end(heard: Heard) -> Failed | None:
    """Return why what was heard to its end is no whole answer, or None where it is one."""
    match heard.stop_reason:
        case "end_turn" if heard.ended:
            return None
        case "refusal":
            return Failed(Failure.REFUSED, heard.category)
        case "max_tokens" | "model_context_window_exceeded":
            return Failed(Failure.TOO_LONG)
        case _ if not heard.message_id:
            return Failed(Failure.UNREADABLE, "it is no answer of the API")
        case _ if not heard.ended:
            return Failed(Failure.CUT_OFF)
        case other:
            return Failed(Failure.UNREADABLE, f"it ended with {other or 'no reason'}")


def _hear(heard: Heard, event: Any) -> None:
    # The SDK builds its records without looking at them: a field may be missing, or be anything.
    match getattr(event, "type", None):
        case "message_start":
            message = getattr(event, "message", None)
            heard.message_id = text_of(message, "id")
            heard.model = text_of(message, "model")
            heard.usage = usage_of(getattr(message, "usage", None), heard.usage)
        case "content_block_delta":
            heard.text += text_of(getattr(event, "delta", None), "text")
        case "message_delta":
            delta = getattr(event, "delta", None)
            heard.stop_reason = text_of(delta, "stop_reason")
            heard.category = text_of(getattr(delta, "stop_details", None), "category")
            heard.usage = final_usage_of(getattr(event, "usage", None), heard.usage)
        case "message_stop":
            heard.ended = True
        case _:
            pass


def usage_of(said: Any, before: Usage | None = None) -> Usage | None:
    """Return the tokens as the API counts them; what it leaves out stands as it was ``before``, None without any."""
    if said is None:
        return before
    base = before or Usage()
    creation = getattr(said, "cache_creation", None)
    long = _count(getattr(creation, "ephemeral_1h_input_tokens", None), base.cache_write_long)
    written = getattr(said, "cache_creation_input_tokens", None)
    short = base.cache_write_short if written is None else max(0, _count(written, 0) - long)
    return Usage(
        input=_count(getattr(said, "input_tokens", None), base.input),
        output=_count(getattr(said, "output_tokens", None), base.output),
        cache_write_short=short,
        cache_write_long=long,
        cache_read=_count(getattr(said, "cache_read_input_tokens", None), base.cache_read),
    )


def final_usage_of(said: Any, before: Usage | None = None) -> Usage | None:
    """Return the tokens as they are told at the end of an answer; None where that lacks what is billed: nobody knows.

    What was sent may have been told ``before``; how much was written is known at the end alone.
    """
    wanted = ("output_tokens",) if before is not None and before.all_input else ("input_tokens", "output_tokens")
    return usage_of(said, before) if all(_count(getattr(said, name, None), -1) >= 0 for name in wanted) else None


def text_of(said: Any, name: str) -> str:
    """Return a field of what the API says where it is a text; empty of anything else."""
    found = getattr(said, name, None)
    return found if isinstance(found, str) else ""


def _count(said: Any, otherwise: int) -> int:
    return said if isinstance(said, int) and not isinstance(said, bool) and 0 <= said <= MOST_TOKENS else otherwise
