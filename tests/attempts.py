"""Builders of attempts at asking Claude, as the store keeps them, that the tests share."""

import sqlite3
from typing import Any

from hypothesis import strategies as st

from reviewer.domain.critiques import Usage
from reviewer.domain.identity import new_id
from reviewer.store.critique_readings import note_reading
from reviewer.store.critiques import Ended, Sent, end, reserve
from reviewer.workflow.session import Session
from tests.builders import NOW

LATER = "2026-01-02T03:04:50.000Z"


def sent(**more: Any) -> Sent:
    """What is about to be sent of the first proposal, by the first reviewer."""
    defaults: dict[str, Any] = {
        "call": new_id(),
        "attempt": 1,
        "method_id": 1,
        "revision_id": 1,
        "reviewer_id": 1,
        "rubric": "test@1",
        "constraints": ("scale", "cost", "signals"),
        "template": "second-reader-1",
        "template_hash": "a" * 64,
        "schema_hash": "b" * 64,
        "request_hash": "c" * 64,
        "proposal_hash": "d" * 64,
        "sent": "Title of p1\n\nBody of p1.",
        "removed": 0,
        "sdk": "anthropic 2.12.0",
        "model_asked": "claude-test",
        "effort": "high",
        "price": "5 in, 25 out, dated 2026-01-01",
        "reserved": 400_000,
        "sent_at": NOW,
    }
    return Sent(**(defaults | more))


def answered(**more: Any) -> Ended:
    """How an attempt ended with an answer."""
    defaults: dict[str, Any] = {
        "failure": "",
        "ended_at": LATER,
        "message_id": "msg_1",
        "request_id": "req_1",
        "model": "claude-test-20260101",
        "stop_reason": "end_turn",
        "raw": '{"critiques":[]}',
        "usage": Usage(1000, 200, 30, 0, 4),
        "spent": 10_000,
        "seconds": 45.0,
    }
    return Ended(**(defaults | more))


def failed(failure: str = "overloaded", **more: Any) -> Ended:
    """How an attempt ended without one."""
    defaults: dict[str, Any] = {
        "failure": failure,
        "ended_at": LATER,
        "status": 529,
        "spent": 0,
        "seconds": 1.0,
    }
    return Ended(**(defaults | more))


def kept(connection: sqlite3.Connection, ended: Ended | None, **more: Any) -> int:
    """Write an attempt and how it ended, None where nothing was heard, in the caller's transaction; give its row id."""
    attempt_id = reserve(connection, sent(**more))
    if ended is not None:
        end(connection, attempt_id, ended)
    return attempt_id


HOSTILE = st.one_of(
    st.text(st.characters(), max_size=200),
    st.sampled_from((
        "\x00", "\x1b[31m", "\u202e", "\ud800", "\udfff\ud800",
        '"}]}\n{"type":"end","records":0}', "'); DROP TABLE x; --",
        "\u2028\x85\r\n", "\ufeff{", "[/red]", "é" * 3_000,
    )),
)  # fmt: skip
"""Texts as no answer should hold them, half pairs of surrogates among them."""


def ask_ahead(session: Session, method_id: int) -> int:
    """Let there be a critique of a proposal that nobody has read; give the row id of its attempt."""
    with session.store.write() as connection:
        revision = connection.execute("SELECT revision_id FROM methods WHERE id = ?", (method_id,)).fetchone()[0]
        asked = {"method_id": method_id, "revision_id": revision, "reviewer_id": session.reviewer_id}
        return kept(connection, answered(), **asked)


def look(session: Session, method_id: int) -> int:
    """Let the session's reviewer have a critique of a proposal before them now; give the row id of its attempt."""
    attempt_id = ask_ahead(session, method_id)
    with session.store.write() as connection:
        note_reading(connection, attempt_id, session.reviewer_id, None, session.now(), 1.0)
    return attempt_id
