"""One row of a table, as a map declares it: what it says of its method, and the numbers that it tells."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from reviewer.domain.errors import UserError
from reviewer.domain.identity import timestamp
from reviewer.domain.methods import UNNAMED_DATASET, Reject, SeedValue
from reviewer.domain.vocabulary import Bound, Origin, Role, Setting
from reviewer.sources.jsontext import MAX_TEXT
from reviewer.sources.judgement_rows import texts_under_headings
from reviewer.sources.raw_rows import RawRow
from reviewer.sources.table_map import EPOCHS, MeasuredColumn, Said, TableMap, WordColumn
from reviewer.sources.table_numbers import NumberForm, Reading, count, measured
from reviewer.sources.written_numbers import number_in

_LAST_DIGITS = re.compile(r"\d{1,15}\Z", re.ASCII)
_TITLE_LENGTH = 500


class Spot(NamedTuple):
    """Of what a number is."""

    metric: str
    dataset: str
    split: str = ""
    subset: str = ""
    setting: Setting = Setting.UNKNOWN

    def __str__(self) -> str:
        setting = "" if self.setting is Setting.UNKNOWN else f"({self.setting})"
        return " ".join(filter(None, (self.metric, "on", self.dataset, self.split, self.subset, setting)))


class RowValue(NamedTuple):
    """A number that a row tells; ``seeds`` are those of the row's own columns."""

    spot: Spot
    reading: Reading
    setting: Setting = Setting.UNKNOWN
    error: float | None = None
    no_error: str = ""
    """What stands for the error and is none: ``the file gives NaN``."""
    n_test: int | None = None
    n_correct: int | None = None
    n_seeds: int | None = None
    seeds: tuple[SeedValue, ...] = ()
    without: int = 0
    """How many columns of seeds have no value."""


class RowText(NamedTuple):
    """What a row says of its method besides numbers."""

    title: str = ""
    hypothesis: str = ""
    body: str = ""
    agent: str = ""
    family: str = ""
    run: str = ""
    parent: str = ""


class TableRow(NamedTuple):
    """A row, as the map declares it. ``namespace`` is empty where nobody says it."""

    place: str
    external_id: str
    namespace: str
    problem: str
    """As the row or the map has it, not yet a slug; empty where nobody says it."""
    role: Role
    bound: Bound | None
    origin: Origin
    text: RowText
    created_at: str
    seed: int | None
    values: tuple[RowValue, ...]
    record: Any


def columns_with_sign(mapping: TableMap, rows: Iterable[RawRow | Reject]) -> frozenset[str]:
    """Return those of the columns in per cent of which a cell has the sign; the rows are read until all of them do."""
    unseen = {c for each in mapping.measurements if each.percent for c in (each.column, *each.seeds, each.error) if c}
    found: set[str] = set()
    for row in rows if unseen else ():
        if isinstance(row, RawRow):
            found.update([column for column in unseen if row.cells.get(column, "").endswith("%")])
            unseen -= found
            if not unseen:
                break
    return frozenset(found)


def table_row(
    mapping: TableMap,
    raw: RawRow,
    baseline: tuple[tuple[str, str], ...] = (),
    signed: frozenset[str] = frozenset(),
) -> TableRow:
    """Return what a row says; it is a baseline too where every pair of ``baseline`` holds.

    ``signed`` has the columns in per cent of which some cells say so.

    Raises:
        UserError: when it has no id, or something that is not as the map declares it.
    """
    cells = _Cells(mapping, raw, signed)
    ids = [cells[column] for column in mapping.id]
    if not all(ids):
        column = next(column for column, said in zip(mapping.id, ids, strict=True) if not said)
        raise UserError(f"It has no id: {column} is empty.")
    external_id = " / ".join(ids)
    role, bound = _role(mapping, cells, baseline)
    row = TableRow(
        place=raw.place,
        external_id=external_id,
        namespace=cells.said(mapping.namespace),
        problem=cells.said(mapping.problem),
        role=role,
        bound=bound,
        origin=Origin(cells.word(mapping.origin, "origin")),
        text=RowText(
            title=" ".join(cells[mapping.title].split())[:_TITLE_LENGTH],
            hypothesis=cells[mapping.hypothesis],
            body=_body(mapping, cells),
            agent=cells.said(mapping.agent),
            family=cells.said(mapping.family),
            run=cells.said(mapping.run),
            parent=cells[mapping.parent],
        ),
        created_at=_time(mapping, cells[mapping.time], raw.numbers.get(mapping.time)),
        seed=_seed(mapping, cells),
        values=tuple(value for each in mapping.measurements if (value := _value(each, cells)) is not None),
        record=raw.record,
    )
    if any(len(text) > MAX_TEXT for text in (external_id, *row.text)):
        raise UserError(f"A text of it is longer than {MAX_TEXT:,} characters.")
    return row


class _Cells:
    """The cells of a row, without the words that the map has for nothing."""

    def __init__(self, mapping: TableMap, raw: RawRow, signed: frozenset[str]) -> None:
        self._signed = signed
        self._cells = raw.cells
        self._missing = frozenset(mapping.missing)
        self.numbers: Mapping[str, float] = raw.numbers
        self.form = NumberForm(mapping.decimal, mapping.thousands)

    def __getitem__(self, column: str) -> str:
        """Return what a column says; nothing for no column."""
        text = self._cells.get(column, "") if column else ""
        return "" if self._missing and text.casefold() in self._missing else text

    def said(self, said: Said) -> str:
        return self[said.column] if said.column else said.text

    def is_a_word_for_nothing(self, column: str) -> str:
        """Return the word for no value that a column has; empty where it has none."""
        text = self._cells.get(column, "")
        return text if text and not self[column] else ""

    def word(self, words: WordColumn, what: str) -> str:
        if not words.column:
            return words.fixed
        text = self[words.column]
        for word, means in words.words:
            if word == text.casefold():
                if means:
                    return means
                raise UserError(f"{words.column} is {text[:60]!r}, and nobody says yet what that means.")
        raise UserError(
            f"{words.column} is {text[:60]!r}, which is none of the words in [{what}.words]: "
            f"{', '.join(repr(word) for word, _ in words.words)}."
        )

    def measured(self, column: str, *, percent: bool) -> Reading:
        if word := self.is_a_word_for_nothing(column):
            return Reading(missing=f"the file says {word[:60]!r}")
        number, signed = self.numbers.get(column), percent and column in self._signed
        return measured(column, self[column], number, self.form, percent=percent, signed=signed)

    def count(self, column: str) -> int | None:
        return count(column, self[column], self.numbers.get(column), self.form)


def _body(mapping: TableMap, cells: _Cells) -> str:
    text = texts_under_headings([(text.heading, cells[text.column]) for text in mapping.texts])
    details = "\n".join(f"- {column}: {said}" for column in mapping.details if (said := cells[column]))
    return "\n\n".join(filter(None, (text, details)))


def _role(mapping: TableMap, cells: _Cells, baseline: tuple[tuple[str, str], ...]) -> tuple[Role, Bound | None]:
    for pairs in (mapping.baseline, baseline):
        if pairs and all(cells[column].casefold() == said.casefold() for column, said in pairs):
            return Role.BASELINE, None
    word = cells.word(mapping.role, "role")
    return (Role.REFERENCE, Bound(word)) if word in tuple(Bound) else (Role(word), None)


def _seed(mapping: TableMap, cells: _Cells) -> int | None:
    if not mapping.seed:
        return None
    seed = cells.count(mapping.seed)
    if seed is None:
        raise UserError(f"It has no seed: {mapping.seed} is empty.")
    return seed


def _value(each: MeasuredColumn, cells: _Cells) -> RowValue | None:
    """Return the number that a row has for a measurement; None where every cell of it is empty.

    A row that names its own metric tells a measurement even where that has no value.
    """
    metric = cells.said(each.metric)
    error = cells.measured(each.error, percent=each.percent) if each.error else Reading()
    if error.value is not None and error.value < 0:
        raise UserError(f"{each.error} is {cells[each.error]!r}; an error is 0 or more.")
    n_test, n_correct, n_seeds = (
        cells.count(column) if column else None for column in (each.n_test, each.n_correct, each.n_seeds)
    )
    reading, seeds, without = _reading(each, cells)
    is_empty = reading == Reading() and error == Reading() and (n_test, n_correct, n_seeds) == (None, None, None)
    if is_empty and not each.metric.column:
        return None
    if not metric:
        raise UserError(f"It names no metric: {each.metric.column} is empty.")
    if reading == Reading():
        reading = Reading(missing="the cell is empty")
    dataset = cells.said(each.dataset) or UNNAMED_DATASET
    spot = Spot(metric, dataset, cells.said(each.split), cells.said(each.subset), each.setting)
    return RowValue(
        spot=spot,
        reading=reading,
        setting=each.setting,
        error=error.value,
        no_error=error.missing,
        n_test=n_test,
        n_correct=n_correct,
        n_seeds=len(seeds) or None if n_seeds is None else n_seeds,
        seeds=seeds,
        without=without,
    )


def _reading(each: MeasuredColumn, cells: _Cells) -> tuple[Reading, tuple[SeedValue, ...], int]:
    if not each.seeds:
        return cells.measured(each.column, percent=each.percent), (), 0
    numbers = _seed_numbers(each.seeds)
    readings = [cells.measured(column, percent=each.percent) for column in each.seeds]
    found = tuple(
        SeedValue(number, reading.value)
        for number, reading in zip(numbers, readings, strict=True)
        if reading.value is not None
    )
    if found:
        return Reading(sum(seed.value for seed in found) / len(found)), found, len(readings) - len(found)
    return Reading(missing=next((r.missing for r in readings if r.missing), "")), (), 0


def _seed_numbers(columns: tuple[str, ...]) -> list[int | None]:
    """Return the seeds that columns are named by, as ``seed_42`` is; None for all where not each has one of its own."""
    numbers = [int(found[0]) if (found := _LAST_DIGITS.search(column)) else None for column in columns]
    distinct = None not in numbers and len(set(numbers)) == len(numbers)
    return numbers if distinct else [None] * len(columns)


def _since_1970(text: str, number: float | None) -> float:
    """Return the number that a cell is. Raises ValueError where it is none, though Python might read one in it."""
    found = number_in(text) if number is None else number
    if found is None:
        raise ValueError(text)
    return found


def _time(mapping: TableMap, text: str, number: float | None) -> str:
    """Return a time in UTC where its zone is known, else as a local one of nobody knows where."""
    if not text:
        return ""
    form = mapping.time_format
    try:
        if form in EPOCHS:
            return timestamp(datetime.fromtimestamp(_since_1970(text, number) / EPOCHS[form], UTC))
        moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
        if moment.tzinfo is None and mapping.zone:
            there = moment.replace(tzinfo=ZoneInfo(mapping.zone))
            # An hour that clocks show twice, or never, is no one moment: it stays as it is written.
            moment = there if there.utcoffset() == there.replace(fold=1).utcoffset() else moment
        return timestamp(moment) if moment.tzinfo else moment.isoformat()
    except (ValueError, OverflowError, OSError):
        how = f"as {form!r} has it" if form else "such as 2026-03-31T12:00:00Z; [time] format tells another form"
        raise UserError(f"{mapping.time} is {text[:60]!r}, which is no time {how}.") from None
