"""The app is killed while one judges in it, or takes back and does again."""

import random
import shutil
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tests.benchmarks.stores import cached_store
from tests.faults.hands import JUDGING, REVERSING, Hands
from tests.faults.left import lost
from tests.faults.trying import Fault, Outcome
from tests.faults.window import Window

PROPOSALS = 60
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


FAULTS = (
    Fault(
        "judging",
        "`kill -9` while judging, writing and forecasting",
        "acts and letters that the screen had shown",
        partial(kill_at_work, JUDGING),
        briefly=partial(kill_at_work, JUDGING, most=1.5),
    ),
    Fault(
        "undoing",
        "`kill -9` while undoing and redoing",
        "acts that the screen had shown",
        partial(kill_at_work, REVERSING),
        briefly=partial(kill_at_work, REVERSING, most=1.0),
    ),
)
