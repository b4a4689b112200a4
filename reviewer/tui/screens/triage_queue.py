"""The queue's part of the triage screen: paging, moving, searching, filtering, sorting."""

import asyncio
import contextlib
import threading
from collections.abc import Mapping
from functools import cached_property
from time import monotonic

from textual import on, work
from textual.content import Content
from textual.widgets import Input, Static

from reviewer.domain.covered_words import Searched
from reviewer.domain.errors import DamagedStoreError, UserError
from reviewer.domain.queue import QueuePage
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Protocol
from reviewer.tui.empty_queue import words_for_empty
from reviewer.tui.key_names import key_label
from reviewer.tui.screens.triage_order import QueueOrderPart
from reviewer.tui.telling import opens_dialog, telling
from reviewer.tui.widgets.one_line import OneLine
from reviewer.tui.widgets.queue import QueueList
from reviewer.workflow import browsing
from reviewer.workflow.browsing import FilterChoices

PAGE = 200
"""Rows of one page: more than any screen shows, few enough to be had in a millisecond or two."""

REST_SECONDS = 0.05
"""Between two steps of a look-up that nobody waits for."""

SPACE_BETWEEN = 6
"""Cells of the header between what stands on its left and on its right."""

AT_ONCE_SECONDS, LOOKED_AGAIN_SECONDS = 0.1, 0.002
"""So long a dialog that goes waits at most for the queue that was asked for in it; how often that is looked at."""

DAMAGED = "The store is damaged, and only read: reviewer recover OUT"

UNREADABLE = "The queue cannot be read, since the store is damaged.\n\n`reviewer recover OUT` saves what can be saved."


class QueuePart(QueueOrderPart):
    """What has to do with which proposals there are and in what order."""

    _is_read = False
    """Whether the queue was read once: before that nothing can be said of it, not even that it is empty."""
    _is_unreadable = False
    """Whether it could not be read when that was last tried, since the store is damaged."""
    _choices: FilterChoices | None = None
    """What a filter could choose from when that was last looked up."""

    @cached_property
    def _choices_awaited(self) -> threading.Event:
        return threading.Event()

    @property
    def is_beginning(self) -> bool:
        """Return whether the queue is being read for the first time, so that no proposal has been seen yet."""
        if self._is_read:
            return False
        mine = (worker for worker in self.workers if worker.node is self)
        return not self.is_mounted or any(w.group in ("begin", "queue") and not w.is_finished for w in mine)

    @work(exclusive=True, group="queue")
    @telling
    async def load_queue(self, method_id: int | None = None, *, last: bool = False, again: bool = False) -> None:
        """Read the queue anew and put the cursor on a proposal, on the last row, or on the first one.

        ``again`` puts it in order by what is known now.
        """
        self.generation += 1
        generation = self.generation
        self.followed = None
        if again or not self._is_read:
            await self.draw_order(again=again)
        asked = self.asked_queue
        try:
            page = await self.background.read(browsing.first_page, self.session, asked, PAGE, last=last)
        except DamagedStoreError:
            self._is_read = self._is_unreadable = True
            self.show_header()
            raise
        self._is_unreadable = False
        if method_id is not None and all(row.method_id != method_id for row in page.rows):
            around = await self.background.read(browsing.page_around, self.session, asked, PAGE, method_id)
            page = around or page
        await self._read_view_of(page, method_id, last=last)
        if generation != self.generation:
            return
        first, self._is_read = not self._is_read, True
        # Rows and panes in one repaint, as when the cursor moves.
        with self.app.batch_update():
            self.mark_waiting()
            if last:
                self.queue.show_last_page(page)
            else:
                self.queue.show_page(page, method_id)
            if (row := self.queue.row) is not None:
                self.follow(row)
            else:
                self.show_view(None)
                self.show_header()
        self.count_rows()
        await self.begin_news()
        if first:
            self.reviewer_app.show_notice()
            self.complete_index()
            self._find_filter_choices()
            self.load_insights_ahead()
            await self.tell_of_assigned()

    async def load_as_dialog_goes(self, method_id: int | None = None) -> None:
        """Load the queue: where that is quick the dialog goes and the rows come in one repaint, which takes half as
        long as two.
        """
        loading = self.load_queue(method_id)
        until = monotonic() + AT_ONCE_SECONDS
        with self.app.batch_update():
            while not loading.is_finished and monotonic() < until:
                await asyncio.sleep(LOOKED_AGAIN_SECONDS)

    async def _read_view_of(self, page: QueuePage, method_id: int | None, *, last: bool) -> None:
        """Read what will be shown of the row on which the cursor will stand; where it cannot be, ``follow`` says so."""
        ids = [row.method_id for row in page.rows]
        first = method_id if method_id in ids else ids[-1 if last else 0] if ids else None
        if first is not None and first not in self.views:
            with contextlib.suppress(Exception):
                self.keep_view(await self.background.read(self.reader.view, first))

    @work(exclusive=True, group="count")
    @telling
    async def count_rows(self) -> None:
        """Count what is judged and how long the queue is; the figures come after the rows."""
        asked = self.asked_queue
        self.counts = await self.background.long(browsing.progress, self.session, self.stored.id)
        self.queue_total = None
        self.show_header()
        if not self.counts.proposals:
            self.show_baselines_alone()
        if asked.part.active:
            self.queue_total = await self.background.long(browsing.queue_length, self.session, asked)
            self.show_header()

    @on(QueueList.Wanted)
    def want_rows(self, message: QueueList.Wanted) -> None:
        """Fetch the rows that the list is about to need."""
        self._extend(message.key, message.forward, self.generation)

    @work(group="extend")
    @telling
    async def _extend(self, key: tuple[str | float | int, ...], forward: bool, generation: int) -> None:
        page = await self.background.read(
            browsing.page_beside, self.session, self.asked_queue, PAGE, key, forward=forward
        )
        if generation == self.generation:
            self.queue.extend(page, forward=forward)

    @on(QueueList.EndWanted)
    def want_end(self, message: QueueList.EndWanted) -> None:
        """Jump to the first or the last row of the queue."""
        self.load_queue(last=message.last)

    def show_header(self) -> None:
        """Draw who judges what, how far they are, and what the queue is."""
        width = self.size.width
        title = safe_line(self.problem.title or self.problem.slug, 32 if width < 120 else 60)
        done = f"{self.counts.judged} of {self.counts.proposals} judged"
        if self.counts.half_way:
            done = f"{done}, {self.counts.half_way} half-way"
        shown = f"{self.queue_total} shown, " if self.queue_total is not None and self.asked.active else ""
        queue = f"queue: {shown}{safe_line(self.asked.describe(), 60)}, {self.order_words}"
        if self.asked.text and self.not_searchable:
            queue = f"{self.not_searchable:,} not searchable yet, {queue}"
        if self._asks_for_covered:
            queue = f"what is sealed not searched, {queue}"
        who = safe_line(self.session.reviewer, 24)
        waiting = self.reviewer_app.waiting
        refresh = key_label(self.keymap["refresh"][0]) if self.keymap["refresh"] else ""
        news = Content.assemble("   ", (f"{self.news} · {refresh}", "$accent")) if self.news else Content("")
        waits = Content.assemble("   ", (f"{waiting:,} wait", "$warning")) if waiting else Content("")
        completing = Content(f"   {self.completing}").stylize("$quiet") if self.completing else Content("")
        left = Content(f" {title}   {done}") + waits + news + completing
        if self.session.store.damage is not None:
            left, queue = Content.assemble(" ", (DAMAGED, "$error")), ""
        self.query_one("#header-left", OneLine).say(left)
        self.query_one("#header-mid", OneLine).say(queue if width >= 100 or self.asked.active else "")
        right = f"{who}   {self.protocol} " if width >= 90 or self.protocol is not Protocol.BLIND else f"{who} "
        self.query_one("#header-right", OneLine).say(self._spent_before(right, width - left.cell_length) + right)
        row = self.queue.row
        self.query_one("#folded", OneLine).say(
            "" if row is None else f" {self.queue.mark_of(row)} {self.queue.alike_of(row)}{safe_line(row.title, 200)}"
        )
        self._show_empty()

    @property
    def _asks_for_covered(self) -> bool:
        """Return whether the search finds nothing that is sealed, since what it asks for is covered there."""
        return self.protocol is Protocol.SEALED and Searched(self.asked.text).always_covered

    def _spent_before(self, right: str, room: int) -> str:
        """Return what Claude has cost today, as it stands before the rest on the right in so many cells."""
        if not self.spent_today:
            return ""
        from reviewer.critic.prices import in_dollars

        spent = in_dollars(self.spent_today)
        ways = (f"Claude {spent} today   ", f"{spent} today   ", f"{spent}   ")
        return next((words for words in ways if len(words) + len(right) + SPACE_BETWEEN <= room), "")

    def _show_empty(self) -> None:
        empty = self.query_one("#empty", Static)
        if self.queue.row is not None:
            if empty.display:
                empty.display = False
                self.queue.display = True
                self.fit()
                if self.focused is None:
                    self.rest()
            return
        if not self._is_read:
            return
        empty.update(
            UNREADABLE
            if self._is_unreadable
            else words_for_empty(self.counts, self.asked, self.keymap, leaves_covered_out=self._asks_for_covered)
        )
        if not empty.display:
            empty.display = True
            self.queue.display = False
            self.fit()

    def action_next(self) -> None:
        """Go to the next proposal."""
        self._step(1, "next")

    def action_previous(self) -> None:
        """Go to the previous proposal."""
        self._step(-1, "previous")

    def action_queue_page_down(self) -> None:
        """Go as many proposals further as the queue shows."""
        self._step(self._screenful, "queue_page_down")

    def action_queue_page_up(self) -> None:
        """Go as many proposals back as the queue shows."""
        self._step(-self._screenful, "queue_page_up")

    @property
    def _screenful(self) -> int:
        """Return how many rows further a screenful is; of a queue that is hidden, as many as would have room."""
        return self.queue.page_rows if self.queue.is_on_screen else max(1, self.query_one("#panes").size.height - 1)

    def _step(self, by: int, action: str) -> None:
        self.settle_digits()
        if self.must_stay():
            return
        by *= 1 + self.reviewer_app.take_repeats(self.keymap[action])
        if not self.step_queue(by) and by > 0 and self.queue.row is not None and self.queue.at_end:
            self.tell("That was the last one.")

    @on(QueueList.Chosen)
    def go_to_chosen(self, message: QueueList.Chosen) -> None:
        """Go to the proposal that the mouse points at."""
        self.settle_digits()
        if not self.must_stay():
            self.step_queue(message.by)

    def action_first(self) -> None:
        """Go to the first proposal."""
        self.settle_digits()
        if not self.must_stay():
            self.queue.move_to_end(last=False)

    def action_last(self) -> None:
        """Go to the last proposal."""
        self.settle_digits()
        if not self.must_stay():
            self.queue.move_to_end(last=True)

    @work(group="last-judged")
    @telling
    async def action_last_judged(self) -> None:
        """Go back to the proposal judged last."""
        self.settle_digits()
        if self.must_stay():
            return
        app = self.reviewer_app
        method_id = app.underway.last_judged(self.stored.id) if app.waiting else None
        if method_id is None:
            # Behind the writes, so that a verdict given just now counts.
            method_id = await self.background.write(browsing.last_judged, self.session, self.stored.id)
        if method_id is None:
            self.tell("You have judged nothing here yet.")
        else:
            self.go_to(method_id)

    def go_to(self, method_id: int) -> None:
        """Put the cursor on a proposal, fetching its surroundings where they are not in the window."""
        if not self.queue.move_to(method_id):
            self.load_queue(method_id)

    @work(exclusive=True, group="refresh")
    @telling
    async def action_refresh(self) -> None:
        """Put the queue in order again, and read anew what may have changed of the problem itself."""
        self.settle_digits()
        try:
            read = await self.background.read(browsing.problem, self.session, self.stored.id)
        except LookupError as error:
            raise UserError("This problem is no longer in the store; choose another one.") from error
        self.stored = self.reviewer_app.saved_targets.newest(read)
        self.kept.clear()
        self.views.clear()
        self.reader.forget()
        self.forget_news()
        self.complete_index()
        self.show_target()
        row = self.queue.row
        self.load_queue(row.method_id if row else None, again=True)

    def order_changed(self, method_id: int | None) -> None:
        """Show the queue in its new order, with the cursor on a proposal."""
        self.load_queue(method_id)

    @work(group="choices")
    @telling
    async def _find_filter_choices(self) -> None:
        """Find them before they are asked for, a little now and then: who moves on must not wait for it."""
        await self._filter_choices()

    async def _filter_choices(self) -> FilterChoices:
        self._choices = await self.background.look_up(
            browsing.filter_choices, self.session, self.stored.id, self._choices, self._goes_on_looking
        )
        return self._choices

    def _goes_on_looking(self) -> bool:
        """Return whether the choices are still wanted, after a rest where nobody waits for them yet."""
        self._choices_awaited.wait(REST_SECONDS)
        return self.background.wanted()

    @opens_dialog
    async def action_filter(self) -> None:
        """Ask what part of the queue to show."""
        from reviewer.tui.screens.filter import FilterScreen

        self.settle_digits()
        if self.must_stay():
            return
        self._choices_awaited.set()
        try:
            choices = await self._filter_choices()
        finally:
            self._choices_awaited.clear()

        async def count_asked() -> Mapping[str, int]:
            return await self.background.long(browsing.proposals_asked, self.session, self.stored.id)

        chosen = await self.app.push_screen_wait(
            FilterScreen(self.asked, choices, self.keymap, count_asked=count_asked)
        )
        if chosen is not None and chosen != self.asked:
            row = self.queue.row
            self.asked = chosen
            self.kept.clear()
            field = self.query_one("#search", Input)
            with self.prevent(Input.Changed):
                field.value = chosen.text
            field.display = bool(chosen.text)
            await self.load_as_dialog_goes(row.method_id if row and self._stays(row.method_id) else None)

    def _stays(self, method_id: int) -> bool:
        return any(row.method_id == method_id for row in self.queue.rows) and not self.asked.active
