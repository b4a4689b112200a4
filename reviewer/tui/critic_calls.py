"""Calls to Claude on their way: each goes on whatever is on the screen, until it is stopped or the app is left."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewer.domain.identity import new_id
from reviewer.tui.background import Background
from reviewer.tui.collecting import load_in_peace
from reviewer.tui.telling import sentence_of

if TYPE_CHECKING:
    from reviewer.critic.failures import Failed
    from reviewer.critic.key import Key
    from reviewer.workflow.critiquing import Answered, Asking
    from reviewer.workflow.session import Session

ENDING_SECONDS = 1.0
"""Who leaves the app waits so long at most for calls to let go, which takes milliseconds."""

LOADING, SENDING, ANSWERING = "Loading what speaks to Claude…", "Waiting for the first words…", "Claude is answering…"


@dataclass(slots=True)
class Call:
    """One call, and how far it is."""

    id: str
    method_id: int
    title: str
    began: float
    """When, by the clock of the loop."""
    phase: str = LOADING
    text: str = ""
    """The answer so far."""
    failed: "Failed | None" = None
    """After what it is going to be tried again; None where it is not waiting."""
    again_at: float = 0.0
    """When, by the same clock."""
    task: "asyncio.Task[None] | None" = field(default=None, repr=False)

    def waits(self, now: float) -> bool:
        """Return whether it waits to be tried again, at a time by the clock of the loop."""
        return self.failed is not None and self.again_at > now


@dataclass(frozen=True, slots=True)
class EndedCall:
    """What came of a call: an answer is in the store by now. ``sentence`` is of what went wrong on our side.

    Without either it was stopped before anything was set aside for it.
    """

    method_id: int
    title: str
    answered: "Answered | None" = None
    sentence: str = ""


class CriticCalls:
    """The calls of one window, by the row ids of their proposals. ``changed`` hears of each that begins or ends.

    ``offline``: recorded answers are played in place of Claude's.
    """

    def __init__(
        self,
        background: Background,
        log: Callable[[BaseException], object],
        changed: Callable[[int, EndedCall | None], object],
        offline: bool = False,
    ) -> None:
        self._background = background
        self._log = log
        self._changed = changed
        self._offline = offline
        self._underway: dict[int, Call] = {}
        self._failed: dict[int, EndedCall] = {}

    def on(self, method_id: int) -> Call | None:
        """Return the call on a proposal that is under way."""
        return self._underway.get(method_id)

    def failed_on(self, method_id: int) -> EndedCall | None:
        """Return how the last call on a proposal ended without an answer; None where it brought one."""
        return self._failed.get(method_id)

    def forget(self, method_id: int) -> None:
        """Forget how the last call on a proposal ended."""
        self._failed.pop(method_id, None)

    def begin(self, session: "Session", asking: "Asking", key: "Key", title: str) -> None:
        """Ask about a proposal, unless it is being asked about already."""
        if asking.method_id in self._underway:
            return
        self.forget(asking.method_id)
        call = self._underway[asking.method_id] = Call(
            new_id(), asking.method_id, title, asyncio.get_running_loop().time()
        )
        call.task = asyncio.create_task(self._see_through(session, asking, key, call))
        self._changed(call.method_id, None)

    def stop(self, method_id: int) -> bool:
        """Let go of the call on a proposal at once; return whether there was one."""
        call = self._underway.get(method_id)
        if call is None or call.task is None:
            return False
        call.task.cancel()
        return True

    async def end(self) -> None:
        """Let go of every call: what was set aside for them stays counted."""
        tasks = [call.task for call in self._underway.values() if call.task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=ENDING_SECONDS)

    async def _see_through(self, session: "Session", asking: "Asking", key: "Key", call: Call) -> None:
        try:
            ended = EndedCall(call.method_id, call.title, await self._ask(session, asking, key, call))
        except asyncio.CancelledError:
            # Before anything was sent, and between two attempts, nothing is set aside.
            is_sent = call.phase != LOADING and not call.waits(asyncio.get_running_loop().time())
            ended = EndedCall(call.method_id, call.title, _cancelled(asking, call) if is_sent else None)
        except Exception as error:
            self._log(error)
            ended = EndedCall(call.method_id, call.title, sentence=sentence_of(error))
        del self._underway[call.method_id]
        if ended.sentence or (ended.answered is not None and ended.answered.failed is not None):
            self._failed[call.method_id] = ended
        self._changed(call.method_id, ended)

    async def _ask(self, session: "Session", asking: "Asking", key: "Key", call: Call) -> "Answered":
        from reviewer.critic import recorded, sdk
        from reviewer.workflow.critiquing import ask

        await self._background.aside(load_in_peace, sdk.import_sdk)
        # It reads the certificates of the system, which takes longer than a frame.
        client = await (
            self._background.aside(recorded.recorded_client)
            if self._offline
            else self._background.aside(sdk.client_for, key)
        )
        call.phase = SENDING

        def tell(text: str) -> None:
            call.phase, call.text, call.failed = ANSWERING, text, None

        def wait(failed: "Failed") -> None:
            call.phase, call.text, call.failed = SENDING, "", failed
            call.again_at = asyncio.get_running_loop().time() + (failed.wait or 0.0)

        async with client:
            return await ask(session, asking, client, self._background.hand_over, tell, wait, call.id)


def _cancelled(asking: "Asking", call: Call) -> "Answered":
    from reviewer.critic.failures import Failed, Failure
    from reviewer.workflow.critiquing import Answered

    return Answered(call.id, failed=Failed(Failure.CANCELLED), spent=asking.worst, known=False)
