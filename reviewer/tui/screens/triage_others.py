"""From the triage screen to what others hold of the proposal, and how an adjudication is seen to the disk."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from textual import work

from reviewer.domain.adjudications import Adjudication, AdjudicationEvent
from reviewer.domain.errors import ReviewerError
from reviewer.store.drafts import Draft
from reviewer.tui.screens.triage_writing import WritingPart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow.views import ProposalView

if TYPE_CHECKING:
    from reviewer.workflow.others import Others

ADJUDICATION_DRAFTS = "adjudication:"
"""What the names of drafts of an adjudication begin with."""


class OthersPart(WritingPart):
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

        def keep(name: str, text: str | None) -> None:
            if text is None:
                self.reviewer_app.drafts.drop(session.reviewer, proposal.uuid, f"{ADJUDICATION_DRAFTS}{name}")
            else:
                self.keep_draft(proposal.uuid, f"{ADJUDICATION_DRAFTS}{name}", text)

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
            keep_draft=keep,
            drafts={d.field.removeprefix(ADJUDICATION_DRAFTS): d.text for d in self._adjudication_drafts(view, names)},
        )
        return await self.app.push_screen_wait(form) is not None

    def _adjudication_drafts(self, view: ProposalView, names: Sequence[str]) -> Sequence[Draft]:
        drafts, uuid = self.reviewer_app.drafts, view.proposal.uuid
        held = (drafts.find(self.session.reviewer, uuid, f"{ADJUDICATION_DRAFTS}{name}") for name in names)
        return [draft for draft in held if draft is not None]

    async def _follow_adjudication(
        self, saved: "Future[Any]", view: ProposalView, known: "Others", drafts: Sequence[Draft]
    ) -> bool:
        """See an adjudication to the disk; its drafts go when it is there. Return whether it is."""
        from reviewer.workflow.adjudicating import adjudication_words

        try:
            event: AdjudicationEvent | None = await asyncio.wrap_future(saved)
        except (ReviewerError, LookupError) as error:
            why = error if isinstance(error, ReviewerError) else "the proposal is gone from the store."
            self.tell(f"“{view.proposal.title}” is not adjudicated, and what you wrote stays as a draft: {why}",
                      error=True)  # fmt: skip
            return False
        self.drop_drafts(drafts)
        if event is None:
            self.tell("Nothing changed: you have said just that.")
        elif event.adjudication is None:
            self.tell("Taken back; what was said stays in its history.")
        else:
            shown = (*(said.event_id for said in known.adjudications), None)
            also = "" if event.supersedes in shown else "; it takes the place of what somebody said meanwhile"
            self.tell(f"Adjudicated: {adjudication_words(event.adjudication)}{also}.")
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
