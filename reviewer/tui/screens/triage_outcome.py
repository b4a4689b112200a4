"""From the triage screen to what became of a proposal, and how that is seen to the disk."""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviewer.domain.errors import ReviewerError
from reviewer.domain.outcome_words import outcome_words
from reviewer.domain.outcomes import Outcome, OutcomeEvent
from reviewer.store.drafts import Draft
from reviewer.tui.screens.triage_forms import FormsPart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow.views import ProposalView

if TYPE_CHECKING:
    from reviewer.workflow.outcomes import OutcomeState

OUTCOME_DRAFTS = "outcome:"
"""What the names of drafts of an outcome begin with."""


class OutcomePart(FormsPart):
    """What has to do with what became of the proposal on the screen."""

    @opens_dialog
    async def action_outcome(self) -> None:
        """Show what was said of how the proposal ended, and have it said, corrected or taken back."""
        from reviewer.tui.outcome_texts import FIELDS
        from reviewer.tui.screens.outcome import OutcomeScreen
        from reviewer.tui.screens.said_form import REASON
        from reviewer.workflow import outcomes

        if (view := self.view_to_judge()) is None or self.is_sealed_off(view, "what became of it"):
            return
        self.settle_digits()
        proposal, session = view.proposal, self.session
        state, constraints = await self.background.read(outcomes.what_can_be_said, session, proposal.id)
        names = (*FIELDS, REASON)

        def drafts_of(*fields: str) -> Mapping[str, Draft]:
            return self.form_drafts(proposal.uuid, fields, prefix=OUTCOME_DRAFTS)

        def save(outcome: Outcome) -> None:
            saved = self.background.hand_over(outcomes.record_outcome, session, proposal.id, outcome)
            self.reviewer_app.follow(self._follow_outcome(saved, view, state, drafts_of(*FIELDS)))

        def retract(reason: str) -> None:
            saved = self.background.hand_over(outcomes.retract_outcome, session, proposal.id, reason)
            self.reviewer_app.follow(self._follow_outcome(saved, view, state, drafts_of(*names)))

        await self.app.push_screen_wait(
            OutcomeScreen(
                proposal.title,
                state,
                self.keymap,
                self.marks,
                metrics=[metric.name for metric in self.problem.metrics],
                constraints=constraints,
                today=lambda: outcomes.today(session.clock),
                save=save,
                retract=retract,
                keep_draft=self.draft_keeper(proposal.uuid, prefix=OUTCOME_DRAFTS),
                drafts={name: draft.text for name, draft in drafts_of(*names).items()},
            )
        )

    async def _follow_outcome(
        self, saved: "Future[Any]", view: ProposalView, known: "OutcomeState", drafts: Mapping[str, Draft]
    ) -> bool:
        """See what was said to the disk, and show it. Return whether it is there."""

        def words(event: OutcomeEvent) -> str:
            if event.outcome is None:
                return ""
            shown = known.current.event_id if known.current else None
            meanwhile = event.supersedes not in (shown, *(said.event_id for said in known.events), None)
            also = "; it takes the place of what somebody said meanwhile" if meanwhile else ""
            return f"Saved: {outcome_words(event.outcome)}{also}."

        not_saved = f"Nothing is saved of what became of “{view.proposal.title}”"
        if not await self.see_said_saved(saved, drafts, not_saved=not_saved, words=words):
            return False
        await self._show_outcome(view.proposal.id)
        return True

    async def _show_outcome(self, method_id: int) -> None:
        """Show on the proposal, where it is still looked at, what holds of how it ended."""
        if not self.is_attached or method_id not in self.views:
            return
        try:
            fresh = await self.background.read(self.reader.view, method_id)
        except (ReviewerError, LookupError):
            return
        if method_id in self.views:
            self.keep_view(replace(self.views[method_id], outcome=fresh.outcome, seen=fresh.seen))
        if self.view is not None and self.view.proposal.id == method_id and self.is_attached:
            self.view = replace(self.view, outcome=fresh.outcome, seen=fresh.seen)
            self.show_heading()
            self.show_bar()
