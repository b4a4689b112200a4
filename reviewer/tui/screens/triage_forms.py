"""What the forms over the triage screen have in common: a draft of each field, and how what is said is saved."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from reviewer.domain.errors import ReviewerError
from reviewer.store.drafts import Draft
from reviewer.tui.screens.triage_writing import WritingPart

E = TypeVar("E")


class FormsPart(WritingPart):
    """What has to do with forms that keep what is typed into them until it is saved."""

    def form_drafts(self, place: str, names: Sequence[str], *, prefix: str = "") -> Mapping[str, Draft]:
        """Return the drafts of the fields of a form, by the names of the fields; ``prefix`` is before those."""
        kept, reviewer = self.reviewer_app.drafts, self.session.reviewer
        held = {name: kept.find(reviewer, place, f"{prefix}{name}") for name in names}
        return {name: draft for name, draft in held.items() if draft is not None}

    def draft_keeper(self, place: str, *, prefix: str = "") -> Callable[[str, str | None], None]:
        """Return what a form calls with the name of a field and what stands in it; None lets the draft go."""

        def keep(name: str, text: str | None) -> None:
            if text is None:
                self.reviewer_app.drafts.drop(self.session.reviewer, place, f"{prefix}{name}")
            else:
                self.keep_draft(place, f"{prefix}{name}", text)

        return keep

    async def see_said_saved(
        self,
        saved: "Future[Any]",
        drafts: Mapping[str, Draft],
        *,
        not_saved: str,
        words: Callable[[E], str],
    ) -> bool:
        """See what was said of a proposal to the disk; its drafts go when it is there. Return whether it is.

        ``words`` says what was saved; nothing, where something was taken back.
        """
        try:
            event: E | None = await asyncio.wrap_future(saved)
        except (ReviewerError, LookupError) as error:
            why = error if isinstance(error, ReviewerError) else "the proposal is gone from the store."
            self.tell(f"{not_saved}, and what you wrote stays as a draft: {why}", error=True)
            return False
        self.drop_drafts(list(drafts.values()))
        if event is None:
            self.tell("Nothing changed: you have said just that.")
        else:
            self.tell(words(event) or "Taken back; what was said stays in its history.")
        return True
