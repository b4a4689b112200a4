"""Values that no method can have measured, beside others that are as values are."""

from collections.abc import Mapping
from enum import StrEnum

from reviewer.domain.problems import Metric
from reviewer.evidence.arms import Arm
from reviewer.evidence.metrics import is_share
from reviewer.evidence.recovered import LARGEST


class LeftOut(StrEnum):
    """Why a value is left out, as the part of a sentence that follows a colon."""

    UNRESOLVED = "the gap between floor and ceiling is not resolved"
    TOO_LARGE = f"nothing is measured that is beyond {LARGEST:.0e} in size".replace("+", "")
    NO_SHARE = "a share of the examples and its error are from 0 to 1"
    STANDS_FOR_NONE = "\N{MINUS SIGN}999 stands for no value"


def odd_values(arms: Mapping[int, Arm], metric: Metric) -> Mapping[int, LeftOut]:
    """Return which of these values are odd, by their keys.

    They count as slips unless most of the values are so: it is then the metric that is another one than its name says.
    """
    large = [key for key, arm in arms.items() if _is_beyond(arm)]
    outside = [key for key, arm in arms.items() if not _can_be_share(arm)] if is_share(metric) else []
    none = [key for key, arm in arms.items() if arm.mean == -999 or any(value == -999 for _, value in arm.seeds)]
    why: dict[int, LeftOut] = {}
    for keys, reason in (
        (outside, LeftOut.NO_SHARE),
        (large, LeftOut.TOO_LARGE),
        (none, LeftOut.STANDS_FOR_NONE),
    ):
        if 2 * len(keys) <= len(arms):
            why |= dict.fromkeys(keys, reason)
    return why


def _is_beyond(arm: Arm) -> bool:
    return abs(arm.mean) > LARGEST or (arm.standard_error or 0.0) > LARGEST


def _can_be_share(arm: Arm) -> bool:
    return 0 <= arm.mean <= 1 and (arm.standard_error or 0.0) <= 1
