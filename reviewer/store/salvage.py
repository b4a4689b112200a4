"""Reading all that can be read of a damaged store, table by table, without SQLite.

A table is walked from its root. What hangs below a page that cannot be read is found by looking at every other page of
the file: a leaf tells by its rows which table it is of. What an index has of rows that are lost is read too.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice

from reviewer.store.raw_pages import (
    INTERIOR_INDEX,
    INTERIOR_TABLE,
    LEAF_INDEX,
    LEAF_TABLE,
    Pages,
    children_of,
    free_pages,
    has_lost_cells,
    kind_of,
)
from reviewer.store.raw_records import Row, Value, entries_on, rows_on

_SCHEMA_KINDS = frozenset(("table", "index", "view", "trigger"))
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRIED_ON_THE_WAY = 3
_TRIED_ROWS = 20
"""So many rows of a page that nothing leads to are held against each table."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as a whole file has it: its columns, and those of each index, the row id not among them."""

    name: str
    columns: tuple[str, ...]
    indexes: Mapping[str, tuple[str, ...]]
    has_id: bool = True
    """Whether the first column is the row id, which a row does not hold among its values."""


@dataclass(slots=True)
class Reading:
    """What was found of the pages on the way."""

    broken: set[int] = field(default_factory=set)
    """Pages that are not what they should be, or of which a part could not be read."""
    broken_in: set[str] = field(default_factory=set)
    """Tables and indexes of which some page is lost."""
    astray: int = 0
    """Leaves of tables to which nothing leads any more, and whose rows were read all the same."""


def shapes_of(connection: sqlite3.Connection) -> dict[str, Shape]:
    """Return the tables of a whole store that keep rows of ours, by their names."""
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name"
    ).fetchall()
    found = {}
    for (name,) in names:
        described = connection.execute(f"PRAGMA table_info ({name})").fetchall()
        columns = tuple(row[1] for row in described)
        indexes = {
            row[1]: tuple(c[2] for c in connection.execute(f"PRAGMA index_info ({row[1]})").fetchall())
            for row in connection.execute(f"PRAGMA index_list ({name})").fetchall()
            if not row[4]
        }
        found[name] = Shape(name, columns, indexes, has_id=described[0][2] == "INTEGER" and bool(described[0][5]))
    return found


Progress = Callable[[str, int, int], object]
"""Is told what is being done, and how much of it is done, of how much; of 0 where nobody can tell."""


class Salvage:
    """A damaged file, looked over once for where everything is."""

    def __init__(
        self, pages: Pages, empty: sqlite3.Connection, progress: Progress = lambda doing, done, total: None
    ) -> None:
        """Find the pages of each table. ``empty`` is a store of the file's version with nothing in it, for trying."""
        self.reading = Reading()
        self._progress = progress
        self._saved_pages = 0
        self._pages = pages
        self._empty = empty
        self.shapes = shapes_of(empty)
        self._claimed: set[int] = set()
        self._roots = self._find_roots()
        self._leaves = {name: list(self._walk(self._roots.get(name, 0), LEAF_TABLE, name)) for name in self.shapes}
        self._index_pages = {
            index: list(self._walk(self._roots.get(index, 0), LEAF_INDEX, index))
            for shape in self.shapes.values()
            for index in shape.indexes
        }
        self._claim_the_rest()
        self.is_whole = not self.reading.broken and not self.reading.broken_in
        """Whether every page was read to which something should lead."""
        self._astray = self._find_astray()
        # What an index has is asked for only where rows are lost.
        below = (*self._leaves.values(), *self._astray.values(), *(() if self.is_whole else self._index_pages.values()))
        self._pages_to_save = sum(map(len, below))

    def rows(self, table: str) -> Iterator[Row]:
        """Yield every row of a table that can be read, those to which the tree leads first; one may come twice."""
        shape = self.shapes[table]
        for number in (*self._leaves[table], *self._astray.get(table, ())):
            for row in rows_on(self._pages, number, set()):
                if row is not None and _resembles(shape, row):
                    yield row
            self._note_saved()

    def entries(self, table: str, index: str) -> Iterator[list[tuple[int, tuple[Value, ...]]]]:
        """Yield what an index of a table has of its rows, page by page: their ids, and the values of its columns."""
        width = len(self.shapes[table].indexes[index])
        for number in self._index_pages[index]:
            interior = kind_of(number, self._pages.get(number)) == INTERIOR_INDEX
            entries = entries_on(self._pages, number, interior=interior)
            yield [(e[-1], e[:-1]) for e in entries if len(e) == width + 1 and isinstance(e[-1], int)]
            self._note_saved()

    def _note_saved(self) -> None:
        self._saved_pages += 1
        self._progress("saving the rows of pages", self._saved_pages, self._pages_to_save)

    def _find_roots(self) -> dict[str, int]:
        """Return the root page of each table and index that the file still names."""
        found = self._roots_on(self._walk(1, LEAF_TABLE))
        names = {*self.shapes, *(index for shape in self.shapes.values() for index in shape.indexes)}
        if not names <= set(found):
            others = (n for n in range(1, self._pages.count + 1) if n not in self._claimed)
            for name, root in self._roots_on(others).items():
                found.setdefault(name, root)
        return found

    def _roots_on(self, leaves: Iterator[int]) -> dict[str, int]:
        found: dict[str, int] = {}
        for number in leaves:
            for row in rows_on(self._pages, number, set()):
                if row is None or len(row.values) != 5 or row.values[0] not in _SCHEMA_KINDS:
                    continue
                name, root = row.values[1], row.values[3]
                if isinstance(name, str) and isinstance(root, int) and root:
                    self._claimed.add(number)
                    found[name] = root
        return found

    def _walk(self, root: int, leaf: int, name: str = "") -> Iterator[int]:
        """Yield the leaves below a root in their order, of an index its inner pages too, and claim them.

        A leaf whose rows are not of the table of that name is left for another one: what leads to it is wrong.
        """
        shape = self.shapes.get(name)
        if not root:
            self.reading.broken_in.add(name)
        interior = INTERIOR_TABLE if leaf == LEAF_TABLE else INTERIOR_INDEX
        waiting = [root] if root else []
        while waiting:
            number = waiting.pop()
            if number in self._claimed or not 1 <= number <= self._pages.count:
                self._note_broken(number, name)
                continue
            page = self._pages.get(number)
            kind = kind_of(number, page)
            if kind not in (leaf, interior):
                self._note_broken(number, name)
                continue
            if has_lost_cells(number, page):
                self._note_broken(number, name)
            if shape is not None and kind == leaf and not self._is_of(shape, number):
                self._note_broken(number, name)
                continue
            self._claimed.add(number)
            self._progress("finding pages", len(self._claimed), self._pages.count)
            if kind == interior:
                waiting += reversed(children_of(number, page))
            if kind == leaf or leaf == LEAF_INDEX:
                yield number

    def _note_broken(self, number: int, name: str) -> None:
        self.reading.broken.add(number)
        self.reading.broken_in.add(name)

    def _claim_the_rest(self) -> None:
        """Claim what is no leaf that went astray: the tables of the search index, long rows, and what is free."""
        for name, root in self._roots.items():
            if name not in self._leaves and name not in self._index_pages and root not in self._claimed:
                kind = kind_of(root, self._pages.get(root))
                for _ in self._walk(root, LEAF_INDEX if kind in (LEAF_INDEX, INTERIOR_INDEX) else LEAF_TABLE):
                    pass
        looked_at, to_look_at = 0, sum(map(len, self._leaves.values()))
        for name, leaves in self._leaves.items():
            for number in leaves:
                looked_at += 1
                self._progress("reading pages", looked_at, to_look_at)
                # All of them are gone through, since each may claim pages.
                if None in list(rows_on(self._pages, number, self._claimed)):
                    self._note_broken(number, name)
        self._claimed.update(free_pages(self._pages))

    def _is_of(self, shape: Shape, number: int) -> bool:
        """Return whether one of the first rows on a leaf fits a table, or there is none to tell."""
        whole = (row for row in rows_on(self._pages, number, set()) if row is not None)
        rows = list(islice(whole, _TRIED_ON_THE_WAY))
        return not rows or any(self._fits(shape, row) for row in rows)

    def _find_astray(self) -> dict[str, list[int]]:
        """Return the leaves to which nothing leads, by table; those that an inner page still names come first."""
        named: set[int] = set()
        astray = []
        for number in range(1, self._pages.count + 1):
            if number in self._claimed:
                continue
            page = self._pages.get(number)
            kind = kind_of(number, page)
            if kind == INTERIOR_TABLE:
                named.update(children_of(number, page))
            elif kind == LEAF_TABLE:
                astray.append(number)
        found: dict[str, list[int]] = {}
        for number in sorted(astray, key=lambda n: (n not in named, n)):
            rows = [row for row in rows_on(self._pages, number, set()) if row is not None]
            if (table := self._table_of(rows)) is not None:
                found.setdefault(table, []).append(number)
                self.reading.astray += 1
                self.reading.broken_in.add(table)
        return found

    def _table_of(self, rows: Sequence[Row]) -> str | None:
        """Return the one table that all these rows fit, or None."""
        if not rows:
            return None
        fitting = [
            shape.name
            for shape in self.shapes.values()
            if all(self._fits(shape, row) for row in rows[:: max(1, len(rows) // _TRIED_ROWS)])
        ]
        # Where rows fit two tables, that of which the tree is broken, or could not be found, has lost them.
        if len(fitting) > 1:
            fitting = [name for name in fitting if not self._leaves[name]] or fitting
        return fitting[0] if len(fitting) == 1 else None

    def _fits(self, shape: Shape, row: Row) -> bool:
        if not _resembles(shape, row):
            return False
        with closing(self._empty.cursor()) as cursor:
            cursor.execute("SAVEPOINT trying")
            try:
                cursor.execute(*insertion(shape, row, "ABORT"))
            except (sqlite3.IntegrityError, sqlite3.OperationalError):
                return False
            finally:
                cursor.execute("ROLLBACK TO trying")
                cursor.execute("RELEASE trying")
        return True


def _resembles(shape: Shape, row: Row) -> bool:
    """Return whether a row has no more columns than the table, and an id of ours where one belongs."""
    if not 0 < len(row.values) <= len(shape.columns) or (row.values[0] is None) is not shape.has_id:
        return False
    if "uuid" not in shape.columns:
        return True
    # Other rows of texts alone would pass for those of reviewers.
    place = shape.columns.index("uuid")
    return len(row.values) > place and bool(_UUID.fullmatch(str(row.values[place])))


def insertion(shape: Shape, row: Row, otherwise: str = "IGNORE") -> tuple[str, tuple[Value, ...]]:
    """Return the statement that writes a row into the table, and its values."""
    columns = shape.columns[: len(row.values)]
    return (
        f"INSERT OR {otherwise} INTO {shape.name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        (row.id, *row.values[1:]) if shape.has_id else row.values,
    )
