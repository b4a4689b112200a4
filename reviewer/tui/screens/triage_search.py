"""The search of the triage screen: as the letters come, over what the search index has; what it lacks is put in."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError
from reviewer.store.connection import Store
from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import telling
from reviewer.workflow import browsing

if TYPE_CHECKING:
    from reviewer.workflow.checking import Checking

PAUSE_SECONDS = 0.02
"""Between two batches that go into the search index or are checked, so that a verdict waits for no more than one."""

CHECKED_AT_ONCE = 20
"""Methods that are checked in one go: some 10 ms of work."""

HANDS_REST_SECONDS = 0.5
"""So long after the last key such work goes on: whoever types is not to feel it."""


class SearchPart(QueuePart):
    """What has to do with finding proposals by their text."""

    _searched_from: int | None = None
    """The proposal on which one stood when the search began."""

    def action_search(self) -> None:
        """Open the search field of the queue."""
        self.settle_digits()
        if self.must_stay():
            return
        field = self.query_one("#search", Input)
        if not self.asked.text and (row := self.queue.row) is not None:
            self._searched_from = row.method_id
        field.display = True
        self.set_focus(field)
        self.fit()

    @on(Input.Changed, "#search")
    def search_as_typed(self, message: Input.Changed) -> None:
        """Search as the letters come."""
        if message.value != self.asked.text:
            self.asked = replace(self.asked, text=message.value)
            self.load_queue()

    @on(Input.Submitted, "#search")
    def leave_search(self) -> None:
        """Go from the search field into the queue; what was searched for stays."""
        field = self.query_one("#search", Input)
        field.display = bool(field.value)
        self.end_search()

    def end_search(self) -> None:
        """Give the letters back to the keys."""
        self.set_focus(None)
        self.fit()
        self.rest()

    def clear_search(self) -> None:
        """End the search and show the queue as it was; where nothing was found, one stands where one was before."""
        field = self.query_one("#search", Input)
        row = self.queue.row
        field.display = False
        self.end_search()
        if field.value:
            self.asked = replace(self.asked, text="")
            with self.prevent(Input.Changed):
                field.value = ""
            self.load_queue(row.method_id if row else self._searched_from)
            self.show_hints()

    @work(exclusive=True, group="index")
    @telling
    async def complete_index(self) -> None:
        """Put into the search index what an import has left for later, then check what waits to be checked.

        The header says how much a search may miss meanwhile.
        """
        try:
            while left := await self.background.write(browsing.index_more, self.session):
                first, self.not_searchable = not self.not_searchable, left
                if first:
                    self.show_header()
                await self._pause()
        except ReviewerError:
            return  # Somebody holds the store; the next refresh goes on.
        if self.not_searchable:
            self.not_searchable = 0
            self.show_header()
            if self.asked.text:
                self.load_queue()
        await self._complete_checks()

    async def _complete_checks(self) -> None:
        try:
            await self.seen_for_a_moment()
            # Beside the writes: a verdict waits for the lock alone, which is held for much less than the checks take.
            checking = await self.background.long(_checking, self.session.store, self.reviewer_app.config.checks)
            while await self.background.long(checking.check_some, CHECKED_AT_ONCE):
                await self._pause()
        except ReviewerError:
            return  # Somebody holds the store; the next refresh goes on.

    async def _pause(self) -> None:
        """Let everything else go first: threads share one interpreter, and a key would wait for that."""
        await asyncio.sleep(PAUSE_SECONDS)
        await self.reviewer_app.hands_at_rest(HANDS_REST_SECONDS)


def _checking(store: Store, settings: CheckSettings) -> "Checking":
    from reviewer.workflow.checking import Checking  # what the first paint need not wait for

    return Checking(store, settings)
