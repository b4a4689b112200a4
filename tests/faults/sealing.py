"""The sealed protocol is gone through, and the app is killed, or the disk is full: what was opened stays opened.

What the screen opened has been seen. So a stage that was shown is in the store, with the forecast and the verdict that
were given before it; and one that could not be written down is not shown.
"""

import random
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.vocabulary import Protocol, Stage
from reviewer.store.connection import Store
from tests.faults.hindering import SAVED_SECONDS, WAITS, unforeseen
from tests.faults.judging import own_store
from tests.faults.left import wrong_with
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Fault, Outcome
from tests.faults.window import PATIENCE_SECONDS, Window
from tests.workflow.sealed_stores import put_under

MOST_SECONDS = 4.0
"""So long after the first proposal is on the screen the app is dead at the latest."""

IDEA = "idea to judge"
"""What stands over a proposal of which the idea alone is seen."""

OTHERS = "shows what others hold"
STAGES = (Stage.EVIDENCE, Stage.OTHERS)


@dataclass(slots=True)
class Opened:
    """What one said, and which stages the screen opened then, by the mark in the title of the proposal."""

    stages: dict[str, list[Stage]] = field(default_factory=lambda: defaultdict(list))
    forecasts: dict[str, float] = field(default_factory=dict)


_IN_LETTERS = str.maketrans("0123456789", "abcdefghij")


def _sealed_store(folder: Path) -> Path:
    """Return a store that is judged sealed, its proposals marked by letters: the screen covers every number."""
    path = own_store(folder)
    with closing(Store(path)) as store:
        put_under(store, Protocol.SEALED)
        with store.write() as connection:
            titles = connection.execute("SELECT id, title FROM methods WHERE title GLOB 'P[0-9]*'").fetchall()
            connection.executemany(
                "UPDATE methods SET title = ? WHERE id = ?",
                [(f"{title[:8].translate(_IN_LETTERS)}{title[8:]}", row_id) for row_id, title in titles],
            )
    return path


def _say(window: Window, chance: random.Random, opened: Opened) -> str:
    """Give a forecast and a verdict on the proposal under the cursor; return the mark in its title."""
    here, digits = window.here, chance.randrange(10, 100)
    opened.forecasts[here] = digits / 100
    window.send(f"{digits}".encode())
    window.rest(chance.choice((0.002, 0.05)))
    window.send(chance.choice((b"s", b"f", b"x")))
    window.rest(chance.choice((0.002, 0.05, 0.2)))
    return here


def _is_open(window: Window, title: str, stage: Stage) -> bool:
    text = window.text
    return window.here == title and IDEA not in text and (stage is Stage.EVIDENCE or OTHERS in text)


def _go_on(window: Window, title: str, stage: Stage, opened: Opened) -> bool:
    window.send(b"\r")
    if not window.comes_to(lambda: _is_open(window, title, stage), PATIENCE_SECONDS):
        return False
    opened.stages[title].append(stage)
    return True


def _not_kept(store: Path, opened: Opened) -> list[str]:
    """Return which stages that were opened are not in the store, and what was said before them and is not."""
    with closing(sqlite3.connect(store)) as connection:
        rows = connection.execute(
            "SELECT m.title, a.stage, json_extract(a.snapshot, '$.forecast'), json_extract(a.snapshot, '$.verdict') "
            "FROM annotations a JOIN methods m ON m.id = a.method_id WHERE a.kind = 'reveal' ORDER BY a.id"
        ).fetchall()
    held: Mapping[tuple[str, str], tuple[float | None, str | None]] = {
        (title.split()[0], stage): (forecast, verdict) for title, stage, forecast, verdict in rows
    }
    found = []
    for title, stages in opened.stages.items():
        for stage in stages:
            forecast, verdict = held.get((title, stage), (None, None))
            if (title, stage) not in held:
                found.append(f"{stage} of {title} was on the screen, and no event opens it")
            elif forecast is None or verdict is None:
                found.append(f"{stage} of {title} was opened, without what was said before it")
    return found


def kill_at_reveal(folder: Path, chance: random.Random, most: float = MOST_SECONDS) -> Outcome:
    """Go through the stages of one proposal after the other, and kill the app at a moment that nobody knows."""
    store, opened = _sealed_store(folder), Opened()
    window = Window(store, folder / "home")
    try:
        window.ready()
        killing = threading.Timer(chance.uniform(most / 8, most), window.kill)
        killing.start()
        while not window.over:
            title = _say(window, chance, opened)
            for stage in STAGES:
                if not _go_on(window, title, stage, opened):
                    break
                window.rest(0.7)  # The same key within less counts as held down.
            window.send(b"j")
            window.comes_to(lambda title=title: window.here != title, 2.0)  # type: ignore[misc]
        killing.join()
        window.last_words()
    finally:
        window.close()
    found = (*wrong_with(store), *sorted(window.seen.alarms), *_not_kept(store, opened))
    return Outcome(found, sum(map(len, opened.stages.values())))


def fill_at_reveal(folder: Path, chance: random.Random) -> Outcome:
    """Go on to the evidence while the disk is full, then let there be room again."""
    store, switches, opened, home = _sealed_store(folder), Switches(folder), Opened(), folder / "home"
    window = Window(store, home, env=switches.env)
    found: list[str] = []
    try:
        window.ready()
        title = _say(window, chance, opened)
        window.rest(0.5)
        switches.on("full", chance.choice((0, 0, 1)))
        window.send(b"\r")
        if not window.waits(WAITS, 5.0):
            found.append("nobody was told that what they do waits")
        if _is_open(window, title, Stage.EVIDENCE):
            found.append("the evidence was shown although it could not be written down that it was")
        switches.off("full")
        if window.comes_to(lambda: _is_open(window, title, Stage.EVIDENCE), SAVED_SECONDS):
            opened.stages[title].append(Stage.EVIDENCE)
        else:
            found.append(f"the evidence was not there {SAVED_SECONDS:g} s after there was room")
        window.kill()
        window.last_words()
        found += [*wrong_with(store), *unforeseen(window, home), *_not_kept(store, opened)]
    finally:
        window.close()
    return Outcome(tuple(found), sum(map(len, opened.stages.values())))


FAULTS = (
    Fault(
        "revealing",
        "`kill -9` while going through the sealed protocol",
        "stages that the screen had opened",
        kill_at_reveal,
        briefly=lambda folder, chance: kill_at_reveal(folder, chance, 2.0),
    ),
    Fault(
        "full-revealing",
        "the disk full while going on to the evidence, then free again",
        "stages that the screen had opened",
        fill_at_reveal,
        lacks=lacks,
    ),
)
