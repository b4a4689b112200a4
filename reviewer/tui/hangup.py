"""What becomes of acts that wait for the store when the terminal is closed, or the app is told to end."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress

HANGUP_SECONDS = 60.0
"""So long it is tried to save what waits: a lock that is held for longer may be held for ever."""

RESTORING_SECONDS = 1.0
"""A terminal that takes nothing for so long, as one that is held, is left as it is."""

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGHUP", "SIGTERM") if hasattr(signal, name))


def save_before_the_end(
    waits: Callable[[], bool], save: Callable[[float], object], give_back: Callable[[], object]
) -> None:
    """From now on have ``save`` called with the seconds that it has, where ``waits`` says that acts wait then.

    A terminal that outlives the app is given back by ``give_back``, as it was before. To be called in the loop of the
    app. The app does nothing else meanwhile, as there is nobody left to see it.
    """

    def end(number: int) -> None:
        if waits():
            save(HANGUP_SECONDS)
        loop.remove_signal_handler(number)
        if number == signal.SIGTERM:
            giving_up = threading.Timer(RESTORING_SECONDS, os.kill, (os.getpid(), number))
            giving_up.daemon = True
            giving_up.start()
            # In this thread, since only here the driver can let go of the signals that it hears.
            with suppress(Exception):
                give_back()
        os.kill(os.getpid(), number)

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # As nohup asks for.
            with suppress(NotImplementedError):  # Windows has no such loop.
                loop.add_signal_handler(number, end, number)
