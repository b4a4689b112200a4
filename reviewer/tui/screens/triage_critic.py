"""Claude as a second reader on the triage screen: what may be read or sent, asking, and what comes of it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from textual import work
from textual.timer import Timer

from reviewer.domain.text import safe_line
from reviewer.tui.collecting import load_in_peace
from reviewer.tui.critic_calls import Call, EndedCall
from reviewer.tui.critic_states import NotSent, OpenPane, Ready, Trouble, is_stopped, judged_of, opened
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_critique import CritiquePart
from reviewer.tui.screens.triage_judging import HELD_KEY_SECONDS
from reviewer.tui.telling import sentence_of, telling

if TYPE_CHECKING:
    from reviewer.critic.failures import Failed
    from reviewer.critic.settings import CriticSettings
    from reviewer.workflow.critique_reading import Readable

REDRAW_SECONDS = 0.1
"""An answer that is on its way is drawn anew no more often."""


class CriticPart(CritiquePart):
    """What has to do with asking Claude about the proposal on the screen."""

    _ticking: Timer | None = None
    _sent_key_at = float("-inf")

    def action_critic(self) -> None:
        """Open the pane for the proposal on the screen, or close it."""
        if self._open_pane is not None:
            self.close_critic()
            return
        if (view := self.view_to_read()) is None:
            return
        self.settle_digits()
        self._open_pane = opened(view)
        self.add_class("-critic")
        self.fold_crowded_queue()
        self.fit()
        if self._open_pane is None:
            return
        self._draw(anew=True)
        self.set_focus(self.critic_pane)
        self._look()
        self.show_spent()

    def close_critic(self) -> None:
        """Give the place back to the baseline; a call that is on its way goes on."""
        if self._open_pane is None:
            return
        had_focus = self.focused is self.critic_pane
        self._end_reading()
        self._end_glimpse(self._open_pane)
        self._open_pane = None
        self._tick(None)
        self.proposal_pane.point_at("")
        self.remove_class("-critic")
        self.fit()
        if had_focus:
            self.rest()
        self.show_hints()

    def follow_critic(self) -> None:
        """Close the pane where another proposal is on the screen; look anew where more, or less, may be read now."""
        shown = self._open_pane
        if shown is None:
            return
        view = self.view
        if view is None or view.proposal.id != shown.method_id:
            self.close_critic()
        elif shown.judged != judged_of(view) or shown.revision_id != view.proposal.revision_id:
            self._look_anew()

    def _look_anew(self) -> None:
        if self.view is not None:
            self._end_reading()
            self.proposal_pane.point_at("")
            self._open_pane = opened(self.view)
            self._look()

    @work(exclusive=True, group="critic")
    async def _look(self, *, again: bool = False) -> None:
        """Look up what may be read, or sent, and show it; ``again``: with the config as it is now."""
        if (shown := self._open_pane) is None:
            return  # a verdict led on to the next proposal before this began
        try:
            now = await self._found(shown, again=again)
        except Exception as error:
            self.reviewer_app.opening.log(error)
            now = Trouble(sentence_of(error))
        if self._open_pane is shown and self.is_there:
            shown.now = now
            self._show_now()

    async def _found(self, shown: OpenPane, *, again: bool) -> "Readable | Ready | NotSent | Trouble | Call":
        calls, method_id = self.reviewer_app.critic_calls, shown.method_id
        # What words a page, and what it says, take longer to load than a key may take.
        await self.background.figure(import_module, "reviewer.tui.critique_lines")
        if (call := calls.on(method_id)) is not None:
            return call
        from reviewer.workflow import critique_reading

        # Behind the writes, so that a verdict of just now is in it.
        found = await self.background.write(critique_reading.readable, self.session, method_id)
        if found.why_withheld:
            return found
        view = self.view
        if view is not None and view.proposal.id == method_id:
            shown.suspicious = await self.background.figure(critique_reading.suspicions_in, view.proposal)
        if found.critique is not None:
            calls.forget(method_id)
            return found
        ended = calls.failed_on(method_id)
        if ended is not None and not again:
            if ended.answered is None or ended.answered.failed is None:
                return Trouble(ended.sentence)
            return NotSent(ended.answered.failed, ended.answered.spent, ended.answered.known)
        calls.forget(method_id)
        return await self._what_can_be_sent(method_id, again=again)

    async def _what_can_be_sent(self, method_id: int, *, again: bool) -> "Ready | NotSent | Trouble":
        from reviewer.critic import recorded, sdk
        from reviewer.critic.failures import Failed, Failure
        from reviewer.critic.key import find_key, is_well_formed
        from reviewer.workflow.critiquing import prepare

        settings = await self.background.figure(self._settings_now, again=again)
        prepared = await self.background.figure(prepare, self.session.store, self.session, method_id, settings)
        if isinstance(prepared, Failed):
            return NotSent(prepared)
        # A keyring may wait for the person, or for a service that is not there.
        key = recorded.KEY if self.reviewer_app.opening.offline_critic else await self.background.aside(find_key)
        if key is None:
            return NotSent(Failed(Failure.NO_KEY))
        if not is_well_formed(key.secret):
            return Trouble(f"What {key.found_in} holds cannot be a key: it has blanks, or letters that no key has.")
        self._load_ahead(sdk.import_sdk)
        return Ready(prepared, key)

    @work(exclusive=True, group="critic-sdk")
    async def _load_ahead(self, load: Callable[[], None]) -> None:
        """Load the SDK while one reads what it costs."""
        try:
            await self.background.aside(load_in_peace, load)
        except Exception as error:  # it is told where it is needed
            self.reviewer_app.opening.log(error)

    def _settings_now(self, *, again: bool) -> "CriticSettings":
        from reviewer.critic.settings import CriticSettings

        app = self.reviewer_app
        if app.opening.offline_critic:
            from reviewer.critic.recorded import SETTINGS

            return SETTINGS
        if again and app.opening.config_path.exists():
            from reviewer.workflow.config import read_config

            # Somebody may have just said there what the model costs.
            app.config = replace(app.config, critic=read_config(app.opening.config_path).critic)
        return app.config.critic or CriticSettings()

    def _show_now(self) -> None:
        """Show what was looked up, from its top; an answer is being read from now on."""
        shown = self._open_pane
        assert shown is not None
        found = self._answer
        if found is not None and (self._reading is None or self._reading.critique.call != found.call):
            shown.marks = dict(found.marks)
            self._begin_reading(found, shown)
        self._tick(shown.now if isinstance(shown.now, Call) else None)
        self._draw(anew=True)
        self._point()
        self.show_hints()

    def _tick(self, call: Call | None) -> None:
        """Draw anew from time to time while a call is on its way."""
        if self._ticking is not None:
            self._ticking.stop()
            self._ticking = None
        if call is not None:
            self._ticking = self.set_interval(REDRAW_SECONDS, self._show_progress)

    def _show_progress(self) -> None:
        shown = self._open_pane
        if shown is None or not isinstance(shown.now, Call):
            return
        if shown.now.text != shown.read_from:
            self._read_claims(shown, shown.now.text)
        else:
            self._draw()

    @work(exclusive=True, group="critic-claims")
    async def _read_claims(self, shown: OpenPane, text: str) -> None:
        """Read in a thread what has come of an answer: a long one takes longer than a key may."""
        from reviewer.critic.partial import claims_so_far

        shown.read_from = text
        try:
            shown.claims = await self.background.aside(claims_so_far, text)
        except Exception as error:  # the whole answer is read all the same
            self.reviewer_app.opening.log(error)
            return
        if self._open_pane is shown and isinstance(shown.now, Call):
            if shown.claims and shown.glimpse is None:
                self._begin_glimpse(shown, shown.now)
            self._draw()

    def action_critic_send(self) -> None:
        """Send what the pane says; after a failure look again; in an answer unfold or fold what one is at."""
        if not self._is_open():
            return
        shown = self._open_pane
        assert shown is not None
        match shown.now:
            case Ready(asking, key):
                if not self._is_held_down() and self.view is not None:
                    self.reviewer_app.critic_calls.begin(self.session, asking, key, self.view.proposal.title)
            case NotSent(failed):
                if not self._is_held_down():
                    self._after_failure(failed)
            case Trouble():
                self._look_again()
            case Call() | None:
                pass
            case _:
                self._toggle(self.critic_pane.item.name if self.critic_pane.item else "")

    def _is_held_down(self) -> bool:
        """Return whether the key that spends money is the one of a moment ago, held down; each press begins anew."""
        now = self.ticks()
        is_held, self._sent_key_at = now - self._sent_key_at < HELD_KEY_SECONDS, now
        return is_held

    def _after_failure(self, failed: "Failed") -> None:
        if is_stopped(failed):
            self._say_go_on()
        else:
            self._look_again()

    @work(exclusive=True, group="critic-go-on")
    @telling
    async def _say_go_on(self) -> None:
        from reviewer.workflow.critic_spending import go_on_spending

        reason = await asyncio.wrap_future(self.background.hand_over(go_on_spending, self.session))
        if reason:
            self.tell("Calls are sent again; nothing was sent by that.", about="critic")
        self._look_again()

    def _look_again(self) -> None:
        shown = self._open_pane
        if shown is not None and self.view is not None:
            self._open_pane = opened(self.view)
            self._look(again=True)

    def action_critic_close(self) -> None:
        """Stop the call that is on its way; where there is none, close the pane."""
        if not self._is_open():
            return
        assert self._open_pane is not None
        if not self.reviewer_app.critic_calls.stop(self._open_pane.method_id):
            self.close_critic()

    def show_call(self, method_id: int, ended: EndedCall | None) -> None:
        """Show that a call on a proposal began, or what came of it."""
        if not self.is_there:
            return
        if ended is not None:
            self.show_spent()
        shown = self._open_pane
        if shown is not None and shown.method_id == method_id:
            self._end_glimpse(shown)
            self._look_anew()
        elif ended is not None:
            self._tell_of_call(ended)

    def _tell_of_call(self, ended: EndedCall) -> None:
        """Say what came of a call on a proposal that is not before the reviewer."""
        key = key_label(self.keymap["critic"][0]) if self.keymap["critic"] else ""
        title = safe_line(ended.title, 80)
        if ended.answered is not None and ended.answered.failed is None:
            self.tell(f"Claude has answered on “{title}”{f'; {key} shows it there' if key else ''}.", about="critic")
        elif ended.sentence or ended.answered is not None:
            said = ended.sentence
            if ended.answered is not None and ended.answered.failed is not None:
                said = ended.answered.failed.sentence(self.session.clock().astimezone())
            self.tell(f"No answer on “{title}”: {said}", about="critic", warning=True)

    @work(exclusive=True, group="spent")
    async def show_spent(self) -> None:
        """Show in the header what Claude has cost today, once something was spent."""
        from reviewer.workflow.critic_spending import spent_today

        try:
            self.spent_today = await self.background.read(spent_today, self.session)
        except Exception as error:  # the header does without it
            self.reviewer_app.opening.log(error)
            return
        if self.is_there:
            self.show_header()
