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
    return _asks_for_known(text, known) or _searched(text).asks_for_one_of(_own(names))


@lru_cache(maxsize=16)
def _asks_for_known(text: str, known: str) -> bool:
    """Return it of the names that are covered in every text: there may be hundreds, and each row has the same."""
    return _searched(text).asks_for_one_of(_known(known))


def _is_found_covered(text: str, title: str, hypothesis: str, body: str, names: str, known: str) -> bool:
    from reviewer.domain.covering import Hidden, covered, covered_title

    hidden = Hidden(_hidden(names, known))
    lines = [covered_title(title, hidden.names), *hypothesis.splitlines(), *body.splitlines()]
    return _searched(text).is_in(lines, lambda line: covered(line, hidden))


def _hidden(names: str, known: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*_own(names), *_known(known))))


def _own(names: str) -> tuple[str, ...]:
    from reviewer.domain.covering import names_to_hide

    return names_to_hide(*(name or "" for name in json.loads(names)))


@lru_cache(maxsize=16)
def _known(known: str) -> tuple[str, ...]:
    return tuple(json.loads(known))


@lru_cache(maxsize=16)
def _searched(text: str) -> "Searched":
    from reviewer.domain.covered_words import Searched

    return Searched(text)
