"""The fields before a Markdown text as a line of our own format: the same names, and a few more that people use.

What our own format calls ``type``, ``created_at`` and ``measurements`` may be called ``role``, ``created`` or ``date``,
and ``metrics``. Small letters and capitals, and ``-`` and ``_``, are one in a name.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reviewer.sources.aar_study import UNKNOWN_DATASET
from reviewer.sources.document_text import first_heading, id_of
from reviewer.sources.fields import BadFieldError, kind
from reviewer.sources.written_numbers import number_in

ROLES = ("proposal", "baseline", "reference")

SIGNS = (
    "title", "type", "role", "agent", "run", "parent", "problem", "hypothesis", "idea", "family", "claims",
    "measurements", "metrics", "origin",
)  # fmt: skip
"""The fields by which a text is known to be a proposal or a baseline; other tools have little use for them."""

_OTHER_NAMES = {"role": "type", "created": "created_at", "date": "created_at"}
_TEXTS = frozenset({
    "id", "title", "type", "namespace", "problem", "origin", "agent", "run", "parent", "idea", "family", "hypothesis",
    "created_at", "part", "bound", "rerun_of", "method",
})  # fmt: skip
_NUMBERS = frozenset({
    "value", "standard_error", "n_seeds", "n_test", "n_correct", "n_evaluations", "seed", "seconds", "predicted_share",
    "label_share", "exit_status", "most", "score", "confidence",
})  # fmt: skip
_TRUTHS = frozenset({"completed", "used_ai", "consent"})
_LISTS = ("measurements", "self_scores", "reviews")


def named(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields under the names of our own format; those that it does not know keep theirs.

    Raises:
        BadFieldError: when two of them are one.
    """
    found: dict[str, Any] = {}
    given: dict[str, str] = {}
    for name, value in fields.items():
        plain = name.strip().casefold().replace("-", "_").replace(" ", "_")
        known = _OTHER_NAMES.get(plain, plain)
        if known in found:
            raise BadFieldError(f"{name}: says the same as {given[known]}; leave one out")
        found[known] = value
        given[known] = name
    return found


def line_of(fields: Mapping[str, Any], text: str) -> dict[str, Any]:
    """Return the line of our own format that a text with its fields stands for.

    A text without an id is known by its title, in small letters, with its agent behind it, or else its run, where it
    names one: two agents may have ideas of one title. One without a title has its first heading's. A list
    of tags, which our own format has none of, ends the text.

    Raises:
        BadFieldError: when there is no title, the role is none, or metrics are no numbers.
    """
    line = {
        name: _text(name, value) if name in _TEXTS else value
        for name, value in named(fields).items()
        if value is not None
    }
    line["type"] = line.get("type", "proposal").casefold()
    if line["type"] not in ROLES:
        raise BadFieldError(f"type: {line['type'][:80]!r} is none of {', '.join(ROLES)}")
    title = line.setdefault("title", first_heading(text) or line.get("id", ""))
    if not title.strip():
        raise BadFieldError("title: is missing, and so is a heading to take one from")
    who = line.get("agent") or line.get("run") or ""
    line.setdefault("id", f"{id_of(title)}-{id_of(who)}" if who.strip() else id_of(title))
    line["method"] = "\n\n".join(filter(None, (line.get("method"), text.strip("\n"), _tags(line.pop("tags", None)))))
    if isinstance(claims := line.get("claims"), str):
        line["claims"] = [claims]
    for name in _LISTS:
        if name in line:
            line[name] = _typed(line[name])
    _add_metrics(line)
    return line


def _add_metrics(line: dict[str, Any]) -> None:
    """Put what ``metrics`` has under ``measurements``, on the dataset that a field beside it names."""
    dataset = _as_text(line.pop("dataset", None)) or UNKNOWN_DATASET
    metrics = line.pop("metrics", None)
    measured = line.get("measurements") or []
    if metrics is not None:
        if not isinstance(metrics, dict):
            raise BadFieldError(f"metrics: must name each metric with its value, not {kind(metrics)}")
        measured = [*measured, *(_metric(name, value) for name, value in metrics.items())] if _is_list(measured) else []
    if _is_list(measured) and measured:
        line["measurements"] = [{"dataset": dataset, **m} if isinstance(m, dict) else m for m in measured]


def _is_list(value: Any) -> bool:
    if not isinstance(value, list):
        raise BadFieldError(f"measurements: must be a list, not {kind(value)}")
    return True


def _metric(name: str, value: Any) -> dict[str, Any]:
    value = _typed(value)
    if isinstance(value, dict):
        return {**value, "metric": name}
    number = number_in(value.strip()) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BadFieldError(f"metrics.{name[:80]}: must be a number, not {kind(value)}")
    return {"metric": name, "value": number}


def _tags(tags: Any) -> str:
    words = [word for tag in (tags if isinstance(tags, list) else [tags]) if (word := _as_text(tag))]
    for word in words:
        if not isinstance(word, str):
            raise BadFieldError(f"tags: must be words, not {kind(word)}")
    return f"Tags: {', '.join(words)}" if words else ""


def _text(name: str, value: Any) -> str:
    text = _as_text(value)
    if not isinstance(text, str):
        raise BadFieldError(f"{name}: must be text, not {kind(value)}")
    return text


def _as_text(value: Any) -> Any:
    """Return a value as text where it is one word of TOML, and as it is where it is text, or many."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _typed(value: Any) -> Any:
    """Return numbers and truths as such where our own format has them; what is none stays, and is refused by its name.

    YAML gives every value as the text that stands there.
    """
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _kinds.get(name, _typed)(item) for name, item in value.items()}


def _number(value: Any) -> Any:
    found = number_in(value.strip()) if isinstance(value, str) else None
    return value if found is None else found


def _truth(value: Any) -> Any:
    return {"true": True, "false": False}.get(value.strip().lower(), value) if isinstance(value, str) else value


_kinds: dict[str, Callable[[Any], Any]] = {**dict.fromkeys(_NUMBERS, _number), **dict.fromkeys(_TRUTHS, _truth)}
