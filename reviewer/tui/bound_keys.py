"""The keys that one screen, field or app answers to: the one place that knows how Textual keeps them.

Textual's public ways give keys to a class (``BINDINGS``) or to the whole app (``App.bind``, ``App.set_keymap``) and
take none away. Ours come from the config and differ from one screen to the next, and some of Textual's own must go. So
the map of a single node, ``_bindings``, is changed here and nowhere else.
"""

from collections.abc import Iterable

from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode


def bind_only(app: App[None], bindings: Iterable[Binding]) -> None:
    """Let the app answer to these keys and to no other."""
    app._bindings = BindingsMap(bindings)


def bind_over(node: DOMNode, bindings: Iterable[Binding]) -> None:
    """Bind keys on ``node``, in place of what is bound to the same ones."""
    node._bindings.key_to_bindings.update(BindingsMap(bindings).key_to_bindings)


def unbind(node: DOMNode, keys: Iterable[str]) -> None:
    """Let ``node`` leave these keys to whoever holds it."""
    for key in keys:
        node._bindings.key_to_bindings.pop(key, None)


def is_bound(node: DOMNode, key: str) -> bool:
    """Return whether ``node`` answers to a key."""
    return key in node._bindings.key_to_bindings
