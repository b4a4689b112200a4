"""How the columns of a file of outcomes are to be read, where they are not called as we call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from reviewer.domain.errors import SourceError
from reviewer.domain.vocabulary import Result
from reviewer.sources.map_table import BadMapError, MapTable, read_map

COLUMNS = (
    "proposal", "namespace", "external_id", "problem", "result", "date", "effect", "error", "metric", "setting",
    "constraint", "evidence", "note", "by",
)  # fmt: skip
"""What a map can say of."""

UNMAPPED = " (not mapped)"
"""Stands behind a column that would be read by its own name, and in whose place another one is."""


@dataclass(frozen=True, slots=True)
class OutcomeMap:
    """For each of our columns what the file calls it, and for each of its words of a result which one it is."""

    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Result] = field(default_factory=dict)
    """In small letters."""

    def renamed(self, path: Path, header: Sequence[str]) -> list[str]:
        """Return a header, in small letters, with our names.

        Raises:
            SourceError: when it lacks a column that the map names.
        """
        ours = {theirs.casefold(): name for name, theirs in self.columns.items()}
        for theirs in ours:
            if theirs not in header:
                raise SourceError(
                    f"{path} has no column {theirs!r}, which [columns] names; it has {', '.join(header)}."
                )
        return [ours.get(name) or (f"{name}{UNMAPPED}" if name in self.columns else name) for name in header]

    def result(self, text: str) -> str:
        """Return the word for a result that the file means by a word."""
        return self.words.get(text.casefold(), text)


def read_outcome_map(path: Path) -> OutcomeMap:
    """Return the map that a TOML file declares.

    Raises:
        SourceError: when it cannot be read, or something in it is not such as it has to be.
    """
    return read_map(path, _map)


def _map(top: MapTable) -> OutcomeMap:
    columns, result = top.table("columns"), top.table("result")
    words = result.table("words") if result else None
    found = OutcomeMap(
        {name: columns.needed(name) for name in COLUMNS if name in columns.names()} if columns else {},
        {word.casefold(): _result(words, word) for word in words.names()} if words else {},
    )
    for table in (columns, result, words, top):
        if table:
            table.end()
    return found


def _result(words: MapTable, word: str) -> Result:
    said = words.text(word)
    if said not in list(Result):
        raise BadMapError(f"[result.words] {word} is {said!r}, which is none of {', '.join(Result)}.")
    return Result(said)
