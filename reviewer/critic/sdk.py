"""Anthropic's SDK, loaded in a thread: it takes a second or two, and nothing may wait for that on the screen."""

import asyncio
import importlib
import os
from typing import TYPE_CHECKING, Any

from reviewer.domain.errors import UserError

if TYPE_CHECKING:
    import anthropic
    import httpx2

    from reviewer.critic.key import Key

BASE_URL_VARIABLE, PUBLIC_URL = "ANTHROPIC_BASE_URL", "https://api.anthropic.com"

LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""What no proxy leads to."""

CONNECT_SECONDS, SILENCE_SECONDS = 5.0, 60.0
"""How long to wait for a connection, and for the next bytes of an answer; a deadline for all stands above them."""


def import_sdk() -> None:
    """Load the SDK, in a thread where there is a screen. Who asks while it is being loaded waits for that."""
    importlib.import_module("anthropic")
    import anyio

    # What opens connections would be loaded with the first of them: a tenth of a second in the midst of the keys.
    anyio.run(anyio.sleep, 0)


async def load() -> None:
    """Load the SDK in a thread."""
    await asyncio.to_thread(import_sdk)


class OtherHostError(Exception):
    """Something was to be sent to another host than the API's: with the key in it."""


def client_for(
    key: "Key", base_url: str | None = None, transport: "httpx2.AsyncBaseTransport | None" = None
) -> "anthropic.AsyncAnthropic":
    """Return a client that tries everything once: waiting, trying again and giving up are told on the screen.

    To be called when the SDK is loaded. Without ``base_url`` it is the one of the environment, else Anthropic's. It
    sends to that host alone, wherever an answer says that something is to be fetched: every request has the key.
    ``transport`` answers in place of the network.

    Raises:
        UserError: when the environment names an address, a proxy, or certificates, that nothing can be sent by; among
            them another host by plain HTTP, where whoever is on the way could read the key.
    """
    import anthropic
    import httpx2

    home = _address(base_url or os.environ.get(BASE_URL_VARIABLE) or PUBLIC_URL)

    async def require_same_host(request: httpx2.Request) -> None:
        asked = request.url
        if (asked.scheme, asked.host, asked.port) != (home.scheme, home.host, home.port):
            raise OtherHostError(asked.host)

    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    in_its_place: dict[str, Any] = {} if transport is None else {"transport": transport}
    try:
        http_client = anthropic.DefaultAsyncHttpxClient(
            timeout=timeout,
            event_hooks={"request": [require_same_host]},
            trust_env=transport is None and home.host not in LOOPBACK,
            follow_redirects=False,
            **in_its_place,
        )
    except (ValueError, ImportError, OSError) as error:
        # Its own words may hold the proxy's password.
        raise UserError(
            "The proxy or the certificates that the environment names cannot be used: look at HTTPS_PROXY, HTTP_PROXY, "
            "ALL_PROXY and SSL_CERT_FILE. Nothing was sent."
        ) from error
    return anthropic.AsyncAnthropic(
        api_key=key.secret, base_url=str(home), max_retries=0, timeout=timeout, http_client=http_client
    )


def _address(written: str) -> "httpx2.URL":
    import httpx2

    try:
        url = httpx2.URL(written.strip())
    except (httpx2.InvalidURL, ValueError):
        url = httpx2.URL("")
    if not url.host or url.scheme not in ("https", "http"):
        # Its words may hold a password.
        raise UserError(f"{BASE_URL_VARIABLE} is no address; write https:// and the host. Nothing was sent.")
    if url.scheme == "http" and url.host not in LOOPBACK:
        raise UserError(
            f"{BASE_URL_VARIABLE} names {url.host} by plain http, where others on the way could read your key; write "
            "https://. Nothing was sent."
        )
    return url
