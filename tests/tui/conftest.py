"""Fixtures that the tests of the screen share."""

from tests.tui.idle import drawn_at_the_end, idle_by_events
from tests.tui.parsed_styles import styles_parsed_once
from tests.tui.triage_app import hands

__all__ = ["drawn_at_the_end", "hands", "idle_by_events", "styles_parsed_once"]
