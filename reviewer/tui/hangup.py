"""What becomes of acts that wait for the store when the terminal is closed, or the app is told to end."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

HANGUP_SECONDS = 60.0
"""So long it is tried to save what waits: a lock that is held for longer may be held for ever."""

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))


def save_before_the_end(waits: Callable[[], bool], save: Callable[[float], object]) -> None:
    """From now on have ``save`` called with the seconds that it has, where ``waits`` says that acts wait then.

    To be called in the loop of the app. The app does nothing else meanwhile, as there is nobody left to see it.
    """

    def end(number: int) -> None:
        if waits():
            save(HANGUP_SECONDS)
        loop.remove_signal_handler(number)
        os.kill(os.getpid(), number)

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # As nohup asks for.
            with suppress(NotImplementedError):  # Windows has no such loop.
                loop.add_signal_handler(number, end, number)
