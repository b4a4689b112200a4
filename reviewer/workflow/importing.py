"""Taking files in: what is at a path is read, written in batches, and told in counts and reasons."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path
from time import perf_counter

from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import SourceError
from reviewer.domain.how_far import CHECKING, READING
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.methods import Notice, Reject, Remark, UnknownFields
from reviewer.domain.problems import Problem
from reviewer.domain.text import safe_line
from reviewer.sources.contract import Plan, Stated
from reviewer.store import imports, recording
from reviewer.store.checkpointing import copied_beside
from reviewer.store.claims import claim_rule, refresh_claims
from reviewer.store.connection import Store
from reviewer.store.import_notes import note_problem, note_settings
from reviewer.store.known_problem import KnownProblem
from reviewer.store.met_elsewhere import forget_meetings
from reviewer.store.news import note_telling
from reviewer.store.prepared import PreparedMethod
from reviewer.store.problems import holds_proposals, problem_by_slug, save_problem, slugs
from reviewer.store.search_index import unindexed
from reviewer.store.stated_directions import said_anew, state_directions
from reviewer.workflow.foreseeing import Foresight
from reviewer.workflow.import_progress import Progress, Telling
from reviewer.workflow.import_report import ImportReport, report_of
from reviewer.workflow.other_runs import OtherRuns
from reviewer.workflow.pacing import Pace
from reviewer.workflow.reading import Reading, batches
from reviewer.workflow.setting_rule import SettingRule
from reviewer.workflow.sieve import Taken
from reviewer.workflow.tallying import Tally
from reviewer.workflow.told_apart import ToldApart
from reviewer.workflow.told_metrics import ToldMetrics, tell_of_metrics


def _never() -> bool:
    return False


def run_import(
    store: Store,
    paths: Sequence[Path],
    *,
    plans: Sequence[Plan] = (),
    problem: str | None = None,
    settings: SettingRule | None = None,
    told: "ToldMetrics | None" = None,
    format_name: str | None = None,
    stated: Stated | None = None,
    maps: Path | None = None,
    newer: bool = False,
    dry_run: bool = False,
    index_later: bool = False,
    checks: CheckSettings | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = _never,
    clock: Clock = utc_now,
) -> ImportReport:
    """Read everything at ``paths``, and what is planned already, into the store, as :func:`take_in` does.

    Raises:
        UserError: when a path or a format cannot be read at all; the store is then as it was before.
        StoreError: when the store cannot be written; what was written before stays, and the import is interrupted.
    """
    reading = Reading(paths, problem=problem, format_name=format_name, stated=stated, maps=maps, plans=plans)
    with closing(reading):
        return take_in(
            store,
            reading,
            settings=settings,
            told=told,
            newer=newer,
            dry_run=dry_run,
            index_later=index_later,
            checks=checks,
            progress=progress,
            cancelled=cancelled,
            clock=clock,
        )


def take_in(
    store: Store,
    reading: Reading,
    *,
    settings: SettingRule | None = None,
    told: ToldMetrics | None = None,
    newer: bool = False,
    dry_run: bool = False,
    index_later: bool = False,
    checks: CheckSettings | None = None,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] = _never,
    clock: Clock = utc_now,
) -> ImportReport:
    """Take what is read into the store; what stands in it already changes nothing.

    Good records are taken in whole, in batches; bad ones go to ``rejects``. With ``dry_run`` nothing is written. When
    ``cancelled`` turns true the import stops after its batch, is marked interrupted, and completes when run again.

    A file that says other things of ids which another file brought is refused where it may be another run; ``newer``
    says that what is read is a newer version of what is known.

    What is ``told`` of metrics is told of the problems that were read, whatever files say, as `reviewer set` tells it.

    Whatever the search index lacks is put into it, be it from this import or from an earlier one, and whatever waits is
    checked, by the settings ``checks``. With ``index_later`` both are left to the next import, to the app or to doctor,
    and the report says how much search does not find.

    Raises:
        UserError: when a path or a format cannot be read at all; the store is then as it was before.
        StoreError: when the store cannot be written; what was written before stays, and the import is interrupted.
    """
    rule = settings or SettingRule()
    total = sum(p.total or 0 for p in reading.plans) or None
    with store.read() as connection:
        tally = Tally(slugs(connection), reading.stated_in)
    tally.sentences += reading.sentences
    foreseen = Foresight(lambda problem: rule.under(problem).of)
    telling = Telling(progress, tally)
    # What is followed is read again and again, and each time says the newest of an id.
    told_apart = None
    if len(reading.plans) > 1 and reading.sieve is None:
        told_apart = ToldApart(reading.stated_in, batches, cancelled)
    if not newer:
        reading.other_runs = OtherRuns(store, batches, own=told_apart is None, cancelled=cancelled)
    done = 0
    for plan in reading.plans:
        before = done
        tally.path = plan.import_path
        tally.baselines.begin(plan)
        tally.named_run = tally.named_run or plan.stated.namespace

        def tell(bytes_read: int, start: int = before) -> None:
            telling.tell(READING, start + bytes_read, total)

        read = reading.batches(plan, tell)
        if told_apart is not None:
            read = told_apart.admit(plan, read)
        if dry_run:
            whole = _look(store, read, reading.other_runs, tally, rule, foreseen, cancelled)
        else:
            with copied_beside(store) as copied:

                def written(copied: Callable[[], None] = copied) -> None:
                    copied()
                    telling.again()

                whole = _take(store, plan, read, reading.other_runs, tally, rule, cancelled, clock, written)
        if not whole:
            break
        done += plan.total or 0
    else:
        whole = True
    told = told or ToldMetrics()
    tally.tell_new_problems(whole=whole, told=told.directions)
    tell_of_metrics(store, tally, told, foreseen if dry_run else None, whole=whole, clock=clock)
    if whole:
        tally.tell_unused_settings(rule.by_dataset)
        tally.unmet_baseline = tally.baselines.tell(tally.sentences)
        tally.tell_unmet_run()
        if newer:
            tally.tell_nothing_newer()
    tally.tell_settings_passed_over()
    for path, planned in reading.planned.items():
        tally.tell_passed_over(path, planned)
        tally.tell_troubles(planned)
    if not dry_run:
        if not index_later:
            from reviewer.workflow.completing import complete  # what --index-later need not load

            complete(store, checks, cancelled, progress and (lambda n, of: telling.tell(CHECKING, n, of)))
        with store.read() as connection:
            tally.unindexed = unindexed(connection)
            tally.nothing_to_judge = not holds_proposals(connection)
    report = report_of(tally, [p.source for p in reading.plans], interrupted=not whole)
    if whole and not report.taken and not report.rejected and reading.sieve is None:
        where = reading.plans[0].stands_for or reading.called(reading.paths[0])
        raise SourceError(f"{where}: there is no record in it; `reviewer schema` shows the format.")
    return report


def _take(
    store: Store,
    plan: Plan,
    batches: Iterable[list[Taken]],
    other_runs: OtherRuns | None,
    tally: Tally,
    rule: SettingRule,
    cancelled: Callable[[], bool],
    clock: Clock,
    written: Callable[[], None],
) -> bool:
    """Write what a plan reads; return whether it came to its end."""
    import_id: int | None = None
    early: list[Reject] = []
    path = plan.import_path
    with store.write(durable=False) as connection:
        imports.mark_interrupted(connection)
        cut_off = imports.interrupted_import(connection, path)
        known_since = imports.data_version(connection)
        tally.sentences += map(imports.broken_off_sentence, imports.half_withdrawn(connection, path))
    if cut_off is not None:
        tally.sentences.append(
            f"An earlier import of {safe_line(path)}, begun {cut_off.started_at}, was cut off; this one completes it."
        )
    problems: dict[str, KnownProblem] = {}
    others_write = is_cut_off = False
    pace = Pace()
    try:
        for batch in (part for whole in batches for part in pace.parts(whole)):
            rejects = [r for r in batch if isinstance(r, Reject)]
            tally.reject(rejects)
            tally.tell_unknown_fields([r for r in batch if isinstance(r, UnknownFields)])
            tally.tell_notices([r for r in batch if isinstance(r, Notice)])
            good = [r for r in batch if not isinstance(r, Reject | UnknownFields | Notice)]
            refused: Reject | None = None
            is_doubtful = True
            while is_doubtful and (import_id is not None or good):
                now = timestamp(clock())
                with store.write(durable=False) as connection:
                    locked = perf_counter()
                    # Somebody else may have named a dataset or a primary metric since, or taken in the same ids.
                    if (version := imports.data_version(connection)) != known_since:
                        problems.clear()
                        known_since, others_write = version, True
                    is_doubtful = (
                        others_write and other_runs is not None and other_runs.has_come_between(connection, plan, good)
                    )
                    if not is_doubtful:
                        if import_id is None:
                            import_id = _begin(connection, plan, rule, now)
                            rejects = [*early, *rejects]
                            if other_runs is not None:
                                other_runs.begun(import_id)
                        before = Counter(tally.counts)
                        _write(connection, good, problems, rule, tally, import_id, now)
                        recording.record_rejects(connection, import_id, rejects)
                        counts = {name: n - before[name] for name, n in tally.counts.items()}
                        imports.count_into_import(connection, import_id, **counts, rejected=len(rejects))
                if is_doubtful and other_runs is not None:
                    refused = other_runs.refused(plan, is_begun=import_id is not None)
                    if other_runs.is_cut_off:
                        break
                    if refused is not None:
                        tally.reject([refused])
                        good, rejects = [], [*rejects, refused]
            if import_id is None:
                early += rejects
            elif not is_doubtful:
                pace.took(perf_counter() - locked, len(batch))
                written()
            is_cut_off = cancelled()
            if is_cut_off or refused is not None:
                break
    except BaseException:
        if import_id is not None:
            _finish(store, import_id, "interrupted", clock)
        raise
    whole = not is_cut_off and (other_runs is None or not other_runs.is_cut_off)
    if import_id is not None:
        is_refused = other_runs is not None and other_runs.has_refused
        _finish(store, import_id, "complete" if whole else "interrupted", clock, is_refused=is_refused)
    return whole


def _begin(connection: recording.Connection, plan: Plan, rule: SettingRule, now: str) -> int:
    options = {"problem": plan.problem, "setting": rule.default, "settings": dict(rule.by_dataset), "problems": {}}
    return imports.begin_import(connection, plan.source, plan.import_path, options, now)


def _finish(store: Store, import_id: int, state: str, clock: Clock, *, is_refused: bool = False) -> None:
    with store.write() as connection:
        if is_refused:
            imports.mark_refused(connection, import_id)
            forget_meetings(connection, import_id)
        imports.finish_import(connection, import_id, state, timestamp(clock()))


def _write(
    connection: recording.Connection,
    records: Sequence[Problem | PreparedMethod | Remark],
    problems: dict[str, KnownProblem],
    rule: SettingRule,
    tally: Tally,
    import_id: int,
    now: str,
) -> None:
    """Write records in their order; methods of one problem that follow one another are written together."""
    for slug, run in groupby(records, key=lambda r: r.problem if isinstance(r, PreparedMethod) else None):
        if slug is not None:
            known = _known(connection, slug, problems, rule, tally, import_id, now)
            methods = [record for record in run if isinstance(record, PreparedMethod)]
            done = recording.record_methods(connection, known, methods, import_id=import_id, now=now)
            note_settings(connection, import_id, sum(d.settings_told + d.settings_corrected for d in done))
            if any(d.settings_told for d in done):
                note_telling(connection, known.id)
            for record, outcome in zip(methods, done, strict=True):
                tally.method(record, outcome, known, rule.by_dataset)
            continue
        for other in run:
            if isinstance(other, Problem):
                problems.pop(other.slug, None)
                anew = said_anew(connection, other, tally.path)
                tally.describe(anew, _describe(connection, other, anew, import_id, now))
            elif isinstance(other, Remark):
                known = _known(connection, other.problem, problems, rule, tally, import_id, now)
                change = recording.record_remark(connection, known.id, other, import_id=import_id, now=now)
                tally.counts[change] += 1


def _describe(
    connection: recording.Connection, said: Problem, anew: Problem, import_id: int, now: str
) -> Problem | None:
    """Write what is said of a problem, as far as it is said ``anew``; return what was known of it before."""
    before = problem_by_slug(connection, said.slug)
    problem_id, _ = save_problem(connection, anew, now)
    state_directions(connection, problem_id, said.metrics, import_id)
    after = problem_by_slug(connection, said.slug)
    assert after is not None
    note_problem(connection, import_id, before.problem if before else None, after.problem)
    if before is not None and after.problem != before.problem:
        note_telling(connection, after.id)
    if before is not None and claim_rule(after.problem) != claim_rule(before.problem):
        refresh_claims(connection, after.id, after.problem)
    return before.problem if before else None


def _known(
    connection: recording.Connection,
    slug: str,
    problems: dict[str, KnownProblem],
    rule: SettingRule,
    tally: Tally,
    import_id: int,
    now: str,
) -> KnownProblem:
    """Return the problem of that name; one that no file has described is made."""
    if slug not in problems:
        if problem_by_slug(connection, slug) is None:
            tally.new_problem(slug)
            unsaid = Problem(slug, authoritative=False)
            _describe(connection, unsaid, unsaid, import_id, now)
        stored = problem_by_slug(connection, slug)
        assert stored is not None
        problems[slug] = KnownProblem(stored.id, stored.problem, rule.under(stored.problem).of)
    return problems[slug]


def _look(
    store: Store,
    batches: Iterable[list[Taken]],
    other_runs: OtherRuns | None,
    tally: Tally,
    rule: SettingRule,
    foreseen: Foresight,
    cancelled: Callable[[], bool],
) -> bool:
    """Count what an import of the plan would do, and write nothing; return whether it came to the plan's end."""
    asked: set[str] = set()
    for batch in batches:
        tally.reject([r for r in batch if isinstance(r, Reject)])
        tally.tell_unknown_fields([r for r in batch if isinstance(r, UnknownFields)])
        tally.tell_notices([r for r in batch if isinstance(r, Notice)])
        with store.read() as connection:
            for record in batch:
                if isinstance(record, PreparedMethod | Remark) and record.problem not in asked:
                    asked.add(record.problem)
                    if problem_by_slug(connection, record.problem) is None:
                        tally.new_problem(record.problem)
                if isinstance(record, Problem):
                    anew = said_anew(connection, record, tally.path)
                    tally.describe(anew, foreseen.problem(connection, record.slug).problem())
                    foreseen.describe(connection, anew)
                elif isinstance(record, Remark):
                    tally.counts[foreseen.remark(connection, record)] += 1
                elif isinstance(record, PreparedMethod):
                    outcome = foreseen.method(connection, record, tally.path)
                    if outcome.change == "changed" and other_runs is not None:
                        other_runs.foreseen(record)
                    tally.method(record, outcome, foreseen.problem(connection, record.problem), rule.by_dataset)
        if cancelled():
            return False
    return other_runs is None or not other_runs.is_cut_off
