"""All sources in the order of trying, and finding what can be read at a path by what stands in it.

Ours are tried before those that other packages bring, and those that would take nearly any text after both. What is
installed is looked for only where a file is of none of ours.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.domain.stating import StatedIn
from reviewer.sources import (
    aar_cache,
    aar_database,
    aar_findings,
    aar_server,
    ai_scientist,
    ai_scientist_v2,
    aide,
    autoresearch,
    inspect_logs,
    markdown,
    native,
    openevolve,
    report_text,
    shinka,
    table,
)
from reviewer.sources.contract import ANY_COLUMN, Head, Plan, Progress, Read, Source, Stated, no_progress
from reviewer.sources.files import PassedOver, head_of, readable_head, require, walk
from reviewer.sources.foreign import describe, known_formats
from reviewer.sources.installed import InstalledSourceError, InstalledSources, installed_sources
from reviewer.sources.shared_ids import SharesIds, in_namespaces
from reviewer.sources.table_map import TableMap
from reviewer.sources.tables_met import header_alone, is_header_alone, need_of_a_map
from reviewer.sources.told_as import as_told

SOURCES: tuple[Source, ...] = (
    aar_database.SOURCE,
    native.SOURCE,
    aar_cache.SOURCE,
    aar_server.SOURCE,
    aar_findings.SOURCE,
    ai_scientist.SOURCE,
    ai_scientist_v2.SOURCE,
    aide.SOURCE,
    inspect_logs.SOURCE,
    openevolve.SOURCE,
    shinka.SOURCE,
    autoresearch.SOURCE,
    markdown.SOURCE,
    report_text.SOURCE,
    table.SOURCE,
)
"""Those that come with the program."""


class Offered(NamedTuple):
    """A source that there is; ``package`` is the one that brings it, with its version, empty where it is ours."""

    source: Source
    package: str = ""


class UnknownFormatError(SourceError):
    """What is at a path is of no format that there is."""


class Found(NamedTuple):
    """A thing that can be read: the source that knows it, and the file or folder to give to ``source.plan``."""

    source: Source
    path: Path


class Recognised(NamedTuple):
    """What can be read at a path, and the files met there that are of no format or cannot be opened.

    ``odd`` is what is no regular file, ``closed`` are folders that cannot be looked into. ``troubles`` are sentences on
    formats of other packages that are left out or failed.
    """

    found: tuple[Found, ...]
    unknown: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()
    odd: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()
    troubles: tuple[str, ...] = ()


class Planned(NamedTuple):
    """What will be read at a path, and what of a folder is passed over: of no format, not to be opened, or odd.

    ``odd`` is no regular file, ``closed`` a folder that cannot be looked into. ``troubles`` are sentences on formats of
    other packages; ``failed`` is what such a one knew and could not plan.
    """

    plans: tuple[Plan, ...]
    unknown: tuple[Path, ...] = ()
    unreadable: tuple[Path, ...] = ()
    odd: tuple[Path, ...] = ()
    closed: tuple[Path, ...] = ()
    troubles: tuple[str, ...] = ()
    failed: tuple[Reject, ...] = ()


def installed() -> InstalledSources:
    """Return what other packages bring; a name that one of ours has is ours."""
    return installed_sources(tuple(source.name for source in SOURCES))


def offered() -> tuple[Offered, ...]:
    """Return every source that there is, in the order in which they are tried."""
    every = [*map(Offered, SOURCES), *(Offered(each.source, each.package) for each in installed().found)]
    return tuple(sorted(every, key=lambda each: each.source.only_named))


def source_of(file: Path) -> Source | None:
    """Return the source that knows a file which was met in a folder; None where none does, or it cannot be opened."""
    head = readable_head(file)
    return None if head is None else _source_of(head, {})


def by_name(name: str) -> Source:
    """Return the source that ``--format`` names.

    Raises:
        UserError: when there is none of that name; it lists those that there are.
    """
    for source in SOURCES:
        if source.name == name:
            return source
    for each in offered():
        if each.source.name == name:
            return each.source
    raise UserError(_and(f"There is no format {name!r}; {known_formats(_names())}.", installed().troubles))


def recognise(path: Path, stated_in: StatedIn = StatedIn.COMMAND_LINE) -> Recognised:
    """Return everything that can be read at ``path``, in the order of the files.

    A folder is searched through, whatever its files are called. Files that only make sense together (the seeds of the
    cache, the findings that name one another as parents) are one thing under the path that was given. ``stated_in`` is
    where the person states what helps where nothing knows it.

    Raises:
        SourceError: when nothing is there; an ``UnknownFormatError`` where no source knows it, which says what it is.
    """
    troubles: dict[str, str] = {}
    if require(path).is_file():
        head = head_of(path)
        source = _source_of(head, troubles) or _source_of(head, troubles, only_named=True)
        if source is None:
            told = header_alone(head) if is_header_alone(head) else describe(head, _names(), stated_in)
            raise UnknownFormatError(_and(f"{path}: {told}.", tuple(troubles.values())))
        return Recognised((Found(source, path),), troubles=tuple(troubles.values()))
    found: list[Found] = []
    unknown: list[Path] = []
    unreadable: list[Path] = []
    passed_over = PassedOver()
    for file in walk(path, passed_over):
        beginning = readable_head(file)
        source = _source_of(beginning, troubles) if beginning is not None else None
        if beginning is None:
            unreadable.append(file)
        elif source is None:
            unknown.append(file)
        elif not source.together:
            found.append(Found(source, file))
        elif not any(f.source is source for f in found):
            found.append(Found(source, path))
    odd, closed = tuple(passed_over.odd), tuple(passed_over.closed)
    if not found:
        looked_at = len(unknown) + len(unreadable)
        files = {0: "no regular file" if odd else "no file", 1: "one file, which no format fits"}.get(
            looked_at, f"{looked_at:,} files, none of which any format fits"
        )
        not_seen = (
            f"{len(closed):,} of its folders cannot be looked into, such as {str(closed[0].relative_to(path))[:100]}."
            if closed
            else ""
        )
        raise UnknownFormatError(
            _and(
                f"{path}: the folder holds {files}; {known_formats(_names())}.",
                tuple(filter(None, (not_seen, need_of_a_map(unknown, stated_in), *troubles.values()))),
            )
        )
    return Recognised(tuple(found), tuple(unknown), tuple(unreadable), odd, closed, tuple(troubles.values()))


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
    mapping = stated.table_map if stated else None
    if mapping is not None:
        if format_name not in (None, table.NAME):
            raise UserError(f"{path}: a map is of a table's columns; the format {format_name} has fields of its own.")
        return _tables(path, mapping, problem, stated)
    if format_name is not None:
        return Planned((planned_by(by_name(format_name), path, problem, stated),))
    recognised = recognise(path, stated.stated_in if stated else StatedIn.COMMAND_LINE)
    plans: list[Plan] = []
    failed: list[Reject] = []
    for source, where in recognised.found:
        try:
            plans.append(planned_by(source, where, problem, stated))
        except InstalledSourceError as error:
            if len(recognised.found) == 1:
                raise
            failed.append(Reject(str(where), "", str(error)))
    met = {*recognised.unknown, *recognised.unreadable}
    owned = {file for plan in plans for file in plan.files if file in met} if met else met
    endings: dict[Path, tuple[str, ...]] = {}
    for plan in plans:
        beside = by_name(plan.source).beside
        for folder in {file.parent for file in plan.files} if beside and met else ():
            endings[folder] = endings.get(folder, ()) + beside

    def passed_over(files: tuple[Path, ...]) -> tuple[Path, ...]:
        return tuple(
            file
            for file in files
            if not (file.name.startswith(".") or file in owned or file.name.endswith(endings.get(file.parent, ())))
        )

    return Planned(
        tuple(plans),
        passed_over(recognised.unknown),
        passed_over(recognised.unreadable),
        recognised.odd,
        recognised.closed,
        recognised.troubles,
        tuple(failed),
    )


def _tables(path: Path, mapping: TableMap, problem: str | None, stated: Stated | None) -> Planned:
    """Return the plan for a table, or for those tables of a folder that have every column which the map names.

    Raises:
        SourceError: when there is nothing, or no such table.
    """
    if require(path).is_file():
        return Planned((planned_by(table.SOURCE, path, problem, stated),))
    named = {column for column, _ in mapping.columns()}
    plans: list[Plan] = []
    unknown: list[Path] = []
    unreadable: list[Path] = []
    passed_over = PassedOver()
    for file in walk(path, passed_over):
        head = readable_head(file)
        if head is None:
            unreadable.append(file)
        elif table.recognise(head) and named <= set(table.columns_at(file)):
            plans.append(planned_by(table.SOURCE, file, problem, stated))
        else:
            unknown.append(file)
    if not plans:
        raise SourceError(f"{path}: no table in the folder has all columns that the map names: {', '.join(named)}.")
    return Planned(tuple(plans), tuple(unknown), tuple(unreadable), tuple(passed_over.odd), tuple(passed_over.closed))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Read]:
    """Yield what was planned, by the source that planned it."""
    return of_told_run(plan, as_told(plan, by_name(plan.source).read(plan, progress)))


def shares_ids(plan: Plan) -> SharesIds:
    """Return what tells which of a plan's methods another run may have under the same namespace and id.

    One that a map gives to whole tables is no word of theirs: it may be used for the next one.
    """
    shared = by_name(plan.source).shares_ids or in_namespaces((plan.namespace,))
    said = plan.stated.table_map.namespace.text if plan.stated.table_map else ""
    return lambda namespace, known_as: shared(namespace, known_as) or namespace == said != ""


def of_told_run(plan: Plan, records: Iterator[Read]) -> Iterator[Read]:
    """Yield what is read, each record that names no run itself as one of the run that the person named, if any."""
    named = plan.stated.namespace
    if not named:
        yield from records
        return
    shared = shares_ids(plan)
    for record in records:
        if isinstance(record, MethodRecord) and shared(record.namespace, record.external_id):
            yield record._replace(namespace=named)
        elif isinstance(record, Remark) and shared(record.namespace, record.external_id):
            yield replace(record, namespace=named)
        else:
            yield record


def planned_by(source: Source, path: Path, problem: str | None, stated: Stated | None) -> Plan:
    """Return the plan of one source for a path, with what the person states of it.

    Raises:
        UserError: when there is nothing to read, or baselines are told by a field that the format does not have.
    """
    for field, _ in stated.baseline if stated else ():
        if not _has_baseline_field(source, field):
            known = ", ".join(source.baseline_fields)
            there = f"it has {known}" if known else "its files say themselves what is a baseline"
            raise UserError(f"{path}: the format {source.name} has no field {field!r} to tell baselines by; {there}.")
    plan = source.plan(path, problem=problem)
    return replace(plan, stated=stated) if stated else plan


def _has_baseline_field(source: Source, field: str) -> bool:
    name, dot, key = field.partition(".")
    return bool({field, ANY_COLUMN} & set(source.baseline_fields)) or bool(
        dot and key and f"{name}.*" in source.baseline_fields
    )


def _source_of(head: Head, troubles: dict[str, str], *, only_named: bool = False) -> Source | None:
    """Return the source that knows a file; ``troubles`` keeps what is left out, and of each that fails the first."""
    for source in SOURCES:
        if source.only_named == only_named and source.recognise(head):
            return source
    others = installed()
    troubles.update((sentence, sentence) for sentence in others.troubles)
    for source in (each.source for each in others.found if each.source.only_named == only_named):
        try:
            if source.recognise(head):
                return source
        except InstalledSourceError as error:
            troubles.setdefault(source.name, f"{str(error)[:1].upper()}{str(error)[1:]}")
    return None


def _names() -> tuple[str, ...]:
    return tuple(each.source.name for each in offered())


def _and(sentence: str, troubles: tuple[str, ...]) -> str:
    return " ".join((sentence, *troubles))
