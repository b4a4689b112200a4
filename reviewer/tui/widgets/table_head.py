"""The first rows of a table: as many columns as there is room for, around the one that is looked at."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from reviewer.domain.text import safe_line
from reviewer.tui.cells import cut
from reviewer.tui.marks import UNICODE, Marks

WIDEST_COLUMN = 24
_NARROWEST_COLUMN = 4
_GAP = 2
_LIMIT = 200


class TableHead(Widget):
    """Draws, for each column, what it is taken for, its name, and its first cells. It takes no keys."""

    def __init__(
        self,
        columns: Sequence[str],
        rows: Sequence[Mapping[str, str]],
        marks: Marks = UNICODE,
        *,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._marks = marks
        self._columns = tuple(columns)
        self._names = [safe_line(column, _LIMIT) for column in columns]
        self._cells = [[safe_line(row.get(column, ""), _LIMIT) for column in columns] for row in rows]
        self._widths = [
            max(map(cell_len, (name, *(row[place] for row in self._cells)))) for place, name in enumerate(self._names)
        ]
        self._meanings: Mapping[str, str] = {}
        self._at = ""
        self._first = 0

    def mark(self, meanings: Mapping[str, str], at: str) -> None:
        """Say what columns are taken for, safe to show, and which one is looked at; that one comes into sight."""
        self._meanings, self._at = meanings, at
        self.refresh()

    def render(self) -> Content:
        """Draw the columns that there is room for."""
        width = self.size.width
        widths = [self._width(place) for place in range(len(self._columns))]
        self._first = self._first_in_sight(widths, width)
        lines: list[list[Content]] = [[], [], *([] for _ in self._cells)]
        room, last = width - 2 * _GAP, self._first
        for place in range(self._first, len(self._columns)):
            if room < min(widths[place], _NARROWEST_COLUMN):
                break
            cells, last = min(widths[place], room), place
            room -= cells + _GAP
            here = self._columns[place] == self._at
            lines[0].append(Content.styled(self._cut(self._meanings.get(self._columns[place], ""), cells), "$accent"))
            lines[1].append(Content.styled(self._cut(self._names[place], cells), "bold reverse" if here else "bold"))
            for line, row in zip(lines[2:], self._cells, strict=True):
                line.append(Content.styled(self._cut(row[place], cells), "" if here else "$quiet"))
        # That there are more columns is said beside their names.
        before = f"{self._marks.ellipsis} " if self._first else ""
        after = f" {self._marks.ellipsis}" if last < len(self._columns) - 1 else ""
        gap = Content(" " * _GAP)
        drawn = [Content(" " * len(before)) + gap.join(line) for line in lines]
        drawn[1] = Content.assemble((before, "$quiet"), gap.join(lines[1]), (after, "$quiet"))
        return Content("\n").join(drawn)

    def _first_in_sight(self, widths: Sequence[int], width: int) -> int:
        """Return the first column to draw, so that the one looked at is whole and as few as can be have moved."""
        if self._at not in self._columns:
            return self._first
        at = self._columns.index(self._at)
        first = min(self._first, at)
        while first < at and sum(widths[first : at + 1]) + _GAP * (at - first) > width - 2 * _GAP:
            first += 1
        return first

    def _width(self, place: int) -> int:
        meaning = cell_len(self._meanings.get(self._columns[place], ""))
        return max(_NARROWEST_COLUMN, min(WIDEST_COLUMN, max(self._widths[place], meaning)))

    def _cut(self, text: str, cells: int) -> str:
        return cut(text, cells, self._marks.ellipsis)
