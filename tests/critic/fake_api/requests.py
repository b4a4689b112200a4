"""What the fake was asked: one HTTP request as it came."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.critic.fake_api.endpoints import Endpoint, endpoint_of
from tests.critic.fake_api.scenarios import Scenario

MOST_HEAD = 1 << 20
"""So many bytes a request line and its headers may have."""

_SCENARIOS = {each.value: each for each in Scenario}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: what stood in it, which part of the API it is for, when it was whole and from where it came.

    ``target`` is as it was sent: a path, or a whole address where the sender took the fake for its proxy. ``name`` is
    what the path asks after. ``headers`` have their names in small letters. ``body`` is the JSON object of the
    content, or empty where there is none.
    """

    method: str
    target: str
    scenario: Scenario
    endpoint: Endpoint | None
    name: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    content: bytes
    body: dict[str, Any]
    at: float
    origin: tuple[str, int]

    @property
    def key(self) -> str:
        """Return the key that the request carries, or nothing."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else self.headers.get("x-api-key", "")


async def read_request(reader: asyncio.StreamReader, ahead: bytes, origin: tuple[str, int]) -> Request | None:
    """Return the next request of a connection, or None where the client has hung up.

    ``ahead`` is what was read of it before.
    """
    try:
        head = ahead + await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        headers = _headers(lines)
        content = await _content(reader, headers)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    method, target, _ = first.split(" ", 2)
    parts = urlsplit(target)
    scenario, path = _scenario_of(parts.path)
    endpoint, name = endpoint_of(method, path)
    query = parse_qs(parts.query)
    body = _object_of(content)
    return Request(method, target, scenario, endpoint, name, query, headers, content, body, time.monotonic(), origin)


def _headers(lines: list[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.strip().lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers


async def _content(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    chunks = []
    while size := int(await reader.readuntil(b"\r\n"), 16):
        chunks.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(chunks)


def _scenario_of(path: str) -> tuple[Scenario, str]:
    first, _, rest = path.removeprefix("/").partition("/")
    scenario = _SCENARIOS.get(first)
    return (scenario, f"/{rest}") if scenario else (Scenario.PLAIN, path)


def _object_of(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
