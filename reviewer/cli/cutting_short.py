"""Ending a command before its time: a signal that asks for it is as Ctrl-C, and what it left is told."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from reviewer.domain.errors import CutShortError

NOTHING_WRITTEN = "Interrupted; nothing was written."
PART_WRITTEN = "Interrupted; what was written is not all of it."

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def told_when_cut_short(sentence: str) -> Iterator[None]:
    """Let whatever is begun meanwhile be tidied up on SIGTERM, and where a terminal closes, as on Ctrl-C.

    Raises:
        CutShortError: with the ``sentence``, when it was ended so.
    """
    came = []

    def end(number: int, frame: FrameType | None) -> None:
        came.append(number)
        raise KeyboardInterrupt

    # Only the main thread hears signals; nohup asks for one to be left unheard.
    heard = _SIGNALS if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.signal(number, end) for number in heard if signal.getsignal(number) is not signal.SIG_IGN}
    try:
        yield
    except BaseException as error:
        # Processes of ours may have been told to end as well, and whoever waits for them hears of that first.
        if came or isinstance(error, KeyboardInterrupt):
            raise CutShortError(sentence, came[0] if came else signal.SIGINT) from error
        raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
