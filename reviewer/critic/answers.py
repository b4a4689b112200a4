"""The form in which Claude answers, and what of an answer is believed: it is read as any text from outside."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewer.critic.quotes import find_quote
from reviewer.domain.critiques import (
    MOST_FAILURE_MODES,
    Confidence,
    Critique,
    Detectability,
    FailureMode,
    Severity,
    Stance,
    TriggerScale,
)

if TYPE_CHECKING:
    from pydantic import BaseModel

_LEFT_OUT_OF_SCHEMA = ("title", "description")


class BadAnswerError(ValueError):
    """An answer is not of the form that was asked for; the message says what of it is not."""


@cache
def _form() -> "type[BaseModel]":
    """Return the form as a model of pydantic, which takes 50 ms to load: when an answer is asked for or read."""
    from pydantic import BaseModel, ConfigDict

    class Part(BaseModel):
        model_config = ConfigDict(extra="forbid")

    class FailureModeForm(Part):
        claim: str
        quote: str
        section: str
        mechanism: str
        trigger_scale: TriggerScale
        severity: Severity
        detectability: Detectability
        cheapest_check: str

    class CritiqueForm(Part):
        constraint_id: str
        stance: Stance
        conditions: list[str]
        failure_modes: list[FailureModeForm]
        missing_evidence: list[str]
        strongest_counterargument: str
        question_for_author: str
        confidence: Confidence
        out_of_scope: bool

    class AnswerForm(Part):
        critiques: list[CritiqueForm]

    return AnswerForm


def answer_schema(constraints: Sequence[str]) -> dict[str, Any]:
    """Return the JSON schema of an answer on these constraints, by their slugs: every field required, no open object.

    What a schema of structured output cannot say (how many, how long) is checked by :func:`read_answer`.
    """
    schema: dict[str, Any] = _plain(_form().model_json_schema())
    schema["$defs"]["CritiqueForm"]["properties"]["constraint_id"] = {"type": "string", "enum": list(constraints)}
    return schema


def _plain(part: Any) -> Any:
    if isinstance(part, list):
        return [_plain(each) for each in part]
    if not isinstance(part, dict):
        return part
    # A property may be called as what describes one; its value is an object then.
    return {
        key: _plain(value) for key, value in part.items() if not (key in _LEFT_OUT_OF_SCHEMA and isinstance(value, str))
    }


def read_answer(raw: str, constraints: Sequence[str], sent: str) -> tuple[Critique, ...]:
    """Return what an answer says of each constraint, in the order of these slugs; ``sent`` is the proposal as sent.

    Of each at most five failure modes are kept, the first ones. A quote that the proposal does not hold word for word
    leaves its failure mode unverified.

    Raises:
        BadAnswerError: when it is no JSON, not of the form, speaks of a constraint that was not asked about, or twice
            of one, or of none at all.
    """
    from pydantic import ValidationError

    try:
        data = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadAnswerError("it is no JSON") from error
    try:
        _form().model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise BadAnswerError(f"{place}: {first['msg']}") from error
    found: dict[str, Critique] = {}
    for each in data["critiques"]:
        slug = each["constraint_id"]
        if slug not in constraints:
            raise BadAnswerError(f"it speaks of a constraint {slug!r} that was not asked about")
        if slug in found:
            raise BadAnswerError(f"it speaks twice of {slug}")
        found[slug] = _critique(each, sent)
    if not found:
        raise BadAnswerError("it speaks of no constraint")
    return tuple(found[slug] for slug in constraints if slug in found)


def _critique(data: Mapping[str, Any], sent: str) -> Critique:
    return Critique(
        constraint=data["constraint_id"],
        stance=Stance(data["stance"]),
        conditions=_texts(data["conditions"]),
        failure_modes=tuple(_failure_mode(mode, sent) for mode in data["failure_modes"][:MOST_FAILURE_MODES]),
        missing_evidence=_texts(data["missing_evidence"]),
        strongest_counterargument=data["strongest_counterargument"].strip(),
        question_for_author=data["question_for_author"].strip(),
        confidence=Confidence(data["confidence"]),
        out_of_scope=data["out_of_scope"],
    )


def _failure_mode(data: Mapping[str, Any], sent: str) -> FailureMode:
    quote = data["quote"].strip()
    return FailureMode(
        claim=data["claim"].strip(),
        quote=quote,
        section=data["section"].strip(),
        mechanism=data["mechanism"].strip(),
        trigger_scale=TriggerScale(data["trigger_scale"]),
        severity=Severity(data["severity"]),
        detectability=Detectability(data["detectability"]),
        cheapest_check=data["cheapest_check"].strip(),
        span=find_quote(sent, quote) if quote else None,
    )


def _texts(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, texts)))
