"""From the triage screen to what others hold of the proposal, and how an adjudication is seen to the disk."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import work

from reviewer.domain.adjudications import Adjudication, AdjudicationEvent
from reviewer.domain.errors import ReviewerError
from reviewer.store.drafts import Draft
from reviewer.tui.screens.triage_forms import FormsPart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow.views import ProposalView

if TYPE_CHECKING:
    from reviewer.workflow.others import Others

ADJUDICATION_DRAFTS = "adjudication:"
"""What the names of drafts of an adjudication begin with."""


class OthersPart(FormsPart):
    """What has to do with what others hold of the proposal on the screen, for whoever may see it."""

    @opens_dialog
    async def action_others(self) -> None:
        """Show what others hold of the proposal, and have it adjudicated; before one's own judgement say when."""
        from reviewer.tui.screens.adjudication import FIELDS
        from reviewer.tui.screens.others import OthersScreen
        from reviewer.workflow import others as workflow

        if (view := self.view_to_read()) is None:
            return
        self.settle_digits()
        proposal, session = view.proposal, self.session
        while True:
            # Behind the writes, so that a verdict of just now is in it.
            found = await self.background.write(workflow.others_on, session.store, proposal.id, session.reviewer_id)
            if found.why_not:
                self.tell(found.why_not, about="others")
                return
            screen = OthersScreen(
                found,
                self.keymap,
                self.marks,
                learn=lambda: self.background.figure(
                    workflow.learnt_of, session.store, proposal.id, session.reviewer_id
                ),
                log=self.reviewer_app.opening.log,
                has_draft=bool(self._adjudication_drafts(view, FIELDS)),
            )
            await self.app.push_screen_wait(screen)
            if not screen.wants_form or await self._adjudication_form(view, found):
                return

    async def _adjudication_form(self, view: ProposalView, others: "Others") -> bool:
        """Have it adjudicated; return whether something is being saved."""
        from reviewer.tui.screens.adjudication import FIELDS, AdjudicationScreen
        from reviewer.tui.screens.said_form import REASON
        from reviewer.workflow.adjudicating import adjudicate, retract_adjudication

        proposal, session = view.proposal, self.session
        names = (*FIELDS, REASON)

        def save(adjudication: Adjudication) -> None:
            saved = self.background.hand_over(
                adjudicate,
                session,
                proposal.id,
                adjudication,
                revision_id=others.revision_id,
                judgements=others.events,
            )
            drafts = self._adjudication_drafts(view, FIELDS)
            self.reviewer_app.follow(self._follow_adjudication(saved, view, others, drafts))

        def retract(reason: str) -> None:
            saved = self.background.hand_over(retract_adjudication, session, proposal.id, reason)
            drafts = self._adjudication_drafts(view, names)
            self.reviewer_app.follow(self._follow_adjudication(saved, view, others, drafts))

        form = AdjudicationScreen(
            others,
            self.keymap,
            self.marks,
            save=save,
            retract=retract,
            keep_draft=self.draft_keeper(proposal.uuid, prefix=ADJUDICATION_DRAFTS),
            drafts={name: draft.text for name, draft in self._adjudication_drafts(view, names).items()},
        )
        return await self.app.push_screen_wait(form) is not None

    def _adjudication_drafts(self, view: ProposalView, names: Sequence[str]) -> Mapping[str, Draft]:
        return self.form_drafts(view.proposal.uuid, names, prefix=ADJUDICATION_DRAFTS)

    async def _follow_adjudication(
        self, saved: "Future[Any]", view: ProposalView, known: "Others", drafts: Mapping[str, Draft]
    ) -> bool:
        """See an adjudication to the disk, and show it. Return whether it is there."""
        from reviewer.workflow.adjudicating import adjudication_words

        def words(event: AdjudicationEvent) -> str:
            if event.adjudication is None:
                return ""
            shown = (*(said.event_id for said in known.adjudications), None)
            also = "" if event.supersedes in shown else "; it takes the place of what somebody said meanwhile"
            return f"Adjudicated: {adjudication_words(event.adjudication)}{also}."

        not_saved = f"“{view.proposal.title}” is not adjudicated"
        if not await self.see_said_saved(saved, drafts, not_saved=not_saved, words=words):
            return False
        self.show_adjudication(view.proposal.id)
        return True

    @work(group="adjudication")
    async def show_adjudication(self, method_id: int) -> None:
        """Show on the proposal whether it is adjudicated, where that may be seen now."""
        if not self.is_attached or method_id not in self.views:
            return
        try:
            adjudication = await self.background.read(self.reader.adjudication, method_id)
        except ReviewerError:
            return
        if not self.is_attached or method_id not in self.views:
            return
        self.keep_view(replace(self.views[method_id], adjudication=adjudication))
        if self.view is not None and self.view.proposal.id == method_id and self.view.adjudication != adjudication:
            self.view = replace(self.view, adjudication=adjudication)
            self.show_heading()
