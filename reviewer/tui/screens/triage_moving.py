"""How one moves in the panes of the triage screen: page by page, from one to the next, and to words."""

from textual import on
from textual.widgets import Input

from reviewer.tui.screens.triage_state import TriageState
from reviewer.tui.widgets.document import DocumentPane


class MovingPart(TriageState):
    """What has to do with where one reads."""

    def _pane(self) -> DocumentPane:
        return self.baseline_pane if self.focused is self.baseline_pane else self.proposal_pane

    def action_page_down(self) -> None:
        """Read on in the pane with the focus, else in the proposal."""
        self._page(1)

    def action_page_up(self) -> None:
        """Go back a page."""
        self._page(-1)

    def _page(self, by: int) -> None:
        evidence = self.evidence_pane
        if self.focused is self.critic_pane:
            self.critic_pane.scroll_pages(by)
        elif self.focused is evidence:
            # Its headings stay, and a row of the page is seen again on the next.
            evidence.scroll_relative(y=by * max(1, evidence.size.height - 2), animate=False)
        elif by > 0:
            self._pane().page_down()
        else:
            self._pane().page_up()

    def action_next_pane(self) -> None:
        """Put the focus on the next pane."""
        self._step_pane(1)

    def action_previous_pane(self) -> None:
        """Put the focus on the pane before."""
        self._step_pane(-1)

    def _step_pane(self, by: int) -> None:
        sides = (self.proposal_pane, self.critic_pane if self.is_critic_open else self.baseline_pane)
        beside = sides if self.view is None or self.view.on_left else sides[::-1]
        panes = [p for p in (self.queue, *beside, self.evidence_pane) if p.is_on_screen]
        place = next((i for i, pane in enumerate(panes) if pane is self.focused), -1)
        self.set_focus(panes[(place + by) % len(panes)])

    def action_scroll_together(self) -> None:
        """Scroll proposal and baseline as one, or each alone."""
        self.together = not self.together
        self.tell("Proposal and baseline scroll together." if self.together else "Each pane scrolls alone.")

    @on(DocumentPane.Scrolled)
    def scroll_other(self, message: DocumentPane.Scrolled) -> None:
        """Carry the other pane along where both scroll together."""
        if self.together:
            other = self.baseline_pane if message.pane is self.proposal_pane else self.proposal_pane
            other.scroll_fraction = message.fraction

    def action_find(self) -> None:
        """Open the field that finds words in the document."""
        field = self.query_one("#find", Input)
        self._found_in = self._pane()
        self.found = None
        field.display = True
        field.value = ""
        self.set_focus(field)

    @on(Input.Changed, "#find")
    def find_as_typed(self, message: Input.Changed) -> None:
        """Find as the letters come."""
        n = (self._found_in or self.proposal_pane).find(message.value)
        self.found = n if message.value else None
        self.show_hints()

    @on(Input.Submitted, "#find")
    def leave_find(self, message: Input.Submitted) -> None:
        """Go from the field into the document; what was found stays marked."""
        message.input.display = False
        self.set_focus(self._found_in or self.proposal_pane)

    def clear_find(self) -> None:
        """End the finding."""
        self.query_one("#find", Input).display = False
        pane = self._found_in or self.proposal_pane
        pane.find("")
        self.set_focus(pane)

    def action_next_match(self) -> None:
        """Go to the next place found."""
        self._step_match(1)

    def action_previous_match(self) -> None:
        """Go to the place found before."""
        self._step_match(-1)

    def _step_match(self, by: int) -> None:
        pane = self._found_in or self.proposal_pane
        number, of = pane.find_next() if by > 0 else pane.find_previous()
        if of:
            self.tell(f"{number} of {of}")
        else:
            self.tell("Nothing was searched for, or nothing found.")
