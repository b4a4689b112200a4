"""Writing into the config file, with all the rest of it as it is, comments too."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reviewer.domain.errors import UserError
from reviewer.domain.folders import make_private_folder
from reviewer.domain.unfinished_files import give_name, unfinished_file
from reviewer.workflow.config import config_text, parsed_config


def remember(path: Path, **changes: Any) -> None:
    """Write ``changes`` into the config file, created if need be, and leave the rest of it as it is, comments too.

    Each keyword is a field of ``Config``; None takes the key out, and a mapping is merged into the table of that name.
    The new file takes the place of the old one in one step.

    Raises:
        UserError: when a change is not one that the config could hold, the file at hand is broken (it is then left
            alone), or it cannot be written.
    """
    text = config_text(path) or ""
    if text:
        parsed_config(text, path)
    written = _with_changes(text, changes, path)
    try:
        replace_file(path, written)
    except OSError as error:
        raise UserError(f"{path}: the config cannot be written ({error.strerror}); {_names(changes)} is not "
                        "remembered. Make the file writable, or name another one by --config.") from error  # fmt: skip


def _with_changes(text: str, changes: Mapping[str, Any], path: Path) -> str:
    """Return the text of a config with changes, and all the rest as it is.

    Raises:
        UserError: when a change is not one that the config could hold, or what is there leaves no place for it.
    """
    import tomlkit  # some 35 ms, needed only when something is written

    wanted = _merged(tomllib.loads(text), changes)
    written = ""
    # A table between dotted names would take in those behind it; there it goes into one line.
    for in_one_line in (False, True):
        document = tomlkit.parse(text)
        _merge(document, changes, in_one_line=in_one_line)
        written = tomlkit.dumps(document)
        if _says(written, wanted):
            break
    parsed_config(written, path)
    if not _says(written, wanted):
        raise UserError(f"{path}: {_names(changes)} finds no place in it as it is laid out; write it there yourself.")
    return written


def _merged(table: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(table)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name, {}), value) if isinstance(value, Mapping) else _plain(value)
    return merged


def _merge(table: Any, changes: Mapping[str, Any], *, in_one_line: bool) -> None:
    import tomlkit

    for name, value in changes.items():
        if value is None:
            table.pop(name, None)
        elif not isinstance(value, Mapping):
            table[name] = _plain(value)
        elif name in table:
            _merge(table[name], value, in_one_line=in_one_line)
        elif in_one_line:
            table[name] = tomlkit.inline_table()
            _merge(table[name], value, in_one_line=True)
        else:
            table[name] = dict(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else value


def _says(text: str, wanted: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def replace_file(path: Path, text: str) -> None:
    """Put ``text`` where ``path`` is in one step; a link stays a link, and a file that is there keeps its mode."""
    target = path.resolve()
    make_private_folder(target.parent)
    with unfinished_file(target) as new:
        new.write_text(text, encoding="utf-8", newline="")
        if target.exists():
            new.chmod(target.stat().st_mode & 0o777)
        give_name(new, target)


def _names(changes: Mapping[str, Any]) -> str:
    return ", ".join(changes)
