"""US dollars as they are typed on a command line."""

from math import isfinite
from typing import Any

import click


class Dollars(click.FloatRange):
    """More than nothing and at most ``most``; nan, which is within every range, is refused."""

    name = "dollars"

    def __init__(self, most: float) -> None:
        super().__init__(0, most, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number that was typed."""
        found = super().convert(value, param, ctx)
        if not isfinite(found):
            self.fail(f"{value!r} is not an amount of dollars.", param, ctx)
        return found
