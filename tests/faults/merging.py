"""A merge is killed; run again it completes, and both stores say what they would say had nothing happened."""

import random
import shutil
import tempfile
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from tests.builders import build_session, judge, method_ids
from tests.faults import commands
from tests.faults.contents import Contents, contents, differences
from tests.faults.importing import EMPTY, REJECTED, make_file
from tests.faults.left import wrong_with
from tests.faults.trying import Fault, Outcome

PROPOSALS = 1_500


@dataclass(frozen=True, slots=True)
class Other:
    """A store to take from, what a merge of it that nothing happens to comes to, and how long that takes."""

    path: Path
    contents: Contents
    seconds: float


@cache
def other_store(proposals: int) -> Other:
    """Make a store of which a third is judged, and merge it as it should be."""
    # It goes away with the process.
    folder = Path(tempfile.mkdtemp(prefix="reviewer-tests-"))
    # Elsewhere, so that its contents name the files in full, as those of every other store that they are merged into.
    path, into = folder / "other.db", folder / "into" / "reviewer.db"
    ran = commands.run(folder / "home", "--store", path, "import", make_file(folder, proposals))
    assert ran.status == REJECTED, ran.text
    with closing(Store(path)) as store:
        kim = build_session(store)
        for number, method_id in enumerate(method_ids(store)[::3]):
            judge(kim, method_id, list(Verdict)[number % len(Verdict)])
        store.connection().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    into.parent.mkdir()
    ran = commands.run(folder / "home", "--store", into, "merge", path)
    assert ran.status == 0, ran.text
    return Other(path, contents(into), ran.seconds)


def kill_merge(folder: Path, chance: random.Random, proposals: int = PROPOSALS) -> Outcome:
    """Kill a merge into a new store once or twice, then run it to its end."""
    other = other_store(proposals)
    path, store, home = folder / "other.db", folder / "reviewer.db", folder / "home"
    shutil.copy(other.path, path)
    before = contents(path)
    words = ("--store", store, "merge", path)
    for _ in range(chance.choice((1, 1, 2))):
        since = store.with_name("reviewer.db-wal").exists if chance.random() < 0.8 else commands.at_once
        commands.kill(home, since, chance.uniform(0, 0.8) * other.seconds, chance, *words)
        if store.exists() and (wrong := wrong_with(store, older=(EMPTY,))):
            return Outcome(tuple(f"after the kill: {each}" for each in wrong))
    ran = commands.run(home, *words)
    if ran.status != 0:
        return Outcome((f"run again it ended with {ran.status}: {ran.text[-400:]}",))
    found = contents(store)
    changed = tuple(f"the other store: {each}" for each in differences(before, contents(path)))
    lost = (*wrong_with(store), *differences(other.contents, found), *changed)
    return Outcome(lost, sum(rows.total() for rows in found.values()))


FAULTS = (
    Fault(
        "merging",
        f"`kill -9` while a store of {PROPOSALS:,} proposals is merged, then the same merge again",
        "rows, held against those of a merge that nothing happened to",
        kill_merge,
        briefly=lambda folder, chance: kill_merge(folder, chance, 300),
    ),
)
