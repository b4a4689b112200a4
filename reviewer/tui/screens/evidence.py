"""The evidence in full: every figure of a proposal against its baseline, with its method and what it assumes."""

from collections.abc import Sequence

from reviewer.domain.checks import CheckResult
from reviewer.domain.text import safe_line
from reviewer.evidence.appraisal import Appraised
from reviewer.tui.evidence_lines import evidence_lines, question_lines
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import Marks
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine, plain

WIDEST = 110


class EvidenceScreen(ViewScreen):
    """Shows what is known of each row, and what the checks ask; ``against`` names the baseline."""

    def __init__(
        self,
        title: str,
        against: str,
        rows: Sequence[Appraised],
        questions: Sequence[CheckResult],
        keymap: Keymap,
        marks: Marks,
    ) -> None:
        super().__init__("Evidence", title, keymap, widest=WIDEST)
        self._against = safe_line(against, 200)
        self._rows = tuple(rows)
        self._questions = tuple(questions)
        self._marks = marks

    def fill(self) -> None:
        """Show the rows."""
        asked = list(question_lines(self._questions, self._marks))
        if not self._rows:
            none = plain("Nothing was measured: neither the proposal nor a baseline has a number.", "dim")
            self.pane.show([none, TextLine(), *asked])
            return
        head = plain(f"against {self._against}" if self._against else "There is no baseline in this problem.", "dim")
        self.pane.show([head, TextLine(), *evidence_lines(self._rows, self._marks), *asked])
