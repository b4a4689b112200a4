"""The drafts and places as the screens use them: in their file, and in memory while it cannot be written."""

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from reviewer.domain.errors import DamagedDraftsError, ReviewerError, StoreError
from reviewer.store.broken_drafts import open_drafts, set_aside
from reviewer.store.drafts import Draft, Drafts, Place, WaitingText

T = TypeVar("T")

Key = tuple[str, str, str]
"""A reviewer, a proposal and a field."""


class KeptDrafts:
    """One reviewer's unsaved words. Trouble with the file is told once and never stops the typing."""

    def __init__(self, store: Path, tell: Callable[[str], None]) -> None:
        """Open the drafts of a store; ``tell`` shows a sentence."""
        self._store = store
        self._tell = tell
        self._opened: Drafts | None = None
        """The file; None as long as it cannot be opened at all."""
        self._held: dict[Key, Draft | None] = {}
        """What was kept here so far, None where it was dropped: written again where the file is another one."""
        self._acts: dict[str, tuple[str, WaitingText] | None] = {}
        """The same of acts that could not be saved, by their ids."""
        self._unwritten: dict[Key | str, None] = {}
        """Of what is held that which could not be written yet, in its order."""
        self._told = False
        self._write()

    def keep(self, reviewer: str, draft: Draft) -> None:
        """Write a draft down, now or as soon as the file can be written again."""
        self._hold((reviewer, draft.proposal, draft.field), draft)

    def drop(self, reviewer: str, proposal: str, field: str) -> None:
        """Forget a draft, now or as soon as the file can be written again."""
        self._hold((reviewer, proposal, field), None)

    def _hold(self, key: Key, draft: Draft | None) -> None:
        self._held[key] = draft
        self._unwritten[key] = None
        self._write()

    def keep_act(self, reviewer: str, act: WaitingText) -> None:
        """Write down an act that cannot be saved, now or as soon as the file can be written again."""
        self._acts[act.act_id] = (reviewer, act)
        self._unwritten[act.act_id] = None
        self._write()

    def drop_act(self, act_id: str) -> None:
        """Forget an act, now or as soon as the file can be written again."""
        self._acts[act_id] = None
        self._unwritten[act_id] = None
        self._write()

    def acts_of(self, reviewer: str) -> tuple[WaitingText, ...]:
        """Return the acts of a reviewer that wait in the file; none where it cannot be read."""
        try:
            return self._outlasting_damage(lambda file: file.acts_of(reviewer))
        except ReviewerError:
            return ()

    @property
    def all_written(self) -> bool:
        """Return whether all that is held is in the file."""
        return not self._unwritten

    def _write(self) -> None:
        try:
            self._stay_beside_the_store()
            self._outlasting_damage(self._write_all)
            self._told = False
        except ReviewerError as error:
            if not self._told:
                self._told = True
                self._tell(f"Drafts are kept in memory for now: {error}")

    def _write_all(self, file: Drafts) -> None:
        for key in list(self._unwritten):
            self._write_one(file, key)
            del self._unwritten[key]

    def _write_one(self, file: Drafts, key: Key | str) -> None:
        if isinstance(key, str):
            waiting = self._acts[key]
            if waiting is None:
                file.drop_act(key)
            else:
                file.keep_act(*waiting)
        else:
            draft = self._held[key]
            if draft is None:
                file.drop(*key)
            else:
                file.keep(key[0], draft)

    def _stay_beside_the_store(self) -> None:
        """Where the file was moved away or deleted, begin another one with all that is held."""
        if self._opened is None or not self._opened.is_in_place:
            self._begin_anew()

    def _begin_anew(self) -> None:
        anew, aside = open_drafts(self._store)
        if self._opened is not None:
            self._opened.close()
            self._unwritten = {**dict.fromkeys(self._acts), **dict.fromkeys(self._held)}
        self._opened = anew
        if aside is not None:
            self._tell(aside.sentence)

    def _outlasting_damage(self, use: Callable[[Drafts], T]) -> T:
        """Use the file; where it turns out to be damaged, set it aside and use another one.

        Raises:
            ReviewerError: when it cannot be used all the same.
        """
        if self._opened is None:
            raise StoreError("The drafts file is not open.")
        try:
            return use(self._opened)
        except DamagedDraftsError:
            aside = set_aside(self._store)
            self._begin_anew()
            if aside is not None:
                self._tell(aside.sentence)
            self._write_all(self._opened)
            return use(self._opened)

    def find(self, reviewer: str, proposal: str, field: str) -> Draft | None:
        """Return the draft of a field, or None."""
        key = (reviewer, proposal, field)
        if key in self._unwritten:
            return self._held[key]
        try:
            return self._outlasting_damage(lambda file: file.find(*key))
        except ReviewerError:
            return self._held.get(key)

    def all_of(self, reviewer: str) -> tuple[Draft, ...]:
        """Return every draft of a reviewer that can be read, the last written first."""
        try:
            return self._outlasting_damage(lambda file: file.all_of(reviewer))
        except ReviewerError as error:
            self._tell(f"Drafts cannot be read: {error}")
            return ()

    def keep_place(self, reviewer: str, place: Place) -> None:
        """Write down the proposal seen last; where that fails, the app begins elsewhere the next time, and no more."""
        with contextlib.suppress(ReviewerError):
            self._outlasting_damage(lambda file: file.keep_place(reviewer, place))

    def places_of(self, reviewer: str) -> tuple[Place, ...]:
        """Return the proposal seen last in each problem, the problem seen last first; none where none can be read."""
        try:
            return self._outlasting_damage(lambda file: file.places_of(reviewer))
        except ReviewerError:
            return ()

    def close(self) -> None:
        """Write what is still waiting, and close the file."""
        self._write()
        if self._opened is not None:
            self._opened.close()
