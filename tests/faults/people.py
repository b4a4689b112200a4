"""Stores in which people have done much, imported from a file that can be imported again, and what they did in them."""

import atexit
import gzip
import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reviewer.domain.vocabulary import Act, Verdict
from reviewer.store.connection import Store
from reviewer.workflow import judging
from reviewer.workflow.rubrics import load_rubric
from reviewer.workflow.session import Session, begin_session
from tests.builders import act, method_ids
from tests.faults import commands
from tests.faults.hands import written
from tests.faults.importing import REJECTED, make_file
from tests.faults.window import REVIEWER

PEOPLE = (REVIEWER, "ada")


@dataclass(frozen=True, slots=True)
class Event:
    """What one event says, whatever ids its store gives."""

    act: str
    kind: str
    reviewer: str
    proposal: str
    snapshot: str
    created_at: str


_EVENTS = """
    SELECT a.uuid, a.act, a.kind, r.name, m.namespace || '/' || m.external_id, a.snapshot, a.created_at
    FROM annotations a JOIN reviewers r ON r.id = a.reviewer_id JOIN methods m ON m.id = a.method_id ORDER BY a.id
"""


def events_of(store: Path) -> Mapping[str, Event]:
    """Return the events of a store in their order, by what names them in every store."""
    with closing(sqlite3.connect(store)) as connection:
        return {uuid: Event(*values) for uuid, *values in connection.execute(_EVENTS)}


def events_in_file(file: Path) -> frozenset[str]:
    """Return what names the events in a file of what people did.

    Raises:
        OSError, EOFError, ValueError: when it is not whole.
    """
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    if records[-1].get("type") != "end":
        raise ValueError("it is cut off")
    return frozenset(record["uuid"] for record in records if record.get("type") == "event")


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="reviewer-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def file_of(proposals: int) -> Path:
    """Return the file that stores of so many proposals were imported from."""
    folder = _folder() / f"{proposals}"
    folder.mkdir()
    return make_file(folder, proposals)


@cache
def _imported(proposals: int, time: int) -> Path:
    store = _folder() / f"{proposals}-{time}.db"
    ran = commands.run(_folder() / "home", "--store", store, "import", file_of(proposals))
    assert ran.status == REJECTED, ran.text
    return store


def imported(folder: Path, proposals: int, name: str = "reviewer.db", time: int = 0) -> Path:
    """Return a store in a folder into which the file was imported; those of another ``time`` have other ids."""
    return Path(shutil.copy(_imported(proposals, time), folder / name))


def work_in(store: Path, chance: random.Random, acts: int) -> None:
    """Have people judge, write, flag, forecast and take back in a store that nobody has open."""
    with closing(Store(store)) as opened:
        sessions = [begin_session(opened, name, load_rubric(None)) for name in PEOPLE]
        proposals = method_ids(opened)
        for _ in range(acts):
            _act(chance.choice(sessions), chance.choice(proposals), chance)


def _act(session: Session, proposal: int, chance: random.Random) -> None:
    kind = chance.choice((Act.VERDICT, Act.VERDICT, Act.FORECAST, Act.RATIONALE, Act.FLAG, Act.UNDO))
    if kind is Act.VERDICT:
        verdict = chance.choice((Verdict.SURVIVES, Verdict.FAILS, Verdict.CANNOT_TELL))
        act(session, proposal, kind, judging.give_verdict(verdict))
    elif kind is Act.FORECAST:
        act(session, proposal, kind, judging.set_forecast(chance.randrange(101) / 100))
    elif kind is Act.RATIONALE:
        # Some need pages of their own in the store.
        act(session, proposal, kind, judging.set_rationale(written(chance) * chance.choice((1, 1, 30, 400))))
    elif kind is Act.FLAG:
        act(session, proposal, kind, judging.set_flag(chance.random() < 0.5))
    else:
        judging.undo(session)
