"""Telling people what a file stands for, where it is one of ours that goes away again: standard input, for example."""

from collections.abc import Iterator
from dataclasses import replace

from reviewer.domain.errors import UserError
from reviewer.domain.methods import MethodRecord, Notice, Provenance, Reject, Remark, UnknownFields
from reviewer.sources.contract import Plan, Read


def as_told(plan: Plan, records: Iterator[Read]) -> Iterator[Read]:
    """Yield what is read, with what stands for the plan's file in place of its path; an error says so too."""
    if not plan.stands_for:
        yield from records
        return
    try:
        for record in records:
            yield _told(record, str(plan.path), plan.stands_for)
    except UserError as error:
        raise error_told(error, str(plan.path), plan.stands_for) from error


def error_told(error: UserError, path: str, stands_for: str) -> UserError:
    """Return the error with what stands for a path in its place."""
    return type(error)(str(error).replace(path, stands_for))


def _told(record: Read, path: str, stands_for: str) -> Read:
    if isinstance(record, MethodRecord):
        return record._replace(provenance=_led_back(record.provenance, path, stands_for))
    if isinstance(record, Remark):
        return replace(record, provenance=_led_back(record.provenance, path, stands_for))
    if isinstance(record, Reject):
        file, reason = (text.replace(path, stands_for) for text in (record.file, record.reason))
        return replace(record, file=file, reason=reason)
    if isinstance(record, Notice):
        return Notice(*(text.replace(path, stands_for) for text in (record.file, record.words)))
    return replace(record, file=stands_for) if isinstance(record, UnknownFields) else record


def _led_back(provenance: Provenance, path: str, stands_for: str) -> Provenance:
    # A reader of what was fetched says itself which address a record is from.
    return provenance._replace(file=provenance.file.replace(path, stands_for))
