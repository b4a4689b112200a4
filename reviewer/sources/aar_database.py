"""The study server's SQLite database: findings, comments, ideas, experiments.

It is opened for reading only. A server may be writing to it: no lock is held from one row to the next, and rows that
are added after the reading began are left for the next import.

- Findings become proposals, baselines, references or remarks (``aar_finding``); comments are remarks on them.
- An idea that is no baseline is a remark on that idea (``aar_idea``). Its description is the direction that somebody
  typed into the server for agents to explore, so it is not passed off as the hypothesis of what an agent then posted;
  and a finding is thereby the same record whether it is met here or among the shared findings.
- The experiments table is the server's queue. Its result columns are out of use, so a row counts only when it is
  completed, has a result, and no finding speaks of its idea on its dataset. All other rows hold neither a text nor a
  number that is not in a finding, and are passed over.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.domain.vocabulary import RemarkKind
from reviewer.sources import aar_study, fields
from reviewer.sources.aar_experiment import SpokenOf, experiment_record, has_result
from reviewer.sources.aar_finding import CANNOT_KNOW, FIELDS, IdeaNames, comment_record, commit_of, finding_record
from reviewer.sources.aar_idea import idea_remark
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import require, sha256_of, size_of
from reviewer.sources.foreign_database import (
    columns,
    connect,
    database_row,
    holds_table,
    mend_text,
    reason,
    refuse_truncated,
    row_numbers,
)
from reviewer.sources.jsontext import excerpt
from reviewer.sources.sightings import Sightings

NAME = "aar-db"
_NEEDED = {"post_id", "title", "content", "finding_type"}
_JSON_COLUMNS = ("seeds", "config", "files_snapshot")
_TRUTHS = ("is_baseline", "worked")


def recognise(head: Head) -> bool:
    """Tell whether the file is a SQLite database with the server's findings."""
    return holds_table(head, "findings", _NEEDED, (b"CREATE TABLE findings", b"post_id"))


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one database file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the server's database file in it.")
    return Plan(NAME, path, (path,), aar_study.SERVER, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield the findings, their comments, the experiments that count, and the ideas; before the first the problem.

    The sha256 is that of the database file alone; what a running server holds in the file beside it is read, too.

    Raises:
        SourceError: when the file is cut short or damaged, or is another database.
    """
    path = plan.files[0]
    refuse_truncated(path)
    # Before it is opened as a database: to close a file takes away the locks that this process has on it.
    digest = sha256_of(path)
    try:
        with closing(connect(path)) as connection:
            if not set(columns(connection, "findings")) >= _NEEDED:
                raise SourceError(
                    f"{path}: is a SQLite database, but not the study server's: it has no table findings with post_id, "
                    "title, content and finding_type."
                )
            records = _read(connection, plan, digest, progress)
            yield from aar_study.after_problem(plan.problem, records)
    except sqlite3.Error as error:
        raise SourceError(
            f"{path}: cannot be read as a SQLite database ({error}); if a server is writing to it, try "
            "again, else fetch it anew."
        ) from error


def _read(connection: sqlite3.Connection, plan: Plan, digest: str, progress: Progress) -> Iterator[Record]:
    slug = plan.problem or aar_study.SLUG
    file = str(plan.path)
    sightings = Sightings()
    mended = mend_text(connection)
    keys = {t: row_numbers(connection, t) for t in ("findings", "finding_comments", "experiments", "ideas")}
    parents, ideas = _parents(connection), _idea_names(connection)
    rows_done, rows_all = 0, max(1, sum(map(len, keys.values())))
    found: dict[int, MethodRecord | Remark] = {}
    spoken_of = SpokenOf()
    for table, numbers in keys.items():
        for number in numbers:
            rows_done += 1
            if rows_done % 64 == 0 or rows_done == rows_all:
                progress((plan.total or 0) * rows_done // rows_all)
            place = f"{table.removeprefix('finding_')} #{number}"
            row: Fields = {}
            mended.clear()
            try:
                row = database_row(connection, table, number)
                said = " (invalid UTF-8 replaced by U+FFFD)" if mended else ""
                provenance = Provenance(file, digest, place + said)
                record: MethodRecord | Remark | None
                if table == "findings":
                    record = finding_record(_as_json(row), provenance, problem=slug, parents=parents, ideas=ideas)
                elif table == "finding_comments":
                    record = _comment(row, found, provenance, slug)
                elif table == "experiments":
                    counts = has_result(row) and not spoken_of.speaks_of(row)
                    record = experiment_record(row, provenance, slug) if counts else None
                else:
                    written = fields.mapping(fields.nested(row, "idea_json"))
                    record = idea_remark(row, written, provenance, slug)
            except (BadFieldError, sqlite3.Error) as error:
                yield Reject(file, place, reason(error), excerpt(dict(row)))
                continue
            if record is None:
                continue
            admitted = sightings.admit(record)
            if table == "findings" and not isinstance(admitted, Reject):
                found[number] = _slim(admitted)
                spoken_of.hear(row)
            yield admitted


def _parents(connection: sqlite3.Connection) -> dict[str, str]:
    if "commit_id" not in columns(connection, "findings"):
        return {}
    rows = connection.execute("SELECT id, post_id, commit_id FROM findings WHERE commit_id IS NOT NULL")
    return dict(filter(None, (commit_of(dict(row)) for row in rows)))


def _idea_names(connection: sqlite3.Connection) -> IdeaNames:
    # The table of ideas is left out: a finding must be the same here and among the shared findings, which lack it.
    ideas = IdeaNames()
    if set(columns(connection, "findings")) >= {"idea_uid", "idea_name", "run_id"}:
        for row in connection.execute("SELECT DISTINCT idea_uid, idea_name, run_id FROM findings"):
            ideas.hear(dict(row))
    return ideas


def _as_json(row: Fields) -> dict[str, Any]:
    """Return the row as the server's JSON would show it: JSON columns parsed, truth values as such."""
    finding = dict(row)
    for name in _JSON_COLUMNS:
        if isinstance(row.get(name), str):
            parsed = fields.nested(row, name)
            finding[name] = row[name] if parsed is None else parsed
    for name in _TRUTHS:
        if row.get(name) in (0, 1):
            finding[name] = bool(row[name])
    return finding


def _comment(row: Fields, found: dict[int, MethodRecord | Remark], provenance: Provenance, problem: str) -> Remark:
    number = row.get("finding_id")
    about = found.get(number) if isinstance(number, int) else None
    if about is None:
        missing = f"finding-{number}"
        about = Remark(aar_study.SERVER, missing, problem, RemarkKind.OBSERVATION, "", provenance)
    return comment_record(row, about, provenance)


def _slim(record: MethodRecord | Remark) -> MethodRecord | Remark:
    """Return what comments need of a finding, without its texts: all findings are held until the comments come."""
    return Remark(
        record.namespace, record.external_id, record.problem, RemarkKind.OBSERVATION, "", record.provenance, record.idea
    )


_EXAMPLE = """\
CREATE TABLE findings (id INTEGER PRIMARY KEY, post_id, title, content, finding_type, run_id,
                       dataset, is_baseline, pgr, pgr_se, num_seeds);
INSERT INTO findings VALUES
  (1, '5b0f', 'EM posterior', 'The weak labeller errs in ways that can be modelled.', 'result', 'run-3',
   'chat', 0, 0.61, 0.04, 5);
"""

SOURCE = Source(
    NAME,
    "Database of the weak-to-strong study's server (SQLite)",
    together=False,
    recognise=recognise,
    plan=plan,
    read=read,
    beside=("-wal", "-shm", "-journal"),
    sign="is a SQLite database with a table findings that has post_id, title, content and finding_type",
    fields=(
        *FIELDS,
        FieldMeaning("finding_id, author", "in finding_comments: the finding that a remark is on, and by whom"),
        FieldMeaning("uid, name, description, idea_json, source", "in ideas: a remark on the idea"),
        FieldMeaning(
            "status, transfer_acc_std, end_time, queue_time, idea_description",
            "in experiments: with the scores a proposal, or a study's baseline; only what is completed, "
            "and of which no finding speaks",
        ),
        FieldMeaning(
            "logs, error_msg, start_time, pod_id, execution_mode, gpu_ids, deploy_retry_count, last_deploy_attempt, "
            "results_uploaded_to_s3, idea_created_at",
            "in experiments: not taken, in the raw record alone; experiments that wait, run or failed are not taken",
        ),
    ),
    cannot_know=CANNOT_KNOW,
    example=_EXAMPLE,
    example_name="experiments.db",
    shares_ids=aar_study.shares_ids,
    ids=aar_study.IDS,
)
