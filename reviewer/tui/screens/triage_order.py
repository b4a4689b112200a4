"""The order of the queue: which one it is, drawing the one by priority, and why a row stands where it does."""

import asyncio
from collections.abc import Mapping

from textual import work

from reviewer.domain.errors import ReviewerError
from reviewer.domain.queue import Sort
from reviewer.domain.vocabulary import Protocol
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_state import TriageState
from reviewer.tui.telling import opens_dialog, telling
from reviewer.workflow import browsing
from reviewer.workflow.browsing import Asked
from reviewer.workflow.session import Session

DRAWN_SECONDS = 0.15
"""So long the queue waits at most to be drawn; after that the drawing before is shown, or the order by claim."""

WHY_SECONDS = 15.0

TOLD_SECONDS = 8.0
"""What is told as one begins stands so long, or until the next key."""

SORT_WORDS: Mapping[Sort, str] = {
    Sort.PRIORITY: "by priority",
    Sort.DISAGREEMENT: "reviewers furthest apart first",
    Sort.NEWEST: "newest first",
    Sort.CLAIM: "best claim first",
    Sort.IMPORTED: "in the order of import",
    Sort.TITLE: "by title",
    Sort.AGENT: "by agent",
}

_PRIORITY_NOTES: Mapping[Protocol, str] = {
    Protocol.OPEN: "where a review is worth most",
    Protocol.BLIND: "best claim first, some by chance",
    Protocol.SEALED: "by chance",
}
"""By what the order of priority goes, beside a share by chance; it may not show more than the protocol does."""

_OF_IDEAS = "ideas in the order of import"


def sort_note(sort: Sort, protocol: Protocol) -> str:
    """Return a word on an order: by what it goes under a protocol, where its name does not say it."""
    match sort:
        case Sort.PRIORITY:
            return _PRIORITY_NOTES[protocol]
        case Sort.DISAGREEMENT if protocol is not Protocol.OPEN:
            return "as far as you may see that"
        case Sort.CLAIM | Sort.AGENT if protocol is Protocol.SEALED:
            return _OF_IDEAS
        case _:
            return ""


def _draw(session: Session, problem_id: int, *, again: bool) -> int | None:
    from reviewer.workflow.queue_drawing import draw_queue  # Needed in one of the orders alone.

    return draw_queue(session, problem_id, again=again)


def _drawing_held(session: Session, problem_id: int) -> int | None:
    from reviewer.workflow.queue_drawing import drawing_held

    return drawing_held(session, problem_id)


class QueueOrderPart(TriageState):
    """What has to do with the order of the queue."""

    @property
    def order_words(self) -> str:
        """Return the order in words, as the header shows it."""
        if self.order is not Sort.PRIORITY:
            return SORT_WORDS[self.order]
        if self.asked.assigned:
            return "as assigned"
        return SORT_WORDS[self.order] if self.draw is not None else f"{SORT_WORDS[self.order]}, not drawn"

    @property
    def asked_queue(self) -> Asked:
        """Return the queue as it is asked for now."""
        return Asked(self.stored.id, self.asked, self.order, frozenset(self.kept), self.draw)

    async def draw_order(self, *, again: bool = False) -> None:
        """Draw the queue, where its order is that of priority and it is due; ``again`` by what is known now.

        Nobody waits long for it: where it takes longer, it is shown as it was drawn before until then.
        """
        if self.order is not Sort.PRIORITY:
            return
        drawing = asyncio.ensure_future(self.background.long(_draw, self.session, self.stored.id, again=again))
        await asyncio.wait({drawing}, timeout=DRAWN_SECONDS)
        if drawing.done() and drawing.exception() is None:
            self.draw = drawing.result()
            return
        if not drawing.done():
            drawing.add_done_callback(self._hear_of_drawing)
        else:
            self._hear_of_drawing(drawing)
        try:
            self.draw = await self.background.read(_drawing_held, self.session, self.stored.id)
        except ReviewerError:
            self.draw = None

    def _hear_of_drawing(self, drawing: "asyncio.Future[int | None]") -> None:
        """Show a drawing that comes late, and differs; whatever hindered it goes into the log."""
        if drawing.cancelled() or not self.is_attached:
            return
        if (error := drawing.exception()) is not None:
            self.reviewer_app.opening.log(error)
        elif drawing.result() not in (None, self.draw) and self.order is Sort.PRIORITY and self.is_there:
            self.draw = drawing.result()
            row = self.queue.row
            self.order_changed(row.method_id if row else None)

    def order_changed(self, method_id: int | None) -> None:
        """Show the queue in its new order, with the cursor on a proposal; for the part that loads it to do."""

    @opens_dialog
    async def action_sort(self) -> None:
        """Ask in what order to show the queue."""
        from reviewer.tui.screens.choice import ChoiceScreen, Option

        self.settle_digits()
        if self.must_stay():
            return
        options = [Option(sort.value, words, sort_note(sort, self.protocol)) for sort, words in SORT_WORDS.items()]
        chosen = await self.app.push_screen_wait(
            ChoiceScreen("Order of the queue", options, self.order.value, self.keymap)
        )
        if chosen is not None and chosen != self.order:
            self.order = Sort(chosen)
            self.reviewer_app.keep_order(self.order)
            await self.draw_order()
            await self.load_as_dialog_goes()

    async def load_as_dialog_goes(self, method_id: int | None = None) -> None:
        """Load the queue while a dialog goes; for the part that loads it to do."""

    @work(exclusive=True, group="why")
    @telling
    async def action_why(self) -> None:
        """Say why this proposal stands where it does in the queue."""
        from reviewer.workflow.why_here import why_here

        row = self.queue.row
        if row is None:
            self.view_to_read()
            return
        said = await self.background.read(why_here, self.session, self.asked_queue, row.method_id)
        self.tell(" ".join(said), about="why", seconds=WHY_SECONDS)

    async def tell_of_assigned(self) -> None:
        """Say how many proposals wait for the reviewer because somebody assigned them, where any do."""
        n = await self.background.read(browsing.assigned_to_do, self.session, self.stored.id)
        if not n or self.asked.assigned:
            return
        key = key_label(self.keymap["filter"][0]) if self.keymap["filter"] else ""
        shows = f"; {key} shows {'it' if n == 1 else 'them'}" if key else ""
        words = f"{n:,} {'is' if n == 1 else 'are'} assigned to you and not done{shows}."
        self.tell(words, about="assigned", seconds=TOLD_SECONDS)
