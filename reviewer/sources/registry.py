"""All sources in the order of trying, and finding what can be read at a path by what stands in it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.domain.errors import SourceError, UserError
from reviewer.sources import (
    aar_cache,
    aar_database,
    aar_findings,
    ai_scientist,
    ai_scientist_v2,
    aide,
    autoresearch,
    markdown,
    native,
    report_text,
)
from reviewer.sources.contract import Head, Plan, Progress, Read, Source, Stated, no_progress
from reviewer.sources.files import head_of, readable_head, require, walk
from reviewer.sources.foreign import describe
from reviewer.sources.told_as import as_told

SOURCES: tuple[Source, ...] = (
    aar_database.SOURCE,
    native.SOURCE,
    aar_cache.SOURCE,
    aar_findings.SOURCE,
    ai_scientist.SOURCE,
    ai_scientist_v2.SOURCE,
    aide.SOURCE,
    autoresearch.SOURCE,
    markdown.SOURCE,
    report_text.SOURCE,
)


class Found(NamedTuple):
    """A thing that can be read: the source that knows it, and the file or folder to give to ``source.plan``."""

    source: Source
    path: Path


class Recognised(NamedTuple):
    """What can be read at a path, and the files met there that are of no format or cannot be opened."""

    found: tuple[Found, ...]
    unknown: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()


class Planned(NamedTuple):
    """What will be read at a path, and which files of a folder are passed over: of no format, or not to be opened."""

    plans: tuple[Plan, ...]
    unknown: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()


def by_name(name: str) -> Source:
    """Return the source that ``--format`` names.

    Raises:
        UserError: when there is none of that name; it lists those that there are.
    """
    for source in SOURCES:
        if source.name == name:
            return source
    raise UserError(f"There is no format {name!r}; the formats are {', '.join(s.name for s in SOURCES)}.")


def recognise(path: Path) -> Recognised:
    """Return everything that can be read at ``path``, in the order of the files.

    A folder is searched through, whatever its files are called. Files that only make sense together (the seeds of the
    cache, the findings that name one another as parents) are one thing under the path that was given.

    Raises:
        SourceError: when nothing is there, or nothing that any source knows; it says what it is instead.
    """
    if require(path).is_file():
        head = head_of(path)
        source = _source_of(head) or _source_of(head, only_named=True)
        if source is None:
            raise SourceError(f"{path}: {describe(head)}.")
        return Recognised((Found(source, path),))
    found: list[Found] = []
    unknown: list[Path] = []
    unreadable: list[Path] = []
    for file in walk(path):
        beginning = readable_head(file)
        source = _source_of(beginning) if beginning is not None else None
        if beginning is None:
            unreadable.append(file)
        elif source is None:
            unknown.append(file)
        elif not source.together:
            found.append(Found(source, file))
        elif not any(f.source is source for f in found):
            found.append(Found(source, path))
    if not found:
        looked_at = len(unknown) + len(unreadable)
        titles = "; ".join(f"{s.name}: {s.title}" for s in SOURCES)
        files = {0: "no file", 1: "one file, which no format fits"}.get(
            looked_at, f"{looked_at:,} files, none of which any format fits"
        )
        raise SourceError(f"{path}: the folder holds {files}; what can be read is {titles}.")
    return Recognised(tuple(found), tuple(unknown), tuple(unreadable))


def planned(
    path: Path, *, problem: str | None = None, format_name: str | None = None, stated: Stated | None = None
) -> Planned:
    """Return the plans for everything at ``path``, by its content or as the one format that the person named.

    What a source reads or rejects itself, what belongs beside it, and hidden files are not passed over; nor is anything
    where the person named the format.

    Raises:
        UserError: when the format is unknown, nothing can be read, or baselines are told by a field that a format does
            not have.
    """
    if format_name is not None:
        return Planned((_plan(by_name(format_name), path, problem, stated),))
    found, *others = recognise(path)
    plans = tuple(_plan(source, where, problem, stated) for source, where in found)
    owned = {file for plan in plans for file in plan.files}
    endings: dict[Path, tuple[str, ...]] = {}
    for plan in plans:
        beside = by_name(plan.source).beside
        for folder in {file.parent for file in plan.files} if beside else ():
            endings[folder] = endings.get(folder, ()) + beside

    def is_passed_over(file: Path) -> bool:
        hidden = file.name.startswith(".")
        return not (hidden or file in owned or file.name.endswith(endings.get(file.parent, ())))

    return Planned(plans, *(tuple(filter(is_passed_over, files)) for files in others))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield what was planned, by the source that planned it."""
    return as_told(plan, by_name(plan.source).read(plan, progress))


def _plan(source: Source, path: Path, problem: str | None, stated: Stated | None) -> Plan:
    for field, _ in stated.baseline if stated else ():
        if field not in source.baseline_fields:
            known = ", ".join(source.baseline_fields)
            there = f"it has {known}" if known else "its files say themselves what is a baseline"
            raise UserError(f"{path}: the format {source.name} has no field {field!r} to tell baselines by; {there}.")
    plan = source.plan(path, problem=problem)
    return replace(plan, stated=stated) if stated else plan


def _source_of(head: Head, *, only_named: bool = False) -> Source | None:
    return next((s for s in SOURCES if s.only_named == only_named and s.recognise(head)), None)
