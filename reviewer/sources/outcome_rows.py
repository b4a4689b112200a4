"""Outcomes as a CSV file has them: one row a proposal, its columns known by their names."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.methods import Reject
from reviewer.domain.outcomes import Outcome, day_of
from reviewer.domain.plain_files import read_plain
from reviewer.domain.vocabulary import Result, Setting
from reviewer.sources.outcome_map import OutcomeMap
from reviewer.sources.raw_rows import may_be_cut_off

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "proposal": ("proposal", "proposal_id", "id"),
    "namespace": ("namespace",),
    "external_id": ("external_id",),
    "problem": ("problem",),
    "result": ("result", "outcome"),
    "date": ("date", "happened_on"),
    "effect": ("effect",),
    "error": ("error", "standard_error"),
    "metric": ("metric",),
    "setting": ("setting",),
    "constraint": ("constraint",),
    "evidence": ("evidence",),
    "note": ("note",),
    "by": ("by", "said_by", "reviewer"),
    "chosen_with": ("chosen_with",),
}
"""What is read, under the names that a column may have for it; the first one of a row that is there counts."""

EXPORTED_BESIDES = frozenset(("title", "agent", "recorded_at", "target_version", "outcome_id", "schema_version"))
"""Columns of our own export that say nothing that is read."""

_NEEDED = "proposal (or namespace and external_id), result and date"
_DELIMITERS = ",;\t"
_LONGEST_CELL = 1 << 24


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """One outcome with what names its proposal; ``by`` is empty where the row does not say who says so."""

    line: int
    proposal: str
    namespace: str
    external_id: str
    problem: str
    outcome: Outcome
    by: str
    raw: str

    @property
    def named(self) -> str:
        """Return the name of the proposal as commands take it."""
        return f"{self.namespace}/{self.external_id}" if self.namespace and self.external_id else self.proposal


@dataclass(frozen=True, slots=True)
class OutcomeFile:
    """The rows of a file, what could not be read of it, and the columns that mean nothing here."""

    rows: tuple[OutcomeRow, ...]
    rejects: tuple[Reject, ...]
    unknown_columns: tuple[str, ...]


def read_outcome_rows(path: Path, restore: Callable[[str], str], mapping: OutcomeMap | None = None) -> OutcomeFile:
    """Read a CSV of outcomes; ``restore`` takes off a cell what an export put on it against formulas.

    ``mapping`` says what the file calls the columns, where it does not call them as we do.

    Raises:
        SourceError: when the file cannot be read, is no CSV in UTF-8, or lacks a column that every outcome needs.
    """
    text = _text_of(path)
    if not text.strip():
        raise SourceError(f"{path} is empty; outcomes are a CSV whose first line names the columns {_NEEDED}.")
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda each: (first.count(each), -_DELIMITERS.index(each)))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        if mapping is not None:
            header = mapping.renamed(path, header)
        _require_columns(path, header)
        rows: list[OutcomeRow] = []
        rejects: list[Reject] = []
        found = list(_lines(reader))
        for number, (line, cells) in enumerate(found, start=1):
            raw = delimiter.join(cells)
            if number == len(found) and len(cells) < len(header) and not text.endswith(("\n", "\r")):
                rejects.append(Reject(str(path), f"line {line}", may_be_cut_off(len(cells), len(header)), raw))
                continue
            try:
                rows.append(_row(line, header, [restore(cell.strip()) for cell in cells], raw, mapping or OutcomeMap()))
            except UserError as error:
                rejects.append(Reject(str(path), f"line {line}", str(error), raw))
    except csv.Error as error:
        raise SourceError(
            f"{path} is no CSV from line {reader.line_num} on ({error}); nothing was taken in."
        ) from error
    known = {name for names in COLUMNS.values() for name in names} | EXPORTED_BESIDES
    return OutcomeFile(tuple(rows), tuple(rejects), tuple(name for name in header if name and name not in known))


def _text_of(path: Path) -> str:
    try:
        return read_plain(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError(f"{path} is not UTF-8 in line {line}; save it as CSV in UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); name a CSV file of outcomes.") from error


def _require_columns(path: Path, header: Sequence[str]) -> None:
    def has(name: str) -> bool:
        return not set(COLUMNS[name]).isdisjoint(header)

    named = has("proposal") or (has("namespace") and has("external_id"))
    missing = [*([] if named else ["proposal"]), *(name for name in ("result", "date") if not has(name))]
    if missing:
        raise SourceError(
            f"{path} has no column {' and no column '.join(missing)}: outcomes are a CSV whose first line names "
            f"the columns {_NEEDED}."
        )
    for names in COLUMNS.values():
        if len(twice := [name for name in header if name in names]) > 1:
            raise SourceError(
                f"{path} has the columns {' and '.join(twice)}, which say the same; leave the one that holds."
            )


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that say anything, each with the line in which it begins."""
    begin = reader.line_num + 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield begin, cells
        begin = reader.line_num + 1


def _row(line: int, header: Sequence[str], cells: Sequence[str], raw: str, mapping: OutcomeMap) -> OutcomeRow:
    if len(cells) > len(header):
        raise UserError(f"It has {len(cells)} cells, and the first line names {len(header)} columns.")
    said = dict(zip(header, cells, strict=False))

    def cell(name: str) -> str:
        return next(filter(None, (said.get(each, "") for each in COLUMNS[name])), "")

    outcome = Outcome(
        result=_result(mapping.result(cell("result"))),
        happened_on=_day(cell("date")),
        metric=cell("metric"),
        effect=_number("effect", cell("effect")),
        standard_error=_number("error", cell("error")),
        setting=_setting(cell("setting")),
        constraint=cell("constraint"),
        evidence=cell("evidence"),
        note=cell("note"),
        chosen_with=_chance(cell("chosen_with")),
    )
    row = OutcomeRow(
        line, cell("proposal"), cell("namespace"), cell("external_id"), cell("problem"), outcome, cell("by"), raw
    )
    if not row.named:
        raise UserError("It names no proposal.")
    return row


def _result(text: str) -> Result:
    try:
        return Result(text.casefold())
    except ValueError:
        raise UserError(f"The result {text!r} is none of {', '.join(Result)}.") from None


def _day(text: str) -> date:
    try:
        return day_of(text)
    except ValueError:
        raise UserError(f"The date {text!r} is no date; write it as 2026-03-31.") from None


def _number(name: str, text: str) -> float | None:
    if not text:
        return None
    try:
        if "_" in text:  # Which Python takes for nothing.
            raise ValueError(text)
        return float(text)
    except ValueError:
        raise UserError(f"The {name} {text!r} is no number.") from None


def _chance(text: str) -> float | None:
    bare = text.removesuffix("%").rstrip()
    value = _number("chosen_with", bare)
    return None if value is None else value / 100 if bare != text else value


def _setting(text: str) -> Setting | None:
    if not text:
        return None
    try:
        setting = Setting(text.casefold().replace("-", "_"))
    except ValueError:
        known = ", ".join(s for s in Setting if s is not Setting.UNKNOWN)
        raise UserError(f"The setting {text!r} is none of {known}.") from None
    return None if setting is Setting.UNKNOWN else setting
