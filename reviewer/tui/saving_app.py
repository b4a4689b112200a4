"""The part of the app that sees acts to the disk, and lets nobody leave before they are there without a word."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.domain.counted import counted
from reviewer.domain.errors import HinderedError, ReviewerError, StoreBusyError
from reviewer.tui.acts_underway import ActsUnderway, ActUnderway
from reviewer.tui.background import Background
from reviewer.tui.hangup import save_before_the_end
from reviewer.tui.kept_drafts import KeptDrafts
from reviewer.tui.keys_in_turn import LOOK_AGAIN_SECONDS, TOLD_SECONDS, KeysInTurn
from reviewer.tui.telling import sentence_of
from reviewer.tui.toasts import ERROR_SECONDS, Toasts

if TYPE_CHECKING:
    from reviewer.store.drafts import WaitingText
    from reviewer.workflow.judging import Done
    from reviewer.workflow.session import Session
    from reviewer.workflow.waiting_acts import WaitingAct, WaitingReversal

WAITS_SECONDS = 0.5
"""What is not saved after so long is shown to wait."""

LEAVING_SECONDS = 1.0
"""Who leaves waits so long for what is being saved before they are told of it."""


class SavingApp(KeysInTurn):
    """An app whose acts are saved in its background, or beside the store while that cannot be written."""

    def __init__(self, store: Path, log: Callable[[BaseException], object]) -> None:
        """Open the drafts of a store; ``log`` takes what went wrong with its traceback."""
        super().__init__()
        self._keep_in_log = log
        self.toasts = Toasts(self)
        self.drafts = KeptDrafts(store, self.warn)
        self.session: Session | None = None
        """Whose acts they are, and in which store; None until that is open."""
        self.background = Background(self._hear_of_hindrance)
        self.saving: set[asyncio.Task[bool]] = set()
        """Acts on their way to the disk; each says in the end whether it got there."""
        self.underway = ActsUnderway()
        """What is held by those of them that are about a proposal."""
        self.unsaved = 0
        """How many acts could not be saved since somebody last wanted to leave."""
        self._acts: dict[asyncio.Task[bool], WaitingAct | WaitingReversal] = {}
        """What each of them does, as far as it can be written down beside the store."""
        self._numbers: dict[asyncio.Task[bool], int] = {}
        """Of how many acts each of them is, where that is not one."""
        self._shows_waiting = False
        """Whether it is shown that acts wait."""
        self._kept: set[asyncio.Task[bool]] = set()
        """Those that are to be written down there."""
        self._hindrance: HinderedError | None = None
        """What keeps them from being saved, as it was last told."""
        self._warned_of_unsaved = False
        self._leaves_when_saved = False
        """Whether one wants to leave, and was told that acts of theirs still wait."""

    def follow(
        self, saved: Coroutine[Any, Any, bool], act: "WaitingAct | WaitingReversal | None" = None, *, acts: int = 1
    ) -> None:
        """See an act, or several ``acts``, to the end, whatever becomes of the screen that it was done on.

        While the store cannot be written, ``act`` is written down beside it, as far as that can be.
        """
        task = asyncio.create_task(saved)
        self.saving.add(task)
        if acts != 1:
            self._numbers[task] = acts
        if self._shows_waiting:
            self.show_waiting()
        else:
            asyncio.get_running_loop().call_later(WAITS_SECONDS, self._look_at, task)
        if act is not None:
            self._acts[task] = act
        if self._hindrance is not None:
            self._keep_what_waits()
        task.add_done_callback(self._saved)

    @property
    def waiting(self) -> int:
        """Return how many acts are shown to wait for the store; 0 as long as each is saved in a moment."""
        return self._not_saved if self._shows_waiting else 0

    @property
    def _not_saved(self) -> int:
        return sum(self._numbers.get(task, 1) for task in self.saving)

    def _look_at(self, task: "asyncio.Task[bool]") -> None:
        """Show that an act waits, where it still does."""
        if task in self.saving and not self._shows_waiting:
            self._shows_waiting = True
            self.show_waiting()

    def show_waiting(self) -> None:
        """Show which acts wait, or that none does any more; for the app that has the screens to do."""

    def show_held_anew(self, method_id: int) -> None:
        """Show what the store has of a proposal in place of an act that was refused; for the app to do as well."""

    def keep_beside(self, store: Path) -> None:
        """Keep drafts, and acts that cannot be saved, beside another store from now on."""
        self.drafts.close()
        self.drafts = KeptDrafts(store, self.warn)

    def catch_up(self) -> None:
        """Save what could not be saved when the store was last open, in its order and before whatever comes now."""
        assert self.session is not None
        waiting = self.drafts.acts_of(self.session.reviewer)
        if not waiting:
            return
        from reviewer.workflow.waiting_acts import do_now

        done = [self.background.hand_over(do_now, self.session, act) for act in waiting]
        self.follow(self._follow_waiting(waiting, done), acts=len(waiting))

    async def _follow_waiting(self, waiting: "Sequence[WaitingText]", done: "Sequence[Future[Done | None]]") -> bool:
        """See what had waited to the disk, and say what became of it; return whether all of it is there."""
        saved, refused, left = 0, 0, 0
        await self._show_what_waited(waiting, done)
        for act, future in zip(waiting, done, strict=True):
            try:
                try:
                    await asyncio.wrap_future(future)
                finally:
                    shown = self.underway.drop(act.act_id)
            except HinderedError:
                return False
            except ReviewerError as error:
                refused += 1
                self.tell_error(error)
                if shown is not None:
                    self.show_held_anew(shown.method_id)
            except Exception as error:
                # It may be for another store, or of a newer reviewer.
                left += 1
                self._keep_in_log(error)
                continue
            else:
                saved += 1
            self.drafts.drop_act(act.act_id)
        if saved:
            are = "is" if saved == 1 else "are"
            told = f"{counted(saved, 'act')} of yours that had waited for the store {are} saved now."
            self.toasts.show(told, about="caught up", seconds=TOLD_SECONDS)
        if left:
            are = "is" if left == 1 else "are"
            told = f"{counted(left, 'act')} of yours that had to wait {are} about what is not in this store."
            self.toasts.show(told, about="left", severity="warning", seconds=TOLD_SECONDS)
        return not refused

    async def _show_what_waited(self, waiting: "Sequence[WaitingText]", done: "Sequence[Future[Done | None]]") -> None:
        """Show on their proposals what goes on waiting for longer than a moment."""
        from reviewer.workflow.waiting_acts import proposals_of

        assert self.session is not None
        now = asyncio.get_running_loop().time
        until = now() + WAITS_SECONDS
        while now() < until:
            if done[-1].done():
                return
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        # Where it cannot be read either, they are counted all the same.
        with suppress(ReviewerError):
            for act, method_id, problem_id in await self.background.read(proposals_of, self.session, waiting):
                self.underway.add(
                    ActUnderway(act.act_id, method_id, problem_id, act.kind, act.after, act.context.revision_id)
                )
        if self._shows_waiting:
            self.show_waiting()

    def tell_error(self, error: Exception) -> None:
        """Show what went wrong and what to do, and keep the traceback in the log."""
        self._keep_in_log(error)
        sentence = sentence_of(error)
        self.toasts.show(sentence, about=sentence, severity="error", seconds=ERROR_SECONDS)

    def warn(self, sentence: str) -> None:
        """Show what does not go as it should, and stops nobody."""
        self.toasts.show(sentence, about=sentence, severity="warning", seconds=ERROR_SECONDS)

    def _keep_what_waits(self) -> bool:
        """Write down beside the store what is not saved; return whether all of it is there."""
        from reviewer.workflow.waiting_acts import text_of

        for task, act in self._acts.items():
            if task not in self._kept:
                assert self.session is not None
                self._kept.add(task)
                self.drafts.keep_act(self.session.reviewer, text_of(act))
        return self.saving <= self._kept and self.drafts.all_written

    def _saved(self, task: "asyncio.Task[bool]") -> None:
        self.saving.discard(task)
        self._numbers.pop(task, None)
        if self._shows_waiting:
            self._shows_waiting = bool(self.saving)
            self.show_waiting()
        act = self._acts.pop(task, None)
        if task in self._kept and act is not None:
            self._kept.discard(task)
            self.drafts.drop_act(act.act_id)
        if not task.cancelled() and not self._is_saved(task):
            self.unsaved += 1
        if self.saving:
            return
        leaves, self._leaves_when_saved = self._leaves_when_saved, False
        hindrance, self._hindrance = self._hindrance, None
        if hindrance is not None and not self.unsaved:
            is_lock = isinstance(hindrance, StoreBusyError)
            self.toasts.show("The store is free again." if is_lock else "What had to wait is saved.", about="hindrance")
        if leaves and not self.unsaved:
            self.exit()

    def _is_saved(self, task: "asyncio.Task[bool]") -> bool:
        if (error := task.exception()) is None:
            return task.result()
        self._keep_in_log(error)
        sentence = "An act could not be saved; the details are in the log."
        self.toasts.show(sentence, about=sentence, severity="error", seconds=ERROR_SECONDS)
        return False

    def _hear_of_hindrance(self, hindrance: HinderedError) -> None:
        """Say that acts wait for the store; called in the thread that saves them."""
        if self.is_running:
            self.call_later(self._tell_of_hindrance, hindrance)

    def _tell_of_hindrance(self, hindrance: HinderedError) -> None:
        if not self.saving:
            return
        self._hindrance = hindrance
        self._keep_what_waits()
        if isinstance(hindrance, StoreBusyError):
            why = "Another program keeps the store locked; what you do waits here, and is saved as soon as it is free."
        else:
            why = f"What you do waits here, and is saved as soon as it can be. {hindrance}"
        self.toasts.show(why, about="hindrance", severity="warning", seconds=ERROR_SECONDS)

    def outlast_the_terminal(self) -> None:
        """From now on see what waits to the disk before a closed terminal ends the app."""
        save_before_the_end(lambda: bool(self.saving), self.background.see_through, self._give_terminal_back)

    def _give_terminal_back(self) -> None:
        """Leave the terminal as it was: no mouse reports, no other screen, and letters that are echoed."""
        if self._driver is not None:
            self._driver.suspend_application_mode()

    def goes_on(self) -> None:
        """Hear that one goes on working: who was told that acts wait no longer wants to leave."""
        self._leaves_when_saved = False

    async def leave(self) -> None:
        """End the app, or say why not yet; who asks once more goes without."""
        self.unsaved = 0
        if self.saving:
            await asyncio.wait(self.saving, timeout=LEAVING_SECONDS)
        if (waiting := self._not_saved) and not self._leaves_when_saved:
            self._leaves_when_saved = True
            self._stay(self._words_of_waiting(waiting, kept=self._keep_what_waits()))
        elif self.unsaved and not self._warned_of_unsaved:
            self._warned_of_unsaved = True
            self._stay(
                f"{self.unsaved} of your last acts could not be saved. Try again, or leave once more to go without."
            )
        else:
            self.exit()

    def _words_of_waiting(self, waiting: int, *, kept: bool) -> str:
        is_late = self._hindrance is None or isinstance(self._hindrance, StoreBusyError)
        why = "takes long to write or is kept locked by another program" if is_late else "cannot be written"
        they = "it is" if waiting == 1 else "they are"
        return (
            f"{counted(waiting, 'act')} of yours {'waits' if waiting == 1 else 'wait'} for the store, which "
            f"{why}; the app ends once {they} saved. "
            "Leave once more to go without"
            + (f": {they} kept beside the store, and saved when reviewer is next opened on it." if kept else ".")
        )

    def _stay(self, sentence: str) -> None:
        """Say why one has not left; what was typed meanwhile was meant for what comes after this app."""
        self.drop_keys()
        self.toasts.show(sentence, about="leaving", severity="error", seconds=10)
