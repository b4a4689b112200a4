"""Reviews as a file has them, one row each: CSV, or JSON Lines, read as a map declares their columns.

Rows are read as they are asked for, and none is kept: a file may hold more of them than there is room for.
"""

import csv
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
from reviewer.sources.jsontext import BadJsonError, parse
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
class RawRow:
    """The cells of a row before anything is made of them, and where it stands."""

    place: str
    cells: Cells


class RawRows:
    """The rows of a CSV or JSON Lines file, and what cannot be read of it, each as it is asked for.

    ``restore`` takes off a cell of CSV what an export put on it. Objects within an object of JSON are columns of their
    own: ``scores.novelty``.
    """

    def __init__(self, path: Path, restore: Callable[[str], str]) -> None:
        self.path = path
        self._restore = restore
        self._columns: dict[str, None] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that were met so far: of CSV all of them from the first row on."""
        return tuple(self._columns)

    def __iter__(self) -> Iterator[RawRow | Reject]:
        """Yield the rows.

        Raises:
            SourceError: when the file cannot be read, or is neither; where it has no row, at the end.
        """
        begin = first_text(self.path)
        found = False
        for one in self._json_lines() if begin.lstrip()[:1] == "{" else self._csv(begin):
            found = True
            yield one
        if not found:
            raise SourceError(f"{self.path}: there is no review in it; it has to have a row for each.")

    def _csv(self, first: str) -> Iterator[RawRow | Reject]:
        delimiter = max(_DELIMITERS, key=lambda each: (first.count(each), -_DELIMITERS.index(each)))
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(text_lines(self.path, newline=""), delimiter=delimiter, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if twice := [name for name in header if name and header.count(name) > 1]:
                raise SourceError(f"{self.path} has two columns {twice[0]!r}; give each a name of its own.")
            self._columns = dict.fromkeys(filter(None, header))
            begin = reader.line_num + 1
            for cells in reader:
                place, begin = f"line {begin}", reader.line_num + 1
                if len(cells) > len(header):
                    reason = f"It has {len(cells)} cells, and the first line names {len(header)} columns."
                    yield Reject(str(self.path), place, reason, delimiter.join(cells)[:RAW_LIMIT])
                elif any(cell.strip() for cell in cells):
                    restored = (self._restore(_cell(cell)) for cell in cells)
                    yield RawRow(place, dict(zip(header, restored, strict=False)))
        except csv.Error as error:
            raise SourceError(
                f"{self.path} is no CSV from line {reader.line_num} on ({error}); nothing was taken in."
            ) from error

    def _json_lines(self) -> Iterator[RawRow | Reject]:
        for number, line in enumerate(text_lines(self.path, newline="\n"), start=1):
            if not line.strip():
                continue
            place = f"line {number}"
            try:
                said, mended = parse(line.rstrip("\r\n").encode())
                if not isinstance(said, dict):
                    raise BadJsonError("is no object")
                if mended:
                    raise BadJsonError("has half of a surrogate pair in it, which is no letter")
            except BadJsonError as error:
                yield Reject(str(self.path), place, f"It {error}.", line.rstrip("\n")[:RAW_LIMIT])
                continue
            cells = dict(_flat(said))
            self._columns |= dict.fromkeys(cells)
            yield RawRow(place, cells)


class ReviewRows:
    """The reviews of a file as a map declares them, each as it is asked for, and what cannot be read of it."""

    def __init__(self, path: Path, mapping: JudgementMap, restore: Callable[[str], str]) -> None:
        self._raw = RawRows(path, restore)
        self._mapping = mapping

    def __iter__(self) -> Iterator[ReviewRow | Reject]:
        """Yield the reviews.

        Raises:
            SourceError: when the file cannot be read, or, at its end at the latest, when it lacks a column that the
                map names.
        """
        found = False
        for raw in self._raw:
            if isinstance(raw, Reject):
                yield raw
                continue
            found = True
            try:
                yield review_row(self._mapping, raw.place, raw.cells)
            except UserError as error:
                yield Reject(str(self._raw.path), raw.place, str(error), raw_text(raw.cells))
        for column, place in self._mapping.columns():
            if found and column not in self._raw.columns:
                raise SourceError(
                    f"{self._raw.path} has no column {column!r}, which {place} names; it has "
                    f"{', '.join(self._raw.columns)}."
                )


def first_text(path: Path) -> str:
    """Return the first line of a text that is not blank; empty where there is none.

    Raises:
        SourceError: when it cannot be read, or is not UTF-8.
    """
    return next((line for line in text_lines(path, newline="") if line.strip()), "")


def text_lines(path: Path, *, newline: str) -> Iterator[str]:
    """Yield the lines of a file in UTF-8, with or without a byte order mark, with their ends.

    Raises:
        SourceError: when it cannot be read, or is not UTF-8.
    """
    try:
        with path.open(encoding="utf-8-sig", newline=newline) as file:
            yield from file
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 in line {_broken_line(path)}; save it in UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); name a CSV or JSON Lines file.") from error


def _broken_line(path: Path) -> int:
    """Return the first line of a file that is not UTF-8: a decoder tells no more than where in a piece it is."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return number
    return 1


def raw_text(cells: Cells) -> str:
    """Return a row as JSON text."""
    return json.dumps(dict(cells), ensure_ascii=False)[:RAW_LIMIT]


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


def review_row(mapping: JudgementMap, place: str, cells: Cells) -> ReviewRow:
    """Return the review that a row says.

    Raises:
        UserError: when it says none, or something that is not as the map declares it.
    """

    def cell(column: str) -> str:
        text = cells.get(column, "") if column else ""
        return "" if mapping.missing and text.casefold() in mapping.missing else text

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
        rationale=_rationale(texts),
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


def _rationale(texts: Sequence[tuple[str, str]]) -> str:
    """Return the texts of a review as one, each under its heading where a map names several."""
    if len(texts) == 1:
        return texts[0][1]
    return "\n\n".join(f"## {heading}\n\n{text}" if heading else text for heading, text in texts if text)


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
