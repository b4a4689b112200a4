"""The scales on which judgements from elsewhere were made: numbers between two ends, or words in order or in none."""

from dataclasses import dataclass
from typing import Literal

from reviewer.domain.errors import UserError

Kind = Literal["nominal", "ordinal", "interval"]
"""What may be said of two values: that they differ, which comes first as well, how far apart they are as well."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale as it was declared; it has either words or two ends."""

    name: str
    kind: Kind
    lowest: float | None = None
    highest: float | None = None
    words: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        """Return in a few words what it is."""
        if self.words:
            return f"{self.kind}: {', '.join(self.words)}"
        return f"{self.kind}, {number_text(self.lowest)} to {number_text(self.highest)}"

    def value_of(self, text: str) -> float:
        """Return the value that a cell says; of words it is their place, from 0.

        Raises:
            UserError: when it is none of the scale.
        """
        if self.words:
            places = {word.casefold(): place for place, word in enumerate(self.words)}
            if (place := places.get(text.casefold())) is None:
                raise UserError(f"{self.name} is {text!r}, which is none of {', '.join(self.words)}.")
            return float(place)
        value = number_of(text)
        if value is None:
            raise UserError(f"{self.name} is {text!r}, which is no number.")
        if not (self.lowest or 0.0) <= value <= (self.highest or 0.0):
            raise UserError(
                f"{self.name} is {text}, outside {number_text(self.lowest)} to {number_text(self.highest)}."
            )
        return value


def number_of(text: str) -> float | None:
    """Return the number that a text is, None where it is none or not finite."""
    try:
        value = float(text)
    except ValueError:
        return None
    # Python takes underscores for nothing.
    return value if "_" not in text and abs(value) < float("inf") else None


def number_text(value: float | None) -> str:
    """Return a number as people write it: ``1`` and not ``1.0``."""
    return "" if value is None else f"{value:g}"
