"""The rubric that one judges by: the built-in one, or a file of one's own that the config names."""

import re
import tomllib
from contextlib import suppress
from importlib import resources
from pathlib import Path

from reviewer.domain.errors import NoStoreError, UserError
from reviewer.domain.identity import Clock, timestamp, utc_now
from reviewer.domain.plain_files import read_plain
from reviewer.domain.rubrics import BadRubricError, Rubric, rubric_from_table
from reviewer.store.connection import Store
from reviewer.store.rubrics import save_rubric
from reviewer.workflow.config_writing import remember

DEFAULT = "default"
"""The word for the built-in rubric where a file could be named."""


def built_in_text() -> str:
    """Return the file of the built-in rubric."""
    return resources.files("reviewer.workflow").joinpath("default_rubric.toml").read_text(encoding="utf-8")


def load_rubric(path: Path | None) -> Rubric:
    """Return the rubric of a TOML file, or the built-in one where ``path`` is None.

    Raises:
        UserError: when the file cannot be read or is no rubric, with the line where it is known, or it has the built-in
            one's slug and version with other constraints.
    """
    if path is None:
        return rubric_from_table(tomllib.loads(built_in_text()))
    rubric = _read_rubric(path)
    built_in = load_rubric(None)
    if rubric.label == built_in.label and rubric.asked != built_in.asked:
        raise UserError(
            f"{path}: the rubric {rubric.label} is built in with other constraints, and judgements refer to it; "
            "give the changed rubric another slug or a higher version."
        )
    return rubric


def _read_rubric(path: Path) -> Rubric:
    try:
        text = read_plain(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UserError(
            f"The rubric {path} cannot be read ({why}); `reviewer rubric use FILE` names another, "
            f"`reviewer rubric use {DEFAULT}` the built-in one."
        ) from error
    try:
        return rubric_from_table(tomllib.loads(f"{text}\n"))
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: not TOML: {str(error)[:1].lower()}{str(error)[1:]}.") from error
    except BadRubricError as error:
        line = line_of(text, error.constraint, error.key)
        example = "; `reviewer rubric --toml` prints a whole one" if error.constraint is None and not error.key else ""
        raise UserError(f"{path}{f', line {line}' if line else ''}: {error}{example}.") from error
    except (ValueError, RecursionError) as error:
        # What tomllib lets through: a number of thousands of digits, tables within tables within tables.
        why = "it holds a number that is too long" if isinstance(error, ValueError) else "it is nested too deeply"
        raise UserError(f"{path}: cannot be read as a rubric: {why}.") from error


def use_rubric(path: Path | None, config_path: Path, store: Path, clock: Clock = utc_now) -> Rubric:
    """Have all judge by this rubric from now on who use this config; None goes back to the built-in one.

    Its version is entered in the store, if there is one: judgements keep the version that they were made under.

    Raises:
        UserError: when it is no rubric, its version stands in the store with other constraints, or the config cannot
            be written; nothing is changed then.
        StoreError: when the store cannot be written.
    """
    rubric = load_rubric(path)
    with suppress(NoStoreError):
        opened = Store(store)
        try:
            with opened.write() as connection:
                save_rubric(connection, rubric, timestamp(clock()))
        finally:
            opened.close()
    remember(config_path, rubric=None if path is None else path.absolute())
    return rubric


def line_of(text: str, constraint: int | None, key: str) -> int | None:
    """Return the line, from 1, that sets ``key`` in that constraint, or at the top or as a table for None.

    Where the key is not found it is the heading of the constraint; None where there is no line to name.
    """
    sets = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*=""") if key else None
    if key and constraint is None:
        table = re.compile(rf"""\s*\[\[?\s*(["']?){re.escape(key)}\1\s*[\].]""")
        tables = (number for number, line in enumerate(text.splitlines(), 1) if table.match(line))
        if (found := next(tables, None)) is not None:
            return found
    at = None if constraint is None else -1
    heading = None
    for number, line in enumerate(text.splitlines(), 1):
        if re.match(r"\s*\[\[\s*constraints\s*\]\]", line):
            if at is None or at == constraint:
                break
            at += 1
            heading = number
        elif sets is not None and at == constraint and sets.match(line):
            return number
    return heading if constraint is not None and at == constraint else None
