"""What is no error, and must be no trouble: a disk on which each sync takes seconds, and a clock that is set back."""

import contextlib
import random
from functools import partial
from pathlib import Path

from reviewer.store.drafts import Drafts
from tests.faults.ending import traces
from tests.faults.hands import GOING_ON, JUDGING, Hands
from tests.faults.hindering import (
    BARS,
    FIRST,
    FROZEN_SECONDS,
    KEY,
    Said,
    begin_anew,
    judge_on,
    leave,
    not_saved_in_time,
)
from tests.faults.judging import own_store
from tests.faults.left import lost
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Fault, Outcome
from tests.faults.window import Window

SLOW_MS = (1_000, 2_000)
LETTERS, AT_ONCE = 12, 10
MOST_SECONDS = 2.0
DAYS = 86_400


def slow_disk(folder: Path, chance: random.Random, times: int = 5, letters: int = 450) -> Outcome:
    """Judge and write where each sync takes a second or two, then kill the app or let it end."""
    store, home = own_store(folder), folder / "home"
    # There were drafts before: what is written to them now begins their log anew.
    Drafts(store).close()
    switches = Switches(folder)
    window = Window(store, home, env=switches.env)
    try:
        if chance.random() < 0.5:
            switches.on("slow", chance.randint(*SLOW_MS))
        window.ready()
        if letters:
            Hands(window, chance, GOING_ON).work(chance.uniform(0.05, MOST_SECONDS / 2))
            begin_anew(window)
        switches.on("slow", chance.randint(*SLOW_MS))
        said = judge_on(window, chance, times).followed_by(_write(window, chance, letters))
        found = list(said.frozen)
        if chance.random() < 0.5:
            window.rest(chance.uniform(0, MOST_SECONDS))
            window.kill()
            window.last_words()
        else:
            switches.off("slow")
            found += [*not_saved_in_time(window, store, said), *leave(window, chance)]
        found += [*traces(window, home), *lost(store, window.seen)]
    finally:
        window.close()
    return Outcome(tuple(found), window.seen.acknowledged, {KEY: max(said.waits, default=0.0)})


def _write(window: Window, chance: random.Random, letters: int) -> Said:
    """Write a rationale of many letters, and see them echoed: many in a burst, then one by one."""
    said = Said()
    text = "#" + "".join(chance.choices("bgjkmnpuyz", k=LETTERS))
    try:
        said.waits.append(window.press(b"e", lambda lines: "rationale on “" in "\n".join(lines), FROZEN_SECONDS))
        for n in range(AT_ONCE, letters, AT_ONCE):
            said.waits.append(window.press(b"Q" * AT_ONCE, partial(_has, n), FROZEN_SECONDS))
        window.send(b"\r")
        for n, letter in enumerate(text, 1):
            seen = partial(_shows, text[:n])
            said.waits.append(window.press(letter.encode(), seen, FROZEN_SECONDS))
        window.send(b"\x1b")
        window.closes("rationale on “")
    except TimeoutError:
        said.frozen.append(f"a letter did nothing for {FROZEN_SECONDS:g} s")
    return said


def _has(letters: int, lines: list[str]) -> bool:
    return "".join(lines).count("Q") >= letters


def _shows(text: str, lines: list[str]) -> bool:
    return text in "\n".join(lines)


def set_clock_back(folder: Path, chance: random.Random, most: float = MOST_SECONDS) -> Outcome:
    """Have hands work while the clock is set back and on again and again, and undo what was done last."""
    store, home = own_store(folder), folder / "home"
    switches = Switches(folder)
    window = Window(store, home, env=switches.env)
    try:
        window.ready()
        hands = Hands(window, chance, JUDGING)
        for _ in range(chance.randint(1, 3)):
            hands.work(chance.uniform(0.05, most / 3))
            switches.on("clock", -chance.choice((1, 3_600, 400 * DAYS, chance.randrange(30 * DAYS))))
        hands.work(chance.uniform(0.05, most / 3))
        begin_anew(window)
        found = [*_undoes_the_last(window, chance), *leave(window, chance)]
        found += [*traces(window, home), *lost(store, window.seen)]
    finally:
        window.close()
    return Outcome(tuple(found), window.seen.acknowledged)


def _undoes_the_last(window: Window, chance: random.Random) -> list[str]:
    # Where nothing was judged yet: the verdict that is held already would be no act.
    window.send(b"\x04")
    with contextlib.suppress(TimeoutError):
        window.until(lambda _lines: window.here != FIRST, FROZEN_SECONDS)
    said = judge_on(window, chance, 2)
    if said.frozen:
        return said.frozen
    last = list(said.verdicts)[-1]
    # One that is gone already is no answer.
    window.seen.told.discard(("Undid", last))
    window.send(b"u")
    window.waits("Undid", 5.0)
    return [] if ("Undid", last) in window.seen.told else [f"undoing did not take back what was done last, on {last}"]


FAULTS = (
    Fault(
        "slow", "a disk on which each sync takes 1 to 2 s; killed at a random moment, or not",
        "acts and letters that the screen had shown", slow_disk, BARS,
        briefly=partial(slow_disk, times=2, letters=0), lacks=lacks, every=2,
    ),
    Fault(
        "clock", "the clock set back while judging, by a second up to 400 days",
        "acts and letters that the screen had shown", set_clock_back,
        briefly=partial(set_clock_back, most=0.2), lacks=lacks,
    ),
)  # fmt: skip
