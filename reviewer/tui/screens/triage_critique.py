"""Reading an answer in Claude's pane: from doubt to doubt, marks, checks taken over, and the record of reading."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from reviewer.domain.errors import ReviewerError
from reviewer.tui.critic_calls import Call
from reviewer.tui.critic_states import Glimpse, OpenPane, Reading
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_critic_pane import CriticPanePart
from reviewer.tui.screens.triage_judging import RATIONALE
from reviewer.tui.widgets.critique_pane import CritiquePane
from reviewer.tui.widgets.document import DocumentPane
from reviewer.workflow.attention import Attention

if TYPE_CHECKING:
    from reviewer.workflow.critique_reading import ReadableCritique
    from reviewer.workflow.views import ProposalView


class CritiquePart(CriticPanePart):
    """What has to do with an answer that is before the reviewer."""

    _reading: Reading | None = None

    def critique_shown(self, view: "ProposalView") -> str | None:
        """Return the call whose critique of a proposal was before the reviewer last, in this sitting or before."""
        return self.reviewer_app.critiques_shown.get(view.proposal.id) or view.critique

    def _begin_reading(self, found: "ReadableCritique", shown: OpenPane) -> None:
        from reviewer.workflow.critique_reading import Readable

        self._end_reading()
        assert isinstance(shown.now, Readable)
        attention = Attention(self.ticks, self.reviewer_app.config.idle_seconds)
        attention.look_at(found.attempt_id)
        self._reading = Reading(found, shown.now.judgement, self.session.now(), attention)
        if self.view is not None and self.critique_shown(self.view) is None:
            # The first look counts for all that is said after it: it is kept before the app can go away.
            self._write_reading(self._reading, 0.0)
        self.reviewer_app.critiques_shown[shown.method_id] = found.call

    def end_reading(self) -> None:
        """Write down for how long an answer was read until now; where it stays, it is being read anew."""
        reading = self._reading
        if self._open_pane is not None:
            self._end_glimpse(self._open_pane)
        self._end_reading()
        if reading is not None and self._open_pane is not None:
            reading.attention.look_at(reading.critique.attempt_id)
            self._reading = replace(reading, shown_at=self.session.now())

    def _end_reading(self) -> None:
        reading, self._reading = self._reading, None
        if reading is None:
            return
        seconds = reading.attention.take(reading.critique.attempt_id)
        reading.attention.look_at(None)
        self._write_reading(reading, seconds)

    def _write_reading(self, reading: Reading, seconds: float) -> None:
        from reviewer.workflow.critique_reading import note_read

        attempt_id = reading.critique.attempt_id
        self._see_written(
            self.background.hand_over(note_read, self.session, attempt_id, reading.judgement, reading.shown_at, seconds)
        )

    def _begin_glimpse(self, shown: OpenPane, call: Call) -> None:
        """Note that the first words of an answer are seen: what is said from now on follows them, whatever comes."""
        attention = Attention(self.ticks, self.reviewer_app.config.idle_seconds)
        attention.look_at(shown.method_id)
        shown.glimpse = Glimpse(call.id, self.session.now(), attention)
        self.reviewer_app.critiques_shown[shown.method_id] = call.id

    def _end_glimpse(self, shown: OpenPane) -> None:
        glimpse, shown.glimpse = shown.glimpse, None
        if glimpse is not None:
            from reviewer.workflow.critique_reading import note_glimpse

            seconds = glimpse.attention.take(shown.method_id)
            self._see_written(
                self.background.hand_over(note_glimpse, self.session, glimpse.call, glimpse.shown_at, seconds)
            )

    def _see_written(self, written: "Future[None]") -> None:
        """Keep in the log why something beside the judgements is not written down: nobody need wait for it."""

        def look(done: "Future[None]") -> None:
            if not done.cancelled() and (error := done.exception()) is not None:
                self.reviewer_app.opening.log(error)

        written.add_done_callback(look)

    def note_input(self) -> None:
        """Count the time that the answer is looked at."""
        if self._reading is not None:
            self._reading.attention.input()
        if self._open_pane is not None and self._open_pane.glimpse is not None:
            self._open_pane.glimpse.attention.input()

    def _is_open(self) -> bool:
        """Return whether the pane is open; where it is not, say how it is opened."""
        if self._open_pane is None:
            key = key_label(self.keymap["critic"][0]) if self.keymap["critic"] else ""
            self.tell(f"Claude's pane is not open{f'; {key} opens it' if key else ''}.", about="critic")
        return self._open_pane is not None

    def action_critic_next(self) -> None:
        """Go to the next doubt."""
        if self._is_open():
            self.critic_pane.step(1)
            self._point()

    def action_critic_previous(self) -> None:
        """Go to the doubt before."""
        if self._is_open():
            self.critic_pane.step(-1)
            self._point()

    @on(CritiquePane.Moved)
    def point_at_clicked(self) -> None:
        """Mark what the doubt quotes to which one went by the mouse."""
        self.note_input()
        self._point()

    def _point(self) -> None:
        """Mark in the proposal what the doubt quotes."""
        self._show_heading()
        self.show_hints()
        mode = self._mode
        self.proposal_pane.point_at(mode.quote if mode is not None else "")

    @on(DocumentPane.Pointed)
    def note_findable(self, message: DocumentPane.Pointed) -> None:
        """Say where a quote cannot be found in the document as it is laid out."""
        shown, item, mode = self._open_pane, self.critic_pane.item, self._mode
        if shown is None or item is None or mode is None or mode.quote != message.quote:
            return
        before = shown.unfindable
        shown.unfindable = before - {item.name} if message.found else before | {item.name}
        if shown.unfindable != before:
            self._draw()
            self.critic_pane.show_item()

    def _toggle(self, name: str) -> None:
        from reviewer.tui import critique_lines as lines

        shown = self._open_pane
        if shown is None or name not in (lines.SUSPICIONS, lines.NO_DOUBTS, lines.OUT_OF_SCOPE):
            return
        shown.unfolded ^= {name}
        self._draw()
        self.critic_pane.show_item()

    def action_critic_suspicions(self) -> None:
        """Show the passages that look as if they were written for a model, or fold them."""
        from reviewer.tui.critique_lines import SUSPICIONS

        if not self._is_open():
            return
        assert self._open_pane is not None
        if not self._open_pane.suspicious:
            self.tell("Nothing in this text looks as if it were written for a model.", about="critic")
            return
        self.critic_pane.go_to_item(SUSPICIONS)
        self._toggle(SUSPICIONS)

    def action_critic_mark(self, useful: bool) -> None:
        """Mark the doubt as useful or not; the same again takes it back."""
        from reviewer.workflow.critique_reading import mark_item

        shown, found, item = self._open_pane, self._answer, self.critic_pane.item
        if not self._is_open():
            return
        if shown is None or found is None or item is None or self._mode is None:
            self.tell("There is no doubt here to mark.", about="critic")
            return
        said = None if shown.marks.get(item.name) is useful else useful
        if said is None:
            del shown.marks[item.name]
        else:
            shown.marks[item.name] = said
        self._draw()
        self.critic_pane.show_item()
        saved = self.background.hand_over(mark_item, self.session, found.attempt_id, item.name, said)
        self.reviewer_app.follow(self._follow_mark(saved))

    async def _follow_mark(self, saved: "Future[None]") -> bool:
        """See a mark to the disk; return whether it is there."""
        try:
            await asyncio.wrap_future(saved)
        except ReviewerError as error:
            self.tell(f"The mark is not saved: {error}", error=True)
            return False
        return True

    def action_critic_take(self) -> None:
        """Put the cheapest check into the rationale as a quotation, and write on; what stands there stays."""
        from reviewer.tui.critique_lines import appended, quoted_check

        if not self._is_open():
            return
        mode, found = self._mode, self._answer
        if mode is None or found is None or not mode.cheapest_check:
            self.tell("There is no check here to take over.", about="critic")
            return
        if (view := self.view_to_judge()) is None:
            return
        draft = self.reviewer_app.drafts.find(self.session.reviewer, view.proposal.uuid, RATIONALE)
        text = view.judgement.rationale if draft is None else draft.text
        self.keep_draft(view.proposal.uuid, RATIONALE, appended(text, quoted_check(mode, found)))
        self.action_rationale()
