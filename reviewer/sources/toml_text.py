"""Texts of files as a drafted map of TOML has them: on one line, and the same again when it is read."""

_FOUR_DIGITS = 0xFFFF


def quoted(text: str) -> str:
    """Return a text in quotes. What is not printable is escaped, so that it is neither obeyed nor lost.

    It may have no half of a surrogate pair in it, which TOML has no way to write; no text that a file was read as has.
    """
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04X}" if code <= _FOUR_DIGITS else f"\\U{code:08X}"


def plain_line(text: str) -> str:
    """Return a text without what no comment can hold."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
