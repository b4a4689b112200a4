"""A rubric is a versioned list of the constraints that production puts on a method."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

REQUIRABLE = ("forecast", "rationale", "ratings")
"""The fields of a judgement that a rubric may require before a verdict counts as complete."""

_SLUG = re.compile(r"\w[\w-]{0,63}")


LARGEST_VERSION = 1_000_000


class BadRubricError(ValueError):
    """A table is no rubric; the message says why, without the place.

    ``constraint`` is which of them it is in, from 0, or None; ``key`` what is wrong there, empty where it is missing.
    """

    def __init__(self, sentence: str, *, constraint: int | None = None, key: str = "") -> None:
        super().__init__(sentence)
        self.constraint = constraint
        self.key = key


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that production demands; ``slug`` is its name in the CSV and never changes."""

    slug: str
    title: str
    question: str
    help: str = ""
    """What to look for, and what makes the difference between a concern and a blocker."""
    sources: tuple[str, ...] = ()
    """Where it is known from that this decides whether a lab result survives."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """A list of constraints under a version; ``required`` names the fields that a judgement must have."""

    slug: str
    version: int
    constraints: tuple[Constraint, ...]
    required: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Return how the rubric is named in exports: slug and version."""
        return f"{self.slug}/{self.version}"

    @property
    def asked(self) -> list[list[str]]:
        """Return what a judgement by it answers, which stays the same within a version: all but help and sources."""
        return [[c.slug, c.title, c.question] for c in self.constraints]


def rubric_from_table(table: Mapping[str, Any]) -> Rubric:
    """Build a rubric from a parsed TOML table.

    Raises:
        BadRubricError: when a key is missing, unknown or of the wrong kind, two slugs are the same, or ``required``
            names a field that no judgement has.
    """
    _refuse_unknown(table, ("slug", "version", "required", "constraints"))
    if not table:
        raise BadRubricError(f"nothing is in it; it needs {'; '.join(_NEEDED.values())}")
    _require(table, "slug")
    slug = _slug(table, None)
    _require(table, "version")
    version = table.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= LARGEST_VERSION:
        raise BadRubricError(f"version must be a whole number from 1 to {LARGEST_VERSION:,}", key="version")
    required = _texts(table, "required", None)
    for name in required:
        if name not in REQUIRABLE:
            raise BadRubricError(
                f"required: {name!r} is no field; it may be one of {', '.join(REQUIRABLE)}", key="required"
            )
    _require(table, "constraints")
    rows = table.get("constraints")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BadRubricError("constraints must be one [[constraints]] or more, each with slug, title and question",
                             key="constraints")  # fmt: skip
    constraints: list[Constraint] = []
    for place, row in enumerate(rows):
        _refuse_unknown(row, ("slug", "title", "question", "help", "sources"), place)
        constraint = Constraint(
            _slug(row, place),
            _text(row, "title", place),
            _text(row, "question", place),
            _text(row, "help", place, optional=True),
            _texts(row, "sources", place),
        )
        if any(constraint.slug == other.slug for other in constraints):
            raise BadRubricError(f"the constraint {constraint.slug!r} is listed twice", constraint=place, key="slug")
        constraints.append(constraint)
    return Rubric(slug, version, tuple(constraints), required)


def _refuse_unknown(table: Mapping[str, Any], known: tuple[str, ...], place: int | None = None) -> None:
    for key in table:
        if key not in known:
            raise BadRubricError(f"{key!r} is no key here; there are {', '.join(known)}", constraint=place, key=key)


_NEEDED = {
    "slug": 'a slug at the top, such as slug = "ours"',
    "version": "a version at the top, such as version = 1",
    "constraints": "one [[constraints]] or more, each with slug, title and question",
}
"""What a file cannot be a rubric without, in the order in which it stands there."""


def _require(table: Mapping[str, Any], key: str) -> None:
    if table.get(key, []) == []:
        raise BadRubricError(f"it needs {_NEEDED[key]}")


def _slug(table: Mapping[str, Any], place: int | None) -> str:
    slug = _text(table, "slug", place)
    if not _SLUG.fullmatch(slug):
        raise BadRubricError(
            "slug must be 1 to 64 letters, digits, '_' and '-', a letter or a digit first", constraint=place, key="slug"
        )
    return slug


def _text(table: Mapping[str, Any], key: str, place: int | None, *, optional: bool = False) -> str:
    value = table.get(key)
    if value is None and optional:
        return ""
    if not isinstance(value, str) or not (value.strip() or optional):
        raise BadRubricError(f"{key} must be text in quotes", constraint=place, key=key if key in table else "")
    return value.strip()


def _texts(table: Mapping[str, Any], key: str, place: int | None) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadRubricError(f'{key} must be a list of texts, such as ["…"]', constraint=place, key=key)
    return tuple(value)
