"""Many requests at once, at half the price: a batch is made, looked at, called off, and its results are read.

No error of the SDK's is let out: what went wrong is a ``Failed``. The answers of the API are read as any text from
outside, and results line by line, so that a million of them take no more memory than one.
"""

import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

from reviewer.critic.calling import Heard, final_usage_of, judge_end, text_of
from reviewer.critic.failures import Failed, Failure, failed_by

if TYPE_CHECKING:
    import anthropic

T = TypeVar("T")

MOST_REQUESTS, MOST_BYTES = 10_000, 100_000_000
"""Of one batch; the API takes ten times as many requests and twice as many bytes, which would be in memory twice."""

LONGEST_LINE = 16_000_000
"""Bytes of one result: more than any answer has. A line that goes on for ever is let go."""

A_PAGE = 100
MOST_LISTED = 5_000
"""How many of the account's batches are looked through for one."""


class BatchStatus(StrEnum):
    """How the API says that it stands with a batch."""

    IN_PROGRESS = "in_progress"
    CANCELING = "canceling"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Looked:
    """A batch as the API tells of it. ``done`` of its ``requests`` have come to an end, which it counts at the end."""

    api_id: str
    status: BatchStatus
    requests: int
    done: int
    created_at: datetime
    results_url: str
    archived: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one request: an answer in ``heard``, or why there is none.

    ``asked`` says whether a model was asked at all; what never was costs nothing.
    """

    heard: Heard
    failed: Failed | None
    asked: bool


@dataclass(slots=True)
class Reading:
    """How far results could be read: why they broke off, where they did, and how many lines are no result."""

    failed: Failed | None = None
    unreadable: int = 0
    lines: int = 0


async def create(client: "anthropic.AsyncAnthropic", requests: Sequence[Mapping[str, Any]]) -> Looked | Failed:
    """Send a batch; each request has a ``custom_id`` and its ``params``. It is sent once: nothing is tried again."""
    api = client.messages.batches.with_raw_response
    return await _told(lambda: api.create(requests=requests), _looked)  # type: ignore[arg-type]


async def look(client: "anthropic.AsyncAnthropic", api_id: str) -> Looked | Failed:
    """Return how it stands with a batch."""
    return await _of_one(client.messages.batches.with_raw_response.retrieve, api_id)


async def cancel(client: "anthropic.AsyncAnthropic", api_id: str) -> Looked | Failed:
    """Call a batch off: what has not been begun of it is not begun any more."""
    return await _of_one(client.messages.batches.with_raw_response.cancel, api_id)


async def made_since(client: "anthropic.AsyncAnthropic", since: datetime) -> tuple[Looked, ...] | Failed:
    """Return the batches of the account that were made since a time, the newest first."""
    api = client.messages.batches.with_raw_response
    found: list[Looked] = []
    after: dict[str, str] = {}
    while len(found) < MOST_LISTED:
        page = await _told(lambda after=after: api.list(limit=A_PAGE, **after), _page)  # type: ignore[misc]
        if isinstance(page, Failed):
            return page
        found += page.batches
        if not page.last or any(each.created_at < since for each in page.batches):
            break
        after = {"after_id": page.last}
    return tuple(each for each in found if each.created_at >= since)


async def results(
    client: "anthropic.AsyncAnthropic", looked: Looked, reading: Reading
) -> AsyncGenerator[tuple[str, Result], None]:
    """Yield what came of each request of a batch that has ended, by its ``custom_id``, in whatever order they come.

    Where they break off, ``reading`` says why; what came before was yielded.

    Raises:
        asyncio.CancelledError: when it was cancelled.
    """
    if looked.archived or not looked.results_url:
        reading.failed = Failed(Failure.RESULTS_GONE)
        return
    lines = _lines(client, looked.results_url)
    try:
        while True:
            try:
                line = await anext(lines)
            except StopAsyncIteration:
                return
            except _TooLongError:
                reading.failed = Failed(Failure.UNREADABLE, "a line of it never ends")
                return
            except Exception as error:
                reading.failed = _of_batch(failed_by(error))
                return
            if not line.whole and _result(line.text) is None:
                # What was cut off between two lines cannot be told from the end: the rows that lack a result can.
                reading.failed = Failed(Failure.CUT_OFF)
                return
            reading.lines += 1
            if (found := _result(line.text)) is None:
                reading.unreadable += 1
            else:
                yield found
    finally:
        await lines.aclose()


class _TooLongError(Exception):
    pass


@dataclass(frozen=True, slots=True)
class _Line:
    text: bytes
    whole: bool
    """Whether a line end stood after it."""


async def _lines(client: "anthropic.AsyncAnthropic", url: str) -> AsyncGenerator[_Line, None]:
    """Yield lines that end with ``\\n`` alone: an answer may hold any other line end of Unicode as it is."""
    import httpx2

    # Not through the SDK's own `results`, which looks the batch up once more and gives up at the first line that is no
    # JSON. The client sends nothing to another host, wherever the address points.
    response = await client.get(
        url, cast_to=httpx2.Response, stream=True, options={"headers": {"Accept": "application/binary"}}
    )
    try:
        rest = b""
        async for chunk in response.aiter_bytes():
            *whole, rest = (rest + chunk).split(b"\n")
            for each in whole:
                if each.strip():
                    yield _Line(each, True)
            if len(rest) > LONGEST_LINE:
                raise _TooLongError
        if rest.strip():
            yield _Line(rest, False)
    finally:
        await response.aclose()


async def _told(call: Callable[[], Awaitable[Any]], read: Callable[[Any], T | None]) -> T | Failed:
    """Return what the API answers, as ``read`` makes it out; a failure where that is no answer of the API."""
    try:
        # As text: what the SDK makes of a page of HTML, or of a list, fails in ways of its own.
        raw = await call()
        text = await raw.text()
    except Exception as error:
        return failed_by(error)
    try:
        found = read(_named(text))
    except (ValueError, RecursionError):
        found = None
    return Failed(Failure.UNREADABLE, "it is no answer of the API") if found is None else found


async def _of_one(call: Callable[[str], Awaitable[Any]], api_id: str) -> Looked | Failed:
    told = await _told(lambda: call(api_id), _looked)
    return _of_batch(told) if isinstance(told, Failed) else told


def _of_batch(failed: Failed) -> Failed:
    """Return a failure as it is to be told of a batch: what the API does not know then is no model."""
    if failed.failure is not Failure.NO_SUCH_MODEL:
        return failed
    return Failed(Failure.NO_SUCH_BATCH, status=failed.status, request_id=failed.request_id)


def _named(text: str | bytes) -> Any:
    """Return JSON with each object as something whose fields have names, as the SDK has them."""
    return json.loads(text, object_hook=lambda fields: SimpleNamespace(**fields))


@dataclass(frozen=True, slots=True)
class _Page:
    batches: tuple[Looked, ...]
    last: str
    """What the next page comes after; empty of the last one."""


def _page(said: Any) -> _Page | None:
    data = getattr(said, "data", None)
    if not isinstance(data, list):
        return None
    batches = tuple(filter(None, map(_looked, data)))
    return _Page(batches, text_of(said, "last_id") if getattr(said, "has_more", False) is True else "")


def _looked(said: Any) -> Looked | None:
    api_id, created = text_of(said, "id"), _moment(text_of(said, "created_at"))
    try:
        status = BatchStatus(text_of(said, "processing_status"))
    except ValueError:
        return None
    if not api_id or created is None:
        return None
    counts = getattr(said, "request_counts", None)
    done = sum(_count(counts, name) for name in ("succeeded", "errored", "canceled", "expired"))
    archived = bool(text_of(said, "archived_at"))
    return Looked(
        api_id, status, done + _count(counts, "processing"), done, created, text_of(said, "results_url"), archived
    )


def _result(line: bytes) -> tuple[str, Result] | None:
    """Return a line of the results as whose it is and what came of it, or None where it is no such line."""
    try:
        said = _named(line)
    except (ValueError, RecursionError):
        return None
    name, result = text_of(said, "custom_id"), getattr(said, "result", None)
    if not name:
        return None
    match text_of(result, "type"):
        case "succeeded":
            heard = _heard(getattr(result, "message", None))
            return name, Result(heard, judge_end(heard), asked=True)
        case "errored":
            return name, Result(Heard(ended=True), _errored(getattr(result, "error", None)), asked=False)
        case "canceled":
            return name, Result(Heard(ended=True), Failed(Failure.CANCELLED, "in its batch"), asked=False)
        case "expired":
            return name, Result(Heard(ended=True), Failed(Failure.EXPIRED), asked=False)
        case _:
            return None


def _heard(message: Any) -> Heard:
    content = getattr(message, "content", None)
    texts = [text_of(block, "text") for block in content] if isinstance(content, list) else []
    return Heard(
        text="".join(texts),
        usage=final_usage_of(getattr(message, "usage", None)),
        message_id=text_of(message, "id"),
        model=text_of(message, "model"),
        stop_reason=text_of(message, "stop_reason"),
        category=text_of(getattr(message, "stop_details", None), "category"),
        ended=True,
    )


def _errored(said: Any) -> Failed:
    error = getattr(said, "error", None)
    kind, code = text_of(error, "type"), text_of(getattr(error, "details", None), "error_code")
    failure = Failure.SPEND_LIMIT if "spend_limit" in code else _BY_KIND.get(kind, Failure.SERVER)
    return Failed(failure, code or kind, request_id=text_of(said, "request_id"))


_BY_KIND = {
    "invalid_request_error": Failure.BAD_REQUEST,
    "authentication_error": Failure.BAD_KEY,
    "billing_error": Failure.PAYMENT,
    "permission_error": Failure.NOT_ALLOWED,
    "not_found_error": Failure.NO_SUCH_MODEL,
    "request_too_large": Failure.TOO_LARGE,
    "rate_limit_error": Failure.RATE_LIMIT,
    "timeout_error": Failure.TIMED_OUT,
    "overloaded_error": Failure.OVERLOADED,
}


def _count(said: Any, name: str) -> int:
    found = getattr(said, name, None)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
