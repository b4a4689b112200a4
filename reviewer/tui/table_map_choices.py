"""What each line of a map may say, and what a choice makes of the map."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from reviewer.domain.methods import UNNAMED_DATASET
from reviewer.domain.problems import SLUG_IN_WORDS, is_slug
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.likely_columns import columns_of_seeds, measured_column
from reviewer.sources.table_map import ROLES, MeasuredColumn, Said, TableMap, WordColumn
from reviewer.tui.table_map_lines import MORE, Known, direction_words, is_long, setting_words

_COLUMN = "column:"
_TEXT = "text:"
_SAID = ("problem", "agent", "family", "namespace")
_OF_ALL_NUMBERS = ("split", "subset")
_COUNTS = ("n_test", "n_correct", "n_seeds")
_Item = TypeVar("_Item")


class Choice(NamedTuple):
    """Something that a line may say: what is handed back for it, and what it is called."""

    value: str
    words: str


NOTHING = Choice("", "—")


def choices(mapping: TableMap, known: Known, key: str) -> tuple[Choice, ...]:
    """Return what a line may say, what it says now among them; a line that is only typed has none."""
    kind = key.partition(":")[0]
    columns = [Choice(f"{_COLUMN}{column}", column) for column in known.columns]
    if kind in _SAID:
        fixed = [Choice(f"{_TEXT}{slug}", slug) for slug in known.problems] if kind == "problem" else []
        said = getattr(mapping, kind).text
        if said and said not in known.problems:
            fixed.insert(0, Choice(f"{_TEXT}{said}", said))
        return (NOTHING, *fixed, *columns)
    if kind == "dataset":
        text = mapping.measurements[0].dataset.text
        named = [Choice(f"{_TEXT}{text}", text)] if text and text != UNNAMED_DATASET else []
        return (Choice("", UNNAMED_DATASET), *named, *columns)
    if kind in _OF_ALL_NUMBERS:
        text = getattr(mapping.measurements[0], kind).text
        return (NOTHING, *([Choice(f"{_TEXT}{text}", text)] if text else []), *columns)
    if kind == "role":
        every = [Choice(f"{_TEXT}{role}", f"every row is a {role}") for role in ROLES[:2]]
        return (*every, *(Choice(c.value, f"as {c.words} says") for c in columns if c.words in known.few_words))
    if kind == "word":
        return tuple(Choice(role, role) for role in ROLES)
    if kind == "baseline":
        return (NOTHING, *_pairs(known))
    if kind == "shape":
        return Choice("wide", "each number a column"), Choice("long", "each row one number")
    if kind == "metric":
        return tuple(Choice(each, direction_words(each)) for each in Direction)
    if kind == "setting":
        return tuple(Choice("" if s is Setting.UNKNOWN else s, setting_words(s)) for s in Setting)
    if kind == "decimal":
        return Choice(".", "0.97"), Choice(",", "0,97")
    if kind in ("measured", *_COUNTS) or key in ("long:column", "long:error"):
        columns = [choice for choice in columns if choice.words in known.numeric]
    if key == "long:error":
        columns = [choice for choice in columns if choice.words not in (mapping.measurements[0].column, mapping.seed)]
    if kind == "measured":
        return (NOTHING, *_seed_groups(known), *columns)
    if kind == "seed":
        return (NOTHING, Choice(f"{_TEXT}repeats", "rows that repeat are runs"), *columns)
    return () if kind == "missing" else (NOTHING, *columns)


def _pairs(known: Known) -> Iterator[Choice]:
    """Yield pairs of a column and a value of it, those of columns with few values first."""
    for column in sorted(known.columns, key=lambda each: len(known.values.get(each, ()))):
        for value in known.values.get(column, ()):
            yield Choice(f"{column}\0{value}", f"{column} = {value}")


def _seed_groups(known: Known) -> Iterator[Choice]:
    for metric, columns in _of_seeds(known).items():
        yield Choice(f"seeds:{metric}", f"{columns[0]} … {columns[-1]}: mean of {len(columns)}")


def current(mapping: TableMap, key: str) -> str:
    """Return the choice that holds for a line."""
    kind, _, of = key.partition(":")
    if of == MORE:
        return ""
    if kind in _SAID:
        return _said_value(getattr(mapping, kind))
    if kind == "dataset":
        said = mapping.measurements[0].dataset
        return "" if said.text == UNNAMED_DATASET else _said_value(said)
    if kind == "role":
        return _said_value(Said(mapping.role.fixed, mapping.role.column))
    if kind == "word":
        return dict(mapping.role.words)[of]
    if kind == "baseline":
        return "\0".join(mapping.baseline[0]) if len(mapping.baseline) == 1 else ""
    if kind == "shape":
        return "long" if is_long(mapping) else "wide"
    if kind == "metric":
        return dict(mapping.measurements[0].directions).get(of, Direction.UNKNOWN)
    if kind == "setting":
        setting = mapping.measurements[0].setting
        return "" if setting is Setting.UNKNOWN else setting
    if kind == "decimal":
        return mapping.decimal
    if kind == "seed":
        return f"{_TEXT}repeats" if mapping.repeats else _column(mapping.seed)
    if kind == "measured":
        each = mapping.measurements[int(of)]
        return _column(each.column) or f"seeds:{each.metric.text}"
    if kind == "long":
        each = mapping.measurements[0]
        return _column({"metric": each.metric.column, "column": each.column, "error": each.error}[of])
    if kind in _OF_ALL_NUMBERS:
        return _said_value(getattr(mapping.measurements[0], kind))
    if kind in _COUNTS:
        return _column(getattr(mapping.measurements[0], kind))
    if kind == "text":
        return _column(mapping.texts[int(of)].column)
    if kind == "detail":
        return _column(mapping.details[int(of)])
    return _column(mapping.id[0] if key == "id" and mapping.id else getattr(mapping, key, "") if key != "id" else "")


def _said_value(said: Said) -> str:
    return _column(said.column) or (f"{_TEXT}{said.text}" if said.text else "")


def _column(name: str) -> str:
    return f"{_COLUMN}{name}" if name else ""


def chosen(mapping: TableMap, known: Known, key: str, value: str) -> TableMap:
    """Return the map in which a line says ``value``; the empty one takes away what it says."""
    kind, _, of = key.partition(":")
    column = value.removeprefix(_COLUMN) if value.startswith(_COLUMN) else ""
    text = value.removeprefix(_TEXT) if value.startswith(_TEXT) else ""
    if kind in _SAID:
        said: dict[str, Any] = {kind: Said(text, column)}
        return replace(mapping, **said)
    if kind == "dataset":
        # What comes first is of one dataset.
        by_row: dict[str, Any] = {"dataset": Said("", column), "primary": False}
        return _for_all(mapping, **by_row) if column else _for_all(mapping, dataset=Said(text or UNNAMED_DATASET))
    if kind == "role":
        words = known.few_words.get(column, ())
        return replace(mapping, role=WordColumn("", column, words) if words else WordColumn(text or "proposal"))
    if kind == "word":
        words = tuple((word, value if word == of else means) for word, means in mapping.role.words)
        return replace(mapping, role=replace(mapping.role, words=words)) if value else mapping
    if kind == "baseline":
        name, _, cell = value.partition("\0")
        return replace(mapping, baseline=((name, cell),) if name else ())
    if kind == "shape":
        return _of_shape(mapping, known, value)
    if kind == "metric":
        return _with_direction(mapping, 0, of, Direction(value or Direction.UNKNOWN))
    if kind == "setting":
        return _for_all(mapping, setting=Setting(value or Setting.UNKNOWN))
    if kind in _OF_ALL_NUMBERS:
        of_all: dict[str, Any] = {kind: Said(text, column)}
        return _for_all(mapping, **of_all)
    if kind in _COUNTS:
        counts: dict[str, Any] = {kind: column}
        return _for_all(mapping, **counts)
    if kind == "decimal":
        return replace(mapping, decimal=value or ".")
    if kind == "seed":
        return replace(mapping, seed=column, repeats=text == "repeats")
    if kind == "measured":
        return _measured(mapping, known, of, value)
    if kind == "long":
        changed: dict[str, Any] = {"metric": Said("", column)} if of == "metric" else {of: column}
        return replace(mapping, measurements=(replace(mapping.measurements[0], **changed),))
    if kind == "text":
        return replace(mapping, texts=_listed(mapping.texts, of, TextColumn(column, column) if column else None))
    if kind == "detail":
        return replace(mapping, details=_listed(mapping.details, of, column or None))
    if kind == "id":
        return replace(mapping, id=(column,) if column else ())
    if kind == "missing":
        words_for_none = tuple(filter(None, (word.strip().casefold() for word in value.split(","))))
        return replace(mapping, missing=words_for_none)
    named: dict[str, Any] = {kind: column}
    return replace(mapping, **named)


def typed(key: str, text: str) -> str:
    """Return the choice that a text stands for which was typed for a line."""
    return text if key == "missing" else f"{_TEXT}{text}" if text else ""


def can_be_typed(key: str) -> bool:
    """Tell whether a line may say what is no column: the same for all rows."""
    return key in (*_SAID, *_OF_ALL_NUMBERS, "dataset", "missing")


def trouble_with(key: str, text: str) -> str:
    """Return why a text cannot be what a line says; empty where it can."""
    if key in ("problem", "keep") and text and not is_slug(text):
        what = "a problem's name" if key == "problem" else "the name of a map"
        return f"{text!r} cannot be {what}, which is of {SLUG_IN_WORDS}."
    return ""


def trouble_with_choice(key: str, value: str) -> str:
    """Return why a line cannot say a choice; empty where it can, as any that is a column."""
    return trouble_with(key, value.removeprefix(_TEXT)) if value.startswith(_TEXT) else ""


def with_primary(mapping: TableMap, place: int) -> TableMap:
    """Return the map in which a measurement comes first, or none does where it did."""
    first = not mapping.measurements[place].primary
    return _with(_for_all(mapping, primary=False), place, primary=first)


def with_next_direction(mapping: TableMap, place: int) -> TableMap:
    """Return the map in which a measurement goes the other way: higher, lower, not said."""
    metric = mapping.measurements[place].metric.text
    now = dict(mapping.measurements[place].directions).get(metric, Direction.UNKNOWN)
    order = (Direction.UNKNOWN, Direction.HIGHER, Direction.LOWER)
    return _with_direction(mapping, place, metric, order[(order.index(now) + 1) % len(order)])


def with_next_error(mapping: TableMap, known: Known, place: int) -> TableMap:
    """Return the map in which the next column of numbers is the error of a measurement; after the last one none."""
    each = mapping.measurements[place]
    taken = {each.column, *each.seeds, mapping.seed}
    columns = ["", *(c for c in known.columns if c not in taken and c in known.numeric)]
    at = columns.index(each.error) if each.error in columns else 0
    return _with(mapping, place, error=columns[(at + 1) % len(columns)])


def with_name(mapping: TableMap, place: int, name: str) -> TableMap:
    """Return the map in which a measurement's metric has another name."""
    each = mapping.measurements[place]
    directions = tuple((name if metric == each.metric.text else metric, d) for metric, d in each.directions)
    return _with(mapping, place, metric=Said(name), directions=directions)


def with_percent(mapping: TableMap, place: int) -> TableMap:
    """Return the map in which a measurement is in per cent, or no longer."""
    return _with(mapping, place, percent=not mapping.measurements[place].percent)


def _with(mapping: TableMap, place: int, **changes: Any) -> TableMap:
    changed = replace(mapping.measurements[place], **changes)
    return replace(mapping, measurements=_listed(mapping.measurements, str(place), changed))


def _for_all(mapping: TableMap, **changes: Any) -> TableMap:
    return replace(mapping, measurements=tuple(replace(each, **changes) for each in mapping.measurements))


def _with_direction(mapping: TableMap, place: int, metric: str, direction: Direction) -> TableMap:
    others = tuple(pair for pair in mapping.measurements[place].directions if pair[0] != metric)
    said = () if direction is Direction.UNKNOWN else ((metric, direction),)
    return _with(mapping, place, directions=(*others, *said))


def _listed(items: tuple[_Item, ...], of: str, item: _Item | None) -> tuple[_Item, ...]:
    """Return the items with one more, with another in a place, or without the one there."""
    new = () if item is None else (item,)
    if of == MORE:
        return (*items, *new)
    return (*items[: int(of)], *new, *items[int(of) + 1 :])


def _measured(mapping: TableMap, known: Known, of: str, value: str) -> TableMap:
    made: MeasuredColumn | None = None
    if value.startswith(_COLUMN):
        made = measured_column(value.removeprefix(_COLUMN), known.numeric)
    elif value.startswith("seeds:"):
        metric = value.removeprefix("seeds:")
        made = MeasuredColumn(Said(metric), seeds=_of_seeds(known)[metric])
    if made is not None and mapping.measurements:
        like = mapping.measurements[0]
        made = replace(
            made, dataset=like.dataset, split=like.split, subset=like.subset, setting=like.setting, n_test=like.n_test
        )
    measurements = _listed(mapping.measurements, of, made)
    # Where the seeds have columns, no column numbers them.
    seed = "" if any(each.seeds for each in measurements) else mapping.seed
    return replace(mapping, measurements=measurements, seed=seed)


def _of_shape(mapping: TableMap, known: Known, shape: str) -> TableMap:
    if (shape == "long") is is_long(mapping):
        return mapping
    likely = known.likely
    if shape == "wide":
        return replace(mapping, measurements=() if is_long(likely) else likely.measurements)
    measured = likely.measurements[0] if is_long(likely) else MeasuredColumn(Said())
    return replace(mapping, measurements=(measured,), seed=mapping.seed or likely.seed)


def _of_seeds(known: Known) -> dict[str, tuple[str, ...]]:
    return columns_of_seeds([column for column in known.columns if column in known.numeric])
