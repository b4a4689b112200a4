"""Gives a screen the keys of its place, and words for them at its foot."""

from typing import Any

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen

from reviewer.tui.actions import Where
from reviewer.tui.bound_keys import bind_over
from reviewer.tui.key_names import key_label
from reviewer.tui.keys import Keymap, bindings


def bind(screen: Screen[Any], where: Where, keymap: Keymap) -> None:
    """Bind on ``screen`` the keys of ``where``, in place of what Textual binds to the same keys.

    Each calls ``action_<id>`` on the screen. To be called in ``__init__``, after that of Textual.
    """
    bind_over(screen, bindings(where, keymap))


def bind_action(screen: Screen[Any], keymap: Keymap, action_id: str, call: str) -> None:
    """Bind the keys of one action of another place on ``screen``, where they call ``action_<call>``."""
    bind_keys(screen, keymap[action_id], call)


def bind_keys(screen: Screen[Any], keys: tuple[str, ...], call: str) -> None:
    """Bind keys that no config changes, by Textual's names."""
    bind_over(screen, [Binding(key, call, show=False) for key in keys])


def hint(keymap: Keymap, *parts: tuple[str, str]) -> Content:
    """Return the line at the foot: for each (action id or key, words) the first key, bold, and the words, dim.

    An action that has no key is left out. What is no action's id is shown as it is.
    """
    pieces: list[Content] = []
    for name, words in parts:
        keys = keymap.get(name)
        if keys is not None and not keys:
            continue
        label = key_label(keys[0]) if keys else name
        pieces.append(Content.assemble((label, "bold"), (f" {words}", "$quiet")))
    return Content("   ").join(pieces)
