"""Method records taken apart into what their rows hold, which needs no store: before the lock is taken, or elsewhere.

They are tuples, since hundreds of thousands of them go from one process to another.
"""

import json
from typing import Any, NamedTuple

from reviewer.domain.identity import text_as_json
from reviewer.domain.methods import JsonText, Measurement, MethodRecord, SeedValue

BODY_ELSEWHERE = '{"column":"body"}'
"""Stands in a raw record for the text that is kept in the column ``body`` beside it."""


class PreparedMeasurement(NamedTuple):
    """A measurement as its file tells it, in the order of its columns; ``dataset`` is what the file calls it."""

    metric: str
    dataset: str
    split: str
    subset: str
    setting: str
    setting_from: str
    value: float | None
    standard_error: float | None
    n_seeds: int | None
    n_test: int | None
    n_correct: int | None
    basis: str
    source: str
    missing: str
    n_evaluations: int | None


class PreparedMethod(NamedTuple):
    """A method of a problem, one part of it, with the values of its columns."""

    problem: str
    namespace: str
    external_id: str
    part: str
    content_hash: str
    heading: tuple[Any, ...]
    """The columns of ``method_history.HEADING``."""
    texts: tuple[str, str, str, str, str]
    """Title, hypothesis, body, and as JSON claims and raw record."""
    provenance: tuple[str, str, str]
    rerun_of: str
    self_scores: tuple[tuple[Any, ...], ...]
    reviews: tuple[tuple[Any, ...], ...]
    measurements: tuple[PreparedMeasurement, ...]
    seeds: tuple[tuple[int, tuple[Any, ...]], ...]
    """Which measurement it is of, from 0, and the columns of each."""

    @property
    def role(self) -> str:
        """Return the role that the file gives it."""
        role: str = self.heading[0]
        return role

    @property
    def body(self) -> str:
        """Return the method text."""
        return self.texts[2]


def prepare(record: MethodRecord) -> PreparedMethod:
    """Return what the rows of a record will hold. Taking the hash and writing the JSON is most of the work."""
    body = text_as_json(record.body)
    return PreparedMethod(
        record.problem,
        record.namespace,
        record.external_id,
        record.part,
        record.revision_hash(body),
        (
            str(record.role), str(record.origin), record.bound and str(record.bound), record.title, record.agent,
            str(record.run), record.parent, record.idea, record.family, record.created_at,
        ),
        (
            record.title, record.hypothesis, record.body, _list_as_json(record.claims),
            without_body(json_text(record.raw), record.body, body),
        ),
        (record.provenance.file, record.provenance.sha256, record.provenance.place),
        record.rerun_of,
        tuple(map(tuple, record.self_scores)),
        tuple(map(tuple, record.reviews)),
        tuple(map(_measurement, record.measurements)),
        tuple((i, _seed(seed)) for i, m in enumerate(record.measurements) for seed in m.seeds),
    )  # fmt: skip


def _list_as_json(texts: tuple[str, ...]) -> str:
    return f"[{b','.join(map(text_as_json, texts)).decode('utf-8', 'replace')}]"


def _measurement(m: Measurement) -> PreparedMeasurement:
    # Plain texts, since SQLite's module asks around what to do with any other kind of them.
    return PreparedMeasurement(
        m.metric, m.dataset, m.split, m.subset, str(m.setting), "file", m.value, m.standard_error, m.n_seeds,
        m.n_test, m.n_correct, str(m.basis), m.source, m.missing, m.n_evaluations,
    )  # fmt: skip


def _seed(s: SeedValue) -> tuple[Any, ...]:
    return (
        s.seed, s.value, s.n_correct, s.n_test, str(s.basis), s.seconds, s.predicted_share, s.label_share, s.says,
        s.completed, s.exit_status,
    )  # fmt: skip


def without_body(raw: str, body: str, as_json: bytes) -> str:
    """Return a raw record without the text that is kept beside it, which is most of what a store would hold twice.

    ``as_json`` is the body as ``text_as_json`` gives it. The record stays whole where the body does not stand in it
    word for word; where it would look otherwise all the same, a blank before it says so.
    """
    if BODY_ELSEWHERE in raw:
        return f" {raw}"
    if len(body) <= len(BODY_ELSEWHERE):
        return raw
    kept = _without(raw, as_json.decode("utf-8", "surrogatepass"))
    if kept is None and not body.isascii():  # Most writers escape every letter that is not ASCII.
        kept = _without(raw, json.dumps(body))
    return raw if kept is None else kept


def _without(raw: str, text: str) -> str | None:
    start = 0
    while (start := raw.find(text[:_ENOUGH], start + 1)) > 0:
        end = start + len(text)
        if raw.startswith(text, start) and raw[start - 1] in ": " and raw[end : end + 1] in _AFTER:
            return f"{raw[:start]}{BODY_ELSEWHERE}{raw[end:]}"
    return None


def with_body(raw: str, body: str) -> str:
    """Return a raw record whole, given the body that is kept beside it."""
    if raw.startswith(" "):
        return raw[1:]
    return raw.replace(BODY_ELSEWHERE, json.dumps(body, ensure_ascii=False), 1)


_ENOUGH = 60
"""Letters of the body that are looked for: to look for all of a long text takes ten times as long."""

_AFTER = frozenset(",} \n")


def json_text(value: Any) -> str:
    """Return ``value`` as JSON text. Anything that JSON cannot say is an error here, never silently its ``repr``."""
    if type(value) is JsonText:
        return str(value)
    return whole(_to_json(value))


_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def whole(text: str) -> str:
    """Return the text with lone surrogates replaced, which SQLite cannot hold."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text
