"""Rows of values as text: CSV by RFC 4180, or JSON Lines.

A row has a value for each fixed column, in order: text, numbers, booleans, a sequence of texts for a list, JSON text
for JSON; None where there is none. What hangs on the store (constraints, reviewers) stands in what follows.
"""

import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from reviewer.domain.json_text import json_text
from reviewer.exports.cells import SAFE_START, guard_cell, join_list
from reviewer.exports.columns import Column, Kind

BYTE_ORDER_MARK = "\ufeff"


class Format(StrEnum):
    """The formats that can be written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


class Row(NamedTuple):
    """The values of the fixed columns, and what there is of each constraint or reviewer, part by part."""

    values: Sequence[Any]
    groups: Mapping[str, Mapping[str, Any]] = {}


class CsvText:
    """Writes rows as CSV: CRLF line ends, quotes where needed by any program, line ends within cells kept.

    ``groups`` names the constraints or reviewers in the order of their columns, ``parts`` what there is of each, and
    ``others`` are the columns of all of them. NUL, which programs that read CSV choke on, is written as ``␀``.
    """

    def __init__(
        self,
        fixed: Sequence[Column],
        groups: Sequence[str],
        parts: Sequence[str],
        others: Sequence[Column],
        *,
        guard: bool,
        mark: bool,
    ) -> None:
        self._columns = (*fixed, *others)
        self._groups = groups
        self._parts = itemgetter(*parts) if parts else None
        self._empty = (None,) * len(parts)
        self._guard = guard
        self._mark = mark
        self._texts = [i for i, c in enumerate(self._columns) if c.kind in (Kind.TEXT, Kind.LIST)]
        self._written: list[tuple[int, Callable[[Any], str]]] = [
            (i, _WRITERS[c.kind]) for i, c in enumerate(self._columns) if c.kind in _WRITERS
        ]

    def head(self) -> str:
        """Return what the file begins with: the names of the columns."""
        names = [c.name for c in self._columns]
        line = _csv([[guard_cell(n) for n in names] if self._guard else names])
        return BYTE_ORDER_MARK + line if self._mark else line

    def rows(self, rows: Iterable[Row]) -> str:
        """Return the text of some rows."""
        return _csv(self._cells(row) for row in rows)

    def _cells(self, row: Row) -> list[Any]:
        cells = list(row.values)
        if self._parts is not None:
            for group in self._groups:
                found = row.groups.get(group)
                cells += self._empty if found is None else self._parts(found)
        for i, write in self._written:
            value = cells[i]
            if value is not None:
                cells[i] = write(value)
        if self._guard:
            for i in self._texts:
                text = cells[i]
                if text and text[0] not in SAFE_START:
                    cells[i] = guard_cell(text)
        return cells


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _list(value: Any) -> str:
    return join_list(value) if value else ""


_WRITERS: Mapping[Kind, Callable[[Any], str]] = {Kind.BOOLEAN: _boolean, Kind.LIST: _list}


class _Lines:
    """Takes the lines of a CSV, each of which ends in what it is told to."""

    END = "\r\n;\t"
    """The writer quotes a cell that has any of these characters. Some spreadsheets take a semicolon or a tab for the
    end of a cell, and then a formula behind it for a cell of its own, unless it stands in quotes."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def write(self, line: str) -> None:
        """Take a line; the writer gives each whole."""
        self._lines.append(line.removesuffix(self.END))

    def text(self) -> str:
        """Return the lines as they stand in a file."""
        return "".join(f"{line}\r\n" for line in self._lines).replace("\0", "␀")


def _csv(lines: Iterable[Sequence[Any]]) -> str:
    taken = _Lines()
    csv.writer(taken, lineterminator=_Lines.END).writerows(lines)
    return taken.text()


class JsonLinesText:
    """Writes one object a row, with typed values; constraints or reviewers are an object within it, ``within``."""

    def __init__(self, fixed: Sequence[Column], within: str | None) -> None:
        self._names = [c.name for c in fixed]
        self._json = [c.name for c in fixed if c.kind is Kind.JSON]
        self._booleans = [c.name for c in fixed if c.kind is Kind.BOOLEAN]
        self._within = within

    def head(self) -> str:
        """Return what the file begins with: nothing."""
        return ""

    def rows(self, rows: Iterable[Row]) -> str:
        """Return the text of some rows."""
        return "".join(f"{self._line(row)}\n" for row in rows)

    def _line(self, row: Row) -> str:
        data = dict(zip(self._names, row.values, strict=True))
        for name in self._json:
            data[name] = json.loads(data[name])
        for name in self._booleans:
            if data[name] is not None:
                data[name] = bool(data[name])
        if self._within:
            data[self._within] = row.groups
        try:
            return json_text(data, allow_nan=False)
        except ValueError:  # JSON has no infinity.
            return json_text({k: v if _is_finite(v) else None for k, v in data.items()})


def _is_finite(value: Any) -> bool:
    return not isinstance(value, float) or value - value == 0
