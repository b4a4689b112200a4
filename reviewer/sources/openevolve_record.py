"""One program of an OpenEvolve run turned into the record that it stands for.

``programs/<id>.json`` has all of it; ``best_program_info.json`` has neither code nor metadata, but its code beside it,
in ``best_program.py``. Every number among the metrics is a measurement, timings and ``combined_score`` too: the file
does not say which of them is which, nor which way any is better. What is no number is kept as text.
"""

from typing import Any

from reviewer.domain.methods import Measurement, MethodRecord, Provenance
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import fields
from reviewer.sources.contract import Stated
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.instants import instant_of
from reviewer.sources.jsontext import MAX_TEXT, overlong, plain
from reviewer.sources.markdown_text import fenced, sections, settings
from reviewer.sources.measurable import measurable

NAMESPACE = "openevolve"
"""The namespace of all programs: their ids are UUIDs, and no file says which run it is of."""

DATASET = "unknown"
"""What the metrics were measured on: the evaluator knows, and no file says it."""

BASELINE_FIELDS = ("generation", "id")

_ALSO = ("code", "iteration", "iteration_found", "saved_at")


def is_program(value: Any) -> bool:
    """Tell whether a JSON value has the shape of a program: an id, a generation and metrics, and where it was found."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("id"), str)
        and isinstance(value.get("metrics"), dict)
        and {"generation", "timestamp"} <= value.keys()
        and any(name in value for name in _ALSO)
    )


def program_record(
    program: Fields, provenance: Provenance, *, code: str, run: str, problem: str, stated: Stated
) -> MethodRecord:
    """Return the record of a program; ``code`` is its text, where it is known.

    Raises:
        BadFieldError: when a field has the wrong kind, a text is too long, or the program has no id.
    """
    known_as = fields.label(program, "id")
    if not known_as:
        raise BadFieldError("id: is missing")
    if (long := overlong(dict(program))) is not None or len(code) > MAX_TEXT:
        raise BadFieldError(f"{long or 'the code'}: is longer than {MAX_TEXT:,} characters")
    generation = fields.count(program, "generation")
    parent = fields.label(program, "parent_id")
    held = {"id": known_as, "generation": str(generation)}
    is_baseline = bool(stated.baseline) and all(held.get(field) == value for field, value in stated.baseline)
    changes = _changes(program)
    title = f"Generation {generation}, {known_as[:8]}"
    first_line = next((line.strip() for line in changes.splitlines() if line.strip()), "")
    return MethodRecord(
        namespace=NAMESPACE,
        external_id=known_as,
        role=Role.BASELINE if is_baseline else Role.PROPOSAL,
        title=f"{title}: {first_line[:120]}" if first_line else title,
        problem=problem,
        provenance=provenance,
        origin=Origin.UNKNOWN if is_baseline or not (parent or generation) else Origin.AGENT,
        run=run,
        parent=parent if parent != known_as else "",
        body=_body(program, changes, code),
        created_at=instant_of(fields.number(program, "timestamp")),
        measurements=measurements(fields.mapping(program.get("metrics"))),
        raw=plain(dict(program)),
    )


def measurements(metrics: Fields) -> tuple[Measurement, ...]:
    """Return every number among the metrics, and those that are null, without a value."""
    numbers = {name: value for name, value in metrics.items() if name and _is_number(value)}
    if set(numbers) == {"error"} and numbers["error"] == 0:
        why = "the evaluation failed: OpenEvolve then writes an error of 0 in place of metrics"
        return (Measurement("error", DATASET, None, missing=why),)
    found = []
    for name in numbers:
        value, missing = measurable(metrics[name])
        found.append(Measurement(name, DATASET, value, missing=missing))
    return tuple(found)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _changes(program: Fields) -> str:
    """Return what is said to have been changed in the parent; "empty" is what OpenEvolve writes for nothing."""
    said = fields.text(program, "changes_description").strip()
    if said and said != "empty":
        return said
    noted = fields.mapping(program.get("metadata")).get("changes")
    return noted.strip() if isinstance(noted, str) else ""


def _body(program: Fields, changes: str, code: str) -> str:
    metadata = fields.mapping(program.get("metadata"))
    found = program.get("iteration_found")
    facts = {
        "generation": program.get("generation"),
        "iteration": found if found is not None else program.get("iteration"),
        "island": metadata.get("island"),
        "migrant": metadata.get("migrant") or None,
        "parent": program.get("parent_id"),
        "language": program.get("language"),
    }
    metrics = fields.mapping(program.get("metrics"))
    others = {name: value for name, value in metrics.items() if name and not _is_number(value)}
    artifacts = fields.mapping(fields.nested(program, "artifacts_json"))
    language = program.get("language")
    return sections(
        (
            ("Changes", changes),
            ("Program", settings(facts)),
            ("Metrics that are no numbers", settings(others)),
            ("Artifacts", settings(artifacts)),
            (
                "Code",
                fenced(code, language if isinstance(language, str) and language.isalnum() else "") if code else "",
            ),
        )
    )
