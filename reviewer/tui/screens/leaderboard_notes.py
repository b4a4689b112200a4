"""The notes of a leaderboard, to be scrolled: what the table has no room for."""

from collections.abc import Sequence

from reviewer.tui.keys import Keymap
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine


class LeaderboardNotesScreen(ViewScreen):
    """Shows lines that ``leaderboard_notes.notes`` made."""

    def __init__(self, ground: str, lines: Sequence[TextLine], keymap: Keymap) -> None:
        super().__init__("Leaderboard", ground, keymap)
        self._lines = lines

    def fill(self) -> None:
        """Show the lines."""
        self.pane.show(self._lines)
