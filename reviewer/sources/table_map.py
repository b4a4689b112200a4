"""How the columns of a table of methods are to be read, as a small TOML file declares it; nothing is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from reviewer.domain.methods import UNNAMED_DATASET
from reviewer.domain.problems import SLUG_IN_WORDS, is_slug
from reviewer.domain.vocabulary import Direction, Origin, Setting
from reviewer.sources.judgement_map import TextColumn
from reviewer.sources.map_table import BadMapError, MapTable, read_map

ROLES = ("proposal", "baseline", "reference", "floor", "ceiling")
"""What a row can be; a floor and a ceiling are references."""

EPOCHS = {"epoch": 1.0, "epoch_ms": 1_000.0}
"""Forms of a time that are a number since 1970, with how many of them a second has."""


@dataclass(frozen=True, slots=True)
class Said:
    """What holds for all rows, or the column that says it for each; both empty where nobody says it."""

    text: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class WordColumn:
    """One of a closed list of words: ``fixed`` for all rows, or by what the words of a column mean."""

    fixed: str = ""
    column: str = ""
    words: tuple[tuple[str, str], ...] = ()
    """In small letters, each with what it means; with nothing as long as nobody has said it."""


@dataclass(frozen=True, slots=True)
class MeasuredColumn:
    """A column of measurements, or one column for each seed. All but ``metric`` and the values may be left open."""

    metric: Said
    column: str = ""
    seeds: tuple[str, ...] = ()
    """Where each seed has a column of its own: the value is their mean."""
    error: str = ""
    n_test: str = ""
    n_correct: str = ""
    n_seeds: str = ""
    dataset: Said = Said(UNNAMED_DATASET)
    split: Said = Said()
    subset: Said = Said()
    setting: Setting = Setting.UNKNOWN
    directions: tuple[tuple[str, Direction], ...] = ()
    """By the metric's name, as the person states them."""
    unit: str = ""
    primary: bool = False
    """Whether it is the number that proposals are held by first."""
    percent: bool = False
    """Whether the values and their errors are in per cent: they become fractions."""

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is named, with where the map names it."""
        for column, key in (
            (self.metric.column, "metric_column"), (self.column, "column"), (self.error, "error"),
            (self.n_test, "n_test"), (self.n_correct, "n_correct"), (self.n_seeds, "n_seeds"),
            (self.dataset.column, "dataset_column"), (self.split.column, "split_column"),
            (self.subset.column, "subset_column"), *((seed, "seeds") for seed in self.seeds),
        ):  # fmt: skip
            if column:
                yield column, f"[[measurement]] {key}"

    @property
    def differs_by_row(self) -> bool:
        """Return whether two rows of one method may each tell a measurement of its own."""
        return any(each.column for each in (self.metric, self.dataset, self.split, self.subset))


@dataclass(frozen=True, slots=True)
class TableMap:
    """Which column says what; an empty name stands for a column that there is none of."""

    id: tuple[str, ...]
    """Several columns together, where no one of them tells the methods apart."""
    title: str = ""
    hypothesis: str = ""
    parent: str = ""
    agent: Said = Said()
    family: Said = Said()
    run: Said = Said()
    namespace: Said = Said()
    problem: Said = Said()
    role: WordColumn = WordColumn("proposal")
    baseline: tuple[tuple[str, str], ...] = ()
    """Columns with their cells: where all of them hold, a row is a baseline."""
    origin: WordColumn = WordColumn(Origin.UNKNOWN)
    texts: tuple[TextColumn, ...] = ()
    details: tuple[str, ...] = ()
    """Columns that are listed with their names at the end of the text: settings of the run, say."""
    time: str = ""
    time_format: str = ""
    zone: str = ""
    measurements: tuple[MeasuredColumn, ...] = ()
    seed: str = ""
    """The column that numbers the seeds, where each has a row of its own."""
    repeats: bool = False
    """Whether rows that tell the same measurement are runs of it, though no column numbers them."""
    missing: tuple[str, ...] = ()
    """What stands in a cell that says nothing, besides nothing, in small letters."""
    decimal: str = "."
    thousands: str = ""
    delimiter: str = ""
    made_for: tuple[str, ...] = ()
    """All columns of the table that it was made for, by which a saved map is found again."""

    @property
    def tells_roles(self) -> bool:
        """Return whether it says what a row is, and does not only leave every row a proposal."""
        return bool(self.role.column or self.baseline) or self.role.fixed != "proposal"

    @property
    def joins_rows(self) -> bool:
        """Return whether several rows may tell of one method."""
        return bool(self.seed) or self.repeats or any(each.differs_by_row for each in self.measurements)

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is named, with where the map names it."""
        named = [
            *((column, "[method] id") for column in self.id),
            (self.title, "[method] title"), (self.hypothesis, "[method] hypothesis"), (self.parent, "[method] parent"),
            *((said.column, f"[method] {key}_column") for key, said in (
                ("agent", self.agent), ("family", self.family), ("run", self.run), ("namespace", self.namespace),
                ("problem", self.problem),
            )),
            (self.role.column, "[role] column"), *((column, "[role.baseline]") for column, _ in self.baseline),
            (self.origin.column, "[origin] column"), (self.time, "[time] column"), (self.seed, "seed"),
            *((text.column, "[[text]] column") for text in self.texts),
            *((column, "[method] details") for column in self.details),
        ]  # fmt: skip
        yield from (pair for pair in named if pair[0])
        for measured in self.measurements:
            yield from measured.columns()


def read_table_map(path: Path) -> TableMap:
    """Return the map that a TOML file declares.

    Raises:
        SourceError: when it cannot be read, or something in it is not such as it has to be.
    """
    return read_map(path, table_map)


def table_map(top: MapTable) -> TableMap:
    """Return the map that a table of TOML declares.

    Raises:
        BadMapError: when something in it is not such as it has to be.
    """
    method = top.table("method")
    if method is None:
        raise BadMapError("[method] is missing; `reviewer import TABLE --as proposals` prints a map to begin with.")
    role, origin, time = (top.table(key) or MapTable({}, key) for key in ("role", "origin", "time"))
    found = TableMap(
        id=_id(method),
        title=method.text("title"),
        hypothesis=method.text("hypothesis"),
        parent=method.text("parent"),
        agent=_said(method, "agent"),
        family=_said(method, "family"),
        run=_said(method, "run"),
        namespace=_said(method, "namespace"),
        problem=_said(method, "problem"),
        role=_words(role, ROLES, "proposal"),
        baseline=_pairs(role.table("baseline")),
        origin=_words(origin, tuple(Origin), Origin.UNKNOWN),
        texts=tuple(_text(each) for each in top.tables("text")),
        details=method.texts("details"),
        time=time.needed("column") if time.names() else "",
        time_format=time.text("format"),
        zone=_zone(time),
        measurements=tuple(_measured(each) for each in top.tables("measurement")),
        seed=top.text("seed"),
        repeats=top.flag("repeats"),
        missing=tuple(word.casefold() for word in top.texts("missing")),
        decimal=top.text("decimal", "."),
        thousands=top.text("thousands"),
        delimiter=top.text("delimiter"),
        made_for=top.texts("made_for"),
    )
    for table in (method, role, origin, time, top):
        table.end()
    _require_sense(found)
    return found


def _require_sense(found: TableMap) -> None:
    if found.problem.text and not is_slug(found.problem.text):
        raise BadMapError(f"[method] problem is {found.problem.text!r}; a problem's name is of {SLUG_IN_WORDS}.")
    if found.decimal not in (".", ","):
        raise BadMapError(f"decimal has to be a point or a comma, and is {found.decimal!r}.")
    if found.thousands and (
        len(found.thousands) > 1 or found.thousands in "+-" + found.decimal or found.thousands.isalnum()
    ):
        raise BadMapError(
            "thousands has to be one character, no letter, no digit and not the decimal one, and is "
            f"{found.thousands!r}."
        )
    if found.delimiter and (len(found.delimiter) > 1 or found.delimiter in '"\r\n'):
        raise BadMapError(f"delimiter has to be one character, and is {found.delimiter!r}.")
    if found.seed and found.repeats:
        raise BadMapError("seed names the column that numbers the runs; repeats = true is for rows without one.")
    if said := contradiction(found):
        raise BadMapError(said)
    if sum(each.primary for each in found.measurements) > 1:
        raise BadMapError("[[measurement]] primary is true of several; one of them comes first.")
    if any(each.seeds for each in found.measurements) and (found.seed or found.repeats):
        raise BadMapError("[[measurement]] seeds has a column for each seed; seed and repeats are for a row for each.")


def contradiction(mapping: TableMap) -> str:
    """Return which column cannot be the error that a map says it is, as a sentence; empty where each can."""
    values = {column for each in mapping.measurements for column in (each.column, *each.seeds) if column}
    for error in (each.error for each in mapping.measurements if each.error):
        if error in values or error == mapping.seed:
            what = "the column that numbers the seeds" if error == mapping.seed else "a column of values"
            return f"[[measurement]] error is {error!r}, which is {what}; the error of a value has a column of its own."
    return ""


def _id(method: MapTable) -> tuple[str, ...]:
    columns = method.text_or_texts("id")
    if not columns or not all(columns):
        raise BadMapError("[method] id is missing: it names a column, or a list of columns.")
    return columns


def _said(table: MapTable, key: str, unsaid: str = "") -> Said:
    text, column = table.text(key), table.text(f"{key}_column")
    if text and column:
        raise BadMapError(f"{table.place(key)} and {key}_column are both there; leave the one that holds.")
    return Said("", column) if column else Said(text or unsaid)


def _words(table: MapTable, known: tuple[str, ...], unsaid: str) -> WordColumn:
    fixed, column, words = table.text("fixed"), table.text("column"), table.table("words")
    if fixed and column:
        raise BadMapError(f"{table.place('fixed')} and column are both there; leave the one that holds.")
    if bool(column) != (words is not None):
        raise BadMapError(f"{table.place('column')} and [{table.name}.words] go together: what each word means.")
    for word in (fixed, *(words.text(each) for each in words.names())) if words else (fixed,):
        if word and word not in known:
            raise BadMapError(f"[{table.name}] knows no {word!r}; there are {', '.join(known)}.")
    if words is None:
        return WordColumn(fixed or unsaid)
    meant = tuple((word.casefold(), words.text(word)) for word in words.names())
    if nothing := next((word for word, means in meant if not means), None):
        raise BadMapError(f"[{table.name}.words] {nothing} is empty; it has to be one of {', '.join(known)}.")
    return WordColumn("", column, meant)


def _pairs(table: MapTable | None) -> tuple[tuple[str, str], ...]:
    return tuple((column, table.text(column)) for column in table.names()) if table else ()


def _zone(time: MapTable) -> str:
    zone = time.text("zone")
    if zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise BadMapError(f'[time] zone is {zone!r}, which is no zone such as "UTC" or "Europe/Berlin".') from error
    return zone


def _text(table: MapTable) -> TextColumn:
    found = TextColumn(table.needed("column"), table.text("heading"))
    table.end()
    return found


def _measured(table: MapTable) -> MeasuredColumn:
    metric, column, seeds = _said(table, "metric"), table.text("column"), table.texts("seeds")
    if metric == Said():
        raise BadMapError("[[measurement]] metric is missing: the metric's name; or metric_column names a column.")
    if bool(column) == bool(seeds):
        raise BadMapError("[[measurement]] has to say column = the one of the values, or seeds = one for each seed.")
    if len(set(seeds)) < len(seeds):
        raise BadMapError("[[measurement]] seeds names a column twice.")
    found = MeasuredColumn(
        metric=metric,
        column=column,
        seeds=seeds,
        error=table.text("error"),
        n_test=table.text("n_test"),
        n_correct=table.text("n_correct"),
        n_seeds=table.text("n_seeds"),
        dataset=_said(table, "dataset", UNNAMED_DATASET),
        split=_said(table, "split"),
        subset=_said(table, "subset"),
        setting=Setting(_one_of(table, "setting", tuple(Setting)) or Setting.UNKNOWN),
        directions=tuple(_directions(table, metric)),
        unit=table.text("unit"),
        primary=table.flag("primary"),
        percent=table.flag("percent"),
    )
    table.end()
    if found.primary and not (metric.text and found.dataset.text):
        raise BadMapError("[[measurement]] primary is of one metric on one dataset; name both.")
    return found


def _directions(table: MapTable, metric: Said) -> Iterator[tuple[str, Direction]]:
    """Yield which way metrics are better; what is left empty says nothing."""
    known = tuple(Direction)
    said = table.table("directions")
    if said is not None:
        yield from ((name, Direction(word)) for name in said.names() if (word := _one_of(said, name, known)))
    if direction := _one_of(table, "direction", known):
        if not metric.text:
            raise BadMapError("[[measurement]] direction is of one metric; of several, directions says it by name.")
        yield metric.text, Direction(direction)


def _one_of(table: MapTable, key: str, known: tuple[str, ...]) -> str:
    word = table.text(key)
    if word and word not in known:
        raise BadMapError(f"{table.place(key)} has to be one of {', '.join(known)}, and is {word!r}.")
    return word
