"""A message as server-sent events, whole or with what may go wrong in a stream."""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.critic.fake_api.courses import Events
from tests.critic.fake_api.messages import SIGNATURE, Message
from tests.critic.fake_api.replies import encoded

OVERLOADED = {"type": "overloaded_error", "message": "Overloaded", "details": None}

Event = dict[str, Any]

_USAGE_TOLD = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
    "server_tool_use",
)
"""What the last but one event tells of what a message costs."""


def stream_of(message: Message, deltas: int, events: Events, request_id: str) -> list[bytes]:
    """Return the events of a message, each as it is sent; the words come in so many deltas."""
    error = _sent({"type": "error", "error": OVERLOADED, "request_id": request_id})
    if events is Events.ERROR_FIRST:
        return [error]
    whole = list(_events(message, deltas))
    sent = [_sent(each) for each in whole]
    middle = _middle(whole)
    match events:
        case Events.WITHOUT_STOP:
            return sent[:-2]
        case Events.MID_EVENT:
            return [*sent[:middle], sent[middle][: len(sent[middle]) // 2]]
        case Events.ERROR:
            return [*sent[:middle], error]
        case Events.MANY_PINGS:
            return [piece for each in sent for piece in (_sent({"type": "ping"}), b": still there\n\n", each)]
        case Events.UNKNOWN_KINDS:
            return [*sent[:middle], *(_sent(each) for each in _unknown()), *sent[middle:]]
        case Events.MALFORMED:
            return [*sent[:middle], b'event: content_block_delta\ndata: {"type": "content_block_d\n\n', *sent[middle:]]
        case Events.OUT_OF_ORDER:
            return [sent[middle], *sent]
    return sent


def _events(message: Message, deltas: int) -> Iterator[Event]:
    yield {"type": "message_start", "message": message.head()}
    yield {"type": "ping"}
    index = 0
    if message.thought:
        block: Event = {"type": "thinking", "thinking": "", "signature": ""}
        yield {"type": "content_block_start", "index": index, "content_block": block}
        for part in _parts(message.thought, deltas):
            yield _delta(index, {"type": "thinking_delta", "thinking": part})
        yield _delta(index, {"type": "signature_delta", "signature": SIGNATURE})
        yield {"type": "content_block_stop", "index": index}
        index += 1
    if message.text:
        block = {"type": "text", "text": "", "citations": None}
        yield {"type": "content_block_start", "index": index, "content_block": block}
        for part in _parts(message.text, deltas):
            yield _delta(index, {"type": "text_delta", "text": part})
        yield {"type": "content_block_stop", "index": index}
    usage = message.usage(message.output_tokens)
    told = {name: usage[name] for name in _USAGE_TOLD}
    yield {"type": "message_delta", "delta": message.ending(), "usage": told}
    yield {"type": "message_stop"}


def _delta(index: int, delta: Event) -> Event:
    return {"type": "content_block_delta", "index": index, "delta": delta}


def _parts(text: str, deltas: int) -> list[str]:
    size = max(1, -(-len(text) // deltas))
    return [text[start : start + size] for start in range(0, len(text), size)]


def _middle(events: Sequence[Event]) -> int:
    """Return which event is the delta in the middle, or the last event where there are no words."""
    deltas = [at for at, each in enumerate(events) if each["type"] == "content_block_delta"]
    return deltas[len(deltas) // 2] if deltas else len(events) - 1


def _unknown() -> Iterator[Event]:
    yield {"type": "weather", "weather": "fair"}
    yield _delta(0, {"type": "hum_delta", "hum": "…"})


def _sent(event: Event) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (event["type"].encode(), encoded(event))
