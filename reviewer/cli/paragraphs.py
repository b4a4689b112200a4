"""Sentences and lists laid out for the width of the terminal; what they say is made safe."""

import shutil
import textwrap
from collections.abc import Iterable
from functools import partial

from reviewer.domain.text import safe_line

WIDEST = 100
NARROWEST = 40
LABEL = 12
"""Columns of what stands before the text in an entry."""


def width() -> int:
    """Return how many columns a line may have: those of the terminal, 80 where there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def _filled(text: str, first: str, rest: str, most: int | None) -> str:
    fill = partial(textwrap.fill, width=width(), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return fill(text) if most is None else fill(text, max_lines=most, placeholder=" …")


def paragraph(text: str, indent: int = 0, hang: int = 0) -> str:
    """Return a text on as many lines as it takes, ``indent`` blanks before each, and ``hang`` more after the first."""
    return _filled(safe_line(text), " " * indent, " " * (indent + hang), None)


def labelled(label: str, text: str, most: int | None = None) -> str:
    """Return a text beside its label, on ``most`` lines; what is too long for them ends with an ellipsis."""
    first = f"  {label:<{LABEL - 1}} "
    safe = safe_line(text)
    if most == 1:
        room = width() - len(first)
        return first + (safe if len(safe) <= room else safe[: room - 1].rstrip() + "…")
    return _filled(safe, first, " " * len(first), most)


def field_lines(fields: Iterable[tuple[str, str]], indent: int = 2) -> list[str]:
    """Return a line or more for each field and what it becomes."""
    return [paragraph(f"{field} → {becomes}", indent, hang=4) for field, becomes in fields]
