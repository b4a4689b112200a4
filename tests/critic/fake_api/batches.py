"""Message batches: made, asked after, at their end, cancelled, and what came of each request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from uuid import uuid4

from tests.critic.fake_api.checking import faults_of_message
from tests.critic.fake_api.courses import Course, Fate, Refused, Results
from tests.critic.fake_api.messages import Say
from tests.critic.fake_api.replies import error_body, request_id

LASTS = timedelta(hours=24)
"""A batch that has not ended by then ends with what is left of it expired."""

KEPT = timedelta(days=29)
"""So long the results of a batch can be read."""

Json = dict[str, Any]


@dataclass(slots=True)
class Batch:
    """One batch, asked after ``polls`` times. ``fates`` and ``rows`` are there once it has ended."""

    id: str
    requests: Sequence[Json]
    created_at: datetime
    polls: int = 0
    cancelled_at: datetime | None = None
    ended_at: datetime | None = None
    fates: Mapping[str, Fate] = field(default_factory=dict)
    rows: list[Json] = field(default_factory=list)


class Batches:
    """The batches of one server.

    ``polls_until_ended`` is how often one is told to be in progress before it has ended. ``fate_of`` says what becomes
    of a request; where it says nothing, the scenario does.
    """

    def __init__(self) -> None:
        self.polls_until_ended = 1
        self.fate_of: Callable[[str], Fate | None] = lambda _: None
        self.passed = timedelta()
        self._held: dict[str, Batch] = {}

    def create(self, requests: Sequence[Json]) -> Batch:
        """Make a batch of requests."""
        batch = Batch(f"msgbatch_{uuid4().hex[:24]}", requests, self._now())
        self._held[batch.id] = batch
        return batch

    def get(self, name: str) -> Batch | None:
        """Return a batch, or None where there is none of this name."""
        return self._held.get(name)

    def all(self) -> list[Batch]:
        """Return all batches, the latest first."""
        return list(reversed(self._held.values()))

    def delete(self, name: str) -> None:
        """Forget a batch."""
        del self._held[name]

    def poll(self, batch: Batch, course: Course, say: Say) -> None:
        """Go on with a batch that is asked after: it ends once that was often enough, or when its time is up."""
        batch.polls += 1
        if batch.ended_at is not None:
            return
        if self._now() >= batch.created_at + LASTS:
            batch.ended_at = batch.created_at + LASTS
            batch.fates = dict.fromkeys(_names(batch), Fate.EXPIRED)
            batch.rows = _rows(batch, course, say)
        elif batch.polls > self.polls_until_ended:
            fates = {name: self.fate_of(name) or fate for name, fate in zip(_names(batch), cycle(course.fates))}
            if batch.cancelled_at is not None:
                done = len(fates) // 2
                fates |= dict.fromkeys(_names(batch)[done:], Fate.CANCELED)
            batch.ended_at = self._now()
            batch.fates = fates
            batch.rows = _rows(batch, course, say)

    def cancel(self, batch: Batch) -> None:
        """Begin to cancel a batch: what is done by then, half of it, stays done."""
        if batch.ended_at is None:
            batch.cancelled_at = batch.cancelled_at or self._now()

    def archived(self, batch: Batch, course: Course) -> bool:
        """Return whether the results of a batch have been taken away."""
        ended = batch.ended_at is not None
        return ended and (course.results is Results.ARCHIVED or self._now() >= batch.created_at + KEPT)

    def as_json(self, batch: Batch, course: Course, results_url: str) -> Json:
        """Return a batch as the API tells of it; its results are at ``results_url``."""
        counts = dict.fromkeys(Fate, 0)
        for fate in batch.fates.values():
            counts[fate] += 1
        archived = self.archived(batch, course)
        status = "ended" if batch.ended_at else "canceling" if batch.cancelled_at else "in_progress"
        return {
            "type": "message_batch",
            "id": batch.id,
            "processing_status": status,
            "request_counts": {
                "processing": 0 if batch.ended_at else len(batch.requests),
                **{fate.name.lower(): count for fate, count in counts.items()},
            },
            "created_at": _time(batch.created_at),
            "expires_at": _time(batch.created_at + LASTS),
            "ended_at": _time(batch.ended_at),
            "cancel_initiated_at": _time(batch.cancelled_at),
            "archived_at": _time(batch.created_at + KEPT) if archived else None,
            "results_url": results_url if batch.ended_at and not archived else None,
        }

    def results(self, batch: Batch, course: Course) -> list[Json]:
        """Return what came of each request: the same whenever it is read."""
        rows = batch.rows
        match course.results:
            case Results.ONE_MISSING:
                return rows[1:]
            case Results.ONE_UNASKED:
                return [{"custom_id": "nobody-asked-this", "result": rows[0]["result"]}, *rows]
            case Results.ONE_TWICE:
                return [rows[0], *rows]
        return rows

    def _now(self) -> datetime:
        return datetime.now(UTC) + self.passed


def _names(batch: Batch) -> list[str]:
    return [each["custom_id"] for each in batch.requests]


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _rows(batch: Batch, course: Course, say: Say) -> list[Json]:
    """Return what came of each request, the last one first."""
    asked = {each["custom_id"]: each["params"] for each in batch.requests}
    fates = reversed(list(batch.fates.items()))
    return [{"custom_id": name, "result": _result(fate, asked[name], course, say)} for name, fate in fates]


def _result(fate: Fate, params: Json, course: Course, say: Say) -> Json:
    faults = faults_of_message(params)
    if fate is Fate.ERRORED or (fate is Fate.SUCCEEDED and faults):
        message = faults[0] if faults else "Internal server error"
        refused = Refused(400, "invalid_request_error" if faults else "api_error", message)
        return {"type": "errored", "error": error_body(refused, request_id())}
    if fate is Fate.SUCCEEDED:
        return {"type": "succeeded", "message": say(params, course, "batch").as_json()}
    return {"type": fate.name.lower()}
