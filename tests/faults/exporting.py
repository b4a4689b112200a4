"""An export is killed: its file is the old one whole or the new one whole."""

import random
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.benchmarks.stores import cached_store
from tests.faults import commands
from tests.faults.left import wrong_with
from tests.faults.trying import Fault, Outcome

JUDGED = 1_000
OLD = "proposal_id,external_id\nan older,export\n"
SHAPES = (("judgements.csv",), ("judgements.csv", "--long"), ("judgements.jsonl", "--history", "--format", "jsonl"))


@dataclass(frozen=True, slots=True)
class Whole:
    """What an export comes to that nothing happens to, and how long it takes."""

    data: bytes
    seconds: float


def words(store: Path, folder: Path, shape: Sequence[str]) -> tuple[str | Path, ...]:
    """Return the words of the command that exports in this shape into a folder."""
    name, *options = shape
    return ("--store", store, "export", "-o", folder / name, *options)


@cache
def whole_export(store: Path, shape: tuple[str, ...]) -> Whole:
    """Export as it should be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ran = commands.run(folder / "home", *words(store, folder, shape))
        assert ran.status == 0, ran.text
        return Whole((folder / shape[0]).read_bytes(), ran.seconds)


def kill_export(folder: Path, chance: random.Random) -> Outcome:
    """Kill an export over an older one or into a new file, then run it to its end."""
    made = cached_store(JUDGED, judged=True)
    shape = chance.choice(SHAPES)
    whole = whole_export(made, shape)
    store = Path(shutil.copy(made, folder / "reviewer.db"))
    out = folder / "out"
    out.mkdir()
    target, home = out / shape[0], folder / "home"
    old = chance.random() < 0.7
    if old:
        target.write_text(OLD)

    def has_begun() -> bool:
        return any(out.glob(".*.part"))

    since = has_begun if chance.random() < 0.8 else commands.at_once
    commands.kill(home, since, chance.uniform(0, 0.5) * whole.seconds, chance, *words(store, out, shape))
    lost = [f"after the kill: {each}" for each in wrong_with(store)]
    expected = {whole.data, *([OLD.encode()] if old else [])}
    if old and not target.exists():
        lost.append("the older export is gone")
    if target.exists() and target.read_bytes() not in expected:
        lost.append(f"the file has {target.stat().st_size} bytes and is neither the old export nor the new one")
    lost += [f"{path.name} looks like an export" for path in out.glob("[!.]*") if path != target]
    ran = commands.run(home, *words(store, out, shape))
    if ran.status or target.read_bytes() != whole.data:
        lost.append(f"run again it ended with {ran.status}, and the file is not the whole export: {ran.text[-300:]}")
    return Outcome(tuple(lost), 2)


FAULTS = (
    Fault("exporting", f"`kill -9` while exporting {JUDGED:,} judgements over an older export, then again",
          "files, the old or the new one whole", kill_export),
)  # fmt: skip
