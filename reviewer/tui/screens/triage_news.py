"""What other processes bring into the store while the window is open: noticed at once, shown in the header."""

from dataclasses import replace

from textual import work

from reviewer.domain.errors import ReviewerError
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

    def watch_for_news(self) -> None:
        """Begin to look."""
        self.set_interval(LOOK_SECONDS, self.look_for_news)

    async def begin_news(self) -> None:
        """Take what is in the store now as known, where the queue was just read from it.

        Raises:
            StoreError: when the store cannot be read.
        """
        if self._base is None:
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
        except ReviewerError:
            return  # Somebody holds the store; the next look will tell.
        if self.reviewer_app.saving:
            return  # What is seen may be the window's own target, of which it is not told yet; the next look will tell.
        self._version = version
        if latest is None or latest == self._latest or self._base is None:
            return
        first, self._latest = self._latest is None and latest == self._base, latest
        if not first:
            own = max(self._base.target, self.stored.target_version)
            self.news = news_words(replace(self._base, target=own), latest)
            self.count_rows()


def news_words(known: Brought, latest: Brought) -> str:
    """Return in a word or two what came since; nothing where nothing did."""
    if latest.proposals > known.proposals:
        return f"{latest.proposals - known.proposals:,} new"
    return "changed" if latest != known else ""
