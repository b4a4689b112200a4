"""From the triage screen to what "survives" means for the problem, and how that is seen to the disk."""

import asyncio
from concurrent.futures import Future
from dataclasses import fields

from reviewer.domain.errors import ReviewerError
from reviewer.domain.problems import Target
from reviewer.store.drafts import Draft
from reviewer.store.problems import StoredProblem
from reviewer.tui.screens.triage_forms import FormsPart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow import targets

PARTS = fields(Target)
"""The parts of a target, each of which may have a draft."""


class TargetPart(FormsPart):
    """What has to do with the target of the problem in hand."""

    @opens_dialog
    async def action_target(self) -> None:
        """Read what "survives" means for this problem, and write it; where nobody has, write it at once."""
        from reviewer.tui.screens.target_view import TargetViewScreen

        self.settle_digits()
        while (target := self.problem.target) is not None:
            who, when = await self.background.read(targets.who_wrote, self.session, self.stored.id)
            shown = TargetViewScreen(
                self.problem.title or self.problem.slug,
                target,
                self.stored.target_version,
                self.keymap,
                written_by=who,
                written_at=when,
                has_draft=bool(self._drafts_of_target()),
            )
            await self.app.push_screen_wait(shown)
            if not shown.wants_form or await self._target_form():
                return
        await self._target_form()

    async def _target_form(self) -> bool:
        """Have the target written; return whether it was saved."""
        from reviewer.tui.screens.target import TargetScreen

        form = TargetScreen(
            self.problem.title or self.problem.slug,
            self.problem.target,
            self.stored.target_version,
            self.keymap,
            save=self._save_target,
            keep_draft=self.draft_keeper(self._target_drafts),
            drafts=self._drafts_of_target(),
        )
        return await self.app.push_screen_wait(form) is not None

    def _drafts_of_target(self) -> dict[str, str]:
        held = self.form_drafts(self._target_drafts, [field.name for field in PARTS])
        return {name: draft.text for name, draft in held.items()}

    @property
    def _target_drafts(self) -> str:
        """Return under what name the drafts of this problem's target are kept."""
        return f"target:{self.problem.slug}"

    def _save_target(self, target: Target) -> None:
        saved = self.background.hand_over(targets.write_target, self.session, self.stored.id, target)
        self.reviewer_app.follow(self._follow_target(saved, target))

    async def _follow_target(self, saved: "Future[StoredProblem]", target: Target) -> bool:
        """See a target to the disk; its drafts go when it is there. Return whether it is."""
        try:
            stored = await asyncio.wrap_future(saved)
        except ReviewerError as error:
            self.tell(f"The target is not saved, and what you wrote stays as a draft: {error}", error=True)
            return False
        for name, text in self._drafts_of_target().items():
            if text.strip() == getattr(target, name):
                self.drop_drafts([Draft(self._target_drafts, name, text)])
        self.reviewer_app.saved_targets.add(stored)
        # Meanwhile one may have gone to another problem, and come back to this one on a screen that read it before.
        for screen in self.app.screen_stack:
            if isinstance(screen, TargetPart) and screen.stored.id == stored.id:
                screen.stored = self.reviewer_app.saved_targets.newest(screen.stored)
                if screen.query("#target"):
                    screen.show_target()
        self.tell(f"The target is saved as version {stored.target_version}.")
        return True
