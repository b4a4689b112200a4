"""Methods made of rows: of one each, or of several where each row tells one number, or the run with one seed."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from reviewer.domain.errors import UserError
from reviewer.domain.left_out_errors import left_out, seeds_left_out
from reviewer.domain.methods import Measurement, MethodRecord, Provenance, Reject, SeedValue
from reviewer.domain.vocabulary import Basis, Setting
from reviewer.sources.aar_seed_means import common, mean_and_error
from reviewer.sources.jsontext import excerpt, plain
from reviewer.sources.measurable import measurable
from reviewer.sources.table_map import TableMap
from reviewer.sources.table_rows import RowText, RowValue, Spot, TableRow

MOST_ROWS = 10_000
"""Rows of one method; a table that has more of them has its ids in another column."""


class Known(NamedTuple):
    """What a method's record has of the file and not of its rows."""

    file: str
    sha256: str
    namespace: str
    problem: str


@dataclass(slots=True)
class _Told:
    """The values that rows tell of one measurement, in their order, each with the place and seed of its row."""

    values: list[tuple[str, int | None, RowValue]] = field(default_factory=list)


class JoinedRows:
    """The rows of one method. Each is taken whole, or refused since it contradicts those before it."""

    def __init__(self, mapping: TableMap) -> None:
        self._mapping = mapping
        self._rows: list[TableRow] = []
        self._told: dict[Spot, _Told] = {}
        self._text = RowText()
        self._text_places: dict[str, str] = {}

    def add(self, row: TableRow) -> None:
        """Take a row.

        Raises:
            UserError: when it says otherwise than one before it.
        """
        if len(self._rows) >= MOST_ROWS:
            raise UserError(
                f"More than {MOST_ROWS:,} rows have the id {row.external_id[:60]!r}; [method] id may name several "
                "columns that tell methods apart together."
            )
        spots = Counter(value.spot for value in row.values)
        if twice := next((spot for spot, n in spots.items() if n > 1), None):
            raise UserError(
                f"Two [[measurement]] of the map tell {twice}: give one of them its own metric, dataset or setting, or "
                "name the columns together as seeds."
            )
        if self._rows:
            self._require_same(row)
        new = [value for value in row.values if self._is_new(row, value)]
        for value in new:
            self._told.setdefault(value.spot, _Told()).values.append((row.place, row.seed, value))
        for name, said in row.text._asdict().items():
            if said and name not in self._text_places:
                self._text_places[name] = row.place
                self._text = self._text._replace(**{name: said})
        self._rows.append(row)

    def _require_same(self, row: TableRow) -> None:
        first = self._rows[0]
        for name in ("role", "bound", "origin"):
            there, here = getattr(first, name), getattr(row, name)
            if there != here:
                raise UserError(f"Its {name} is {here or 'none'}, and {there or 'none'} in {first.place}{_OF_ONE}.")
        for name, here in row.text._asdict().items():
            there = getattr(self._text, name)
            if here and there and here != there:
                where = self._text_places[name]
                raise UserError(
                    f"Its {_NAMES.get(name, name)} is {here[:60]!r}, and {there[:60]!r} in {where}{_OF_ONE}."
                )

    def _is_new(self, row: TableRow, value: RowValue) -> bool:
        """Return whether a value has not been told yet; the same one again adds nothing, unless it is another run."""
        told = self._told.get(value.spot)
        if told is None or self._mapping.repeats:
            return True
        place, seed, before = next((t for t in told.values if t[1] == row.seed), ("", None, None))
        if before is None:
            return True
        if before == value:
            return False
        which = f"{value.spot}" if seed is None else f"{value.spot} with seed {seed}"
        how = "" if self._mapping.seed else _ARE_RUNS
        raise UserError(f"It tells {which} otherwise than {place} does{how}.")

    def method(self, known: Known) -> MethodRecord | None:
        """Return the method that the rows make, None where none was taken."""
        if not self._rows:
            return None
        first = self._rows[0]
        records = [row.record for row in self._rows]
        more = f" and {len(records) - 1} more, the last {self._rows[-1].place}" if len(records) > 1 else ""
        return MethodRecord(
            namespace=first.namespace or known.namespace,
            external_id=first.external_id,
            role=first.role,
            title=self._text.title or first.external_id,
            problem=known.problem,
            provenance=Provenance(known.file, known.sha256, f"{first.place}{more}"),
            origin=first.origin,
            bound=first.bound,
            agent=self._text.agent,
            run=self._text.run,
            parent=self._text.parent,
            family=self._text.family,
            hypothesis=self._text.hypothesis,
            body=self._text.body,
            created_at=min((row.created_at for row in self._rows if row.created_at), default=""),
            measurements=tuple(_measurement(spot, told) for spot, told in self._told.items()),
            raw=plain(records[0] if len(records) == 1 else records),
        )


_OF_ONE = ", which tells of the same method"
_ARE_RUNS = "; where these are runs, seed in the map names the column of their numbers, or repeats = true says so"
_NAMES = {"body": "text"}


def _measurement(spot: Spot, told: _Told) -> Measurement:
    if len(told.values) == 1 and not (told.values[0][2].seeds and told.values[0][1] is None):
        return _single(spot, *told.values[0][1:])
    if len(told.values) == 1:
        value = told.values[0][2]
        return _of_seeds(spot, value, value.seeds, value.without, value.error, 0)
    first = told.values[0][2]
    seeds = tuple(
        SeedValue(seed, value.reading.value, value.n_correct, value.n_test)
        for _, seed, value in told.values
        if value.reading.value is not None
    )
    without = [value.reading.missing for _, _, value in told.values if value.reading.value is None]
    broken = sum(missing in _NO_NUMBERS for missing in without)
    value = first._replace(
        n_test=common([seed.n_test for seed in seeds]) if seeds else None,
        n_correct=None,
        n_seeds=None,
        setting=first.setting,
        reading=first.reading if seeds else first.reading._replace(missing=without[0]),
    )
    made = _of_seeds(spot, value, seeds, len(without) - broken, None, broken)
    stated = {
        "error": any(value.error is not None for _, _, value in told.values),
        "number of seeds": any(value.n_seeds not in (None, 1) for _, _, value in told.values),
    }
    if not any(stated.values()):
        return made
    own = " and ".join(name for name, is_stated in stated.items() if is_stated)
    return made._replace(source=f"{made.source}; the {own} that each row states is of it alone, and in the raw record")


def _single(spot: Spot, seed: int | None, value: RowValue) -> Measurement:
    """Return what one row tells: the value itself, or that of one run with a seed."""
    number = value.reading.value
    is_run = seed is not None and number is not None
    return _at(spot, value)._replace(
        value=number,
        standard_error=value.error if number is not None else None,
        n_seeds=1 if is_run and value.n_seeds is None else value.n_seeds,
        source=_without_error("", value.no_error),
        missing=value.reading.missing,
        seeds=(SeedValue(seed, number, value.n_correct, value.n_test),) if is_run and number is not None else (),
    )


def _of_seeds(
    spot: Spot, value: RowValue, seeds: tuple[SeedValue, ...], without: int, error: float | None, broken: int
) -> Measurement:
    """Return the mean over seeds; its error is computed where none is given."""
    if not seeds:
        return _at(spot, value)._replace(missing=value.reading.missing or "no seed has a value")
    mean, computed = mean_and_error([seed.value for seed in seeds])
    runs = "one seed" if len(seeds) == 1 else f"{len(seeds)} seeds"
    more = f"; {without} more {'has' if without == 1 else 'have'} none" if without else ""
    source = _without_error(f"mean of the values of {runs}{more}", value.no_error)
    return _at(spot, value)._replace(
        value=mean,
        standard_error=computed if error is None else error,
        n_seeds=value.n_seeds or len(seeds),
        basis=Basis.RECOMPUTED,
        source=seeds_left_out(source, broken, len(seeds) + without + broken) if broken else source,
        seeds=seeds,
    )


def _at(spot: Spot, value: RowValue) -> Measurement:
    return Measurement(
        metric=spot.metric,
        dataset=spot.dataset,
        value=None,
        n_seeds=value.n_seeds,
        n_test=value.n_test,
        n_correct=value.n_correct,
        setting=value.setting or Setting.UNKNOWN,
        split=spot.split,
        subset=spot.subset,
    )


_NO_NUMBERS = {measurable(value)[1]: value for value in (math.nan, math.inf, -math.inf)}
"""What is said of a value that is none of the numbers, by the reason for it."""


def _without_error(source: str, no_error: str) -> str:
    """Return what is said of a number's origin, with what stood for its error where that is none."""
    if (stated := _NO_NUMBERS.get(no_error)) is not None:
        return left_out(source, stated)
    return "; ".join(filter(None, (source, f"no error: {no_error}" if no_error else "")))


def reject_of(file: str, row: TableRow, why: UserError) -> Reject:
    """Return a row that was refused."""
    return Reject(file, row.place, str(why), excerpt(row.record))


def joined(mapping: TableMap, file: str, rows: Iterable[TableRow]) -> tuple[JoinedRows, list[Reject]]:
    """Return the rows of one method as one, and those that contradict what comes before them."""
    method = JoinedRows(mapping)
    rejects = []
    for row in rows:
        try:
            method.add(row)
        except UserError as error:
            rejects.append(reject_of(file, row, error))
    return method, rejects
