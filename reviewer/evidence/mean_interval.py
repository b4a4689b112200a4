"""How sure one method's own value is: the interval of its mean over seeds."""

from dataclasses import dataclass

from reviewer.domain.intervals import critical_value
from reviewer.evidence.arms import Arm
from reviewer.evidence.difference import ASSUMPTIONS, Procedure

HOLDS_WHERE_SKEWED = "88 %"
"""How often an interval holds the truth where the seeds are skewed, as the simulation of coverage shows."""


@dataclass(frozen=True, slots=True)
class MeanInterval:
    """A mean with its 95 % limits in the unit of the metric; where it has none ``reason`` says why in a sentence.

    The limits are those of the mean over other seeds on the same test set. ``df`` is None for the normal distribution.
    ``caution`` says what has to be known before the limits are believed; it is empty where nothing has.
    """

    value: float
    limits: tuple[float, float] | None = None
    df: float | None = None
    reason: str = ""
    caution: str = ""


def mean_interval(arm: Arm) -> MeanInterval:
    """Return the interval of an arm's mean: Student's t, or the normal one where the number of runs is not said."""
    if arm.flaw:
        return MeanInterval(arm.mean, reason=f"No interval: the error cannot be used, since {arm.flaw}.")
    if arm.single:
        return MeanInterval(arm.mean, reason="No interval: one run says nothing of the noise between seeds.")
    if arm.standard_error is None:
        return MeanInterval(arm.mean, reason="No interval: no error between seeds is stated.")
    df = None if arm.n is None else arm.n - 1
    half = critical_value(df) * arm.standard_error
    caution = ASSUMPTIONS[Procedure.NORMAL] if df is None else ""
    return MeanInterval(arm.mean, (arm.mean - half, arm.mean + half), df, caution=caution)
