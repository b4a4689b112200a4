"""Asking a server for JSON: within a time and a size, of nobody but that server, and each error in a sentence."""

import asyncio
import ssl
from ipaddress import ip_address
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

import httpx2

from reviewer.domain.errors import SourceError
from reviewer.domain.text import safe_line

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
"""An answer is whole within this time, however it comes."""

MOST_BYTES = 64 * 1024 * 1024
"""Bytes that one answer may have."""


class NotThereError(SourceError):
    """The server knows no such route."""


class UnreachableError(SourceError):
    """The server does not answer, breaks off, or fails: it may do better another time."""


class Answer(NamedTuple):
    """What a server answered: where, and the bytes."""

    url: str
    body: bytes


class Asking:
    """Questions to one server, over one connection while that lasts. It is to be closed."""

    def __init__(self, address: str, *, seconds: float = ANSWER_SECONDS, most_bytes: int = MOST_BYTES) -> None:
        self.address = address
        self._seconds, self._most_bytes = seconds, most_bytes
        self._runner = asyncio.Runner()
        self._client = httpx2.AsyncClient(
            timeout=httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
            follow_redirects=False,
            # What the system says of proxies is for others: this machine is reached without.
            trust_env=not _is_this_machine(address),
            headers={"Accept": "application/json", "User-Agent": "reviewer"},
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._runner.run(self._client.aclose())
        self._runner.close()

    def get(self, route: str) -> Answer:
        """Return the answer to ``GET address/route``.

        Raises:
            UnreachableError: when nothing, or no whole answer, comes in time, or the server fails.
            NotThereError: when it knows no such route.
            SourceError: when it leads elsewhere, asks who is there, or answers with too much or with a web page.
        """
        url = f"{self.address}{route}"
        try:
            return self._runner.run(self._get(url))
        except (TimeoutError, httpx2.TimeoutException) as error:
            raise UnreachableError(
                f"{url}: there is no whole answer within {self._seconds:g} seconds; see that the server is well, and "
                "try again."
            ) from error
        except httpx2.TransportError as error:
            raise _untransported(url, error) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
            raise SourceError(
                f"{url}: cannot be asked for ({safe_line(str(error), 200)}); check the address."
            ) from error

    async def _get(self, url: str) -> Answer:
        async with asyncio.timeout(self._seconds), self._client.stream("GET", url) as response:
            body = bytearray()
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > self._most_bytes:
                    raise SourceError(
                        f"{url}: answers with more than {self._most_bytes // 2**20} MiB; fetch the server's database "
                        "file and import that."
                    )
            _refuse(url, response, bytes(body))
            return Answer(url, bytes(body))


def _refuse(url: str, response: httpx2.Response, body: bytes) -> None:
    """Raise the error for an answer that is none; return for one that may be JSON."""
    status = response.status_code
    if response.is_redirect or 300 <= status < 400:
        to = safe_line(response.headers.get("location", "elsewhere"), 200)
        raise SourceError(f"{url}: leads on to {to}, which is not followed; give that address, if it is the server's.")
    if status in (401, 403, 407):
        raise SourceError(
            f"{url}: asks who is there ({status}), which the study's server itself does not; ask who runs it, or "
            "import its database file."
        )
    if status == 404:
        raise NotThereError(
            f"{url}: there is no such thing (404), so that it is not the study's server; check host and port, and give "
            "the address without a path."
        )
    if status >= 500 or status == 429:
        said = safe_line(body[:300].decode("utf-8", "replace"), 120)
        raise UnreachableError(f"{url}: the server failed ({status}: {said}); its log says why; try again later.")
    if status != 200:
        raise SourceError(f"{url}: answers {status}, which the study's server does not; check the address.")
    if body.lstrip()[:1] == b"<":
        raise SourceError(f"{url}: answers with a web page and no JSON; check that it is the study's server.")


def _untransported(url: str, error: httpx2.TransportError) -> SourceError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return SourceError(
                f"{url}: the connection cannot be made secure ({safe_line(str(cause), 120)}); see whether it is https."
            )
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx2.ConnectError):
        return UnreachableError(
            f"{url}: nobody answers there ({safe_line(str(error), 120)}); see that the server runs, and check host and "
            "port."
        )
    said = safe_line(str(error), 120) or type(error).__name__
    return UnreachableError(f"{url}: the answer breaks off ({said}); see that the server is well, and try again.")


def _is_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
