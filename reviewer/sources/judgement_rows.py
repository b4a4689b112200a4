"""Reviews as a file has them, one row each, read as a map declares their columns."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.identity import timestamp
from reviewer.domain.methods import Reject
from reviewer.domain.scales import number_of
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.judgement_map import JudgementMap
from reviewer.sources.raw_rows import RAW_LIMIT, Cells, RawRows


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


def raw_text(cells: Cells) -> str:
    """Return a row as JSON text."""
    return json.dumps(dict(cells), ensure_ascii=False)[:RAW_LIMIT]


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
        rationale=texts_under_headings(texts),
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


def texts_under_headings(texts: Sequence[tuple[str, str]]) -> str:
    """Return texts as one, each under its heading where there are several."""
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
