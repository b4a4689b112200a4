"""A bare app with the themes of the real one, for testing one screen or widget at a time."""

from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from reviewer.tui.theme import THEMES, VARIABLE_DEFAULTS, ThemeName


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until every worker of the app has done its work, and what it told is on the screen."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


class HarnessApp(App[None]):
    """Shows a screen over an empty one, or a widget alone; ``results`` holds what the screen was dismissed with."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, shown: Screen[Any] | Widget, theme: ThemeName = "dark") -> None:
        super().__init__()
        self.shown = shown
        self.results: list[Any] = []
        self.actions: list[str] = []
        for each in THEMES.values():
            self.register_theme(each)
        self.theme = theme

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return dict(VARIABLE_DEFAULTS)

    def compose(self) -> ComposeResult:
        if not isinstance(self.shown, Screen):
            yield self.shown

    def on_mount(self) -> None:
        if isinstance(self.shown, Screen):
            self.push_screen(self.shown, self.results.append)

    def action_help(self) -> None:
        self.actions.append("help")

    def action_palette(self) -> None:
        self.actions.append("palette")
