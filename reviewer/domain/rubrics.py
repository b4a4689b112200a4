"""A rubric is a versioned list of the constraints that production puts on a method."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewer.domain.errors import UserError

REQUIRABLE = ("forecast", "rationale", "ratings")
"""The fields of a judgement that a rubric may require before a verdict counts as complete."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """One thing that production demands; ``slug`` is its name in the CSV and never changes."""

    slug: str
    title: str
    question: str


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


def rubric_from_table(table: Mapping[str, Any], where: str) -> Rubric:
    """Build a rubric from a parsed TOML table; ``where`` names the file in messages.

    Raises:
        UserError: when a key is missing or has the wrong type, two slugs are the same, or ``required`` names a field
            that no judgement has.
    """
    try:
        constraints = tuple(
            Constraint(str(row["slug"]), str(row["title"]), str(row["question"])) for row in table["constraints"]
        )
        rubric = Rubric(str(table["slug"]), int(table["version"]), constraints, tuple(table.get("required", ())))
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{where}: a rubric needs slug, version and [[constraints]] with slug, title and question "
                        f"({error!r} is missing or of the wrong kind).") from error  # fmt: skip
    slugs = [c.slug for c in constraints]
    if len(set(slugs)) != len(slugs):
        twice = next(s for s in slugs if slugs.count(s) > 1)
        raise UserError(f"{where}: the constraint {twice!r} is listed twice; each slug names one constraint.")
    for name in rubric.required:
        if name not in REQUIRABLE:
            raise UserError(f"{where}: required = {name!r} is no field; it may be one of {', '.join(REQUIRABLE)}.")
    return rubric
