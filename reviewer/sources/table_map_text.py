"""A map of a table's columns written as TOML, which declares it again."""

from collections.abc import Iterator
from typing import Any

from reviewer.domain.methods import UNNAMED_DATASET
from reviewer.domain.vocabulary import Setting
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap, WordColumn


def map_text(mapping: TableMap) -> str:
    """Return a map as TOML."""
    import tomlkit  # some 30 ms, which no import of a table need pay

    return tomlkit.dumps(_filled(_document(mapping)))


def _document(mapping: TableMap) -> Iterator[tuple[str, Any]]:
    yield "made_for", list(mapping.made_for)
    yield "missing", list(mapping.missing)
    yield "decimal", "" if mapping.decimal == "." else mapping.decimal
    yield "thousands", mapping.thousands
    yield "delimiter", mapping.delimiter
    yield "seed", mapping.seed
    yield "repeats", mapping.repeats
    yield "method", _filled(_method(mapping))
    yield "role", _filled([*_words(mapping.role, "proposal"), ("baseline", dict(mapping.baseline))])
    yield "origin", _filled(_words(mapping.origin, "unknown"))
    yield "time", _filled([("column", mapping.time), ("format", mapping.time_format), ("zone", mapping.zone)])
    yield "text", [_filled([("column", text.column), ("heading", text.heading)]) for text in mapping.texts]
    yield "measurement", [_filled(_measurement(each)) for each in mapping.measurements]


def _method(mapping: TableMap) -> Iterator[tuple[str, Any]]:
    yield "id", mapping.id[0] if len(mapping.id) == 1 else list(mapping.id)
    yield "title", mapping.title
    for name in ("problem", "namespace", "run", "agent", "family"):
        yield from _said(name, getattr(mapping, name))
    yield "parent", mapping.parent
    yield "hypothesis", mapping.hypothesis
    yield "details", list(mapping.details)


def _measurement(each: MeasuredColumn) -> Iterator[tuple[str, Any]]:
    yield from _said("metric", each.metric)
    yield "column", each.column
    yield "seeds", list(each.seeds)
    for name in ("error", "n_test", "n_correct", "n_seeds"):
        yield name, getattr(each, name)
    yield from _said("dataset", each.dataset, UNNAMED_DATASET)
    yield from _said("split", each.split)
    yield from _said("subset", each.subset)
    yield "setting", "" if each.setting is Setting.UNKNOWN else str(each.setting)
    yield "unit", each.unit
    yield "percent", each.percent
    yield "primary", each.primary
    yield "directions", {name: str(direction) for name, direction in each.directions}


def _said(name: str, said: Said, unsaid: str = "") -> Iterator[tuple[str, Any]]:
    yield name, "" if said.text == unsaid else said.text
    yield f"{name}_column", said.column


def _words(words: WordColumn, unsaid: str) -> Iterator[tuple[str, Any]]:
    yield "fixed", "" if words.fixed == unsaid else words.fixed
    yield "column", words.column
    yield "words", dict(words.words)


def _filled(pairs: Any) -> dict[str, Any]:
    """Return the pairs that say anything."""
    return {name: value for name, value in pairs if value}
