"""What the pictures share with the other tests of the screen, and what holds still for them alone."""

from typing import Any

import pytest

from reviewer.tui.toasts import Toasts
from tests.tui.idle import idle_by_events
from tests.tui.parsed_styles import styles_parsed_once

__all__ = ["idle_by_events", "styles_parsed_once", "toasts_stay"]

AN_HOUR = 3600.0


@pytest.fixture(autouse=True)
def toasts_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is told for a moment until the picture is taken, however long a busy machine takes for that."""
    show = Toasts.show

    def stay(self: Toasts, sentence: str, **how: Any) -> None:
        show(self, sentence, **{**how, "seconds": AN_HOUR})

    monkeypatch.setattr(Toasts, "show", stay)
