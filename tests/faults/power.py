"""The power fails: what had not been synced to the disk is gone.

A shim around the C library's ``fsync`` and ``fdatasync`` copies a file of the store when it is synced, so that the
copies are what was surely on the disk. The sync takes a while, as on a slow disk; the app is frozen as soon as the
screen has changed, and the copies must hold what the screen says is saved. Before that an act of each kind is done
whose sync does not return until the screen was looked at, on which it must not be shown as saved. That shows when the
app draws, not what a drive does that reports a sync before it has written; nor does it show the loss of a folder's
entry, or of half a page.
"""

import random
import shutil
import time
from pathlib import Path

from tests.faults.hands import PRESSING, Hands
from tests.faults.judging import own_store
from tests.faults.left import acts_lost, wrong_with
from tests.faults.shims import Switches, lacks, shim
from tests.faults.trying import Fault, Outcome
from tests.faults.window import Window

DELAY_MS = 120
SECONDS = 5.0

KEYS = {
    b"s": "a verdict", b"!": "a flag", b"z": "putting it aside", b"5": "a forecast", b"f": "a verdict", b"u": "undoing",
}  # fmt: skip
"""The keys of acts that each show one mark; undoing, which shows more, comes last."""

LOOKED_SECONDS = 0.3
"""So long the screen is looked at once it has answered a later key."""


def fail_power(folder: Path, chance: random.Random, seconds: float = SECONDS) -> Outcome:
    """Have hands work in the app, and look after each of their acts at what the disk holds."""
    store, disk = own_store(folder), folder / "disk"
    disk.mkdir()
    shutil.copy(store, disk)
    env = {
        "FAULTS_DISK": str(disk),
        "FAULTS_STORE": str(store),
        "FAULTS_DELAY_MS": str(DELAY_MS),
    }
    switches = Switches(folder)
    # What is held is copied only once it is let go.
    preload = {"LD_PRELOAD": f"{shim('trouble')}:{shim('disk')}"}
    window = Window(store, folder / "home", env={**switches.env, **env, **preload})
    lost: list[str] = []
    try:
        window.ready()
        lost += _drawn_too_early(window, switches, store)
        hands = Hands(window, chance, PRESSING)
        end, looked = time.monotonic() + seconds, window.seen.saved
        while time.monotonic() < end and not window.over and not lost:
            hands.act()
            before = looked
            looked = window.seen.saved
            if looked != before:
                with window.frozen():
                    lost += _lost_with_power(disk, folder / f"after-{looked}", window)
    finally:
        window.close()
    if not (disk / f"{store.name}-wal").exists():
        lost.append("nothing was synced at all, or the shim has not seen it")
    return Outcome(tuple(lost), looked)


def _drawn_too_early(window: Window, switches: Switches, store: Path) -> list[str]:
    """Do an act of each kind whose sync does not return, and say which was shown as saved too early, or never."""
    log = store.with_name(f"{store.name}-wal")
    wrong = (_act_held(window, switches, log, key) for key in KEYS)
    return [f"{what} {why}" for what, why in zip(KEYS.values(), wrong, strict=True) if why][:1]


def _act_held(window: Window, switches: Switches, log: Path, key: bytes) -> str:
    before = window.seen.saved
    switches.hold("hold-syncs", log)
    window.send(key)
    if not window.comes_to(lambda: switches.is_held):
        return "was never synced"
    here = window.here
    window.send(b"j")
    window.comes_to(lambda: window.here != here)
    window.rest(LOOKED_SECONDS)
    if window.seen.saved != before:
        return "was shown as saved while its sync had not returned"
    switches.off("hold-syncs")
    return "" if window.comes_to(lambda: window.seen.saved != before) else "was never shown as saved"


def _lost_with_power(disk: Path, folder: Path, window: Window) -> tuple[str, ...]:
    """Return what would be lost if the power failed now, looking at a copy of the disk: opening it changes it."""
    shutil.copytree(disk, folder, ignore=shutil.ignore_patterns(".*"))
    store = folder / "reviewer.db"
    found = wrong_with(store) or acts_lost(store, window.seen)
    shutil.rmtree(folder)
    return tuple(f"with the power off: {each}" for each in found)


FAULTS = (
    Fault(
        "power",
        f"power lost as soon as a mark is drawn, each sync held or taking {DELAY_MS} ms: only what was synced is left",
        "acts that the screen had shown as saved",
        fail_power,
        briefly=lambda folder, chance: fail_power(folder, chance, 1.0),
        lacks=lacks,
    ),
)
