"""How the columns of a file of reviews are to be read, as a small TOML file declares it; nothing is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewer.domain.scales import Kind, Scale
from reviewer.domain.vocabulary import Verdict
from reviewer.sources.map_table import BadMapError, MapTable, read_map

KINDS: tuple[Kind, ...] = ("nominal", "ordinal", "interval")
UNITS = {"percent": 100.0, "probability": 1.0}
"""By what a forecast is divided, by the name of its unit."""


@dataclass(frozen=True, slots=True)
class TextColumn:
    """A column of text, and the heading under which it stands in the rationale; empty for none."""

    column: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class JudgementMap:
    """Which column says what; an empty name stands for a column that there is none of."""

    proposal: str
    namespace: str | None = None
    """What the proposals are known by besides, for all rows; None where the column says it or nobody does."""
    namespace_column: str = ""
    title: str = ""
    agent: str = ""
    reviewer: str = ""
    anonymous: bool = False
    """Whether the reviewers' names, if there are any, tell them apart alone."""
    time: str = ""
    time_format: str = ""
    scales: tuple[tuple[str, Scale], ...] = ()
    """Each with its column."""
    verdict: str = ""
    verdict_words: tuple[tuple[str, Verdict | None], ...] = ()
    """In small letters; None for a word that says no verdict."""
    forecast: str = ""
    forecast_unit: float = 1.0
    texts: tuple[TextColumn, ...] = ()
    tags: str = ""
    tag_separator: str = ";"
    groups: tuple[str, ...] = ()
    missing: frozenset[str] = frozenset()
    """What stands in a cell that says nothing, besides nothing, in small letters."""

    def columns(self) -> Iterator[tuple[str, str]]:
        """Yield every column that is named, with where the map names it."""
        named = [
            (self.proposal, "[proposal] id"), (self.namespace_column, "[proposal] namespace_column"),
            (self.title, "[proposal] title"), (self.agent, "[proposal] agent"),
            (self.reviewer, "[reviewer]"), (self.time, "[time] column"), (self.verdict, "[verdict] column"),
            (self.forecast, "[forecast] column"), (self.tags, "[tags] column"),
            *((column, f"[scales.{scale.name}] column") for column, scale in self.scales),
            *((text.column, "[[text]] column") for text in self.texts),
            *((column, "[group] columns") for column in self.groups),
        ]  # fmt: skip
        yield from (pair for pair in named if pair[0])


def read_judgement_map(path: Path) -> JudgementMap:
    """Return the map that a TOML file declares.

    Raises:
        SourceError: when it cannot be read, or something in it is not such as it has to be.
    """
    return read_map(path, _map)


def _map(top: MapTable) -> JudgementMap:
    proposal, reviewer = top.table("proposal"), top.table("reviewer")
    if proposal is None or reviewer is None:
        raise BadMapError(
            f"[{'proposal' if proposal is None else 'reviewer'}] is missing; `reviewer import REVIEWS --as judgements` "
            "prints a map to begin with."
        )
    time, verdict, forecast, tags, group = (
        top.table(key) or MapTable({}, key) for key in ("time", "verdict", "forecast", "tags", "group")
    )
    named, anonymous = reviewer.text("name"), reviewer.flag("anonymous")
    number = reviewer.text("id")
    if not named and not anonymous:
        raise BadMapError("[reviewer] has to say name = a column, or anonymous = true.")
    if named and (number or anonymous):
        raise BadMapError("[reviewer] name stands alone: anonymous reviewers have an id, or none.")
    words = verdict.table("words")
    unit = forecast.text("unit")
    if forecast.names() and unit not in UNITS:
        raise BadMapError(f"[forecast] unit has to be {' or '.join(UNITS)}, and is {unit!r}.")
    if verdict.names() and words is None:
        raise BadMapError(f"[verdict.words] is missing: it says which of {_VERDICTS} each word of the column is.")
    scales = tuple(_scales(top.table("scales")))
    found = JudgementMap(
        proposal=proposal.needed("id"),
        namespace=proposal.text("namespace") or None,
        namespace_column=proposal.text("namespace_column"),
        title=proposal.text("title"),
        agent=proposal.text("agent"),
        reviewer=named or number,
        anonymous=anonymous,
        time=time.needed("column") if time.names() else "",
        time_format=time.text("format"),
        scales=scales,
        verdict=verdict.needed("column") if verdict.names() else "",
        verdict_words=tuple(_verdicts(words)) if words else (),
        forecast=forecast.needed("column") if forecast.names() else "",
        forecast_unit=UNITS.get(unit, 1.0),
        texts=tuple(_text(each) for each in top.tables("text")),
        tags=tags.needed("column") if tags.names() else "",
        tag_separator=tags.text("separator", ";"),
        groups=group.texts("columns"),
        missing=frozenset(text.casefold() for text in top.texts("missing")),
    )
    for table in (proposal, reviewer, time, verdict, forecast, tags, group, top):
        table.end()
    if not (found.scales or found.verdict or found.forecast or found.texts):
        raise BadMapError("nothing of a judgement is mapped; map a scale, the verdict, the forecast or a text.")
    return found


_VERDICTS = ", ".join(Verdict)


def _verdicts(words: MapTable) -> Iterator[tuple[str, Verdict | None]]:
    for word in words.names():
        said = words.text(word)
        if said and said not in list(Verdict):
            raise BadMapError(
                f"[verdict.words] {word} is {said!r}, which is none of {_VERDICTS}; an empty text is none."
            )
        yield word.casefold(), Verdict(said) if said else None


def _text(table: MapTable) -> TextColumn:
    found = TextColumn(table.needed("column"), table.text("heading"))
    table.end()
    return found


def _scales(scales: MapTable | None) -> Iterator[tuple[str, Scale]]:
    for name in scales.names() if scales else ():
        table = scales.table(name) if scales else None
        if table is None:
            continue
        place = f"[{table.name}]"
        words, lowest, highest = table.texts("words"), table.number("lowest"), table.number("highest")
        kind = table.text("kind", "ordinal" if words else "interval")
        if kind not in KINDS:
            raise BadMapError(f"{place} kind has to be {', '.join(KINDS[:-1])} or {KINDS[-1]}, and is {kind!r}.")
        ends = [end for end in (lowest, highest) if end is not None]
        if len(ends) != (0 if words else 2):
            raise BadMapError(f"{place} has to have either lowest and highest, or words in their order.")
        if words and (len({word.casefold() for word in words}) < max(2, len(words)) or kind == "interval"):
            raise BadMapError(f"{place} words have to be two or more, no two alike, and ordinal or nominal.")
        if lowest is not None and highest is not None and lowest >= highest:
            raise BadMapError(f"{place} lowest has to be below highest.")
        column = table.needed("column")
        table.end()
        yield column, Scale(name, next(each for each in KINDS if each == kind), lowest, highest, words)
