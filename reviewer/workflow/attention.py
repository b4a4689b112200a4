"""How long a person really looked: time counts while the last input is not long ago."""

from collections.abc import Callable


class Attention:
    """Adds up the seconds spent on each proposal. ``clock`` gives seconds that only grow."""

    def __init__(self, clock: Callable[[], float], idle_seconds: float) -> None:
        self._clock = clock
        self._idle = idle_seconds
        self._proposal: int | None = None
        self._last_input = clock()
        self._counted_to = self._last_input
        self._spent: dict[int, float] = {}

    def look_at(self, proposal: int | None) -> None:
        """Say which proposal is before the person from now on; None where there is none."""
        self._count()
        self._proposal = proposal

    def input(self) -> None:
        """Say that the person has just done something: a key, the mouse."""
        self._count()
        self._last_input = self._clock()
        self._counted_to = self._last_input

    def take(self, proposal: int) -> float:
        """Return the seconds spent on a proposal since they were last taken; they are then counted from nothing."""
        self._count()
        return round(self._spent.pop(proposal, 0.0), 3)

    def _count(self) -> None:
        now = self._clock()
        until = min(now, self._last_input + self._idle)
        if self._proposal is not None and until > self._counted_to:
            self._spent[self._proposal] = self._spent.get(self._proposal, 0.0) + until - self._counted_to
        self._counted_to = max(self._counted_to, until)
