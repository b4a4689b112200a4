"""Tallies as columns of numbers, for what is computed from all of them at once."""

from dataclasses import dataclass

from reviewer.judgement.arrays import Numbers, Places
from reviewer.judgement.tallies import Counts, ScaleKind, Tallies


@dataclass(frozen=True, slots=True)
class RatingTable:
    """One row for each category of each way that a doubly reviewed unit was rated in."""

    kind: ScaleKind
    values: Numbers
    """By the place on the scale."""
    way: Places
    place: Places
    count: Numbers
    many: Numbers
    """How many units were rated in each way."""
    size: Numbers
    """How many ratings each way has."""
    alone: Numbers
    """By the place, how many units have this one rating and no other."""
    totals: Numbers
    """By the place, how many ratings the doubly reviewed units have."""

    @property
    def units(self) -> int:
        """Return how many units have two ratings or more."""
        return int(self.many.sum())

    @property
    def ratings(self) -> int:
        """Return how many ratings these have."""
        return int(self.totals.sum())

    @property
    def same(self) -> int | None:
        """Return the place that all ratings have; None where they differ."""
        used = self.totals.nonzero()[0]
        return int(used[0]) if len(used) == 1 else None

    @property
    def largest(self) -> int:
        """Return how many ratings the category has that has most."""
        return int(self.totals.max())

    @property
    def squared_sizes(self) -> float:
        """Return the squares of the numbers of ratings that units have, added up."""
        return float((self.size**2 * self.many).sum())

    def summed(self, numbers: Numbers) -> Numbers:
        """Return numbers of each row, summed by the way."""
        import numpy as np

        return np.bincount(self.way, numbers, len(self.many)).astype(float)


def rating_table(tallies: Tallies) -> RatingTable:
    """Return the columns of tallies."""
    import numpy as np

    scale = tallies.scale
    alone = np.zeros(len(scale.categories))
    double: list[tuple[Counts, int]] = []
    for counts, many in tallies.units.items():
        if len(counts) == 1 and counts[0][1] == 1:
            alone[counts[0][0]] += many
        else:
            double.append((counts, many))
    lengths = np.fromiter((len(counts) for counts, _ in double), np.intp, len(double))
    rows = np.fromiter(
        (number for counts, _ in double for pair in counts for number in pair), np.int64, 2 * int(lengths.sum())
    ).reshape(-1, 2)
    way, place, count = np.repeat(np.arange(len(double)), lengths), rows[:, 0], rows[:, 1].astype(float)
    many_of = np.fromiter((many for _, many in double), float, len(double))
    return RatingTable(
        kind=scale.kind,
        values=np.array(scale.values),
        way=way,
        place=place,
        count=count,
        many=many_of,
        size=np.bincount(way, count, len(double)).astype(float),
        alone=alone,
        totals=np.bincount(place, count * many_of[way], len(scale.categories)).astype(float),
    )
