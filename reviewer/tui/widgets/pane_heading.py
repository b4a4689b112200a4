"""The line over a pane: what is in the pane, and whether one is in it."""

from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.widgets.one_line import OneLine


class PaneHeading(OneLine):
    """Says what is in a pane, with a mark before it while the pane has the focus.

    By a class of its own and not by ``:focus-within``, which Textual does not style anew for all that it concerns.
    """

    def __init__(self, words: str, *, marks: Marks = UNICODE, id: str | None = None) -> None:
        """Make the heading; ``words`` are safe to show."""
        super().__init__(id=id, classes="heading")
        self._marks = marks
        self.name_pane(words)

    def name_pane(self, words: str) -> None:
        """Show other words, safe to show."""
        self._words = words
        self._draw()

    def mark(self, here: bool) -> None:
        """Show whether the pane has the focus."""
        if here != self.has_class("-here"):
            self.set_class(here, "-here")
            self._draw()

    def _draw(self) -> None:
        self.say(f"{self._marks.cursor if self.has_class('-here') else ' '}{self._words}")
