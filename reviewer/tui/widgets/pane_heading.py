"""The line over a pane: what is in the pane, and whether one is in it."""

from textual.widgets import Static

from reviewer.tui.marks import UNICODE, Marks


class PaneHeading(Static):
    """Says what is in a pane, with a mark before it while the pane has the focus.

    By a class of its own and not by ``:focus-within``, which Textual does not style anew for all that it concerns.
    """

    def __init__(self, words: str, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        """Make the heading; ``words`` are safe to show."""
        super().__init__(f" {words}", id=id, classes="heading", markup=False)
        self._words = words
        self._marks = marks

    def say(self, words: str) -> None:
        """Show other words, safe to show."""
        self._words = words
        self._draw()

    def mark(self, here: bool) -> None:
        """Show whether the pane has the focus."""
        if here != self.has_class("-here"):
            self.set_class(here, "-here")
            self._draw()

    def _draw(self) -> None:
        self.update(f"{self._marks.cursor if self.has_class('-here') else ' '}{self._words}")
