"""From how many outcomes on each figure is shown, in one place: with fewer it says more of chance than of anybody.

An outcome counts once however many reviewers forecast it. The thresholds are those of simulations (notes, §1.4); where
these say nothing of a figure it waits for the next stricter one.
"""

from dataclasses import dataclass
from enum import StrEnum

from reviewer.domain.counted import counted

TOO_SMALL = "n too small"
"""What stands beside a mean score of fewer outcomes than it takes for an interval."""

PROVISIONAL = "provisional"
"""What stands beside a reliability curve until there are so many outcomes that Cox's slope is shown as well."""


class OutcomeFigure(StrEnum):
    """What is shown from a number of outcomes on, as the subject of a sentence."""

    INTERVAL = "The interval of a score"
    LOG_SCORE = "The log score"
    BASE_RATE = "The mean forecast beside the base rate"
    SKILL = "The skill"
    RIGHT_REASON = "How often the right blocker was named"
    DIFFERENCE = "The difference of two reviewers"
    CURVE = "The reliability curve"
    SLOPE = "Cox's slope"
    GROUP_CURVE = "The reliability curve of a group"
    RANKING = "A ranking of two reviewers"
    CALIBRATION = "A word on calibration"


FROM = {
    OutcomeFigure.INTERVAL: 20,
    OutcomeFigure.LOG_SCORE: 20,
    OutcomeFigure.BASE_RATE: 20,
    OutcomeFigure.SKILL: 20,
    OutcomeFigure.RIGHT_REASON: 20,
    OutcomeFigure.DIFFERENCE: 20,
    OutcomeFigure.CURVE: 50,
    OutcomeFigure.SLOPE: 100,
    OutcomeFigure.GROUP_CURVE: 100,
    OutcomeFigure.RANKING: 125,
    OutcomeFigure.CALIBRATION: 200,
}
"""The fewest outcomes that each is shown with: of one reviewer, of a group, or common to two reviewers."""

_SEPARATES = (
    (125, "a calibrated reviewer from one who says the base rate each time"),
    (243, "two whose log odds differ by noise of deviation 1"),
    (872, "two whose log odds differ by noise of deviation 0.5"),
)


def is_enough(figure: OutcomeFigure, outcomes: int) -> bool:
    """Return whether a figure is shown with so many outcomes."""
    return outcomes >= FROM[figure]


def is_provisional(outcomes: int) -> bool:
    """Return whether the reliability curve of so many outcomes is shown as a provisional one."""
    return is_enough(OutcomeFigure.CURVE, outcomes) and not is_enough(OutcomeFigure.SLOPE, outcomes)


def are_missing(n: int, thing: str = "") -> str:
    """Return how many are missing, with what they are where it is named, in the singular: ``1 outcome is missing``."""
    return f"{counted(n, thing) if thing else n} {'is' if n == 1 else 'are'} missing"


@dataclass(frozen=True, slots=True)
class Steps:
    """From how many units on a figure is shown, and no more called very wide, with what it is called."""

    shown: int
    narrow: int
    name: str
    """With its verb: ``α is``, ``The figures are``."""
    nothing: str
    """That there is none: ``No α``."""
    needs: str
    """What such a figure asks for: ``it needs``, ``they need``."""

    def sentence(self, n: int, have: str) -> str:
        """Return what so many units are too few for, empty where they are enough; ``have`` says what they are."""
        if n >= self.narrow:
            return ""
        if n < self.shown:
            return f"{self.nothing}: {have}, and {self.needs} {self.shown}; {are_missing(self.shown - n)}."
        return f"{self.name} very wide: {have}; {are_missing(self.narrow - n)} until {self.narrow}."


def missing(figure: OutcomeFigure, outcomes: int) -> str:
    """Return in a sentence how many outcomes a figure still waits for; empty where it is shown."""
    short = FROM[figure] - outcomes
    if short <= 0:
        return ""
    return f"{figure} is shown from {FROM[figure]:,} outcomes on: {are_missing(short, 'outcome')}."


def separable(outcomes: int) -> str:
    """Return in a sentence which two reviewers so many outcomes of the same proposals tell apart four times in five."""
    told = [(n, who) for n, who in _SEPARATES if n <= outcomes]
    untold = [(n, who) for n, who in _SEPARATES if n > outcomes]
    parts = [f"So many tell {' and '.join(who for _, who in told)} four times in five" if told else ""]
    if untold:
        n, who = untold[0]
        parts.append(f"it takes {n:,} to tell {who}{'' if told else ' four times in five'}")
    said = "; ".join(filter(None, parts))
    return f"{said[0].upper()}{said[1:]}."
