"""What a map says that the columns of a table become, in words, and what it leaves unsaid."""

from collections.abc import Iterator

from reviewer.domain.vocabulary import Setting
from reviewer.sources.contract import FieldMeaning
from reviewer.sources.table_map import MeasuredColumn, TableMap

DIRECTION = "which way a metric is better"
SETTING = "in which setting it was measured"
BASELINES = "which rows are baselines"

_OF_METHOD = {
    "[method] id": "what a method is known by",
    "[method] details": "listed at the end of the text",
    "[role] column": "what a row is, by what its words mean",
    "[role.baseline]": "a baseline, where it has the value that the map names",
    "[origin] column": "whether an agent or a person made it",
    "[time] column": "when it was made",
    "[[text]] column": "the text",
    "seed": "the seed of a run, each a row",
}
_OF_MEASUREMENT = {
    "metric_column": "the name of a metric",
    "column": "the value",
    "seeds": "the value of one seed",
    "error": "the standard error",
    "n_test": "the number of test examples",
    "n_correct": "how many of them were right",
    "n_seeds": "the number of seeds",
    "dataset_column": "the dataset",
    "split_column": "the split",
    "subset_column": "the subset",
}


def meanings(mapping: TableMap) -> tuple[FieldMeaning, ...]:
    """Return every column that a map names, with all that it becomes."""
    found: dict[str, dict[str, None]] = {}
    for column, words in (*_of_method(mapping), *(pair for m in mapping.measurements for pair in _measured(m))):
        found.setdefault(column, {})[words] = None
    return tuple(FieldMeaning(column, "; ".join(words)) for column, words in found.items())


def unsaid(mapping: TableMap) -> tuple[str, ...]:
    """Return what neither the table nor its map says."""
    every = mapping.measurements
    told = (
        (DIRECTION, all(m.directions for m in every)),
        (SETTING, all(m.setting is not Setting.UNKNOWN for m in every)),
        (BASELINES, mapping.tells_roles),
    )
    return tuple(words for words, is_told in told if not is_told)


def _of_method(mapping: TableMap) -> Iterator[tuple[str, str]]:
    measured = {pair for each in mapping.measurements for pair in each.columns()}
    for column, place in mapping.columns():
        if (column, place) not in measured:
            yield column, _OF_METHOD.get(place) or f"the {place.removeprefix('[method] ').removesuffix('_column')}"


def _measured(each: MeasuredColumn) -> Iterator[tuple[str, str]]:
    of = f" of {each.metric.text}" if each.metric.text else ""
    for column, place in each.columns():
        yield column, _OF_MEASUREMENT[place.removeprefix("[[measurement]] ")] + of
