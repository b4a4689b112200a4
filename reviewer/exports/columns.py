"""The columns of every export: their names, types and meanings, as data. They are documented and stable.

A new column is added at the end of the fixed ones; one that is changed or taken away raises ``COLUMNS_VERSION``.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from reviewer.exports.cells import column_name

COLUMNS_VERSION = 1
"""Stands in the column ``schema_version`` of every row."""


class Shape(StrEnum):
    """What one row of an export is."""

    JUDGEMENTS = "judgements"
    HISTORY = "history"
    LONG = "long"
    WIDE = "wide"
    ADJUDICATIONS = "adjudications"


class Kind(StrEnum):
    """The type of a column. An empty cell means that there is no value, whatever the type."""

    TEXT = "text"
    WORD = "word"
    """One word of a closed list, or an id of our own making."""
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    """``true`` or ``false``."""
    TIME = "time"
    """ISO 8601 in UTC with milliseconds: ``2026-03-01T09:30:00.000Z``."""
    LIST = "list"
    """Joined by ``;`` in CSV, an array in JSON Lines."""
    JSON = "json"
    """JSON text in CSV, the value itself in JSON Lines."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, its type, and what it says."""

    name: str
    kind: Kind
    meaning: str


_WHICH = (
    Column("proposal_id", Kind.WORD, "our id of the proposal: the same in every export of one store"),
    Column("namespace", Kind.TEXT, "the run or server that external_id comes from"),
    Column("external_id", Kind.TEXT, "the source's own id; with namespace it names the proposal"),
)
_REVISION = Column("revision", Kind.WORD, "sha256 of the text and numbers that were judged")
_IS_CURRENT = Column("revision_is_current", Kind.BOOLEAN, "whether that revision is still the one that counts")
_PROBLEM = Column("problem", Kind.TEXT, "slug of the problem")
_ABOUT = (
    Column("title", Kind.TEXT, "title of the proposal"),
    Column("agent", Kind.TEXT, "the agent that put it forward"),
    Column("run", Kind.TEXT, "the agent's run"),
    Column("family", Kind.TEXT, "research direction, in the source's words"),
)
_EVIDENCE = (
    Column("baseline_id", Kind.WORD, "our id of the baseline that was beside it when it was judged"),
    Column("baseline_title", Kind.TEXT, "title of that baseline"),
    Column("metric", Kind.TEXT, "what it is compared on first: the problem's primary metric, where it has that"),
    Column("metric_direction", Kind.WORD, "higher or lower is better; unknown where nobody said"),
    Column("setting", Kind.WORD, "where that was measured: lab, held_out, pilot, production or unknown"),
    Column("proposal_value", Kind.NUMBER, "the proposal's value at the revision judged, in the unit of the metric"),
    Column("proposal_standard_error", Kind.NUMBER, "standard error of its mean over seeds"),
    Column("proposal_n_seeds", Kind.INTEGER, "number of seeds"),
    Column("proposal_basis", Kind.WORD, "what it rests on: claimed, recomputed, published or illustrative"),
    Column("baseline_value", Kind.NUMBER, "the baseline's value of the same metric, dataset and setting, as it is now"),
    Column("baseline_standard_error", Kind.NUMBER, "standard error of its mean over seeds"),
    Column("baseline_n_seeds", Kind.INTEGER, "number of seeds"),
    Column("baseline_basis", Kind.WORD, "what it rests on"),
    Column("difference", Kind.NUMBER, "proposal_value minus baseline_value"),
)
_STATUS = Column("status", Kind.WORD, "judged (there is a verdict), started or skipped")
_VERDICT = Column("verdict", Kind.WORD, "survives, conditional, fails or cannot_tell")
_FORECAST = Column("forecast", Kind.NUMBER, "probability, 0 to 1, that it meets the problem's target")
_HELD = (
    _STATUS,
    _VERDICT,
    Column("condition", Kind.TEXT, "what a conditional verdict depends on"),
    Column("next_experiment", Kind.TEXT, "the cheapest experiment that would settle it"),
    _FORECAST,
    Column("blockers", Kind.LIST, "slugs of the constraints rated a blocker"),
    Column("tags", Kind.LIST, "the reviewer's tags"),
    Column("flagged", Kind.BOOLEAN, "whether the reviewer flagged it"),
    Column("rationale", Kind.TEXT, "the reviewer's reasons, line ends kept"),
)
_SECONDS = Column("seconds", Kind.NUMBER, "time spent on it, in seconds")
_VISIBLE = Column("visible", Kind.JSON, "what was on the screen when it was last judged")
_REVIEWER = Column("reviewer", Kind.TEXT, "who judged")
_UPDATED = Column("updated_at", Kind.TIME, "when the judgement last changed; empty where a file said no time")
_BY_WHAT = (
    Column("rubric", Kind.TEXT, "slug and version of the rubric"),
    Column("target_version", Kind.INTEGER, "version of the target that the forecast is about"),
)
_EVENT = Column("event_id", Kind.WORD, "the last event of this judgement; unique everywhere, so that exports merge")
_VERSION = Column("schema_version", Kind.INTEGER, "version of these columns")
_CRITIQUE = (
    Column("critique_call", Kind.WORD, "the first call to Claude whose critique of it the reviewer had before them"),
    Column("critique_model", Kind.TEXT, "the model that answered"),
    Column("critique_prompt_hash", Kind.WORD, "sha256 of the prompt's template"),
    Column("critique_shown_at", Kind.TIME, "when the reviewer had that critique before them first"),
    Column("critique_changed", Kind.BOOLEAN, "whether verdict or forecast are others now than before it"),
)
_ALIKE = (
    Column("sightings", Kind.LIST, "namespace/external_id of every other record that says the same to the letter"),
    Column(
        "alike_to", Kind.WORD, "our id of the proposal in whose group it stands as nearly alike; that one's own too"
    ),
    Column("alike", Kind.NUMBER, "how alike it is to that one, 0 to 100"),
)
_RESOLVES_ON = Column("resolves_on", Kind.WORD, "the day by which the reviewer expects to know; empty: the target says")
_SHAREABLE = Column("shareable", Kind.BOOLEAN, "whether the reviewer lets agents read the rationale")

_RATINGS = "<constraint>"

COLUMNS: dict[Shape, tuple[Column, ...]] = {
    Shape.JUDGEMENTS: (
        *_WHICH, _REVISION, _IS_CURRENT, _PROBLEM,
        Column("dataset", Kind.TEXT, "the dataset of the values below"),
        *_ABOUT, *_EVIDENCE, *_HELD, _SECONDS, _VISIBLE, _REVIEWER,
        Column("first_at", Kind.TIME, "when the reviewer first touched it"),
        _UPDATED, *_BY_WHAT, _EVENT, _VERSION, _RESOLVES_ON, *_CRITIQUE, _SHAREABLE, *_ALIKE,
    ),
    Shape.HISTORY: (
        Column("event_id", Kind.WORD, "the event; unique everywhere"),
        Column("act_id", Kind.WORD, "the act that it belongs to: one keystroke may be one act over several events"),
        Column("kind", Kind.WORD, "verdict, condition, forecast, rating, rationale, tags, flag, skip, resolves_on, "
               "share, reveal (went on to the next stage of the sealed protocol), imported, undo or redo"),
        Column("reverses", Kind.WORD, "act_id that an undo or redo takes back"),
        Column("supersedes", Kind.WORD, "event_id of the event before it, of the same reviewer and proposal"),
        Column("at", Kind.TIME, "when it was done"),
        *_WHICH, _REVISION, _IS_CURRENT, _PROBLEM,
        Column("dataset", Kind.TEXT, "the dataset of the values below"),
        *_ABOUT, *_EVIDENCE,
        Column("status", Kind.WORD, "after the event: judged, started, skipped, or to_do where nothing is left"),
        *_HELD[1:],
        Column("seconds", Kind.NUMBER, "time spent since the event before it, in seconds"),
        Column("visible", Kind.JSON, "what was on the screen then"),
        _REVIEWER, *_BY_WHAT, _VERSION, _RESOLVES_ON, _SHAREABLE,
    ),
    Shape.LONG: (
        *_WHICH, _REVISION, _IS_CURRENT, _PROBLEM, *_ABOUT, _REVIEWER, _STATUS, _VERDICT, _FORECAST,
        Column("constraint", Kind.TEXT, "slug of the constraint"),
        Column("rating", Kind.WORD, "pass, concern, blocker, unknown or not_applicable"),
        Column("note", Kind.TEXT, "the reviewer's note on it"),
        _UPDATED, *_BY_WHAT, _EVENT, _VERSION,
    ),
    Shape.WIDE: (
        *_WHICH, _PROBLEM, *_ABOUT,
        Column("judged", Kind.INTEGER, "how many reviewers gave a verdict"),
        _VERSION,
    ),
    Shape.ADJUDICATIONS: (
        *_WHICH, _PROBLEM, *_ABOUT[:2],
        Column("adjudicated_verdict", Kind.WORD, "survives, conditional, fails or cannot_tell"),
        Column("adjudicated_forecast", Kind.NUMBER, "probability, 0 to 1, that it meets the problem's target"),
        Column("condition", Kind.TEXT, "what a conditional verdict depends on"),
        Column("rationale", Kind.TEXT, "why, line ends kept"),
        Column("adjudicated_by", Kind.TEXT, "who adjudicated"),
        Column("adjudicated_at", Kind.TIME, "when"),
        Column("revision", Kind.WORD, "sha256 of the text and numbers that were before them"),
        _IS_CURRENT,
        Column("target_version", Kind.INTEGER, "version of the target that held then"),
        Column("judgements", Kind.LIST, "event_id of each judgement that was before them"),
        Column("event_id", Kind.WORD, "the adjudication; unique everywhere, so that exports merge"),
        _VERSION,
    ),
}  # fmt: skip
"""The fixed columns of each shape, in their order. Those of constraints and reviewers follow them."""

EACH_REVIEWER = (
    _STATUS,
    _VERDICT,
    _FORECAST,
    Column("blockers", Kind.LIST, "slugs of the constraints rated a blocker"),
    Column("rationale", Kind.TEXT, "the reviewer's reasons"),
)
"""What a wide export says of each reviewer; a column's name is this and the reviewer's, as in ``verdict_kim``."""

RATING_PARTS = ("rating", "note")
"""What there is of each constraint, in the order of its columns."""


def has_ratings(shape: Shape) -> bool:
    """Return whether each row of the shape has all constraints, two columns each."""
    return shape in (Shape.JUDGEMENTS, Shape.HISTORY)


def constraint_columns(shape: Shape, slugs: Sequence[str]) -> tuple[Column, ...]:
    """Return two columns a constraint, named by its slug: the rating, and ``<slug>_note``.

    A slug that is the name of another column is put behind ``constraint_``.
    """
    taken = {c.name for c in COLUMNS[shape]}
    columns: list[Column] = []
    for slug in slugs:
        name = slug
        if {name, f"{name}_note"} & taken:
            name = f"constraint_{slug}"
        while {name, f"{name}_note"} & taken:
            name += "_"
        taken |= {name, f"{name}_note"}
        columns.append(Column(name, Kind.WORD, f"the rating of {slug}"))
        columns.append(Column(f"{name}_note", Kind.TEXT, f"the note on {slug}"))
    return tuple(columns)


def reviewer_columns(names: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of a wide export for reviewers of these names, all of one reviewer's together.

    Of a name only letters, digits and ``_`` are kept, in lower case; two that become the same are numbered.
    """
    bases = {name: column_name(name) or "reviewer" for name in names}
    # Who is called so has the column of that name, and no number makes anybody's column look like another's.
    taken = {name for name, base in bases.items() if name == base}
    columns: list[Column] = []
    for name in names:
        suffix = bases[name]
        n = 1
        while suffix != name and (suffix in taken or (n > 1 and suffix in bases.values())):
            n += 1
            suffix = f"{bases[name]}_{n}"
        taken.add(suffix)
        columns += [Column(f"{c.name}_{suffix}", c.kind, f"{c.meaning} ({name})") for c in EACH_REVIEWER]
    return tuple(columns)


def documented(shape: Shape) -> tuple[Column, ...]:
    """Return the columns of a shape as they are documented: with one line for those that depend on the store."""
    if has_ratings(shape):
        variable: tuple[Column, ...] = (
            Column(_RATINGS, Kind.WORD, "for each constraint, under its slug: pass, concern, blocker, unknown, "
                   "not_applicable"),
            Column(f"{_RATINGS}_note", Kind.TEXT, "the note on it"),
        )  # fmt: skip
    elif shape is Shape.WIDE:
        variable = tuple(Column(f"{c.name}_<reviewer>", c.kind, c.meaning) for c in EACH_REVIEWER)
    else:
        variable = ()
    return COLUMNS[shape] + variable


def columns_table(shape: Shape = Shape.JUDGEMENTS) -> str:
    """Return the documentation of a shape's columns as a Markdown table."""
    rows = [f"| `{c.name}` | {c.kind} | {c.meaning} |" for c in documented(shape)]
    return "\n".join(["| column | type | meaning |", "|---|---|---|", *rows]) + "\n"


_DTYPES = {
    Kind.TEXT: "string",
    Kind.WORD: "string",
    Kind.NUMBER: "float64",
    Kind.INTEGER: "Int64",
    Kind.BOOLEAN: "boolean",
    Kind.LIST: "string",
    Kind.JSON: "string",
}


def pandas_options(path: str | Path) -> dict[str, Any]:
    """Return what to give ``pandas.read_csv`` so that an exported CSV, of whatever shape, comes back with its types.

    A column of a constraint or a reviewer is text, or what :data:`EACH_REVIEWER` says; its name is looked for in the
    file. Only an empty cell is a missing value: by itself pandas takes a title or an agent named ``NA`` for one.

    Raises:
        OSError: when the file cannot be read.
    """
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        names = next(csv.reader(file), [])
    kinds = {c.name: c.kind for shape in Shape for c in COLUMNS[shape]}
    kinds |= {name: _kind_of_a_reviewers(name) for name in names if name not in kinds}
    return {
        "dtype": {name: _DTYPES[kinds[name]] for name in names if kinds[name] is not Kind.TIME},
        "parse_dates": [name for name in names if kinds[name] is Kind.TIME],
        "keep_default_na": False,
        "na_values": [""],
    }


def _kind_of_a_reviewers(name: str) -> Kind:
    return next((c.kind for c in EACH_REVIEWER if name.startswith(f"{c.name}_")), Kind.TEXT)
