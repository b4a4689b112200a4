"""The names of reviewers: what stands with each judgement."""

from reviewer.domain.errors import UserError

NAME_LIMIT = 80
"""A reviewer's name stands in a header and in a CSV column; longer ones are mistakes."""


def is_name(name: str) -> bool:
    """Return whether it is a reviewer's name as it stands in a store: short, printable, without blanks around it."""
    return 0 < len(name) <= NAME_LIMIT and name.isprintable() and name == name.strip()


def clean_name(name: str) -> str:
    """Return a reviewer's name without blanks around it.

    Raises:
        UserError: when nothing is left, or the name is too long or has control characters.
    """
    name = name.strip()
    if not name:
        raise UserError("A reviewer needs a name: it stands with each judgement.")
    if not is_name(name):
        raise UserError(f"A reviewer's name has at most {NAME_LIMIT} printable characters.")
    return name
