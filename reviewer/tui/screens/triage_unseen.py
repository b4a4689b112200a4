"""What is said of a proposal that is not on the screen yet: nothing of it is taken, and that is told."""

from reviewer.tui.screens.triage_state import TriageState
from reviewer.workflow.views import ProposalView

NOT_SEEN_YET = "Not judged: the proposal was not on the screen yet; press it again."

MANY_NOT_SEEN_YET = "{} keys were not taken: the proposal was not on the screen yet; press them again."

ONE_NUMBER_SECONDS = 1.5
"""A digit, or a verdict, that comes so soon after a digit that was not taken goes with it."""


_OF_ONE_NUMBER = ("forecast_digit", "survives", "conditional", "fails", "cannot_tell")


class UnseenPart(TriageState):
    """What stands between a key and a proposal that nobody has seen yet."""

    _not_taken = 0
    """How many keys of a burst were not taken since their proposal was not on the screen yet."""
    _number_not_taken: tuple[int, float] | None = None
    """The proposal under the cursor when a digit was not taken, and when the last key was not that goes with it."""

    @property
    def is_on_its_way(self) -> bool:
        """Return whether the queue, or the proposal under the cursor, is being read for the screen."""
        groups = ("queue",) if self.acting_view() is not None else ("queue", "view")
        return any(w.node is self and w.group in groups and not w.is_finished for w in self.workers)

    def view_to_judge(self) -> ProposalView | None:
        """Return the view that an act is about; where its proposal is not on the screen yet, say that nothing was done.

        For what is typed in one burst that is one sentence, which counts. Where there is no proposal at all, that is
        said.
        """
        view = self.acting_view()
        if view is None and self.queue.row is not None:
            self._tell_not_taken()
        elif view is None:
            self.tell_of_none()
        return view

    def view_for_digit(self) -> ProposalView | None:
        """Return the view that a digit is about, as ``view_to_judge`` does.

        None too where a digit before it was not taken: the 5 of a 65 is another forecast. What comes later, after
        another kind of key or on another proposal is typed anew.
        """
        now, row = self.ticks(), self.queue.row
        view = self._view_of_number(now)
        self._number_not_taken = None if view is not None or row is None else (row.method_id, now)
        return view

    def view_for_verdict(self, now: float) -> ProposalView | None:
        """Return the view that a verdict is about; None too where the forecast before it was not taken whole."""
        view = self._view_of_number(now)
        self._number_not_taken = None
        return view

    def note_key(self, key: str) -> None:
        """Hear that a key is about to act: after any other than a digit or a verdict a number is typed anew."""
        if not any(key in self.keymap[name] for name in _OF_ONE_NUMBER):
            self._number_not_taken = None

    def _view_of_number(self, now: float) -> ProposalView | None:
        if self._number_not_taken is not None and (row := self.queue.row) is not None:
            method_id, at = self._number_not_taken
            if row.method_id == method_id and now - at < ONE_NUMBER_SECONDS:
                self._tell_not_taken()
                return None
        return self.view_to_judge()

    def _tell_not_taken(self) -> None:
        # Those of one burst are counted together: as long as the sentence about them stands.
        self._not_taken = 1 + (self._not_taken if self.reviewer_app.toasts.is_shown("unseen") else 0)
        words = NOT_SEEN_YET if self._not_taken == 1 else MANY_NOT_SEEN_YET.format(self._not_taken)
        self.tell(words, about="unseen", warning=True)
