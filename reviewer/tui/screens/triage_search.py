"""The search of the triage screen: as the letters come, over what the search index has; what it lacks is put in."""

import asyncio
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from textual import on, work
from textual.widgets import Input

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import ReviewerError
from reviewer.domain.queue import is_searched_for
from reviewer.store.connection import Store
from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import telling
from reviewer.workflow import browsing

if TYPE_CHECKING:
    from reviewer.workflow.checking import Checking
    from reviewer.workflow.grouping import Grouping

PAUSE_SECONDS = 0.02
"""Between two batches that go into the search index or are checked, so that a verdict waits for no more than one."""

CHECKED_AT_ONCE = 20
"""Methods that are checked in one go: some 10 ms of work."""

COUNTED_SECONDS = 5.0
"""So often it is counted anew what waits to be checked: among a million that takes some hundredths of a second."""

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
        text = message.value if is_searched_for(message.value) else ""
        self.show_hints()
        if text != self.asked.text:
            self.asked = replace(self.asked, text=text)
            self.load_queue()

    @on(Input.Submitted, "#search")
    def leave_search(self) -> None:
        """Go from the search field into the queue; what was searched for stays."""
        field = self.query_one("#search", Input)
        field.display = bool(self.asked.text)
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

        The header says how far that is, and how much a search may miss meanwhile.
        """
        try:
            await self._complete_search()
            await self._complete_checks()
            await self._complete_groups()
        except ReviewerError:
            pass  # Somebody holds the store; the next refresh goes on.
        finally:
            self._say_how_far("")

    async def _complete_search(self) -> None:
        most = 0
        while left := await self.background.write(browsing.index_more, self.session):
            first, self.not_searchable = not self.not_searchable, left
            most = max(most, left)
            if first:
                self.show_header()
            self._say_how_far(_share("index", left, most))
            await self._pause()
        if self.not_searchable:
            self.not_searchable = 0
            self.show_header()
            if self.asked.text:
                self.load_queue()

    def _say_how_far(self, words: str) -> None:
        """Say in the header how far what is completed beside the keys is; what stays as it is costs nothing."""
        if words != self.completing and self.is_there:
            self.completing = words
            self.show_header()

    async def _complete_checks(self) -> None:
        await self.seen_for_a_moment()
        # Beside the writes: a verdict waits for the lock alone, which is held for much less than the checks take.
        checking = await self.background.long(_checking, self.session.store, self.reviewer_app.config.checks)
        left, counted_at = 0, float("-inf")
        while checked := await self.background.long(checking.check_some, CHECKED_AT_ONCE):
            left = max(1, left - checked)
            if monotonic() - counted_at > COUNTED_SECONDS:
                # Others check as well, and import.
                left, all_of_them = await self.background.long(checking.left)
                counted_at = monotonic()
            self._say_how_far(_share("checks", left, all_of_them))
            await self._pause()

    async def _complete_groups(self) -> None:
        """Find what is alike; where that changed anything, the header says so until the queue is refreshed."""
        grouping = await self.background.long(_grouping, self.session.store, self.reviewer_app.config.checks)
        waiting = await self.background.long(grouping.waiting)
        while waiting and await self.background.long(grouping.step):
            # Nobody knows how many pairs there will be.
            self._say_how_far("finding alike" if waiting >= MANY_TO_GROUP else "")
            await self._pause()
        if grouping.found and not self.news and self.is_there:
            # The queue stays as it is until it is refreshed.
            self.news = "some alike"
            self.show_header()

    async def _pause(self) -> None:
        """Let everything else go first: threads share one interpreter, and a key would wait for that."""
        await asyncio.sleep(PAUSE_SECONDS)
        await self.reviewer_app.hands_at_rest(HANDS_REST_SECONDS)


def _share(what: str, left: int, of: int) -> str:
    """Return in per cent how much is done; nothing where nothing is left, and never all where something is."""
    return f"{what} {min(99, 100 * (of - left) // of)} %" if left and left <= of else ""


MANY_TO_GROUP = 2_000
"""Fewer are held against one another in a moment."""


def _grouping(store: Store, settings: CheckSettings) -> "Grouping":
    from reviewer.workflow.grouping import Grouping  # likewise

    return Grouping(store, settings.near)


def _checking(store: Store, settings: CheckSettings) -> "Checking":
    from reviewer.workflow.checking import Checking  # what the first paint need not wait for

    return Checking(store, settings)
