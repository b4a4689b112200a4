"""What a map says of a table's columns, line by line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from reviewer.domain.methods import UNNAMED_DATASET
from reviewer.domain.vocabulary import Direction, Setting
from reviewer.sources.table_map import MeasuredColumn, Said, TableMap

MORE = "+"
"""Stands for the line at which one more of a kind is chosen."""


@dataclass(frozen=True, slots=True)
class Known:
    """What lines are made with besides the map: what the table's columns hold, and the problems of the store."""

    columns: tuple[str, ...]
    numeric: frozenset[str]
    """Those of the columns that hold numbers."""
    likely: TableMap
    """What the columns seem to be by their names."""
    few_words: Mapping[str, tuple[tuple[str, str], ...]]
    """Of each column with few words these, each with the role that it is the name of, or nothing."""
    values: Mapping[str, tuple[str, ...]]
    """The first values of each column."""
    problems: tuple[str, ...] = ()
    problem: str | None = None
    """The problem that was given for the whole import."""
    settings: str = ""
    """The settings that were, as typed."""


class MapLine(NamedTuple):
    """One line: ``key`` says which, ``value`` what stands there; ``is_needed`` where nothing does and something must.

    ``column`` is the one that it names, if any.
    """

    key: str
    label: str
    value: str
    column: str = ""
    is_needed: bool = False
    heading: str = ""
    """The heading above it, where it is the first of a group."""

    @property
    def is_part(self) -> bool:
        """Return whether it says more of the line above it."""
        return self.key.startswith(("word:", "metric:"))


def lines_of(mapping: TableMap, known: Known) -> tuple[MapLine, ...]:
    """Return all lines in their order."""
    return tuple(_lines(mapping, known))


def _lines(mapping: TableMap, known: Known) -> Iterator[MapLine]:
    of_id = " / ".join(mapping.id)
    yield MapLine("id", "known by", of_id or "no column yet", of_id, not of_id, "the method")
    yield MapLine("title", "title", mapping.title or "as it is known by", mapping.title)
    problem = _said_words(mapping.problem) or known.problem or ""
    yield MapLine("problem", "problem", problem or "nobody says it yet", mapping.problem.column, not problem)
    yield from _role_lines(mapping)
    for place, text in enumerate(mapping.texts):
        yield MapLine(f"text:{place}", "text", text.column, text.column)
    yield MapLine(f"text:{MORE}", "more text" if mapping.texts else "text", "—")
    yield from _measured_lines(mapping, known)
    yield MapLine(
        "hypothesis", "hypothesis", mapping.hypothesis or "—", mapping.hypothesis, heading="what else it says"
    )
    for name in ("agent", "family", "namespace"):
        said: Said = getattr(mapping, name)
        label = "run" if name == "namespace" else name
        yield MapLine(name, label, _said_words(said) or "—", said.column)
    yield MapLine("parent", "parent", mapping.parent or "—", mapping.parent)
    yield MapLine("time", "made on", mapping.time or "—", mapping.time)
    for place, column in enumerate(mapping.details):
        yield MapLine(f"detail:{place}", "listed", column, column)
    yield MapLine(f"detail:{MORE}", "more listed" if mapping.details else "listed", "—")
    yield MapLine("decimal", "numbers", "0.97" if mapping.decimal == "." else "0,97", heading="how it is written")
    yield MapLine("missing", "no value", ", ".join(mapping.missing) or "an empty cell alone")


def _role_lines(mapping: TableMap) -> Iterator[MapLine]:
    where = " and ".join(f"{column} = {said}" for column, said in mapping.baseline)
    role = mapping.role
    fixed = "every row is a proposal" if role.fixed == "proposal" else f"every row is a {role.fixed}"
    yield MapLine("role", "it is", f"as {role.column} says" if role.column else fixed, role.column)
    for word, means in role.words:
        value = means or "nobody says it yet"
        yield MapLine(f"word:{word}", word or "an empty cell", value, role.column, not means)
    yield MapLine("baseline", "baseline if", where or "—", mapping.baseline[0][0] if mapping.baseline else "")


def _measured_lines(mapping: TableMap, known: Known) -> Iterator[MapLine]:
    shape = "each row one number" if is_long(mapping) else "each number a column"
    yield MapLine("shape", "laid out", shape, heading="its numbers")
    if is_long(mapping):
        (each,) = mapping.measurements
        yield MapLine("long:metric", "metric", each.metric.column or "no column yet", each.metric.column,
                      not each.metric.column)  # fmt: skip
        yield MapLine("long:column", "value", each.column or "no column yet", each.column, not each.column)
        yield MapLine("long:error", "error", each.error or "—", each.error)
        for metric in metrics_of(mapping, known):
            direction = dict(each.directions).get(metric, Direction.UNKNOWN)
            yield MapLine(f"metric:{metric}", metric, direction_words(direction))
    else:
        for place, each in enumerate(mapping.measurements):
            yield MapLine(f"measured:{place}", "measured", measured_words(each), each.column)
        yield MapLine(f"measured:{MORE}", "more measured" if mapping.measurements else "measured", "—")
    if mapping.measurements:
        first = mapping.measurements[0]
        dataset = _said_words(first.dataset)
        yield MapLine("dataset", "dataset", "unknown" if dataset == UNNAMED_DATASET else dataset, first.dataset.column)
        for name in ("split", "subset"):
            said: Said = getattr(first, name)
            yield MapLine(name, name, _said_words(said) or "—", said.column)
        yield MapLine("n_test", "examples", first.n_test or "—", first.n_test)
        for name, label in (("n_correct", "correct"), ("n_seeds", "runs in it")):
            column: str = getattr(first, name)
            if column or is_long(mapping):
                yield MapLine(name, label, column or "—", column)
        if not any(each.seeds for each in mapping.measurements):
            yield MapLine("seed", "seed", mapping.seed or ("rows that repeat are runs" if mapping.repeats else "—"),
                          mapping.seed)  # fmt: skip
        told = f"{known.settings}, as typed before" if known.settings else "not said"
        setting = first.setting
        yield MapLine("setting", "setting", told if setting is Setting.UNKNOWN else setting_words(setting))


def is_long(mapping: TableMap) -> bool:
    """Tell whether each row tells one number, and names its metric."""
    return len(mapping.measurements) == 1 and mapping.measurements[0].metric.text == ""


def metrics_of(mapping: TableMap, known: Known) -> tuple[str, ...]:
    """Return the first metrics that the rows name."""
    return known.values.get(mapping.measurements[0].metric.column, ())


def measured_words(each: MeasuredColumn) -> str:
    """Return what is measured in one line: the columns, the metric's name, which way is better."""
    column = each.column or f"{each.seeds[0]} … {each.seeds[-1]}: mean of {len(each.seeds)}"
    parts = [f"{column} ± {each.error}" if each.error else column]
    parts.append(direction_words(dict(each.directions).get(each.metric.text, Direction.UNKNOWN)))
    if each.metric.text != each.column:
        parts.append(f"called {each.metric.text}")
    if each.percent:
        parts.append("in %")
    if each.primary:
        parts.append("comes first")
    return ", ".join(parts)


def direction_words(direction: Direction) -> str:
    """Return which way is better in words."""
    return "better: not said" if direction is Direction.UNKNOWN else f"{direction} is better"


def setting_words(setting: Setting) -> str:
    """Return a setting in words."""
    return setting.replace("_", "-")


def _said_words(said: Said) -> str:
    return said.column or said.text
