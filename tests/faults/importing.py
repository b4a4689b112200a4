"""An import is killed; run again it completes, and the store says what it would say had nothing happened."""

import json
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.benchmarks import texts
from tests.faults import commands
from tests.faults.contents import Contents, contents, differences
from tests.faults.left import wrong_with
from tests.faults.trying import Fault, Outcome

RECORDS = 1_500
REJECTS = 5
REJECTED = 2
"""The status of an import some of whose records could not be taken."""

EMPTY = 0
"""The version of a store that has no tables yet."""


def records(proposals: int) -> Iterator[dict[str, Any]]:
    """Return what the file of an import holds, one object a line, some of which cannot be taken."""
    yield {
        "type": "problem", "id": "w2s", "title": "Weak-to-strong", "primary_metric": "pgr", "primary_dataset": "chat",
        "metrics": [{"name": "pgr", "direction": "higher"}], "datasets": [{"name": "chat"}, {"name": "math"}],
    }  # fmt: skip
    for number in range(1, 5):
        measured = {"metric": "pgr", "dataset": "chat", "setting": "lab", "value": number / 10, "n_seeds": 5}
        yield {"type": "baseline", "id": f"b{number}", "problem": "w2s", "title": f"B{number}",
               "measurements": [measured]}  # fmt: skip
    for number in range(1, proposals + 1):
        value = texts.value(number)
        seeds = [{"seed": seed, "value": value + (seed - 1) / 100} for seed in range(3)]
        yield {
            "type": "proposal", "id": f"x{number}", "namespace": "run-1", "problem": "w2s",
            "title": texts.title(number), "hypothesis": texts.hypothesis(number), "method": texts.body(number)[:700],
            "agent": f"agent-{number % 9}", "claims": ["It works."],
            "measurements": [
                {"metric": "pgr", "dataset": "chat", "setting": "lab", "value": value, "seeds": seeds},
                {"metric": "pgr", "dataset": "math", "setting": "lab", "value": value / 2},
            ],
        }  # fmt: skip
        if number % (proposals // REJECTS) == 0:
            yield {"type": "proposal", "problem": "w2s", "title": "It has no id"}


def make_file(folder: Path, proposals: int = RECORDS) -> Path:
    """Return the file of an import, made anew."""
    path = folder / "proposals.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records(proposals)))
    return path


@dataclass(frozen=True, slots=True)
class Whole:
    """What an import comes to that nothing happens to, and how long it takes."""

    contents: Contents
    seconds: float


@cache
def whole_import(proposals: int) -> Whole:
    """Import the file as it should be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = folder / "reviewer.db"
        ran = commands.run(folder / "home", "--store", store, "import", make_file(folder, proposals))
        assert ran.status == REJECTED, ran.text
        return Whole(contents(store), ran.seconds)


def kill_import(folder: Path, chance: random.Random, proposals: int = RECORDS) -> Outcome:
    """Kill an import into a new store once or twice, then run it to its end."""
    whole = whole_import(proposals)
    store, home = folder / "reviewer.db", folder / "home"
    words = ("--store", store, "import", make_file(folder, proposals))
    for _ in range(chance.choice((1, 1, 2))):
        # Most often once it has begun to write; else also while it makes the store.
        since = store.with_name("reviewer.db-wal").exists if chance.random() < 0.8 else commands.at_once
        commands.kill(home, since, chance.uniform(0, 0.5) * whole.seconds, chance, *words)
        if store.exists() and (wrong := wrong_with(store, older=(EMPTY,))):
            return Outcome(tuple(f"after the kill: {each}" for each in wrong))
    ran = commands.run(home, *words)
    if ran.status != REJECTED:
        return Outcome((f"run again it ended with {ran.status}: {ran.text[-400:]}",))
    found = contents(store)
    lost = (*wrong_with(store), *differences(whole.contents, found))
    return Outcome(lost, sum(rows.total() for rows in found.values()))


FAULTS = (
    Fault(
        "importing",
        f"`kill -9` while importing {RECORDS:,} proposals, then the same import again",
        "rows, held against those of an import that nothing happened to",
        kill_import,
        briefly=lambda folder, chance: kill_import(folder, chance, 200),
    ),
)
