"""Random pages of a store are overwritten: what can be read is read and saved, and the rest comes back from copies.

Which event lies on which pages SQLite itself says, before they are overwritten. An event none of whose pages was hit
must be saved: in the new store, or, where the text that it is of is lost, in the file beside it.
"""

import random
import re
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.faults import commands
from tests.faults.importing import REJECTED
from tests.faults.left import wrong_with
from tests.faults.people import Event, events_in_file, events_of, file_of, imported, work_in
from tests.faults.trying import Fault, Outcome
from tests.faults.window import Window

PROPOSALS, ACTS = 150, 250
BRIEF_PROPOSALS, BRIEF_ACTS = 40, 120
MOST_PAGES = 8
SECTOR = 512

_READ = re.compile(r"^annotations +([\d,]+) +([\d,]+) +([\d,]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Damaged:
    """A store whose pages were overwritten: all of its events, those that were not hit, and whether SQLite minds."""

    path: Path
    data: bytes
    events: Mapping[str, Event]
    spared: frozenset[str]
    is_minded: bool


def damage(store: Path, chance: random.Random) -> Damaged:
    """Overwrite some pages of a store that nobody has open."""
    events, pages = events_of(store), pages_of_events(store)
    data = bytearray(store.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    # Most pages are of texts: half of the hits are where people's work is, or what leads there.
    theirs, leading = sorted(frozenset[int]().union(*pages.values())), sorted(_pages_leading_to_events(store))
    every = range(1, len(data) // size + 1)
    hit = {chance.choice(chance.choice((every, every, theirs, leading))) for _ in range(chance.randint(1, MOST_PAGES))}
    for page in hit:
        start = (page - 1) * size
        data[start : start + size] = _overwritten(bytes(data[start : start + size]), chance)
    store.write_bytes(data)
    spared = frozenset(uuid for uuid, own in pages.items() if not own & hit)
    return Damaged(store, bytes(data), events, spared, _is_minded(store))


def _overwritten(page: bytes, chance: random.Random) -> bytes:
    """Return a page as a bad disk may give it back: all noise, all zeros, or with one sector of another kind."""
    kind = chance.choice(("noise", "zeros", "sector"))
    if kind == "noise":
        return chance.randbytes(len(page))
    if kind == "zeros":
        return bytes(len(page))
    start = chance.randrange(0, len(page), SECTOR)
    return page[:start] + chance.randbytes(SECTOR) + page[start + SECTOR :]


def pages_of_events(store: Path) -> Mapping[str, frozenset[int]]:
    """Return on which pages each event lies: a leaf of its table, and those that a long one goes on on."""
    with closing(sqlite3.connect(store)) as connection:
        uuids = [uuid for (uuid,) in connection.execute("SELECT uuid FROM annotations ORDER BY id")]
        found = connection.execute(
            "SELECT path, pageno, pagetype, ncell FROM dbstat WHERE name = 'annotations' ORDER BY path"
        ).fetchall()
    further: dict[str, set[int]] = {}
    for path, page, kind, _ in found:
        if kind == "overflow":
            further.setdefault(path.partition("+")[0], set()).add(page)
    own = [
        frozenset((page, *further.get(f"{path}{cell:03x}", ())))
        for path, page, kind, cells in found
        if kind == "leaf"
        for cell in range(cells)
    ]
    return dict(zip(uuids, own, strict=True))


def _pages_leading_to_events(store: Path) -> frozenset[int]:
    with closing(sqlite3.connect(store)) as connection:
        found = connection.execute(
            "SELECT pageno FROM dbstat WHERE name = 'annotations' AND (pagetype = 'internal' OR path = '/')"
        )
        return frozenset(page for (page,) in found)


def lacks_dbstat() -> str:
    """Return what it takes to say which event lies where, and is not there."""
    with closing(sqlite3.connect(":memory:")) as connection:
        has = connection.execute("SELECT sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')").fetchone()[0]
    return "" if has else "not tried: this SQLite does not say what lies on which page"


def _is_minded(store: Path) -> bool:
    """Return whether SQLite finds that the store is damaged; some bytes of a text are like any others."""
    try:
        with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            return bool(connection.execute("PRAGMA integrity_check (1)").fetchall() != [("ok",)])
    except sqlite3.DatabaseError:
        return True


def look_at_damage(folder: Path, chance: random.Random, proposals: int = PROPOSALS, acts: int = ACTS) -> Outcome:
    """Open a damaged store in the app, ask the doctor, and recover what there is."""
    store, home = imported(folder, proposals), folder / "home"
    work_in(store, chance, acts)
    damaged = damage(store, chance)
    lost = [*_opened(damaged, home), *_examined(damaged, home)]
    lost += _saved(damaged, home, folder / "saved.db")
    if damaged.path.read_bytes() != damaged.data:
        lost.append("the damaged store was written to")
    return Outcome(tuple(lost), len(damaged.spared))


def _opened(damaged: Damaged, home: Path) -> list[str]:
    """Return what the app does with a damaged store that it should not."""
    # A store that is written to would be damaged further; a copy shows it as well.
    store = Path(shutil.copy(damaged.path, damaged.path.with_name("opened.db")))
    window = Window(store, home)
    try:
        window.comes_to(lambda: "damaged" in window.text or (not damaged.is_minded and bool(window.here)))
        is_told = "damaged" in window.text
        if not window.over:
            window.send(b"s")
            window.rest(0.5)
        window.kill()
        window.last_words()
    finally:
        window.close()
    found = ["a traceback was on the terminal"] if b"Traceback" in window.written else []
    if not damaged.is_minded:
        return found
    if not is_told and b"recover" not in window.written:
        found.append(f"the app says nothing of the damage: {window.text.strip()[-300:]}")
    log = store.with_name(f"{store.name}-wal")
    if store.read_bytes() != damaged.data or (log.exists() and log.stat().st_size):
        found.append("the app wrote to a damaged store")
    if window.seen.saved:
        found.append("an act was shown as saved in a damaged store")
    return found


def _examined(damaged: Damaged, home: Path) -> list[str]:
    ran = commands.run(home, "--store", damaged.path, "doctor")
    found = ["`reviewer doctor` ended in a traceback"] if "Traceback" in ran.text else []
    if damaged.is_minded and (ran.status not in (1, 2) or "reviewer recover" not in ran.text):
        found.append(f"`reviewer doctor` ended with {ran.status} and does not say what to do: {ran.text[-300:]}")
    return found


def _saved(damaged: Damaged, home: Path, out: Path) -> list[str]:
    """Recover the store to ``out``, and return what is wrong with what was saved and counted."""
    ran = commands.run(home, "--store", damaged.path, "recover", out)
    counts = _READ.search(ran.text)
    if ran.status not in (0, 1) or counts is None or not out.exists():
        return [f"`reviewer recover` ended with {ran.status}: {ran.text[-400:]}"]
    kept, aside = events_of(out), aside_of(out)
    beside = events_in_file(aside) if aside.exists() else frozenset[str]()
    lost = [f"in what was saved: {each}" for each in wrong_with(out)]
    if gone := damaged.spared - kept.keys() - beside:
        lost.append(f"{len(gone)} of {len(damaged.spared)} events whose pages are whole were not saved")
    # Where the name of a reviewer or a proposal is lost, another stands in for it.
    other = [
        uuid
        for uuid in damaged.spared & kept.keys()
        if (kept[uuid].kind, kept[uuid].snapshot) != (damaged.events[uuid].kind, damaged.events[uuid].snapshot)
    ]
    lost += [f"{len(other)} events say something else in what was saved"] if other else []
    read, known, new = (int(n.replace(",", "")) for n in counts.groups())
    if new != len(kept) or read < len(damaged.spared) or (ran.status == 0) != (read == known):
        lost.append(f"{read} of {known} events counted as read and {new} as saved, {len(kept)} are there: {ran.status}")
    return lost


def aside_of(out: Path) -> Path:
    """Return where events lie whose texts were lost, beside a store that was recovered."""
    return out.with_name(f"{out.stem}-people.jsonl.gz")


def bring_back(folder: Path, chance: random.Random, proposals: int = PROPOSALS, acts: int = ACTS) -> Outcome:
    """Recover a damaged store, import the file again, and restore what people did, of before the damage too."""
    store, home, out, kept = imported(folder, proposals), folder / "home", folder / "saved.db", folder / "kept.jsonl.gz"
    work_in(store, chance, acts // 2)
    commands.run(home, "--store", store, "backup", "--people", kept)
    work_in(store, chance, acts - acts // 2)
    named = _methods_of(store)
    damaged = damage(store, chance)
    lost = _saved(damaged, home, out)
    if not out.exists():
        return Outcome(tuple(lost))
    ran = commands.run(home, "--store", out, "import", file_of(proposals))
    if ran.status != REJECTED:
        lost.append(f"the import into what was saved ended with {ran.status}: {ran.text[-300:]}")
    for file in (aside_of(out), kept):
        if file.exists() and (ran := commands.run(home, "--store", out, "restore", file)).status:
            lost.append(f"restoring {file.name} ended with {ran.status}: {ran.text[-300:]}")
    lost += wrong_with(out)
    found = events_of(out)
    expected = damaged.spared | events_in_file(kept)
    if gone := expected - found.keys():
        lost.append(f"{len(gone)} of {len(expected)} events that were spared or kept did not come back")
    if list(found.items()) != [(uuid, event) for uuid, event in damaged.events.items() if uuid in found]:
        lost.append("events came back in another order, or say something else")
    if gone := named - _methods_of(out):
        lost.append(f"{len(gone)} of {len(named)} methods did not come back, such as {min(gone)}")
    return Outcome(tuple(lost), len(expected) + len(named))


def _methods_of(store: Path) -> frozenset[str]:
    with closing(sqlite3.connect(store)) as connection:
        names = connection.execute("SELECT role || ' ' || namespace || '/' || external_id FROM methods")
        return frozenset(name for (name,) in names)


FAULTS = (
    Fault(
        "damaged",
        f"1 to {MOST_PAGES} pages of a store overwritten, then opened, examined and recovered",
        "events of which no page was hit",
        look_at_damage,
        briefly=lambda folder, chance: look_at_damage(folder, chance, BRIEF_PROPOSALS, BRIEF_ACTS),
        lacks=lacks_dbstat,
    ),
    Fault(
        "recovered",
        "the same: recovered, imported again, and what people did restored from beside it and from a file kept before",
        "events that were spared or kept, and methods",
        bring_back,
        briefly=lambda folder, chance: bring_back(folder, chance, BRIEF_PROPOSALS, BRIEF_ACTS),
        lacks=lacks_dbstat,
    ),
)
