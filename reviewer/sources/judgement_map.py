"""How the columns of a file of reviews are to be read, as a small TOML file declares it; nothing is guessed."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewer.domain.errors import SourceError
from reviewer.domain.scales import Kind, Scale
from reviewer.domain.vocabulary import Verdict

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
    try:
        text = path.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8; save the map as a TOML file in UTF-8.") from error
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror}); name a TOML file that maps the columns."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: not TOML: {str(error)[:1].lower()}{str(error)[1:]}.") from error
    try:
        return _map(_Table(table, ""))
    except _BadMapError as error:
        raise SourceError(f"{path}: {error}") from error


class _BadMapError(Exception):
    """What is wrong with a map, in a sentence without the file's name."""


class _Table:
    """A table of the map, whose keys are asked for one by one; what nobody asked for is refused."""

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        self._values = values
        self.name = name
        self._asked: set[str] = set()

    def _get(self, key: str, kind: type | tuple[type, ...], what: str) -> Any:
        self._asked.add(key)
        value = self._values.get(key)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise _BadMapError(f"{self._place(key)} has to be {what}, and is {value!r}.")
        return value

    def _place(self, key: str) -> str:
        return f"[{self.name}] {key}" if self.name else key

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value: str | None = self._get(key, str, "a text")
        return default if value is None else value

    def needed(self, key: str) -> str:
        """Return a text that has to be there."""
        if not (value := self.text(key)):
            raise _BadMapError(f"{self._place(key)} is missing: it names a column.")
        return value

    def number(self, key: str) -> float | None:
        """Return a number, None where there is none."""
        value = self._get(key, (int, float), "a number")
        return None if value is None else float(value)

    def flag(self, key: str) -> bool:
        """Return whether it is true."""
        return bool(self._get(key, bool, "true or false"))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        values = self._get(key, list, "a list of texts") or []
        if not all(isinstance(value, str) for value in values):
            raise _BadMapError(f"{self._place(key)} has to be a list of texts, and is {values!r}.")
        return tuple(values)

    def table(self, key: str) -> "_Table | None":
        """Return a table, None where there is none."""
        value = self._get(key, dict, "a table")
        return None if value is None else _Table(value, f"{self.name}.{key}" if self.name else key)

    def tables(self, key: str) -> "list[_Table]":
        """Return a list of tables."""
        values = self._get(key, list, f"a list of tables, each begun by [[{key}]]") or []
        if not all(isinstance(value, dict) for value in values):
            raise _BadMapError(f"{key} has to be a list of tables, each begun by [[{key}]].")
        return [_Table(value, f"[{key}]") for value in values]

    def names(self) -> Sequence[str]:
        """Return the names of all keys."""
        return tuple(self._values)

    def end(self) -> None:
        """Refuse what nobody asked for."""
        if unknown := [key for key in self._values if key not in self._asked]:
            known = ", ".join(sorted(self._asked))
            raise _BadMapError(f"{self._place(unknown[0])} means nothing here; there {_are(self._asked)} {known}.")


def _are(many: set[str]) -> str:
    return "is" if len(many) == 1 else "are"


def _map(top: _Table) -> JudgementMap:
    proposal, reviewer = top.table("proposal"), top.table("reviewer")
    if proposal is None or reviewer is None:
        raise _BadMapError(
            f"[{'proposal' if proposal is None else 'reviewer'}] is missing; `reviewer import REVIEWS --as judgements` "
            "without --map prints a map to begin with."
        )
    time, verdict, forecast, tags, group = (
        top.table(key) or _Table({}, key) for key in ("time", "verdict", "forecast", "tags", "group")
    )
    named, anonymous = reviewer.text("name"), reviewer.flag("anonymous")
    number = reviewer.text("id")
    if not named and not anonymous:
        raise _BadMapError("[reviewer] has to say name = a column, or anonymous = true.")
    if named and (number or anonymous):
        raise _BadMapError("[reviewer] name stands alone: anonymous reviewers have an id, or none.")
    words = verdict.table("words")
    unit = forecast.text("unit")
    if forecast.names() and unit not in UNITS:
        raise _BadMapError(f"[forecast] unit has to be {' or '.join(UNITS)}, and is {unit!r}.")
    if verdict.names() and words is None:
        raise _BadMapError(f"[verdict.words] is missing: it says which of {_VERDICTS} each word of the column is.")
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
        raise _BadMapError("nothing of a judgement is mapped; map a scale, the verdict, the forecast or a text.")
    return found


_VERDICTS = ", ".join(Verdict)


def _verdicts(words: _Table) -> Iterator[tuple[str, Verdict | None]]:
    for word in words.names():
        said = words.text(word)
        if said and said not in list(Verdict):
            raise _BadMapError(
                f"[verdict.words] {word} is {said!r}, which is none of {_VERDICTS}; an empty text is none."
            )
        yield word.casefold(), Verdict(said) if said else None


def _text(table: _Table) -> TextColumn:
    found = TextColumn(table.needed("column"), table.text("heading"))
    table.end()
    return found


def _scales(scales: _Table | None) -> Iterator[tuple[str, Scale]]:
    for name in scales.names() if scales else ():
        table = scales.table(name) if scales else None
        if table is None:
            continue
        place = f"[{table.name}]"
        words, lowest, highest = table.texts("words"), table.number("lowest"), table.number("highest")
        kind = table.text("kind", "ordinal" if words else "interval")
        if kind not in KINDS:
            raise _BadMapError(f"{place} kind has to be {', '.join(KINDS[:-1])} or {KINDS[-1]}, and is {kind!r}.")
        ends = [end for end in (lowest, highest) if end is not None]
        if len(ends) != (0 if words else 2):
            raise _BadMapError(f"{place} has to have either lowest and highest, or words in their order.")
        if words and (len({word.casefold() for word in words}) < max(2, len(words)) or kind == "interval"):
            raise _BadMapError(f"{place} words have to be two or more, no two alike, and ordinal or nominal.")
        if lowest is not None and highest is not None and lowest >= highest:
            raise _BadMapError(f"{place} lowest has to be below highest.")
        column = table.needed("column")
        table.end()
        yield column, Scale(name, next(each for each in KINDS if each == kind), lowest, highest, words)
