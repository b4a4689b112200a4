"""The store cannot be written for a while: the disk is full or read-only, or the file is gone, or is another one.

One goes on judging meanwhile. No key may be held up, a sentence must say that what one does waits, nothing may be shown
as saved that is not, and as soon as it is possible all of it must be saved. Where the app is killed before that, it is
saved when the app is next opened on the store, unless nothing at all could be written down.
"""

import contextlib
import os
import random
import re
import resource
import shutil
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from reviewer.domain.errors import HinderedError, NoStoreError, StoreError, StoreGoneError
from reviewer.domain.vocabulary import Verdict
from tests.benchmarks.stores import cached_store
from tests.faults.hands import GOING_ON, Hands
from tests.faults.judging import PROPOSALS, own_store
from tests.faults.left import events_in, lost
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Bar, Fault, Outcome
from tests.faults.window import Window

_LOGGED = re.compile(r"CRITICAL reviewer: unexpected (\w+)")

VERDICTS: Mapping[str, Verdict] = {"s": Verdict.SURVIVES, "f": Verdict.FAILS, "x": Verdict.CANNOT_TELL}
WAITS = "What you do waits"
"""How the sentence begins that must be told."""

FROZEN_SECONDS = 5.0
"""A key that has done nothing for so long is frozen."""

SAVED_SECONDS = 15.0
"""So long after the trouble is over everything is saved at the latest."""

FIRST = "P0000001"
"""The mark in the title of the first proposal."""

SHOWN_SECONDS = 0.2
"""So long what is saved may take to be shown so."""

OPENS_LATE = 4
"""So often it is looked whether a field is open."""

KEY = "longest wait for a key"
BARS = {KEY: Bar(1.0, "s")}
"""Two programs share what cores there are, one of which looks at each frame of the other."""

AT_WORK_SECONDS = 1.0
"""So long one works at the most before the trouble, and after it."""


@dataclass(slots=True)
class Said:
    """What was said with keys alone while the store could not be written, and what became of the keys."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    """The verdict on each proposal, by the mark in its title."""
    waits: list[float] = field(default_factory=list)
    frozen: list[str] = field(default_factory=list)

    def followed_by(self, other: "Said") -> "Said":
        """Return both, of which the later verdict on a proposal counts."""
        return Said({**self.verdicts, **other.verdicts}, self.waits + other.waits, self.frozen + other.frozen)


def judge_on(window: Window, chance: random.Random, times: int) -> Said:
    """Give one verdict after the other, each when the one before has moved on."""
    said = Said()
    keys = chance.sample("sfx", 3)
    for number in range(times):
        here, key = window.here, keys[number % 3]
        try:
            said.waits.append(window.press(key.encode(), partial(_has_left, window, here), FROZEN_SECONDS))
        except TimeoutError:
            said.frozen.append(f"{key} on {here} did nothing for {FROZEN_SECONDS:g} s")
            break
        said.verdicts[here] = VERDICTS[key]
        window.rest(chance.choice((0.02, 0.1, 0.3)))
    return said


def _has_left(window: Window, title: str, _lines: list[str]) -> bool:
    return window.here != title


def begin_anew(window: Window) -> None:
    """Leave the field that hands may have left open, also one that opens late, and go to the first proposal."""
    for _ in range(OPENS_LATE):
        window.rest(0.3)
        if any(words in window.text for words in ("rationale on “", "conditional: “")):
            window.send(b"\x1b")
    window.send(b"g")
    with contextlib.suppress(TimeoutError):
        window.until(lambda _lines: window.here == FIRST, FROZEN_SECONDS)
    # The next key would count as held down where it is that of a verdict of just now.
    window.rest(0.7)


def unforeseen(window: Window, home: Path) -> list[str]:
    """Return what the app had to say of errors of its own; that the store refused is rightly in its log."""
    foreseen = {StoreError, HinderedError, StoreGoneError, NoStoreError}
    logged = {name for path in home.rglob("*.log") for name in _LOGGED.findall(path.read_text())}
    on_screen = ["a traceback was on the terminal"] if b"Traceback" in window.written else []
    return [*on_screen, *(f"{name} is in the log" for name in logged - {error.__name__ for error in foreseen})]


def leave(window: Window, chance: random.Random) -> list[str]:
    """Kill the app, or leave it as one should; return what is wrong with how it ended."""
    if chance.random() < 0.5:
        window.kill()
        window.last_words()
        return []
    window.send(b"\x11")
    status = window.ends(10.0)
    return [] if status == 0 else [f"it was left and ended with {status}"]


def unsaved(store: Path, said: Said) -> list[str]:
    """Return which verdicts the store does not hold."""
    held = {event.title: event.judgement.verdict for event in events_in(store)}
    return [f"“{verdict}” on {title} is not in the store" for title, verdict in said.verdicts.items()
            if held.get(title) is not verdict]  # fmt: skip


def not_saved_in_time(window: Window, store: Path, said: Said) -> list[str]:
    """Wait until everything is saved; return what is not."""
    end = time.monotonic() + SAVED_SECONDS
    while (missing := unsaved(store, said)) and time.monotonic() < end:
        window.rest(0.2)
    window.rest(SHOWN_SECONDS)
    return [f"{each} {SAVED_SECONDS:g} s after it could be" for each in missing]


class Trouble(ABC):
    """What hinders the writing, and how it begins and ends."""

    is_told = True
    """Whether nothing can be saved meanwhile, which one must be told."""
    writes_drafts = False
    """Whether what waits can be written down beside the store meanwhile."""

    def __init__(self, folder: Path, store: Path, chance: random.Random) -> None:
        self.folder, self.store, self.chance = folder, store, chance

    @property
    def env(self) -> Mapping[str, str]:
        """Return what the app's environment must have."""
        return {}

    @property
    def through(self) -> Sequence[str]:
        """Return the command through which the app must be started."""
        return ()

    @abstractmethod
    def begin(self, window: Window) -> None:
        """Let it begin."""

    @abstractmethod
    def end(self, window: Window) -> Sequence[str]:
        """Let it end; return what the app did meanwhile and should not have."""


class Full(Trouble):
    """The disk has room for a few more bytes, or none."""

    def __init__(self, folder: Path, store: Path, chance: random.Random) -> None:
        super().__init__(folder, store, chance)
        self._switches = Switches(folder)

    @property
    def env(self) -> Mapping[str, str]:
        return self._switches.env

    def begin(self, window: Window) -> None:
        self._switches.on("full", self.chance.choice((0, 0, 1, self.chance.randrange(60_000))))

    def end(self, window: Window) -> Sequence[str]:
        self._switches.off("full")
        return ()


class Limited(Trouble):
    """No file may grow beyond a size, as ``ulimit -f`` says it."""

    def begin(self, window: Window) -> None:
        log = self.store.with_name(f"{self.store.name}-wal")
        size = log.stat().st_size if log.exists() else 0
        self._limit(window, size + self.chance.choice((0, 1, self.chance.randrange(60_000))))

    def end(self, window: Window) -> Sequence[str]:
        self._limit(window, resource.RLIM_INFINITY)
        return ()

    def _limit(self, window: Window, most: int) -> None:
        _, hard = resource.prlimit(window.process, resource.RLIMIT_FSIZE)
        resource.prlimit(window.process, resource.RLIMIT_FSIZE, (most, hard))


class ReadOnlyDisk(Full):
    """The file system may only be read any more, as a kernel has it after an error of the disk."""

    def begin(self, window: Window) -> None:
        self._switches.on("readonly")

    def end(self, window: Window) -> Sequence[str]:
        self._switches.off("readonly")
        return ()


class ReadOnlyModes(Trouble):
    """The modes of the folder and of its files forbid writing. What is open can be written all the same."""

    is_told = False
    writes_drafts = True

    @property
    def through(self) -> Sequence[str]:
        if os.getuid():
            return ()
        # No mode stops a superuser, unless that is taken from them.
        without = "-dac_override,-dac_read_search"
        return (shutil.which("setpriv") or "setpriv", f"--bounding-set={without}", f"--inh-caps={without}")

    def begin(self, window: Window) -> None:
        self._set_modes(0o400, 0o500)

    def end(self, window: Window) -> Sequence[str]:
        self._set_modes(0o600, 0o700)
        return ()

    def _set_modes(self, file: int, folder: int) -> None:
        for path in self.folder.glob(f"{self.store.name}*"):
            path.chmod(file)
        self.folder.chmod(folder)


class Gone(Trouble):
    """The store is moved away: alone, with what SQLite keeps beside it, or with the drafts too."""

    writes_drafts = True
    _moved: tuple[Path, ...] = ()

    def begin(self, window: Window) -> None:
        beside = sorted(self.folder.glob(f"{self.store.name}?*"))
        self._move_away(self.chance.choice(([], self._logs(), beside)))

    def end(self, window: Window) -> Sequence[str]:
        for path in self.folder.glob(f"{self.store.name}-drafts*"):
            # What was written down meanwhile is the newer one.
            (self.folder / "aside" / path.name).unlink(missing_ok=True)
        for path in reversed(self._moved):
            if path.exists():
                path.replace(self.folder / path.name)
        return ()

    def _logs(self) -> list[Path]:
        return [path for path in (Path(f"{self.store}{ending}") for ending in ("-wal", "-shm")) if path.exists()]

    def _move_away(self, beside: Sequence[Path]) -> None:
        aside = self.folder / "aside"
        aside.mkdir()
        self._moved = tuple(path.rename(aside / path.name) for path in (self.store, *beside))


class Replaced(Gone):
    """Another store, or a file that is none, is put in the place of the store."""

    def begin(self, window: Window) -> None:
        other = self.folder / "other.db"
        if self.chance.random() < 0.3:
            other.write_text("no store at all\n" * 2_000)
        else:
            shutil.copy(cached_store(PROPOSALS), other)
        self._is_store = other.stat().st_size > 100_000
        self._move_away(self._logs())
        other.replace(self.store)

    def end(self, window: Window) -> Sequence[str]:
        events = events_in(self.store) if self._is_store else ()
        for path in (self.store, *self._logs()):
            path.unlink()
        super().end(window)
        return [f"{event.kind} on {event.title} is in the other store" for event in events]


def hinder(
    kinds: Sequence[type[Trouble]], folder: Path, chance: random.Random, most: float = AT_WORK_SECONDS
) -> Outcome:
    """Have hands work in the app, hinder it, let it go on, and look at what is there in the end.

    Without any seconds there is no work before and after it, and nothing is written.
    """
    store, home = own_store(folder), folder / "home"
    trouble = chance.choice(kinds)(folder, store, chance)
    windows = [Window(store, home, env=trouble.env, through=trouble.through)]
    found: list[str] = []
    try:
        window = windows[0]
        window.ready()
        if most:
            Hands(window, chance, GOING_ON).work(chance.uniform(0.05, most))
            begin_anew(window)
        trouble.begin(window)
        said = judge_on(window, chance, chance.randint(2, 6) if most else 2)
        if trouble.is_told and not window.waits(WAITS, 5.0):
            found.append("nobody was told that what they do waits")
        if most:
            Hands(window, chance, {"rationale": 1}).act()
        window.rest(chance.uniform(0, most))
        if trouble.writes_drafts and chance.random() < 0.4:
            window.kill()
            window.last_words()
            found += trouble.end(window)
            windows.append(window := Window(store, home, env=trouble.env, through=trouble.through))
            window.ready()
            # What was not hindered was on its way to the disk, and nobody was told that it is there.
            found += not_saved_in_time(window, store, said) if trouble.is_told else []
        else:
            found += trouble.end(window)
            found += not_saved_in_time(window, store, said)
            if most:
                begin_anew(window)
                said = said.followed_by(judge_on(window, chance, 3))
                found += not_saved_in_time(window, store, said)
        found += [*said.frozen, *leave(window, chance)]
        for each in windows:
            found += [*unforeseen(each, home), *lost(store, each.seen, in_trouble=True)]
    finally:
        for each in windows:
            each.close()
    checked = sum(each.seen.acknowledged for each in windows) + len(said.verdicts)
    return Outcome(tuple(dict.fromkeys(found)), checked, {KEY: max(said.waits, default=0.0)})


def lacks_for_modes() -> str:
    """Return what it takes to try a read-only store and is not there."""
    if os.getuid() == 0 and not shutil.which("setpriv"):
        return "not tried: there is no setpriv"
    return lacks()


COUNTS = "acts and letters, done and shown"
FAULTS = tuple(
    Fault(
        name, what, COUNTS, partial(hinder, kinds), BARS,
        briefly=partial(hinder, kinds, most=0.0), lacks=lacking,
    )
    for name, what, kinds, lacking in (
        ("full", "the disk full while judging, then free again", (Full,), lacks),
        ("limited", "no file may grow (`ulimit -f`) while judging, then they may again", (Limited,), lambda: ""),
        ("read-only", "the disk, or folder and store, read-only while judging, then writable again",
         (ReadOnlyDisk, ReadOnlyModes), lacks_for_modes),
        ("gone", "the store moved away under the app, then put back; the app killed meanwhile or not", (Gone,),
         lambda: ""),
        ("replaced", "another file put in the place of the store under the app, then the store put back", (Replaced,),
         lambda: ""),
    )
)  # fmt: skip
