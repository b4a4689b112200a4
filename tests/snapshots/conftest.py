"""What the pictures share with the other tests of the screen."""

from tests.tui.idle import idle_by_events
from tests.tui.parsed_styles import styles_parsed_once

__all__ = ["idle_by_events", "styles_parsed_once"]
