"""A map to begin with, for a file of reviews: its columns with what is in them, for somebody to say what they are."""

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import islice

from reviewer.domain.scales import number_of, number_text
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.raw_rows import RawRow, RawRows
from reviewer.sources.toml_text import plain_line, quoted

FEW_WORDS = 8
"""A column of so many different words may be a scale, or the verdict."""

_MOSTLY = 0.8
"""A column of so large a share of numbers may be a scale of numbers: the rest says that there is none."""

_OF_PROBABILITIES = ("prob", "forecast", "chance", "likel", "credence", "percent", "pct", "%")
"""What stands in the names of columns of probabilities."""

_PERCENT = 100

LOOKED_AT = 5_000
"""Rows that are looked at."""


_BEGINNING = (
    "",
    '# missing = ["NA"]  # what stands in cells that say nothing, besides nothing',
    "",
    "[proposal]",
    'id = ""',
    '# title = ""',
    '# agent = ""',
    '# namespace = "of-all-of-them"',
    "",
    "[reviewer]",
    'name = ""  # or: anonymous = true, and id = a column where there is one',
    "",
    "# [time]",
    '# column = ""',
    '# format = "%d.%m.%Y"  # where it is not as 2026-03-31',
    "",
    "# [group]  # whose statistics are held against one another",
    '# columns = ["condition"]',
)


def draft_of(raw: RawRows, name: str) -> str:
    """Return a map in TOML that names every column of a file and declares none: nothing is guessed.

    Raises:
        SourceError: when the file cannot be read, or there is no row in it.
    """
    rows = (one for one in raw if isinstance(one, RawRow))
    looked_at = list(islice(rows, LOOKED_AT))
    # Later lines of JSON may name columns that the first ones do not.
    deque(rows, maxlen=0)
    return "\n".join(_lines(raw.columns, looked_at, name)) + "\n"


def _lines(columns: Sequence[str], rows: Sequence[RawRow], name: str) -> Iterator[str]:
    yield f"# A map of {plain_line(name)} to begin with: fill in what is empty, uncomment what is meant, drop the rest."
    yield f"# Its columns: {', '.join(map(quoted, columns))}."
    yield from _BEGINNING
    for column in columns:
        yield ""
        yield from _column(column, [row.cells.get(column, "") for row in rows])


def _column(column: str, cells: Sequence[str]) -> Iterator[str]:
    filled = [cell for cell in cells if cell]
    numbers = [number for cell in filled if (number := number_of(cell)) is not None]
    words = list(dict.fromkeys(filled))
    if numbers and len(numbers) >= _MOSTLY * len(filled):
        others = list(dict.fromkeys(cell for cell in filled if number_of(cell) is None))[:FEW_WORDS]
        besides = f", and {', '.join(map(quoted, others))}" if others else ""
        span = f"{number_text(min(numbers))} to {number_text(max(numbers))}"
        if unit := _unit_of_forecast(column, numbers):
            yield f"# [forecast]  # where it is how likely the proposal is to survive; {span} are in it{besides}"
            yield f"# column = {quoted(column)}"
            yield f'# unit = "{unit}"'
            return
        yield f"# [scales.{quoted(column)}]  # {span} are in it{besides}"
        yield f"# column = {quoted(column)}"
        yield from ("# lowest = 1", "# highest = 10", '# kind = "interval"  # or "ordinal"')
    elif 2 <= len(words) <= FEW_WORDS < len(filled):
        yield f"# [scales.{quoted(column)}]"
        yield f"# column = {quoted(column)}"
        yield f'# words = [{", ".join(map(quoted, words))}]  # in their order; or kind = "nominal"'
        yield f"# [verdict]  # where it is one\n# column = {quoted(column)}\n# [verdict.words]"
        yield from (f'# {quoted(word)} = ""  # {", ".join(Verdict)}, or none of them' for word in words)
    else:
        yield f"# [[text]]\n# column = {quoted(column)}\n# heading = {quoted(column)}"


def _unit_of_forecast(column: str, numbers: Sequence[float]) -> str:
    """Return the unit of the probabilities that a column seems to hold, by its name and its numbers; empty if none.

    Of numbers of which each is 0 or 1, as of an answer, it is not said.
    """
    named = any(word in column.casefold() for word in _OF_PROBABILITIES)
    lowest, highest = min(numbers), max(numbers)
    if not named or lowest < 0 or highest > _PERCENT or set(numbers) <= {0, 1}:
        return ""
    return "probability" if highest <= 1 else "percent"
