"""What Claude's pane on the triage screen shows: the page for the state that it is in, its heading, its keys."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reviewer.tui.critic_calls import Call
from reviewer.tui.critic_states import NotSent, OpenPane, Ready, Trouble, is_stopped
from reviewer.tui.screens.triage_writing import WritingPart
from reviewer.tui.widgets.critique_pane import GUTTER, Page
from reviewer.tui.widgets.lines import TextLine
from reviewer.tui.widgets.pane_heading import PaneHeading

if TYPE_CHECKING:
    from reviewer.domain.critiques import FailureMode
    from reviewer.tui.critique_lines import Wording
    from reviewer.workflow.critique_reading import ReadableCritique

LOOKING = Page((TextLine((("Looking…", "dim"),), (GUTTER, "")),))
"""What stands there while it is looked up what there is."""

HEADING, RECORDED_HEADING = "Claude · doubts, not a judgement", "Claude, recorded · doubts"


class CriticPanePart(WritingPart):
    """What has to do with how Claude's pane looks."""

    _open_pane: OpenPane | None = None
    """What it shows of the proposal on the screen; None while it is closed."""

    @property
    def is_critic_open(self) -> bool:
        """Return whether the pane stands in the baseline's place."""
        return self._open_pane is not None

    @property
    def is_critic_locked(self) -> bool:
        """Return whether the pane is open and waits for one's own verdict."""
        shown = self._open_pane
        if shown is None or shown.judged[0]:
            return False
        # Where the store does not lock it, there is something else in it by now.
        return shown.now is None or bool(getattr(shown.now, "why_withheld", ""))

    @property
    def _answer(self) -> "ReadableCritique | None":
        """Return the answer that the pane shows, or None."""
        now = self._open_pane.now if self._open_pane is not None else None
        if now is None:
            return None
        from reviewer.workflow.critique_reading import Readable

        return now.critique if isinstance(now, Readable) else None

    @property
    def _modes(self) -> "Mapping[str, FailureMode]":
        found = self._answer
        if found is None:
            return {}
        from reviewer.tui.critique_lines import modes_by_item

        return modes_by_item(found)

    @property
    def _mode(self) -> "FailureMode | None":
        """Return the doubt that one is at; None where one is at none."""
        item = self.critic_pane.item
        return None if item is None else self._modes.get(item.name)

    def _wording(self) -> "Wording":
        from reviewer.tui.critique_lines import Wording

        titles = {each.slug: each.title for each in self.session.rubric.constraints}
        return Wording(self.keymap, titles, self.reviewer_app.opening.offline_critic)

    def _draw(self, *, anew: bool = False) -> None:
        shown = self._open_pane
        if shown is None or not self.is_there:
            return
        self.critic_pane.show_page(LOOKING if shown.now is None else self._critic_page(shown), anew=anew)
        self._show_heading()

    def _critic_page(self, shown: OpenPane) -> Page:
        from reviewer.tui import critique_lines as lines
        from reviewer.workflow.critique_reading import Readable

        wording = self._wording()
        clock = self.session.clock().astimezone()
        match shown.now:
            case Readable(critique=None) as held:
                return lines.withheld_page(held.why_withheld, wording)
            case Readable() as held:
                assert held.critique is not None
                return lines.answer_page(
                    held.critique, shown.marks, shown.suspicious, shown.unfolded, shown.unfindable, wording
                )
            case Ready() as ready:
                unfolded = lines.SUSPICIONS in shown.unfolded
                return lines.ready_page(ready.asking, shown.suspicious, unfolded, wording)
            case NotSent() as ended:
                return lines.failed_page(ended.failed, clock, ended.spent, ended.known, wording)
            case Trouble(sentence):
                return lines.error_page(sentence, wording)
            case Call() as call:
                now = asyncio.get_running_loop().time()
                left = call.again_at - now
                failed = call.failed if left > 0 else None
                return lines.running_page(
                    f"{call.phase} {now - call.began:.0f} s", shown.claims, failed, left, clock, wording
                )
            case _:
                return LOOKING

    def _show_heading(self) -> None:
        """Say over the pane what is in it, and which of the doubts one is at."""
        names, item = list(self._modes), self.critic_pane.item
        at = names.index(item.name) + 1 if item is not None and item.name in names else 0
        place = f" · {at or '–'}/{len(names)}" if names else ""
        found = self._answer
        is_recorded = self.reviewer_app.opening.offline_critic if found is None else found.is_recorded
        heading = RECORDED_HEADING if is_recorded else HEADING
        self.query_one("#critic-heading", PaneHeading).name_pane(f"{heading}{place}")

    @property
    def critic_hints(self) -> Sequence[tuple[str, str]]:
        """Return the keys of the pane, for the line at the foot."""
        close = ("critic_close", "closes")
        everything = ("help", "all keys")
        now = self._open_pane.now if self._open_pane is not None else None
        if now is None:
            return (close, everything)
        from reviewer.workflow.critique_reading import Readable

        match now:
            case Readable(critique=None):
                return (close, everything)
            case Readable() if self._mode is None:
                return (("critic_next", "next"), ("critic_send", "unfolds"), close, everything)
            case Readable():
                return (
                    ("critic_next", "next"), ("critic_useful", "useful"), ("critic_not_useful", "not"),
                    ("critic_take", "take check"), close, everything,
                )  # fmt: skip
            case Ready():
                sends = "plays it" if self.reviewer_app.opening.offline_critic else "sends it"
                return (("critic_send", sends), close, everything)
            case Call():
                return (("critic_close", "stops it"), ("critic", "closes"), everything)
            case NotSent(failed) if is_stopped(failed):
                return (("critic_send", "says go on"), close, everything)
            case _:
                return (("critic_send", "looks again"), close, everything)
