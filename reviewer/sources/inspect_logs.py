"""Logs of Inspect, the evaluation framework of the UK's AI Security Institute: ``.eval`` and ``.json``.

A log is one method: what its model came to on the log's task. Only the header is read, never a sample. What cannot be
read here is asked of Inspect itself, where that is installed (the extra ``inspect``).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.methods import MethodRecord, Provenance, Reject
from reviewer.domain.problems import Problem
from reviewer.sources import inspect_archive
from reviewer.sources.contract import FieldMeaning, Head, Plan, Progress, Record, Source, no_progress
from reviewer.sources.fields import BadFieldError
from reviewer.sources.files import files_under, readable_head, reason, require, sha256_of, size_of
from reviewer.sources.inspect_ai_reading import EXTRA, read_with_inspect_ai
from reviewer.sources.inspect_archive import BadLogError, UnknownLogError
from reviewer.sources.inspect_record import BASELINE_FIELDS, NAMESPACE, is_log, log_record, task_problem
from reviewer.sources.jsontext import MAX_FILE_BYTES, BadJsonError, excerpt, parse, parse_file
from reviewer.sources.shared_ids import never
from reviewer.sources.sightings import Sightings

NAME = "inspect"

KNOWN_VERSION = 2
"""The newest version of the log's schema that is read here."""

_BEGINS = re.compile(
    rb'\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:\s*"[a-z]*"\s*,\s*"eval"\s*:\s*\{(?=.*"task"\s*:)(?=.*"model"\s*:)',
    re.DOTALL,
)


def recognise(head: Head) -> bool:
    """Tell whether the file is a log: a ZIP archive with the members of one, or JSON with what was evaluated in it."""
    if head.start.startswith(b"PK"):
        named = inspect_archive.first_member(head.start).startswith(inspect_archive.MEMBERS)
        return named or head.path.suffix.lower() == ".eval"
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith(b"{"):
        return False
    if not head.whole:
        return bool(_BEGINS.match(start))
    try:
        return is_log(parse(head.start)[0])
    except BadJsonError:
        return bool(_BEGINS.match(start))


def plan(path: Path, *, problem: str | None = None) -> Plan:
    """Plan to read one log, or all that lie beneath a folder, in the order of their names: that of their times.

    Raises:
        SourceError: when nothing is there, or no log is among the files of the folder.
    """
    if require(path).is_file():
        files: tuple[Path, ...] = (path,)
    else:
        heads = ((file, readable_head(file)) for file in files_under(path))
        files = tuple(file for file, head in heads if head is not None and recognise(head))
    if not files:
        raise SourceError(f"{path}: holds no Inspect log; files *.eval and *.json were looked for.")
    return Plan(NAME, path, files, NAMESPACE, problem, size_of(files))


def read(plan: Plan, progress: Progress = no_progress) -> Iterator[Record]:
    """Yield a record or a reject for each log; before the first of a task the task as a problem."""
    sightings = Sightings()
    described: set[str] = set()
    done = 0
    for path in plan.files:
        found = _read_file(path, plan)
        if isinstance(found, Reject):
            yield found
        else:
            task, method = found
            if plan.problem is None and task.slug not in described:
                described.add(task.slug)
                yield task
            yield sightings.admit(method)
        done += size_of((path,))
        progress(done)


def _read_file(path: Path, plan: Plan) -> tuple[Problem, MethodRecord] | Reject:
    try:
        digest = sha256_of(path)
        log, place = _header(path)
    except SourceError as error:
        return Reject(str(path), "", str(error).removeprefix(f"{path}: ").rstrip("."))
    except OSError as error:
        return Reject(str(path), "", f"cannot be read ({reason(error)})")
    except (BadLogError, BadJsonError) as error:
        return Reject(str(path), "", str(error))
    try:
        if not is_log(log):
            raise BadFieldError("is no Inspect log: version, status, eval.task and eval.model were looked for")
        task = task_problem(log)
        provenance = Provenance(str(path), digest, place)
        return task, log_record(log, provenance, problem=plan.problem or task.slug, stated=plan.stated)
    except BadFieldError as error:
        return Reject(str(path), place, str(error), excerpt(log))


def _header(path: Path) -> tuple[dict[str, Any], str]:
    """Return the header of a log, and where in the file it stands."""
    try:
        return _own_header(path)
    except UnknownLogError as unknown:
        try:
            log = read_with_inspect_ai(path)
        except ValueError as error:
            raise BadLogError(f"{unknown}; Inspect itself cannot read it either ({error})") from error
        if log is None:
            raise BadLogError(f"{unknown}; with `pip install '{EXTRA}'` Inspect itself is asked for it") from unknown
        return log, "as Inspect itself reads it"


def _own_header(path: Path) -> tuple[dict[str, Any], str]:
    with path.open("rb") as file:
        is_archive = file.read(2) == b"PK"
    if is_archive:
        header = inspect_archive.read_header(path)
        member = header.member
        try:
            value, mended = parse(header.data)
        except BadJsonError as error:
            raise BadLogError(f"{member} in it {error}") from error
        if member == inspect_archive.START and isinstance(value, dict):
            value = {"status": "started", **value}
    else:
        member = ""
        if path.stat().st_size > MAX_FILE_BYTES:
            raise UnknownLogError(
                f"is larger than {MAX_FILE_BYTES // 2**20} MiB, as a log in JSON is not read; "
                "`inspect log convert --to eval` makes one that is"
            )
        value, mended = parse_file(path)
    if not isinstance(value, dict):
        raise BadLogError("is no Inspect log: it must be an object")
    version = value.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BadLogError("version: must be a whole number from 1 up")
    if version > KNOWN_VERSION:
        raise UnknownLogError(f"is a log of version {version}, and up to {KNOWN_VERSION} they are known")
    said = "lone surrogates replaced by U+FFFD" if mended else ""
    return value, f"{member} ({said})".strip() if said else member


SOURCE = Source(
    NAME,
    "Logs of Inspect evaluations (.eval and .json)",
    True,
    recognise,
    plan,
    read,
    sign="is a ZIP archive with the members of an Inspect log, or JSON with version, status and eval.task and "
    "eval.model",
    fields=(
        FieldMeaning("eval.task", "the problem"),
        FieldMeaning("eval.model", "the agent, and with the task the title"),
        FieldMeaning("eval.eval_id, eval.run_id", "by which the proposal is known"),
        FieldMeaning("eval.dataset.name", "the dataset of each measurement"),
        FieldMeaning("results.scores[].metrics", "a measurement each, called scorer/metric"),
        FieldMeaning("metric stderr", "the standard error of the same scorer's accuracy and mean"),
        FieldMeaning("scored_samples, else completed_samples", "the number of test examples"),
        FieldMeaning("results.headline, else the first metric", "the primary metric of a problem that has none"),
        FieldMeaning("status, error", "why measurements are missing; the error's text stands in the body"),
        FieldMeaning("plan, eval.config, model_roles, tags, metadata, revision", "the body"),
        FieldMeaning("samples, reductions", "left in the file"),
    ),
    cannot_know=(
        "which logs are baselines (--baseline model=NAME says it)",
        "which way a metric is better",
        "the setting",
        "what was proposed: a log holds what ran, and no text of a proposal",
    ),
    example='{"version": 2, "status": "success", "eval": {"task": "popularity", "model": "openai/gpt-4o", '
    '"eval_id": "e1", "run_id": "r1", "created": "2026-01-02T03:04:05+00:00", "dataset": {"name": "popularity", '
    '"samples": 100}, "config": {}}, "results": {"completed_samples": 100, "scores": [{"name": "match", "scorer": '
    '"match", "metrics": {"accuracy": {"name": "accuracy", "value": 0.61}, "stderr": {"name": "stderr", "value": '
    "0.05}}}]}}\n",
    baseline_fields=BASELINE_FIELDS,
    shares_ids=never,
    ids="are those of the evaluation (eval_id) in its run (run_id), which nothing else has",
)
