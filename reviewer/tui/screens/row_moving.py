"""The keys that move the cursor through the rows of a screen: one home for the tables that are only read."""

from reviewer.tui.widgets.row_list import RowList


class RowMoving:
    """Gives a screen that holds ``rows`` the actions of the place ``view``, which move the cursor through them."""

    rows: RowList

    def show_row(self) -> None:
        """Show of the row at the cursor what is shown of it outside of the table."""

    def _move(self, steps: int) -> None:
        self.rows.move(steps)
        self.show_row()

    def action_view_down(self) -> None:
        """Go to the next row."""
        self._move(1)

    def action_view_up(self) -> None:
        """Go to the row before."""
        self._move(-1)

    def action_view_page_down(self) -> None:
        """Go a page further."""
        self._move(self.rows.page)

    def action_view_page_up(self) -> None:
        """Go back a page."""
        self._move(-self.rows.page)

    def action_view_top(self) -> None:
        """Go to the first row."""
        self._move(-self.rows.count)

    def action_view_bottom(self) -> None:
        """Go to the last row."""
        self._move(self.rows.count)
