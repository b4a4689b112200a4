"""Any table of methods, as a map declares its columns: CSV, JSON Lines, a JSON document, Parquet.

Nothing of a table is guessed: without a map it is not read, but told which columns it has and how a map is begun.

- A row tells of one method. Where the map names a column of seeds, metrics, datasets, splits or subsets, or says that
  rows repeat, all rows of one id are one method, wherever in the file they stand.
- A row is taken whole or refused with its line and a reason: ragged, without an id, with a text where a number belongs,
  or saying otherwise than a row before it that tells of the same.
- Where some cells of a column in per cent have its sign, those without it are refused: nobody knows what they are in.
- What is not a number but stands for none (NaN, an infinity, a word that the map names) is a measurement without a
  value; an empty cell is none.
"""

import csv
import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Protocol

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.identity import content_hash
from reviewer.domain.methods import MethodRecord, Notice, Reject, UnknownFields
from reviewer.domain.problems import SLUG_IN_WORDS, Metric, Problem, as_slug
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources.contract import ANY_COLUMN, FieldMeaning, Head, Plan, Progress, Read, Source, no_progress
from reviewer.sources.files import require, sha256_of, size_of
from reviewer.sources.json_rows import holds_rows
from reviewer.sources.jsontext import BadJsonError, excerpt, parse
from reviewer.sources.raw_rows import PARQUET_MAGIC, RawRow, RawRows, delimiter_of
from reviewer.sources.rows_aside import Key, RowsAside
from reviewer.sources.shared_ids import in_namespaces_of
from reviewer.sources.table_map import TableMap
from reviewer.sources.table_map_meanings import BASELINES, DIRECTION, SETTING
from reviewer.sources.table_methods import Known, joined
from reviewer.sources.table_rows import TableRow, columns_with_sign, table_row

NAME = "table"
CUT_OFF = " (no line end after it: may be cut off)"

_FEWEST_COLUMNS = 2
_TOLD_COLUMNS = 30
_LONGEST_NAME = 100
_LOOKED_AT = 20
"""Lines of a text that are looked at."""


def recognise(head: Head) -> bool:
    """Tell whether the file has rows with columns: delimited text, objects of JSON, or Parquet."""
    start = head.start.removeprefix(b"\xef\xbb\xbf")
    if start.startswith(PARQUET_MAGIC):
        return True
    if b"\0" in start or not start.strip():
        return False
    stripped = start.lstrip()
    return _is_json(head, stripped) if stripped.startswith((b"{", b"[")) else _is_delimited(head, stripped)


def _is_delimited(head: Head, start: bytes) -> bool:
    """Tell whether a text has a header of several names, and a row beneath it with as many cells."""
    lines = start.decode(errors="replace").splitlines(keepends=True)[:_LOOKED_AT]
    delimiter = delimiter_of(lines[0])
    rows = csv.reader(lines, delimiter=delimiter)
    try:
        header, first = next(rows), next((row for row in rows if row), [])
    except (csv.Error, StopIteration):
        return False
    names = [name.strip() for name in header]
    return (
        len(list(filter(None, names))) >= _FEWEST_COLUMNS
        and all(len(name) <= _LONGEST_NAME for name in names)
        and len(first) == len(header)
    )


def _is_json(head: Head, stripped: bytes) -> bool:
    """Tell whether JSON has several objects, one a line or in a list, or an object with lists."""
    line, _, rest = stripped.partition(b"\n")
    try:
        first = parse(line)[0] if rest.strip() or head.whole else None
    except BadJsonError:
        first = None
    if isinstance(first, dict) and len(first) >= _FEWEST_COLUMNS and rest.strip():
        return True
    if not head.whole:
        return re.match(rb"\[\s*\{", stripped) is not None
    try:
        whole, _ = parse(stripped)
    except BadJsonError:
        return False
    if isinstance(whole, dict):
        return holds_rows(whole)
    return isinstance(whole, list) and bool(whole) and isinstance(whole[0], dict)


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the table in it.")
    return Plan(NAME, path, (path,), NAME, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield a method for each row, or for all rows of one id, and a reject for each row that cannot be taken.

    Before the first method of a problem the problem is described, as far as the map does so. At the end come the
    columns of which the map says nothing.

    Raises:
        SourceError: when there is no map, the file is no table, or it lacks a column that the map names.
    """
    path, mapping = plan.files[0], plan.stated.table_map
    if mapping is None:
        raise SourceError(without_map(path, is_passing=bool(plan.stands_for), stated_in=plan.stated.stated_in))
    if plan.problem is None and not (mapping.problem.text or mapping.problem.column):
        raise SourceError(
            f"{path}: nobody says of which problem they are; {plan.stated.stated_in.names(Statement.PROBLEM)} says "
            "it, or [method] problem in the map."
        )
    rows = RawRows(path, _as_it_is, delimiter=mapping.delimiter, exact=True, progress=progress)
    signed = columns_with_sign(mapping, RawRows(path, _as_it_is, delimiter=mapping.delimiter, exact=True))
    yield from records_of(
        rows,
        mapping,
        file=str(path),
        sha256=sha256_of(path),
        problem=plan.problem,
        baseline=plan.stated.baseline,
        signed=signed,
        stated_in=plan.stated.stated_in,
    )


class Rows(Protocol):
    """Rows, and the columns that were met so far; ``has_header`` where these are all that there are."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns."""
        ...

    @property
    def has_header(self) -> bool:
        """Return whether the columns are known before the first row."""
        ...

    def __iter__(self) -> Iterator[RawRow | Reject]:
        """Yield the rows."""
        ...


def records_of(
    rows: Rows,
    mapping: TableMap,
    *,
    file: str,
    sha256: str,
    problem: str | None = None,
    baseline: tuple[tuple[str, str], ...] = (),
    signed: frozenset[str] = frozenset(),
    stated_in: StatedIn = StatedIn.COMMAND_LINE,
) -> Iterator[Read]:
    """Yield what rows hold, as ``read`` does; ``signed`` has the columns in per cent of which some cells say so.

    ``stated_in`` is where the person says by what a baseline is told.

    Raises:
        SourceError: when they lack a column that the map names, or the rows themselves raise it.
    """
    yield from _Reading(rows, mapping, file, sha256, problem, baseline, signed, stated_in).records()


def without_map(path: Path, *, is_passing: bool = False, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> str:
    """Return what a table is of which no map says what its columns mean, and how one is begun.

    Of one that ``is_passing``, as on standard input, it has to be kept first.

    Raises:
        SourceError: when it cannot be read.
    """
    columns = columns_of(path)
    more = f" and {len(columns) - _TOLD_COLUMNS} more" if len(columns) > _TOLD_COLUMNS else ""
    known = f"{path}: is a table with the columns {', '.join(columns[:_TOLD_COLUMNS])}{more}"
    if stated_in is StatedIn.FORM:
        return f"{known}; what they mean is for you to say, in {stated_in.names(Statement.MAP)}."
    first = "save it to a file first; " if is_passing else ""
    return (
        f"{known}; what they mean is for you to say: {first}`reviewer import FILE --as proposals > map.toml` begins a "
        f"map, and {stated_in.names(Statement.MAP)} map.toml takes it in."
    )


def columns_of(path: Path) -> tuple[str, ...]:
    """Return the columns of a table as its first rows show them.

    Raises:
        SourceError: when it cannot be read, or has no row.
    """
    rows = RawRows(path, _as_it_is)
    deque(islice(rows, _LOOKED_AT), maxlen=0)
    return rows.columns


def columns_at(path: Path) -> tuple[str, ...]:
    """Return the columns of a table that was met in a folder; none where it cannot be read."""
    try:
        return columns_of(path)
    except SourceError:
        return ()


def _as_it_is(cell: str) -> str:
    return cell


class _Reading:
    """The reading of one table by one map."""

    def __init__(
        self,
        rows: Rows,
        mapping: TableMap,
        file: str,
        sha256: str,
        problem: str | None,
        baseline: tuple[tuple[str, str], ...],
        signed: frozenset[str],
        stated_in: StatedIn,
    ) -> None:
        self._rows = rows
        self._mapping = mapping
        self._file = file
        self._sha256 = sha256
        self._given = problem
        self._baseline = baseline
        self._signed = signed
        self._namespace = ""
        self._described: set[str] = set()
        rule = stated_in.names(Statement.BASELINE)
        self._named = dict(chain(((column, rule) for column, _ in baseline), mapping.columns()))
        self._unnamed: Counter[str] = Counter()

    def records(self) -> Iterator[Read]:
        """Yield what the table holds."""
        with RowsAside() as aside:
            for one in self._rows:
                if isinstance(one, Reject):
                    yield one
                else:
                    yield from self._row(one, aside)
            for rows in aside.methods() if self._mapping.joins_rows else ():
                yield from self._joined([table_row(self._mapping, raw, self._baseline, self._signed) for raw in rows])
        yield from self._left_over()

    def _row(self, raw: RawRow, aside: RowsAside) -> Iterator[Read]:
        """Yield what a row tells; put it aside where others may tell of the same method."""
        if not self._namespace:
            self._begin(raw)
        self._unnamed.update(column for column, cell in raw.cells.items() if cell and column not in self._named)
        if not raw.is_ended:
            raw = raw._replace(place=f"{raw.place}{CUT_OFF}")
        try:
            row = table_row(self._mapping, raw, self._baseline, self._signed)
            key = (self._slug(row), row.namespace or self._namespace, row.external_id)
        except UserError as error:
            yield Reject(self._file, raw.place, str(error), excerpt(raw.record))
            return
        if self._mapping.joins_rows:
            aside.put(key, raw)
            return
        for record in self._joined([row]):
            yield self._once(key, record, aside) if isinstance(record, MethodRecord) else record

    def _once(self, key: Key, record: MethodRecord, aside: RowsAside) -> Read:
        """Return the record, or a reject where its id stands for something else already."""
        digest, place = record.revision_hash(), record.provenance.place
        seen = aside.first_sight(key, digest, place)
        if seen is None or seen.digest == digest:
            return record
        reason = (
            f"has the same id as {seen.place}, {record.external_id[:60]!r}, but says something else; the first one was "
            "taken. Where rows tell of one method together, let the map name the column of seeds, metrics or datasets"
        )
        return Reject(self._file, place, reason, excerpt(record.raw))

    def _begin(self, first: RawRow) -> None:
        """Name the run that the table is by its first row, which it keeps when it grows.

        Raises:
            SourceError: when a column is missing that the map names.
        """
        self._namespace = f"{NAME}-{content_hash([sorted(first.cells.items())])[:12]}"
        if self._rows.has_header:
            for column, place in self._named.items():
                if column not in self._rows.columns:
                    raise SourceError(
                        f"{self._file} has no column {column!r}, which {place} names; it has "
                        f"{', '.join(self._rows.columns)}."
                    )

    def _slug(self, row: TableRow) -> str:
        """Return the name of the problem that a row is of.

        Raises:
            UserError: when nobody says it, or none can be made of what it says.
        """
        if self._mapping.problem.column and row.problem:
            if slug := as_slug(row.problem):
                return slug
            raise UserError(
                f"{self._mapping.problem.column} is {row.problem[:60]!r}; a problem's name is of {SLUG_IN_WORDS}."
            )
        if slug := self._given or self._mapping.problem.text:
            return slug
        raise UserError(f"It names no problem: {self._mapping.problem.column} is empty.")

    def _joined(self, rows: Sequence[TableRow]) -> Iterator[Problem | MethodRecord | Reject]:
        """Yield the method that rows make, its problem before it where that is new, and what contradicts it."""
        slug = self._slug(rows[0])
        method, rejects = joined(self._mapping, self._file, rows)
        known = Known(self._file, self._sha256, self._namespace, slug)
        record = method.method(known)
        if record is not None:
            if slug not in self._described:
                self._described.add(slug)
                yield from self._problem(slug, rows[0].problem)
            yield record
        yield from rejects

    def _problem(self, slug: str, said: str) -> Iterator[Problem]:
        """Yield what the map says of a problem, if it says anything."""
        metrics: dict[str, Metric] = {}
        primary = next((each for each in self._mapping.measurements if each.primary), None)
        for each in self._mapping.measurements:
            unit = each.unit or None
            for name, direction in each.directions:
                metrics[name] = Metric(name, direction, unit)
            if each.metric.text and unit:
                metrics.setdefault(each.metric.text, Metric(each.metric.text, unit=unit))
        title = said if said != slug and self._mapping.problem.column else ""
        if metrics or title or primary:
            yield Problem(
                slug,
                title,
                primary_metric=primary.metric.text if primary else None,
                primary_dataset=primary.dataset.text if primary else None,
                metrics=tuple(metrics.values()),
                authoritative=False,
            )

    def _left_over(self) -> Iterator[Read]:
        """Yield the columns that no row has though the map names them, and those that it does not name."""
        for column, place in self._named.items():
            if self._namespace and column not in self._rows.columns:
                yield Notice(self._file, f"No row of {self._file} has the column {column!r}, which {place} names.")
        if self._unnamed:
            yield UnknownFields(self._file, tuple(self._unnamed.items()), ())


SOURCE = Source(
    NAME,
    "Any table (CSV, TSV, JSON, JSON Lines, Parquet), by a map of its columns",
    False,
    recognise,
    plan,
    read,
    sign="has rows with named columns: delimited text with a header, objects of JSON, or Parquet",
    fields=(
        FieldMeaning("[method] id", "what a method is known by"),
        FieldMeaning("[method] title, hypothesis, agent, parent, family, run", "the same of a proposal"),
        FieldMeaning("[[text]] and details", "the text of the method"),
        FieldMeaning("[[measurement]] column or seeds", "a measurement, and its value for each seed"),
        FieldMeaning("[role]", "proposal, baseline or reference"),
        FieldMeaning(ANY_COLUMN, "where the map does not name it, part of the raw record alone"),
    ),
    cannot_know=(
        "which column means what",
        DIRECTION,
        SETTING,
        BASELINES,
    ),
    example="method,kind,acc,acc_se\ndense,human,0.71,0.01\nsparse,agent,0.74,0.02\n",
    baseline_fields=(ANY_COLUMN,),
    only_named=True,
    shares_ids=in_namespaces_of(NAME),
    ids="are unique in the namespace that a column names; else the first row tells tables apart, which may be alike",
)
