"""The first words of an answer while the rest of it comes."""

from collections.abc import Mapping
from typing import Any


def claims_so_far(raw: str) -> tuple[tuple[str, str], ...]:
    """Return each constraint and claim that has come so far, in their order; the last may be cut short.

    What they quote is not checked yet, and not among them.
    """
    from pydantic_core import from_json

    try:
        data = from_json(raw, allow_partial="trailing-strings")
    except ValueError:
        return ()
    return tuple(
        (str(critique.get("constraint_id", "")), claim)
        for critique in _objects(data, "critiques")
        for mode in _objects(critique, "failure_modes")
        if isinstance(claim := mode.get("claim"), str) and claim
    )


def _objects(data: Any, name: str) -> tuple[Mapping[str, Any], ...]:
    found = data.get(name) if isinstance(data, dict) else None
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()
