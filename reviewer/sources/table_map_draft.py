"""A map to begin with, for a table of methods: its columns with what is in them, for somebody to say what they are."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice
from math import isfinite

from reviewer.domain.scales import number_text
from reviewer.domain.vocabulary import Setting
from reviewer.sources.likely_columns import FEW_WORDS, is_numeric, likely_map, measured_column, normal
from reviewer.sources.raw_rows import RawRow, RawRows
from reviewer.sources.table_map import ROLES, MeasuredColumn, TableMap
from reviewer.sources.table_numbers import NumberForm
from reviewer.sources.toml_text import plain_line, quoted

LOOKED_AT = 5_000
"""Rows that are looked at."""

_SETTINGS = ", ".join(setting for setting in Setting if setting is not Setting.UNKNOWN)


def draft_of_table(raw: RawRows, name: str) -> str:
    """Return a map in TOML that names every column of a table and declares none: what is proposed is a comment.

    Raises:
        SourceError: when the file cannot be read, or there is no row in it.
    """
    rows = (one for one in raw if isinstance(one, RawRow))
    looked_at = list(islice(rows, LOOKED_AT))
    # Later lines of JSON may name columns that the first ones do not.
    deque(rows, maxlen=0)
    return "\n".join(_lines(raw.columns, looked_at, name)) + "\n"


def _lines(columns: Sequence[str], rows: Sequence[RawRow], name: str) -> Iterator[str]:
    likely = likely_map(columns, rows)
    yield f"# A map of {plain_line(name)} to begin with: fill in what is empty, uncomment what is meant, drop the rest."
    yield "# A column that stands here already is proposed by its name alone."
    yield f"made_for = [{', '.join(map(quoted, columns))}]  # all its columns, by which a kept map is found again"
    yield ""
    yield '# missing = ["NA"]  # what stands in cells that say nothing, besides nothing'
    yield f"# decimal = {quoted(',')}  # where numbers are written 0,97" + _seems(likely.decimal == ",")
    yield '# thousands = ","  # where they are written 1,234,567'
    yield f"# seed = {quoted(likely.seed)}  # where each run has a row of its own: the column that numbers the seeds"
    yield ""
    yield "[method]"
    yield f'id = ""  # the column by which a method is known{_proposed(likely.id[0] if likely.id else "")}'
    yield f"# title = {quoted(likely.title)}"
    yield '# problem = "sparse-attention"  # of all; or --problem says it'
    yield f"# problem_column = {quoted(likely.problem.column)}  # or a column does"
    yield f"# agent_column = {quoted(likely.agent.column)}  # or agent = of all"
    yield f"# hypothesis = {quoted(likely.hypothesis)}"
    yield f"# parent = {quoted(likely.parent)}  # the id of the method that it was derived from"
    yield f"# family_column = {quoted(likely.family.column)}"
    yield '# namespace = "sweep-3"  # the run that the ids are of; else its first row tells tables apart'
    yield '# details = ["lr"]  # columns that are listed at the end of the text'
    yield ""
    yield from _role(likely, columns, rows)
    yield ""
    yield "# [time]"
    yield f"# column = {quoted(likely.time)}"
    yield '# format = "%d.%m.%Y"  # where it is not as 2026-03-31; or epoch, epoch_ms'
    yield '# zone = "UTC"  # where it does not say it itself'
    for text in likely.texts:
        yield from ("", "# [[text]]", f"# column = {quoted(text.column)}", f"# heading = {quoted(text.heading)}")
    form = NumberForm(likely.decimal)
    for each in likely.measurements:
        yield ""
        yield from _measurement(each, form, rows)
    for each in _others(likely, columns, rows):
        yield ""
        yield from _beginning(each, form, rows)


def _seems(is_so: bool) -> str:
    return ", as they seem to be" if is_so else ""


def _proposed(column: str) -> str:
    return f": {quoted(column)}?" if column else ""


def _role(likely: TableMap, columns: Sequence[str], rows: Sequence[RawRow]) -> Iterator[str]:
    yield "# [role]  # without it every row is a proposal"
    yield f"# column = {quoted(likely.role.column)}"
    yield f"# [role.words]  # which of {', '.join(ROLES)} each word of the column is"
    yield from (f'# {quoted(word)} = ""' for word, _ in likely.role.words)
    yield "# [role.baseline]  # or: rows that have all of these are baselines"
    column = likely.role.column or next((c for c in columns if _has_few_words(c, rows)), next(iter(columns), ""))
    word = next((cell for row in rows if (cell := row.cells.get(column, ""))), "")
    yield f"# {quoted(column)} = {quoted(word[:60])}"


def _has_few_words(column: str, rows: Sequence[RawRow]) -> bool:
    return 2 <= len({row.cells.get(column, "") for row in rows}) <= FEW_WORDS


def _others(likely: TableMap, columns: Sequence[str], rows: Sequence[RawRow]) -> Iterator[MeasuredColumn]:
    """Yield every other column of numbers as a measurement."""
    numeric = [column for column in columns if is_numeric(column, rows)]
    told = {column for column, _ in likely.columns()}
    names = {normal(column): column for column in numeric}
    others = [measured_column(column, numeric, names) for column in numeric if column not in told]
    errors = {each.error for each in others}
    yield from (each for each in others if each.column not in errors)


def _beginning(each: MeasuredColumn, form: NumberForm, rows: Sequence[RawRow]) -> Iterator[str]:
    """Yield what every measurement needs: the metric and the column of its values."""
    columns = each.seeds or (each.column,)
    cells = (row.cells.get(column, "").removesuffix("%") for row in rows for column in columns)
    numbers = [number for cell in cells if (number := form.parsed(cell)) is not None and isfinite(number)]
    span = f"  # {number_text(min(numbers))} to {number_text(max(numbers))} are in it" if numbers else ""
    yield f"# [[measurement]]{span}"
    if each.metric.column:
        yield f"# metric_column = {quoted(each.metric.column)}"
    else:
        yield f"# metric = {quoted(each.metric.text)}"
    if each.seeds:
        yield f"# seeds = [{', '.join(map(quoted, each.seeds))}]  # one column a seed: their mean counts"
    else:
        yield f"# column = {quoted(each.column)}"
    if each.error:
        yield f"# error = {quoted(each.error)}"


def _measurement(each: MeasuredColumn, form: NumberForm, rows: Sequence[RawRow]) -> Iterator[str]:
    yield from _beginning(each, form, rows)
    if not each.error:
        yield '# error = ""  # the column of its standard error'
    yield f"# n_test = {quoted(each.n_test)}  # the column of the number of test examples"
    yield f"# dataset_column = {quoted(each.dataset.column)}  # or dataset = its name"
    if each.metric.column:
        metrics = dict.fromkeys(cell for row in rows if (cell := row.cells.get(each.metric.column, "")))
        said = ", ".join(f'{quoted(metric)} = ""' for metric in list(metrics)[:FEW_WORDS])
        yield f"# directions = {{ {said} }}  # higher or lower is better"
    else:
        yield '# direction = ""  # higher or lower is better'
        yield "# primary = true  # the number that proposals are held by first"
    yield f'# setting = ""  # {_SETTINGS}; or --setting says it'
    yield "# percent = true  # where it is in per cent"
