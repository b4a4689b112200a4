"""Whether a store is whole: facts read by SQL, and building anew what follows from the rest."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.errors import StoreError
from reviewer.store.annotations import rebuild
from reviewer.store.claims import refresh_claims, stale_claims
from reviewer.store.connection import Store, is_frozen
from reviewer.store.exposures import complete_exposures, stale_exposures
from reviewer.store.faults import find_faults
from reviewer.store.first_judgements import lost_first_judgements
from reviewer.store.imports import cut_off_paths, half_withdrawn
from reviewer.store.judgement_sums import stale_sums
from reviewer.store.migrations import (
    SCHEMA_VERSION,
    missing_relations,
    refuse_foreign_file,
    restore_triggers,
    restore_views,
    triggers,
)
from reviewer.store.outcomes import rebuild_outcomes, stale_outcomes
from reviewer.store.problems import bring_to_one_name, list_problems, under_other_names
from reviewer.store.schema_changes import TRIGGER_NAMES
from reviewer.store.search_index import index_all, rebuild_index, unindexed
from reviewer.store.sql_names import quoted
from reviewer.store.what_counts import methods_without_text, set_right

WHOLE_CHECK_BYTES = 1 << 30
"""A larger store is checked without comparing its indexes, which would take minutes."""

SEARCH_CHECK_METHODS = 20_000
"""With more methods the text of the search index is not compared: it holds the write lock for over a second."""


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What was found of a store. One that is damaged or of another version is looked over no further."""

    size: int
    """Bytes of the file; ``wal_size`` those of the log beside it."""
    wal_size: int
    mode: int
    """The permission bits of the file."""
    version: int
    damage: tuple[str, ...]
    """What SQLite finds wrong with the file, the first faults of it."""
    indexes_checked: bool
    broken_references: int = 0
    """Rows that point at a row that is not there."""
    missing_relations: Mapping[str, str] = field(default_factory=dict)
    """Tables and views that are gone, each with which of both it is; the rows are then not looked at."""
    missing_triggers: tuple[str, ...] = ()
    tables: tuple[tuple[str, int], ...] = ()
    """Each table with how many rows it has."""
    stale_judgements: int = 0
    """Current judgements that are not what their events add up to."""
    stale_counts: int = 0
    stale_sums: int = 0
    """Proposals of which what all their judgements come to, or what was said first, is not what is kept of that."""
    stale_claims: int = 0
    """Methods that sort by something else than they claim, and measurements under another name of their dataset."""
    stale_outcomes: int = 0
    """Proposals of which what holds is not what was said last of how they ended."""
    stale_exposures: int = 0
    """Methods of which it is not known since when a measurement in production could be seen."""
    without_text: int = 0
    """Methods that show no text that counts, or have a part of which not one revision counts."""
    unsearchable: int = 0
    """Methods that the search index has lost, or has although they are gone or wait for it."""
    unindexed: int = 0
    """Methods that wait for the search index, as an import may leave them: nothing is wrong with those."""
    search_damage: str = ""
    search_checked: bool = False
    """Whether the text of the search index was compared too."""
    cut_off: tuple[str, ...] = ()
    """The paths of imports that were cut off and have not run again."""
    half_withdrawn: tuple[int, ...] = ()
    """Imports whose withdrawal was broken off."""

    @property
    def looked_over(self) -> bool:
        """Return whether the rows were looked at, and not the file alone."""
        return self.version == SCHEMA_VERSION and not self.damage and not self.missing_relations


@dataclass(frozen=True, slots=True)
class Mended:
    """What was built anew."""

    judgements: int
    counts: int
    outcomes: int
    claims: int
    """Claims and names of datasets that were out of step."""
    triggers: tuple[str, ...]
    views: tuple[str, ...]
    without_text: int
    """Methods of which a text counts again."""
    search_index: bool
    """Whether all of it was."""
    indexed: int
    """Methods that were waiting for it."""
    checked: int = 0
    """Methods that were checked anew."""


def examine_store(path: Path) -> StoreHealth:
    """Look a store over. It is neither made nor migrated, and nothing in it changes.

    Raises:
        StoreError: when there is none, or it is too damaged to be read.
    """
    refuse_foreign_file(path)
    # To be read and written, where it can be: SQLite compares the search index in a write.
    store = Store(path, readonly=is_frozen(path), busy_timeout=0.2)
    try:
        with store.read() as connection:
            found = _look_over(connection, path)
        return _with_search_compared(store, found) if found.looked_over else found
    finally:
        store.close()


def mend(store: Store, progress: Callable[[int], object] = lambda done: None) -> Mended:
    """Build anew what follows from events, revisions and the schema: nothing else is touched.

    Judgements and counts are always built, in one transaction with triggers that are missing and the search index where
    it is out of step. What only waits for the index is put into it afterwards, in batches, of which ``progress`` is
    told how many methods were put into it so far.

    Raises:
        StoreError: when the store cannot be written; what is built by then is whole.
    """
    with store.write() as connection:
        views = restore_views(connection)
        restored = restore_triggers(connection)
        set_again = sum(set_right(connection, method_id) for method_id in methods_without_text(connection))
        rows = rebuild(connection)
        outcomes = rebuild_outcomes(connection)
        complete_exposures(connection)
        claims = _bring_claims_in_step(connection)
        rebuilt = _rebuild_broken_index(connection)
    indexed = index_all(store, progress=progress)
    if indexed:  # Only now can its text be compared.
        with store.write() as connection:
            rebuilt = _rebuild_broken_index(connection)
    return Mended(
        rows["current_judgements"], rows["counts"], outcomes, claims, restored, views, set_again, rebuilt, indexed
    )


def _bring_claims_in_step(connection: sqlite3.Connection) -> int:
    changed = 0
    for stored in list_problems(connection):
        changed += bring_to_one_name(connection, stored.id, stored.problem)
        changed += refresh_claims(connection, stored.id, stored.problem)
    return changed


def _stale_claims(connection: sqlite3.Connection) -> int:
    return sum(
        under_other_names(connection, stored.id, stored.problem) + stale_claims(connection, stored.id, stored.problem)
        for stored in list_problems(connection)
    )


def _rebuild_broken_index(connection: sqlite3.Connection) -> bool:
    broken = bool(_unsearchable(connection)) or bool(_search_damage(connection))
    if broken:
        rebuild_index(connection)
    return broken


def _look_over(connection: sqlite3.Connection, path: Path) -> StoreHealth:
    size = path.stat().st_size
    wal = path.with_name(f"{path.name}-wal")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    whole = size <= WHOLE_CHECK_BYTES
    found = StoreHealth(
        size=size,
        wal_size=wal.stat().st_size if wal.exists() else 0,
        mode=path.stat().st_mode & 0o777,
        version=version,
        damage=find_faults(connection, path, indexes=whole),
        indexes_checked=whole,
    )
    if found.looked_over:
        found = replace(found, missing_relations=missing_relations(connection))
    if not found.looked_over:
        return found
    return replace(
        found,
        broken_references=len(connection.execute("PRAGMA foreign_key_check").fetchall()),
        missing_triggers=tuple(sorted(TRIGGER_NAMES - triggers(connection))),
        tables=_rows_of_tables(connection),
        stale_judgements=connection.execute(_STALE_JUDGEMENTS).fetchone()[0],
        stale_counts=connection.execute(_STALE_COUNTS).fetchone()[0],
        stale_sums=stale_sums(connection) + lost_first_judgements(connection),
        stale_claims=_stale_claims(connection),
        stale_outcomes=stale_outcomes(connection),
        stale_exposures=stale_exposures(connection),
        without_text=len(methods_without_text(connection)),
        unsearchable=_unsearchable(connection),
        unindexed=unindexed(connection),
        cut_off=cut_off_paths(connection),
        half_withdrawn=half_withdrawn(connection),
    )


def _rows_of_tables(connection: sqlite3.Connection) -> tuple[tuple[str, int], ...]:
    names = connection.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict ORDER BY name"
    ).fetchall()
    return tuple((name, connection.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0]) for (name,) in names)


# Text with U+0000 in it is left out: SQLite's JSON functions end a text there.
_STALE_JUDGEMENTS = r"""
    WITH last AS (
        SELECT reviewer_id, method_id, max(id) AS id, sum(seconds) AS seconds FROM annotations GROUP BY 1, 2
    )
    SELECT (
        SELECT count(*) FROM last
        JOIN annotations a ON a.id = last.id
        LEFT JOIN current_judgements j ON j.reviewer_id = last.reviewer_id AND j.method_id = last.method_id
        WHERE j.id IS NULL OR j.annotation_id <> last.id OR abs(j.seconds - last.seconds) > 1e-6
            OR j.revision_id <> coalesce(a.judged_revision_id, a.revision_id)
            OR j.verdict IS NOT json_extract(a.snapshot, '$.verdict')
            OR j.forecast IS NOT json_extract(a.snapshot, '$.forecast')
            OR j.flagged <> json_extract(a.snapshot, '$.flagged')
            OR j.skipped <> json_extract(a.snapshot, '$.skipped')
            OR j.resolves_on IS NOT json_extract(a.snapshot, '$.resolves_on')
            OR j.shareable <> coalesce(json_extract(a.snapshot, '$.shareable'), 0)
            OR (instr(a.snapshot, '\u0000') = 0 AND (
                json(j.ratings) <> json_extract(a.snapshot, '$.ratings')
                OR json(j.tags) <> json_extract(a.snapshot, '$.tags')
                OR j.condition <> json_extract(a.snapshot, '$.condition')
                OR j.next_experiment <> json_extract(a.snapshot, '$.next_experiment')
                OR j.rationale <> json_extract(a.snapshot, '$.rationale')))
            OR j.status <> CASE
                WHEN j.verdict IS NOT NULL THEN 'judged'
                WHEN j.skipped THEN 'skipped'
                WHEN j.forecast IS NULL AND NOT j.flagged AND json(j.ratings) = '{}' AND json(j.tags) = '[]'
                    AND j.condition = '' AND j.next_experiment = '' AND j.rationale = ''
                    AND j.resolves_on IS NULL AND NOT j.shareable THEN 'to_do'
                ELSE 'started' END
    ) + (
        SELECT count(*) FROM current_judgements j WHERE NOT EXISTS (
            SELECT 1 FROM annotations a WHERE a.method_id = j.method_id AND a.reviewer_id = j.reviewer_id)
    )
"""

_STALE_COUNTS = """
    WITH expected (problem_id, reviewer_id, name, n) AS (
        SELECT problem_id, 0, role || 's', count(*) FROM methods GROUP BY 1, 3
        UNION ALL
        SELECT m.problem_id, j.reviewer_id, j.status, count(*) FROM current_judgements j
        JOIN methods m ON m.id = j.method_id WHERE j.status <> 'to_do' GROUP BY 1, 2, 3
        UNION ALL
        SELECT m.problem_id, j.reviewer_id, 'flagged', count(*) FROM current_judgements j
        JOIN methods m ON m.id = j.method_id WHERE j.flagged GROUP BY 1, 2
    ), kept (problem_id, reviewer_id, name, n) AS (
        SELECT problem_id, reviewer_id, name, n FROM counts WHERE n <> 0
    )
    SELECT count(*) FROM (
        SELECT problem_id, reviewer_id, name FROM (SELECT * FROM expected EXCEPT SELECT * FROM kept)
        UNION
        SELECT problem_id, reviewer_id, name FROM (SELECT * FROM kept EXCEPT SELECT * FROM expected)
    )
"""


def _unsearchable(connection: sqlite3.Connection) -> int:
    n: int = connection.execute(
        "SELECT (SELECT count(*) FROM searchable WHERE id NOT IN (SELECT id FROM search_index_docsize) "
        "AND id NOT IN (SELECT id FROM unindexed)) "
        "+ (SELECT count(*) FROM search_index_docsize WHERE id NOT IN (SELECT id FROM searchable) "
        "OR id IN (SELECT id FROM unindexed))"
    ).fetchone()[0]
    return n


def _with_search_compared(store: Store, found: StoreHealth) -> StoreHealth:
    """Compare the text of the search index, which SQLite offers as a write only: on a store that is free to write."""
    n = store.connection().execute("SELECT count(*) FROM methods").fetchone()[0]
    if n > SEARCH_CHECK_METHODS:
        return found
    try:
        with store.write(durable=False) as connection:
            checked = not unindexed(connection)
            return replace(found, search_damage=_search_damage(connection), search_checked=checked)
    except StoreError:
        return found


def _search_damage(connection: sqlite3.Connection) -> str:
    """Return what SQLite finds wrong with the search index; its text is compared only when no method waits for it.

    Raises:
        DatabaseError: when the store may only be read.
    """
    compare = 0 if unindexed(connection) else 1
    try:
        connection.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', ?)", (compare,))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
            raise
        return str(error)
    return ""
