"""What others hold of a proposal, once one may see it: each judgement, what they come to, and what was adjudicated."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual import work
from textual.content import Content

from reviewer.judgement.aggregate import Extremising
from reviewer.tui.actions import Where
from reviewer.tui.keys import Keymap
from reviewer.tui.marks import UNICODE, Marks
from reviewer.tui.others_lines import others_lines
from reviewer.tui.screens.binding import bind, hint
from reviewer.tui.screens.view import ViewScreen
from reviewer.tui.widgets.lines import TextLine, plain
from reviewer.workflow.others import Others, moved_words


class OthersScreen(ViewScreen):
    """Shows every judgement of a proposal. ``wants_form`` says whether it was left to adjudicate.

    ``learn`` finds out what outcomes say of the aggregate, which takes a moment; what goes wrong in it goes to ``log``.
    """

    HELP_PLACES: ClassVar[tuple[Where, ...]] = ("others", "view")

    def __init__(
        self,
        others: Others,
        keymap: Keymap,
        marks: Marks = UNICODE,
        *,
        learn: Callable[[], Awaitable[Extremising]],
        log: Callable[[BaseException], object],
        has_draft: bool = False,
    ) -> None:
        super().__init__("Others", others.title, keymap)
        self.wants_form = False
        self._others = others
        self._marks = marks
        self._learn = learn
        self._log = log
        self._has_draft = has_draft
        bind(self, "others", keymap)

    def hints(self) -> Content:
        """Return the line at the foot."""
        again = self._others.adjudication is not None
        return hint(
            self.keymap,
            ("adjudicate", "corrects what was adjudicated" if again else "adjudicates"),
            ("view_down", "down"),
            ("view_page_down", "page down"),
            ("view_back", "back"),
        )

    def fill(self) -> None:
        """Show what is known at once; what outcomes say of the aggregate comes after."""
        self._show("")
        if self._others.aggregate is not None and self._others.aggregate.n > 1:
            self._show_learnt()

    def _show(self, moved: str) -> None:
        lines = list(others_lines(self._others, moved, self._marks))
        if self._has_draft:
            keys = self.keymap["adjudicate"]
            on = f"; {keys[0]} goes on with it" if keys else ""
            lines = [plain(f"A draft of an adjudication is waiting{on}.", "notice"), TextLine(), *lines]
        self.pane.show(lines, keep_place=bool(moved))

    @work(exclusive=True, group="learnt")
    async def _show_learnt(self) -> None:
        try:
            learnt = await self._learn()
        except Exception as error:
            # What is on the screen is whole without it.
            self._log(error)
            return
        if self.is_attached:
            self._show(moved_words(self._others, learnt))

    def action_adjudicate(self) -> None:
        """Leave for the form."""
        self.wants_form = True
        self.dismiss(None)
