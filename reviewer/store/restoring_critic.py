"""Putting back what is of the critic: attempts and batches, looks and marks, how it is offered, stops of spending."""

import sqlite3
from collections.abc import Callable, Mapping

from reviewer.store.acts import Record
from reviewer.store.critic_batches import take_in_batch
from reviewer.store.critic_settings import SETTING_COLUMNS
from reviewer.store.critique_marks import MARK_COLUMNS
from reviewer.store.critique_readings import READING_COLUMNS
from reviewer.store.critiques import CRITIQUE_COLUMNS, HOW_IT_ENDED
from reviewer.store.restored import Restored
from reviewer.store.restoring_said import add_unless_there
from reviewer.store.rows_here import RowsHere
from reviewer.store.sound_records import is_sound_batch, is_sound_critique, is_sound_reading
from reviewer.store.spending import STOP_COLUMNS

Connection = sqlite3.Connection


def can_stand(connection: Connection, record: Record) -> bool:
    """Return whether an attempt is sound, and no other one here has its number."""
    taken = connection.execute(
        "SELECT uuid FROM critiques WHERE call = ? AND attempt = ?", (record["call"], record["attempt"])
    ).fetchone()
    return is_sound_critique(record) and (taken is None or taken[0] == record["uuid"])


def restore_critique(connection: Connection, record: Record, here: RowsHere, method_id: int, revision_id: int) -> bool:
    """Put back an attempt at asking Claude, or how one ended of which that is not known here; return whether it was."""
    there = connection.execute("SELECT state FROM critiques WHERE uuid = ?", (record["uuid"],)).fetchone()
    if there is None:
        values = {
            **record,
            "method_id": method_id,
            "reviewer_id": here.reviewers[record["reviewer_id"]],
            "revision_id": revision_id,
        }
        return add_unless_there(connection, "critiques", CRITIQUE_COLUMNS, values)
    if there[0] != "sent" or record["state"] == "sent":
        return False
    connection.execute(
        f"UPDATE critiques SET {', '.join(f'{name} = :{name}' for name in HOW_IT_ENDED)} WHERE uuid = :uuid",
        {name: record[name] for name in ("uuid", *HOW_IT_ENDED)},
    )
    return True


def _reading(connection: Connection, record: Record, here: RowsHere, done: Restored) -> None:
    if not is_sound_reading(record):
        done.unsound.append(record["uuid"])
    elif (values := _on_critique(connection, record, here)) is not None:
        done.critique_readings += add_unless_there(connection, "critique_readings", READING_COLUMNS, values)


def _mark(connection: Connection, record: Record, here: RowsHere, done: Restored) -> None:
    if (values := _on_critique(connection, record, here)) is not None:
        done.critique_marks += add_unless_there(connection, "critique_marks", MARK_COLUMNS, values)


def _on_critique(connection: Connection, record: Record, here: RowsHere) -> Record | None:
    """Return a record with the rows of its critique and its reviewer; None where either is not here."""
    row = connection.execute("SELECT id FROM critiques WHERE uuid = ?", (record["critique"],)).fetchone()
    if row is None or record["reviewer_id"] not in here.reviewers:
        return None
    return {**record, "critique_id": row[0], "reviewer_id": here.reviewers[record["reviewer_id"]]}


def _setting(connection: Connection, record: Record, here: RowsHere, done: Restored) -> None:
    done.critic_settings += add_unless_there(connection, "critic_settings", SETTING_COLUMNS, record)


def _batch(connection: Connection, record: Record, here: RowsHere, done: Restored) -> None:
    taken = connection.execute("SELECT uuid FROM critic_batches WHERE api_id = ?", (record["api_id"],)).fetchone()
    if not is_sound_batch(record) or (taken is not None and taken[0] != record["uuid"]):
        done.unsound.append(record["uuid"])
        return
    done.critic_batches += take_in_batch(connection, record)


def _stop(connection: Connection, record: Record, here: RowsHere, done: Restored) -> None:
    done.spending_stops += add_unless_there(connection, "spending_stops", STOP_COLUMNS, record)


OF_CRITIC: Mapping[str, Callable[[Connection, Record, RowsHere, Restored], None]] = {
    "critique_reading": _reading,
    "critique_mark": _mark,
    "critic_setting": _setting,
    "critic_batch": _batch,
    "spending_stop": _stop,
}
"""What puts back a record of each type that is of the critic, save attempts, and counts it."""
