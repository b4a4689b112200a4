"""Attempts at asking Claude: written before they are sent, ended once, and never lost sight of what they cost."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from reviewer.domain.critiques import Usage
from reviewer.domain.identity import new_id

Connection = sqlite3.Connection


@dataclass(frozen=True, slots=True)
class Sent:
    """What is about to be sent, as it is kept. ``reserved`` is the most that it can cost, in millionths of a dollar."""

    call: str
    attempt: int
    method_id: int
    revision_id: int
    reviewer_id: int
    rubric: str
    constraints: tuple[str, ...]
    template: str
    template_hash: str
    schema_hash: str
    request_hash: str
    proposal_hash: str
    sent: str
    removed: int
    sdk: str
    model_asked: str
    effort: str
    price: str
    reserved: int
    sent_at: str
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended. ``failure`` is empty of an answer; ``spent`` is None where what was set aside counts."""

    failure: str
    ended_at: str
    detail: str = ""
    status: int | None = None
    message_id: str = ""
    request_id: str = ""
    model: str = ""
    stop_reason: str = ""
    category: str = ""
    raw: str = ""
    usage: Usage | None = None
    spent: int | None = None
    seconds: float | None = None


class StoredAttempt(NamedTuple):
    """One attempt as the store has it; ``ended`` is None while no answer has come."""

    id: int
    uuid: str
    sent: Sent
    requested_by: str
    ended: Ended | None


_SENT = ("call", "attempt", "method_id", "revision_id", "reviewer_id", "rubric", "constraints", "template",
         "template_hash", "schema_hash", "request_hash", "proposal_hash", "sent", "removed", "sdk", "model_asked",
         "effort", "price", "reserved", "sent_at", "batch")  # fmt: skip
_ENDED = ("failure", "ended_at", "detail", "status", "message_id", "request_id", "model", "stop_reason", "category",
          "raw", "usage", "spent", "seconds")  # fmt: skip


HOW_IT_ENDED = ("state", *_ENDED)
CRITIQUE_COLUMNS = ("uuid", *_SENT, *HOW_IT_ENDED)


def reserve(connection: Connection, sent: Sent) -> int:
    """Write down what is about to be sent and what it may cost, in the caller's transaction; return its row id."""
    values = [new_id(), *(_written(getattr(sent, name)) for name in _SENT)]
    cursor = connection.execute(
        f"INSERT INTO critiques (uuid, {', '.join(_SENT)}, state, failure, detail, message_id, request_id, model, "
        f"stop_reason, category, raw) VALUES ({', '.join('?' * len(values))}, 'sent', '', '', '', '', '', '', '', '')",
        values,
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def end(connection: Connection, attempt_id: int, ended: Ended) -> None:
    """Write down how an attempt ended, in the caller's transaction.

    Raises:
        sqlite3.IntegrityError: when it has ended before.
    """
    usage = None if ended.usage is None else json.dumps(asdict(ended.usage))
    values = [usage if name == "usage" else _sound(getattr(ended, name)) for name in _ENDED]
    connection.execute(
        f"UPDATE critiques SET state = ?, {', '.join(f'{name} = ?' for name in _ENDED)} WHERE id = ?",
        ["failed" if ended.failure else "answered", *values, attempt_id],
    )


def _sound(value: Any) -> Any:
    """Return a text with halves of characters spelt out: an answer may have some, and no database holds them."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value


def _written(value: Any) -> Any:
    return json.dumps(list(value)) if isinstance(value, tuple) else _sound(value)


def attempts_at(connection: Connection, call: str) -> tuple[StoredAttempt, ...]:
    """Return every attempt at a call, the first first."""
    return read_attempts(connection, "c.call = ? ORDER BY c.attempt", (call,))


def attempts_on(connection: Connection, method_id: int) -> tuple[StoredAttempt, ...]:
    """Return every attempt on a proposal, the oldest first."""
    return read_attempts(connection, "c.method_id = ? ORDER BY c.sent_at, c.uuid", (method_id,))


def answered_on(connection: Connection, method_id: int, revision_id: int) -> StoredAttempt | None:
    """Return the newest answer on a proposal's revision, whoever asked; None without one."""
    found = read_attempts(
        connection,
        "c.method_id = ? AND c.revision_id = ? AND c.state = 'answered' ORDER BY c.sent_at DESC, c.uuid DESC LIMIT 1",
        (method_id, revision_id),
    )
    return found[0] if found else None


def calls_named(connection: Connection, ending: str, most: int = 2) -> tuple[str, ...]:
    """Return the calls whose id is, or ends with, a text; no more than so many."""
    rows = connection.execute(
        "SELECT DISTINCT call FROM critiques WHERE call = ?1 OR substr(call, -length(?1)) = ?1 LIMIT ?2", (ending, most)
    ).fetchall()
    return tuple(call for (call,) in rows)


def unended(connection: Connection) -> tuple[StoredAttempt, ...]:
    """Return the attempts, none of a batch, of which nothing was heard, the oldest first."""
    return read_attempts(connection, "c.state = 'sent' AND c.batch IS NULL ORDER BY c.sent_at, c.uuid", ())


def read_attempts(connection: Connection, which: str, values: Sequence[Any]) -> tuple[StoredAttempt, ...]:
    """Return the attempts that fulfil a condition of SQL, in which they are called ``c``."""
    columns = ", ".join(f"c.{name}" for name in (*_SENT, *_ENDED))
    rows = connection.execute(
        f"SELECT c.id, c.uuid, c.state, w.name, {columns} FROM critiques c JOIN reviewers w ON w.id = c.reviewer_id "
        f"WHERE {which}",
        values,
    ).fetchall()
    return tuple(map(_stored, rows))


def _stored(row: Sequence[Any]) -> StoredAttempt:
    attempt_id, uuid, state, requested_by, *rest = row
    sent: Mapping[str, Any] = dict(zip(_SENT, rest, strict=False))
    ended: Mapping[str, Any] = dict(zip(_ENDED, rest[len(_SENT) :], strict=True))
    usage = ended["usage"]
    return StoredAttempt(
        attempt_id,
        uuid,
        Sent(**{**sent, "constraints": tuple(json.loads(sent["constraints"]))}),
        requested_by,
        None if state == "sent" else Ended(**{**ended, "usage": None if usage is None else Usage(**json.loads(usage))}),
    )
