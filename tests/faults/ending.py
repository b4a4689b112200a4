"""The app is told to end, loses its terminal, is stopped and goes on, or gets another size again and again."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.faults.hands import JUDGING, PRESSING, Hands
from tests.faults.judging import own_store
from tests.faults.left import lost
from tests.faults.trying import Bar, Fault, Outcome
from tests.faults.window import Window

MOST_SECONDS = 2.0
"""So long one works at the most before it happens."""

ENDS = "until it has ended"
BARS = {ENDS: Bar(2.0, "s")}


def traces(window: Window, home: Path) -> tuple[str, ...]:
    """Return what the app had to say of an error of its own, on its terminal or in its log."""
    logs = [path for path in home.rglob("*.log") if b"Traceback" in path.read_bytes()]
    on_screen = ["a traceback was on the terminal"] if b"Traceback" in window.written else []
    return (*on_screen, *(f"a traceback is in the log: {path.read_text()[-600:]}" for path in logs))


def end_by(number: signal.Signals, folder: Path, chance: random.Random) -> Outcome:
    """Have hands work in the app, and send it a signal at a moment that they know nothing of."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        window.signal(number)

    try:
        window.ready()
        telling = threading.Timer(chance.uniform(0.05, MOST_SECONDS), send)
        telling.start()
        Hands(window, chance, JUDGING).work(2 * MOST_SECONDS + BARS[ENDS].most)
        telling.join()
        return _ended(window, sent[0], store, home, number)
    finally:
        window.close()


def hang_up(folder: Path, chance: random.Random) -> Outcome:
    """Have hands work in the app, and close the terminal under it."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    try:
        window.ready()
        Hands(window, chance, JUDGING).work(chance.uniform(0.05, MOST_SECONDS))
        window.hang_up()
        return _ended(window, time.monotonic(), store, home, signal.SIGHUP)
    finally:
        window.close()


def _ended(window: Window, since: float, store: Path, home: Path, number: signal.Signals) -> Outcome:
    status = window.ends(10.0)
    seconds = time.monotonic() - since
    if status is None:
        return Outcome(("it still runs 10 s later",))
    found = [*lost(store, window.seen), *traces(window, home)]
    if os.waitstatus_to_exitcode(status) != -number:
        found.append(f"it ended with {os.waitstatus_to_exitcode(status)}, and not by the signal")
    if seconds > BARS[ENDS].most:
        found.append(f"it ended only {seconds:.1f} s later")
    return Outcome(tuple(found), window.seen.acknowledged, {ENDS: seconds})


def _goes_on(folder: Path, chance: random.Random, disturb: Callable[[Window, random.Random], str]) -> Outcome:
    """Have hands work in the app before, while and after it is disturbed, and kill it in the end."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    try:
        window.ready()
        hands = Hands(window, chance, JUDGING)
        hands.work(chance.uniform(0.05, MOST_SECONDS / 2))
        wrong = disturb(window, chance)
        if not wrong and not window.waits("survives", 5.0):
            wrong = "nothing is on its screen any more"
        before = window.seen.acknowledged
        hands.work(MOST_SECONDS / 2)
        if not wrong:
            end = time.monotonic() + 5
            while window.seen.acknowledged == before and not window.over and time.monotonic() < end:
                hands.act()
            wrong = "it does nothing any more" if window.seen.acknowledged == before else ""
        window.kill()
        window.last_words()
        found = [*lost(store, window.seen), *traces(window, home), *filter(None, [wrong])]
        return Outcome(tuple(found), window.seen.acknowledged)
    finally:
        window.close()


def _stop(window: Window, chance: random.Random) -> str:
    window.signal(signal.SIGTSTP)
    if not window.is_stopped():
        return "it was not stopped"
    window.rest(chance.uniform(0, 0.3))
    window.signal(signal.SIGCONT)
    return ""


def _storm(window: Window, chance: random.Random) -> str:
    hands = Hands(window, chance, PRESSING)
    end = time.monotonic() + MOST_SECONDS / 2
    while time.monotonic() < end:
        window.resize(chance.randint(5, 220), chance.randint(2, 70))
        if chance.random() < 0.2:
            hands.act()
        window.rest(chance.choice((0.0, 0.005, 0.05)))
    window.looks_again()
    return ""


COUNTS = "acts and letters that the screen had shown"
FAULTS = (
    Fault("term", "SIGTERM while judging", COUNTS, partial(end_by, signal.SIGTERM), BARS),
    Fault("hup", "SIGHUP while judging", COUNTS, partial(end_by, signal.SIGHUP), BARS),
    Fault("closed", "the terminal closed under the app", COUNTS, hang_up, BARS),
    Fault("stopped", "stopped by SIGTSTP, then continued", COUNTS, partial(_goes_on, disturb=_stop)),
    Fault("resized", "another size of the terminal up to 200 times a second", COUNTS,
          partial(_goes_on, disturb=_storm)),
)  # fmt: skip
