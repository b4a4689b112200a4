"""One Inspect log turned into the record that it stands for.

A log says what ran: a model, by a solver, on a task. It holds no text of a proposal, so that the body is what was set:
it is what a reviewer has to see in order to tell what was compared. A log is a proposal of its model unless the person
says by which field of it baselines are told.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from reviewer.domain.methods import MethodRecord, Provenance
from reviewer.domain.problems import Dataset, Problem, as_slug
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import fields
from reviewer.sources.contract import Stated
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.inspect_measurements import headline, measurements
from reviewer.sources.instants import instant
from reviewer.sources.jsontext import MAX_TEXT, overlong, plain
from reviewer.sources.markdown_text import fenced, sections, settings

NAMESPACE = "inspect"
"""The namespace of logs that name no run."""

PROBLEM = "inspect"
"""The slug of a task whose name has no letter and no digit that a slug can have."""

BASELINE_FIELDS = ("model", "solver", "task", "tags", "run_id", "eval_id", "task_args.*", "metadata.*")

_LEFT_OUT = ("samples", "reductions")
"""What a ``.json`` log has beside its header."""

_TRACEBACK = 2000
"""Characters of a traceback that are shown, from its end."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def is_log(value: Any) -> bool:
    """Tell whether a JSON value has the shape of a log: what was evaluated, and which state it ended in."""
    spec = value.get("eval") if isinstance(value, dict) else None
    return isinstance(spec, dict) and {"version", "status"} <= value.keys() and {"task", "model"} <= spec.keys()


def task_problem(log: Fields) -> Problem:
    """Return the task as a problem of its own. Which way its metrics are better, no log says.

    Raises:
        BadFieldError: when a field has the wrong kind.
    """
    spec = fields.mapping(log.get("eval"))
    task = fields.text(spec, "task").strip()
    return Problem(
        as_slug(task) or PROBLEM,
        title=fields.text(spec, "task_display_name").strip() or task,
        description=fields.text(spec, "task_description").strip(),
        primary_metric=headline(log),
        primary_dataset=_dataset(spec),
        datasets=(Dataset(_dataset(spec)),),
        authoritative=False,
    )


def log_record(log: Fields, provenance: Provenance, *, problem: str, stated: Stated) -> MethodRecord:
    """Return the record that a log stands for; ``stated`` says by which fields baselines are told.

    Raises:
        BadFieldError: when a field has the wrong kind, or model or task are missing.
    """
    spec = fields.mapping(log.get("eval"))
    for name in ("task", "model"):
        if not fields.text(spec, name).strip():
            raise BadFieldError(f"eval.{name}: is missing")
    raw = {name: value for name, value in log.items() if name not in _LEFT_OUT}
    if (long := overlong(raw)) is not None:
        raise BadFieldError(f"{long}: is longer than {MAX_TEXT:,} characters")
    model, task = fields.text(spec, "model").strip(), fields.text(spec, "task").strip()
    solver = fields.text(spec, "solver").strip()
    run = fields.label(spec, "run_id")
    is_baseline = bool(stated.baseline) and all(_holds(log, field, value) for field, value in stated.baseline)
    return MethodRecord(
        namespace=run or NAMESPACE,
        external_id=_known_as(spec),
        role=Role.BASELINE if is_baseline else Role.PROPOSAL,
        title=f"{_short(model)} on {task}" + (f", by {solver}" if solver else ""),
        problem=problem,
        provenance=provenance,
        origin=Origin.UNKNOWN if is_baseline else Origin.AGENT,
        agent=model,
        run=run,
        body=_body(log, spec),
        created_at=instant(fields.text(spec, "created")),
        measurements=measurements(log, _dataset(spec)),
        raw=plain(raw),
    )


def _known_as(spec: Fields) -> str:
    """Return the log's own id; where an older log has none, the one that Inspect derives when it reads it.

    So a log that is converted to a newer form stays the same one.
    """
    if known := fields.label(spec, "eval_id"):
        return known
    said = fields.label(spec, "run_id") + fields.label(spec, "task_id") + _in_utc(fields.text(spec, "created"))
    number = int.from_bytes(hashlib.blake2s(said.encode(), digest_size=16).digest(), "big")
    digits = ""
    while number:
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits[-22:].rjust(22, _ALPHABET[0])


def _in_utc(written: str) -> str:
    try:
        moment = datetime.fromisoformat(written)
        return written if moment.tzinfo is None else moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return written


def _dataset(spec: Fields) -> str:
    return fields.label(fields.mapping(spec.get("dataset")), "name") or fields.text(spec, "task").strip()


def _short(model: str) -> str:
    return model.rstrip("/").rpartition("/")[2] or model


def _holds(log: Fields, field: str, value: str) -> bool:
    """Tell whether a field of the log has that value; the model may be given with or without its provider."""
    spec = fields.mapping(log.get("eval"))
    name, _, key = field.partition(".")
    if key:
        held = fields.mapping(spec.get(name)).get(key)
        return held is not None and value in (_as_text(held), str(held))
    if name == "model":
        model = fields.text(spec, "model").strip()
        return value in (model, model.partition("/")[2], _short(model))
    if name == "tags":
        return any(value in tags for tags in (spec.get("tags"), log.get("tags")) if isinstance(tags, list))
    if name == "solver":
        return value == (fields.text(spec, "solver").strip() or ", ".join(solver for solver, _ in _steps(log)))
    return value == fields.label(spec, name)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)


def _steps(log: Fields) -> list[tuple[str, Mapping[str, Any]]]:
    steps = fields.mapping(log.get("plan")).get("steps")
    known = [fields.mapping(step) for step in steps] if isinstance(steps, list) else []
    return [(str(step["solver"]), fields.mapping(step.get("params"))) for step in known if step.get("solver")]


def _body(log: Fields, spec: Fields) -> str:
    dataset = fields.mapping(spec.get("dataset"))
    revision = fields.mapping(spec.get("revision"))
    config = dict(fields.mapping(spec.get("config")))
    generation = {
        **fields.mapping(spec.get("model_generate_config")),
        **fields.mapping(fields.mapping(log.get("plan")).get("config")),
    }
    solver = [f"{n}. {name}\n\n{settings(params)}" for n, (name, params) in enumerate(_steps(log), 1)]
    state = {"status": log.get("status"), "invalidated": log.get("invalidated") or None}
    stats = fields.mapping(log.get("stats"))
    times = {name: instant(str(stats[name])) for name in ("started_at", "completed_at") if stats.get(name)}
    results = fields.mapping(log.get("results"))
    samples = {name: results.get(name) for name in ("total_samples", "completed_samples")}
    return sections(
        (
            ("Error", _error(log)),
            ("Task", settings({
                "task": spec.get("task"), "version": spec.get("task_version"), "file": spec.get("task_file"),
                "arguments": spec.get("task_args") or None, "scorers": _scorers(spec) or None,
            })),
            ("Dataset", settings({
                "name": dataset.get("name"), "location": dataset.get("location"), "samples": dataset.get("samples"),
                "shuffled": dataset.get("shuffled"),
            })),
            ("Model", settings({
                "model": spec.get("model"), "base URL": spec.get("model_base_url"),
                "roles": spec.get("model_roles") or None,
            })),
            ("Solver", "\n".join(filter(None, (
                settings({"solver": spec.get("solver"), "arguments": spec.get("solver_args") or None}), *solver,
            )))),
            ("Generation", settings(generation)),
            ("Limits and epochs", settings(config)),
            ("Run", settings({
                **state, **times, **samples, "tokens": stats.get("model_usage") or None,
                "tags": log.get("tags") or spec.get("tags") or None,
                "metadata": log.get("metadata") or spec.get("metadata") or None,
                "commit": revision.get("commit"), "repository": revision.get("origin"),
                "packages": spec.get("packages") or None,
            })),
            ("Model arguments", settings(fields.mapping(spec.get("model_args")))),
        )
    )  # fmt: skip


def _scorers(spec: Fields) -> str:
    scorers = spec.get("scorers")
    names = [fields.mapping(scorer).get("name") for scorer in scorers] if isinstance(scorers, list) else []
    return ", ".join(name for name in names if isinstance(name, str))


def _error(log: Fields) -> str:
    """Return what the run ended with, and the end of its traceback."""
    error = fields.mapping(log.get("error"))
    said = [error.get(name) for name in ("message", "traceback")]
    message, traceback = (text if isinstance(text, str) else "" for text in said)
    if len(traceback) > _TRACEBACK:
        traceback = f"…\n{traceback[-_TRACEBACK:]}"
    return "\n".join(fenced(text) for text in (message, traceback) if text.strip())
