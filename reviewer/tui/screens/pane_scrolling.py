"""The keys that scroll the pane of lines on a screen: one home for the forms and the screens that are only read."""

from reviewer.tui.widgets.lines import LinesPane


class PaneScrolling:
    """Gives a screen that holds ``pane`` the actions of the place ``view`` that scroll it."""

    pane: LinesPane

    def action_view_down(self) -> None:
        """Scroll down a line."""
        self.pane.scroll_lines(1)

    def action_view_up(self) -> None:
        """Scroll up a line."""
        self.pane.scroll_lines(-1)

    def action_view_page_down(self) -> None:
        """Scroll down a page."""
        self.pane.scroll_pages(1)

    def action_view_page_up(self) -> None:
        """Scroll up a page."""
        self.pane.scroll_pages(-1)

    def action_view_top(self) -> None:
        """Go to the beginning."""
        self.pane.go_to(0)

    def action_view_bottom(self) -> None:
        """Go to the end."""
        self.pane.go_to(self.pane.virtual_size.height)
