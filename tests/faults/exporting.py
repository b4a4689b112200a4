"""An export is killed: its file is the old one whole or the new one whole.

Half of the kills are spread over the whole run, the others over the part of it in which files are written, whatever
files those are: from when anything in the folder is another than before. Then the export is run to its end, and its
file must have been synced before it got its name, and its folder after that.
"""

import random
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.benchmarks.stores import Kind, cached_store
from tests.faults import commands
from tests.faults.left import wrong_with
from tests.faults.syncing import Order
from tests.faults.trying import Fault, Outcome

JUDGED = 1_000
OLD = "proposal_id,external_id\nan older,export\n"
KILLS = 4
"""So many kills are spread over each run."""

SHAPES = (("judgements.csv",), ("judgements.csv", "--long"), ("judgements.jsonl", "--history", "--format", "jsonl"))


@dataclass(frozen=True, slots=True)
class Whole:
    """What an export comes to that nothing happens to, how long it takes, and after how long it begins to write."""

    data: bytes
    seconds: float
    begins: float


def words(store: Path, folder: Path, shape: Sequence[str]) -> tuple[str | Path, ...]:
    """Return the words of the command that exports in this shape into a folder."""
    name, *options = shape
    return ("--store", store, "export", "--everyone", "-o", folder / name, *options)


def has_changed(folder: Path) -> Callable[[], bool]:
    """Return what tells whether any file of a folder is another than now, or is new, or gone."""
    before = _files_of(folder)
    return lambda: _files_of(folder) != before


def _files_of(folder: Path) -> dict[str, tuple[int, int, int]]:
    found = {}
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            stat = path.stat()
            found[path.name] = (stat.st_ino, stat.st_size, stat.st_mtime_ns)
    return found


@cache
def whole_export(store: Path, shape: tuple[str, ...]) -> Whole:
    """Export as it should be."""
    with tempfile.TemporaryDirectory() as name:
        out, home = Path(name) / "out", Path(name) / "home"
        out.mkdir()
        ran = commands.run(home, *words(store, out, shape), since=has_changed(out))
        assert ran.status == 0, ran.text
        return Whole((out / shape[0]).read_bytes(), ran.seconds, ran.begun)


def kill_export(folder: Path, chance: random.Random, kills: int = KILLS) -> Outcome:
    """Kill an export over an older one or into a new file again and again, then run it to its end."""
    made = cached_store(JUDGED, Kind.JUDGED)
    shape = chance.choice(SHAPES)
    whole = whole_export(made, shape)
    store = Path(shutil.copy(made, folder / "reviewer.db"))
    out = folder / "out"
    out.mkdir()
    target, home = out / shape[0], folder / "home"
    lost: list[str] = []
    for kill in range(kills):
        target.unlink(missing_ok=True)
        old = chance.random() < 0.7
        if old:
            target.write_text(OLD)
        share = (kill // 2 + chance.random()) / (kills / 2)
        if kill % 2:
            since, after = commands.at_once, share * whole.seconds
        else:
            since, after = has_changed(out), share * (whole.seconds - whole.begins)
        commands.kill(home, since, after, chance, *words(store, out, shape))
        lost += _lost_of(target, whole.data, old=old)
    lost += [f"after the kills: {each}" for each in wrong_with(store)]
    order = Order(out, folder / "order")
    ran = commands.run(home, *words(store, out, shape), env=order.env)
    if ran.status or target.read_bytes() != whole.data:
        lost.append(f"run again it ended with {ran.status}, and the file is not the whole export: {ran.text[-300:]}")
    return Outcome((*lost, *order.unsynced(target)), kills + 1)


def _lost_of(target: Path, whole: bytes, *, old: bool) -> list[str]:
    """Return what is wrong with what a killed export has left."""
    lost = [f"{path.name} looks like an export" for path in target.parent.glob("[!.]*") if path != target]
    if not target.exists():
        return [*lost, *(["the older export is gone"] if old else [])]
    if target.read_bytes() not in (whole, *([OLD.encode()] if old else [])):
        lost.append(f"the file has {target.stat().st_size} bytes and is neither the old export nor the new one")
    return lost


FAULTS = (
    Fault("exporting", f"`kill -9` while exporting {JUDGED:,} judgements over an older export, then again and synced",
          "runs, whose file is the old or the new one whole", kill_export),
)  # fmt: skip
