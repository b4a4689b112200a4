"""What a node of a search journal measured: AIDE's one number, or the second AI Scientist's named ones.

Both state which way a metric is better: ``maximize``, or ``lower_is_better`` beside each name. A model wrote these
words anew for each node, so that one name may be told both ways; then nobody says which way it goes.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from reviewer.domain.methods import Measurement
from reviewer.domain.problems import Metric
from reviewer.domain.vocabulary import Direction
from reviewer.sources import fields
from reviewer.sources.measurable import measurable

NAMELESS = "metric"
"""What AIDE's metric is called, which has no name."""

UNKNOWN_DATASET = "unknown"

_LONGEST = 200


class Reading(NamedTuple):
    """One number that a node gives, and which way it says that the metric is better."""

    metric: str
    dataset: str
    value: float | None
    missing: str = ""
    source: str = ""
    direction: Direction = Direction.UNKNOWN

    def measurement(self, source: str = "") -> Measurement:
        """Return it as the node's claim; ``source`` says what is known of it besides."""
        said = "; ".join(filter(None, (source, self.source)))
        return Measurement(self.metric, self.dataset, self.value, source=said, missing=self.missing)


def readings(metric: Any, fault: str, *, are_named: bool) -> tuple[Reading, ...]:
    """Return what the ``metric`` of a node gives; with a ``fault`` none of it is a value, and is told as no value.

    ``are_named`` says that metrics have names, as the second AI Scientist's have: then null stands for none at all.
    """
    record = metric if isinstance(metric, dict) else {"value": metric}
    value = record.get("value")
    if isinstance(value, dict) and isinstance(value.get("metric_names"), list):
        found = [reading for named in value["metric_names"] for reading in _named(named)]
    elif value is None and are_named:
        return ()
    else:
        name, direction = _name(record.get("name"), NAMELESS), _direction(record.get("maximize"))
        found = [_reading(name, UNKNOWN_DATASET, value, direction)]
    return tuple(_without_value(reading, fault) if fault else reading for reading in found)


def _named(named: Any) -> Iterator[Reading]:
    record = fields.mapping(named)
    lower = record.get("lower_is_better")
    direction = _direction(not lower if isinstance(lower, bool) else None)
    metric = _name(record.get("metric_name"), NAMELESS)
    data = record.get("data")
    if not isinstance(data, list) or not data:
        yield Reading(metric, UNKNOWN_DATASET, None, "the file names no dataset with a value", direction=direction)
        return
    for item in data:
        at = fields.mapping(item)
        final = _reading(metric, _name(at.get("dataset_name"), UNKNOWN_DATASET), at.get("final_value"), direction)
        best, _ = measurable(at.get("best_value"))
        if best is not None and best != final.value:
            final = final._replace(source=f"its last value; the best on the way was {best:g}")
        yield final


def _reading(metric: str, dataset: str, value: Any, direction: Direction) -> Reading:
    number, missing = measurable(value)
    return Reading(metric, dataset, number, missing, direction=direction)


def _without_value(reading: Reading, fault: str) -> Reading:
    gave = f"; the file gives {reading.value:g}" if reading.value is not None else ""
    return reading._replace(value=None, missing=f"{fault}{gave}")


def _direction(higher: Any) -> Direction:
    if not isinstance(higher, bool):
        return Direction.UNKNOWN
    return Direction.HIGHER if higher else Direction.LOWER


def _name(value: Any, otherwise: str) -> str:
    return " ".join(value.split())[:_LONGEST] or otherwise if isinstance(value, str) else otherwise


class Directions:
    """Which way nodes say that metrics are better: a metric that is told both ways goes neither."""

    def __init__(self, found: Iterable[Reading]) -> None:
        self._said: dict[str, set[Direction]] = defaultdict(set)
        for reading in found:
            self._said[reading.metric].add(reading.direction)

    def metrics(self) -> tuple[Metric, ...]:
        """Return the metrics of which it is told, each with its one direction, in the order in which they came."""
        told = ((name, self._one(name)) for name in self._said)
        return tuple(Metric(name, direction) for name, direction in told if direction is not Direction.UNKNOWN)

    def note(self, metric: str) -> str:
        """Return what is to be said of a metric that is told both ways; nothing of any other."""
        return "" if len(self._told(metric)) < 2 else "the file says here that lower, there that higher is better"

    def _one(self, metric: str) -> Direction:
        told = self._told(metric)
        return next(iter(told)) if len(told) == 1 else Direction.UNKNOWN

    def _told(self, metric: str) -> set[Direction]:
        return self._said[metric] - {Direction.UNKNOWN}
