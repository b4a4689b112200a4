"""The app is killed while one judges in it, or takes back and does again."""

import random
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from reviewer.store.drafts import Drafts
from tests.benchmarks.stores import cached_store
from tests.faults.hands import JUDGING, REVERSING, Hands, written
from tests.faults.left import lost
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Fault, Outcome
from tests.faults.window import PATIENCE_SECONDS, REVIEWER, Window

PROPOSALS = 60
WRITING = ((b"e", "rationale on “", b"\x1b"), (b"c", "conditional: “", b"\r\r"))
"""Texts that are written: the key, how the field is known on the screen, and what saves it."""

LAST_ACT_SECONDS = 0.3
"""So long after the last text has left its field it is on its way to the disk."""

MOST_SECONDS = 3.0
"""So long after the first proposal is on the screen the app is dead at the latest."""


def own_store(folder: Path, proposals: int = PROPOSALS) -> Path:
    """Return a store that nobody has judged in, in the folder of a round."""
    return Path(shutil.copy(cached_store(proposals), folder / "reviewer.db"))


def kill_at_work(habits: Mapping[str, int], folder: Path, chance: random.Random, most: float = MOST_SECONDS) -> Outcome:
    """Have hands work in the app, and kill it at a moment that they know nothing of."""
    store = own_store(folder)
    window = Window(store, folder / "home")
    try:
        window.ready()
        killing = threading.Timer(chance.uniform(most / 8, most), window.kill)
        killing.start()
        Hands(window, chance, habits).work()
        killing.join()
        window.last_words()
    finally:
        window.close()
    return Outcome(lost(store, window.seen), window.seen.acknowledged)


def kill_in_commit(folder: Path, chance: random.Random) -> Outcome:
    """Write texts and a forecast while no act gets to the disk, and kill the app before any does."""
    store, switches = own_store(folder), Switches(folder)
    window = Window(store, folder / "home", env=switches.env)
    digits = f"{chance.randrange(10, 100)}"
    found: list[str] = []
    try:
        window.ready()
        # The flag has the forecast saved before it.
        writing: list[Callable[[], None]] = [partial(window.send, f"{digits}!".encode())]
        writing += [partial(_write, window, chance, *field) for field in WRITING]
        chance.shuffle(writing)
        switches.hold("hold-writes", store.with_name(f"{store.name}-wal"))
        for write in writing:
            write()
        if not window.comes_to(lambda: switches.is_held):
            found.append("no act was written")
        window.comes_to(lambda: not window.seen.digits)
        window.rest(LAST_ACT_SECONDS)
        if window.seen.saved:
            found.append("an act was shown as saved although nothing could be written")
        window.kill()
        window.last_words()
    finally:
        window.close()
    with closing(Drafts(store)) as drafts:
        if not any(draft.text == digits for draft in drafts.all_of(REVIEWER)):
            found.append(f"the forecast of {digits} % was not saved, and is in no draft")
    if len(window.seen.typed) < len(WRITING):
        found.append("a field did not open")
    return Outcome((*found, *lost(store, window.seen)), window.seen.acknowledged)


def _write(window: Window, chance: random.Random, key: bytes, field: str, ends: bytes) -> None:
    """Open a field by its key, write until all of it is on the screen, and leave the field so that it is saved."""
    window.send(key)
    if window.opens(field, PATIENCE_SECONDS):
        text = written(chance)
        window.write(text, lambda: 0.002)
        window.comes_to(lambda: window.seen.typed[-1].shown == len(text))
        window.send(ends)
        window.closes(field, PATIENCE_SECONDS)


FAULTS = (
    Fault(
        "judging",
        "`kill -9` while judging, writing and forecasting",
        "acts and letters that the screen had shown",
        partial(kill_at_work, JUDGING),
        briefly=partial(kill_at_work, JUDGING, most=1.5),
    ),
    Fault(
        "unsaved",
        "`kill -9` while what was written is on its way to the disk, of which nothing gets there",
        "letters that the screen had shown",
        kill_in_commit,
        lacks=lacks,
    ),
    Fault(
        "undoing",
        "`kill -9` while undoing and redoing",
        "acts that the screen had shown",
        partial(kill_at_work, REVERSING),
        briefly=partial(kill_at_work, REVERSING, most=1.0),
    ),
)
