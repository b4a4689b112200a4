"""Maps of tables that are kept beside the config, and found again by the columns of the table."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from reviewer.domain.errors import SourceError, UserError
from reviewer.domain.problems import SLUG_IN_WORDS, is_slug
from reviewer.sources.table import columns_of
from reviewer.sources.table_map import TableMap, read_table_map
from reviewer.sources.table_map_text import map_text
from reviewer.workflow.config_writing import replace_file

FOLDER = "maps"
"""Beside the config file."""


@dataclass(frozen=True, slots=True)
class SavedMap:
    """A map by the name under which it was saved."""

    name: str
    path: Path
    mapping: TableMap


class Looked(NamedTuple):
    """What was found among the saved maps: the one that fits, if any, and a sentence on each that cannot be used."""

    saved: SavedMap | None
    passed_over: tuple[str, ...] = ()


def maps_folder(config: Path) -> Path:
    """Return where the maps lie that belong to a config file."""
    return config.with_name(FOLDER)


def saved_map_for(folder: Path, table: Path) -> Looked:
    """Return the map that was saved for a table with these columns, the one saved last of several.

    Raises:
        SourceError: when the table cannot be read.
    """
    newest_first = sorted(folder.glob("*.toml"), key=_saved_at, reverse=True) if folder.is_dir() else []
    if not newest_first:
        return Looked(None)
    columns = set(columns_of(table))
    passed_over: list[str] = []
    for path in newest_first:
        try:
            mapping = read_table_map(path)
        except SourceError as error:
            passed_over.append(f"A saved map cannot be used and was passed over: {error}")
            continue
        if set(mapping.made_for) == columns:
            return Looked(SavedMap(path.stem, path, mapping), tuple(passed_over))
        if not mapping.made_for:
            passed_over.append(
                f"A saved map cannot be used and was passed over: {path} says of no columns that it was made for them; "
                "made_for has to name all those of its table."
            )
    return Looked(None, tuple(passed_over))


def _saved_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # A link that leads nowhere; reading it says so.
        return 0.0


def save_map(folder: Path, name: str, mapping: TableMap, columns: tuple[str, ...]) -> SavedMap:
    """Keep a map for tables with these columns, in place of one that has the name; return it as it is kept.

    Raises:
        UserError: when it cannot have that name, or cannot be written.
    """
    if not is_slug(name):
        raise UserError(f"{name!r} cannot be the name of a map, which is of {SLUG_IN_WORDS}.")
    path = folder / f"{name}.toml"
    kept = replace(mapping, made_for=columns)
    try:
        replace_file(path, map_text(kept))
    except OSError as error:
        raise UserError(
            f"{path}: the map cannot be written ({error.strerror}); make the folder writable, or name another "
            "config by `reviewer --config FILE`."
        ) from error
    return SavedMap(name, path, kept)
