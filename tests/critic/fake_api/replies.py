"""An answer before it is sent: its status, its headers and the pieces of its body."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from tests.critic.fake_api.courses import Content, Refused

JSON = "application/json"
STREAM = "text/event-stream; charset=utf-8"
LINES = "application/x-jsonl"
PAGE = "text/html; charset=utf-8"

_RATE_LIMITED = 429
_OVERLOADED = 529


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, ``wait`` seconds after the request.

    Each of several pieces is sent as a chunk of its own, ``gap`` seconds after the one before.
    """

    status: int
    kind: str
    pieces: Sequence[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False
    gap: float = 0.0
    wait: float = 0.0

    @property
    def head(self) -> bytes:
        """Return the status line and the headers."""
        reason = "Overloaded" if self.status == _OVERLOADED else HTTPStatus(self.status).phrase
        length = {"transfer-encoding": "chunked"} if self.chunked else {"content-length": str(len(self.body))}
        headers = {"content-type": self.kind, **length, **self.headers}
        lines = [f"HTTP/1.1 {self.status} {reason}", *(f"{name}: {value}" for name, value in headers.items())]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1")

    @property
    def body(self) -> bytes:
        """Return what the pieces come to."""
        return b"".join(self.pieces)


def request_id() -> str:
    """Return a new name for a request, as the service gives one to each."""
    return f"req_{uuid4().hex[:24]}"


def as_json(value: object, status: int = 200) -> Reply:
    """Return an answer in JSON."""
    return Reply(status, JSON, [encoded(value)], _common())


def refusal(refused: Refused) -> Reply:
    """Return the answer that refuses a request."""
    headers = {**_common(), **refused.headers}
    if refused.status == _RATE_LIMITED:
        headers["anthropic-ratelimit-requests-remaining"] = "0"
    if refused.until is not None:
        headers["retry-after"] = format_datetime(datetime.now(UTC) + refused.until, usegmt=True)
    if refused.page:
        del headers["request-id"]
        return Reply(refused.status, PAGE, [_page(f"{refused.status} {refused.message}")], headers)
    return Reply(refused.status, JSON, [encoded(error_body(refused, headers["request-id"]))], headers)


def redirection(there: str) -> Reply:
    """Return the answer that sends a client elsewhere with all that it has."""
    return Reply(307, PAGE, [_page("Moved")], {"location": there})


def error_body(refused: Refused, request: str) -> dict[str, Any]:
    """Return what stands in the body of an error."""
    details = {"error_code": refused.code} if refused.code else None
    error = {"type": refused.kind, "message": refused.message, "details": details}
    return {"type": "error", "error": error, "request_id": request}


def stream(pieces: Sequence[bytes], request: str, gap: float) -> Reply:
    """Return an answer in server-sent events."""
    return Reply(200, STREAM, pieces, {**_common(), "request-id": request, "cache-control": "no-cache"}, True, gap)


def lines(values: Sequence[object], *, last_cut: bool = False) -> Reply:
    """Return an answer in JSON Lines, the last of them half there if it is so asked."""
    pieces = [encoded(each) + b"\n" for each in values]
    if last_cut and pieces:
        pieces[-1] = pieces[-1][: len(pieces[-1]) // 2]
    return Reply(200, LINES, pieces, _common(), True)


def spoilt(reply: Reply, content: Content) -> Reply:
    """Return an answer with other content than it should have."""
    match content:
        case Content.MALFORMED:
            body = reply.body
            return replace(reply, pieces=[body[: len(body) // 2]])
        case Content.NOT_UTF8:
            body = reply.body
            half = len(body) // 2
            return replace(reply, pieces=[body[:half] + b"\xff" + body[half:]])
        case Content.EMPTY:
            return replace(reply, pieces=[])
        case Content.HTML:
            return Reply(200, PAGE, [_page("Sign in to go on")])
        case Content.FIELDS_MISSING:
            return replace(reply, kind=JSON, pieces=[b'{"type": "message", "id": "msg_bare"}'], chunked=False)
        case Content.ANOTHER_SHAPE:
            return replace(reply, kind=JSON, pieces=[b'[{"type": "message"}]'], chunked=False)
    return reply


def encoded(value: object) -> bytes:
    """Return a value in JSON. Half of a character, for which UTF-8 has no bytes, becomes the escape that JSON has."""
    return json.dumps(value, ensure_ascii=False).encode(errors="backslashreplace")


def _common() -> dict[str, str]:
    """Return the headers that the service puts on each answer."""
    reset = datetime.now(UTC).isoformat(timespec="seconds")
    left = {"requests": (50, 49), "tokens": (90_000, 89_000), "input-tokens": (50_000, 49_000)}
    left["output-tokens"] = (40_000, 40_000)
    limits = {
        f"anthropic-ratelimit-{of}-{name}": str(value)
        for of, (limit, remaining) in left.items()
        for name, value in (("limit", limit), ("remaining", remaining), ("reset", reset))
    }
    return {"request-id": request_id(), "anthropic-organization-id": "org_of_nobody", **limits}


def _page(title: str) -> bytes:
    return f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>".encode()
