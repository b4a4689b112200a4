"""Programs of a ShinkaEvolve run: its SQLite database (table ``programs``).

It is opened for reading only, as every foreign database is; a run may be writing to it.

- A program is a proposal with its parent. ``combined_score``, every number among the public metrics and every one among
  the private ones is a measurement; the latter are called ``private/name``, since the model that writes programs is not
  shown them. Where they were measured, no row says.
- A row that is not correct and has no metrics has a score of 0 by default: that is no value. Any other score of a
  program that is not correct stands, and says so.
- Embeddings are left in the file.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import Measurement, MethodRecord, PlaceName, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import fields
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, Stated, no_progress
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
from reviewer.sources.instants import instant_of
from reviewer.sources.jsontext import MAX_TEXT, excerpt, overlong, plain
from reviewer.sources.markdown_text import fenced, sections, settings
from reviewer.sources.measurable import measurable
from reviewer.sources.shared_ids import in_namespaces
from reviewer.sources.sightings import Sightings

NAME = "shinka"
SLUG = "shinka"
NAMESPACE = "shinka"
"""The namespace of all programs: their ids are UUIDs, and no database says which run it is of."""

TABLE = "programs"
DATASET = "unknown"
BASELINE_FIELDS = ("generation", "id")

_NEEDED = {"id", "parent_id", "generation", "combined_score", "correct", "public_metrics", "private_metrics"}
_LEFT_OUT = "embedding"
_JSON = ("public_metrics", "private_metrics", "metadata", "archive_inspiration_ids", "top_k_inspiration_ids",
         "migration_history")  # fmt: skip
_UNSEEN = "private: not shown to the model that writes the programs"


def recognise(head: Head) -> bool:
    """Tell whether the file is a SQLite database with the programs of a run."""
    return holds_table(head, TABLE, _NEEDED, (b"CREATE TABLE programs", b"private_metrics"))


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one database file.

    Raises:
        SourceError: when it is no file.
    """
    if require(path).is_dir():
        raise SourceError(f"{path}: is a folder; name the run's database file in it.")
    return Plan(NAME, path, (path,), NAMESPACE, problem, size_of((path,)))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield a record or a reject for each program; before the first record the problem.

    Raises:
        SourceError: when the file is cut short or damaged, or is another database.
    """
    path = plan.files[0]
    refuse_truncated(path)
    # Before it is opened as a database: to close a file takes away the locks that this process has on it.
    digest = sha256_of(path)
    try:
        with closing(connect(path)) as connection:
            names = columns(connection, TABLE)
            if not set(names) >= _NEEDED:
                wanted = ", ".join(sorted(_NEEDED))
                raise SourceError(f"{path}: is no database of ShinkaEvolve: it has no table programs with {wanted}.")
            yield from _read(connection, names, plan, digest, progress)
    except sqlite3.Error as error:
        raise SourceError(
            f"{path}: cannot be read as a SQLite database ({error}); if a run is writing to it, try again, else fetch "
            "it anew."
        ) from error


def _read(
    connection: sqlite3.Connection, names: list[str], plan: Plan, digest: str, progress: Progress
) -> Iterator[Record]:
    file = str(plan.path)
    slug = plan.problem or SLUG
    wanted = ", ".join('"' + name.replace('"', '""') + '"' for name in names if not name.startswith(_LEFT_OUT))
    sightings = Sightings()
    described = plan.problem is not None
    mended = mend_text(connection)
    numbers = row_numbers(connection, TABLE)
    for done, number in enumerate(numbers, 1):
        place = f"{TABLE} #{number}"
        row: Fields = {}
        mended.clear()
        try:
            row = _parsed(database_row(connection, TABLE, number, wanted))
            said = " (invalid UTF-8 replaced by U+FFFD)" if mended else ""
            provenance = Provenance(file, digest, place + said)
            record = program_record(row, provenance, run=_run(plan.path), problem=slug, stated=plan.stated)
        except (BadFieldError, sqlite3.Error) as error:
            yield Reject(file, place, reason(error), excerpt(dict(row)))
            continue
        if not described:
            described = True
            yield Problem(slug, "Programs of ShinkaEvolve", primary_metric="combined_score", authoritative=False)
        yield sightings.admit(record)
        if done % 64 == 0 or done == len(numbers):
            progress((plan.total or 0) * done // len(numbers))


def program_record(row: Fields, provenance: Provenance, *, run: str, problem: str, stated: Stated) -> MethodRecord:
    """Return the record of a program; its JSON columns are parsed.

    Raises:
        BadFieldError: when a field has the wrong kind, a text is too long, or the program has no id.
    """
    known_as = fields.label(row, "id")
    if not known_as:
        raise BadFieldError("id: is missing")
    if (long := overlong(dict(row))) is not None:
        raise BadFieldError(f"{long}: is longer than {MAX_TEXT:,} characters")
    generation = fields.count(row, "generation")
    metadata = fields.mapping(row.get("metadata"))
    parent = fields.label(row, "parent_id")
    held = {"id": known_as, "generation": str(generation)}
    is_baseline = bool(stated.baseline) and all(held.get(field) == value for field, value in stated.baseline)
    name = _said(metadata, "patch_name")
    title = f"Generation {generation}, {known_as[:8]}"
    return MethodRecord(
        namespace=NAMESPACE,
        external_id=known_as,
        role=Role.BASELINE if is_baseline else Role.PROPOSAL,
        title=f"{title}: {name[:120]}" if name and name != "none" else title,
        problem=problem,
        provenance=provenance,
        origin=Origin.UNKNOWN if is_baseline or not (parent or generation) else Origin.AGENT,
        agent=_said(metadata, "model_name"),
        run=run,
        parent=parent if parent != known_as else "",
        body=_body(row, metadata),
        created_at=instant_of(fields.number(row, "timestamp")),
        measurements=measurements(row),
        raw=plain(dict(row)),
    )


def measurements(row: Fields) -> tuple[Measurement, ...]:
    """Return the score and every number among the metrics, the private ones under names of their own.

    Raises:
        BadFieldError: when the score or the metrics are of another kind.
    """
    correct = fields.truth(row, "correct")
    public, private = (_metrics(row, name) for name in ("public_metrics", "private_metrics"))
    note = "the run marks the program as not correct" if correct is False else ""
    score, missing = measurable(fields.number(row, "combined_score"))
    if score == 0 and correct is False and not public and not private:
        score, missing = None, "the program is not correct, and 0 is what the run writes where nothing was measured"
    found = [Measurement("combined_score", DATASET, score, source=note, missing=missing)]
    for metrics, prefix, origin in (
        (public, "", note),
        (private, "private/", "; ".join(filter(None, (_UNSEEN, note)))),
    ):
        for name, given in metrics.items():
            if name and _is_number(given) and f"{prefix}{name}" != "combined_score":
                value, why = measurable(given)
                found.append(Measurement(f"{prefix}{name}", DATASET, value, source=origin, missing=why))
    return tuple(found)


def _metrics(row: Fields, name: str) -> dict[str, Any]:
    value = row.get(name)
    if value is not None and not isinstance(value, dict):
        raise BadFieldError(f"{name}: must be an object in JSON, not {fields.kind(value)}")
    return value or {}


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _parsed(row: Fields) -> dict[str, Any]:
    """Return the row with its JSON columns parsed; what is no JSON stays the text that it is."""
    parsed = dict(row)
    for name in _JSON:
        text = row.get(name)
        if isinstance(text, str):
            value = fields.nested(row, name)
            parsed[name] = text if value is None and text.strip() not in ("", "null") else value
    return parsed


def _body(row: Fields, metadata: Fields) -> str:
    language = row.get("language")
    facts = {
        "generation": row.get("generation"),
        "island": row.get("island_idx"),
        "correct": bool(row["correct"]) if row.get("correct") in (0, 1) else None,
        "parent": row.get("parent_id"),
        "kind of change": _said(metadata, "patch_type") or None,
        "model": _said(metadata, "model_name") or None,
        "language": language,
    }
    others = {
        f"{prefix}{name}": value
        for column, prefix in (("public_metrics", ""), ("private_metrics", "private/"))
        for name, value in fields.mapping(row.get(column)).items()
        if name and not _is_number(value)
    }
    code = fields.text(row, "code")
    return sections(
        (
            ("Description", _said(metadata, "patch_description")),
            ("Program", settings(facts)),
            ("Metrics that are no numbers", settings(others)),
            ("Feedback of the evaluation", fields.text(row, "text_feedback")),
            (
                "Code",
                fenced(code, language if isinstance(language, str) and language.isalnum() else "") if code else "",
            ),
        )
    )


def _said(metadata: Fields, name: str) -> str:
    value = metadata.get(name)
    return value.strip() if isinstance(value, str) else ""


def _run(path: Path) -> PlaceName:
    """Return the name of the folder that the database lies in: the run writes all its results there."""
    return PlaceName(path.absolute().parent.name)


SOURCE = Source(
    NAME,
    "Database of a ShinkaEvolve run (SQLite)",
    False,
    recognise,
    plan,
    read,
    beside=("-wal", "-shm", "-journal"),
    sign="is a SQLite database whose table programs has combined_score, correct, public_metrics and private_metrics",
    fields=(
        FieldMeaning("id", "by which the proposal is known"),
        FieldMeaning("parent_id", "the parent"),
        FieldMeaning(
            "combined_score", "a measurement; 0 of a program that is not correct and has no metrics is no value"
        ),
        FieldMeaning("public_metrics: each number", "a measurement"),
        FieldMeaning("private_metrics: each number", "a measurement called private/name"),
        FieldMeaning("metadata.patch_name, .patch_description", "the title and the body"),
        FieldMeaning("metadata.model_name", "the agent"),
        FieldMeaning("code, text_feedback, generation, island_idx, correct, language", "the body"),
        FieldMeaning("timestamp", "the time, in UTC"),
        FieldMeaning("code_diff, complexity, inspirations, migrations, the rest of metadata", "the raw record alone"),
        FieldMeaning("embedding, embedding_pca_2d, embedding_pca_3d, embedding_cluster_id", "left in the file"),
        FieldMeaning("tables archive, attempt_log, generation_event_log, metadata_store", "left in the file"),
    ),
    cannot_know=(
        "which program is the baseline: that of generation 0 was given to the run, and no row says by whom "
        "(--baseline generation=0 says that it is one)",
        "which run and which task it is of (the folder's name is taken for the run; --problem says the task)",
        "which way a metric is better",
        "the dataset and the setting, of private metrics too",
    ),
    example="CREATE TABLE programs (id TEXT PRIMARY KEY, code TEXT, language TEXT, parent_id TEXT, generation INTEGER, "
    "timestamp REAL, combined_score REAL, correct BOOLEAN, public_metrics TEXT, private_metrics TEXT, metadata TEXT);\n"
    "INSERT INTO programs VALUES ('6f1c', 'def f(x): return x', 'python', NULL, 0, 1767790721.0, 0.31, 1, "
    "'{\"radius\": 0.3}', '{\"time\": 0.6}', '{}');\n",
    example_name="evolution_db.sqlite",
    baseline_fields=BASELINE_FIELDS,
    shares_ids=in_namespaces((NAMESPACE,)),
    ids="are UUIDs, which nothing else has; where they are not two runs may have the same",
)
