"""Batches of questions to Claude: what was asked for at once, what the API calls it, and how it stood with it last."""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reviewer.store.critiques import Ended, StoredAttempt, end, read_attempts

Connection = sqlite3.Connection


class Status(StrEnum):
    """How it stood with a batch when it was seen last."""

    PREPARING = "preparing"
    SENDING = "sending"
    """Whether it arrived is not known until the API has given it an id."""
    IN_PROGRESS = "in_progress"
    CANCELING = "canceling"
    ENDED = "ended"
    COLLECTED = "collected"
    UNSENT = "unsent"
    GIVEN_UP = "given_up"


OVER = (Status.COLLECTED, Status.UNSENT, Status.GIVEN_UP)
"""Nothing is to come of it any more."""

AT_THE_API = (Status.IN_PROGRESS, Status.CANCELING, Status.ENDED)
"""The API has it, and something is still to come of it."""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is kept. ``asked`` says which proposals were asked for, ``most`` is what it was allowed to cost."""

    uuid: str
    api_id: str | None
    requested_by: str
    asked: str
    most: int
    requests: int
    made_at: str
    status: Status
    status_at: str


@dataclass(frozen=True, slots=True)
class Totals:
    """What has come of a batch so far; its costs are in millionths of a dollar. ``at_most`` counts what may be."""

    waiting: int = 0
    answered: int = 0
    failed: Mapping[str, int] = field(default_factory=dict)
    for_nothing: int = 0
    """Failed at no cost, and nothing was asked about the same proposal since."""
    spent: int = 0
    at_most: int = 0


_FOR_NOTHING = (
    "(c.state = 'failed' AND coalesce(c.spent, 1) = 0 AND NOT EXISTS "
    "(SELECT 1 FROM critiques later WHERE later.method_id = c.method_id AND later.id > c.id))"
)
BATCH_COLUMNS = ("uuid", "api_id", "requested_by", "asked", "max_usd", "requests", "made_at", "status",
                 "status_at")  # fmt: skip
_COLUMNS = ", ".join(BATCH_COLUMNS)


def add_batch(connection: Connection, uuid: str, *, requested_by: str, asked: str, most: int, now: str) -> None:
    """Write down that a batch is being prepared, in the caller's transaction."""
    connection.execute(
        f"INSERT INTO critic_batches ({_COLUMNS}) VALUES (?, NULL, ?, ?, ?, 0, ?, 'preparing', ?)",
        (uuid, requested_by, asked, most, now, now),
    )


def count_requests(connection: Connection, uuid: str, requests: int, now: str) -> bool:
    """Say how many requests a batch has so far; return whether it is still being prepared."""
    done = connection.execute(
        "UPDATE critic_batches SET requests = ?, status_at = ? WHERE uuid = ? AND status = 'preparing'",
        (requests, now, uuid),
    )
    return done.rowcount == 1


def set_status(
    connection: Connection, uuid: str, status: Status, now: str, *, was: Sequence[Status], api_id: str | None = None
) -> bool:
    """Say how it stands with a batch, with the id that the API gave it; return False where it ``was`` none of these."""
    done = connection.execute(
        "UPDATE critic_batches SET status = ?, status_at = ?, api_id = coalesce(api_id, ?) "
        f"WHERE uuid = ? AND status IN ({', '.join('?' * len(was))})",
        (status, now, api_id, uuid, *was),
    )
    return done.rowcount == 1


def take_in_batch(connection: Connection, record: Mapping[str, Any]) -> bool:
    """Take in a batch as another store has it, or what is known there of one that is here; return whether it was new.

    That it is over counts more than what was seen later of it.
    """
    row = connection.execute(f"SELECT {_COLUMNS} FROM critic_batches WHERE uuid = ?", (record["uuid"],)).fetchone()
    if row is None:
        connection.execute(
            f"INSERT INTO critic_batches ({_COLUMNS}) VALUES ({', '.join(f':{name}' for name in BATCH_COLUMNS)})",
            record,
        )
        return True
    here = dict(zip(BATCH_COLUMNS, row, strict=True))
    if _how_far(record) <= _how_far(here):
        return False
    connection.execute(
        "UPDATE critic_batches SET status = :status, status_at = :status_at, api_id = coalesce(api_id, :api_id), "
        "requests = CASE status WHEN 'preparing' THEN :requests ELSE requests END WHERE uuid = :uuid",
        record,
    )
    return True


def _how_far(record: Mapping[str, Any]) -> tuple[bool, str, str, bool]:
    return record["status"] in OVER, record["status_at"], record["status"], record["api_id"] is not None


def all_batches(connection: Connection) -> tuple[Batch, ...]:
    """Return every batch, the newest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM critic_batches ORDER BY made_at DESC, uuid DESC").fetchall()
    return tuple(map(_batch, rows))


def batch_as_kept(connection: Connection, uuid: str) -> Batch:
    """Return a batch as it is kept now."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM critic_batches WHERE uuid = ?", (uuid,)).fetchone()
    return _batch(row)


def _batch(row: Sequence[Any]) -> Batch:
    uuid, api_id, requested_by, asked, most, requests, made_at, status, status_at = row
    return Batch(uuid, api_id, requested_by, asked, most, requests, made_at, Status(status), status_at)


def totals_of(connection: Connection, uuid: str) -> Totals:
    """Return what has come of a batch."""
    rows = connection.execute(
        f"SELECT c.state, c.failure, count(*), sum({_FOR_NOTHING}), coalesce(sum(c.spent), 0), "
        "coalesce(sum(coalesce(c.spent, c.reserved)), 0) FROM critiques c WHERE c.batch = ? "
        "GROUP BY c.state, c.failure",
        (uuid,),
    ).fetchall()
    by_state: Counter[str] = Counter()
    for state, _, n, *_ in rows:
        by_state[state] += n
    failed = {failure: n for _, failure, n, *_ in rows if failure}
    for_nothing, spent, at_most = (sum(row[i] for row in rows) for i in (3, 4, 5))
    return Totals(by_state["sent"], by_state["answered"], failed, for_nothing, spent, at_most)


def waiting_calls(connection: Connection, uuid: str, calls: Sequence[str]) -> dict[str, StoredAttempt]:
    """Return which of some calls are of a batch and have not ended, each with its attempt."""
    marks = ", ".join("?" * len(calls))
    found = read_attempts(
        connection, f"c.batch = ? AND c.state = 'sent' AND c.call IN ({marks})", (uuid, *calls)
    )  # fmt: skip
    return {each.sent.call: each for each in found}


def are_of(connection: Connection, uuid: str, calls: Sequence[str]) -> int:
    """Return how many of some calls are of a batch, ended or not."""
    marks = ", ".join("?" * len(calls))
    row = connection.execute(f"SELECT count(*) FROM critiques WHERE batch = ? AND call IN ({marks})", (uuid, *calls))
    n: int = row.fetchone()[0]
    return n


def end_if_waiting(connection: Connection, attempt_id: int, ended: Ended) -> bool:
    """Write down how an attempt ended, unless another process has; return whether it was written."""
    row = connection.execute("SELECT 1 FROM critiques WHERE id = ? AND state = 'sent'", (attempt_id,)).fetchone()
    if row is not None:
        end(connection, attempt_id, ended)
    return row is not None


def end_some(connection: Connection, uuid: str, ended: Ended, most: int) -> int:
    """Let up to so many attempts of a batch that have not ended end alike; return how many did."""
    rows = connection.execute(
        "SELECT id FROM critiques WHERE batch = ? AND state = 'sent' LIMIT ?", (uuid, most)
    ).fetchall()
    for (attempt_id,) in rows:
        end(connection, attempt_id, ended)
    return len(rows)


def is_answered(connection: Connection, method_id: int, revision_id: int) -> bool:
    """Return whether there is an answer on a proposal's text, whoever asked."""
    return _there_is(connection, "state = 'answered'", method_id, revision_id)


def is_under_way(connection: Connection, method_id: int, revision_id: int) -> bool:
    """Return whether a batch asks about a proposal's text, and no answer has come yet."""
    return _there_is(connection, "state = 'sent' AND batch IS NOT NULL", method_id, revision_id)


def _there_is(connection: Connection, condition: str, method_id: int, revision_id: int) -> bool:
    row = connection.execute(
        f"SELECT 1 FROM critiques WHERE method_id = ? AND revision_id = ? AND {condition} LIMIT 1",
        (method_id, revision_id),
    ).fetchone()
    return row is not None


def came_to_nothing(connection: Connection, uuids: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """Return the proposal and the call of each attempt of some batches that came to nothing, as `for_nothing` says."""
    marks = ", ".join("?" * len(uuids))
    rows = connection.execute(
        f"SELECT c.method_id, c.call FROM critiques c WHERE c.batch IN ({marks}) AND {_FOR_NOTHING} ORDER BY c.id",
        tuple(uuids),
    ).fetchall()
    return tuple((method_id, call) for method_id, call in rows)


def next_attempt(connection: Connection, call: str) -> int:
    """Return the number that the next attempt at a call has."""
    n: int = connection.execute(
        "SELECT coalesce(max(attempt), 0) + 1 FROM critiques WHERE call = ?", (call,)
    ).fetchone()[0]
    return n
