"""The protocol's part of the triage screen: going on from the idea to the evidence to others, and which one holds."""

import asyncio
from concurrent.futures import Future
from dataclasses import replace

from reviewer.domain.errors import ReviewerError
from reviewer.domain.stages import has_reached
from reviewer.domain.vocabulary import Act, Protocol, Stage
from reviewer.tui.screens.triage_judging import HELD_KEY_SECONDS, JudgingPart
from reviewer.tui.stage_words import stage_sentence
from reviewer.tui.telling import opens_dialog
from reviewer.workflow import judging, protocols
from reviewer.workflow.protocols import MEANINGS, SHORT_MEANINGS

GIVEN_UP = "default"
"""In place of a protocol: what was set for the problem is given up."""


class StagesPart(JudgingPart):
    """What has to do with how much may be seen by now."""

    _went_on_at = float("-inf")

    def action_next_stage(self) -> None:
        """Go on to the next stage of the sealed protocol: what is shown then has been seen, and is never undone."""
        now = self.ticks()
        held_down = now - self._went_on_at < HELD_KEY_SECONDS
        if held_down:
            self._went_on_at = now
        self.settle_digits()
        view = self.view_to_judge()
        if view is None:
            return
        if view.stage is None:
            self.tell(f"This problem is judged {view.protocol}: there is no next stage. {MEANINGS[view.protocol]}")
            return
        if held_down:
            self.tell(f"The same key within {HELD_KEY_SECONDS:g} s counts as held down; it went on by one stage.")
            return
        # With what was saved a moment ago.
        view = self.views.get(view.proposal.id, view)
        following = view.next_stage
        if following is None or view.missing_for_next:
            self.tell(stage_sentence(view, self.keymap))
            return
        self._went_on_at = now
        context = self.context(replace(view, stage=following))
        self.save_act(view, Act.REVEAL, judging.reveal, judging.REVEAL_WORDS[following], context=context)

    async def show_stage(self, method_id: int, stage: Stage | None) -> None:
        """Show what may be seen of a proposal from now on, where the reviewer went on to a stage, here or elsewhere."""
        view = self.views.get(method_id)
        if view is None or view.stage is None or stage is None or has_reached(view.stage, stage):
            return
        del self.views[method_id]
        await self.show_saved(method_id, anew=True)
        shown = self.view
        if shown is not None and shown.proposal.id == method_id and shown.stage is Stage.OTHERS:
            self.tell(stage_sentence(shown, self.keymap))

    @opens_dialog
    async def action_protocol(self) -> None:
        """Show by which protocol the problem is judged, and have another one set."""
        from reviewer.tui.screens.choice import ChoiceScreen, Option

        self.settle_digits()
        held = await self.background.read(protocols.held_protocols, self.session.store)
        of_store, here = held[0], next((each for each in held if each.problem == self.problem.slug), held[0])
        options = [Option(str(protocol), str(protocol), words) for protocol, words in SHORT_MEANINGS.items()]
        given_up = Option(
            GIVEN_UP, "as the store", f"{str(of_store.protocol).capitalize()}; nothing is set for this problem."
        )
        current = str(here.protocol) if here.is_own else GIVEN_UP
        title = f"Protocol: {here.protocol}" + (f", set by {here.set_by}" if here.set_by else "")
        chosen = await self.app.push_screen_wait(
            ChoiceScreen(title, [*options, given_up], current, self.keymap, self.marks)
        )
        if chosen is not None and chosen != current:
            protocol = None if chosen == GIVEN_UP else Protocol(chosen)
            saved = self.background.hand_over(protocols.write_protocol, self.session, self.stored.id, protocol)
            self.reviewer_app.follow(self._follow_protocol(saved, protocol or of_store.protocol))

    async def _follow_protocol(self, saved: "Future[None]", protocol: Protocol) -> bool:
        """See a protocol to the disk, and show what may be seen by it; return whether it is there."""
        try:
            await asyncio.wrap_future(saved)
        except ReviewerError as error:
            self.tell(f"The protocol is not set: {error}", error=True)
            return False
        self.tell(f"This problem is judged {protocol} from now on. {MEANINGS[protocol]}")
        if self.is_attached:
            self.action_refresh()
        return True
