"""A look at a table before it is taken in: its first rows, and what a map of its columns makes of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Notice, Reject
from reviewer.domain.vocabulary import Role
from reviewer.sources import registry, table
from reviewer.sources.likely_columns import is_numeric, likely_map, words_of
from reviewer.sources.raw_rows import RawRow, RawRows
from reviewer.sources.table_map import Said, TableMap, contradiction
from reviewer.sources.table_rows import columns_with_sign
from reviewer.workflow.table_maps import SavedMap, saved_map_for

LOOKED_AT = 500
"""Rows that are looked at."""

MOST_VALUES = 20
"""So many values of a column are kept to choose from."""

_UNSAID = "unsaid"
"""Stands for the problem as long as nobody has said it."""


@dataclass(frozen=True, slots=True)
class TableLook:
    """The first rows of a table; ``is_whole`` where there are no more of them."""

    path: Path
    columns: tuple[str, ...]
    has_header: bool
    rows: tuple[RawRow | Reject, ...]
    is_whole: bool
    numeric: frozenset[str]
    """The columns that hold numbers."""
    likely: TableMap
    """What the columns seem to be by their names."""
    few_words: Mapping[str, tuple[tuple[str, str], ...]]
    """Of each column with few words these, each with the role that it is the name of, or nothing."""
    values: Mapping[str, tuple[str, ...]]
    """The first values of each column."""
    saved: SavedMap | None = None
    passed_over: tuple[str, ...] = ()
    """A sentence on each saved map that cannot be used."""

    def __iter__(self) -> Iterator[RawRow | Reject]:
        """Yield the rows."""
        return iter(self.rows)

    @property
    def mapping(self) -> TableMap:
        """Return what to begin with: the map that was saved for these columns, else what is likely."""
        return self.saved.mapping if self.saved else self.likely

    @property
    def good_rows(self) -> tuple[RawRow, ...]:
        """Return the rows that can be read."""
        return tuple(row for row in self.rows if isinstance(row, RawRow))


@dataclass(frozen=True, slots=True)
class TablePreview:
    """What a map makes of the first rows; ``trouble`` says what is missing yet for them to be taken in.

    ``notices`` are sentences on the table as a whole.
    """

    methods: tuple[MethodRecord, ...] = ()
    rejects: tuple[Reject, ...] = ()
    trouble: str = ""
    notices: tuple[str, ...] = ()

    def count(self, role: Role) -> int:
        """Return how many methods are of that role."""
        return sum(method.role is role for method in self.methods)


def look_at_table(path: Path, maps: Path, *, is_named: bool = False) -> TableLook | None:
    """Return a look at a table that is known by its rows alone; None of everything else.

    Where ``is_named``, somebody has said that the file is a table, whatever else it may be known as.

    Raises:
        SourceError: when it is a table and cannot be read.
    """
    if not path.is_file() or not (is_named or _is_table_alone(path)):
        return None
    rows = RawRows(path, str, exact=True)
    first = tuple(islice(rows, LOOKED_AT + 1))
    good = [row for row in first if isinstance(row, RawRow)]
    return TableLook(
        path,
        rows.columns,
        rows.has_header,
        first[:LOOKED_AT],
        len(first) <= LOOKED_AT,
        frozenset(column for column in rows.columns if is_numeric(column, good)),
        likely_map(rows.columns, good),
        {column: words for column in rows.columns if (words := words_of(column, good))},
        {column: _first_values(column, good) for column in rows.columns},
        *saved_map_for(maps, path),
    )


def _is_table_alone(path: Path) -> bool:
    try:
        return [each.source.name for each in registry.recognise(path).found] == [table.NAME]
    except SourceError:
        return False


def _first_values(column: str, rows: Sequence[RawRow]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for row in rows:
        if cell := row.cells.get(column, ""):
            found[cell] = None
            if len(found) == MOST_VALUES:
                break
    return tuple(found)


def preview_of(look: TableLook, mapping: TableMap, problem: str | None) -> TablePreview:
    """Return what a map makes of the rows that were looked at."""
    if not mapping.id:
        return TablePreview(trouble="Say by which column a method is known: no two methods have the same in it.")
    for each in mapping.measurements:
        if each.metric == Said():
            return TablePreview(trouble="Say which column names the metric.")
        if not each.column and not each.seeds:
            return TablePreview(trouble="Say which column has the values.")
    if said := contradiction(mapping):
        return TablePreview(trouble=said.removeprefix("[[measurement]] "))
    try:
        records = table.records_of(
            look,
            mapping,
            file=str(look.path),
            sha256="",
            problem=problem or _UNSAID,
            signed=columns_with_sign(mapping, look),
        )
        found = tuple(records)
    except SourceError as error:
        return TablePreview(trouble=str(error).removeprefix(f"{look.path} "))
    return TablePreview(
        tuple(each for each in found if isinstance(each, MethodRecord)),
        tuple(each for each in found if isinstance(each, Reject)),
        _missing(mapping, problem),
        tuple(each.words for each in found if isinstance(each, Notice)),
    )


def _missing(mapping: TableMap, problem: str | None) -> str:
    """Return what has to be said yet; empty where nothing has."""
    if not problem and mapping.problem == Said():
        return "Say which problem the methods are of."
    unsaid = [word for word, means in mapping.role.words if not means]
    if not unsaid:
        return ""
    words = ", ".join(repr(word) if word else "an empty cell" for word in unsaid)
    return f"Say what a row is with {words} in {mapping.role.column}."
