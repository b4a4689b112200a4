"""``reviewer config``: where the config is, what holds now and why, and every key."""

from pathlib import Path
from typing import Any

import click

from reviewer.cli.main import Invocation
from reviewer.cli.output import echo_exactly
from reviewer.domain.text import safe_line
from reviewer.workflow.config import NAME_VARIABLE, SETTINGS, Config, read_config, reviewer_name
from reviewer.workflow.places import find_places


@click.group("config", no_args_is_help=False)
def command() -> None:
    """Show the config file's path, what holds now, and every key.

    The config is TOML; what it leaves out is at its default. Keys are set by the names of actions, and "" takes
    a key away.

    \b
    Examples:
      reviewer config path          where the file is, or would be
      reviewer config show          all settings, with where each comes from
      reviewer config show --keys   all actions with their keys, to copy lines from

    \b
    A config file:
      reviewer = "kim"
      theme = "dark"
      [keys]
      next = "n,down"
      next_match = ""
      [checks]
      few-seeds.seeds = 3
      same-title = false
    """


@command.command("path")
@click.pass_obj
def path(invocation: Invocation) -> None:
    """Print the path of the config file, whether or not it is there yet.

    \b
    Example:
      $EDITOR "$(reviewer config path)"
    """
    echo_exactly(str(find_places(invocation.store, invocation.config).config))


@command.command("show")
@click.option("--keys", "all_keys", is_flag=True, help="Show every action with its keys instead.")
@click.pass_obj
def show(invocation: Invocation, all_keys: bool) -> None:
    """Print what holds now, as TOML that could be the config file.

    \b
    Example:
      reviewer config show --keys | grep baseline
    """
    from reviewer.tui.keys import effective_keymap

    place = find_places(invocation.store, invocation.config).config
    config = read_config(place)
    effective_keymap(config.keys, config.key_places)
    echo_exactly("\n".join(_key_lines(config) if all_keys else _setting_lines(invocation, config, place)))


def _setting_lines(invocation: Invocation, config: Config, place: Path) -> list[str]:
    shown = safe_line(str(place))
    lines = [f"# {shown}" if place.exists() else f"# {shown} is not there; all is at its default."]
    for name in SETTINGS:
        if name in ("keys", "checks", "critic"):
            continue
        value, source = getattr(config, name), "the file" if name in config.given else "default"
        if name == "reviewer":
            value, source = _who(invocation, config, source)
        lines.append(f"# {name} is not set" if value is None else f"{name} = {_toml(value)}  # {source}")
    lines += ["", "[keys]  # the others are at their defaults: reviewer config show --keys"]
    lines += [f"{action} = {_toml(keys)}  # the file" for action, keys in config.keys.items()]
    lines += ["", "[checks]  # the others are at their defaults: reviewer checks"]
    lines += [f"{rule} = false  # the file" for rule in sorted(config.checks.off)]
    lines += [
        f"{rule}.{name} = {_toml(value)}  # the file"
        for rule, thresholds in config.checks.thresholds.items()
        for name, value in thresholds.items()
    ]
    return [*lines, *_critic_lines(config)]


def _critic_lines(config: Config) -> list[str]:
    from dataclasses import fields

    from reviewer.critic.settings import CriticSettings

    at_default, held = CriticSettings(), config.critic or CriticSettings()
    lines = ["", "[critic]"]
    for name in (each.name for each in fields(CriticSettings) if each.name != "prices"):
        value = getattr(held, name)
        lines.append(f"{name} = {_toml(value)}  # {'default' if value == getattr(at_default, name) else 'the file'}")
    for price in held.prices:
        lines.append(f"[critic.prices.{_toml(price.model)}]")
        lines += [f"{name} = {_toml(getattr(price, name))}" for name in ("input", "output", "dated")]
    return lines


def _who(invocation: Invocation, config: Config, source: str) -> tuple[str | None, str]:
    name = reviewer_name(invocation.reviewer, config)
    if invocation.reviewer is not None:
        return name, "--reviewer"
    return (name, source) if name == config.reviewer else (name, NAME_VARIABLE)


def _key_lines(config: Config) -> list[str]:
    from reviewer.tui.actions import ACTIONS
    from reviewer.tui.key_names import key_text
    from reviewer.tui.keys import effective_keymap

    keymap = effective_keymap(config.keys, config.key_places)
    lines, section = ["[keys]"], ""
    for action in ACTIONS:
        if action.section != section:
            section = action.section
            lines += ["", f"# {section}"]
        keys = ",".join(map(key_text, keymap[action.id]))
        line = f"{action.id} = {_toml(keys)}"
        changed = ", changed" if keymap[action.id] != action.default else ""
        lines.append(f"# {line}  # fixed: {action.description}" if action.fixed else (
            f"{line:<44}# {action.where}{changed}: {action.description}"))  # fmt: skip
    return lines


def _toml(value: Any) -> str:
    import tomlkit

    return tomlkit.item(str(value) if isinstance(value, Path) else value).as_string()
