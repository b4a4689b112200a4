"""Tables of methods that are almost good, as text, JSON and Parquet, with a row for each method or for each number."""

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from reviewer.domain.methods import MethodRecord, Reject
from reviewer.domain.vocabulary import Setting
from reviewer.sources.contract import Read, Stated
from reviewer.sources.json_rows import holds_rows
from reviewer.sources.jsontext import plain
from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap, WordColumn
from tests.fuzz.fuzzing import Draw
from tests.fuzz.mutations import Damage, as_json, damaged, damages, small_json, texts, without_some, yes_or_no

COLUMNS = ("id", "title", "why", "kind", "when", "seed", "metric", "value", "se", "n", "data", "loss")
_KINDS = WordColumn("", "kind", (("agent", "proposal"), ("human", "baseline"), ("", "proposal")))
WIDE = TableMap(
    id=("id",), title="title", hypothesis="why", problem=Said("p"), role=_KINDS, texts=(TextColumn("title"),),
    details=("data",), time="when", missing=("n/a",),
    measurements=(
        MeasuredColumn(Said("accuracy"), "value", error="se", n_test="n", setting=Setting.LAB),
        MeasuredColumn(Said("loss"), "loss"),
    ),
)  # fmt: skip
LONG = TableMap(
    id=("id",), title="title", problem=Said("p"), role=_KINDS, seed="seed",
    measurements=(MeasuredColumn(Said("", "metric"), "value", error="se", dataset=Said("", "data")),),
)  # fmt: skip
MAPS = {"wide": WIDE, "long": LONG}

_plain_number = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_good = {
    "id": st.sampled_from(("a", "b", "c-1", "4", "Ä", "12345678901234567890", "a b", "0.10")),
    "title": st.sampled_from(("", "A title", "Other, with a comma", 'A "quoted" one', "two\nlines")),
    "why": st.sampled_from(("", "It helps.", "x\ty")),
    "kind": st.sampled_from(("agent", "agent", "human", "")),
    "when": st.sampled_from(("", "2026-03-31", "2026-03-31T12:00:00+02:00", "2026-03-31 12:00")),
    "seed": st.sampled_from(("1", "2", "42")),
    "metric": st.sampled_from(("acc", "loss")),
    "value": st.sampled_from(("0.5", "1e-3", "-0", "1e400", "nan", "n/a", "", "1,000", "1.000,5", "\uff15", "4e+263")),
    "se": st.sampled_from(("", "0.01", "0", "-1")),
    "n": st.sampled_from(("", "100", "2.5", "1e3")),
    "data": st.sampled_from(("", "chat", "math")),
    "loss": st.sampled_from(("", "2.5", "-inf", "0x10", "1_000")),
}  # fmt: skip
_how_many = st.integers(1, 20)
_rarely = st.integers(0, 15).map(lambda n: n == 0)
_form = st.sampled_from(("csv", "csv", "quoted", "tsv", "cr", "lines", "lines", "list", "columns", "parquet"))
_shape = st.sampled_from(tuple(MAPS))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows, how they are written, by which map they are read, and what damage the file took."""

    rows: tuple[Mapping[str, Any], ...]
    form: str
    shape: str
    damage: tuple[Damage, ...] = ()
    FORMAT: ClassVar[str | None] = "table"

    @property
    def size(self) -> int:
        return len(self.rows)

    @property
    def stated(self) -> Stated:
        """Return what the person says of it: the map."""
        return Stated(table_map=MAPS[self.shape])

    def written(self, folder: Path) -> tuple[Path, ...]:
        path = folder / "table"
        path.write_bytes(damaged(_written(self.rows, self.form), self.damage))
        return (path,)

    def is_told(self, found: Sequence[Read]) -> None:
        """See that each row is in one record or reject, as it was written, and each number is that of its cell."""
        if self.damage:
            return
        records = [_as_read(row, self.form) for row in self.rows]
        standing = [row for row in records if self.form not in _TEXT or any(row.values())]
        methods = [each for each in found if isinstance(each, MethodRecord)]
        taken = [row for method in methods for row in (method.raw if isinstance(method.raw, list) else [method.raw])]
        refused = sum(isinstance(each, Reject) and bool(each.place) for each in found)
        assert len(taken) + refused == len(standing), f"{len(standing)} rows, {len(taken)} taken, {refused} refused"
        known = {_said(row) for row in standing}
        assert all(_said(row) in known for row in taken), "a row that does not stand there"
        if self.shape == "wide":
            for method in methods:
                given = [m.value for m in method.measurements if m.metric == "accuracy"]
                assert given in ([], [_number(method.raw.get("value"))]), f"{given} of {method.raw}"

    def less(self) -> Iterator["Table"]:
        return (Table(tuple(some), self.form, self.shape, self.damage) for some in without_some(self.rows) if some)


_TEXT = ("csv", "quoted", "tsv", "cr")


def _written(rows: Sequence[Mapping[str, Any]], form: str) -> bytes:
    if form == "lines":
        return b"\n".join(as_json(row, ascii=False) for row in rows) + b"\n"
    if form == "list":
        return as_json([*rows])
    if form == "columns":
        return as_json({column: [row[column] for row in rows] for column in COLUMNS})
    if form == "parquet":
        out = io.BytesIO()
        pq.write_table(pa.table({column: [_text(row[column]) for row in rows] for column in COLUMNS}), out)
        return out.getvalue()
    text = io.StringIO()
    writer = csv.writer(
        text,
        delimiter="\t" if form == "tsv" else ",",
        # Where lines end with CR, Python's writer leaves a cell with LF in it without quotes.
        quoting=csv.QUOTE_ALL if form in ("quoted", "cr") else csv.QUOTE_MINIMAL,
        lineterminator="\r" if form == "cr" else "\n",
    )
    writer.writerow(COLUMNS)
    writer.writerows([_text(row[column]) for column in COLUMNS] for row in rows)
    return text.getvalue().encode()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return "" if value is None else str(value)


def _as_read(row: Mapping[str, Any], form: str) -> dict[str, Any]:
    """Return a row as it stands in the file."""
    if form in _TEXT:
        return {column: _text(row[column]).strip().replace("\r\n", "\n") for column in COLUMNS}
    if form == "parquet":
        return {column: _text(row[column]) for column in COLUMNS}
    whole: dict[str, Any] = json.loads(as_json(row))
    return whole


def _said(row: Any) -> str:
    return json.dumps(plain(row), sort_keys=True)


def _number(cell: Any) -> float | None:
    """Return which number a cell tells, found in another way than the reader does."""
    if isinstance(cell, bool) or cell is None:
        return None
    found: float | None = None
    if isinstance(cell, int | float):
        with suppress(OverflowError):
            found = float(cell)
    elif isinstance(cell, str) and _plain_number.fullmatch(cell.strip().replace("\u2212", "-")):
        found = float(cell.strip().replace("\u2212", "-"))
    return found if found is not None and math.isfinite(found) and abs(found) <= 1e12 else None


def tables(draw: Draw) -> Table:
    """Return a table whose cells are good but for a few, which are anything at all."""
    form = draw(_form)
    rows = []
    for _ in range(draw(_how_many)):
        row: dict[str, Any] = {column: draw(_good[column]) for column in COLUMNS}
        for column in COLUMNS:
            if draw(_rarely):
                row[column] = draw(texts) if form in (*_TEXT, "parquet") or draw(yes_or_no) else draw(small_json)
        rows.append(row)
    if form == "lines" and len(rows) == 1 and holds_rows(rows[0]):
        form = "list"
    return Table(tuple(rows), form, draw(_shape), tuple(draw(damages)))
