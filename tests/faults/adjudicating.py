"""Somebody adjudicates in the app, and it is killed, or the disk is full: what was written is saved, or is a draft."""

import random
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

from reviewer.store.drafts import Drafts
from tests.faults.hands import written
from tests.faults.hindering import FIRST, SAVED_SECONDS, WAITS, unforeseen
from tests.faults.left import wrong_with
from tests.faults.organising import judged_store
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Fault, Outcome
from tests.faults.window import PATIENCE_SECONDS, REVIEWER, Window

MOST_SECONDS = 1.2
"""So long after one has begun to write the app is dead at the latest."""

SAVE = b"\x13"
SAVED = "Adjudicated: fails"


def _open_form(window: Window) -> None:
    """Open the form for the proposal under the cursor, which one has judged.

    Raises:
        TimeoutError: when it does not open.
    """
    for key, words in ((b"p", "has adjudicated"), (b"a", "ctrl+s saves")):
        window.send(key)
        if not window.waits(words, PATIENCE_SECONDS):
            raise TimeoutError(f"“{words}” is not on the screen:\n{window.text}")


def _begin(window: Window) -> None:
    """Open the form for the first proposal, which is judged, on its rationale, with a verdict."""
    window.ready()
    window.send(b"g")
    window.comes_to(lambda: window.here == FIRST)
    _open_form(window)
    window.send(b"f\t\t\t")
    window.waits("[f fails]", PATIENCE_SECONDS)


def _kept(store: Path) -> tuple[list[str], list[str]]:
    """Return the rationales that are saved, and those that are drafts."""
    with closing(sqlite3.connect(store)) as connection:
        saved = [text for (text,) in connection.execute("SELECT rationale FROM adjudications")]
    with closing(Drafts(store)) as drafts:
        return saved, [draft.text for draft in drafts.all_of(REVIEWER)]


def _not_kept(store: Path, window: Window, text: str, *, is_saved: bool) -> list[str]:
    """Return what the screen had shown of a text, or of its having been saved, that is nowhere."""
    saved, drafts = _kept(store)
    if is_saved and text not in saved:
        return [f"“{text}” was shown as saved, and is not"]
    start = text[: window.seen.typed[-1].shown]
    if any(start in each for each in (*saved, *drafts)):
        return []
    return [f"“{start}” was on the screen, and is in no draft and no adjudication"]


def kill_in_form(folder: Path, chance: random.Random) -> Outcome:
    """Write an adjudication and save it, and kill the app at a moment that nobody knows."""
    store, _ = judged_store(folder)
    window, text = Window(store, folder / "home"), written(chance)
    try:
        _begin(window)
        killing = threading.Timer(chance.uniform(0.1, MOST_SECONDS), window.kill)
        killing.start()
        window.write(text, lambda: 0.01)
        window.send(SAVE)
        window.comes_to(lambda: SAVED in window.text)
        is_saved = SAVED in window.text
        killing.join()
        window.last_words()
        is_saved = is_saved or SAVED in window.text
    finally:
        window.close()
    lost = (*wrong_with(store), *sorted(window.seen.alarms), *_not_kept(store, window, text, is_saved=is_saved))
    return Outcome(lost, window.seen.typed[-1].shown + is_saved)


def fill_in_form(folder: Path, chance: random.Random) -> Outcome:
    """Save an adjudication while the disk is full, then let there be room again."""
    store, _ = judged_store(folder)
    switches, home, text = Switches(folder), folder / "home", written(chance)
    window = Window(store, home, env=switches.env)
    found: list[str] = []
    try:
        _begin(window)
        window.write(text, lambda: 0.002)
        window.comes_to(lambda: window.seen.typed[-1].shown == len(text))
        window.rest(0.3)
        switches.on("full", chance.choice((0, 0, 1)))
        window.send(SAVE)
        if not window.waits(WAITS, 10.0):
            found.append("nobody was told that what they do waits")
        if SAVED in window.text:
            found.append("it was shown as saved although nothing could be written")
        found += _not_kept(store, window, text, is_saved=False)
        switches.off("full")
        if not window.waits(SAVED, SAVED_SECONDS):
            found.append(f"it was not saved {SAVED_SECONDS:g} s after there was room")
        found += _not_kept(store, window, text, is_saved=True)
        window.kill()
        window.last_words()
        found += [*wrong_with(store), *unforeseen(window, home)]
    finally:
        window.close()
    return Outcome(tuple(found), len(text) + 1)


FAULTS = (
    Fault(
        "adjudicating-in-form",
        "`kill -9` while an adjudication is written and saved in the app",
        "letters that the screen had shown, and that it was saved",
        kill_in_form,
        quick=0,
    ),
    Fault(
        "full-in-form",
        "the disk full while an adjudication is saved in the app, then free again",
        "letters written, and that it was saved",
        fill_in_form,
        quick=0,
        lacks=lacks,
    ),
)
