"""A command that says something of several reviewers is killed, or has no room: all of what it does is there, or none.

Run again it comes to what it comes to where nothing happens.
"""

import random
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from reviewer.domain.vocabulary import Verdict
from reviewer.store.connection import Store
from reviewer.workflow.rubrics import load_rubric
from tests.builders import build_session, judge, method_ids
from tests.faults import commands
from tests.faults.contents import contents, differences
from tests.faults.judging import own_store
from tests.faults.left import wrong_with
from tests.faults.shims import Switches, lacks
from tests.faults.trying import Fault, Outcome

PEOPLE = ("kim", "lee")
JUDGED = 6
"""So many proposals both have judged, each otherwise."""

ASSIGNING = ("assign", "--reviewers", ",".join(PEOPLE), "--overlap", "2", "--seed", "7", "--by", "kim")
SAID = ("--verdict", "fails", "--forecast", "10%", "--rationale", "What the others did not see.")

ROOM = 40_000
"""So many bytes are about as many as such a command writes."""


def judged_store(folder: Path) -> tuple[Path, str]:
    """Return a store in which some proposals are judged by several, and the id of one of these."""
    path = own_store(folder)
    with closing(Store(path)) as store:
        for number, name in enumerate(PEOPLE):
            session = build_session(store, name, load_rubric(None))
            for method_id in method_ids(store)[:JUDGED]:
                judge(session, method_id, (Verdict.SURVIVES, Verdict.FAILS)[number])
        connection = store.connection()
        (uuid,) = connection.execute("SELECT uuid FROM methods WHERE id = ?", (method_ids(store)[0],)).fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path, uuid


def _words_of(command: str, uuid: str) -> Sequence[str]:
    return ASSIGNING if command == "assign" else ("adjudicate", uuid, *SAID, "--reviewer", "kim")


Trouble = Callable[[Path, Path, Sequence[str | Path], random.Random, float], str]
"""Runs a command in trouble, in a folder on a store; returns what is wrong with how it ended, empty for nothing."""


def _kill(folder: Path, store: Path, words: Sequence[str | Path], chance: random.Random, seconds: float) -> str:
    log = store.with_name(f"{store.name}-wal")
    since, after = (log.exists, 0.1) if chance.random() < 0.8 else (commands.at_once, 0.9 * seconds)
    commands.kill(folder / "home", since, chance.uniform(0, after), chance, *words)
    return ""


def _fill(folder: Path, store: Path, words: Sequence[str | Path], chance: random.Random, seconds: float) -> str:
    switches = Switches(folder)
    switches.on("full", chance.choice((0, 1, chance.randrange(ROOM))))
    ran = commands.run(folder / "home", *words, env=switches.env)
    switches.off("full")
    if ran.status == 0 or (ran.status in (1, 2) and ran.text.startswith("reviewer: ") and ran.text.count("\n") == 1):
        return ""
    return f"without room it ended with {ran.status} and said: {ran.text[-400:]}"


def disturb(command: str, trouble: Trouble, folder: Path, chance: random.Random) -> Outcome:
    """Run a command in trouble, then again, and hold the store against one in which nothing happened."""
    store, uuid = judged_store(folder)
    (folder / "aside").mkdir()
    aside = Path(shutil.copy(store, folder / "aside" / store.name))
    before, words = contents(store), _words_of(command, uuid)
    ran = commands.run(folder / "home", "--store", aside, *words)
    expected = contents(aside)
    found = [f"it ended with {ran.status}: {ran.text[-400:]}"] if ran.status or expected == before else []
    asked: tuple[str | Path, ...] = ("--store", store, *words)
    if wrong := trouble(folder, store, asked, chance, ran.seconds):
        found.append(wrong)
    there = contents(store)
    if there not in (before, expected):
        found += [f"half of it is there: {each}" for each in differences(before, there)]
    found += wrong_with(store)
    if there == before:
        again = commands.run(folder / "home", *asked)
        found += [f"run again it ended with {again.status}: {again.text[-400:]}"] if again.status else []
    found += [*wrong_with(store), *differences(expected, contents(store))]
    return Outcome(tuple(found), sum(rows.total() for rows in expected.values()))


FAULTS = tuple(
    Fault(
        name, what, "rows, held against those of a command that nothing happened to",
        partial(disturb, command, trouble), quick=quick, lacks=lacking,
    )
    for name, what, command, trouble, quick, lacking in (
        ("assigning", "`kill -9` while proposals are assigned, then the same again", "assign", _kill, 1, lambda: ""),
        ("adjudicating", "`kill -9` while a proposal is adjudicated, then the same again", "adjudicate", _kill, 1,
         lambda: ""),
        ("full-assigning", "the disk full while proposals are assigned, then the same again", "assign", _fill, 0,
         lacks),
        ("full-adjudicating", "the disk full while a proposal is adjudicated, then the same again", "adjudicate",
         _fill, 1, lacks),
    )
)  # fmt: skip
