"""Where a call to Claude came from and what came of it, as it is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from reviewer.critic.prices import MICRO, in_dollars
from reviewer.domain.errors import UserError
from reviewer.domain.text import safe_line, safe_text
from reviewer.store.connection import Store
from reviewer.store.critiques import StoredAttempt, attempts_at, calls_named
from reviewer.workflow.critic_state import is_cut_off

SHORTEST = 6
"""Characters of the end of a call's id that are enough to name it."""


def attempts_named(store: Store, call: str) -> tuple[StoredAttempt, ...]:
    """Return every attempt at the call of that id, or whose id ends so.

    Raises:
        UserError: when there is none, or more than one.
        StoreError: when the store cannot be read.
    """
    asked = call.strip()
    with store.read() as connection:
        found = calls_named(connection, asked) if len(asked) >= SHORTEST else ()
        if len(found) == 1:
            return attempts_at(connection, found[0])
    shown = safe_line(asked, 60)
    if found:
        raise UserError(f"“{shown}” names more than one call: give more of the end of its id.")
    raise UserError(f"There is no call “{shown}”; give its id, or {SHORTEST} or more characters of the end of it.")


def provenance(attempt: StoredAttempt, now: datetime) -> Mapping[str, Any]:
    """Return an attempt as plain data, the raw answer and all."""
    sent, ended = attempt.sent, attempt.ended
    return {
        "attempt": attempt.uuid,
        **asdict(sent),
        "requested_by": attempt.requested_by,
        "cut_off": is_cut_off(attempt, now),
        "state": "sent" if ended is None else "failed" if ended.failure else "answered",
        **({} if ended is None else asdict(ended)),
        "reserved_usd": sent.reserved / MICRO,
        "spent_usd": None if ended is None or ended.spent is None else ended.spent / MICRO,
    }


def provenance_lines(attempt: StoredAttempt, now: datetime) -> Iterator[str]:
    """Yield the same as lines for a person, safe to show; the raw answer last."""
    sent, ended = attempt.sent, attempt.ended
    labelled = [
        ("call", f"{sent.call}, attempt {sent.attempt}"),
        ("asked", f"{sent.sent_at} by {attempt.requested_by}"),
        ("model", f"{sent.model_asked}, effort {sent.effort}; {sent.sdk}"),
        ("prompt", f"{sent.template}, sha256 {sent.template_hash[:16]}; form {sent.schema_hash[:16]}"),
        ("request", f"sha256 {sent.request_hash[:16]}; proposal {sent.proposal_hash[:16]}; rubric {sent.rubric}"),
        ("set aside", f"{in_dollars(sent.reserved)} at {sent.price}"),
    ]
    if ended is None:
        labelled.append(("ended", _without_end(attempt, now)))
    else:
        what = f"{ended.failure.replace('_', ' ')} {ended.detail}".strip() if ended.failure else "answered"
        cost = "not known: what was set aside counts" if ended.spent is None else in_dollars(ended.spent)
        labelled += [
            ("ended", f"{ended.ended_at}, {what}, after {ended.seconds or 0:.1f} s"),
            ("answer", f"{ended.model or 'no model'}, message {ended.message_id or 'none'}, "
                       f"request {ended.request_id or 'none'}, ended with {ended.stop_reason or 'nothing'}"),
            ("tokens", "none told" if ended.usage is None
                       else f"{ended.usage.all_input:,} in, {ended.usage.output:,} out"),
            ("cost", cost),
        ]  # fmt: skip
    for label, text in labelled:
        yield f"{label:<10}{safe_line(text, 300)}"
    if ended is not None and ended.raw:
        yield ""
        yield from safe_text(ended.raw).splitlines()
    yield ""


def _without_end(attempt: StoredAttempt, now: datetime) -> str:
    if is_cut_off(attempt, now):
        return "cut off: who waited for it is gone, and what was set aside stays counted as spent"
    where = "it is in a batch, and " if attempt.sent.batch is not None else ""
    return f"{where}nothing was heard of it yet: what was set aside counts as spent"
