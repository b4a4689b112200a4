"""Many processes at one store: people judge in windows while others import, export and read.

A second window of one of them, in which no key is pressed, watches for what comes. Each window has a process of its own
that looks at it, so that there are more processes than cores here: waits are those of a machine that is more than busy.
"""

import json
import random
import shutil
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from tests.benchmarks.table import percentile
from tests.faults import commands
from tests.faults.importing import records
from tests.faults.judging import own_store
from tests.faults.left import acts_lost, wrong_with
from tests.faults.trying import Bar, Fault, Outcome
from tests.faults.window import REVIEWER, Shown, Window

PROPOSALS = 1_000
SECONDS = 60.0
BROUGHT = 20
"""Proposals in each import."""
PAUSE_SECONDS = 1.0
"""Between two runs of a command."""
WATCHER = "the other window"
"""Stands for the window that watches, among the reviewers who sit."""
KEY_SECONDS = 10.0
"""A key that has done nothing for so long is lost."""

LONGEST, MOST_KEYS = "longest wait for a key", "95 % of keys"
SEEN_SECONDS = 2.0
NEWS, OWN = "an import seen in another window", "an act seen in one's other window"
APART = "95 % of keys where each window has a store of its own"
BARS = {
    LONGEST: Bar(0.1, "s"),
    MOST_KEYS: Bar(0.1, "s"),
    NEWS: Bar(SEEN_SECONDS, "s"),
    OWN: Bar(SEEN_SECONDS, "s"),
    APART: Bar(None, "s"),
}


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one window has shown, until when, and how long each key had to be waited for."""

    reviewer: str
    watched: bool
    shown: Shown
    until: float
    waits: tuple[float, ...] = ()
    lost_keys: int = 0


def sit(store: Path, home: Path, seat: str, seconds: float, seed: str) -> Sitting:
    """Judge in a window for a while, or only watch it."""
    watched = seat == WATCHER
    reviewer = REVIEWER if watched else seat
    window = Window(store, home, reviewer)
    waits: list[float] = []
    lost_keys = 0
    chance = random.Random(seed)
    try:
        window.ready()
        end = time.monotonic() + seconds
        verdicts = "sfx"
        while (left := end - time.monotonic()) > 0 and not window.over:
            if watched:
                window.rest(left)
                continue
            before = window.here
            # One that moves on; not the same verdict twice, which would count as a key held down.
            key = verdicts[len(waits) % len(verdicts)] if chance.random() < 0.7 else "j"
            try:
                waits.append(window.press(key.encode(), partial(_has_moved, window, before), KEY_SECONDS))
            except TimeoutError:
                lost_keys += 1
            window.rest(chance.uniform(0.1, 0.5))
        until = time.time()
        window.kill()
        window.last_words()
    finally:
        window.close()
    return Sitting(reviewer, watched, window.seen, until, tuple(waits), lost_keys)


def _has_moved(window: Window, before: str, _lines: list[str]) -> bool:
    return window.here != before


class Commands(threading.Thread):
    """Runs a command again and again until it is told to stop."""

    def __init__(self, home: Path, stop: threading.Event, words: Sequence[str | Path]) -> None:
        super().__init__()
        self._home, self._stopping, self._words = home, stop, words
        self.runs = 0
        self.failed: list[str] = []

    def run(self) -> None:
        while not self._stopping.wait(PAUSE_SECONDS):
            ran = commands.run(self._home, *self.next_words())
            self.runs += 1
            if ran.status or "locked" in ran.text:
                self.failed.append(f"`reviewer {self._words[2]}` ended with {ran.status}: {ran.text[-300:]}")

    def next_words(self) -> Sequence[str | Path]:
        """Return the words of the next run."""
        return self._words


class Imports(Commands):
    """Imports other proposals in each run."""

    def __init__(self, home: Path, stop: threading.Event, store: Path) -> None:
        super().__init__(home, stop, ("--store", store, "import"))

    def next_words(self) -> Sequence[str | Path]:
        """Write the next file, and return the words that import it."""
        self._home.mkdir(exist_ok=True)
        file = self._home / f"more-{self.runs}.jsonl"
        with file.open("w") as lines:
            for record in records(BROUGHT):
                if record["type"] == "proposal" and "id" in record:
                    more = {"id": f"{record['id']}-{self.runs}", "problem": "weak-to-strong"}
                    lines.write(json.dumps(record | more) + "\n")
        return (*self._words, file)


def work_together(
    folder: Path,
    chance: random.Random,
    seconds: float,
    sitting: Sequence[str],
    reading: Sequence[Sequence[str]],
    *,
    shared: bool = True,
) -> Outcome:
    """Have reviewers sit at windows while one imports and others run the commands of ``reading``.

    Unless the store is ``shared`` each window has one of its own, and nothing but the waits for keys is looked at: what
    they come to is then the machine's share of them.
    """
    folder.mkdir(exist_ok=True)
    store = own_store(folder, PROPOSALS)
    stores = [store if shared else Path(shutil.copy(store, folder / f"own-{n}.db")) for n in range(len(sitting))]
    stop = threading.Event()
    importing = Imports(folder / "importing", stop, store)
    readers = [Commands(folder / f"reading-{n}", stop, ("--store", store, *words)) for n, words in enumerate(reading)]
    running = [importing, *readers]
    with ProcessPoolExecutor(len(sitting), mp_context=get_context("spawn")) as pool:
        seats = [
            pool.submit(sit, stores[n], folder / f"home-{n}", reviewer, seconds, f"{chance.random()}")
            for n, reviewer in enumerate(sitting)
        ]
        for command in running:
            command.start()
        try:
            sat = [seat.result() for seat in seats]
        finally:
            stop.set()
            for command in running:
                command.join()
    if not shared:
        return Outcome(measured=_alone(sat))
    lost = [*wrong_with(store), *(failure for command in running for failure in command.failed)]
    for each in sat:
        lost += [f"{each.reviewer}: {sentence}" for sentence in acts_lost(store, each.shown, each.reviewer)]
        lost += [f"{each.reviewer}: the screen said: {alarm}" for alarm in sorted(each.shown.alarms)]
        lost += [f"{each.reviewer}: {each.lost_keys} keys did nothing"] if each.lost_keys else []
    expected = PROPOSALS + importing.runs * BROUGHT
    if (found := _proposals_in(store)) != expected:
        lost.append(f"{found} proposals are there, and {expected} were imported")
    return Outcome(tuple(lost), sum(each.shown.saved for each in sat), _measured(store, sat))


def _measured(store: Path, sat: Sequence[Sitting]) -> Mapping[str, float]:
    waits = [wait for each in sat for wait in each.waits]
    (watching,) = [each for each in sat if each.watched]
    (acting,) = [each for each in sat if each.reviewer == REVIEWER and not each.watched]
    figures = {LONGEST: max(waits), MOST_KEYS: percentile(waits, 0.95)} if waits else {}
    for name, delays in ((NEWS, _delays(store, watching.shown)), (OWN, _own_delays(acting, watching))):
        figures |= {name: max(delays)} if delays else {}
    return figures


def _own_delays(acting: Sitting, watching: Sitting) -> Sequence[float]:
    """Return how long after one window each row of the other one said the same; to the end where it never did."""
    delays = []
    for title, rows in watching.shown.rows.items():
        last = acting.shown.rows.get(title, [])[1:][-1:]
        for row in last:
            acted = acting.shown.since[(title, row)]
            # What was there before the other window was open, or came as it was closed, tells nothing.
            if row != rows[0] and acted < watching.until - SEEN_SECONDS:
                delays.append(watching.shown.since.get((title, row), watching.until) - acted)
    return delays


def _alone(sat: Sequence[Sitting]) -> Mapping[str, float]:
    waits = [wait for each in sat for wait in each.waits]
    return {APART: percentile(waits, 0.95)} if waits else {}


def _delays(store: Path, shown: Shown) -> Sequence[float]:
    """Return how long after the end of each import a window said so that was open before it began."""
    with closing(sqlite3.connect(store)) as connection:
        ends = [
            datetime.fromisoformat(at).timestamp()
            for (at,) in connection.execute("SELECT finished_at FROM imports WHERE id > 1 ORDER BY id").fetchall()
        ]
    seen = sorted(shown.news.values())
    # What came before the window was open is no news, and what came just before it was closed may be none yet.
    return [min(later) - end for end in ends if (later := [at for at in seen if at >= end]) and end > seen[0] - 2]


def _proposals_in(store: Path) -> int:
    with closing(sqlite3.connect(store)) as connection:
        n: int = connection.execute("SELECT count(*) FROM methods WHERE role = 'proposal'").fetchone()[0]
        return n


def eight(folder: Path, chance: random.Random) -> Outcome:
    """Have eight processes at one store: four windows, two of them one person's, and four that run commands."""
    reading = (
        ("export", "--everyone", "-o", f"{folder}/all.csv"),
        ("leaderboard", "weak-to-strong"),
        ("checks",),
    )
    sitting = (REVIEWER, "ada", "bob", WATCHER)
    apart = work_together(folder / "apart", chance, SECONDS / 3, sitting, reading, shared=False)
    done = work_together(folder, chance, SECONDS, sitting, reading)
    return replace(done, measured={**done.measured, **apart.measured})


def three(folder: Path, chance: random.Random) -> Outcome:
    """Have three processes at one store for a few seconds: two windows, and one that imports."""
    return work_together(folder, chance, 4.0, (REVIEWER, WATCHER), ())


FAULTS = (
    Fault(
        "together",
        f"eight processes on one store for {SECONDS:g} s: three judge, one watches, one imports, three export and read",
        "acts that the screens had shown as saved",
        eight,
        BARS,
        every=20,
        briefly=three,
    ),
)
