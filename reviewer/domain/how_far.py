"""How far something long has come: what is done of how much, and how long the rest takes, as far as that is known."""

from collections import deque
from typing import NamedTuple

READING, CHECKING = "reading", "checking"

_ENOUGH_SECONDS = 3.0
_ENOUGH_SHARE = 0.005
_WINDOW_SECONDS = 60.0
_BAR, _SHORT_BAR = 24, 10


class HowFar(NamedTuple):
    """What is being done, how much of ``total`` is done, and the rows and rejects so far.

    ``seconds_left`` is None until there is enough to tell it by, and where nobody knows how much there is.
    """

    doing: str
    done: int
    total: int | None
    rows: int = 0
    rejects: int = 0
    seconds_left: float | None = None

    @property
    def share(self) -> float | None:
        """Return how much is done, from 0 to 1; None where nobody knows how much there is."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total else None


class TimeLeft:
    """Tells how long the rest takes by the pace of the last minute: what was quick at first may be slow now."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def heard(self, now: float, done: int, total: int | None) -> float | None:
        """Hear how much is done at a time in seconds; return the seconds that the rest takes, None where it is open."""
        if not self._seen or done > self._seen[-1][1]:
            self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[1][0] > _WINDOW_SECONDS:
            self._seen.popleft()
        if total and done >= total:
            return 0.0
        since, before = self._seen[0]
        if not total or now - since < _ENOUGH_SECONDS or done - before < _ENOUGH_SHARE * total:
            return None
        return max(0.0, (total - done) * (now - since) / (done - before))


def progress_line(how_far: HowFar, width: int) -> str:
    """Return a line of at most ``width`` columns: a bar where there is room, per cent, rows, rejects and time left."""
    return next((line for line in _lines(how_far) if len(line) <= width), "")


def _lines(how_far: HowFar) -> tuple[str, ...]:
    """Return the line in all its lengths, the longest first."""
    share, left = how_far.share, f"{_spelled(how_far.seconds_left)} left"
    rows = f"{how_far.rows:,} row{'' if how_far.rows == 1 else 's'}"
    rejects = f"{how_far.rejects:,} rejected"
    if share is None:
        return f"{how_far.doing}  {rows}  {rejects}", f"{rows}  {rejects}", rows
    percent = f"{int(100 * share):3d} %"
    return (
        f"{how_far.doing}  {_bar(share, _BAR)} {percent}  {rows}  {rejects}  {left}",
        f"{how_far.doing}  {_bar(share, _SHORT_BAR)} {percent}  {rows}  {rejects}  {left}",
        f"{_bar(share, _SHORT_BAR)} {percent}  {rows}  {rejects}  {left}",
        f"{percent}  {rows}  {rejects}  {left}",
        f"{percent}  {rows}  {how_far.rejects:,} bad  {left}",
        f"{percent}  {rows}  {left}",
        f"{percent}  {left}",
        percent,
    )


def _bar(share: float, width: int) -> str:
    filled = int(share * width)
    return "█" * filled + "─" * (width - filled)


def _spelled(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
