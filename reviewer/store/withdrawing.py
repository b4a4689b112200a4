"""Taking an import out again: what it brought goes, except what somebody has judged or judged beside, or has told the
outcome of."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from socket import gethostname
from time import monotonic, sleep

from reviewer.domain.errors import StoreError, UserError
from reviewer.domain.vocabulary import Role
from reviewer.store import rows
from reviewer.store.connection import Store
from reviewer.store.import_notes import NOTHING_REMAINING, Remaining, take_out_problems
from reviewer.store.imports import JUDGEMENTS, begin_withdrawal, finish_withdrawal, import_by_id, mark_interrupted
from reviewer.store.met_elsewhere import (
    hand_over_to_places,
    name_file_whole,
    name_place_of,
    take_out_of_methods,
    take_out_some,
)
from reviewer.store.method_history import SAID_FROM, bring_history_over
from reviewer.store.problems import ROLE_COUNT, add_to_count
from reviewer.store.remark_history import remarks_of_import, withdraw_remarks
from reviewer.store.rows import RETURNS_FROM
from reviewer.store.stated_directions import forget_directions
from reviewer.store.what_counts import set_right

REVISIONS_AT_ONCE = 200
"""Revisions taken out in one transaction, which holds the write lock for some 20 ms."""

REMARKS_AT_ONCE = 200

LONGEST_PAUSE_SECONDS = 0.05

TITLES_NAMED = 3
"""So many of the methods that stay are named."""

_BROUGHT = "SELECT id, method_id FROM revisions WHERE import_id = ? AND id > ? ORDER BY id LIMIT ?"
_BROUGHT_AGAIN = (
    "SELECT b.id, r.method_id FROM returns b CROSS JOIN revisions r ON r.id = b.revision_id "
    "WHERE b.import_id = ? AND b.id > ? ORDER BY b.id LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many methods were taken out or set back, and how many stayed since somebody had judged or started them.

    ``remarks`` counts those that were taken out or set back; ``remaining`` says what was not.
    """

    gone: int
    kept: int
    kept_titles: tuple[str, ...] = ()
    """What the first ones that stayed are called."""
    remarks: int = 0
    remaining: Remaining = NOTHING_REMAINING
    places: int = 0
    """How many other places at which it alone had met methods were taken out."""
    stay_with: Mapping[int, int] = field(default_factory=dict)
    """How many methods are as they were, since other imports had met them too, by the numbers of these."""
    before: bool = False
    """Whether all of the import had been withdrawn before, so that nothing was done; ``kept`` is what stays of it."""


def withdraw_import(store: Store, import_id: int, now: str, *, stopped: bool = False) -> Withdrawn | None:
    """Take out what an import brought: remarks, and revisions of methods that nobody has judged or judged beside,
    and of which nobody has told the outcome or asked Claude.

    What they took the place of counts again: text, numbers, role and names. What another import met as it is stays,
    and is that one's. Settings that it
    stated or told stay, and so does what it said of a problem; one that withdrawn imports alone have a part in is
    taken out.

    Content that another import brought again stays and is that one's, but still names the file where it was read first.
    A method goes when no revision of it is left; its row id is never given to another. The work is done in batches;
    broken off, it can be done again; once completed, doing it again does nothing. ``stopped`` says that an import of
    another machine, of which nothing can be known here, runs no more. Returns None where there is no such import.

    Raises:
        UserError: when it took in judgements.
        StoreError: when the import is still running, or the store cannot be written.
    """
    with store.write() as connection:
        mark_interrupted(connection)
        row = import_by_id(connection, import_id)
        if row is None:
            return None
        elsewhere = row.host != gethostname()
        if row.state == "running" and not (stopped and elsewhere):
            hint = ". Where that machine is gone, --stopped says so" if elsewhere else ""
            raise StoreError(
                f"Import {import_id} of {row.path} is still running (process {row.process} on {row.host}); "
                f"stop it there, then withdraw it{hint}."
            )
        if row.source == JUDGEMENTS:
            raise UserError(
                f"Import {import_id} of {row.path} took in judgements, which are never taken out again; correct the "
                "file and import it once more: what a review says then holds in place of what it said before."
            )
        if row.state == "withdrawn":
            still_there = _kept(connection, import_id)
            return Withdrawn(0, len(still_there), _titles(connection, still_there), before=True)
        rows.keep_ids(connection)
        begin_withdrawal(connection, import_id, now)
    beside = _JudgedBeside()
    with store.read() as connection:
        beside.read_on(connection)
    places = _take_out_places(store, import_id)
    gone = 0
    kept: set[int] = set()
    stay_with: Counter[int] = Counter()
    with _references_unchecked(store):
        for query in (_BROUGHT, _BROUGHT_AGAIN):
            last = 0
            while True:
                with _batch(store) as connection:
                    brought = connection.execute(query, (import_id, last, REVISIONS_AT_ONCE)).fetchall()
                    if not brought:
                        break
                    last = brought[-1][0]
                    touched = {method_id for _, method_id in brought}
                    judged = _judged(connection, touched, beside)
                    kept |= judged
                    done, stay = _take_out(connection, touched - judged, import_id)
                    gone += done
                    stay_with.update(stay)
    remarks = _withdraw_remarks(store, import_id)
    with store.write() as connection:
        forget_directions(connection, import_id)
        remaining = take_out_problems(connection, import_id)
        finish_withdrawal(connection, import_id, now)
        named = _titles(connection, kept)
    return Withdrawn(gone, len(kept), named, remarks, remaining, places, dict(sorted(stay_with.items())))


def _kept(connection: sqlite3.Connection, import_id: int) -> set[int]:
    """Return the methods of which what a withdrawn import brought is there still."""
    found = connection.execute(
        "SELECT method_id FROM revisions WHERE import_id = ?1 UNION SELECT r.method_id FROM returns b "
        "CROSS JOIN revisions r ON r.id = b.revision_id WHERE b.import_id = ?1",
        (import_id,),
    )
    return {method_id for (method_id,) in found}


def _titles(connection: sqlite3.Connection, methods: set[int]) -> tuple[str, ...]:
    """Return the titles of the first of some methods."""
    found = connection.execute(
        "SELECT title FROM methods WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
        (json.dumps(sorted(methods)), TITLES_NAMED),
    )
    return tuple(title for (title,) in found)


def _take_out_places(store: Store, import_id: int) -> int:
    """Take out where an import alone met what others had brought, in batches; return how many places they are."""
    n = 0
    last: int | None = 0
    while last is not None:
        with _batch(store) as connection:
            gone, last = take_out_some(connection, import_id, last)
        n += gone
    return n


def _withdraw_remarks(store: Store, import_id: int) -> int:
    """Take out or set back the remarks of an import, in batches; return how many they are."""
    with store.read() as connection:
        found = remarks_of_import(connection, import_id)
    n = 0
    for start in range(0, len(found), REMARKS_AT_ONCE):
        with _batch(store) as connection:
            n += withdraw_remarks(connection, found[start : start + REMARKS_AT_ONCE], import_id)
    return n


@contextmanager
def _batch(store: Store) -> Iterator[sqlite3.Connection]:
    """Give the write lock for a batch, then leave it free for as long: who waits for it only asks now and then."""
    with store.write(durable=False) as connection:
        began = monotonic()
        yield connection
    sleep(min(monotonic() - began, LONGEST_PAUSE_SECONDS))


@contextmanager
def _references_unchecked(store: Store) -> Iterator[None]:
    """Leave out SQLite's own look at what points to a deleted row: without an index it reads all events for each.

    Every event names a method and a revision of it, and the baseline beside it, every outcome and every critique a
    method: those are what `_judged` looks for.
    """
    connection = store.connection()
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


class _JudgedBeside:
    """The methods that somebody has judged a proposal beside, known from reading every event once."""

    def __init__(self) -> None:
        self.methods: set[int] = set()
        self._last = 0

    def read_on(self, connection: sqlite3.Connection) -> None:
        """Read the events that are new since the last time."""
        newest: int = connection.execute("SELECT coalesce(max(id), 0) FROM annotations").fetchone()[0]
        found = connection.execute(
            "SELECT DISTINCT baseline_id FROM annotations WHERE id > ? AND baseline_id IS NOT NULL", (self._last,)
        )
        self.methods.update(method_id for (method_id,) in found)
        self._last = newest


def _judged(connection: sqlite3.Connection, touched: set[int], beside: _JudgedBeside) -> set[int]:
    beside.read_on(connection)
    found = connection.execute(
        "SELECT method_id FROM annotations WHERE method_id IN (SELECT value FROM json_each(?1)) "
        "UNION SELECT method_id FROM outcomes WHERE method_id IN (SELECT value FROM json_each(?1)) "
        "UNION SELECT method_id FROM adjudications WHERE method_id IN (SELECT value FROM json_each(?1)) "
        # What Claude was asked about was paid for, and may be under way.
        "UNION SELECT method_id FROM critiques WHERE method_id IN (SELECT value FROM json_each(?1))",
        (json.dumps(sorted(touched)),),
    )
    return {method_id for (method_id,) in found} | touched & beside.methods


def _take_out(connection: sqlite3.Connection, methods: set[int], import_id: int) -> tuple[int, dict[int, int]]:
    """Take out what an import brought of these methods; return how many they are.

    Those of which nothing goes, since other imports met all of it in other places, are counted by these imports.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS doomed (id INTEGER PRIMARY KEY, method_id INTEGER)")
    connection.execute("DELETE FROM doomed")
    for (method_id,) in connection.execute(
        "SELECT DISTINCT h.method_id FROM json_each(?) m CROSS JOIN method_history h ON h.method_id = m.value "
        "WHERE h.id < ?",
        (json.dumps(sorted(methods)), SAID_FROM),
    ).fetchall():
        bring_history_over(connection, method_id)
    take_out_of_methods(connection, methods, import_id)
    _hand_over(connection, methods, import_id)
    handed = hand_over_to_places(connection, methods, import_id)
    connection.execute(
        "INSERT INTO doomed SELECT r.id, r.method_id FROM json_each(?) m CROSS JOIN revisions r "
        "ON r.method_id = m.value WHERE +r.import_id = ?",
        (json.dumps(sorted(methods)), import_id),
    )
    # The text leaves the search index while it is still there.
    connection.execute(
        "UPDATE methods SET revision_id = NULL WHERE id IN (SELECT method_id FROM doomed) "
        "AND revision_id IN (SELECT id FROM doomed)"
    )
    connection.execute(
        "DELETE FROM seed_values WHERE measurement_id IN (SELECT x.id FROM doomed d CROSS JOIN measurements x "
        "ON x.revision_id = d.id)"
    )
    touched = {method_id for (method_id,) in connection.execute("SELECT method_id FROM doomed")}
    for table in ("measurements", "self_scores", "outside_reviews", "met_elsewhere"):
        connection.execute(f"DELETE FROM {table} WHERE revision_id IN (SELECT id FROM doomed)")
    connection.execute("DELETE FROM returns WHERE revision_id IN (SELECT id FROM doomed)")
    connection.execute("DELETE FROM method_history WHERE id IN (SELECT ? + id FROM doomed)", (SAID_FROM,))
    connection.execute("DELETE FROM revisions WHERE id IN (SELECT id FROM doomed)")
    left = connection.execute(
        "SELECT DISTINCT r.method_id FROM json_each(?) m CROSS JOIN revisions r ON r.method_id = m.value",
        (json.dumps(sorted(methods)),),
    ).fetchall()
    for (method_id,) in left:
        _set_back(connection, method_id, import_id)
    emptied = (
        "(SELECT method_id FROM doomed EXCEPT SELECT method_id FROM revisions WHERE method_id IN "
        "(SELECT method_id FROM doomed))"
    )
    for problem_id, role, n in connection.execute(
        f"SELECT problem_id, role, count(*) FROM methods WHERE id IN {emptied} GROUP BY 1, 2"
    ).fetchall():
        add_to_count(connection, problem_id, 0, ROLE_COUNT[Role(role)], -n)
    connection.execute(f"DELETE FROM method_history WHERE method_id IN {emptied}")
    connection.execute(f"DELETE FROM methods WHERE id IN {emptied}")
    connection.execute("DELETE FROM doomed")
    stay = {other_id: len(of_it - touched) for other_id, of_it in handed.items() if of_it - touched}
    return len(methods) - len(set().union(*handed.values()) - touched), stay


def _hand_over(connection: sqlite3.Connection, methods: set[int], import_id: int) -> None:
    """Give revisions that another import has brought again to the first that did.

    Where that is numbered, the revision takes the number: it then stands as if it had come for the first time there.
    What was not kept of that import it cannot take: unless it is known where that one met it, file, hash, place, raw
    record and time stay those of where its content was read first, which for an unchanged content differ in nothing
    that a reader of the proposal could see.
    """
    handed = connection.execute(
        "SELECT r.id, r.method_id, min(b.id), b.import_id FROM json_each(?) m CROSS JOIN revisions r "
        "ON r.method_id = m.value CROSS JOIN returns b ON b.revision_id = r.id "
        "WHERE +r.import_id = ? AND b.import_id <> r.import_id GROUP BY r.id",
        (json.dumps(sorted(methods)), import_id),
    ).fetchall()
    for revision_id, method_id, return_id, other_id in handed:
        number = return_id - RETURNS_FROM if return_id >= RETURNS_FROM else revision_id
        showing = connection.execute(
            # The text leaves the search index while it is still there.
            "UPDATE methods SET revision_id = NULL WHERE id = ? AND revision_id = ?",
            (method_id, revision_id),
        ).rowcount
        connection.execute("DELETE FROM returns WHERE id = ?", (return_id,))
        name_file_whole(connection, revision_id)
        connection.execute("UPDATE revisions SET id = ?, import_id = ? WHERE id = ?", (number, other_id, revision_id))
        for table in ("measurements", "self_scores", "outside_reviews", "returns", "met_elsewhere"):
            connection.execute(f"UPDATE {table} SET revision_id = ? WHERE revision_id = ?", (number, revision_id))
        connection.execute(
            "UPDATE method_history SET id = ?, import_id = ? WHERE id = ?",
            (SAID_FROM + number, other_id, SAID_FROM + revision_id),
        )
        name_place_of(connection, number, other_id)
        if showing:
            connection.execute("UPDATE methods SET revision_id = ? WHERE id = ?", (number, method_id))


def _set_back(connection: sqlite3.Connection, method_id: int, import_id: int) -> None:
    """Let what came last of those that are left count again in the parts that the import had the last word on."""
    returned = connection.execute(
        "DELETE FROM returns WHERE import_id = ? AND revision_id IN (SELECT id FROM revisions WHERE method_id = ?) "
        "RETURNING revision_id",
        (import_id, method_id),
    ).fetchall()
    set_right(connection, method_id, [revision_id for (revision_id,) in returned])
