"""Telling people what a file stands for, where it is one of ours that goes away again: standard input, for example."""

from collections.abc import Iterator
from dataclasses import replace

from reviewer.domain.errors import UserError
from reviewer.domain.methods import MethodRecord, Reject, Remark, UnknownFields
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
        return record._replace(provenance=record.provenance._replace(file=stands_for))
    if isinstance(record, Remark):
        return replace(record, provenance=record.provenance._replace(file=stands_for))
    if isinstance(record, Reject):
        return replace(record, file=stands_for, reason=record.reason.replace(path, stands_for))
    return replace(record, file=stands_for) if isinstance(record, UnknownFields) else record
