"""Which ids two runs of a format may both have: those that are no number of the whole world's, and of no named run."""

import re
from collections.abc import Callable, Collection

_UNIQUE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

SharesIds = Callable[[str, str], bool]
"""Tells of a namespace and an id whether a method of another run may have both: no file said which run it is of."""


def is_unique(known_as: str) -> bool:
    """Tell whether an id is a UUID, which nothing else has."""
    return _UNIQUE.fullmatch(known_as) is not None


def never(_namespace: str, _known_as: str) -> bool:
    """Return False: whatever the files are of says so itself."""
    return False


def in_namespaces(namespaces: Collection[str]) -> SharesIds:
    """Return what tells that ids which are not unique may be shared in these namespaces, which no file states."""
    return lambda namespace, known_as: namespace in namespaces and not is_unique(known_as)


def in_namespaces_of(base: str) -> SharesIds:
    """Return the same of the namespace ``base`` and of those that are it with a hash of what a file begins with."""
    derived = re.compile(rf"{re.escape(base)}(?:-[0-9a-f]{{12}})?")
    return lambda namespace, known_as: derived.fullmatch(namespace) is not None and not is_unique(known_as)
