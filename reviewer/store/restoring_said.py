"""Putting back what people said beside events and outcomes: protocols, adjudications, assignments, scores."""

import sqlite3
from collections.abc import Mapping
from typing import Any

from reviewer.store.acts import PROTOCOL_COLUMNS, ROUND_COLUMNS, SCALE_COLUMNS, Record
from reviewer.store.adjudications import ADJUDICATION_COLUMNS
from reviewer.store.rows_here import RowsHere


def restore_protocol(connection: sqlite3.Connection, record: Record, here: RowsHere) -> bool | None:
    """Put back that a protocol was set; return whether it was new, or None where its problem is not in the store."""
    problem = record["problem_id"]
    if problem is not None and problem not in here.problems:
        return None
    values = {**record, "problem_id": None if problem is None else here.problems[problem]}
    return add_unless_there(connection, "protocols", PROTOCOL_COLUMNS, values)


def restore_round(connection: sqlite3.Connection, record: Record, here: RowsHere) -> tuple[bool, int]:
    """Put back a round of assignment; return whether it was new, and how many proposals of it are not in the store."""
    if record["problem_id"] not in here.problems:
        return False, len({method for method, *_ in record["assigned"]})
    values = {**record, "problem_id": here.problems[record["problem_id"]]}
    is_new = add_unless_there(connection, "assignment_rounds", ROUND_COLUMNS[1:], values)
    (round_id,) = connection.execute("SELECT id FROM assignment_rounds WHERE uuid = ?", (record["uuid"],)).fetchone()
    assigned, missing = [], set()
    for method, reviewer, place in record["assigned"]:
        method_id = here.methods.get(method)
        if method_id is None:
            missing.add(method)
        elif reviewer in here.reviewers:
            assigned.append((round_id, method_id, here.reviewers[reviewer], place))
    # A round that is there may lack proposals that were not in the store when it came.
    connection.executemany(
        "INSERT OR IGNORE INTO assignments (round_id, method_id, reviewer_id, place) VALUES (?, ?, ?, ?)", assigned
    )
    return is_new, len(missing)


def restore_scale(connection: sqlite3.Connection, record: Record, here: RowsHere) -> bool:
    """Put back a scale; return whether one of its name in the store is another one, which then stays as it is."""
    if record["problem_id"] not in here.problems:
        return False
    values = {**record, "problem_id": here.problems[record["problem_id"]]}
    said = [values[name] for name in SCALE_COLUMNS[3:]]
    find = f"SELECT id, {', '.join(SCALE_COLUMNS[3:])} FROM scales WHERE problem_id = ? AND name = ?"
    place = (values["problem_id"], values["name"])
    row = connection.execute(find, place).fetchone()
    if row is None:
        connection.execute(
            f"INSERT INTO scales ({', '.join(SCALE_COLUMNS[1:])}) VALUES ({', '.join('?' * (len(SCALE_COLUMNS) - 1))})",
            [*place, *said],
        )
        row = connection.execute(find, place).fetchone()
    if list(row[1:]) != said:
        return True
    here.scales[record["id"]] = row[0]
    return False


def restore_score(connection: sqlite3.Connection, record: Record, here: RowsHere) -> bool:
    """Put back one value on a scale, once its event is there; return whether it was new."""
    event = connection.execute("SELECT id FROM annotations WHERE uuid = ?", (record["event"],)).fetchone()
    if event is None or record["scale_id"] not in here.scales:
        return False
    return (
        connection.execute(
            "INSERT OR IGNORE INTO scores (annotation_id, scale_id, value) VALUES (?, ?, ?)",
            (event[0], here.scales[record["scale_id"]], record["value"]),
        ).rowcount
        > 0
    )


def restore_adjudication(
    connection: sqlite3.Connection, record: Record, here: RowsHere, method_id: int, revision_id: int
) -> bool:
    """Put back what somebody said beside the judgements; return whether it was new."""
    values = {
        **record,
        "method_id": method_id,
        "reviewer_id": here.reviewers[record["reviewer_id"]],
        "revision_id": revision_id,
    }
    return add_unless_there(connection, "adjudications", ADJUDICATION_COLUMNS[1:], values)


def add_unless_there(
    connection: sqlite3.Connection, table: str, columns: tuple[str, ...], values: Mapping[str, Any]
) -> bool:
    """Add a row whose uuid is not there yet; return whether it was added."""
    if connection.execute(f"SELECT 1 FROM {table} WHERE uuid = ?", (values["uuid"],)).fetchone():
        return False
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [values[name] for name in columns],
    )
    return True
