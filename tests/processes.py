"""Whether a process that a test started, or one that was started by that, ends by itself."""

import os
import signal
import time
from pathlib import Path


def ends(process: int, seconds: float = 10.0) -> bool:
    """Return whether a process ends within so many seconds; it is killed where it does not."""
    end = time.monotonic() + seconds
    while _runs(process):
        if time.monotonic() > end:
            os.kill(process, signal.SIGKILL)
            return False
        time.sleep(0.05)
    return True


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")
