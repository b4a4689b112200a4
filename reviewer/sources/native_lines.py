"""One line of our own format, checked and turned into the record that it stands for."""

import re
from collections import Counter
from typing import Any, Protocol

import pydantic_core
from pydantic import ValidationError

from reviewer.domain.methods import (
    JsonText,
    Provenance,
    Reject,
)
from reviewer.domain.stating import StatedIn, Statement
from reviewer.sources import native_schema as schema
from reviewer.sources.contract import Record
from reviewer.sources.fields import BadFieldError
from reviewer.sources.fields import kind as what_it_is
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, parse, plain
from reviewer.sources.native_records import ROLES, method_of, problem_of, remark_of

_REASONS = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "list_type": "must be a list",
    "dict_type": "must be an object in braces",
    "model_type": "must be an object in braces",
    "model_attributes_type": "must be an object in braces",
}
_OF_ANOTHER_KIND = frozenset({"string_type", "float_type", "int_type", "list_type"})
"""Reasons after which it is said what stands there instead."""

_FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(line.__annotations__)
    for name, line in (
        ("problem", schema.ProblemLine),
        ("proposal", schema.ProposalLine),
        ("baseline", schema.BaselineLine),
        ("reference", schema.ReferenceLine),
        ("remark", schema.RemarkLine),
    )
}
_OF_MEASUREMENT = frozenset(schema.MeasurementLine.__annotations__)
_OF_SEED = frozenset(schema.SeedLine.__annotations__)
_OF_LISTS = {
    "self_scores": frozenset(schema.SelfScoreLine.__annotations__),
    "reviews": frozenset(schema.ReviewLine.__annotations__),
}
_OF_PARTS = {
    "metrics": frozenset(schema.MetricLine.__annotations__),
    "datasets": frozenset(schema.DatasetLine.__annotations__),
    "target": frozenset(schema.TargetLine.__annotations__),
}
KNOWN_FIELDS = (
    *sorted(frozenset().union(*_FIELDS.values())),
    *(f"measurements.{name}" for name in sorted(_OF_MEASUREMENT)),
    *(f"measurements.seeds.{name}" for name in sorted(_OF_SEED)),
    *(f"{part}.{name}" for parts in (_OF_LISTS, _OF_PARTS) for part, names in parts.items() for name in sorted(names)),
)
"""Every field that a line may have, with those that it stands in."""

_NAMES_KEPT = 100


class ReadLine(Protocol):
    """Turns one line and its number into what it stands for; ``unnamed`` is the problem of a line that names none."""

    def __call__(self, line: bytes, number: int, unnamed: str | None = None, /) -> Record:
        """Return the record or the reject."""


def line_reader(
    *,
    file: str,
    sha256: str,
    problem: str | None,
    namespace: str,
    unknown: Counter[str] | None = None,
    stated_in: StatedIn = StatedIn.COMMAND_LINE,
) -> ReadLine:
    """Return the function that turns a line and its number into a record or a reject.

    ``problem`` is what the person gave; ``namespace`` is where records belong that name neither it nor a run.
    ``unknown`` counts the lines that have a field which the format does not know. ``stated_in`` is where the person
    gives the problem.
    """
    passed_over = Counter[str]() if unknown is None else unknown
    validate = schema.LINE.validator.validate_python
    load, keys = pydantic_core.from_json, _KEY.findall
    described: set[str] = set()

    def read_line(line: bytes, number: int, unnamed: str | None = None, /) -> Record:
        place = f"line {number}"
        try:
            standard = True
            try:
                value = load(line, allow_inf_nan=False, cache_strings="keys")
            except ValueError:
                # The fast reader refuses what can be mended; the slow one mends it or says in words what is wrong.
                standard = False
                value, mended = parse(line.rstrip())
                if mended:
                    place += " (lone surrogates replaced by U+FFFD)"
            if type(value) is not dict:
                raise BadFieldError("must be an object in braces, with a type")
            checked: schema.Line = validate(value)
            if standard and line.count(b":") != _keys_in(checked["type"], value) != len(keys(line)):
                # Of a key that stands twice the fast reader keeps the last; so it is read by the slow one as well.
                parse(line.rstrip())
            if _has_more(value, checked):
                for name in _unknown_fields(value):
                    if name in passed_over or len(passed_over) < _NAMES_KEPT:
                        passed_over[name] += 1
            if checked["type"] == "problem":
                record: Record = problem_of(checked)
                described.add(checked["id"])
                return record
            slug = checked.get("problem") or problem or unnamed
            if slug is None and len(described) == 1:
                (slug,) = described
            if slug is None:
                raise BadFieldError(
                    f"problem: is missing; add it to the line, or give it by {stated_in.names(Statement.PROBLEM)}"
                )
            provenance = Provenance(file, sha256, place)
            raw = JsonText(line.strip().decode()) if standard else plain(value)
            if checked["type"] == "remark":
                return remark_of(checked, slug, namespace, provenance, raw)
            return method_of(checked, slug, namespace, provenance, raw)
        except ValidationError as error:
            return Reject(file, place, f"{_named(value)}{in_words(error)}", excerpt(line))
        except BadFieldError as error:
            return Reject(file, place, f"{_named(value)}{error}", excerpt(line))
        except BadJsonError as error:
            return Reject(file, place, str(error), excerpt(line))

    return read_line


def _named(value: Any) -> str:
    """Return by its id what a reason is of, before that; empty where the line has none."""
    named = value.get("id") if type(value) is dict else None
    return f"{named[:_LONGEST_ID]!r}: " if isinstance(named, str) and named else ""


_LONGEST_ID = 80


_KEY = re.compile(rb'"\s*:')
"""The end of a key, with the blanks that may stand there: one that is not counted would make up for one that is twice.

It is looked for where there are more colons than keys, which takes a tenth of the time of reading. A line of which a
text has it as well is read twice.
"""


def _keys_in(kind: str, line: dict[str, Any]) -> int:
    """Return how many keys a line that has been checked holds, without those within what few lines have."""
    if kind == "problem" or kind == "remark":
        return len(line)
    measured = line.get("measurements", ())
    seeds = (len(seed) for one in measured if "seeds" in one for seed in one["seeds"])
    return len(line) + sum(map(len, measured)) + sum(seeds)


def _has_more(line: dict[str, Any], checked: schema.Line) -> bool:
    """Say whether a line may have fields that its format does not know: the checked one has only those that it does.

    By their number, since asking for each of them takes a twentieth of an import's time.
    """
    if len(line) != len(checked) or checked["type"] == "problem":
        return True
    if checked["type"] == "remark":
        return False
    if "self_scores" in line or "reviews" in line:
        return True
    measured = checked.get("measurements", ())
    stated = line.get("measurements", ())
    return sum(map(len, stated)) != sum(map(len, measured)) or any(
        sum(map(len, those["seeds"])) != sum(map(len, one["seeds"]))
        for those, one in zip(stated, measured, strict=True)
        if "seeds" in one
    )


def _unknown_fields(line: dict[str, Any]) -> set[str]:
    """Return the fields of a line that has been checked which its format does not know, with what they stand in."""
    found: set[str] = set()
    if not line.keys() <= _FIELDS[line["type"]]:
        found.update(line.keys() - _FIELDS[line["type"]])
    # What stands under a name that the line's type does not know has not been checked.
    for measurement in line.get("measurements", ()) if line["type"] in ROLES else ():
        if not measurement.keys() <= _OF_MEASUREMENT:
            found.update(f"measurements.{name}" for name in measurement.keys() - _OF_MEASUREMENT)
        for seed in measurement.get("seeds", ()):
            if not seed.keys() <= _OF_SEED:
                found.update(f"measurements.seeds.{name}" for name in seed.keys() - _OF_SEED)
    parts = _OF_PARTS if line["type"] == "problem" else _OF_LISTS if line["type"] in ROLES else {}
    for part, known in parts.items():
        held = line.get(part) or ()
        for each in [held] if isinstance(held, dict) else held:
            found.update(f"{part}.{name}" for name in each.keys() - known)
    return found


def in_words(error: ValidationError) -> str:
    """Return what is wrong with a line: up to three fields, each with its reason, in words."""
    found = error.errors(include_url=False)
    said = []
    for one in found[:3]:
        kind, context = one["type"], one.get("ctx", {})
        # The first step is the type of the line, which the person did not write as a place.
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in one["loc"][1:]).lstrip(".")
        if kind == "union_tag_not_found":
            said.append("type: is missing")
        elif kind == "union_tag_invalid":
            said.append(f"type: {context['tag'][:80]!r} is none of {context['expected_tags']}")
        elif kind == "string_too_long":
            said.append(f"{path}: is longer than {min(context['max_length'], MAX_TEXT):,} characters")
        elif kind == "enum":
            said.append(f"{path}: must be {context['expected']}")
        elif kind == "string_pattern_mismatch":
            blank = context["pattern"] == r"\S"
            said.append(f"{path}: {'is blank' if blank else 'is not of the form ' + context['pattern']}")
        else:
            message = _REASONS.get(kind) or one["msg"].replace("Input should", "must").rstrip(".")
            given = f", not {what_it_is(one['input'])}" if kind in _OF_ANOTHER_KIND else ""
            said.append(f"{path}: {message}{given}")
    more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
    return "; ".join(said) + more
