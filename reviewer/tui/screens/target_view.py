"""The problem's target, to be read: what "survives in production" means. It is written in a form of its own."""

from collections.abc import Iterator
from typing import ClassVar

from textual.content import Content

from reviewer.domain.problems import Target
from reviewer.domain.text import safe_text
from reviewer.tui.actions import Where
from reviewer.tui.history_lines import local_time
from reviewer.tui.keys import Keymap
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.target import FIELDS
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine, plain

_LABEL_CELLS = 13
"""As wide as in the form, so that nothing moves where one goes on to write."""


class TargetViewScreen(ViewScreen):
    """Shows every part of the target, those that nobody has written among them. ``wants_form`` says how it was left."""

    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("target", "view")

    def __init__(
        self,
        problem_title: str,
        target: Target,
        version: int,
        keymap: Keymap,
        *,
        written_by: str = "",
        written_at: str = "",
        has_draft: bool = False,
    ) -> None:
        super().__init__("Target", problem_title, keymap)
        self.wants_form = False
        self._target = target
        self._version = version
        self._written = (written_by, written_at)
        self._has_draft = has_draft
        bind(self, "target", keymap)

    def hints(self) -> Content:
        """Return the line at the foot."""
        return hint(self.keymap, ("edit_target", "edit"), ("view_down", "down"), ("view_back", "back"))

    def fill(self) -> None:
        """Show the target."""
        lines = list(target_text(self._target, self._version, *self._written))
        if self._has_draft:
            keys = self.keymap["edit_target"]
            lines = [plain(f"A draft of another version is waiting; {keys[0] if keys else 'edit'} goes on with it.",
                           "notice"), TextLine(), *lines]  # fmt: skip
        self.pane.show(lines)

    def action_edit_target(self) -> None:
        """Leave for the form."""
        self.wants_form = True
        self.dismiss(None)


def target_text(target: Target, version: int, written_by: str, written_at: str) -> Iterator[TextLine]:
    """Yield the parts of a target with their labels, and under them which version it is, by whom and of when."""
    for name, label, _ in FIELDS:
        text = safe_text(str(getattr(target, name))).strip()
        mark = f"{label:<{_LABEL_CELLS}}"
        first, *more = text.split("\n") if text else [""]
        yield (
            plain(first, "strong" if name == "criterion" else "", mark=mark)
            if first
            else plain("not said", "dim", mark=mark)
        )
        for line in more:
            yield plain(line, "strong" if name == "criterion" else "", mark=" " * _LABEL_CELLS)
        yield TextLine()
    by = f", written by {safe_text(written_by, keep_newlines=False)}" if written_by else ""
    at = f"{' on' if by else ', written on'} {local_time(written_at)}" if written_at else ""
    yield plain(f"version {version}{by}{at}", "dim", mark=" " * _LABEL_CELLS)
