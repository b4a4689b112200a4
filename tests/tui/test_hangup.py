"""What is done with the signals that end the app; that it saves what waits is tested in a real terminal."""

import asyncio
import signal

from reviewer.tui.hangup import save_before_the_end


async def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        save_before_the_end(lambda: False, lambda _seconds: None, lambda: None)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM), "which was not ignored"
    finally:
        signal.signal(signal.SIGHUP, before)
