"""Copies made while the store is in use: of all of it, and daily of what people did, put back onto another import."""

import copy
import random
import sqlite3
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

from tests.faults import commands
from tests.faults.hands import JUDGING, PRESSING, Hands
from tests.faults.judging import own_store
from tests.faults.left import acts_lost, lost, wrong_with
from tests.faults.people import PEOPLE, events_in_file, events_of, imported, work_in
from tests.faults.syncing import Order
from tests.faults.together import Imports
from tests.faults.trying import Fault, Outcome
from tests.faults.window import Shown, Window

PROPOSALS, ACTS = 60, 80
COPIES = 3
WORK_SECONDS = 1.5
"""So long people work before each copy."""

KEPT_SECONDS = 60.0
"""So long after the app was opened what people did is kept at the latest."""

KEEPING_SECONDS = 0.02
"""So long the writing takes at the most, from when anything of it is seen."""


def copy_in_use(folder: Path, chance: random.Random, copies: int = COPIES, reading: float = 0.5) -> Outcome:
    """Copy the store while two people judge in windows and a third imports, and now and then somebody reads all along.

    Whatever is written meanwhile then stays in the log beside the store.
    """
    store = own_store(folder)
    stop = threading.Event()
    importing = Imports(folder / "importing", stop, store)
    found: list[str] = []
    with ExitStack() as stack:
        windows = []
        for name in PEOPLE:
            # One by one: an app that is answered late whether frames have an end draws its first ones without.
            windows.append(stack.enter_context(closing(Window(store, folder / f"home-{name}", name))))
            windows[-1].ready()
        if chance.random() < reading:
            reader = stack.enter_context(closing(sqlite3.connect(store)))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM methods").fetchone()
        importing.start()
        try:
            hands = [Hands(window, chance, JUDGING) for window in windows]
            for n in range(copies):
                _work(hands, chance.uniform(WORK_SECONDS / 3, WORK_SECONDS))
                found += _copied(store, folder / f"copy-{n}.db", windows, hands)
        finally:
            stop.set()
            importing.join()
        for window in windows:
            window.kill()
            window.last_words()
    for name, window in zip(PEOPLE, windows, strict=True):
        found += [f"{name}: {each}" for each in lost(store, window.seen, name)]
    return Outcome((*found, *importing.failed), sum(window.seen.saved for window in windows))


def _work(hands: Sequence[Hands], seconds: float) -> None:
    """Have each pair of hands do one thing after the other, in turn."""
    for each in hands:
        each.work(seconds / len(hands))


def _copied(store: Path, out: Path, windows: Sequence[Window], hands: Sequence[Hands]) -> list[str]:
    """Copy the store while hands go on, and return what the copy lacks of what had been acknowledged before."""
    before: list[Shown] = [copy.deepcopy(window.seen) for window in windows]
    order = Order(out.parent, out.with_suffix(".order"))
    words = ("--store", store, "backup", out)
    with ThreadPoolExecutor(1) as pool:
        copying = pool.submit(commands.run, out.with_suffix(".home"), *words, env=order.env)
        while not copying.done():
            for each in hands:
                each.act()
    ran = copying.result()
    if ran.status:
        return [f"`reviewer backup` ended with {ran.status}: {ran.text[-300:]}"]
    found = [*order.unsynced(out), *wrong_with(out)]
    for name, seen in zip(PEOPLE, before, strict=True):
        found += acts_lost(out, seen, name)
    return [f"in a copy: {each}" for each in found]


def keep_daily(folder: Path, chance: random.Random, kills: int = 1) -> Outcome:
    """Have the app keep what people did while one works in it, killed meanwhile or not, and restore it elsewhere."""
    store = imported(folder, PROPOSALS)
    work_in(store, chance, ACTS)
    before = frozenset(events_of(store))
    kept = folder / "reviewer.db-backups"
    found: list[str] = []
    for kill in range(kills + 1):
        _sit(store, folder / "home", chance, kept, to_the_end=kill == kills)
        found += _wrong_with_kept(kept, before)
    files = list(kept.glob("people-*"))
    if found or len(files) != 1:
        return Outcome((*found, f"{len(files)} files were kept"))
    other = imported(folder, PROPOSALS, "other.db", time=1)
    ran = commands.run(folder / "home", "--store", other, "restore", files[0])
    if ran.status:
        found.append(f"`reviewer restore` ended with {ran.status}: {ran.text[-300:]}")
    names = events_in_file(files[0])
    if list(events_of(other).items()) != [each for each in events_of(store).items() if each[0] in names]:
        found.append("what was restored is not what people had done")
    return Outcome((*found, *wrong_with(other), *wrong_with(store)), len(names))


def _sit(store: Path, home: Path, chance: random.Random, kept: Path, *, to_the_end: bool) -> None:
    """Work in the app until what people did is kept, or only until anything of that is seen, and kill it."""
    window = Window(store, home)
    watching = threading.Thread(target=_kill_in_keeping, args=(window, kept, chance.uniform(0, KEEPING_SECONDS)))
    try:
        if not to_the_end:
            watching.start()
        hands, end = Hands(window, chance, PRESSING), time.monotonic() + KEPT_SECONDS
        while not (window.over or list(kept.glob("people-*")) or time.monotonic() > end):
            hands.act()
        if not to_the_end:
            watching.join()
    finally:
        window.close()


def _kill_in_keeping(window: Window, kept: Path, after: float) -> None:
    end = time.monotonic() + KEPT_SECONDS
    while not (window.over or time.monotonic() > end or (kept.exists() and any(kept.iterdir()))):
        time.sleep(0.001)
    time.sleep(after)
    window.kill()


def _wrong_with_kept(folder: Path, before: frozenset[str]) -> list[str]:
    """Return what is wrong with the files that were kept, in which everything must be that was done before."""
    found = []
    for file in folder.glob("people-*"):
        try:
            if missing := before - events_in_file(file):
                found.append(f"{len(missing)} of {len(before)} events are not in {file.name}")
        except (OSError, EOFError, ValueError) as error:
            found.append(f"{file.name} is not whole: {error}")
    return found


FAULTS = (
    Fault(
        "copied",
        "`reviewer backup` while two people judge in windows and a third imports",
        "acts that the screens had shown as saved",
        copy_in_use,
        briefly=lambda folder, chance: copy_in_use(folder, chance, 1, reading=1.0),
    ),
    Fault(
        "kept",
        "what people did, kept daily by an app in use that is killed meanwhile, then restored onto another import",
        "events",
        keep_daily,
        briefly=lambda folder, chance: keep_daily(folder, chance, 0),
    ),
)
