"""What ASCII has in place of other characters: one that looks like them, or how people write them."""

import re
import unicodedata

LOOK_ALIKES = {
    **dict.fromkeys("─━═╌┄┈‐‑‒–—―−", "-"),
    **dict.fromkeys("│┃║▌▐▎▏▊", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰╔╗╚╝", "+"),
    **dict.fromkeys("▁▂▃▄▅▆▇▔\u00a0", " "),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’‚′", "'"),
    **dict.fromkeys("•●◦∙", "*"),
    "·": "-", "…": "~", "×": "x", "÷": "/", "≤": "<", "≥": ">", "≈": "~", "↑": "^", "↓": "v", "←": "<", "→": ">",
    "‹": "<", "›": ">",
    "✓": "+", "✗": "x", "⚑": "!", "Δ": "*", "█": "#", "▒": "#", "ρ": "r",
}  # fmt: skip
"""One character for each, for what is drawn in cells."""

_SPELLED = LOOK_ALIKES | {
    "…": "...", "±": "+-", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->", "←": "<-", "√": "sqrt", "∞": "inf", "Δ": "delta",
    "⁄": "/", "α": "alpha", "ρ": "rho",
}  # fmt: skip

_OTHERS = re.compile(r"[^\x00-\x7f]")


def spelled_in_ascii(text: str) -> str:
    """Return ``text`` in ASCII, as people write what it lacks: ``>=`` for ``≥``, letters without their accents.

    What nobody writes otherwise is an escape, such as ``\\u6f22``. The text may become longer.
    """
    return text if text.isascii() else _OTHERS.sub(lambda found: _spelled(found[0]), text)


def _spelled(character: str) -> str:
    if (known := _SPELLED.get(character)) is not None:
        return known
    parts = [c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c)]
    plain = "".join(c if c.isascii() else _SPELLED.get(c, "") or c for c in parts)
    return plain if plain.isascii() and plain.isprintable() else character.encode("ascii", "backslashreplace").decode()
