"""From the triage screen to the insights."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import opens_dialog

if TYPE_CHECKING:
    from reviewer.workflow.statistic_sections import Section


class InsightsPart(QueuePart):
    """What has to do with what the reviewer's judging comes to."""

    @opens_dialog
    async def action_insights(self) -> None:
        """Show the insights."""
        from reviewer.tui.screens.insights import InsightsScreen
        from reviewer.workflow.insights import tell_insights
        from reviewer.workflow.outcomes import today
        from reviewer.workflow.statistic_sections import Viewer

        self.settle_digits()
        session, stored, background = self.session, self.stored, self.background
        viewer, day = Viewer(session.reviewer_id, session.reviewer), today(session.clock)

        async def read(is_wanted: Callable[[], bool], told: "Callable[[Section], object]") -> None:
            def is_awaited() -> bool:
                return is_wanted() and background.wanted()

            await background.work_out(tell_insights, session.store, stored, viewer, day, is_awaited, told)

        screen = InsightsScreen(
            self.problem, viewer, self.keymap, self.marks, read=read, log=self.reviewer_app.opening.log
        )
        await self.app.push_screen_wait(screen)
