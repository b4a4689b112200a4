"""Formats that other packages bring: entry points of the group ``reviewer.sources``, each of them a ``Source``.

They are somebody else's code. What fails in it is told in one sentence that names the package, with the traceback in
the log, and stands in the way of no other format; what it reads is checked before it goes any further.
"""

import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Read, Source, Stated, no_progress
from reviewer.sources.jsontext import mend
from reviewer.sources.shared_ids import SharesIds
from reviewer.sources.sightings import Sightings

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "reviewer.sources"

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_REASON = 200
"""Characters of an exception's own words that are told."""

_logger = logging.getLogger("reviewer")


class InstalledSourceError(SourceError):
    """The code of an installed format failed; the sentence names its package."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A format that a package brings, guarded, and that package with its version: ``acme-formats 1.2``."""

    source: Source
    package: str


@dataclass(frozen=True, slots=True)
class InstalledSources:
    """The formats that packages bring, in the order of their packages' names, and a sentence for each left out."""

    found: tuple[Installed, ...] = ()
    troubles: tuple[str, ...] = ()


@cache
def installed_sources(taken: tuple[str, ...]) -> InstalledSources:
    """Load what packages bring, once in a process; names that are ``taken``, or given twice, are refused.

    One that takes any text whatever is treated as ``only_named``, so that it takes away no file from another format.
    """
    from importlib.metadata import entry_points  # some 20 ms, for what most files have no need of

    found: list[Installed] = []
    troubles: list[str] = []
    names = dict.fromkeys(taken, "reviewer itself")
    for entry in sorted(entry_points(group=GROUP), key=lambda e: (_package(e), e.name, e.value)):
        package = _package(entry)
        try:
            source = _checked(entry.load())
            if (has_it := names.get(source.name)) is not None:
                raise _UnusableError(f"its name {source.name!r} is taken by {has_it}")
        except _UnusableError as error:
            troubles.append(f"The format {entry.name!r} of the package {package} is left out: {error}.")
        # Whatever stands in the module runs as it is loaded, be it sys.exit().
        except (Exception, SystemExit) as error:
            sentence = f"The format {entry.name!r} of the package {package} cannot be loaded ({_words(error)})"
            troubles.append(f"{sentence}: it is left out, and the traceback is in the log; mend the package.")
            _logger.error("%s", sentence, exc_info=error)
        else:
            names[source.name] = package
            found.append(Installed(_guarded(source, package), package))
    return InstalledSources(tuple(found), tuple(troubles))


class _UnusableError(Exception):
    """What an entry point leads to is no source that can be used."""


def _package(entry: "EntryPoint") -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "(unknown)"


def _checked(source: Any) -> Source:
    """Return what an entry point leads to, once it is a source through and through.

    Raises:
        _UnusableError: when it is none.
    """
    if not isinstance(source, Source):
        raise _UnusableError(f"it is of the type {type(source).__name__}, not a Source")
    for field in fields(Source):
        value = getattr(source, field.name)
        if field.name == "fields":
            right = isinstance(value, tuple) and all(
                isinstance(each, FieldMeaning) and all(isinstance(text, str) for text in each) for each in value
            )
        elif isinstance(field.default, tuple):
            right = isinstance(value, tuple) and all(isinstance(text, str) for text in value)
        elif field.name in ("recognise", "plan", "read"):
            right = callable(value)
        elif field.name == "shares_ids":
            right = value is None or callable(value)
        elif field.name in ("together", "only_named"):
            right = isinstance(value, bool)
        else:
            right = isinstance(value, str)
        if not right:
            raise _UnusableError(f"its {field.name} is of the wrong type ({type(value).__name__})")
    if not _NAME.fullmatch(source.name):
        raise _UnusableError(f"its name {source.name!r} is not of the form {_NAME.pattern}")
    if not source.title.strip():
        raise _UnusableError("it has no title")
    return source


def _guarded(source: Source, package: str) -> Source:
    called = f"the format {source.name} (package {package})"
    return replace(
        source,
        recognise=partial(_recognise, source.recognise, called),
        plan=_Planner(source, called),
        read=_Reader(source, called),
        only_named=source.only_named or _takes_anything(source.recognise),
        shares_ids=source.shares_ids and partial(_shares_ids, source.shares_ids, called),
    )


def _takes_anything(recognise: Callable[[Head], bool]) -> bool:
    try:
        nothing = Path(os.devnull)
        return all(bool(recognise(Head(nothing, start, len(start)))) for start in (b"", b"Nothing in particular.\n"))
    except Exception:
        return False  # It is told of when it fails at a file that is there.


def _recognise(recognise: Callable[[Head], bool], called: str, head: Head) -> bool:
    try:
        return bool(recognise(head))
    except Exception as error:
        raise _failure(called, f"could not tell whether it knows {head.path}", error) from error


def _shares_ids(shares_ids: SharesIds, called: str, namespace: str, known_as: str) -> bool:
    try:
        return bool(shares_ids(namespace, known_as))
    except Exception as error:
        raise _failure(called, f"could not tell whether another run may have {known_as!r}", error) from error


@dataclass(frozen=True, slots=True)
class _Planner:
    source: Source
    called: str

    def __call__(self, path: Path, *, problem: str | None = None) -> Plan:
        try:
            plan = self.source.plan(path, problem=problem)
        except SourceError:
            raise
        except Exception as error:
            raise _failure(self.called, f"failed at {path}", error) from error
        if not _is_plan(plan, self.source.name):
            raise InstalledSourceError(
                f"{path}: {self.called} makes no Plan of its own for it, with a path, files, a namespace and a size."
            )
        return plan


def _is_plan(plan: object, name: str) -> bool:
    return (
        type(plan) is Plan
        and plan.source == name
        and isinstance(plan.path, Path)
        and isinstance(plan.files, tuple)
        and all(isinstance(file, Path) for file in plan.files)
        and isinstance(plan.namespace, str)
        and isinstance(plan.problem, str | None)
        and isinstance(plan.total, int | None)
        and type(plan.stated) is Stated
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    source: Source
    called: str

    def __call__(self, plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
        """Yield what is read, checked; where the reader fails, at the end a reject that says so."""
        from reviewer.sources.checked_records import checked  # pydantic, which most formats do without

        file = str(plan.path)
        sightings = Sightings()
        records: Iterator[Any] | None = None
        while True:
            try:
                records = iter(self.source.read(plan, progress)) if records is None else records
                given = next(records)
            except StopIteration:
                return
            except SourceError as error:
                yield Reject(file, "", str(mend(str(error).removeprefix(f"{file}: "))))
                return
            except Exception as error:
                failure = _failure(self.called, "failed while it read; what came before that was taken", error)
                yield Reject(file, "", str(failure))
                return
            record = checked(given, namespace=plan.namespace, file=file)
            if isinstance(record, MethodRecord | Remark):
                record = sightings.admit(record)
            elif isinstance(record, Reject) and not isinstance(given, Reject):
                record = replace(record, reason=f"{self.called} gives what cannot be taken: {record.reason}")
            yield record


def _failure(called: str, what: str, error: Exception) -> InstalledSourceError:
    """Return in a sentence what somebody's code failed at, and keep its traceback in the log."""
    sentence = f"{called} {what} ({_words(error)})"
    _logger.error("%s", sentence, exc_info=error)
    return InstalledSourceError(f"{sentence}; the traceback is in the log.")


def _words(error: BaseException) -> str:
    try:
        said = str(error)
    except Exception:
        said = ""
    said = str(mend(" ".join(said.split())))[:_REASON]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
