"""From the triage screen to the leaderboard, and from there to a proposal in the queue."""

from collections.abc import Callable

from reviewer.evidence.baselines import Ground
from reviewer.store.measured import MeasuredGround
from reviewer.tui.leaderboard_table import Table
from reviewer.tui.screens.triage_queue import QueuePart
from reviewer.tui.telling import opens_dialog
from reviewer.workflow import browsing


class LeaderboardPart(QueuePart):
    """What has to do with all methods of the problem in order by a metric."""

    @opens_dialog
    async def action_leaderboard(self) -> None:
        """Show the leaderboard; where a proposal was chosen there, go to it."""
        from reviewer.tui.screens.leaderboard import LeaderboardScreen
        from reviewer.workflow.leaderboard import choose_ground, grounds, read_leaderboard

        self.settle_digits()
        if await self.background.read(browsing.any_sealed, self.session, self.stored.id):
            self.tell(
                "Sealed: the leaderboard shows what every proposal scored, and opens once you have gone on to the "
                "evidence of all of them."
            )
            return
        store, stored, marks = self.session.store, self.stored, self.marks
        shared_seeds = self.reviewer_app.config.shared_seeds

        async def read_grounds() -> tuple[tuple[MeasuredGround, ...], Ground]:
            found = await self.reviewer_app.long_work(grounds, store, stored)
            return found, choose_ground(stored.problem, found)

        async def read(ground: Ground, is_wanted: Callable[[], bool], told: Callable[[int, int], object]) -> Table:
            def work() -> Table:
                board = read_leaderboard(store, stored, ground, is_wanted, shared_seeds=shared_seeds, told=told)
                return Table(board, marks)

            return await self.background.long(work)

        screen = LeaderboardScreen(
            self.problem, self.keymap, marks, read_grounds=read_grounds, read=read, log=self.reviewer_app.opening.log
        )
        await self.app.push_screen_wait(screen)
        if screen.chosen is not None:
            self.go_to(screen.chosen)
