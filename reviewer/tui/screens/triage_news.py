"""What other processes bring into the store while the window is open: noticed at once, shown in the header.

What the reviewer does in another window of theirs is shown as if it had been done in this one.
"""

from collections.abc import Sequence
from dataclasses import replace

from textual import work

from reviewer.domain.errors import ReviewerError
from reviewer.domain.judgements import Event
from reviewer.domain.queue import QueueRow
from reviewer.store.news import Brought
from reviewer.tui.screens.triage_state import TriageState
from reviewer.tui.telling import telling
from reviewer.workflow import browsing

LOOK_SECONDS = 1.5
"""How often the store is asked whether anybody has written to it: some 50 microseconds in the reads' thread."""


class NewsPart(TriageState):
    """What has to do with what somebody else imports or tells. The queue stays as it is until it is refreshed."""

    _version: int | None = None
    _base: Brought | None = None
    """What had been brought when the queue was last put in order."""
    _latest: Brought | None = None
    _heard: int | None = None
    """The newest event of the reviewer's own that is on this screen."""

    def watch_for_news(self) -> None:
        """Begin to look."""
        self.set_interval(LOOK_SECONDS, self.look_for_news)

    async def begin_news(self) -> None:
        """Take what is in the store now as known, where the queue was just read from it.

        Nothing new comes to a store that is damaged.

        Raises:
            StoreError: when the store cannot be read.
        """
        if self._base is None and self.session.store.damage is None:
            self._heard = await self.background.read(browsing.newest_own_event, self.session)
            self._base = await self.background.read(browsing.brought_so_far, self.session, self.stored.id)

    def forget_news(self) -> None:
        """Count as known, once the queue is read again, whatever is in the store then."""
        self._base = None
        self.news = ""

    @work(exclusive=True, group="news")
    @telling
    async def look_for_news(self) -> None:
        """Ask whether anything came; what did not change draws nothing anew."""
        if self._base is None:
            return
        try:
            version, latest = await self.background.read(browsing.news, self.session, self.stored.id, self._version)
            own = (
                ()
                if latest is None
                else await self.background.read(browsing.own_acts_since, self.session, self.stored.id, self._heard or 0)
            )
        except ReviewerError:
            return  # Somebody holds the store; the next look will tell.
        if not self.is_there:
            return  # One has left meanwhile.
        if self.reviewer_app.saving:
            return  # What is seen may be the window's own target, of which it is not told yet; the next look will tell.
        self._version = version
        await self._take_over(own)
        if latest is None or latest == self._latest or self._base is None:
            return
        known = self._latest or self._base
        first, self._latest = self._latest is None and latest == self._base, latest
        if latest.protocol != known.protocol:
            # What may be seen is another thing from now on.
            self.tell("By which protocol this problem is judged was changed elsewhere; what is shown follows it.")
            self.action_refresh()
            return
        if not first:
            target = max(self._base.target, self.stored.target_version)
            self.news = news_words(replace(self._base, target=target), latest)
            self.count_rows()

    async def _take_over(self, own: Sequence[Event]) -> None:
        """Show what the reviewer holds by now; most of it was done here, and is shown already."""
        if own:
            self._heard = own[-1].id
        rows = {row.method_id: row for row in self.queue.rows}
        fresh = [event for event in own if not self._is_shown(event, rows.get(event.method_id))]
        for event in fresh:
            self.hold(event.method_id, event.snapshot, event.revision_id)
        if fresh:
            self.show_bar()
            self.count_rows()
        for event in own:
            await self.show_stage(event.method_id, event.stage)

    def _is_shown(self, event: Event, row: QueueRow | None) -> bool:
        held, view = event.snapshot, self.views.get(event.method_id)
        marked = (held.status, held.verdict, held.forecast, held.flagged)
        return (view is None or view.judgement == held) and (
            row is None or (row.status, row.verdict, row.forecast, row.flagged) == marked
        )


def news_words(known: Brought, latest: Brought) -> str:
    """Return in a word or two what came since; nothing where nothing did."""
    if latest.proposals > known.proposals:
        return f"{latest.proposals - known.proposals:,} new"
    if latest.outcome != known.outcome:
        return "new outcome"
    return "changed" if latest != known else ""
