"""The judging part of the triage screen: verdicts, forecasts, flags, undo and redo, and how each act is saved."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from textual import work

from reviewer.domain.errors import ReviewerError, TakenOutError
from reviewer.domain.identity import new_id
from reviewer.domain.judgements import Change, Context, Judgement, revision_judged
from reviewer.domain.outcomes import Seen
from reviewer.domain.vocabulary import Act, Protocol, Verdict
from reviewer.store.drafts import Draft
from reviewer.tui.acts_underway import ActUnderway
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_alike import HELD_SECONDS, AlikePart
from reviewer.tui.stage_words import stage_sentence
from reviewer.tui.widgets.judgement_bar import BarState
from reviewer.workflow import judging
from reviewer.workflow.judging_alike import Along
from reviewer.workflow.views import ProposalView
from reviewer.workflow.waiting_acts import WaitingAct, WaitingReversal

HELD_KEY_SECONDS = HELD_SECONDS
"""The same verdict key again within this time is a key held down: keyboards repeat after 0.25 to 0.66 s at first."""

DIGITS_SETTLE_SECONDS = 1.5
"""A forecast that nothing follows is saved after this time."""

UNSCORED = {
    Seen.OUTCOME: "the outcome is known",
    Seen.TAKEN_BACK: "an outcome was known",
    Seen.PRODUCTION: "it ran in production",
}
"""Why a forecast that is given now is not scored."""

RATIONALE, TAGS, CONDITION, EXPERIMENT, FORECAST = "rationale", "tags", "condition", "next_experiment", "forecast"
RESOLVES_ON = "resolves_on"


class JudgingPart(AlikePart):
    """What has to do with what the reviewer says of the proposal on the screen."""

    _last_verdict: tuple[Verdict, float, int] = (Verdict.CANNOT_TELL, float("-inf"), 0)
    """The verdict given last, when, and after how many changes of the key: one that is held down changes nothing."""
    _opens_critic = False
    """Whether Claude's pane waited for the verdict given last."""
    judged_along: Sequence[Along] = ()
    """The others for which the verdict given last was meant too."""
    judged_as: str | None = None
    """The act of which that verdict is a part, where it is part of one: so is its condition."""

    def show_bar(self) -> None:
        """Draw the judgement bar anew."""
        if self.view is None:
            self.bar.show_state(None)
            self.follow_critic()
            return
        drafts = self.reviewer_app.drafts
        found = [
            name
            for name in (RATIONALE, TAGS, CONDITION, EXPERIMENT, RESOLVES_ON)
            if drafts.find(self.session.reviewer, self.view.proposal.uuid, name) is not None
        ]
        self.bar.show_state(
            BarState(
                self.view.judgement,
                len(self.session.rubric.constraints),
                self.digits,
                tuple(found),
                self.view.changed_since_judged,
                UNSCORED[self.view.seen] if self.view.seen else "",
                1 + len(self.view.alike) if self.view.alike else 0,
                n := 1 + len(self.mates_to_judge(self.view)) if self.is_for_all(self.view) else 0,
                tuple(self.own_forecasts(self.view)) if n else (),
            )
        )
        self.follow_critic()
        self.show_hints()

    def save_act(
        self,
        view: ProposalView,
        kind: Act,
        change: Change,
        words: str,
        drafts: Sequence[Draft] = (),
        context: Context | None = None,
        began_with: Judgement | None = None,
        along: Sequence[Along] = (),
        part_of: str | None = None,
    ) -> None:
        """Show at once what an act makes of the judgement, and save it in its turn.

        The ``drafts`` are of what is saved; they are kept until it is on the disk. ``context`` is what was before the
        reviewer, where that is no longer on the screen, ``began_with`` the judgement whose text they went on writing,
        ``along`` are the others that the act is meant for too, ``part_of`` the act as which they are undone.
        """
        if part_of is None:
            self.say_anew()
        context = context or self.context(view)
        seconds = self.attention.take(view.proposal.id)
        before = self.views.get(view.proposal.id, view)
        after = change(before.judgement)
        revision = revision_judged(kind, after, before.revision_of_verdict, context.revision_id)
        act = WaitingAct(
            new_id(), view.proposal.uuid, kind, before.judgement, after, context, words, seconds, began_with,
            tuple(along), part_of,
        )  # fmt: skip
        self.reviewer_app.underway.add(ActUnderway(act.act_id, view.proposal.id, self.stored.id, kind, after, revision))
        self.hold(view.proposal.id, after, revision, saved=False)
        self.show_bar()
        saved = self.background.hand_over(
            judging.perform,
            self.session,
            view.proposal.id,
            kind,
            change,
            context,
            words=words,
            seconds=seconds,
            act_id=act.act_id,
            began_with=began_with,
            along=along,
            part_of=part_of,
        )
        self.reviewer_app.follow(self._follow(view, act, saved, drafts), act)

    async def _follow(
        self,
        view: ProposalView,
        act: WaitingAct,
        saved: "Future[judging.Done | None]",
        drafts: Sequence[Draft],
    ) -> bool:
        """See an act to the disk and show that it is there, or that it is not; return whether it is."""
        method_id = view.proposal.id
        try:
            try:
                done = await asyncio.wrap_future(saved)
            finally:
                self.reviewer_app.underway.drop(act.act_id)
        except (ReviewerError, LookupError) as error:
            why = error if isinstance(error, ReviewerError) else "the proposal is gone from the store."
            self.tell(f"Not saved ({act.words} on “{view.proposal.title}”): {why}", error=True)
            if self.is_attached:
                if isinstance(error, TakenOutError):
                    # What was read ahead may show it too.
                    self.views.clear()
                    self.reader.forget()
                    self.go_to(method_id)
                self.views.pop(method_id, None)
                await self.show_saved(method_id, anew=isinstance(error, TakenOutError))
            return False
        self.drop_drafts(drafts)
        if self.is_attached:
            if done is not None:
                self.hold_all(done, act)
                self.count_rows()
                if act.kind in (Act.VERDICT, Act.REVEAL):
                    self.show_adjudication(method_id)
            if act.kind is Act.REVEAL:
                await self.show_stage(method_id, act.context.stage)
            self.show_bar()
        return True

    @work
    async def show_held_anew(self, method_id: int) -> None:
        """Show what the store has of a proposal in place of an act of an earlier sitting, which was refused."""
        if self.views.pop(method_id, None) is not None:
            await self.show_saved(method_id, anew=False)

    async def show_saved(self, method_id: int, *, anew: bool) -> None:
        """Show what is on the disk in place of an act that could not be saved; ``anew`` draws the panes too."""
        try:
            fresh = await self.background.read(self.reader.view, method_id)
        except (ReviewerError, LookupError):
            return
        self.keep_view(fresh)
        if self.view is None or self.view.proposal.id != method_id:
            return
        if anew:
            self.show_view(fresh)
        else:
            self.view = fresh
            self.show_bar()

    def drop_drafts(self, drafts: Sequence[Draft]) -> None:
        """Forget drafts whose text is saved, unless more has been written since."""
        for draft in drafts:
            found = self.reviewer_app.drafts.find(self.session.reviewer, draft.proposal, draft.field)
            if found is not None and found.text == draft.text:
                self.reviewer_app.drafts.drop(self.session.reviewer, draft.proposal, draft.field)

    def _verdict(self, verdict: Verdict) -> None:
        now = self.ticks()
        changes = self.reviewer_app.changes
        last, at, changed = self._last_verdict
        if last is verdict and now - at < HELD_KEY_SECONDS and changed == changes:
            # Each repeat begins the time anew, so that a key may be held down for long.
            self._last_verdict = (verdict, now, changes)
            self.tell(f"The same key within {HELD_KEY_SECONDS:g} s counts as held down; it judged one.")
            return
        view = self.view_for_verdict(now)
        if view is None:
            return
        self._last_verdict = (verdict, now, changes)
        self.settle_digits()
        words = judging.VERDICT_WORDS[verdict]
        self._opens_critic = self.is_critic_locked
        self.judged_along, self.judged_as = self.along(view), self.said_as(view)
        self.for_one_again()
        change = judging.give_verdict(verdict)
        self.save_act(view, Act.VERDICT, change, words, along=self.judged_along, part_of=self.judged_as)
        if verdict is Verdict.CONDITIONAL:
            self.ask_condition(view)
            return
        forecast = self.views.get(view.proposal.id, view).judgement.forecast
        self.go_on(words)
        if forecast is not None and _contradicts(verdict, forecast):
            keys = self.keymap["last_judged"]
            stays = view.protocol is Protocol.SEALED or self._opens_critic
            moved_on = self.reviewer_app.move_on and not stays
            back = f"; {key_label(keys[0])} goes back to it" if keys and moved_on else ""
            self.tell(f"Judged “{words}” with a forecast of {100 * forecast:.0f} % that it survives{back}.")

    def go_on(self, words: str) -> None:
        """After a verdict: ask for what the rubric still requires, else go to the next proposal.

        In the sealed protocol it stays for the next stage, and where Claude's pane waited for the verdict, for that.
        """
        if self.must_stay():
            return
        view = self.view
        if view is not None and view.protocol is Protocol.SEALED:
            self.tell(f"{words}. {stage_sentence(view, self.keymap)}")
        elif self._opens_critic:
            keys = self.keymap["next"]
            self.tell(f"{words}. Claude's pane opens{f'; {key_label(keys[0])} goes on' if keys else ''}.")
        elif not self.reviewer_app.move_on:
            self.tell(f"{words}.")
        elif not self.step_queue(self._steps_on()) and self.queue.at_end:
            self.tell(f"{words}. That was the last one in this queue.")

    def _steps_on(self) -> int:
        """Return how many rows further the next one is: past those that were judged with this one."""
        along = {other.method_id for other in self.judged_along}
        ahead = self.queue.near(len(along), 0)
        return 1 + next((i for i, row in enumerate(ahead) if row.method_id not in along), len(ahead))

    def must_stay(self) -> bool:
        """Say what the rubric requires beside the verdict, go to the first of it, and return whether there is any.

        Whatever leaves a proposal asks this first.
        """
        view = self.acting_view()
        if view is None or view.judgement.verdict is None:
            return False
        missing = view.judgement.missing(self.session.rubric)
        if missing:
            self.ask_for(missing)
        return bool(missing)

    def action_survives(self) -> None:
        """Judge that it is likely to survive production."""
        self._verdict(Verdict.SURVIVES)

    def action_conditional(self) -> None:
        """Judge that it survives if a condition holds, and ask for it."""
        self._verdict(Verdict.CONDITIONAL)

    def action_fails(self) -> None:
        """Judge that it is likely to fail."""
        self._verdict(Verdict.FAILS)

    def action_cannot_tell(self) -> None:
        """Judge that the evidence does not say."""
        self._verdict(Verdict.CANNOT_TELL)

    def action_forecast_digit(self, digit: str | int) -> None:
        """Take a digit of the forecast; the first one after another act begins a new forecast, only 100 has three."""
        view = self.view_for_digit()
        if view is None:
            return
        typed = self.digits + str(digit)
        if len(typed) > 2 and typed != "100":
            self.tell(f"{typed} % is no probability; it stays at {self.digits} %, and backspace takes a digit back.")
            return
        self.digits = typed
        self.reviewer_app.drafts.keep(self.session.reviewer, Draft(view.proposal.uuid, FORECAST, typed))
        self.show_bar()
        self._settle_later(typed)

    def take_digit_back(self) -> bool:
        """Take back the last digit of the forecast that is being typed; return whether there was one."""
        view = self.acting_view()
        if view is None or not self.digits:
            return False
        self.digits = self.digits[:-1]
        if self.digits:
            self.reviewer_app.drafts.keep(self.session.reviewer, Draft(view.proposal.uuid, FORECAST, self.digits))
            self._settle_later(self.digits)
        else:
            self.reviewer_app.drafts.drop(self.session.reviewer, view.proposal.uuid, FORECAST)
        self.show_bar()
        return True

    @work(exclusive=True, group="digits")
    async def _settle_later(self, typed: str) -> None:
        await asyncio.sleep(DIGITS_SETTLE_SECONDS)
        if self.digits == typed:
            self.settle_digits()

    def settle_digits(self) -> None:
        """Save the forecast that is being typed."""
        view, typed, self.digits = self.view, self.digits, ""
        if view is None or not typed:
            return
        draft = Draft(view.proposal.uuid, FORECAST, typed)
        self.keep_view(view)
        change, words = judging.set_forecast(int(typed) / 100), f"forecast {typed} %"
        self.note_forecast_along(view)
        self.save_act(view, Act.FORECAST, change, words, [draft], along=self.along(view), part_of=self.said_as(view))

    def action_flag(self) -> None:
        """Set the flag, or take it off."""
        if (view := self.view_to_judge()) is not None:
            self.settle_digits()
            self.save_act(view, Act.FLAG, judging.set_flag(not view.judgement.flagged), "flag")

    def action_share(self) -> None:
        """Let agents read the rationale as it stands, or no longer."""
        if (view := self.view_to_judge()) is None:
            return
        self.settle_digits()
        held = self.views.get(view.proposal.id, view).judgement
        if not held.rationale:
            self.tell("There is no rationale of yours that agents could read; write one first.", about="share")
            return
        change = judging.set_shareable(not held.shareable, held.rationale)
        words = "agents may no longer read the rationale" if held.shareable else "agents may read the rationale"
        self.save_act(view, Act.SHARE, change, words)
        waits = "" if held.shareable or held.verdict else ": it goes out once the proposal has your verdict"
        self.tell(f"{words[0].upper()}{words[1:]}{waits}.", about="share")

    def action_skip(self) -> None:
        """Put the proposal aside for now and go on."""
        if (view := self.view_to_judge()) is not None:
            self.settle_digits()
            self.save_act(view, Act.SKIP, judging.skip, "skip")
            if not self.must_stay():
                self.step_queue(1)

    def action_undo(self) -> None:
        """Undo my last act, whatever it was."""
        self.settle_digits()
        self._reverse(Act.UNDO, judging.undo, "Undid", "There is nothing of yours to undo in this problem.")

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.settle_digits()
        self._reverse(Act.REDO, judging.redo, "Did again", "There is nothing to redo.")

    def _reverse(self, kind: Act, function: Callable[..., judging.Done | None], word: str, nothing: str) -> None:
        self.say_anew()
        act = WaitingReversal(new_id(), self.problem.slug, kind)
        saved = self.background.hand_over(function, self.session, problem_id=self.stored.id, act_id=act.act_id)
        self.reviewer_app.follow(self._follow_reversal(saved, word, nothing), act)
        if self.reviewer_app.waiting:
            self.tell(f"To {kind} waits for the store too, and comes in its turn.")

    async def _follow_reversal(self, saved: "Future[judging.Done | None]", word: str, nothing: str) -> bool:
        try:
            done = await asyncio.wrap_future(saved)
        except (ReviewerError, LookupError) as error:
            self.tell(f"{word} nothing: {error}", error=True)
            return False
        if done is None:
            self.tell(nothing)
            return True
        alone = "" if len({event.method_id for event in done.events}) == 1 else self.alone_words()
        self.tell(f"{word}: {done.words} on “{done.title}”{alone}")
        if self.is_attached:
            for event in done.events:
                self.hold(event.method_id, event.snapshot, event.revision_id)
                self.show_adjudication(event.method_id)
            self.go_to(done.events[0].method_id)
            self.show_bar()
            self.count_rows()
        return True


def _contradicts(verdict: Verdict, forecast: float) -> bool:
    """Say whether a verdict expects the less likely, by the forecast given with it: one of them may be a slip."""
    return forecast < 0.5 if verdict is Verdict.SURVIVES else verdict is Verdict.FAILS and forecast > 0.5
