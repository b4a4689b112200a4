"""The looks of the app: dark, light, and the terminal's own sixteen colours, each with one accent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from textual.theme import BUILTIN_THEMES, Theme

from reviewer.domain.errors import UserError

ThemeName = Literal["dark", "light", "ansi-dark", "ansi-light"]

VARIABLE_DEFAULTS: Mapping[str, str] = {
    "hairline": "#3b4048",
    "survives": "#8fbf7f",
    "conditional": "#d8b25c",
    "fails": "#d98080",
    "cannot-tell": "#9aa7b5",
    "quiet": "#8b929e",
}
"""The colours of ours that styles may name, as the dark theme has them."""

_DARK = Theme(
    name="dark",
    primary="#7aa2d6",
    secondary="#7aa2d6",
    accent="#7aa2d6",
    foreground="#d5d9e0",
    background="#16181d",
    surface="#1b1e24",
    panel="#23272f",
    success="#8fbf7f",
    warning="#d8b25c",
    error="#d98080",
    dark=True,
    variables={
        **VARIABLE_DEFAULTS,
        "block-cursor-background": "#2c3440",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "input-selection-background": "#7aa2d6 35%",
        "footer-background": "#16181d",
    },
)

_LIGHT = Theme(
    name="light",
    primary="#2b5c9e",
    secondary="#2b5c9e",
    accent="#2b5c9e",
    foreground="#22262d",
    background="#fbfbf9",
    surface="#f3f3f0",
    panel="#e8e8e4",
    success="#39702a",
    warning="#8a6100",
    error="#a8323a",
    dark=False,
    variables={
        "hairline": "#cfd1cc",
        "survives": "#39702a",
        "conditional": "#8a6100",
        "fails": "#a8323a",
        "cannot-tell": "#5c6570",
        "quiet": "#666c75",
        "block-cursor-background": "#dde6f2",
        "block-cursor-foreground": "#101318",
        "block-cursor-text-style": "bold",
        "input-selection-background": "#2b5c9e 25%",
        "footer-background": "#fbfbf9",
    },
)

_ANSI_VARIABLES = {
    "hairline": "ansi_bright_black",
    "survives": "ansi_green",
    "conditional": "ansi_yellow",
    "fails": "ansi_red",
    "cannot-tell": "ansi_cyan",
    "quiet": "ansi_bright_black",
}


def _ansi(name: str) -> Theme:
    built_in = BUILTIN_THEMES[name]
    return replace(built_in, accent="ansi_blue", variables={**built_in.variables, **_ANSI_VARIABLES})


THEMES: Mapping[str, Theme] = {
    "dark": _DARK,
    "light": _LIGHT,
    "ansi-dark": _ansi("ansi-dark"),
    "ansi-light": _ansi("ansi-light"),
}
"""Every theme by the name that the config uses."""

THEME_TITLES: Mapping[str, str] = {
    "dark": "dark",
    "light": "light",
    "ansi-dark": "the terminal's own colours, on dark",
    "ansi-light": "the terminal's own colours, on light",
}


def require_theme(name: str, place: object) -> None:
    """Refuse the name of a theme that there is not; ``place`` is the file that has it.

    Raises:
        UserError: with the names that there are.
    """
    if name not in THEMES:
        raise UserError(f"{place}: theme = {name!r} is no theme; it is one of {', '.join(THEMES)}.")
