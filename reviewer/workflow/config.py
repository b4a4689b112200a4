"""The config file: TOML, read into one typed record."""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewer.domain.alike import LEAST_NEAR, NEAR
from reviewer.domain.checks import CheckSettings
from reviewer.domain.errors import UserError
from reviewer.domain.home_paths import expanded
from reviewer.domain.plain_files import read_plain
from reviewer.domain.problems import is_slug
from reviewer.domain.queue import Sort

if TYPE_CHECKING:
    from reviewer.critic.settings import CriticSettings
    from reviewer.evidence.checks.rule import Rule

NAME_VARIABLE = "REVIEWER_NAME"
MARKS = ("auto", "unicode", "ascii")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Config:
    """What the config file says, with the defaults for what it leaves out."""

    reviewer: str | None = None
    """Who judges; asked once, and remembered here."""
    theme: str = "dark"
    """The name of a theme; the app knows which there are."""
    move_on: bool = True
    """Whether a verdict goes on to the next proposal."""
    idle_seconds: int = 180
    """Time spent counts while the last input is less than so many seconds ago."""
    rubric: Path | None = None
    """A rubric file to use in place of the built-in one."""
    editor: str | None = None
    """The command for long texts; without it, that of ``VISUAL`` or ``EDITOR``."""
    mouse: bool = True
    order: str = "priority"
    """In which order the queue is shown to begin with; the last one that was chosen is remembered here."""
    marks: str = "auto"
    """``unicode`` or ``ascii`` status marks; ``auto`` takes what the terminal can show."""
    shared_seeds: tuple[str, ...] = ()
    """Problems in which runs of one seed number share that seed's artefacts, so that they are compared in pairs."""
    near: float = NEAR
    """How alike two proposals are, of 100, to stand together as alike."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Action id to its keys, separated by commas; the empty text takes all keys away. The screen checks them."""
    checks: CheckSettings = field(default_factory=CheckSettings)
    """Which rules ask nothing, and which thresholds hold in place of a rule's own."""
    critic: "CriticSettings | None" = None
    """Which model is asked for critiques, how much it may write, and what that may cost; None where nothing is said."""
    given: frozenset[str] = frozenset()
    """Which of the fields the file sets."""
    key_places: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Where the file sets the keys of each action, for messages: its path and, as a rule, the line."""


def read_config(path: Path) -> Config:
    """Read the config file at ``path``; where there is none, everything is at its default.

    Raises:
        UserError: when it cannot be read, is not TOML, or has a key or a value that does not belong there; it names
            the file, the line where that is known, the key, and what is allowed.
    """
    text = config_text(path)
    return Config() if text is None else parsed_config(text, path)


def reviewer_name(option: str | None, config: Config, environ: Mapping[str, str] | None = None) -> str | None:
    """Return who judges: ``--reviewer``, else ``REVIEWER_NAME``, else the config; None where nobody has said.

    Raises:
        UserError: when the name cannot be one.
    """
    given = (os.environ if environ is None else environ).get(NAME_VARIABLE)
    for source, name in (("--reviewer", option), (NAME_VARIABLE, given or None)):
        if name is not None:
            try:
                return _name(name)
            except ValueError as error:
                raise UserError(f"{source}: {name!r} cannot be a reviewer's name: it must be {error}.") from error
    return config.reviewer


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` with the nearest of ``allowed``, or nothing where none is near."""
    near = difflib.get_close_matches(word, list(allowed), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def config_text(path: Path) -> str | None:
    """Return what stands in the config file, or None where there is none.

    Raises:
        UserError: when it cannot be read, or is not UTF-8.
    """
    try:
        return read_plain(path).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UserError(f"{path}: the config cannot be read ({error.strerror}); "
                        "put it right, or name another one by --config.") from error  # fmt: skip
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UserError(f"{path}, line {line}: not UTF-8 text; save the file as UTF-8.") from error


def parsed_config(text: str, path: Path) -> Config:
    """Return what the text of a config says; ``path`` is where it stands, for messages and what is relative to it.

    Raises:
        UserError: when it is not TOML, or has a key or a value that does not belong there.
    """
    try:
        # With a line end at the end, the parser names the last line too where that one is wrong.
        table = tomllib.loads(f"{text}\n")
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{path}: not TOML: {_uncapitalised(str(error))}.") from error
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _CHECKS:
            raise UserError(f"{_at(path, text, key)}: {key!r} is no setting.{did_you_mean(key, _CHECKS)} "
                            f"There are {', '.join(_CHECKS)}.")  # fmt: skip
        try:
            values[key] = _CHECKS[key](value)
        except _WrongEntryError as error:
            raise UserError(f"{_at(path, text, error.entry, key)}: [{key}] {error}") from error
        except ValueError as error:
            raise UserError(f"{_at(path, text, key)}: {key} must be {error}.") from error
    rubric = values.get("rubric")
    if rubric is not None:
        values["rubric"] = (path.parent / rubric).resolve()
    places = {action: _at(path, text, action, "keys") for action in values.get("keys", ())}
    checks = replace(
        values.get("checks", CheckSettings()),
        shared_seeds=frozenset(values.get("shared_seeds", ())),
        near=values.get("near", NEAR),
    )
    return Config(**(values | {"checks": checks}), given=frozenset(values), key_places=places)


class _WrongEntryError(Exception):
    """An entry of a table does not belong there; the text says in whole sentences which and why."""

    def __init__(self, entry: str, sentence: str) -> None:
        super().__init__(sentence)
        self.entry = entry


def _name(value: Any) -> str:
    wanted = f"a name of 1 to {_LONGEST_NAME} printable characters"
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= _LONGEST_NAME or not value.isprintable():
        raise ValueError(wanted)
    return value.strip()


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError('text in quotes, such as "dark"')
    return value.strip()


def _command(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError('a command in quotes, such as "code --wait"')
    return value.strip()


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false, without quotes")
    return value


def _seconds(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 86_400:
        raise ValueError("a whole number of seconds from 1 to 86400")
    return value


def _near(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not LEAST_NEAR <= value <= 100:
        raise ValueError(f"a number from {LEAST_NEAR:g} to 100, without quotes")
    return float(value)


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError('a path in quotes, such as "~/rubric.toml"')
    try:
        return expanded(value.strip())
    except UserError as error:
        raise ValueError("a path whose ~ names somebody's home") from error


def _marks(value: Any) -> str:
    if value not in MARKS:
        raise ValueError("one of " + ", ".join(f'"{m}"' for m in MARKS))
    return str(value)


def _order(value: Any) -> str:
    if value not in set(Sort):
        raise ValueError("one of " + ", ".join(f'"{order}"' for order in Sort))
    return str(value)


def _slugs(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(slug, str) and is_slug(slug) for slug in value):
        raise ValueError('a list of problems, such as ["weak-to-strong"]')
    return tuple(value)


def _keys(value: Any) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError('a table: [keys] and below it lines such as next = "j,down"')
    return {action: _key_list(action, keys) for action, keys in value.items()}


def _key_list(action: str, keys: Any) -> str:
    """Return the keys as one text; the comma key, which could not stand in it, goes by its name."""
    listed = [keys] if keys == "," else keys
    if isinstance(listed, str):
        return listed
    if not isinstance(listed, list) or not all(isinstance(key, str) for key in listed):
        wanted = 'its keys in quotes, such as "j,down" or ["j", "down"], or "" for none'
        raise _WrongEntryError(action, f"{action} must be {wanted}.")
    return ",".join("comma" if key == "," else key for key in listed)


def _checks(value: Any) -> CheckSettings:
    from reviewer.evidence.checks.registry import BY_ID  # what most configs have no use for

    if not isinstance(value, dict):
        raise ValueError("a table: [checks] and below it lines such as few-seeds.seeds = 3 or few-seeds = false")
    off = set()
    thresholds: dict[str, Mapping[str, float]] = {}
    for name, said in value.items():
        rule = BY_ID.get(name)
        if rule is None:
            raise _WrongEntryError(
                name, f"{name!r} is no rule.{did_you_mean(name, BY_ID)} `reviewer checks` lists those that there are."
            )
        if isinstance(said, dict):
            thresholds[name] = {each: _threshold(rule, each, number) for each, number in said.items()}
        elif not isinstance(said, bool):
            example = (
                f", or a threshold of it such as {name}.{rule.thresholds[0].name} = {rule.thresholds[0].value}"
                if rule.thresholds
                else ""
            )
            raise _WrongEntryError(name, f"{name} must be false, for a rule that asks nothing{example}.")
        elif not said:
            off.add(name)
    return CheckSettings(frozenset(off), thresholds)


def _critic(value: Any) -> "CriticSettings":
    from reviewer.workflow.critic_config import WrongCriticEntryError, critic_settings  # likewise

    try:
        return critic_settings(value)
    except WrongCriticEntryError as error:
        raise _WrongEntryError(error.entry, str(error)) from error


def _threshold(rule: "Rule", name: str, value: Any) -> float:
    threshold = next((t for t in rule.thresholds if t.name == name), None)
    if threshold is None:
        names = [t.name for t in rule.thresholds]
        raise _WrongEntryError(
            rule.id,
            f"{rule.id} has no threshold {name!r}.{did_you_mean(name, names)} It has {', '.join(names) or 'none'}.",
        )
    whole = isinstance(threshold.value, int)
    fits = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not fits or not threshold.least <= value <= threshold.most:
        kind = "whole number" if whole else "number"
        raise _WrongEntryError(
            rule.id,
            f"{rule.id}.{name} must be a {kind} from {threshold.least:g} to {threshold.most:g}, without quotes.",
        )
    return int(value) if whole else float(value)


_CHECKS: Mapping[str, Callable[[Any], Any]] = {
    "reviewer": _name,
    "theme": _word,
    "move_on": _switch,
    "idle_seconds": _seconds,
    "rubric": _path,
    "editor": _command,
    "mouse": _switch,
    "order": _order,
    "marks": _marks,
    "shared_seeds": _slugs,
    "near": _near,
    "keys": _keys,
    "checks": _checks,
    "critic": _critic,
}
"""Each setting with what turns its TOML value into ours, or raises ValueError saying what it must be."""

SETTINGS = tuple(_CHECKS)
"""The names of all settings, in the order in which they are shown."""


def _at(path: Path, text: str, key: str, table: str = "") -> str:
    """Return the file and, where a plain reading of ``text`` finds it, the line that sets ``key`` of ``table``."""
    name = re.compile(rf"""\s*(["']?){re.escape(key)}\1\s*[=.]""")
    dotted = re.compile(rf"""\s*\[?\s*(["']?){re.escape(table)}\1\s*\.\s*(["']?){re.escape(key)}\2\s*[=.\]]""")
    header = re.compile(rf"""\s*\[+\s*(["']?){re.escape(key)}\1\s*[\].]""")
    here = ""
    for number, line in enumerate(text.splitlines(), 1):
        heading = re.match(r"""\s*\[\s*["']?([^\]"'.]+)""", line)
        if (not table and header.match(line)) or (here == table and not heading and name.match(line)):
            return f"{path}, line {number}"
        if table and (not here or heading) and dotted.match(line):
            return f"{path}, line {number}"
        if heading:
            here = heading[1].strip()
    return str(path)


def _uncapitalised(text: str) -> str:
    return text[:1].lower() + text[1:]
