"""Judging what is alike at once: for whom the next verdict and forecast are meant, which is said before either."""

from collections.abc import Sequence

from reviewer.domain.alike import AlikeTo
from reviewer.domain.judgements import Context, Judgement
from reviewer.tui.screens.triage_state import TriageState
from reviewer.workflow.judging import Along
from reviewer.workflow.views import ProposalView


class AlikePart(TriageState):
    """What has to do with the proposals that stand together with the one on the screen."""

    _for_all: int | None = None
    """The proposal whose next verdict is meant for all that are alike to it; None where it is meant for one."""
    _asked_for_all_at = float("-inf")

    def is_for_all(self, view: ProposalView) -> bool:
        """Return whether what is said next of a proposal is meant for those that are alike to it, too."""
        return bool(view.alike) and self._for_all == view.proposal.id

    def mates_to_judge(self, view: ProposalView) -> Sequence[AlikeTo]:
        """Return those that are alike to a proposal and may be judged with it.

        They are at the same stage, and not judged by the reviewer: what was said of one by itself stands.
        """
        return [mate for mate in view.alike if mate.stage is view.stage and self._is_unjudged(mate)]

    def _is_unjudged(self, mate: AlikeTo) -> bool:
        held = self._held_of(mate)
        return held.verdict is None if held is not None else mate.verdict is None

    def _held_of(self, mate: AlikeTo) -> Judgement | None:
        """Return what is held of another proposal as far as it is known on this screen."""
        act = self.reviewer_app.underway.latest_on(mate.method_id)
        if act is not None:
            return act.judgement
        view = self.views.get(mate.method_id)
        return None if view is None else view.judgement

    def along(self, view: ProposalView) -> Sequence[Along]:
        """Return the others for which an act on a proposal is meant too, each with what is before the reviewer of it.

        That is nothing but that it is alike to the one on the screen.
        """
        if not self.is_for_all(view):
            return ()
        shown = self.context(view)
        return [
            Along(mate.method_id, mate.uuid, _context_along(shown, view, mate)) for mate in self.mates_to_judge(view)
        ]

    def for_one_again(self) -> None:
        """End it: what is said next is meant for the proposal on the screen alone."""
        self._for_all = None

    def action_for_all(self) -> None:
        """Give the next verdict and forecast to all that are alike, or to the one on the screen alone again."""
        now, before = self.ticks(), self._asked_for_all_at
        self._asked_for_all_at = now
        if now - before < HELD_SECONDS:
            return  # A key that is held down is pressed once.
        view = self.view_to_judge()
        if view is None:
            return
        self.settle_digits()
        if self.is_for_all(view):
            self.for_one_again()
        elif not view.alike:
            self.tell("Nothing here is alike to this one.", about="alike")
        elif not self.mates_to_judge(view):
            n = len(view.alike)
            those = "The other one that is alike is" if n == 1 else f"The {n} others that are alike are"
            self.tell(f"{those} judged already, or at another stage: each is judged by itself.", about="alike")
        else:
            self._for_all = view.proposal.id
        self.show_bar()


HELD_SECONDS = 0.7
"""The same key again within this time is a key held down."""


def _context_along(shown: Context, view: ProposalView, mate: AlikeTo) -> Context:
    hidden = dict.fromkeys(("agent", "origin", "evidence", "others", "outcome"), False)
    along = {"of": view.proposal.uuid, "measure": mate.measure, "is_head": mate.is_head}
    visible = {**shown.visible, **hidden, "baseline": None, "settings": [], "part": True, "along": along}
    for name in ("left", "critique"):
        visible.pop(name, None)
    return Context(mate.revision_id, shown.rubric, shown.target_version, None, visible, shown.stage)
