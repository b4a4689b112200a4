"""Reading a small TOML file that declares how the columns of another file are to be read."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from reviewer.domain.errors import SourceError
from reviewer.domain.plain_files import open_plain

T = TypeVar("T")

MOST_BYTES = 1_000_000
"""More than any map has."""


class BadMapError(Exception):
    """What is wrong with a map, in a sentence without the file's name."""


class MapTable:
    """A table of the map, whose keys are asked for one by one; what nobody asked for is refused."""

    def __init__(self, values: Mapping[str, Any], name: str) -> None:
        self._values = values
        self.name = name
        self._asked: set[str] = set()

    def _get(self, key: str, kind: type | tuple[type, ...], what: str) -> Any:
        self._asked.add(key)
        value = self._values.get(key)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise BadMapError(f"{self.place(key)} has to be {what}, and is {value!r}.")
        return value

    def place(self, key: str) -> str:
        """Return where the map has a key: ``[method] id``."""
        return f"[{self.name}] {key}" if self.name else key

    def text(self, key: str, default: str = "") -> str:
        """Return a text."""
        value: str | None = self._get(key, str, "a text")
        return default if value is None else value

    def needed(self, key: str) -> str:
        """Return a text that has to be there."""
        if not (value := self.text(key)):
            raise BadMapError(f"{self.place(key)} is missing: it names a column.")
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
            raise BadMapError(f"{self.place(key)} has to be a list of texts, and is {values!r}.")
        return tuple(values)

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """Return a text, or a list of them."""
        value = self._get(key, (str, list), "a text or a list of texts")
        return (value,) if isinstance(value, str) else self.texts(key)

    def table(self, key: str) -> "MapTable | None":
        """Return a table, None where there is none."""
        value = self._get(key, dict, "a table")
        return None if value is None else MapTable(value, f"{self.name}.{key}" if self.name else key)

    def tables(self, key: str) -> "list[MapTable]":
        """Return a list of tables."""
        values = self._get(key, list, f"a list of tables, each begun by [[{key}]]") or []
        if not all(isinstance(value, dict) for value in values):
            raise BadMapError(f"{key} has to be a list of tables, each begun by [[{key}]].")
        return [MapTable(value, f"[{key}]") for value in values]

    def names(self) -> Sequence[str]:
        """Return the names of all keys."""
        return tuple(self._values)

    def end(self) -> None:
        """Refuse what nobody asked for."""
        if unknown := [key for key in self._values if key not in self._asked]:
            known = ", ".join(sorted(self._asked))
            raise BadMapError(f"{self.place(unknown[0])} means nothing here; there {_are(self._asked)} {known}.")


def _are(many: set[str]) -> str:
    return "is" if len(many) == 1 else "are"


def read_map(path: Path, read: Callable[[MapTable], T]) -> T:
    """Return what ``read`` makes of a TOML file.

    Raises:
        SourceError: when it cannot be read, or something in it is not such as it has to be.
    """
    try:
        with open_plain(path) as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise SourceError(f"{path} is no map of columns: it is longer than {MOST_BYTES:,} bytes.")
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8; save the map as a TOML file in UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{path} cannot be read ({error.strerror}); name a map of the columns in TOML.") from error
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{path}: not TOML: {str(error)[:1].lower()}{str(error)[1:]}.") from error
    except RecursionError as error:
        raise SourceError(f"{path}: lists stand in lists there, too deep to be read.") from error
    try:
        return read(MapTable(table, ""))
    except BadMapError as error:
        raise SourceError(f"{path}: {error}") from error
