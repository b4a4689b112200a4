"""One idea of the AI Scientist's lists, first or second version, as a proposal without measurements.

Both versions write a list of objects with ``Name`` and ``Title``; the first has the plan in ``Experiment``, the second
a ``Short Hypothesis``, an ``Abstract``, a list of ``Experiments``. Names are short and given twice, also within one
list, and a list is copied into the folder of every idea that is tried. An idea is therefore known by its name and a
hash of what it says: the same idea in two copies is one, two ideas of one name are two, and a list may grow.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from reviewer.domain.identity import content_hash
from reviewer.domain.methods import MethodRecord, Provenance, SelfScore
from reviewer.domain.vocabulary import Origin, Role
from reviewer.sources import fields
from reviewer.sources.contract import Head
from reviewer.sources.fields import BadFieldError, Fields
from reviewer.sources.jsontext import MAX_TEXT, BadJsonError, excerpt, overlong, parse, plain

FIRST, SECOND = "Experiment", "Short Hypothesis"
"""The field by which an idea is of the first version, or of the second."""

_SCORES = ("Interestingness", "Feasibility", "Novelty")
_MOST = 10.0
_NO_TEXT = frozenset({"Name", "Title", SECOND, "novel", *_SCORES})
"""Fields that have another place than the method text."""

_LONGEST_NAME = 80


def holds_ideas(head: Head, version: str) -> bool:
    """Tell whether a file is a list of ideas, or one idea, of the version whose own field that is."""
    start = head.start.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start.startswith((b"[", b"{")):
        return False
    if head.whole:
        try:
            value, _ = parse(head.start)
        except BadJsonError:
            return _looks_like_ideas(start, version)
        return any(is_idea(item, version) for item in (value if isinstance(value, list) else [value]))
    return _looks_like_ideas(start, version)


def _looks_like_ideas(start: bytes, version: str) -> bool:
    names = ("Name", "Title", version)
    return bool(re.match(rb"\[?\s*\{\s*\"", start)) and all(
        re.search(rb'"%s"\s*:' % name.encode(), start) for name in names
    )


def is_idea(value: Any, version: str) -> bool:
    """Tell whether a JSON value has the shape of an idea of the version whose own field that is."""
    return isinstance(value, dict) and version in value and ("Name" in value or "Title" in value)


def idea_id(idea: Fields) -> str:
    """Return by what an idea is known: its name, and the beginning of a hash of what it says.

    Raises:
        BadFieldError: when its name is no text.
    """
    says = [idea.get(name) for name in ("Name", "Title", FIRST, SECOND, "Abstract")]
    name = fields.label(idea, "Name")[:_LONGEST_NAME] or "idea"
    return f"{name}-{content_hash(plain(says))[:8]}"


def idea_record(
    idea: Fields, provenance: Provenance, *, namespace: str, problem: str, agent: str, origin: Origin
) -> MethodRecord:
    """Return an idea as a proposal: its text, and the scores that the agent gave it.

    Raises:
        BadFieldError: when it has neither name nor title, a field has the wrong kind, or a text is too long.
    """
    if (name := overlong(dict(idea))) is not None:
        raise BadFieldError(f"{name}: is longer than {MAX_TEXT:,} characters")
    title = fields.label(idea, "Title") or fields.label(idea, "Name").replace("_", " ").strip()
    if not title:
        raise BadFieldError("Title: is missing, and so is Name")
    scores, odd = _self_scores(idea)
    known_as = idea_id(idea)
    return MethodRecord(
        namespace=namespace,
        external_id=known_as,
        role=Role.PROPOSAL,
        title=title,
        problem=problem,
        provenance=provenance,
        origin=origin,
        agent=agent,
        idea=known_as,
        hypothesis=fields.text(idea, SECOND).strip(),
        body="\n\n".join([*_sections(idea), *odd]),
        claims=_claims(idea),
        raw=plain(dict(idea)),
        self_scores=scores,
    )


def _sections(idea: Fields) -> Iterator[str]:
    for name, value in idea.items():
        if name not in _NO_TEXT and (text := as_markdown(value)):
            yield f"## {' '.join(name.split())}\n\n{text}"


def as_markdown(value: Any) -> str:
    """Return what a field holds as Markdown: text as it stands, a list as points, an object as named points."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "\n".join(f"- {_one_point(item)}" for item in value)
    if isinstance(value, dict):
        return "\n".join(f"- {name}: {_one_point(item)}" for name, item in value.items())
    return excerpt(value)


def _one_point(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else json.dumps(plain(value), ensure_ascii=False)
    return text.replace("\n", "\n  ")


def _self_scores(idea: Fields) -> tuple[tuple[SelfScore, ...], list[str]]:
    """Return the agent's scores of its own idea, and a paragraph on those that are none of 10."""
    scores, odd = [], []
    for name in _SCORES:
        value = idea.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST:
            scores.append(SelfScore(name, float(value), _MOST))
        elif value is not None:
            odd.append(f"- {name}: {fields.kind(value)}, which is no score of 10")
    return tuple(scores), ["## Scores that are none\n\n" + "\n".join(odd)] if odd else []


def _claims(idea: Fields) -> tuple[str, ...]:
    novel = idea.get("novel")
    if not isinstance(novel, bool):
        return ()
    return (
        "The agent calls it novel, after looking for the like." if novel
        else "The agent does not call it novel, after looking for the like.",
    )  # fmt: skip
