"""The drafts and places as the screens use them: in their file, and in memory while it cannot be written."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from reviewer.domain.errors import ReviewerError
from reviewer.store.drafts import Draft, Drafts, Place


class KeptDrafts:
    """One reviewer's unsaved words. Trouble with the file is told once and never stops the typing."""

    def __init__(self, store: Path, tell: Callable[[str], None]) -> None:
        """Open the drafts of a store; ``tell`` shows a sentence.

        Raises:
            StoreError: when the file cannot be opened at all.
        """
        self._drafts = Drafts(store)
        self._tell = tell
        self._waiting: dict[tuple[str, str, str], Draft | None] = {}
        """What could not be written yet: a draft, or None for one that is to be forgotten."""
        self._told = False

    def keep(self, reviewer: str, draft: Draft) -> None:
        """Write a draft down, now or as soon as the file can be written again."""
        self._waiting[(reviewer, draft.proposal, draft.field)] = draft
        self._write()

    def drop(self, reviewer: str, proposal: str, field: str) -> None:
        """Forget a draft, now or as soon as the file can be written again."""
        self._waiting[(reviewer, proposal, field)] = None
        self._write()

    def _write(self) -> None:
        try:
            for key, draft in list(self._waiting.items()):
                if draft is None:
                    self._drafts.drop(*key)
                else:
                    self._drafts.keep(key[0], draft)
                del self._waiting[key]
            self._told = False
        except ReviewerError as error:
            if not self._told:
                self._told = True
                self._tell(f"Drafts are kept in memory for now: {error}")

    def find(self, reviewer: str, proposal: str, field: str) -> Draft | None:
        """Return the draft of a field, or None."""
        key = (reviewer, proposal, field)
        if key in self._waiting:
            return self._waiting[key]
        try:
            return self._drafts.find(*key)
        except ReviewerError:
            return None

    def all_of(self, reviewer: str) -> tuple[Draft, ...]:
        """Return every draft of a reviewer that can be read, the last written first."""
        try:
            return self._drafts.all_of(reviewer)
        except ReviewerError as error:
            self._tell(f"Drafts cannot be read: {error}")
            return ()

    def keep_place(self, reviewer: str, place: Place) -> None:
        """Write down the proposal seen last; where that fails, the app begins elsewhere the next time, and no more."""
        with contextlib.suppress(ReviewerError):
            self._drafts.keep_place(reviewer, place)

    def places_of(self, reviewer: str) -> tuple[Place, ...]:
        """Return the proposal seen last in each problem, the problem seen last first; none where none can be read."""
        try:
            return self._drafts.places_of(reviewer)
        except ReviewerError:
            return ()

    def close(self) -> None:
        """Write what is still waiting, and close the file."""
        self._write()
        self._drafts.close()
