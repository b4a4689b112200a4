"""Taking files in: what is at a path is read, written in batches, and told in counts and reasons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.methods import MethodRecord, Reject, Remark
from reviewer.domain.problems import Problem
from reviewer.domain.text import safe_line
from reviewer.domain.vocabulary import Role, Setting
from reviewer.sources.contract import Plan, Record
from reviewer.sources.registry import plans, read
from reviewer.store import imports, recording
from reviewer.store.connection import Store
from reviewer.store.problems import problem_by_slug, save_problem
from reviewer.workflow.foreseeing import Foresight, unknown_datasets

BATCH_RECORDS = 50
"""Records written in one transaction: few enough that the write lock is held for well under 50 ms."""

BATCH_CHARACTERS = 400_000
DATASETS_TOLD = 8
REJECTS_TOLD = 1000
"""More rejects than this are in the store, but no longer in the report."""

Progress = Callable[[int, int | None], object]
"""Is told how many bytes of how many have been read."""


@dataclass(frozen=True, slots=True)
class SettingRule:
    """Which setting the person told for which dataset; ``default`` serves those that are not named."""

    default: Setting = Setting.UNKNOWN
    by_dataset: Mapping[str, Setting] = field(default_factory=dict)

    def of(self, dataset: str) -> Setting:
        """Return the setting told for a dataset, whatever the case of its letters."""
        return self.by_dataset.get(dataset.casefold(), self.default)

    def under(self, problem: Problem) -> "SettingRule":
        """Return the rule with the datasets' other names brought to the one that the problem uses."""
        names = problem.dataset_names()
        return replace(
            self, by_dataset={names.get(name, name).casefold(): setting for name, setting in self.by_dataset.items()}
        )


def parse_settings(text: str) -> SettingRule:
    """Return what ``lab`` or ``chat=lab,math=held_out`` says; the empty text says nothing.

    Raises:
        UserError: when a setting is none that there is.
    """
    default = Setting.UNKNOWN
    named: dict[str, Setting] = {}
    for part in filter(None, (p.strip() for p in text.split(","))):
        dataset, equals, word = part.partition("=")
        word = (word if equals else dataset).strip().lower().replace("-", "_")
        try:
            setting = Setting(word)
        except ValueError:
            raise UserError(
                f"--setting: {word!r} is no setting; it is one of {', '.join(Setting)}, "
                "alone or as in chat=lab,math=held_out."
            ) from None
        if equals:
            named[dataset.strip().casefold()] = setting
        else:
            default = setting
    return SettingRule(default, named)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import came to. The counts are of proposals, baselines, references and remarks together.

    ``problems`` counts the problems that were described, which are none of these.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    proposals: int = 0
    settings_told: int = 0
    problems: int = 0
    rejects: tuple[Reject, ...] = ()
    sentences: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    unknown_settings: tuple[str, ...] = ()
    """Datasets with a measurement whose setting nobody has told."""
    interrupted: bool = False

    @property
    def taken(self) -> int:
        """Return how many records were good, the descriptions of problems among them."""
        return self.new + self.changed + self.unchanged + self.problems


class _Tally:
    """The counts of one import while it runs."""

    def __init__(self) -> None:
        self.counts = {"new": 0, "changed": 0, "unchanged": 0}
        self.rejected = 0
        self.proposals = 0
        self.settings_told = 0
        self.rejects: list[Reject] = []
        self.sentences: list[str] = []
        self.unknown: set[str] = set()
        self.problems: set[str] = set()
        self.datasets: dict[str, None] = {}
        self.settings_used: set[str] = set()

    def reject(self, rejects: Sequence[Reject]) -> None:
        self.rejected += len(rejects)
        self.rejects += rejects[: max(0, REJECTS_TOLD - len(self.rejects))]

    def report(self, sources: Sequence[str], *, interrupted: bool) -> ImportReport:
        return ImportReport(
            **self.counts,
            rejected=self.rejected,
            proposals=self.proposals,
            settings_told=self.settings_told,
            problems=len(self.problems),
            rejects=tuple(self.rejects),
            sentences=tuple(self.sentences),
            sources=tuple(dict.fromkeys(sources)),
            unknown_settings=tuple(sorted(self.unknown)),
            interrupted=interrupted,
        )


def _never() -> bool:
    return False


def run_import(
    store: Store,
    paths: Sequence[Path],
    *,
    problem: str | None = None,
    settings: SettingRule | None = None,
    format_name: str | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = _never,
    clock: Clock = utc_now,
) -> ImportReport:
    """Read everything at ``paths`` into the store; what stands in it already changes nothing.

    Good records are taken in whole, in batches; bad ones go to ``rejects``. With ``dry_run`` nothing is written. When
    ``cancelled`` turns true the import stops after its batch, is marked interrupted, and completes when run again.

    Raises:
        UserError: when a path or a format cannot be read at all; the store is then as it was before.
        StoreError: when the store cannot be written; what was written before stays, and the import is interrupted.
    """
    rule = settings or SettingRule()
    planned = [p for path in paths for p in plans(path, problem=problem, format_name=format_name)]
    total = sum(p.total or 0 for p in planned) or None
    tally = _Tally()
    foreseen = Foresight()
    done = 0
    for plan in planned:
        before = done

        def tell(bytes_read: int, start: int = before) -> None:
            if progress is not None:
                progress(start + bytes_read, total)

        if dry_run:
            whole = _look(store, plan, tally, rule, foreseen, tell, cancelled)
        else:
            whole = _take(store, plan, tally, rule, tell, cancelled, clock)
        if not whole:
            return tally.report([p.source for p in planned], interrupted=True)
        done += plan.total or 0
    _tell_unused(tally, rule)
    report = tally.report([p.source for p in planned], interrupted=False)
    if not report.taken and not report.rejected:
        raise SourceError(f"{paths[0]}: there is no record in it; `reviewer schema` shows the format.")
    return report


def _tell_unused(tally: _Tally, rule: SettingRule) -> None:
    """Say which datasets were named with a setting although nothing was measured on them."""
    unused = [name for name in rule.by_dataset if name not in tally.settings_used]
    if not unused:
        return
    those = "that dataset" if len(unused) == 1 else "those datasets"
    tally.sentences.append(
        f"--setting names {_listed(unused)}, but nothing that was read has {those}; "
        f"it has {_listed(list(tally.datasets)) or 'none'}."
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - DATASETS_TOLD} more" if len(names) > DATASETS_TOLD else ""
    return ", ".join(safe_line(name, 40) for name in names[:DATASETS_TOLD]) + more


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += len(record.body) if isinstance(record, MethodRecord) else 500
        if len(batch) >= BATCH_RECORDS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _take(
    store: Store,
    plan: Plan,
    tally: _Tally,
    rule: SettingRule,
    tell: Callable[[int], object],
    cancelled: Callable[[], bool],
    clock: Clock,
) -> bool:
    """Write what a plan reads; return whether it came to its end."""
    import_id: int | None = None
    early: list[Reject] = []
    path = str(plan.path.absolute())
    with store.write(durable=False) as connection:
        imports.mark_interrupted(connection)
        cut_off = imports.interrupted_import(connection, path)
    if cut_off is not None:
        tally.sentences.append(
            f"An earlier import of {plan.path}, begun {cut_off.started_at}, was cut off; this one completes it."
        )
    problems: dict[str, tuple[int, Problem]] = {}
    try:
        for batch in _batches(read(plan, tell)):
            rejects = [r for r in batch if isinstance(r, Reject)]
            tally.reject(rejects)
            good = [r for r in batch if not isinstance(r, Reject)]
            if import_id is None and not good:
                early += rejects
                continue
            now = timestamp(clock())
            with store.write(durable=False) as connection:
                if import_id is None:
                    options = {"problem": plan.problem, "setting": rule.default, "settings": dict(rule.by_dataset)}
                    import_id = imports.begin_import(connection, plan.source, path, options, now)
                    rejects = [*early, *rejects]
                counts = {"new": 0, "changed": 0, "unchanged": 0}
                for record in good:
                    change = _write(connection, record, problems, rule, tally, import_id, now)
                    if change is not None:
                        counts[change] += 1
                recording.record_rejects(connection, import_id, rejects)
                imports.count_into_import(connection, import_id, **counts, rejected=len(rejects))
            for name, n in counts.items():
                tally.counts[name] += n
            if cancelled():
                break
        else:
            if import_id is not None:
                _finish(store, import_id, "complete", clock)
            return True
    except BaseException:
        if import_id is not None:
            _finish(store, import_id, "interrupted", clock)
        raise
    if import_id is not None:
        _finish(store, import_id, "interrupted", clock)
    return False


def _finish(store: Store, import_id: int, state: str, clock: Clock) -> None:
    with store.write() as connection:
        imports.finish_import(connection, import_id, state, timestamp(clock()))


def _write(
    connection: recording.Connection,
    record: Problem | MethodRecord | Remark,
    problems: dict[str, tuple[int, Problem]],
    rule: SettingRule,
    tally: _Tally,
    import_id: int,
    now: str,
) -> recording.Change | None:
    if isinstance(record, Problem):
        known = problem_by_slug(connection, record.slug)
        problem_id, _ = save_problem(connection, record, now)
        tally.problems.add(record.slug)
        stored = problem_by_slug(connection, record.slug)
        assert stored is not None
        problems[record.slug] = (problem_id, stored.problem)
        primary = (stored.problem.primary_metric, stored.problem.metrics)
        if known is not None and primary != (known.problem.primary_metric, known.problem.metrics):
            recording.refresh_claims(connection, problem_id, stored.problem)
        return None
    if record.problem not in problems:
        stored = problem_by_slug(connection, record.problem)
        if stored is None:
            save_problem(connection, Problem(record.problem, authoritative=False), now)
            stored = problem_by_slug(connection, record.problem)
        assert stored is not None
        problems[record.problem] = (stored.id, stored.problem)
    problem_id, problem = problems[record.problem]
    if isinstance(record, Remark):
        return recording.record_remark(connection, problem_id, record, import_id=import_id, now=now)
    told = rule.under(problem)
    recorded = recording.record_method(
        connection, problem_id, problem, record, setting_for=told.of, import_id=import_id, now=now
    )
    tally.settings_told += recorded.settings_told
    tally.unknown |= recorded.unknown
    _note(tally, record, problem, rule)
    if unknown_datasets(record, problem):  # So that the next record's ``chat`` is this one's ``Chat``.
        stored = problem_by_slug(connection, record.problem)
        assert stored is not None
        problems[record.problem] = (stored.id, stored.problem)
    return recorded.change


def _note(tally: _Tally, record: MethodRecord, problem: Problem, rule: SettingRule) -> None:
    if record.role is Role.PROPOSAL:
        tally.proposals += 1
    problem = replace(problem, datasets=(*problem.datasets, *unknown_datasets(record, problem)))
    names = problem.dataset_names()
    held = {names[m.dataset.casefold()] for m in record.measurements}
    tally.datasets.update(dict.fromkeys(sorted(held)))
    tally.settings_used.update(name for name in rule.by_dataset if names.get(name) in held)


def _look(
    store: Store,
    plan: Plan,
    tally: _Tally,
    rule: SettingRule,
    foreseen: Foresight,
    tell: Callable[[int], object],
    cancelled: Callable[[], bool],
) -> bool:
    """Count what an import of the plan would do, and write nothing; return whether it came to the plan's end."""
    for batch in _batches(read(plan, tell)):
        tally.reject([r for r in batch if isinstance(r, Reject)])
        with store.read() as connection:
            for record in batch:
                if isinstance(record, Problem):
                    tally.problems.add(record.slug)
                    foreseen.describe(connection, record)
                elif isinstance(record, Remark):
                    tally.counts[foreseen.remark(connection, record)] += 1
                elif isinstance(record, MethodRecord):
                    problem = foreseen.problem(connection, record.problem)
                    outcome = foreseen.method(connection, record, rule.under(problem).of)
                    tally.counts[outcome.change] += 1
                    tally.settings_told += outcome.settings_told
                    tally.unknown |= outcome.unknown
                    _note(tally, record, problem, rule)
        if cancelled():
            return False
    return True
