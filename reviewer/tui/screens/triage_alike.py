"""Judging what is alike at once: for whom the next verdict and forecast are meant, which is said before either."""

from collections.abc import Sequence
from dataclasses import replace

from reviewer.domain.alike import AlikeTo
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Context, Judgement
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_unseen import UnseenPart
from reviewer.tui.widgets.judgement_bar import kept_words
from reviewer.workflow import judging
from reviewer.workflow.judging_alike import Along
from reviewer.workflow.views import ProposalView
from reviewer.workflow.waiting_acts import WaitingAct


class AlikePart(UnseenPart):
    """What has to do with the proposals that stand together with the one on the screen."""

    _for_all: int | None = None
    """The proposal whose next verdict is meant for all that are alike to it; None where it is meant for one."""
    _asked_for_all_at = float("-inf")
    _said_as = ""
    """The act as which what is said of all is undone."""
    _forecast_along: frozenset[int] = frozenset()
    """Those whose forecast came with that act: it is none of their own."""

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

    def hold(self, method_id: int, judgement: Judgement, revision_id: int, *, saved: bool = True) -> None:
        """Take over what is held of a proposal after an act, also where another one that is alike to it is shown."""
        super().hold(method_id, judgement, revision_id, saved=saved)
        if not saved:
            return
        for shown, view in self.views.items():
            if any(mate.method_id == method_id for mate in view.alike):
                self.views[shown] = replace(
                    view,
                    alike=tuple(
                        replace(mate, verdict=judgement.verdict, forecast=judgement.forecast)
                        if mate.method_id == method_id
                        else mate
                        for mate in view.alike
                    ),
                )
        if self.view is not None:
            self.view = self.views.get(self.view.proposal.id, self.view)

    def own_forecasts(self, view: ProposalView) -> Sequence[float]:
        """Return the forecasts of those that may be judged with a proposal which each had before: they keep them."""
        mates = [mate for mate in self.mates_to_judge(view) if mate.method_id not in self._forecast_along]
        return [forecast for mate in mates if (forecast := self._forecast_of(mate)) is not None]

    def _forecast_of(self, mate: AlikeTo) -> float | None:
        held = self._held_of(mate)
        return mate.forecast if held is None else held.forecast

    def said_as(self, view: ProposalView) -> str | None:
        """Return the act of which a forecast or verdict is a part now; None where it is meant for one alone."""
        return self._said_as if self.is_for_all(view) else None

    def note_forecast_along(self, view: ProposalView) -> None:
        """Note whom a forecast reaches that is being saved: another one in its place reaches them, too."""
        if self.is_for_all(view):
            self._forecast_along |= {m.method_id for m in self.mates_to_judge(view) if self._forecast_of(m) is None}

    def say_anew(self) -> None:
        """Begin another act with what is said of all next: something else was done, which is undone by itself."""
        self._said_as = new_id()
        self._forecast_along = frozenset()

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
            self.say_anew()
            if own := self.own_forecasts(view):
                self.tell(f"{kept_words(own, 1 + len(self.mates_to_judge(view)))}.", about="alike")
        self.show_bar()

    def hold_all(self, done: judging.Done, act: WaitingAct) -> None:
        """Take over what an act made of each proposal that it was meant for, and say which of them it did not reach."""
        for event in done.events:
            self.hold(event.method_id, event.snapshot, event.revision_id)
        if not act.along:
            return
        missed = sum(each.method_id not in {event.method_id for event in done.events} for each in act.along)
        n = 1 + len(act.along)
        keys = self.keymap["undo"]
        what = "all of it" if done.act_id == act.part_of else "this"
        back = f"; {key_label(keys[0])} takes {what} back" if keys else ""
        if missed:
            keep = "keeps what it has" if missed == 1 else "keep what they have"
            self.tell(
                f"{done.words}: said of {n - missed} of {n} that are alike, {missed} {keep}{back}.", about="alike"
            )
        else:
            self.tell(f"{done.words}: said of {n} that are alike{back}.", about="alike")

    def alone_words(self) -> str:
        """Return what to say after an undo on several: what is said next is meant for one, unless it is asked anew."""
        keys = self.keymap["for_all"]
        return f"; what comes next is for this one alone{f', {key_label(keys[0])} for all' if keys else ''}"


HELD_SECONDS = 0.7
"""The same key again within this time is a key held down."""


def _context_along(shown: Context, view: ProposalView, mate: AlikeTo) -> Context:
    hidden = dict.fromkeys(("agent", "origin", "evidence", "others", "outcome"), False)
    along = {"of": view.proposal.uuid, "measure": mate.measure, "is_head": mate.is_head}
    visible = {**shown.visible, **hidden, "baseline": None, "settings": [], "part": True, "along": along}
    for name in ("left", "critique"):
        visible.pop(name, None)
    return Context(mate.revision_id, shown.rubric, shown.target_version, None, visible, shown.stage)
