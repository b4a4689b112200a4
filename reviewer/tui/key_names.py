"""The names of keys: as people write them in the config, as Textual knows them, and as people are shown them."""

import unicodedata

from reviewer.workflow.config import did_you_mean

_MODIFIERS = ("alt", "ctrl", "shift")
_NAMED_KEYS = frozenset(
    {"escape", "enter", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"}
    | {"up", "down", "left", "right"}
    | {f"f{n}" for n in range(1, 25)}
)
_OTHER_NAMES = {
    "esc": "escape", "return": "enter", "del": "delete", "ins": "insert", "pgup": "pageup", "pgdn": "pagedown",
    "page_up": "pageup", "page_down": "pagedown", "control": "ctrl", "↑": "up", "↓": "down", "←": "left", "→": "right",
    "⏎": "enter", "⌫": "backspace", " ": "space",
}  # fmt: skip
_SAME_CODE = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+left_square_bracket": "escape", "ctrl+h": "backspace"}
"""Keys that most terminals send as another."""
_TEXTUAL_NAMES = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
_LABELS = {"escape": "esc", "pagedown": "pgdn", "pageup": "pgup", "delete": "del", "insert": "ins",
           "up": "↑", "down": "↓", "left": "←", "right": "→"}  # fmt: skip


def parse_keys(keys: str) -> tuple[str, ...]:
    """Return a comma-separated list of keys by Textual's names, each once; the empty text is no keys at all.

    Raises:
        ValueError: when one of them is no key; the message is a sentence.
    """
    if not keys.strip(" "):
        return ("space",) if keys == " " else ()
    if keys == ",":
        return ("comma",)
    return tuple(dict.fromkeys(canonical_key(key) for key in keys.split(",")))


def canonical_key(text: str) -> str:
    """Return Textual's name of a key written as a person would: ``?``, ``question_mark``, ``Ctrl+R``, ``shift+a``.

    Raises:
        ValueError: when there is no such key; the message is a sentence.
    """
    written = text.strip() or text
    *modifiers, base = _split(written)
    wanted = {_OTHER_NAMES.get(m.strip().lower(), m.strip().lower()) for m in modifiers}
    name = _base_name(base.strip() or base)
    if name is None or not wanted <= set(_MODIFIERS):
        raise ValueError(_no_such_key(written, wanted, base))
    if len(name) == 1 and name.isalpha():
        name, wanted = _cased(name, wanted)
    elif wanted == {"shift"} and name not in _NAMED_KEYS:
        raise ValueError(f"no terminal sends {written!r}; write the character that shift makes of {base!r}.")
    full = "+".join([*sorted(wanted), name])
    if full in _SAME_CODE:
        raise ValueError(f"most terminals send {written!r} as {_SAME_CODE[full]!r}; write that, or choose another key.")
    return "ctrl+space" if full == "ctrl+at" else full


def key_label(key: str) -> str:
    """Return how a key is shown to people: ``?`` for ``question_mark``, ``↑`` for ``up``, ``ctrl+r`` as it is."""
    *modifiers, name = _split(key)
    return "+".join([*modifiers, _LABELS.get(name) or _MARKS.get(name, name)])


def key_text(key: str) -> str:
    """Return how a key is written in the config: ``?``, ``pagedown``, ``ctrl+r``; the comma by its name."""
    *modifiers, name = _split(key)
    return "+".join([*modifiers, name if name == "comma" else _MARKS.get(name, name)])


def _split(text: str) -> list[str]:
    """Return modifiers and key; the last may itself be ``+``."""
    if text == "+":
        return [text]
    return [*text[:-2].split("+"), "+"] if text.endswith("++") else text.split("+")


def _base_name(base: str) -> str | None:
    if base in _OTHER_NAMES:
        return _OTHER_NAMES[base]
    if len(base) == 1:
        return base if base.isalnum() else _NAMES_OF_MARKS.get(base)
    name = _OTHER_NAMES.get(base.lower(), base.lower())
    if name in _NAMED_KEYS:
        return name
    return _NAMES_OF_MARKS.get(_MARKS.get(name, ""))


def _textual_name(mark: str) -> str:
    name = _unicode_name(mark)
    return _TEXTUAL_NAMES.get(name, name)


def _unicode_name(mark: str) -> str:
    return unicodedata.name(mark).lower().replace("-", "_").replace(" ", "_")


_NAMES_OF_MARKS = {
    mark: _textual_name(mark)
    for mark in [*map(chr, range(0x21, 0x100)), *"€–—‘’‚“”„†‡•…‹›™"]
    if mark.isprintable() and not mark.isalnum()
}
"""The marks that keyboards have, with what Textual calls them. Letters and digits are called what they are."""
_MARKS = {name(mark): mark for mark in _NAMES_OF_MARKS for name in (_unicode_name, _textual_name)}


def _cased(letter: str, modifiers: set[str]) -> tuple[str, set[str]]:
    """Return letter and modifiers as terminals send them: shift makes a capital, unless with another modifier."""
    if modifiers <= {"shift"}:
        capital = letter.upper()
        return (capital if modifiers and len(capital) == 1 else letter), set()
    if letter.isupper() and "ctrl" not in modifiers:
        modifiers = modifiers | {"shift"}
    return letter.lower(), modifiers


def _no_such_key(text: str, modifiers: set[str], base: str) -> str:
    strange = sorted(modifiers - set(_MODIFIERS))
    if strange and base:
        return f"{strange[0]!r} in {text!r} is no modifier; there are ctrl, shift and alt."
    hint = did_you_mean(base.lower(), [*_NAMED_KEYS, *_MARKS])
    return f"{text!r} is no key.{hint} A key is one character or a name such as space, tab, pagedown, f5 or ctrl+r."
