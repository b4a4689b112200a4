"""What the pictures share with the other tests of the screen."""

from tests.tui.idle import idle_by_events

__all__ = ["idle_by_events"]
