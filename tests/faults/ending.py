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

ENDS, ENDS_SECONDS = "until it has ended", 2.0
BARS = {ENDS: Bar(ENDS_SECONDS, "s")}


def traces(window: Window, home: Path) -> tuple[str, ...]:
    """Return what the app had to say of an error of its own, on its terminal or in its log."""
    logs = [path for path in home.rglob("*.log") if b"Traceback" in path.read_bytes()]
    on_screen = ["a traceback was on the terminal"] if b"Traceback" in window.written else []
    return (*on_screen, *(f"a traceback is in the log: {path.read_text()[-600:]}" for path in logs))


def end_by(number: signal.Signals, folder: Path, chance: random.Random, most: float = MOST_SECONDS) -> Outcome:
    """Have hands work in the app, and send it a signal at a moment that they know nothing of."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        window.signal(number)

    try:
        window.ready()
        telling = threading.Timer(chance.uniform(0.05, most), send)
        telling.start()
        Hands(window, chance, JUDGING).work(2 * most + ENDS_SECONDS)
        telling.join()
        return _ended(window, sent[0], store, home, number)
    finally:
        window.close()


def hang_up(folder: Path, chance: random.Random, most: float = MOST_SECONDS) -> Outcome:
    """Have hands work in the app, and close the terminal under it."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    try:
        window.ready()
        Hands(window, chance, JUDGING).work(chance.uniform(0.05, most))
        window.hang_up()
        return _ended(window, time.monotonic(), store, home, signal.SIGHUP)
    finally:
        window.close()


def _ended(window: Window, since: float, store: Path, home: Path, number: signal.Signals) -> Outcome:
    status = window.ends(10.0)
    seconds = time.monotonic() - since
    window.last_words()
    if status is None:
        return Outcome(("it still runs 10 s later",))
    found = [*lost(store, window.seen), *traces(window, home)]
    if number == signal.SIGTERM and not window.is_given_back:
        found.append("the terminal was left as the app had it")
    if os.waitstatus_to_exitcode(status) != -number:
        found.append(f"it ended with {os.waitstatus_to_exitcode(status)}, and not by the signal")
    if seconds > ENDS_SECONDS:
        found.append(f"it ended only {seconds:.1f} s later")
    return Outcome(tuple(found), window.seen.acknowledged, {ENDS: seconds})


def _goes_on(
    folder: Path,
    chance: random.Random,
    disturb: Callable[[Window, random.Random, float], str],
    most: float = MOST_SECONDS,
) -> Outcome:
    """Have hands work in the app before, while and after it is disturbed, and kill it in the end."""
    store, home = own_store(folder), folder / "home"
    window = Window(store, home)
    try:
        window.ready()
        hands = Hands(window, chance, JUDGING)
        hands.work(chance.uniform(0.05, most / 2))
        wrong = disturb(window, chance, most / 2) or _goes_on_working(window, hands, most / 2)
        window.kill()
        window.last_words()
        found = [*lost(store, window.seen), *traces(window, home), *filter(None, [wrong])]
        return Outcome(tuple(found), window.seen.acknowledged)
    finally:
        window.close()


def _goes_on_working(window: Window, hands: Hands, seconds: float) -> str:
    """Return what is wrong with an app that was disturbed; nothing where it works as before."""
    if not window.waits("survives", 5.0):
        return "nothing is on its screen any more"
    before = window.seen.acknowledged
    hands.work(seconds)
    end = time.monotonic() + 5
    while window.seen.acknowledged == before and not window.over and time.monotonic() < end:
        hands.act()
    return "it does nothing any more" if window.seen.acknowledged == before else ""


def _stop(window: Window, chance: random.Random, seconds: float) -> str:
    window.signal(signal.SIGTSTP)
    if not window.is_stopped():
        return "it was not stopped"
    window.rest(chance.uniform(0, seconds / 2))
    window.signal(signal.SIGCONT)
    return ""


def _storm(window: Window, chance: random.Random, seconds: float) -> str:
    hands = Hands(window, chance, PRESSING)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        window.resize(chance.randint(5, 220), chance.randint(2, 70))
        if chance.random() < 0.2:
            hands.act()
        window.rest(chance.choice((0.0, 0.005, 0.05)))
    window.looks_again()
    return ""


COUNTS = "acts and letters that the screen had shown"
BRIEF_SECONDS = 0.5
FAULTS = (
    Fault("term", "SIGTERM while judging", COUNTS, partial(end_by, signal.SIGTERM), BARS,
          briefly=partial(end_by, signal.SIGTERM, most=BRIEF_SECONDS)),
    Fault("hup", "SIGHUP while judging", COUNTS, partial(end_by, signal.SIGHUP), BARS,
          briefly=partial(end_by, signal.SIGHUP, most=BRIEF_SECONDS)),
    Fault("closed", "the terminal closed under the app", COUNTS, hang_up, BARS,
          briefly=partial(hang_up, most=BRIEF_SECONDS)),
    Fault("stopped", "stopped by SIGTSTP, then continued", COUNTS, partial(_goes_on, disturb=_stop),
          briefly=partial(_goes_on, disturb=_stop, most=BRIEF_SECONDS)),
    Fault("resized", "another size of the terminal up to 200 times a second", COUNTS,
          partial(_goes_on, disturb=_storm), briefly=partial(_goes_on, disturb=_storm, most=BRIEF_SECONDS)),
)  # fmt: skip
