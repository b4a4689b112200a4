"""The keys of every action: the defaults, what the config makes of them, and the bindings.

Textual's own keymap ignores unknown actions, wrong key names and the empty text, and lets clashes shadow one another.
So the keys of the config are checked here, before the app starts, and the bindings are built from the outcome.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, get_args

from reviewer.domain.errors import UserError
from reviewer.tui.actions import ACTIONS, Where, action, actions_at
from reviewer.tui.key_names import key_label, parse_keys
from reviewer.workflow.config import did_you_mean

if TYPE_CHECKING:
    from textual.binding import Binding

Keymap = Mapping[str, tuple[str, ...]]
"""Action id to its keys, by Textual's names; an action without keys is there with none."""

_NUL = "ctrl+@"
"""What Textual calls ctrl+space where the terminal speaks the old protocol."""


def effective_keymap(configured: Mapping[str, str], places: Mapping[str, str] | None = None) -> Keymap:
    """Return the keys of every action: the defaults, with those that the config's table ``keys`` sets in their place.

    ``places`` says, for messages, where in the config each of them is set.

    Raises:
        UserError: when an action is unknown or its keys are fixed, a key has no such name, an action that must have a
            key is left without, or two actions that can act at the same time have the same key.
    """
    at = {each: (places or {}).get(each, "config") for each in configured}
    keymap = {each.id: each.default for each in ACTIONS}
    for action_id, keys in configured.items():
        line = f"{at[action_id]}: [keys] {action_id} = {keys!r}"
        if action_id not in keymap:
            raise UserError(f"{line}: there is no such action.{did_you_mean(action_id, keymap)} "
                            "'reviewer config show --keys' lists them all.")  # fmt: skip
        found = action(action_id)
        if found.fixed:
            raise UserError(f"{line}: these keys cannot be changed, since {found.fixed}; take the line out.")
        try:
            keymap[action_id] = parse_keys(keys)
        except ValueError as error:
            raise UserError(f"{line}: {error}") from error
        if found.needed and not keymap[action_id]:
            raise UserError(f"{line}: this action must keep a key; give it one, or take the line out.")
    clash = _first_clash(keymap, configured)
    if clash is not None:
        key, one, other = clash
        raise UserError(f"{at.get(one, 'config')}: [keys] the key {key_label(key)!r} would mean both {one!r} and "
                        f"{other!r}; {_way_out_of_clash(one, other)}")  # fmt: skip
    return keymap


def keys_label(keymap: Keymap, action_id: str) -> str:
    """Return all keys of an action for a list of keys; empty where it has none."""
    if action_id == "forecast_digit":
        return "0–9"
    return " ".join(key_label(key) for key in keymap[action_id])


def bindings(where: Where, keymap: Keymap | None = None) -> "list[Binding]":
    """Return the Textual bindings of one place, without those of ``app``; the defaults where no keymap is given.

    Each has its action's id. An action without keys has no binding.
    """
    from textual.binding import Binding

    keys = effective_keymap({}) if keymap is None else keymap
    made = []
    for each in ACTIONS:
        if each.where != where:
            continue
        if each.id == "forecast_digit":
            made += [
                Binding(digit, f"forecast_digit({digit})", each.title, show=False, tooltip=each.description, id=each.id)
                for digit in keys[each.id]
            ]
        elif keys[each.id]:
            made.append(
                Binding(
                    ",".join(f"{key},{_NUL}" if key == "ctrl+space" else key for key in keys[each.id]),
                    each.call or each.id,
                    each.title,
                    show=each.footer,
                    key_display=key_label(keys[each.id][0]),
                    tooltip=each.description,
                    id=each.id,
                )
            )
    return made


def _first_clash(keymap: Keymap, configured: Iterable[str]) -> tuple[str, str, str] | None:
    """Return a key with the two actions that claim it, the configured one first."""
    chosen = set(configured)
    for where in get_args(Where):
        claimed: dict[str, str] = {}
        for each in sorted(actions_at(where), key=lambda a: a.id not in chosen):
            for key in keymap[each.id]:
                if claimed.setdefault(key, each.id) != each.id:
                    return key, claimed[key], each.id
    return None


def _way_out_of_clash(one: str, other: str) -> str:
    if action(other).fixed:
        return f"{other!r} keeps its keys, so give {one!r} another."
    return f"give {other!r} another key" + ("." if action(other).needed else f', or none by {other} = "".')
