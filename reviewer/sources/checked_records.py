"""Holding what a reader of somebody else's gives to what our own format may say, before anything of it is stored.

A record is written as the line of our own format that says the same, and checked as such: so there is one rule for
every kind of field, and one set of words for what is wrong with it. Lone surrogates are replaced, NaN is no value, and
whatever is of another type than it should be makes the record a reject.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from reviewer.domain.methods import (
    JsonText,
    Measurement,
    MethodRecord,
    Notice,
    OutsideReview,
    Provenance,
    Reject,
    Remark,
    SeedValue,
    SelfScore,
    UnknownFields,
)
from reviewer.domain.problems import Dataset, Metric, Problem, Target
from reviewer.sources import native_schema as schema
from reviewer.sources.contract import Read
from reviewer.sources.fields import BadFieldError, kind
from reviewer.sources.jsontext import BadJsonError, excerpt, mend, parse, plain
from reviewer.sources.native_lines import in_words
from reviewer.sources.native_records import method_of, problem_of, remark_of

T = TypeVar("T")

_MENDED = " (lone surrogates replaced by U+FFFD)"
_OUR_NAMES = re.compile(r"(?:(?<=^)|(?<=; ))(?:id|method)(?=:)")
"""What a line calls by another name than a record does, where a reason begins with it."""

_NO_REASON = "the reader gives no value, and does not say why"


def checked(given: Any, *, namespace: str, file: str) -> Read:
    """Return what a reader gave, once it holds what it says it does; else a reject that says what is wrong.

    ``namespace`` is that of records which name none, and ``file`` the one of what names no place.
    """
    try:
        if isinstance(given, MethodRecord):
            return _method(given, namespace)
        if isinstance(given, Remark):
            return _remark(given, namespace)
        if isinstance(given, Problem):
            line = cast("schema.ProblemLine", _line(_problem_line(given))[0])
            return replace(problem_of(line), authoritative=given.authoritative is True)
        if isinstance(given, Reject):
            texts = [_text(getattr(given, name), name) for name in ("file", "place", "reason", "raw")]
            return Reject(texts[0] or file, texts[1], texts[2] or "no reason is given", excerpt(texts[3].encode()))
        if isinstance(given, UnknownFields):
            return _unknown_fields(given)
        if isinstance(given, Notice):
            return Notice(_text(given.file, "file") or file, _text(given.words, "words"))
    except ValidationError as error:
        theirs = {"id": "slug" if isinstance(given, Problem) else "external_id", "method": "body"}
        reason = _OUR_NAMES.sub(lambda found: theirs[found[0]], in_words(error))
    except (BadFieldError, BadJsonError) as error:
        reason = str(error)
    else:
        reason = f"{kind(given)} is no record"
    return Reject(*_place(given, file), str(mend(reason)), excerpt(getattr(given, "raw", given)))


def _method(given: MethodRecord, namespace: str) -> MethodRecord:
    provenance, (raw, mended) = _provenance(given.provenance), _raw(given.raw)
    line, line_mended = _line(_method_line(given))
    provenance = provenance._replace(place=provenance.place + _MENDED) if mended or line_mended else provenance
    method = cast("schema.MethodLine", line)
    if (problem := method.get("problem")) is None:
        raise BadFieldError("problem: is missing")
    return method_of(method, problem, namespace, provenance, raw)


def _remark(given: Remark, namespace: str) -> Remark:
    provenance, (raw, mended) = _provenance(given.provenance), _raw(given.raw)
    line, line_mended = _line(
        {
            "type": "remark", "id": given.external_id, "kind": given.kind, "text": given.text, "idea": given.idea,
            "about": given.about, "title": given.title, "author": given.author, "created_at": given.created_at,
            "namespace": given.namespace or None, "problem": given.problem,
        }
    )  # fmt: skip
    provenance = provenance._replace(place=provenance.place + _MENDED) if mended or line_mended else provenance
    remark = cast("schema.RemarkLine", line)
    if (problem := remark.get("problem")) is None:
        raise BadFieldError("problem: is missing")
    return remark_of(remark, problem, namespace, provenance, raw)


def _line(line: Mapping[str, Any]) -> tuple[schema.Line, bool]:
    """Return the checked line, and whether it had to be mended."""
    mended = mend(dict(line))
    return schema.LINE.validate_python(mended), mended is not line and mended != line


def _method_line(m: MethodRecord) -> dict[str, Any]:
    return {
        "type": str(m.role) if isinstance(m.role, str) else m.role,
        **({} if m.bound is None else {"bound": m.bound}),
        "id": m.external_id, "title": m.title, "namespace": m.namespace or None, "problem": m.problem,
        "origin": m.origin, "agent": m.agent, "run": m.run, "parent": m.parent, "idea": m.idea, "family": m.family,
        "hypothesis": m.hypothesis, "method": m.body, "claims": _listed(m.claims), "created_at": m.created_at,
        "part": m.part, "measurements": _each(m.measurements, Measurement, "measurements", _measurement_line),
        "rerun_of": m.rerun_of or None, "self_scores": _each(m.self_scores, SelfScore, "self_scores", _as_dict),
        "reviews": _each(m.reviews, OutsideReview, "reviews", _as_dict),
    }  # fmt: skip


def _measurement_line(m: Measurement) -> dict[str, Any]:
    unexplained = m.value is None and not m.missing and not m.seeds
    return {
        **m._asdict(),
        "missing": _NO_REASON if unexplained else m.missing,
        "seeds": _each(m.seeds, SeedValue, "seeds", _as_dict),
    }


def _problem_line(p: Problem) -> dict[str, Any]:
    return {
        "type": "problem", "id": p.slug, "title": p.title, "description": p.description,
        "primary_metric": p.primary_metric, "primary_dataset": p.primary_dataset,
        "metrics": _each(p.metrics, Metric, "metrics", lambda m: {
            "name": m.name, "direction": m.direction, "unit": m.unit, "derived_from": _listed(m.derived_from),
            "title": m.title,
        }),
        "datasets": _each(p.datasets, Dataset, "datasets", lambda d: {"name": d.name, "aliases": _listed(d.aliases)}),
        "target": None if p.target is None else _target_line(p.target),
    }  # fmt: skip


def _target_line(target: Target) -> dict[str, Any]:
    if not isinstance(target, Target):
        raise BadFieldError(f"target: must be a Target, not {kind(target)}")
    names = ("criterion", "system", "scale", "budget", "latency", "signals", "months", "decider")
    return {"horizon": target.horizon or None, **{name: getattr(target, name) for name in names}}


def _as_dict(value: SeedValue | SelfScore | OutsideReview) -> dict[str, Any]:
    return value._asdict()


def _each(values: Any, of: type[T], name: str, line: Callable[[T], dict[str, Any]]) -> Any:
    """Return the lines of what should be a tuple of one type; what is no tuple or list as it is, to be refused."""
    if not isinstance(values, tuple | list):
        return values
    for place, value in enumerate(values):
        if not isinstance(value, of):
            raise BadFieldError(f"{name}[{place}]: must be a {of.__name__}, not {kind(value)}")
    return [line(value) for value in values]


def _listed(values: Any) -> Any:
    return list(values) if isinstance(values, tuple) else values


def _raw(value: Any) -> tuple[Any, bool]:
    """Return a raw record that can be kept as JSON, and whether it had to be mended."""
    try:
        text = value if type(value) is JsonText else json.dumps(plain(value))
        whole, mended = parse(text.encode("utf-8", "surrogatepass"))
    except BadJsonError as error:
        raise BadFieldError(f"raw: {error}") from error
    except (TypeError, ValueError, RecursionError) as error:
        raise BadFieldError(f"raw: cannot be kept as JSON ({error})") from error
    return (value if type(value) is JsonText and not mended else whole), mended


def _provenance(given: Any) -> Provenance:
    if not isinstance(given, Provenance):
        raise BadFieldError(f"provenance: must be a Provenance, not {kind(given)}")
    return Provenance(*(_text(getattr(given, name), f"provenance.{name}") for name in Provenance._fields))


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise BadFieldError(f"{name}: must be text, not {kind(value)}")
    return str(mend(value))


def _unknown_fields(given: UnknownFields) -> UnknownFields:
    try:
        names = tuple((_text(name, "names"), int(n)) for name, n in given.names)
        known = tuple(_text(name, "known") for name in given.known)
    except (TypeError, ValueError) as error:
        raise BadFieldError(f"names: must be pairs of a field and a number ({error})") from error
    return UnknownFields(_text(given.file, "file"), names, known)


def _place(given: Any, file: str) -> tuple[str, str]:
    """Return as much as can be told of where a record stood that cannot be taken."""
    provenance = getattr(given, "provenance", None)
    if isinstance(provenance, Provenance) and all(isinstance(text, str) for text in provenance):
        return str(mend(provenance.file)) or file, str(mend(provenance.place))
    return file, ""
