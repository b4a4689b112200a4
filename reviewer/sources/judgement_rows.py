"""Reviews as a file has them, one row each: CSV, or JSON Lines, read as a map declares their columns."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.identity import timestamp
from reviewer.domain.methods import Reject
from reviewer.domain.scales import number_of
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.judgement_map import JudgementMap

_DELIMITERS = ",;\t"
_LONGEST_CELL = 1 << 24
RAW_LIMIT = 2_000

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review; what it does not say is empty or None. ``namespace`` is None where nothing says it."""

    place: str
    namespace: str | None
    external_id: str
    title: str
    agent: str
    reviewer: str
    """The name or number that the row has for who reviewed; empty where it has none."""
    at: str
    """In UTC; of a time without a zone as if it were in that."""
    zone_unknown: bool
    """Whether it is a local time of nobody knows where."""
    verdict: Verdict | None
    forecast: float | None
    rationale: str
    tags: tuple[str, ...]
    scores: Mapping[str, float]
    groups: Mapping[str, str]
    cells: Cells


@dataclass(frozen=True, slots=True)
class ReviewFile:
    """The rows of a file, and what could not be read of it."""

    rows: tuple[ReviewRow, ...]
    rejects: tuple[Reject, ...]


@dataclass(frozen=True, slots=True)
class RawRows:
    """The rows of a file before anything is made of them: place and cells of each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, Cells], ...]
    rejects: tuple[Reject, ...]


def read_raw_rows(path: Path, restore: Callable[[str], str]) -> RawRows:
    """Return the cells of a CSV or JSON Lines file; ``restore`` takes off a cell what an export put on it.

    Objects within an object of JSON are columns of their own: ``scores.novelty``.

    Raises:
        SourceError: when it cannot be read, or is neither.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise SourceError(f"{path} is not UTF-8 in line {line}; save it in UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); name a CSV or JSON Lines file.") from error
    found = _json_lines(path, text) if text.lstrip()[:1] == "{" else _csv(path, text, restore)
    if not found.rows and not found.rejects:
        raise SourceError(f"{path}: there is no review in it; it has to have a row for each.")
    return found


def read_review_rows(path: Path, mapping: JudgementMap, restore: Callable[[str], str]) -> ReviewFile:
    """Return the reviews of a file, as the map declares them.

    Raises:
        SourceError: when it cannot be read, or lacks a column that the map names.
    """
    raw = read_raw_rows(path, restore)
    for column, place in mapping.columns():
        if raw.rows and column not in raw.columns:
            raise SourceError(f"{path} has no column {column!r}, which {place} names; it has {', '.join(raw.columns)}.")
    rows: list[ReviewRow] = []
    rejects = list(raw.rejects)
    for place, cells in raw.rows:
        try:
            rows.append(_row(mapping, place, cells))
        except UserError as error:
            rejects.append(Reject(str(path), place, str(error), raw_text(cells)))
    return ReviewFile(tuple(rows), tuple(rejects))


def raw_text(cells: Cells) -> str:
    """Return a row as JSON text."""
    return json.dumps(dict(cells), ensure_ascii=False)[:RAW_LIMIT]


def _csv(path: Path, text: str, restore: Callable[[str], str]) -> RawRows:
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=lambda each: (first.count(each), -_DELIMITERS.index(each)))
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, Cells]] = []
    rejects: list[Reject] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        if twice := [name for name in header if name and header.count(name) > 1]:
            raise SourceError(f"{path} has two columns {twice[0]!r}; give each a name of its own.")
        begin = reader.line_num + 1
        for cells in reader:
            place, begin = f"line {begin}", reader.line_num + 1
            if len(cells) > len(header):
                reason = f"It has {len(cells)} cells, and the first line names {len(header)} columns."
                rejects.append(Reject(str(path), place, reason, delimiter.join(cells)[:RAW_LIMIT]))
            elif any(cell.strip() for cell in cells):
                rows.append((place, dict(zip(header, (restore(_cell(cell)) for cell in cells), strict=False))))
    except csv.Error as error:
        raise SourceError(
            f"{path} is no CSV from line {reader.line_num} on ({error}); nothing was taken in."
        ) from error
    return RawRows(tuple(filter(None, header)), tuple(rows), tuple(rejects))


def _json_lines(path: Path, text: str) -> RawRows:
    rows: list[tuple[str, Cells]] = []
    rejects: list[Reject] = []
    columns: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            if not isinstance(said, dict):
                raise ValueError("it is no object")
        except (ValueError, RecursionError) as error:
            rejects.append(Reject(str(path), f"line {number}", f"It is no JSON ({error}).", line[:RAW_LIMIT]))
            continue
        cells = dict(_flat(said))
        columns |= dict.fromkeys(cells)
        rows.append((f"line {number}", cells))
    return RawRows(tuple(columns), tuple(rows), tuple(rejects))


def _flat(said: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{within}{name}.")
        elif isinstance(value, list):
            yield f"{within}{name}", ";".join(map(_cell, value))
        else:
            yield f"{within}{name}", _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    # The same text with the line ends of another system is the same.
    return value.strip().replace("\r\n", "\n") if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _row(mapping: JudgementMap, place: str, cells: Cells) -> ReviewRow:
    def cell(column: str) -> str:
        text = cells.get(column, "") if column else ""
        return "" if text.casefold() in mapping.missing else text

    external_id, reviewer = cell(mapping.proposal), cell(mapping.reviewer)
    if not external_id:
        raise UserError("It names no proposal.")
    if mapping.reviewer and not reviewer:
        raise UserError("It does not say who reviewed.")
    at, zone_unknown = _time(cell(mapping.time), mapping.time_format)
    texts = [(text.heading, cell(text.column)) for text in mapping.texts]
    row = ReviewRow(
        place=place,
        namespace=mapping.namespace or cell(mapping.namespace_column) or None,
        external_id=external_id,
        title=cell(mapping.title),
        agent=cell(mapping.agent),
        reviewer=reviewer,
        at=at,
        zone_unknown=zone_unknown,
        verdict=_verdict(cell(mapping.verdict), dict(mapping.verdict_words)),
        forecast=_forecast(cell(mapping.forecast), mapping.forecast_unit),
        rationale="\n\n".join(f"## {heading}\n\n{text}" if heading else text for heading, text in texts if text),
        tags=_tags(cell(mapping.tags), mapping.tag_separator),
        scores={scale.name: scale.value_of(text) for column, scale in mapping.scales if (text := cell(column))},
        groups={column: text for column in mapping.groups if (text := cell(column))},
        cells=cells,
    )
    if row.verdict is None and row.forecast is None and not row.rationale and not row.scores:
        raise UserError("It says nothing: every cell of a judgement is empty.")
    return row


def _time(text: str, form: str) -> tuple[str, bool]:
    if not text:
        return "", False
    try:
        moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        return timestamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC)), moment.tzinfo is None
    except (ValueError, OverflowError):
        how = f"as {form!r} has it" if form else "such as 2026-03-31T12:00:00Z; [time] format tells another form"
        raise UserError(f"The time {text!r} is none {how}.") from None


def _verdict(text: str, words: Mapping[str, Verdict | None]) -> Verdict | None:
    if not text:
        return None
    try:
        return words[text.casefold()]
    except KeyError:
        raise UserError(f"The verdict {text!r} is none of those in [verdict.words]: {', '.join(words)}.") from None


def _forecast(text: str, unit: float) -> float | None:
    if not text:
        return None
    value = number_of(text.removesuffix("%").strip() if unit != 1 else text)
    if value is None:
        raise UserError(f"The forecast {text!r} is no number.")
    if not 0 <= value <= unit:
        raise UserError(f"The forecast {text} is outside 0 to {unit:g}.")
    return value / unit


def _tags(text: str, separator: str) -> tuple[str, ...]:
    parts: Sequence[str] = text.split(separator) if separator else (text,)
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in parts))))
