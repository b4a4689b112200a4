"""From the triage screen to what is read in full: the evidence, what changed, what one has said, the raw record."""

from collections.abc import Sequence

from reviewer.domain.errors import UserError
from reviewer.domain.methods import Revision
from reviewer.tui.screens.triage_reading import ReadingPart
from reviewer.tui.telling import opens_dialog
from reviewer.tui.widgets.lines import TextLine
from reviewer.workflow import browsing
from reviewer.workflow.views import ProposalView, appraised_rows


class InFullPart(ReadingPart):
    """What opens over the panes and says more of the proposal in them."""

    async def _revisions(self, view: ProposalView) -> Sequence[Revision]:
        """Return every revision of a proposal, oldest first.

        Raises:
            LookupError: when it is gone from the store.
            StoreError: when the store cannot be read.
        """
        found = await self.background.read(browsing.revisions, self.session, view.proposal.id)
        if not found:
            raise LookupError(f"no revision of method {view.proposal.id}")
        return found

    @opens_dialog
    async def action_evidence(self) -> None:
        """Show every figure with its method, the seeds, and what the source claims."""
        from reviewer.tui.evidence_lines import all_evidence
        from reviewer.tui.screens.evidence import EvidenceScreen

        if (view := self.view_to_read()) is None or self.is_sealed_off(view, "the evidence"):
            return
        baseline, shared, marks = self.baseline, self.shares_seeds, self.marks

        def lay_out() -> Sequence[TextLine]:
            rows = appraised_rows(view, baseline, shared_seeds=shared)
            against = view.baselines[baseline].method.title if view.baselines else ""
            return all_evidence(against, rows, view.questions, marks)

        lines = await self.background.figure(lay_out)
        await self.app.push_screen_wait(EvidenceScreen(view.proposal.title, lines, self.keymap))

    @opens_dialog
    async def action_differences(self) -> None:
        """Show what changed between revisions."""
        from reviewer.tui.screens.differences import DifferencesScreen

        if (view := self.view_to_read()) is None or self.is_sealed_off(view, "what changed"):
            return
        revisions = await self._revisions(view)
        judged = view.current.revision_id if view.current and view.judgement.verdict else None
        await self.app.push_screen_wait(
            DifferencesScreen(view.proposal.title, revisions, judged, self.keymap, self.marks)
        )

    @opens_dialog
    async def action_history(self) -> None:
        """Show what I have said of this proposal so far."""
        from reviewer.tui.screens.history import HistoryScreen

        if (view := self.view_to_read()) is None:
            return
        self.settle_digits()
        # Behind the writes, so that an act of just now is in it.
        events = await self.background.write(browsing.own_history, self.session, view.proposal.id)
        revisions = await self._revisions(view)
        numbers = {revision.id: number for number, revision in enumerate(revisions, 1)}
        await self.app.push_screen_wait(
            HistoryScreen(view.proposal.title, events, self.keymap, self.marks, numbers=numbers)
        )

    @opens_dialog
    async def action_raw(self) -> None:
        """Show the record as its source wrote it."""
        from reviewer.tui.screens.raw import RawScreen

        if (view := self.view_to_read()) is None or self.is_sealed_off(view, "the raw record"):
            return
        revisions = await self._revisions(view)
        revision = next((r for r in revisions if r.id == view.proposal.revision_id), None)
        if revision is None:
            raise UserError("This proposal has changed meanwhile; refresh the queue.")
        met = await self.background.read(browsing.sightings, self.session, view.proposal.id)
        await self.app.push_screen_wait(
            RawScreen(
                view.proposal.title,
                revision.provenance,
                revision.raw,
                self.keymap,
                imported_at=revision.recorded_at,
                method_id=view.proposal.id,
                also_met=met[1:],
            )
        )
