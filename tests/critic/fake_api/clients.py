"""The real SDK, set up to ask the fake, and what comes of it when it does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.critic.fake_api.courses import Delivery
from tests.critic.fake_api.scenarios import COURSES, Scenario
from tests.critic.fake_api.server import FakeApi

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

KEY = "sk-ant-of-a-test"
MODEL = "claude-opus-5-5"
SECONDS = 10.0
"""So long a read may take where an answer comes; the fake takes milliseconds, a busy machine more."""

STALL_SECONDS = 0.3
"""So long a read may take where nothing comes."""

_STALLS = (Delivery.STALL, Delivery.STALL_AT_ONCE)

ASKED: dict[str, Any] = {
    "model": MODEL,
    "max_tokens": 1000,
    "messages": [{"role": "user", "content": "What would break this in production?"}],
}


def client(
    api: FakeApi, scenario: Scenario = Scenario.PLAIN, *, retries: int = 0, seconds: float | None = None
) -> "AsyncAnthropic":
    """Return a client of the fake under a scenario; it soon gives up where that stalls."""
    from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient

    if seconds is None:
        seconds = STALL_SECONDS if COURSES[scenario].delivery in _STALLS else SECONDS
    # Loopback needs no certificates, and to load them takes longer than to ask.
    http = DefaultAsyncHttpxClient(verify=False)
    return AsyncAnthropic(
        api_key=KEY, base_url=api.url(scenario), max_retries=retries, timeout=seconds, http_client=http
    )


async def error_of(call: Awaitable[object]) -> Exception:
    """Return the error that a call ends with.

    Raises:
        AssertionError: when it ends well.
    """
    try:
        value = await call
    except Exception as error:
        return error
    raise AssertionError(f"no error, but {value!r}")


def named(error: BaseException) -> str:
    """Return the name of an error, with the package that it is of where that is not the SDK."""
    package = type(error).__module__.partition(".")[0]
    name = type(error).__name__
    return name if package in ("anthropic", "builtins") else f"{package}.{name}"


async def until(true: Callable[[], bool]) -> None:
    """Wait until something has become true.

    Raises:
        TimeoutError: when it does not.
    """
    async with asyncio.timeout(SECONDS):
        while not true():
            await asyncio.sleep(0.01)
