"""A page for people who look rather than read: headings, sentences, tables and plots, whatever it is written as.

The texts are as they came: whoever writes the page makes them safe for what it is written as.
"""

from dataclasses import dataclass

from reviewer.domain.intervals import Limits


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right."""

    name: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, each of as many as there are columns. ``caption`` says what it is of."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of several counts, in the order of the words of its plot."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """Counts of the same things by group, one bar a group."""

    words: tuple[str, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A middle value with the ends of what is around it."""

    name: str
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Boxes:
    """Values with what is around them, on one scale from 0; ``unit`` says of what."""

    unit: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One forecast with the share that survived of what was forecast so, and the band around the diagonal."""

    forecast: float
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """A reliability curve, from 0 to 1 both ways."""

    points: tuple[CurvePoint, ...]


@dataclass(frozen=True, slots=True)
class PairPoint:
    """One proposal in the lab and in production, with the limits of both where there are some."""

    lab: float
    production: float
    lab_limits: Limits | None = None
    production_limits: Limits | None = None


@dataclass(frozen=True, slots=True)
class Scatter:
    """Lab against production, on one scale both ways."""

    points: tuple[PairPoint, ...]

    @property
    def scale(self) -> Limits:
        """Return the ends of the scale: those of all values and limits, with some room."""
        every = [end for p in self.points for end in (p.lab, p.production, *(p.lab_limits or ()),
                                                      *(p.production_limits or ()))]  # fmt: skip
        low, high = min(every), max(every)
        room = (high - low) * 0.05 or abs(high) * 0.05 or 1.0
        return low - room, high + room


Plot = Bars | Boxes | Reliability | Scatter


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page under a heading of its own: first the plot with its table, then what is said."""

    heading: str
    plot: Plot | None = None
    plot_caption: str = ""
    tables: tuple[Table, ...] = ()
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What has to be known before it is believed; smaller than the sentences."""
    verbatim: str = ""
    """A text of several lines, shown as it was written."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """Parts under a title."""

    title: str
    parts: tuple[Part, ...]
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page. ``foot`` says where and when it was made, and of what."""

    title: str
    sentences: tuple[str, ...]
    chapters: tuple[Chapter, ...]
    foot: str = ""
