"""What was said of the columns of tables in this sitting: it is there again when the form is opened anew."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewer.tui.screens.table_map_page import Mapped
    from reviewer.workflow.table_looking import TableLook


class SaidOfTables:
    """Keeps what was said last of each table, by its path, as long as the app is open."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[tuple[str, ...], Mapped]] = {}

    def keep(self, table: "TableLook", mapped: "Mapped") -> None:
        """Keep what was said of a table in place of what was said before."""
        self._kept[table.path.absolute()] = table.columns, mapped

    def of(self, table: "TableLook") -> "Mapped | None":
        """Return what was said of a table, unless its columns are other ones now, or a saved map says it all."""
        columns, mapped = self._kept.get(table.path.absolute(), ((), None))
        if mapped is None or columns != table.columns or (mapped.go_on and table.saved is not None):
            return None
        return mapped
