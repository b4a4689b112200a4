"""Whether two values that are held against one another are tested, and what that comes to: said here alone."""

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm, apart
from reviewer.evidence.difference import Difference, difference_of
from reviewer.evidence.odd_values import LeftOut, odd
from reviewer.evidence.recovered import Pair


def pair_difference(pair: Pair, metric: Metric, *, paired: bool) -> Difference:
    """Return how the arms of a pair differ in a metric; without an interval where one of them is no value of it.

    ``paired`` says that runs of one seed number share that seed's artefacts.
    """
    if (why := odd_of_pair(pair.ours, pair.theirs, metric)) is not None:
        return Difference(apart(pair.ours, pair.theirs), reason=f"No difference: {why}.", odd=True)
    if pair.untested:
        return Difference(apart(pair.ours, pair.theirs), reason=pair.untested)
    return difference_of(pair.ours, pair.theirs, paired=paired)


def odd_of_pair(ours: Arm, theirs: Arm, metric: Metric) -> LeftOut | None:
    """Return why the difference of two arms is none, since one of them is no value of the metric; None where it is."""
    return odd(ours, metric) or odd(theirs, metric)
