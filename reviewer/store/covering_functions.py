"""Functions that SQLite calls to cover titles and to search covered texts; :mod:`reviewer.store.covering` asks them.

What they need is loaded when they are first called: connections are made before the first paint.
"""

import json
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.domain.covered_words import Searched


def teach(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection."""
    connection.create_function("covered_title", 3, _covered_title, deterministic=True)
    connection.create_function("asks_for_name", 3, _asks_for_name, deterministic=True)
    connection.create_function("is_found_covered", 6, _is_found_covered, deterministic=True)


def _covered_title(title: str, names: str, known: str) -> str:
    from reviewer.domain.covering import covered_title

    return covered_title(title, _hidden(names, known))


def _asks_for_name(text: str, names: str, known: str) -> bool:
    return _searched(text).asks_for_one_of(_hidden(names, known))


def _is_found_covered(text: str, title: str, hypothesis: str, body: str, names: str, known: str) -> bool:
    from reviewer.domain.covering import Hidden, covered, covered_title

    names_hidden = _hidden(names, known)
    hidden = Hidden(names_hidden)
    lines = [covered_title(title, names_hidden), *hypothesis.splitlines(), *body.splitlines()]
    return _searched(text).is_in(lines, lambda line: covered(line, hidden))


@lru_cache(maxsize=1024)
def _hidden(names: str, known: str) -> tuple[str, ...]:
    from reviewer.domain.covering import names_to_hide

    own = names_to_hide(*(name or "" for name in json.loads(names)))
    return tuple(dict.fromkeys((*own, *json.loads(known))))


@lru_cache(maxsize=16)
def _searched(text: str) -> "Searched":
    from reviewer.domain.covered_words import Searched

    return Searched(text)
