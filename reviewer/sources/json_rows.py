"""Rows as JSON has them: a list of objects, an object of parallel lists, and objects within objects as columns."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.sources.jsontext import BadJsonError, parse, parse_file

ROWS_KEYS = ("rows", "data", "records", "results", "items")
"""Under which an object may have its rows beside other things."""


def is_document(path: Path, first: str) -> bool:
    """Tell whether a file of JSON is one document, by its first line that is not blank; else it has one object a line.

    Raises:
        SourceError: when it cannot be read.
    """
    if first.lstrip().startswith("["):
        return True
    try:
        whole, _ = parse(first.encode())
    except BadJsonError:
        # The first line of a document, or one of JSON Lines that is damaged.
        return first.strip() == "{" or _holds_one_object(path)
    return isinstance(whole, dict) and holds_rows(whole) and _holds_one_object(path)


def holds_rows(whole: Mapping[str, Any]) -> bool:
    """Tell whether an object is a table rather than a row of one."""
    return _rows_key(whole) is not None or (bool(whole) and all(isinstance(value, list) for value in whole.values()))


def _rows_key(whole: Mapping[str, Any]) -> str | None:
    """Return the key under which an object has its rows, if it is clear: the only one, or one of that name."""
    keys = [
        key
        for key, value in whole.items()
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value)
    ]
    if len(whole) == 1:
        return keys[0] if keys else None
    if all(isinstance(value, list) for value in whole.values()) and len({len(v) for v in whole.values()}) == 1:
        return None
    return next((key for key in ROWS_KEYS if key in keys), None)


def _holds_one_object(path: Path) -> bool:
    try:
        return isinstance(parse_file(path)[0], dict)
    except BadJsonError:
        return False


def rows_of_document(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the rows of a document, each with its place.

    Rows are a list of objects, such a list in an object under one of ``ROWS_KEYS`` or its only key, or one object whose
    keys have a list each, all of them of one length.

    Raises:
        SourceError: when it is none of these, or too large to be held.
    """
    try:
        whole, mended = parse_file(path)
    except BadJsonError as error:
        larger = " Write it as JSON Lines, one object a line." if "is larger than" in str(error) else ""
        raise SourceError(f"{path}: {error}.{larger}") from error
    if mended:
        raise SourceError(f"{path}: has half of a surrogate pair in it, which is no letter.")
    if isinstance(whole, list):
        yield from ((f"item {number}", one) for number, one in enumerate(whole, start=1))
        return
    if (key := _rows_key(whole)) is not None:
        yield from ((f"{key}, item {number}", one) for number, one in enumerate(whole[key], start=1))
        return
    if not whole or not all(isinstance(value, list) for value in whole.values()):
        raise SourceError(
            f"{path}: is one object of JSON; a table is a list of objects, such a list under one of "
            f"{', '.join(ROWS_KEYS)}, or an object whose keys have a list each."
        )
    short, long = (choose(whole, key=lambda column: len(whole[column])) for choose in (min, max))
    if len(whole[short]) < len(whole[long]):
        raise SourceError(
            f"{path}: its columns are not of one length: {short!r} has {len(whole[short])} values, {long!r} has "
            f"{len(whole[long])}."
        )
    for number, values in enumerate(zip(*whole.values(), strict=True), start=1):
        yield f"row {number}", dict(zip(whole, values, strict=True))


def flat_cells(said: Mapping[str, Any]) -> dict[str, str]:
    """Return an object as cells of text; objects within it are columns of their own, and lists one cell.

    Raises:
        BadJsonError: when a field and one within another come to the same column and differ.
    """
    cells: dict[str, str] = {}
    for column, cell in _flat(said):
        if cells.get(column, cell) != cell:
            raise BadJsonError(f"has the column {column[:60]!r} twice, as a field and within another, and they differ")
        cells[column] = cell
    return cells


def _flat(said: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name}.")
        elif isinstance(value, list):
            yield f"{within}{name}", ";".join(map(_cell, value))
        else:
            yield f"{within}{name}", _cell(value)


def flat_numbers(said: Mapping[str, Any], within: str = "") -> dict[str, float]:
    """Return those of an object's values that are numbers, by their columns."""
    found: dict[str, float] = {}
    for name, value in said.items():
        if isinstance(value, dict):
            found |= flat_numbers(value, f"{within}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            try:
                found[f"{within}{name}"] = float(value)
            except OverflowError:
                found[f"{within}{name}"] = float("inf") if value > 0 else float("-inf")
    return found


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # The same text with the line ends of another system is the same.
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
