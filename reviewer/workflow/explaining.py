"""What an import would make of a file, format by format: how it is known, what its fields become, what stays unknown.

It is a dry run that is watched: what is counted here is what an import would take, and nothing is written.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reviewer.domain.methods import Notice, Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Role
from reviewer.sources.contract import Plan, Stated
from reviewer.sources.contract import Progress as BytesRead
from reviewer.sources.registry import Offered, offered
from reviewer.sources.table_map import TableMap
from reviewer.store.connection import Store
from reviewer.store.prepared import BODY_ELSEWHERE, PreparedMethod
from reviewer.workflow.import_progress import Progress
from reviewer.workflow.import_report import ImportReport
from reviewer.workflow.importing import take_in
from reviewer.workflow.reading import Reading
from reviewer.workflow.setting_rule import SettingRule
from reviewer.workflow.sieve import Taken
from reviewer.workflow.told_metrics import ToldMetrics

LOOKED_INTO = 1000
"""Raw records of a format that are looked into for fields which nothing takes."""

REASONS_KEPT = 1000
"""Kinds of reasons for rejects that are told apart; more than that are counted as one."""

_VARYING = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9][0-9.,]*")


@dataclass
class Refusals:
    """How many records were refused for one kind of reason, with the first of them."""

    first: Reject
    n: int = 0


@dataclass
class OfFile:
    """What one file would bring: how many records of each kind."""

    proposals: int = 0
    baselines: int = 0
    references: int = 0
    remarks: int = 0
    rejects: int = 0


@dataclass
class Explained:
    """What all files of one format at a path would come to."""

    offered: Offered
    tried_before: tuple[str, ...]
    """Names of the formats that had been asked before it, and said no."""
    mapping: TableMap | None = None
    """The map by which all of its tables are read; None where there is none, or several are."""
    n_files: int = 0
    files: dict[str, OfFile] = field(default_factory=dict)
    """By where a record says that it stands, be it a file or a folder of them, what came of it."""
    measurements: int = 0
    without_value: int = 0
    problems: list[str] = field(default_factory=list)
    """Those that the files describe."""
    refusals: dict[str, Refusals] = field(default_factory=dict)
    untaken: Counter[str] = field(default_factory=Counter)
    """Fields that nothing takes, each with how many records have it, of the first ``looked_into``."""
    looked_into: int = 0
    first: PreparedMethod | Remark | None = None
    """The first proposal; where there is none the first other method, else the first remark."""

    def sums(self) -> OfFile:
        """Return what all the files would bring together."""
        each = self.files.values()
        return OfFile(
            sum(f.proposals for f in each), sum(f.baselines for f in each), sum(f.references for f in each),
            sum(f.remarks for f in each), sum(f.rejects for f in each),
        )  # fmt: skip


@dataclass(frozen=True)
class Explanation:
    """What is at a path, by format, and what an import of it would tell."""

    path: Path
    formats: tuple[Explained, ...]
    report: ImportReport


def explain(
    store: Store,
    path: Path,
    *,
    problem: str | None = None,
    settings: SettingRule | None = None,
    told: ToldMetrics | None = None,
    newer: bool = False,
    stated: Stated | None = None,
    format_name: str | None = None,
    maps: Path | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Return what an import of a path into the store would make of it; nothing is written.

    Raises:
        UserError: when nothing there can be read.
    """
    with closing(_Watched(path, problem=problem, format_name=format_name, stated=stated, maps=maps)) as reading:
        report = take_in(store, reading, settings=settings, told=told, newer=newer, dry_run=True, progress=progress)
    return Explanation(path, tuple(reading.found.values()), report)


class _Watched(Reading):
    """A reading that keeps what is worth telling of what it hands on."""

    def __init__(
        self, path: Path, *, problem: str | None, format_name: str | None, stated: Stated | None, maps: Path | None
    ) -> None:
        super().__init__([path], problem=problem, format_name=format_name, stated=stated, maps=maps)
        every = offered() if any(plan.source for plan in self.plans) else ()
        names = [each.source.name for each in every]
        self.found = {
            plan.source: Explained(
                every[names.index(plan.source)],
                tuple(names[: names.index(plan.source)]) if format_name is None else (),
                self._map_of(plan.source),
            )
            for plan in self.plans
        }

    def _map_of(self, source: str) -> TableMap | None:
        """Return the map that all plans of a source have."""
        first, *others = [plan.stated.table_map for plan in self.plans if plan.source == source]
        return first if all(other == first for other in others) else None

    def batches(self, plan: Plan, progress: BytesRead) -> Iterator[list[Taken]]:
        """Yield the batches of one of the plans."""
        explained = self.found[plan.source]
        explained.n_files += len(plan.files)
        for batch in super().batches(plan, progress):
            for record in batch:
                _note(explained, record, str(plan.path))
            yield batch


def _note(explained: Explained, record: Taken, path: str) -> None:
    if isinstance(record, Problem):
        if record.slug not in explained.problems:
            explained.problems.append(record.slug)
        return
    if isinstance(record, UnknownFields):
        explained.untaken.update({name: n - explained.untaken[name] for name, n in record.names})
        return
    if isinstance(record, Notice):
        return
    if isinstance(record, Reject):
        _of_file(explained, record.file or path).rejects += 1
        kind = _VARYING.sub("…", record.reason)
        kind = kind if kind in explained.refusals or len(explained.refusals) < REASONS_KEPT else ""
        explained.refusals.setdefault(kind, Refusals(record)).n += 1
        return
    if isinstance(record, Remark):
        _of_file(explained, record.provenance.file or path).remarks += 1
        explained.first = explained.first or record
        _look_into(explained, record.raw)
        return
    file = _of_file(explained, record.provenance[0] or path)
    file.proposals += record.role == Role.PROPOSAL
    file.baselines += record.role == Role.BASELINE
    file.references += record.role == Role.REFERENCE
    explained.measurements += len(record.measurements)
    explained.without_value += sum(m.value is None for m in record.measurements)
    first = explained.first
    if not isinstance(first, PreparedMethod) or (first.role != Role.PROPOSAL and record.role == Role.PROPOSAL):
        explained.first = record
    if explained.looked_into < LOOKED_INTO:
        _look_into(explained, _raw_of(record))


def _of_file(explained: Explained, file: str) -> OfFile:
    return explained.files.setdefault(file, OfFile())


def _raw_of(record: PreparedMethod) -> Any:
    raw = record.texts[4].strip()
    return json.loads(raw.replace(BODY_ELSEWHERE, '""')) if raw else None


def _look_into(explained: Explained, raw: Any) -> None:
    """Note which fields of a raw record none of those is that its format takes.

    Where every value of it is an object, it is several records by their names.
    """
    if explained.looked_into >= LOOKED_INTO or not isinstance(raw, dict) or not raw:
        return
    explained.looked_into += 1
    taken = {name.partition(".")[0] for each in explained.offered.source.fields for name in each.field.split(", ")}
    if "*" in taken:
        return
    several = all(isinstance(value, dict) for value in raw.values()) and not taken & raw.keys()
    names = {name for record in (raw.values() if several else (raw,)) for name in record}
    explained.untaken.update(sorted(names - taken))
