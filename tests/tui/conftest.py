"""Fixtures that the tests of the screen share."""

from tests.tui.triage_app import hands

__all__ = ["hands"]
