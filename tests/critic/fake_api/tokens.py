"""How many tokens a request and its answer have, and which of them are in the cache: some four characters each."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

CHARACTERS = 4
"""So many characters make up a token."""

Body = Mapping[str, Any]


def tokens(text: str) -> int:
    """Return how many tokens a text has: none if it is empty."""
    return -(-len(text) // CHARACTERS)


@dataclass(frozen=True, slots=True)
class Input:
    """The tokens of a request: those that were read as they are, those put into the cache, and those found in it."""

    fresh: int
    written: int
    written_for_an_hour: int
    found: int

    @property
    def total(self) -> int:
        """Return how many tokens the request has."""
        return self.fresh + self.written + self.found


@dataclass(slots=True)
class Cache:
    """The beginnings of requests that are kept. One of fewer tokens than ``least`` never is, and nobody says so."""

    least: int = 1024
    kept: set[str] = field(default_factory=set)

    def take(self, body: Body) -> Input:
        """Return the tokens of a request, and keep its beginnings up to each place that it marks."""
        so_far = found = marked = 0
        for_an_hour = False
        digest = hashlib.sha256(str(body.get("model")).encode())
        for text, mark in _pieces(body):
            so_far += tokens(text)
            digest.update(text.encode(errors="surrogatepass"))
            if mark is None or so_far < self.least:
                continue
            if digest.hexdigest() in self.kept:
                found = so_far
            self.kept.add(digest.hexdigest())
            marked = so_far
            for_an_hour = mark.get("ttl") == "1h"
        written = marked - found
        return Input(so_far - marked, written, written if for_an_hour else 0, found)


def count(body: Body) -> int:
    """Return how many tokens a request has."""
    return sum(tokens(text) for text, _ in _pieces(body))


def _pieces(body: Body) -> Iterator[tuple[str, Mapping[str, str] | None]]:
    """Yield the parts of a request in the order in which the service reads them, each with the mark after it."""
    pieces = [(_text(each), each.get("cache_control")) for each in body.get("tools") or ()]
    if form := (body.get("output_config") or {}).get("format"):
        pieces.append((_text(form), None))
    pieces += _blocks(body.get("system") or ())
    for message in body.get("messages") or ():
        pieces += _blocks(message.get("content") or ())
    if pieces and body.get("cache_control"):
        pieces[-1] = (pieces[-1][0], body["cache_control"])
    yield from pieces


def _blocks(content: Any) -> list[tuple[str, Mapping[str, str] | None]]:
    if isinstance(content, str):
        return [(content, None)]
    return [(each.get("text") or _text(each), each.get("cache_control")) for each in content]


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def marks(body: Body) -> int:
    """Return how many places a request marks for the cache; the service takes four."""
    return sum(mark is not None for _, mark in _pieces(body))
