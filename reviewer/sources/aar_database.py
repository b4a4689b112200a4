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
from urllib.parse import quote

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject, Remark
from reviewer.domain.vocabulary import RemarkKind
from reviewer.sources import aar_study, fields
from reviewer.sources.aar_experiment import SpokenOf, experiment_record, has_result
from reviewer.sources.aar_finding import CANNOT_KNOW, FIELDS, IdeaNames, comment_record, commit_of, finding_record
from reviewer.sources.aar_idea import idea_remark
from reviewer.sources.contract import RECOGNITION_BYTES, FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.files import reason, require, sha256_of, size_of
from reviewer.sources.jsontext import excerpt
from reviewer.sources.sightings import Sightings

NAME = "aar-db"
MAGIC = b"SQLite format 3\x00"
_MAX_ROW = 32 * 1024 * 1024
_SCHEMA_BYTES = RECOGNITION_BYTES // 4
"""How much is read of a database's schema to find out whether it is the server's, some ten times what that has."""

_STEPS_A_TABLE = 8
"""Steps of SQLite's machine, at least, for each table or index that it reads in a schema."""

_NEEDED = {"post_id", "title", "content", "finding_type"}
_JSON_COLUMNS = ("seeds", "config", "files_snapshot")
_TRUTHS = ("is_baseline", "worked")


def recognise(head: Head) -> bool:
    """Tell whether the file is a SQLite database with the server's findings.

    Where it cannot be opened, the text of its schema at the beginning of the file decides, so that a damaged one is
    told as such and not as a file of no known format.
    """
    if not head.start.startswith(MAGIC):
        return False
    for as_it_lies in (True, False):
        try:
            with closing(connect(head.path, as_it_lies=as_it_lies, most_bytes=_SCHEMA_BYTES)) as connection:
                if set(_columns(connection, "findings")) >= _NEEDED:
                    return True
        except (sqlite3.Error, SourceError):
            if b"CREATE TABLE findings" in head.start and b"post_id" in head.start:
                return True
        if not _has_pending_changes(head.path):
            return False
    return False


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
    _refuse_truncated(path)
    # Before it is opened as a database: to close a file takes away the locks that this process has on it.
    digest = sha256_of(path)
    try:
        with closing(connect(path)) as connection:
            if not set(_columns(connection, "findings")) >= _NEEDED:
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
    mended: list[bytes] = []
    connection.text_factory = lambda value: _decoded(value, mended)
    keys = {t: _keys(connection, t) for t in ("findings", "finding_comments", "experiments", "ideas")}
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
                row = _row(connection, table, number)
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
                yield Reject(file, place, _reason(error), excerpt(dict(row)))
                continue
            if record is None:
                continue
            admitted = sightings.admit(record)
            if table == "findings" and not isinstance(admitted, Reject):
                found[number] = _slim(admitted)
                spoken_of.hear(row)
            yield admitted


def connect(path: Path, *, as_it_lies: bool = False, most_bytes: int | None = None) -> sqlite3.Connection:
    """Open a foreign database for reading, leaving nothing behind beside it.

    A database in WAL mode that nobody has open is read as a file that does not change; to open it in the ordinary way
    would need the right to write, and leave two files there. So is any one with ``as_it_lies``, whatever stands in the
    files beside it. ``most_bytes`` is about as much as a query may read.

    Raises:
        SourceError: when it is in WAL mode with changes that cannot be read from where it lies.
        sqlite3.Error: when it is no database, or more would have to be read.
    """
    wal = path.with_name(path.name + "-wal")
    pending = not as_it_lies and _has_pending_changes(path)
    mode = "mode=ro" if pending or not (as_it_lies or _is_wal(path)) else "mode=ro&immutable=1"
    steps = None if most_bytes is None else _STEPS_A_TABLE * most_bytes // _page_bytes(path)
    connection = sqlite3.connect(f"file:{quote(str(path))}?{mode}", uri=True, isolation_level=None, timeout=5)
    try:
        connection.row_factory = sqlite3.Row
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, most_bytes or _MAX_ROW)
        if steps is not None:
            connection.set_progress_handler(lambda: 1, steps)
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except UnicodeDecodeError as error:
        connection.close()
        # SQLite quotes what is wrong with a schema letter by letter, and Python takes every error for a text.
        raise sqlite3.DatabaseError("malformed database schema") from error
    except sqlite3.Error as error:
        connection.close()
        if pending and isinstance(error, sqlite3.OperationalError):
            raise SourceError(
                f"{path}: the server's last changes stand in {wal.name} and cannot be read from this folder ({error}); "
                "copy both files to a folder of your own and import that."
            ) from error
        raise
    return connection


def _is_wal(path: Path) -> bool:
    return _header(path)[18:20] == b"\x02\x02"


def _has_pending_changes(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _header(path: Path) -> bytes:
    """Return the first 100 bytes, in which a database says what it is; fewer where the file has not so many."""
    try:
        with path.open("rb", buffering=0) as file:
            return file.read(100)
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({reason(error)}); check its permissions.") from error


def _page_bytes(path: Path) -> int:
    stated = int.from_bytes(_header(path)[16:18], "big")
    return 65536 if stated <= 1 else stated


def _refuse_truncated(path: Path) -> None:
    """Raise SourceError when the file is shorter than its own header says; SQLite finds out only on the way."""
    header = _header(path)
    if not header.startswith(MAGIC) or len(header) < 100:
        raise SourceError(f"{path}: is not a SQLite database, or is cut short within its first 100 bytes.")
    stated = _page_bytes(path) * int.from_bytes(header[28:32], "big")
    size = size_of((path,))
    # The count of pages counts only where the same write set both change counters (SQLite file format, 1.3.7).
    if header[24:28] == header[92:96] and size < stated:
        raise SourceError(
            f"{path}: is cut short: the database says {stated:,} bytes, the file has {size:,}; fetch it again."
        )


def _decoded(value: bytes, mended: list[bytes]) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        mended.append(value[:1])
        return value.decode("utf-8", "replace")


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row["name"] for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))]


def _keys(connection: sqlite3.Connection, table: str) -> list[int]:
    """Return the row numbers of a table, none where an older server has no such table."""
    if not _columns(connection, table):
        return []
    return [row[0] for row in connection.execute(f'SELECT rowid FROM "{table}" ORDER BY rowid')]


def _row(connection: sqlite3.Connection, table: str, number: int) -> dict[str, Any]:
    # One query a row: a row that is too large or damaged then costs itself alone, not all that follow it.
    row = connection.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (number,)).fetchone()
    if row is None:
        raise BadFieldError("was deleted while the file was read")
    return dict(row)


def _parents(connection: sqlite3.Connection) -> dict[str, str]:
    if "commit_id" not in _columns(connection, "findings"):
        return {}
    rows = connection.execute("SELECT id, post_id, commit_id FROM findings WHERE commit_id IS NOT NULL")
    return dict(filter(None, (commit_of(dict(row)) for row in rows)))


def _idea_names(connection: sqlite3.Connection) -> IdeaNames:
    # The table of ideas is left out: a finding must be the same here and among the shared findings, which lack it.
    ideas = IdeaNames()
    if set(_columns(connection, "findings")) >= {"idea_uid", "idea_name", "run_id"}:
        for row in connection.execute("SELECT DISTINCT idea_uid, idea_name, run_id FROM findings"):
            ideas.hear(dict(row))
    return ideas


def _as_json(row: dict[str, Any]) -> dict[str, Any]:
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


def _reason(error: Exception) -> str:
    if isinstance(error, sqlite3.DataError):
        return f"a field is longer than {_MAX_ROW // 2**20} MiB"
    return f"cannot be read: {error}" if isinstance(error, sqlite3.Error) else str(error)


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
    ),
    cannot_know=CANNOT_KNOW,
    example=_EXAMPLE,
    example_name="experiments.db",
)
