"""The evidence in full: every figure of a proposal against its baseline, with its method and what it assumes."""

from collections.abc import Sequence

from reviewer.tui.keys import Keymap
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine

WIDEST = 110


class EvidenceScreen(ViewScreen):
    """Shows lines that ``evidence_lines.all_evidence`` made, which takes long where there are many seeds."""

    def __init__(self, title: str, lines: Sequence[TextLine], keymap: Keymap) -> None:
        super().__init__("Evidence", title, keymap, widest=WIDEST)
        self._lines = lines

    def fill(self) -> None:
        """Show the lines."""
        self.pane.show(self._lines)
