"""Which proposals are sightings of one, and which stand together since they are nearly alike."""

import json
import sqlite3
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from reviewer.domain.alike import AlikeTo, Sighting
from reviewer.domain.vocabulary import Protocol, Verdict
from reviewer.store.covering import COVERED_TITLE, names_known
from reviewer.store.protocols import SEES_EVIDENCE, protocol_of, stage_of
from reviewer.store.rows import NewRows, by_statement
from reviewer.store.sketches import grouping_state, set_grouping_state

Connection = sqlite3.Connection

NO_SIGHTING = "{of} NOT IN (SELECT id FROM sightings)"
"""The condition that the proposal in the column ``{of}`` is no sighting of another one, for ``str.format``: a look-up
in a table that has the sightings alone."""

SPEAKING = ("annotations", "outcomes", "adjudications", "critiques", "assignments")
"""Where people said something of a proposal, or were given it: then it is one by itself."""

_TOLD = " UNION ".join(
    f"SELECT t.method_id FROM json_each(?1) i CROSS JOIN {table} t ON t.method_id = i.value" for table in SPEAKING
)


def write_sightings(connection: Connection, sets: Sequence[Sequence[int]]) -> set[int]:
    """Write of sets that say the same to the letter which is the proposal, and which are sightings of it.

    What people said something of, or were given, stays a proposal; of the others the one that came first is.
    Returns the sightings that were none before.
    """
    asked = json.dumps([i for each in sets for i in each])
    told = {i for (i,) in connection.execute(_TOLD, (asked,))}
    changed = {
        i
        for (i,) in connection.execute(
            "SELECT u.id FROM json_each(?) i CROSS JOIN unsketched u ON u.id = i.value", (asked,)
        )
    }
    problems = dict(
        connection.execute(
            "SELECT s.id, s.problem_id FROM json_each(?) i CROSS JOIN sketches s ON s.id = i.value", (asked,)
        ).fetchall()
    )
    before = {
        i
        for (i,) in connection.execute(
            "SELECT s.id FROM json_each(?) i CROSS JOIN sightings s ON s.id = i.value", (asked,)
        )
    }
    connection.execute("DELETE FROM sightings WHERE id IN (SELECT value FROM json_each(?))", (asked,))
    made = NewRows("INSERT INTO sightings (id, problem_id, first_id)")
    fresh: set[int] = set()
    for each in sets:
        # What changed or went meanwhile is looked at again.
        sound = sorted(i for i in each if i in problems and i not in changed)
        first = min((i for i in sound if i in told), default=sound[0] if sound else 0)
        for i in sound:
            if i != first and i not in told:
                made.add((i, problems[i], first))
                fresh.add(i)
    made.write(connection)
    return fresh - before


class Fresh(NamedTuple):
    """What is to be held against the others: some proposals by their row ids, and all beyond one, up to another."""

    changed: frozenset[int]
    beyond: int
    to: int


def begin_matching(connection: Connection, stamp: str) -> Fresh:
    """Take what waits to be matched, and let go of the pairs that it is in, since these are found anew.

    Under another stamp everything waits.
    """
    state = grouping_state(connection)
    if state.stamp != stamp:
        for table in ("alike_pairs", "alike"):
            connection.execute(f"DELETE FROM {table}")
        connection.execute(
            "INSERT OR IGNORE INTO unmatched (id) SELECT id FROM sketches WHERE id <= ?", (state.matched_to,)
        )
        state = state._replace(stamp=stamp, matched_to=0)
        set_grouping_state(connection, state)
    connection.execute("UPDATE unmatched SET taken = 1")
    connection.execute(
        "DELETE FROM alike_pairs WHERE one_id IN (SELECT id FROM unmatched) OR other_id IN (SELECT id FROM unmatched)"
    )
    changed = frozenset(i for (i,) in connection.execute("SELECT id FROM unmatched"))
    return Fresh(changed, state.matched_to, state.sketched_to)


def end_matching(connection: Connection, matched_to: int) -> None:
    """Write down that what was taken has been matched, as far as it did not change meanwhile."""
    connection.execute("DELETE FROM unmatched WHERE taken = 1")
    set_grouping_state(connection, grouping_state(connection)._replace(matched_to=matched_to))


def keep_pairs(connection: Connection, pairs: Mapping[tuple[int, int], float]) -> None:
    """Write pairs that are nearly alike, the lower row id first, each with how alike they are."""
    connection.executemany(
        "INSERT INTO alike_pairs (one_id, other_id, measure) SELECT ?1, ?2, ?3 "
        "WHERE EXISTS (SELECT 1 FROM sketches WHERE id = ?1) AND EXISTS (SELECT 1 FROM sketches WHERE id = ?2) "
        "ON CONFLICT (one_id, other_id) DO UPDATE SET measure = excluded.measure",
        [(one, other, how) for (one, other), how in pairs.items()],
    )


def drop_pairs_of_sightings(connection: Connection) -> set[int]:
    """Let go of the pairs of what became a sighting; return with whom it stood, who have to be grouped anew."""
    found = connection.execute(
        "SELECT p.one_id, p.other_id FROM sightings s CROSS JOIN alike_pairs p ON p.one_id = s.id "
        "UNION SELECT p.one_id, p.other_id FROM sightings s CROSS JOIN alike_pairs p ON p.other_id = s.id"
    ).fetchall()
    connection.executemany("DELETE FROM alike_pairs WHERE one_id = ? AND other_id = ?", found)
    return {i for pair in found for i in pair}


def all_pairs(connection: Connection, problem_id: int | None = None) -> dict[tuple[int, int], float]:
    """Return every pair with how alike it is, of one problem or of all."""
    rows = connection.execute(
        "SELECT p.one_id, p.other_id, p.measure FROM alike_pairs p CROSS JOIN sketches s ON s.id = p.one_id "
        "WHERE ?1 IS NULL OR s.problem_id = ?1 ORDER BY p.one_id, p.other_id",
        (problem_id,),
    )
    return {(one, other): how for one, other, how in rows}


def fingerprints_of(connection: Connection, method_ids: Collection[int]) -> dict[int, bytes]:
    """Return the fingerprints of proposals by their row ids."""
    return dict(
        connection.execute(
            "SELECT s.id, s.fingerprint FROM json_each(?) i CROSS JOIN sketches s ON s.id = i.value",
            (json.dumps(list(method_ids)),),
        ).fetchall()
    )


def fresh_in_groups(connection: Connection, fresh: Fresh) -> set[int]:
    """Return who of what is fresh stands in a group, and may have to leave it."""
    rows = connection.execute(
        "SELECT id FROM alike WHERE id > ?1 UNION "
        "SELECT a.id FROM json_each(?2) i CROSS JOIN alike a ON a.id = i.value",
        (fresh.beyond, json.dumps(list(fresh.changed))),
    )
    return {i for (i,) in rows}


def group_mates(connection: Connection, method_ids: Collection[int]) -> set[int]:
    """Return all who stand in a group with any of some proposals, these among them where they do."""
    rows = connection.execute(
        "SELECT o.id FROM json_each(?) i CROSS JOIN alike a ON a.id = i.value "
        "CROSS JOIN alike o ON o.head_id = a.head_id",
        (json.dumps(list(method_ids)),),
    )
    return {i for (i,) in rows}


def write_groups(
    connection: Connection, method_ids: Collection[int], groups: Iterable[tuple[int, Mapping[int, float]]]
) -> bool:
    """Write the groups in which some proposals stand now, heads with how alike the others are to them; return whether
    any of them is another one than before.

    Whoever is gone, or changed meanwhile, is left out: they are matched again.
    """
    asked = json.dumps(list(method_ids))
    stood = "SELECT a.id, a.head_id FROM json_each(?) i CROSS JOIN alike a ON a.id = i.value"
    before = set(connection.execute(stood, (asked,)))
    connection.execute("DELETE FROM alike WHERE id IN (SELECT value FROM json_each(?1))", (asked,))
    problems = dict(
        connection.execute(
            "SELECT s.id, s.problem_id FROM json_each(?) i CROSS JOIN sketches s ON s.id = i.value "
            "WHERE NOT EXISTS (SELECT 1 FROM unsketched u WHERE u.id = s.id)",
            (asked,),
        ).fetchall()
    )
    made = NewRows("INSERT INTO alike (id, problem_id, head_id, measure)")
    for head, others in groups:
        there = {i: how for i, how in others.items() if i in problems}
        if head in problems and there:
            made.add((head, problems[head], head, 100.0))
            for i, how in there.items():
                made.add((i, problems[i], head, how))
    made.write(connection)
    return set(connection.execute(stood, (asked,))) != before


_MET = "m.id, m.uuid, m.namespace, m.external_id, m.agent, m.run"
_SIGHTINGS = f"""
    WITH met (id) AS (SELECT ?1 UNION ALL SELECT id FROM sightings WHERE first_id = ?1)
    SELECT * FROM (
    SELECT {_MET}, r.file, r.place, r.sha256, r.import_id, r.recorded_at, '', 0 AS nth
    FROM met CROSS JOIN methods m ON m.id = met.id CROSS JOIN revisions r ON r.id = m.revision_id
    UNION ALL SELECT {_MET}, e.file, e.place, e.sha256, e.import_id,
    (SELECT min(w.first_met) FROM met_elsewhere w WHERE w.revision_id = e.revision_id AND w.path = e.path),
    (SELECT max(w.last_met) FROM met_elsewhere w WHERE w.revision_id = e.revision_id AND w.path = e.path), e.id
    FROM met CROSS JOIN methods m ON m.id = met.id CROSS JOIN met_elsewhere e ON e.revision_id = m.revision_id
    AND e.is_named = 0 AND NOT EXISTS (SELECT 1 FROM met_elsewhere later WHERE later.revision_id = e.revision_id
    AND later.path = e.path AND later.id > e.id)
    ) ORDER BY id <> ?1, id, nth
"""


def sightings_of(connection: Connection, method_id: int) -> tuple[Sighting, ...]:
    """Return everywhere that a proposal was met: itself first, then its sightings in the order of their import, each
    in the file that it names and then in the others in which it was met as it is."""
    return tuple(Sighting(*row[:-1]) for row in connection.execute(_SIGHTINGS, (method_id,)).fetchall())


def sightings_by_first(connection: Connection, problem_id: int) -> dict[int, tuple[Sighting, ...]]:
    """Return of each proposal of a problem that was met several times all of these sightings, itself the first."""
    firsts = connection.execute(
        "SELECT first_id FROM sightings WHERE problem_id = ?1 UNION SELECT coalesce(s.first_id, m.id) "
        "FROM met_elsewhere e CROSS JOIN revisions r ON r.id = e.revision_id CROSS JOIN methods m "
        "ON m.id = r.method_id AND m.revision_id = r.id AND m.problem_id = ?1 AND m.role = 'proposal' "
        "LEFT JOIN sightings s ON s.id = m.id WHERE e.is_named = 0 ORDER BY 1",
        (problem_id,),
    ).fetchall()
    return {first: sightings_of(connection, first) for (first,) in firsts}


def places_of_compared(connection: Connection, problem_id: int) -> list[tuple[str, tuple[Sighting, ...]]]:
    """Return of each baseline and reference of a problem that was met in several places its title and these places."""
    found = connection.execute(
        "SELECT DISTINCT m.id, m.title FROM met_elsewhere e CROSS JOIN revisions r ON r.id = e.revision_id "
        "CROSS JOIN methods m ON m.id = r.method_id AND m.revision_id = r.id AND m.problem_id = ?1 "
        "AND m.role <> 'proposal' ORDER BY 1",
        (problem_id,),
    ).fetchall()
    return [(title, sightings_of(connection, method_id)) for method_id, title in found]


class TitleShown(NamedTuple):
    """The title of a proposal as a viewer may see it, and whether they may see where it comes from."""

    title: str
    sees_evidence: bool


def titles_shown(
    connection: Connection, problem_id: int, method_ids: Collection[int], viewer_id: int | None
) -> dict[int, TitleShown]:
    """Return the titles of proposals of a problem by their row ids; all of each where ``viewer_id`` is None."""
    protocol = protocol_of(connection, problem_id)
    values: dict[str, Any] = {
        "of": json.dumps(list(method_ids)), "viewer": viewer_id, "protocol": protocol, "known": "[]",
    }  # fmt: skip
    sees = "1"
    if protocol is Protocol.SEALED and viewer_id is not None:
        sees = SEES_EVIDENCE.format(of="m.id")
        values["known"] = json.dumps(names_known(connection, problem_id))
    covered = COVERED_TITLE.format(title="m.title", known=":known")
    rows = connection.execute(
        f"SELECT m.id, CASE WHEN {sees} THEN m.title ELSE {covered} END, {sees} FROM json_each(:of) i "
        "CROSS JOIN methods m ON m.id = i.value",
        values,
    )
    return {method_id: TitleShown(title, bool(seen)) for method_id, title, seen in rows}


def count_sealed(connection: Connection, problem_id: int, viewer_id: int) -> int:
    """Return how many proposals of a problem there are whose idea alone a viewer may see; 0 is nobody.

    A sighting of another one is none: how many of them there are would tell that numbers are the same.
    """
    protocol = protocol_of(connection, problem_id)
    if protocol is not Protocol.SEALED:
        return 0
    n: int = connection.execute(
        "SELECT count(*) FROM methods m WHERE m.problem_id = :problem AND m.role = 'proposal' "
        f"AND {NO_SIGHTING.format(of='m.id')} AND NOT {SEES_EVIDENCE.format(of='m.id')}",
        {"problem": problem_id, "viewer": viewer_id, "protocol": protocol},
    ).fetchone()[0]
    return n


def proposal_of_sighting(connection: Connection, method_id: int) -> int:
    """Return the row id of the proposal of which a method is a sighting; its own where it is none."""
    row = connection.execute("SELECT first_id FROM sightings WHERE id = ?", (method_id,)).fetchone()
    return row[0] if row else method_id


def has_duplicates(connection: Connection) -> bool:
    """Return whether anything says the same as another, or nearly: where nothing does, nothing need be looked up."""
    return bool(
        connection.execute("SELECT EXISTS (SELECT 1 FROM sightings) OR EXISTS (SELECT 1 FROM alike)").fetchone()[0]
    )


def all_sightings(connection: Connection) -> "array[int]":
    """Return the row ids of all that are sightings of another one."""
    return array("q", (i for (i,) in connection.execute("SELECT id FROM sightings")))


def shows_still(connection: Connection, method_id: int, revision_id: int) -> bool:
    """Return whether a method is there and still shows a revision."""
    row = connection.execute("SELECT 1 FROM methods WHERE id = ? AND revision_id = ?", (method_id, revision_id))
    return row.fetchone() is not None


def measure_of(connection: Connection, method_id: int) -> float:
    """Return how alike a proposal is to the head of its group, of 100; 0 where it is in none."""
    row = connection.execute("SELECT measure FROM alike WHERE id = ?", (method_id,)).fetchone()
    return row[0] if row else 0.0


def count_sightings(connection: Connection, problem_id: int) -> int:
    """Return how many methods of a problem are sightings of another one."""
    n: int = connection.execute("SELECT count(*) FROM sightings WHERE problem_id = ?", (problem_id,)).fetchone()[0]
    return n


def heads_of(connection: Connection, method_ids: Collection[int]) -> dict[int, int]:
    """Return the heads of the groups in which some proposals stand; those in none are left out."""
    found: dict[int, int] = {}
    for some in by_statement(list(method_ids)):
        found.update(
            connection.execute(f"SELECT id, head_id FROM alike WHERE id IN ({','.join('?' * len(some))})", some)
        )
    return found


def members_of(connection: Connection, heads: Collection[int]) -> dict[int, list[int]]:
    """Return by their heads who stands in groups."""
    found: dict[int, list[int]] = {}
    for head, method_id in connection.execute(
        "SELECT a.head_id, a.id FROM json_each(?) i CROSS JOIN alike a ON a.head_id = i.value ORDER BY a.id",
        (json.dumps(list(heads)),),
    ):
        found.setdefault(head, []).append(method_id)
    return found


def alike_to(connection: Connection, problem_id: int, method_id: int, viewer_id: int) -> tuple[AlikeTo, ...]:
    """Return the others that stand in a group with a proposal, the most alike to its head first.

    Titles are covered as far as they are sealed for the viewer.
    """
    head = connection.execute("SELECT head_id FROM alike WHERE id = ?", (method_id,)).fetchone()
    if head is None:
        return ()
    protocol = protocol_of(connection, problem_id)
    title = "m.title"
    values: dict[str, Any] = {"head": head[0], "viewer": viewer_id, "method": method_id, "protocol": protocol}
    if protocol is Protocol.SEALED:
        sees = SEES_EVIDENCE.format(of="m.id")
        title = f"CASE WHEN {sees} THEN m.title ELSE {COVERED_TITLE.format(title='m.title', known=':known')} END"
        values["known"] = json.dumps(names_known(connection, problem_id))
    rows = connection.execute(
        f"SELECT m.id, m.uuid, {title}, m.revision_id, a.measure, j.verdict, j.forecast FROM alike a "
        "CROSS JOIN methods m ON m.id = a.id LEFT JOIN current_judgements j ON j.method_id = m.id "
        "AND j.reviewer_id = :viewer WHERE a.head_id = :head AND a.id <> :method ORDER BY a.measure DESC, a.id",
        values,
    ).fetchall()
    return tuple(
        AlikeTo(
            other, uuid, shown, revision_id, measure, other == head[0], stage_of(connection, other, viewer_id),
            None if verdict is None else Verdict(verdict), forecast,
        )
        for other, uuid, shown, revision_id, measure, verdict, forecast in rows
    )  # fmt: skip
