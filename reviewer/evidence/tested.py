"""Whether two values that are held against one another are tested, and what that comes to: said here alone."""

from reviewer.domain.problems import Metric
from reviewer.evidence.difference import Difference, difference_of
from reviewer.evidence.odd_values import odd_values
from reviewer.evidence.recovered import Pair


def pair_difference(pair: Pair, metric: Metric, *, paired: bool) -> Difference:
    """Return how the arms of a pair differ in a metric; without an interval where one of them is no value of it.

    ``paired`` says that runs of one seed number share that seed's artefacts.
    """
    if pair.untested:
        return Difference(pair.ours.mean - pair.theirs.mean, reason=pair.untested)
    odd = odd_values({0: pair.ours, 1: pair.theirs}, metric)
    if odd:
        return Difference(pair.ours.mean - pair.theirs.mean, reason=f"No interval: {min(odd.items())[1]}.")
    return difference_of(pair.ours, pair.theirs, paired=paired)
