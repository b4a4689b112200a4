"""The migration of an older store is killed: the store is of the old version or the new one, and its copy is whole."""

import atexit
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from unittest import mock

from reviewer.store import migrations
from reviewer.store.migrations import SCHEMA_VERSION, open_store
from tests.benchmarks import texts
from tests.faults import commands
from tests.faults.contents import Contents, contents, differences
from tests.faults.left import wrong_with
from tests.faults.trying import Fault, Outcome

METHODS = 1_500
COPYING_SECONDS = 0.04
"""So long it takes to lay the copy beside the store, a small part of it all."""

_SNAPSHOT = (
    '{"verdict": "fails", "condition": "", "next_experiment": "", "forecast": null, "ratings": {}, "rationale": "", '
    '"tags": [], "flagged": false, "skipped": false}'
)


@dataclass(frozen=True, slots=True)
class Old:
    """A store of an older version, all rows that it has, what it says once it is migrated, and how long that takes."""

    path: Path
    version: int
    rows: dict[str, list[str]]
    migrated: Contents
    seconds: float


def _first_rows(n: int) -> Iterator[str]:
    """Yield the statements that fill a store of version 1, each method judged once."""
    yield "INSERT INTO problems VALUES (1, 'p', 'w2s', 'W', '', 'pgr', 'chat', 'now')"
    yield "INSERT INTO datasets (problem_id, name) VALUES (1, 'chat')"
    yield (
        "INSERT INTO metrics (problem_id, name, title, direction, unit, derived_from) "
        "VALUES (1, 'pgr', NULL, 'higher', NULL, '[]')"
    )
    yield f"INSERT INTO imports VALUES (1, 'i', 'complete', 'native', 'f', '{{}}', {n}, 0, 0, 0, 'h', 1, 'now', 'now')"
    yield "INSERT INTO reviewers VALUES (1, 'r', 'kim', 'now')"
    yield f"INSERT INTO counts VALUES (1, 1, 0, 'proposals', {n}), (2, 1, 1, 'judged', {n})"
    for i in range(1, n + 1):
        yield (
            f"INSERT INTO methods VALUES ({i}, 'm{i}', 1, 'run-1', 'x{i}', 'proposal', 'agent', NULL, "
            f"'{texts.title(i)}', 'agent-1', '', '', '', '', '', 'now', {i}, 1, {texts.value(i)}, {-texts.value(i)})"
        )
        yield (
            f"INSERT INTO revisions VALUES ({i}, 'r{i}', {i}, '', 'h{i}', 1, '{texts.title(i)}', "
            f"'{texts.hypothesis(i)}', '{texts.body(i)}', '[]', '{{\"id\": \"x{i}\"}}', 'f', '', '', 1, 'now')"
        )
        yield (
            f"INSERT INTO measurements VALUES ({i}, {i}, {i}, 'pgr', 'chat', '', '', 'lab', 'file', "
            f"{texts.value(i)}, .05, 3, NULL, NULL, 'claimed', '', '')"
        )
        yield f"INSERT INTO seed_values VALUES ({i}, {i}, 1, {texts.value(i)}, NULL, NULL, 'claimed')"
        yield (
            "INSERT INTO annotations (id, uuid, act, kind, reviewer_id, method_id, revision_id, rubric, snapshot, "
            f"visible, seconds, created_at) VALUES ({i}, 'e{i}', 'a{i}', 'verdict', 1, {i}, {i}, 'x/1', "
            f"'{_SNAPSHOT}', '{{}}', 1, 'now')"
        )
        yield (
            f"INSERT INTO current_judgements VALUES ({i}, 1, {i}, {i}, 'judged', 'fails', '', '', NULL, '{{}}', '', "
            f"'[]', 0, 0, 1, {i}, 'x/1', NULL, NULL, '{{}}', 'now', 'now')"
        )


def _bring_to(path: Path, version: int) -> None:
    steps = migrations.MIGRATIONS[:version]
    # The triggers of today are looked for, which an older version lacks.
    with mock.patch.multiple(migrations, MIGRATIONS=steps, TRIGGER_NAMES=frozenset()):
        open_store(path).close()


@cache
def old_store(version: int, methods: int) -> Old:
    """Return a store as an older version left it."""
    folder = Path(tempfile.mkdtemp(prefix="reviewer-faults-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "reviewer.db"
    _bring_to(path, 1)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in _first_rows(methods):
            connection.execute(statement)
    _bring_to(path, version)
    old = folder / f"v{version}.db"
    shutil.copy(path, old)
    for backup in folder.glob("*.backup"):
        backup.unlink()
    ran = commands.run(folder / "home", "--store", path, "problems")
    assert ran.status == 0, ran.text
    return Old(old, version, all_rows(old), contents(path), ran.seconds)


def all_rows(path: Path) -> dict[str, list[str]]:
    """Return every row of every table of a database, as text."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"').fetchall())) for (name,) in tables}


def version_of(path: Path) -> int:
    """Return the version that a database says it is of."""
    with closing(sqlite3.connect(path)) as connection:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return version


def kill_migration(folder: Path, chance: random.Random, methods: int = METHODS) -> Outcome:
    """Kill the first command on an older store once or twice, then let it come to its end."""
    old = old_store(chance.randrange(1, SCHEMA_VERSION), methods)
    store, home = Path(shutil.copy(old.path, folder / "reviewer.db")), folder / "home"
    lost: list[str] = []

    def copies() -> bool:
        return any("backup" in path.name for path in folder.iterdir())

    for _ in range(chance.choice((1, 1, 2))):
        since = copies if chance.random() < 0.8 else commands.at_once
        after = chance.uniform(0, chance.choice((COPYING_SECONDS, old.seconds / 2)))
        commands.kill(home, since, after, chance, "--store", store, "problems")
        lost += [f"after the kill: {each}" for each in wrong_with(store, older=(old.version,))]
        lost += _copies_lost(folder, old, needed=version_of(store) != old.version)
    ran = commands.run(home, "--store", store, "problems")
    if ran.status:
        lost.append(f"opened again it ended with {ran.status}: {ran.text[-300:]}")
        return Outcome(tuple(lost))
    lost += [*wrong_with(store), *differences(old.migrated, contents(store)), *_copies_lost(folder, old, needed=True)]
    return Outcome(tuple(lost), sum(rows.total() for rows in old.migrated.values()))


def _copies_lost(folder: Path, old: Old, *, needed: bool) -> Iterator[str]:
    """Yield what is wrong with the copies that lie beside the store, or that there is none."""
    copies = sorted(folder.glob("[!.]*.backup"))
    if needed and not copies:
        yield "it is migrated, and no copy lies beside it"
    for copy in copies:
        try:
            if version_of(copy) != old.version or all_rows(copy) != old.rows:
                yield f"{copy.name} is not what the store was"
        except sqlite3.DatabaseError as error:
            yield f"{copy.name} cannot be read: {error}"


FAULTS = (
    Fault(
        "migrating",
        f"`kill -9` while migrating a store of {METHODS:,} proposals of any older version, then opened again",
        "rows, held against those of a migration that nothing happened to",
        kill_migration,
        briefly=lambda folder, chance: kill_migration(folder, chance, 150),
    ),
)
